"""Where each limb starts in each world: how it feels first, then what is behind it.

Usual tightness and discomfort, and week 0 around them, are the same in every world, limb by limb
(``usual_level``). Given the usual levels, and given the Thomas angle where it was measured, the
Thomas angle, hip flexion torque and tissue length are drawn from the world's Gaussian law, and
with them how far a limb's driver is below the norm: its deficit, which is all that training can
relieve. Left and right limbs correlate at ``side_r``: a pair is a sum and a difference, which are
independent, so every relation between traits holds for both parts alike. What was measured is kept
as it is; what was not is drawn given what was, but for tightness and discomfort, which are drawn
without regard to a measured angle or torque: so they are the same in every world. The link between
torque and tightness is that before the cut by running.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy.arrays import Array
from hipstudy.model import limb_state, paired_limbs
from hipstudy.model.causes import LINKS, NAMES, WORLDS, latent_correlations
from hipstudy.model.cohort import SIDES, Cohort
from hipstudy.model.limb_state import Baseline, weights
from hipstudy.model.usual_level import UsualLevels, draw_levels
from hipstudy.parameters import Values

Law = tuple[NDArray[np.bool_], Mapping[str, Array]]
_NO_LIMIT = -8  # so far below the mean that nothing is cut off, to the last digit held


def draw_end_range_torque(
    start: Baseline, mean: Array, own: Array, variance: Array, cohort: Cohort, values: Values
) -> Baseline:
    """Give limbs their torque at end range: drawn, and enough for the speeds that they ran.

    The difference between a runner's limbs is drawn freely; what they share is cut below. Where
    torque was measured it is kept, and so is what follows from it for the other limb.
    """
    r = float(values["side_r"].flat[0])
    parts = mean + own
    least_shared = _least_shared(start, parts[..., 1], cohort, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.sqrt(variance[..., 0])
        low, z = (least_shared - mean[..., 0]) / sd, own[..., 0] / sd
        # The normal law above ``low``: the upper tail at z, times the law's part above it.
        tail = -scipy.special.ndtri(scipy.special.ndtr(-z) * scipy.special.ndtr(-low))
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


def _least_shared(start: Baseline, apart: Array, cohort: Cohort, values: Values) -> Array:
    """Lowest shared part at end range that allows both limbs the speeds run, (draws, runners).

    ``apart`` is what sets the two limbs apart, likewise.
    """
    r = float(values["side_r"].flat[0])
    off = paired_limbs.pair(np.stack([np.zeros_like(apart), apart], axis=-1), r)
    of_limbs = paired_limbs.by_runner(least(start, cohort, values) - off)
    return of_limbs.max(axis=-1) / np.sqrt((1 + r) / 2)


def runners_norm(start: Baseline, cohort: Cohort, values: Values) -> Array:
    """Mean score at end range of runners from whom running asks as much, (draws, limbs).

    Runners stand above the norm of people in general, because who ran at a speed had the torque
    for it: against them it is that a runner is weak. 0 where nothing is asked.
    """
    r, limit = float(values["side_r"].flat[0]), values["running_cut_sd"]
    parts = paired_limbs.parts(np.clip(start.end_range, -limit, limit), r)
    low = _least_shared(start, parts[..., 1], cohort, values)
    density = np.exp(-(low**2) / 2) / np.sqrt(2 * np.pi)
    mean = (
        np.sqrt((1 + r) / 2) * density / scipy.special.ndtr(-low)
    )  # of a normal law cut at ``low``
    return mean[..., cohort.runner]


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


def _wide(values: Values, name: str) -> Array:
    return values[name][..., np.newaxis]  # (draws, 1, 1), over runners and parts


def reliability(values: Values) -> Array:
    """Correlation of a published Thomas angle with the limb's true one: bias and error together."""
    return values["thomas_reading_r"] * np.sqrt(values["thomas_reading_icc"])


def thomas_sd(values: Values) -> Array:
    """Standard deviation of the true Thomas angle between limbs, without bias and error."""
    return values["thomas_sd_deg"] * reliability(values)


def draw_worlds(
    cohort: Cohort,
    values: Values,
    *,
    seed: int,
    worlds: Sequence[str] = WORLDS,
    by_draw: bool = False,
) -> dict[str, Baseline]:
    """Where the same runners start in each world; ``by_draw`` as in ``usual_level.draw_levels``."""
    levels = draw_levels(cohort, values, seed=seed, by_draw=by_draw)
    return {world: draw(cohort, world, values, seed=seed, levels=levels) for world in worlds}


def draw(
    cohort: Cohort, world: str, values: Values, *, seed: int, levels: UsualLevels | None = None
) -> Baseline:
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
    levels
        How the limbs feel, where that was drawn already.
    """
    levels = levels or draw_levels(cohort, values, seed=seed)
    laws = _laws(cohort, latent_correlations(world, values))
    ratings = tuple(levels.scores[name] for name in LINKS)
    thomas = _thomas_parts(cohort, ratings, laws, values, seed)
    mean, variance = _mean_and_variance(laws, "torque", (*ratings, thomas))
    own = np.sqrt(variance) * paired_limbs.normals("torque", cohort, seed)
    if cohort.torque_nm_kg is not None:
        thomas = _thomas_by_torque(cohort, levels, thomas, mean + own, laws, values, seed)
    start = _at_norm(cohort, levels, thomas, values, seed)
    start = draw_end_range_torque(start, mean, own, variance, cohort, values)
    return replace(
        start, deficit=_deficit(world, start, (*ratings, thomas), laws, cohort, values, seed)
    )


def _mean_and_variance(
    laws: list[Law], target: str, scores: Sequence[Array]
) -> tuple[Array, Array]:
    """Mean and variance of a score given the first of ``NAMES``, (draws, runners, 2) and less."""
    weights, variance = _conditional(laws, target, NAMES[: len(scores)])
    return sum(w * score for w, score in zip(weights, scores, strict=True)), variance


def _deficit(
    world: str,
    start: Baseline,
    scores: Sequence[Array],
    laws: list[Law],
    cohort: Cohort,
    values: Values,
    seed: int,
) -> Array:
    """How far each limb's driver is below the norm, in the driver's SD, (draws, limbs).

    The norm is the mean of runners in general. In *weak* the driver is torque at end range, and the
    norm is of runners who run as fast; in
    *guarded* it is tolerance, which nothing measures but the angle; in *short* it is tissue, which
    counts as short only as far as the angle itself is short of the norm: a hip that reaches it is
    not short. Nothing that training moves is behind a *nonspecific* tightness.
    """
    if world == "nonspecific":
        return np.zeros_like(start.end_range)
    if world == "weak":
        return np.maximum(runners_norm(start, cohort, values) - start.end_range, 0)
    r = float(values["side_r"].flat[0])
    limit = values["running_cut_sd"]
    torque = paired_limbs.parts(np.clip(start.end_range, -limit, limit), r)
    mean, variance = _mean_and_variance(laws, "tissue", (*scores, torque))
    tissue = mean + np.sqrt(variance) * paired_limbs.normals("tissue", cohort, seed)
    of_tissue, of_tolerance = 1 - values["rom_tolerance_share"], values["rom_tolerance_share"]
    tissue = paired_limbs.pair(tissue, r)
    if world == "guarded":
        angle = paired_limbs.pair(scores[-1], r)
        tolerance = (angle - np.sqrt(of_tissue) * tissue) / np.sqrt(of_tolerance)
        return np.maximum(-tolerance, 0)
    short_deg = np.maximum(values["thomas_mean_deg"] - start.thomas_ext_deg, 0)
    sd_deg = np.maximum(np.sqrt(of_tissue) * thomas_sd(values), np.finfo(float).tiny)
    return np.minimum(np.maximum(-tissue, 0), short_deg / sd_deg)


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
        absent = [f"{rating}_{trait}" for rating in NAMES[:2] for trait in (*traits, "tissue")]
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
    cohort: Cohort, levels: UsualLevels, thomas: Array, values: Values, seed: int
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
    return Baseline(
        tightness_nrs=levels.first["tightness_nrs"],
        discomfort_nrs=levels.first["discomfort_nrs"],
        thomas_ext_deg=thomas_deg,
        norm_neutral_nm_kg=norm,
        end_range=np.zeros_like(norm),
        elsewhere=elsewhere,
        demands=limb_state.running_demands(thomas_z, *draws, values=values),
        levels=levels,
    )


def _thomas_parts(
    cohort: Cohort,
    ratings: tuple[Array, ...],
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
        return parts + _on_both(values["thomas_shift_deg"] / thomas_sd(values), r)
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


def _on_both(score: Array, r: float) -> Array:
    """A score that both limbs have more, as parts, (draws, 1, 2)."""
    return paired_limbs.parts(np.repeat(score, len(SIDES), axis=-1), r)


def _thomas_by_torque(
    cohort: Cohort,
    levels: UsualLevels,
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
    start = _at_norm(cohort, levels, thomas, values, seed)
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
