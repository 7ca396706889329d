"""Where each limb starts in each world: tightness first, then its drivers given it.

Tightness is the same in every world, limb by limb. Given it, and given a measured Thomas angle
where there is one, the Thomas angle and hip flexion torque are drawn from the world's Gaussian
law. Left and right limbs correlate at ``side_r``: a pair is a sum and a difference, which are
independent, so every relation between traits holds for both parts alike.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hipstudy import luck
from hipstudy.cohort import SIDES, Cohort
from hipstudy.parameters import Values
from hipstudy.worlds import latent_correlations

Array = NDArray[np.float64]
NRS_MAX = 10


@dataclass(frozen=True, eq=False)
class Baseline:
    """One world's start: tightness (limbs,), Thomas angle and neutral torque (draws, limbs)."""

    tightness_nrs: Array
    thomas_ext_deg: Array
    neutral_torque_nm_kg: Array
    torque_to_norm: Array


def _pair(parts: Array, r: float) -> Array:
    """Sum and difference parts (..., runners, 2) to limbs (..., limbs), correlated at r."""
    a, b = np.sqrt((1 + r) / 2), np.sqrt((1 - r) / 2)
    limbs = np.stack([a * parts[..., 0] + b * parts[..., 1], a * parts[..., 0] - b * parts[..., 1]])
    return np.moveaxis(limbs, 0, -1).reshape(*parts.shape[:-2], -1)


def _parts(limbs: Array, r: float) -> Array:
    """Undo ``_pair``."""
    a, b = np.sqrt((1 + r) / 2), np.sqrt((1 - r) / 2)
    left, right = limbs[..., 0::2], limbs[..., 1::2]
    return np.stack([(left + right) / (2 * a), (left - right) / (2 * b)], axis=-1)


def _normals(stream: str, cohort: Cohort, seed: int) -> Array:
    part = np.arange(len(SIDES))
    return special.ndtri(luck.uniform(seed=seed, stream=stream, by=[cohort.key[:, None], part]))


def _truncated(z: Array, mean: float, sd: float, low: float, high: float) -> Array:
    start, end = special.ndtr((low - mean) / sd), special.ndtr((high - mean) / sd)
    return np.clip(mean + sd * special.ndtri(start + special.ndtr(z) * (end - start)), low, high)


def _wide(values: Values, name: str) -> Array:
    return values[name][..., np.newaxis]  # (draws, 1, 1), over runners and parts


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
    r = float(values["side_r"].flat[0])
    corr = {pair: c[..., np.newaxis] for pair, c in latent_correlations(world, values).items()}
    tight = _normals("tightness", cohort, seed)
    thomas = _thomas_parts(cohort, tight, corr, values, seed)
    c, to_tight, to_thomas = corr["tight_thomas"], corr["tight_torque"], corr["thomas_torque"]
    on_tight = (to_tight - c * to_thomas) / (1 - c**2)
    on_thomas = (to_thomas - c * to_tight) / (1 - c**2)
    left = np.maximum(1 - on_tight * to_tight - on_thomas * to_thomas, 0)
    torque = on_tight * tight + on_thomas * thomas
    torque = torque + np.sqrt(left) * _normals("torque", cohort, seed)
    cv = values["torque_runner_cv"]
    to_norm = np.exp(cv * _pair(torque, r) - cv**2 / 2)
    woman = (cohort.sex == "F")[cohort.runner]
    sex = np.where(woman, values["women_to_men_torque"], 1)
    thomas_deg = values["thomas_mean_deg"] + values["thomas_sd_deg"] * _pair(thomas, r)
    if cohort.thomas_ext_deg is not None:
        thomas_deg = np.broadcast_to(cohort.thomas_ext_deg, thomas_deg.shape)
    return Baseline(
        tightness_nrs=_truncated(
            _pair(tight, r),
            float(values["tightness_mean_nrs"].flat[0]),
            float(values["tightness_sd_nrs"].flat[0]),
            0,
            NRS_MAX,
        ),
        thomas_ext_deg=thomas_deg,
        neutral_torque_nm_kg=values["torque_neutral_nm_kg"] * sex * to_norm,
        torque_to_norm=to_norm,
    )


def _thomas_parts(
    cohort: Cohort, tight: Array, corr: dict[str, Array], values: Values, seed: int
) -> Array:
    """Thomas angle as a standard score, (draws, runners, 2): measured, or drawn given tightness.

    A drawn runner's mean angle also goes with body mass, as it did in the published runners.
    """
    r = float(values["side_r"].flat[0])
    mean, sd = _wide(values, "thomas_mean_deg"), _wide(values, "thomas_sd_deg")
    if cohort.thomas_ext_deg is not None:
        measured = _parts(cohort.thomas_ext_deg, r)
        zero = _parts(np.ones(cohort.n_limbs), r)
        return (measured - mean * zero) / sd
    mass_z = (cohort.mass_kg - values["mass_mean_kg"]) / values["mass_sd_kg"]
    on_mass = _wide(values, "mass_thomas_r") * np.array([1.0, 0.0])
    c = corr["tight_thomas"]
    own = np.sqrt(1 - c**2 - on_mass**2) * _normals("thomas", cohort, seed)
    return c * tight + on_mass * mass_z[..., np.newaxis] + own
