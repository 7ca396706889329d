"""Where each limb starts in each world: tightness and discomfort first, then their drivers.

Tightness and discomfort are the same in every world, limb by limb. Given them, and given a
measured Thomas angle where there is one, the Thomas angle and hip flexion torque are drawn from
the world's Gaussian law. Left and right limbs correlate at ``side_r``: a pair is a sum and a
difference, which are independent, so every relation between traits holds for both parts alike.

Whoever ran at a speed had the torque for it: a runner's level of torque is drawn from its law cut
below what running asked of the weaker of his limbs. Where even ``running_cut_sd`` above the norm
would not do, he is taken to have run with as much moment as he had.

Guarded by (tests/test_running.py): test_measured_runners_had_the_torque_for_every_speed,
test_drawn_runners_are_seldom_short_of_torque; and by tests/test_recovery.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from hipstudy import limbs, running
from hipstudy import physiology as ph
from hipstudy.cohort import Cohort
from hipstudy.parameters import Values
from hipstudy.running import Demands
from hipstudy.worlds import LINKS, NAMES, latent_correlations

Array = NDArray[np.float64]
NRS_MAX = 10
_NO_LIMIT = -8  # so far below the mean that nothing is cut off, to the last digit held


@dataclass(frozen=True, eq=False)
class Baseline:
    """One world's start.

    Parameters
    ----------
    tightness_nrs, discomfort_nrs
        Shape (limbs,), the same in every world.
    thomas_ext_deg
        Shape (draws, limbs).
    norm_neutral_nm_kg
        The norm's torque at neutral for a runner of this sex, (draws, limbs).
    end_range, elsewhere
        Standard scores of torque against the norm: at end range, and what the rest of the curve
        does not share with it; (draws, limbs) and (limbs,).
    demands
        What running asks for.
    """

    tightness_nrs: Array
    discomfort_nrs: Array
    thomas_ext_deg: Array
    norm_neutral_nm_kg: Array
    end_range: Array
    elsewhere: Array
    demands: Demands

    def norm(self, angle_deg: ArrayLike, values: Values) -> Array:
        """The norm's torque at an angle that broadcasts to (draws, limbs), Nm/kg."""
        return ph.torque_at(
            angle_deg,
            neutral_nm_kg=self.norm_neutral_nm_kg,
            neutral_to_max=values["torque_neutral_to_max"],
            max_flexion_deg=values["torque_max_flexion_deg"],
            reference_flexion_deg=values["reference_slope_flexion_deg"],
            beyond_slope_ratio=values["beyond_neutral_slope_ratio"],
        )

    def to_norm(self, angle_deg: ArrayLike, values: Values) -> Array:
        """Torque over the norm at that angle: 1 is no deficit, below 1 a modelled one."""
        at_end, rest = _weights(angle_deg, values)
        cv = values["torque_runner_cv"]
        return np.exp(cv * (at_end * self.end_range + rest * self.elsewhere) - cv**2 / 2)

    def torque(self, angle_deg: ArrayLike, values: Values) -> Array:
        """The limb's own torque at an angle, Nm/kg."""
        return self.norm(angle_deg, values) * self.to_norm(angle_deg, values)


def _weights(angle_deg: ArrayLike, values: Values) -> tuple[Array, Array]:
    """Weights of the scores at end range and elsewhere in the score at an angle.

    A limb's score is a level of the whole curve and a part that only end range has, in the shares
    of ``end_range_deficit_share``; at end range the two add to a score of variance 1.
    """
    own = values["end_range_deficit_share"]
    shown = ph.end_range_part(
        angle_deg,
        whole_from_deg=values["end_range_from_deg"],
        gone_at_deg=values["deficit_fades_at_deg"],
    )
    return 1 - own + own * shown, np.sqrt(own * (1 - own)) * (1 - shown)


def _wide(values: Values, name: str) -> Array:
    return values[name][..., np.newaxis]  # (draws, 1, 1), over runners and parts


def reliability(values: Values) -> Array:
    """Correlation of a Thomas angle as it is read with the limb's true one, pelvis held."""
    return values["thomas_true_r_controlled"] * np.sqrt(values["thomas_icc_controlled"])


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
    corr = dict(latent_correlations(world, values))
    felt = _felt_parts(cohort, corr, seed)
    thomas = _thomas_parts(cohort, felt, corr, values, seed)
    known = dict(zip(NAMES, (*felt, thomas), strict=False))
    if cohort.is_measured:  # a reading tells less of torque than the angle itself would
        for pair in ("tight_thomas", "disc_thomas", "thomas_torque"):
            corr[pair] = corr[pair] * reliability(values)
    weights, left = limbs.given(corr, "torque", tuple(known))
    torque = sum(w * score for w, score in zip(weights, known.values(), strict=True))
    own = np.sqrt(left) * limbs.normals("torque", cohort, seed)
    unmoved = _unmoved(cohort, felt, thomas, values, seed)
    return _able(unmoved, torque, own, left, cohort, values)


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
    thomas_deg = np.broadcast_to(cohort.thomas_ext_deg, norm.shape) if cohort.is_measured else None
    if thomas_deg is None:
        thomas_deg = values["thomas_mean_deg"] + thomas_sd(values) * thomas_z
    tight, discomfort = (
        _bounded(limbs.pair(z, r), name, values) for name, z in zip(LINKS, felt, strict=True)
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


def _bounded(z: Array, name: str, values: Values) -> Array:
    trait = name.removesuffix("_nrs")
    mean, sd = (float(values[f"{trait}_{what}_nrs"].flat[0]) for what in ("mean", "sd"))
    return limbs.truncated(z, mean, sd, 0, NRS_MAX)


def _felt_parts(cohort: Cohort, corr: Mapping[str, Array], seed: int) -> tuple[Array, Array]:
    """Tightness and discomfort as standard scores, each (runners, 2), the same in every world."""
    tight = limbs.normals("tightness", cohort, seed)
    r = float(corr["tight_disc"].flat[0])
    return tight, r * tight + np.sqrt(1 - r**2) * limbs.normals("discomfort", cohort, seed)


def _thomas_parts(
    cohort: Cohort,
    felt: tuple[Array, Array],
    corr: Mapping[str, Array],
    values: Values,
    seed: int,
) -> Array:
    """Thomas angle as a standard score, (draws, runners, 2): measured, or drawn given the rest.

    A drawn runner's mean angle also goes with body mass, as it did in the published runners.
    """
    r = float(values["side_r"].flat[0])
    if cohort.thomas_ext_deg is not None:
        measured = limbs.parts(cohort.thomas_ext_deg, r)
        zero = limbs.parts(np.ones(cohort.n_limbs), r)
        return (measured - _wide(values, "thomas_mean_deg") * zero) / _wide(values, "thomas_sd_deg")
    mass_z = (cohort.mass_kg - values["mass_mean_kg"]) / values["mass_sd_kg"]
    on_mass = _wide(values, "mass_thomas_r") * np.array([1.0, 0.0])
    weights, left = limbs.given(corr, "thomas", NAMES[:2])
    known = sum(w * score for w, score in zip(weights, felt, strict=True))
    own = np.sqrt(np.maximum(left - on_mass**2, 0)) * limbs.normals("thomas", cohort, seed)
    return known + on_mass * mass_z[..., np.newaxis] + own


def _able(
    start: Baseline, mean: Array, own: Array, left: Array, cohort: Cohort, values: Values
) -> Baseline:
    """Give limbs their torque at end range: drawn, and no less than the speeds they ran asked for.

    The difference between a runner's limbs is drawn freely; what they share is cut below.
    """
    r = float(values["side_r"].flat[0])
    least = _least(start, cohort, values)
    parts = mean + own
    apart = np.stack([np.zeros_like(parts[..., 1]), parts[..., 1]], axis=-1)
    needed = (least - limbs.pair(apart, r)).reshape(*parts.shape[:-1], -1).max(axis=-1)
    needed = needed / np.sqrt((1 + r) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.sqrt(left[..., 0])
        low, z = (needed - mean[..., 0]) / sd, own[..., 0] / sd
        # The normal law above ``low``: the upper tail at z, times the law's part above it.
        cut = -special.ndtri(special.ndtr(-z) * special.ndtr(-low))
    shared = np.where(low > _NO_LIMIT, mean[..., 0] + sd * cut, parts[..., 0])
    end = limbs.pair(np.stack([np.maximum(shared, needed), parts[..., 1]], axis=-1), r)
    start = replace(start, end_range=end)
    had = start.torque(start.demands.angle_ext_deg, values)
    had = had + running.passive(start.demands.angle_ext_deg, values)
    ran = cohort.ran[cohort.runner].T[:, np.newaxis, np.newaxis]
    asked = start.demands.moment_nm_kg
    asked = np.where(ran, np.minimum(asked, had), asked)
    return replace(start, demands=replace(start.demands, moment_nm_kg=asked))


def _least(start: Baseline, cohort: Cohort, values: Values) -> Array:
    """Score at end range that the speeds run asked for, (draws, limbs); minus infinity for none."""
    angle, cv = start.demands.angle_ext_deg, values["torque_runner_cv"]
    muscle = start.demands.moment_nm_kg - running.passive(angle, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        asked = np.log(muscle / start.norm(angle, values)) / cv + cv / 2
    at_end, rest = _weights(angle, values)
    score = np.where(muscle > 0, (asked - rest * start.elsewhere) / at_end, -np.inf)
    ran = cohort.ran[cohort.runner].T[:, np.newaxis, np.newaxis]
    least = np.where(ran, score, -np.inf).max(axis=(0, 1))
    return np.minimum(least, values["running_cut_sd"])
