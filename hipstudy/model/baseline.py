"""Where each limb starts in each world: tightness and discomfort first, then their drivers.

Tightness and discomfort are the same in every world, limb by limb. Given them, and given the
Thomas angle where it was measured, the Thomas angle and hip flexion torque are drawn from the
world's Gaussian law. Left and right limbs correlate at ``side_r``: a pair is a sum and a
difference, which are independent, so every relation between traits holds for both parts alike.
What was measured is kept as it is; what was not is drawn given what was, but for tightness and
discomfort, which are drawn without regard to a measured angle or torque: so they are the same in
every world. The link between torque and tightness is that before the cut by running.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hipstudy.arrays import Array
from hipstudy.model import limb_state, paired_limbs
from hipstudy.model.causes import LINKS, NAMES, WORLDS, latent_correlations
from hipstudy.model.cohort import Cohort
from hipstudy.model.limb_state import Baseline, weights
from hipstudy.parameters import Values

_NO_LIMIT = -8  # so far below the mean that nothing is cut off, to the last digit held


def draw_end_range_torque(
    start: Baseline, mean: Array, own: Array, variance: Array, cohort: Cohort, values: Values
) -> Baseline:
    """Give limbs their torque at end range: drawn, and enough for the speeds that they ran.

    The difference between a runner's limbs is drawn freely; what they share is cut below. Where
    torque was measured it is kept, and so is what follows from it for the other limb.
    """
    r = float(values["side_r"].flat[0])
    asked_for = least(start, cohort, values)
    parts = mean + own
    apart = np.stack([np.zeros_like(parts[..., 1]), parts[..., 1]], axis=-1)
    least_shared = (
        (asked_for - paired_limbs.pair(apart, r)).reshape(*parts.shape[:-1], -1).max(axis=-1)
    )
    least_shared = least_shared / np.sqrt((1 + r) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.sqrt(variance[..., 0])
        low, z = (least_shared - mean[..., 0]) / sd, own[..., 0] / sd
        # The normal law above ``low``: the upper tail at z, times the law's part above it.
        tail = -special.ndtri(special.ndtr(-z) * special.ndtr(-low))
    shared = np.where(low > _NO_LIMIT, mean[..., 0] + sd * tail, parts[..., 0])
    end = paired_limbs.pair(np.stack([np.maximum(shared, least_shared), parts[..., 1]], axis=-1), r)
    if cohort.torque_nm_kg is not None:
        scores = paired_limbs.by_runner(torque_score(start, cohort, values))
        free = paired_limbs.by_runner(paired_limbs.pair(parts, r))
        tested = with_tested(free, scores, r, values)
        has = ~np.isnan(scores).any(axis=0).all(axis=-1, keepdims=True)
        end = np.where(has, tested, paired_limbs.by_runner(end)).reshape(end.shape)
    start = replace(start, end_range=end)
    active = start.torque(start.demands.angle_ext_deg, values)
    had = active + start.demands.passive_nm_kg
    ran = cohort.ran[cohort.runner].T[:, np.newaxis, np.newaxis]
    moment = start.demands.moment_nm_kg
    moment = np.where(ran, np.minimum(moment, had), moment)
    demands = replace(start.demands, moment_nm_kg=moment, active_nm_kg=active)
    return replace(start, demands=demands)


def with_tested(free: Array, scores: Array, r: float, values: Values) -> Array:
    """Scores of both limbs, (draws, runners, 2), given those that were tested.

    A tested limb has its own score. A score past ``running_cut_sd`` counts as that for the other
    limb: a test so far out says more of the test than of the runner.
    """
    limit = values["running_cut_sd"][..., np.newaxis]
    posterior = paired_limbs.conditioned(
        free, np.clip(scores, -limit, limit), paired_limbs.between_sides(r)
    )
    return np.where(np.isnan(scores), posterior, scores)


def least(start: Baseline, cohort: Cohort, values: Values) -> Array:
    """Lowest score at end range that allows the speeds run, (draws, limbs); -inf without any."""
    angle, cv = start.demands.angle_ext_deg, values["torque_runner_cv"]
    muscle = start.demands.moment_nm_kg - start.demands.passive_nm_kg
    with np.errstate(divide="ignore", invalid="ignore"):
        demand = np.log(muscle / start.norm(angle, values)) / cv + cv / 2
    at_end, rest = weights(angle, values)
    score = np.where(muscle > 0, (demand - rest * start.elsewhere) / at_end, -np.inf)
    ran = cohort.ran[cohort.runner].T[:, np.newaxis, np.newaxis]
    highest = np.where(ran, score, -np.inf).max(axis=(0, 1))
    return np.minimum(highest, values["running_cut_sd"])


def torque_score(start: Baseline, cohort: Cohort, values: Values) -> Array:
    """Score at end range that a measured torque stands for, (draws, limbs); NaN where none was.

    A torque without its angle is taken to be at the angle of the end-range test.
    """
    angle = cohort.reading("torque_angle_ext_deg")
    angle = np.where(np.isnan(angle), values["end_range_test_angle_deg"], angle)
    angle = angle + values["test_angle_offset_deg"]
    cv = values["torque_runner_cv"]
    tiny = np.finfo(float).tiny  # a norm of nothing past where the line meets zero
    to_norm = cohort.reading("torque_nm_kg") / np.maximum(start.norm(angle, values), tiny)
    at_end, rest = weights(angle, values)
    return (np.log(to_norm) / cv + cv / 2 - rest * start.elsewhere) / at_end


NRS_MAX = 10
_END = 0.25


def _wide(values: Values, name: str) -> Array:
    return values[name][..., np.newaxis]  # (draws, 1, 1), over runners and parts


def reliability(values: Values) -> Array:
    """Correlation of a published Thomas angle with the limb's true one: bias and error together."""
    return values["thomas_reading_r"] * np.sqrt(values["thomas_reading_icc"])


def thomas_sd(values: Values) -> Array:
    """Standard deviation of the true Thomas angle between limbs, without bias and error."""
    return values["thomas_sd_deg"] * reliability(values)


def draw_worlds(
    cohort: Cohort, values: Values, *, seed: int, worlds: Sequence[str] = WORLDS
) -> dict[str, Baseline]:
    """Where the same runners start in each world."""
    return {world: draw(cohort, world, values, seed=seed) for world in worlds}


def draw(cohort: Cohort, world: str, values: Values, *, seed: int) -> Baseline:
    """Draw the start of every limb in one world.

    Parameters
    ----------
    cohort
        Runners; measured Thomas angles are kept as they are.
    world
        One of ``causes.WORLDS``.
    values
        Parameters; every draw uses the same luck.
    seed
        Of the runners' luck.
    """
    laws = _laws(cohort, latent_correlations(world, values))
    ratings = _rating_parts(cohort, values, seed)
    thomas = _thomas_parts(cohort, ratings, laws, values, seed)
    scores = dict(zip(NAMES, (*ratings, thomas), strict=False))
    weights, variance = _conditional(laws, "torque", tuple(scores))
    torque = sum(w * score for w, score in zip(weights, scores.values(), strict=True))
    own = np.sqrt(variance) * paired_limbs.normals("torque", cohort, seed)
    if cohort.torque_nm_kg is not None:
        thomas = _thomas_by_torque(cohort, ratings, thomas, torque + own, laws, values, seed)
    start = _at_norm(cohort, ratings, thomas, values, seed)
    return draw_end_range_torque(start, torque, own, variance, cohort, values)


Law = tuple[NDArray[np.bool_], Mapping[str, Array]]


def _laws(cohort: Cohort, corr: Mapping[str, Array]) -> list[Law]:
    """Which runners follow which correlations.

    Ratings that were not given are drawn without regard to a measured angle or torque, so that
    they are the same in every world: with those they have nothing to do.
    """

    def any_limb(*names: str) -> NDArray[np.bool_]:
        there = [
            ~np.isnan(paired_limbs.by_runner(cohort.reading(name))).all(axis=1) for name in names
        ]
        return np.any(there, axis=0)

    unrated = ~any_limb(*LINKS)
    by_torque = unrated & any_limb("torque_nm_kg")
    by_angle = unrated & any_limb("thomas_ext_deg") & ~by_torque

    def without(*traits: str) -> Mapping[str, Array]:
        absent = [f"{rating}_{trait}" for rating in NAMES[:2] for trait in traits]
        return {pair: 0 * c if pair in absent else c for pair, c in corr.items()}

    everybody = np.ones(cohort.n_runners, dtype=bool)
    kinds = [
        (by_torque, without("thomas", "torque")),
        (by_angle, without("thomas")),
        (everybody, corr),
    ]
    return [(who, law) for who, law in kinds if who.any()]


def _conditional(laws: list[Law], target: str, on: tuple[str, ...]) -> tuple[list[Array], Array]:
    """``paired_limbs.conditional_weights`` by each runner's own law, (draws, runners, 1)."""
    who = [mask[:, np.newaxis] for mask, _ in laws]
    each = [paired_limbs.conditional_weights(law, target, on) for _, law in laws]
    weights = [np.select(who, parts) for parts in zip(*(w for w, _ in each), strict=True)]
    return weights, np.select(who, [variance for _, variance in each])


def _at_norm(
    cohort: Cohort, ratings: tuple[Array, Array], thomas: Array, values: Values, seed: int
) -> Baseline:
    """The start of every limb with torque at end range still at the norm."""
    r = float(values["side_r"].flat[0])
    elsewhere, *draws = (
        paired_limbs.pair(paired_limbs.normals(name, cohort, seed), r)
        for name in ("elsewhere", "running moment", "running moment early", "running extension")
    )
    thomas_z = paired_limbs.pair(thomas, r)
    woman = (cohort.sex == "F")[cohort.runner]
    norm = values["torque_neutral_nm_kg"] * np.where(woman, values["women_to_men_torque"], 1)
    free = values["thomas_mean_deg"] + thomas_sd(values) * thomas_z
    read = cohort.reading("thomas_ext_deg")
    thomas_deg = np.where(np.isnan(read), free, read)
    tight, discomfort = (
        _bounded(paired_limbs.pair(z, r), name, cohort, values)
        for name, z in zip(LINKS, ratings, strict=True)
    )
    return Baseline(
        tightness_nrs=tight,
        discomfort_nrs=discomfort,
        thomas_ext_deg=thomas_deg,
        norm_neutral_nm_kg=norm,
        end_range=np.zeros_like(norm),
        elsewhere=elsewhere,
        demands=limb_state.running_demands(thomas_z, *draws, values=values),
    )


def _law(name: str, values: Values) -> tuple[float, float, float, float]:
    """Mean and SD of a rating's normal law, and the ends of the scale that cut it."""
    trait = name.removesuffix("_nrs")
    mean, sd = (float(values[f"{trait}_{what}_nrs"].flat[0]) for what in ("mean", "sd"))
    return mean, sd, 0, NRS_MAX


def _bounded(z: Array, name: str, cohort: Cohort, values: Values) -> Array:
    readings = cohort.reading(name)
    return np.where(np.isnan(readings), paired_limbs.truncated(z, *_law(name, values)), readings)


def _rating_parts(cohort: Cohort, values: Values, seed: int) -> tuple[Array, Array]:
    """Tightness and discomfort as standard scores, each (runners, 2), the same in every world.

    Ratings that were given are kept; those that were not are drawn given those that were, of the
    other limb and of the other kind.
    """
    side = paired_limbs.between_sides(float(values["side_r"].flat[0]))
    r = float(values["tightness_discomfort_r"].flat[0])
    tight = paired_limbs.normals("tightness", cohort, seed)
    ratings = (
        tight,
        r * tight + np.sqrt(1 - r**2) * paired_limbs.normals("discomfort", cohort, seed),
    )
    if all(getattr(cohort, name) is None for name in LINKS):
        return ratings
    free = [paired_limbs.by_runner(paired_limbs.pair(parts, side[0, 1])) for parts in ratings]
    scores = [
        # A rating at an end of the scale stands for the half step beside it.
        paired_limbs.score(np.clip(cohort.reading(name), _END, NRS_MAX - _END), *_law(name, values))
        for name in LINKS
    ]
    posterior = paired_limbs.conditioned(
        np.concatenate(free, axis=-1),
        np.concatenate([paired_limbs.by_runner(z) for z in scores], axis=-1),
        np.kron(paired_limbs.between_sides(r), side),
    )
    tight, discomfort = (
        paired_limbs.parts(posterior[:, at : at + 2].reshape(-1), side[0, 1]) for at in (0, 2)
    )
    return tight, discomfort


def _thomas_parts(
    cohort: Cohort,
    ratings: tuple[Array, Array],
    laws: list[Law],
    values: Values,
    seed: int,
) -> Array:
    """True Thomas angle as a standard score, (draws, runners, 2), given ratings and readings.

    A runner's mean angle also goes with body mass, as it did in the published runners. A reading
    goes with the true angle at ``reliability``, and what it adds goes together between sides as
    angles do.
    """
    r = float(values["side_r"].flat[0])
    mass_z = (cohort.mass_kg - values["mass_mean_kg"]) / values["mass_sd_kg"]
    on_mass = _wide(values, "mass_thomas_r") * np.array([1.0, 0.0])
    weights, variance = _conditional(laws, "thomas", NAMES[:2])
    mean = sum(w * score for w, score in zip(weights, ratings, strict=True))
    own = np.sqrt(np.maximum(variance - on_mass**2, 0)) * paired_limbs.normals(
        "thomas", cohort, seed
    )
    parts = mean + on_mass * mass_z[..., np.newaxis] + own
    if not cohort.is_measured:
        return parts
    part = reliability(values)[..., np.newaxis]
    true = paired_limbs.pair(parts, r)
    added = paired_limbs.pair(paired_limbs.normals("thomas reading", cohort, seed), r)
    reading = part[..., 0] * true + np.sqrt(1 - part[..., 0] ** 2) * added
    read = (cohort.reading("thomas_ext_deg") - values["thomas_mean_deg"]) / values["thomas_sd_deg"]
    posterior = paired_limbs.conditioned(
        paired_limbs.by_runner(reading), paired_limbs.by_runner(read), paired_limbs.between_sides(r)
    )
    shift = part * (posterior - paired_limbs.by_runner(reading))
    return paired_limbs.parts((paired_limbs.by_runner(true) + shift).reshape(true.shape), r)


def _thomas_by_torque(
    cohort: Cohort,
    ratings: tuple[Array, Array],
    thomas: Array,
    torque: Array,
    laws: list[Law],
    values: Values,
    seed: int,
) -> Array:
    """Correct the Thomas angle by a measured torque, in runners without an angle.

    By as much as torque is off its draw, times their covariance over torque's variance given felt;
    limb by limb, because sides go together alike in both.
    """
    r = float(values["side_r"].flat[0])
    start = _at_norm(cohort, ratings, thomas, values, seed)
    free = paired_limbs.by_runner(paired_limbs.pair(torque, r))
    tested = with_tested(
        free, paired_limbs.by_runner(torque_score(start, cohort, values)), r, values
    )
    _, variance = _conditional(laws, "torque", NAMES[:2])
    with_thomas, _ = _conditional(laws, "torque", NAMES[:-2])
    _, thomas_variance = _conditional(laws, "thomas", NAMES[:2])
    slope = with_thomas[2] * thomas_variance / np.maximum(variance, np.finfo(float).tiny)
    unread = np.isnan(paired_limbs.by_runner(cohort.reading("thomas_ext_deg"))).all(axis=1)
    shift = np.where(unread[:, np.newaxis], slope * (tested - free), 0)
    return thomas + paired_limbs.parts(shift.reshape(*shift.shape[:-2], -1), r)
