"""Where each limb starts in each world: tightness and discomfort first, then their drivers.

Tightness and discomfort are the same in every world, limb by limb. Given them, and given the
Thomas angle where it was measured, the Thomas angle and hip flexion torque are drawn from the
world's Gaussian law. Left and right limbs correlate at ``side_r``: a pair is a sum and a
difference, which are independent, so every relation between traits holds for both parts alike.
What was measured is kept as it is; what was not is drawn given what was, but for tightness and
discomfort, which are drawn without regard to a measured angle or torque: so they are the same in
every world. The link between torque and tightness is that before the cut by running (``enough``).

Guarded by (tests/test_measured.py): test_what_was_measured_is_where_the_limb_starts,
test_what_was_not_is_drawn_given_what_was; and by tests/test_recovery.py.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hipstudy import limbs, running
from hipstudy.cohort import Cohort
from hipstudy.enough import able, tested, with_tested
from hipstudy.parameters import Values
from hipstudy.start import Baseline as Baseline
from hipstudy.worlds import LINKS, NAMES, latent_correlations

Array = NDArray[np.float64]
NRS_MAX = 10
_END = 0.25


def _wide(values: Values, name: str) -> Array:
    return values[name][..., np.newaxis]  # (draws, 1, 1), over runners and parts


def reliability(values: Values) -> Array:
    """Correlation of a published Thomas angle with the limb's true one: bias and error together."""
    return values["thomas_reading_r"] * np.sqrt(values["thomas_reading_icc"])


def thomas_sd(values: Values) -> Array:
    """Spread of the true Thomas angle between limbs: what is read, less bias and error."""
    return values["thomas_sd_deg"] * reliability(values)


def draw(cohort: Cohort, world: str, values: Values, *, seed: int) -> Baseline:
    """Draw the start of every limb in one world.

    Parameters
    ----------
    cohort
        Runners; measured Thomas angles are kept as they are.
    world
        One of ``worlds.WORLDS``.
    values
        Parameters; every draw uses the same luck.
    seed
        Of the runners' luck.
    """
    laws = _laws(cohort, latent_correlations(world, values))
    felt = _felt_parts(cohort, values, seed)
    thomas = _thomas_parts(cohort, felt, laws, values, seed)
    known = dict(zip(NAMES, (*felt, thomas), strict=False))
    weights, left = _given(laws, "torque", tuple(known))
    torque = sum(w * score for w, score in zip(weights, known.values(), strict=True))
    own = np.sqrt(left) * limbs.normals("torque", cohort, seed)
    if cohort.torque_nm_kg is not None:
        thomas = _given_torque(cohort, felt, thomas, torque + own, laws, values, seed)
    unmoved = _unmoved(cohort, felt, thomas, values, seed)
    return able(unmoved, torque, own, left, cohort, values)


Law = tuple[NDArray[np.bool_], Mapping[str, Array]]


def _laws(cohort: Cohort, corr: Mapping[str, Array]) -> list[Law]:
    """Which runners follow which correlations.

    Ratings that were not given are drawn without regard to a measured angle or torque, so that
    they are the same in every world: with those they have nothing to do.
    """

    def any_limb(*names: str) -> NDArray[np.bool_]:
        there = [~np.isnan(limbs.by_runner(cohort.measured(name))).all(axis=1) for name in names]
        return np.any(there, axis=0)

    unrated = ~any_limb(*LINKS)
    by_torque = unrated & any_limb("torque_nm_kg")
    by_angle = unrated & any_limb("thomas_ext_deg") & ~by_torque

    def without(*traits: str) -> Mapping[str, Array]:
        gone = [f"{felt}_{trait}" for felt in NAMES[:2] for trait in traits]
        return {pair: 0 * c if pair in gone else c for pair, c in corr.items()}

    everybody = np.ones(cohort.n_runners, dtype=bool)
    kinds = [
        (by_torque, without("thomas", "torque")),
        (by_angle, without("thomas")),
        (everybody, corr),
    ]
    return [(who, law) for who, law in kinds if who.any()]


def _given(laws: list[Law], target: str, on: tuple[str, ...]) -> tuple[list[Array], Array]:
    """``limbs.given`` by each runner's own law, (draws, runners, 1)."""
    who = [mask[:, np.newaxis] for mask, _ in laws]
    found = [limbs.given(law, target, on) for _, law in laws]
    weights = [np.select(who, parts) for parts in zip(*(w for w, _ in found), strict=True)]
    return weights, np.select(who, [left for _, left in found])


def _unmoved(
    cohort: Cohort, felt: tuple[Array, Array], thomas: Array, values: Values, seed: int
) -> Baseline:
    """Everything of the start but the limb's own torque at end range, which stands at the norm."""
    r = float(values["side_r"].flat[0])
    elsewhere, *asked = (
        limbs.pair(limbs.normals(name, cohort, seed), r)
        for name in ("elsewhere", "running moment", "running moment early", "running extension")
    )
    thomas_z = limbs.pair(thomas, r)
    woman = (cohort.sex == "F")[cohort.runner]
    norm = values["torque_neutral_nm_kg"] * np.where(woman, values["women_to_men_torque"], 1)
    drawn = values["thomas_mean_deg"] + thomas_sd(values) * thomas_z
    read = cohort.measured("thomas_ext_deg")
    thomas_deg = np.where(np.isnan(read), drawn, read)
    tight, discomfort = (
        _bounded(limbs.pair(z, r), name, cohort, values)
        for name, z in zip(LINKS, felt, strict=True)
    )
    return Baseline(
        tightness_nrs=tight,
        discomfort_nrs=discomfort,
        thomas_ext_deg=thomas_deg,
        norm_neutral_nm_kg=norm,
        end_range=np.zeros_like(norm),
        elsewhere=elsewhere,
        demands=running.demands(thomas_z, *asked, values=values),
    )


def _law(name: str, values: Values) -> tuple[float, float, float, float]:
    """Mean and SD of a rating's normal law, and the ends of the scale that cut it."""
    trait = name.removesuffix("_nrs")
    mean, sd = (float(values[f"{trait}_{what}_nrs"].flat[0]) for what in ("mean", "sd"))
    return mean, sd, 0, NRS_MAX


def _bounded(z: Array, name: str, cohort: Cohort, values: Values) -> Array:
    rated = cohort.measured(name)
    return np.where(np.isnan(rated), limbs.truncated(z, *_law(name, values)), rated)


def _felt_parts(cohort: Cohort, values: Values, seed: int) -> tuple[Array, Array]:
    """Tightness and discomfort as standard scores, each (runners, 2), the same in every world.

    Ratings that were given are kept; those that were not are drawn given those that were, of the
    other limb and of the other kind.
    """
    side = limbs.between_sides(float(values["side_r"].flat[0]))
    r = float(values["tightness_discomfort_r"].flat[0])
    tight = limbs.normals("tightness", cohort, seed)
    felt = tight, r * tight + np.sqrt(1 - r**2) * limbs.normals("discomfort", cohort, seed)
    if all(getattr(cohort, name) is None for name in LINKS):
        return felt
    free = [limbs.by_runner(limbs.pair(parts, side[0, 1])) for parts in felt]
    rated = [
        # A rating at an end of the scale stands for the half step beside it.
        limbs.score(np.clip(cohort.measured(name), _END, NRS_MAX - _END), *_law(name, values))
        for name in LINKS
    ]
    found = limbs.conditioned(
        np.concatenate(free, axis=-1),
        np.concatenate([limbs.by_runner(z) for z in rated], axis=-1),
        np.kron(limbs.between_sides(r), side),
    )
    tight, discomfort = (
        limbs.parts(found[:, at : at + 2].reshape(-1), side[0, 1]) for at in (0, 2)
    )
    return tight, discomfort


def _thomas_parts(
    cohort: Cohort,
    felt: tuple[Array, Array],
    laws: list[Law],
    values: Values,
    seed: int,
) -> Array:
    """True Thomas angle as a standard score, (draws, runners, 2), given felt and what was read.

    A runner's mean angle also goes with body mass, as it did in the published runners. A reading
    goes with the true angle at ``reliability``, and what it adds goes together between sides as
    angles do.
    """
    r = float(values["side_r"].flat[0])
    mass_z = (cohort.mass_kg - values["mass_mean_kg"]) / values["mass_sd_kg"]
    on_mass = _wide(values, "mass_thomas_r") * np.array([1.0, 0.0])
    weights, left = _given(laws, "thomas", NAMES[:2])
    known = sum(w * score for w, score in zip(weights, felt, strict=True))
    own = np.sqrt(np.maximum(left - on_mass**2, 0)) * limbs.normals("thomas", cohort, seed)
    drawn = known + on_mass * mass_z[..., np.newaxis] + own
    if not cohort.is_measured:
        return drawn
    part = reliability(values)[..., np.newaxis]
    true = limbs.pair(drawn, r)
    added = limbs.pair(limbs.normals("thomas reading", cohort, seed), r)
    reading = part[..., 0] * true + np.sqrt(1 - part[..., 0] ** 2) * added
    read = (cohort.measured("thomas_ext_deg") - values["thomas_mean_deg"]) / values["thomas_sd_deg"]
    found = limbs.conditioned(
        limbs.by_runner(reading), limbs.by_runner(read), limbs.between_sides(r)
    )
    moved = part * (found - limbs.by_runner(reading))
    return limbs.parts((limbs.by_runner(true) + moved).reshape(true.shape), r)


def _given_torque(
    cohort: Cohort,
    felt: tuple[Array, Array],
    thomas: Array,
    torque: Array,
    laws: list[Law],
    values: Values,
    seed: int,
) -> Array:
    """Move the Thomas angle with what a measured torque says, where no angle was read.

    By as much as torque is off its draw, times their covariance over torque's variance given felt;
    limb by limb, because sides go together alike in both.
    """
    r = float(values["side_r"].flat[0])
    start = _unmoved(cohort, felt, thomas, values, seed)
    free = limbs.by_runner(limbs.pair(torque, r))
    kept = with_tested(free, limbs.by_runner(tested(start, cohort, values)), r, values)
    _, left = _given(laws, "torque", NAMES[:2])
    with_thomas, _ = _given(laws, "torque", NAMES[:-2])
    _, thomas_left = _given(laws, "thomas", NAMES[:2])
    slope = with_thomas[2] * thomas_left / np.maximum(left, np.finfo(float).tiny)
    unread = np.isnan(limbs.by_runner(cohort.measured("thomas_ext_deg"))).all(axis=1)
    moved = np.where(unread[:, np.newaxis], slope * (kept - free), 0)
    return thomas + limbs.parts(moved.reshape(*moved.shape[:-2], -1), r)
