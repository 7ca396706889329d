"""Trials of two arms, two limbs and three visits with a known truth, thousands at once.

Limb j of runner i at visit t is `mean + sqrt(icc) a_it + sqrt(1 - icc) c_ijt`, a and c standard
normal with correlation `r ** (|t - s| / last)` over visits: `icc` is the correlation of two limbs
at one visit, `r` that of baseline with end, of runners as of limbs.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import special

from hipstudy.analysis.long_to_arrays import Layout, mean_where

WEEKS = np.array([0, 6, 12])
SHARE = 0.2
STEEP = 1.5
WAYS = ("chance", "baseline and arm", "last value", "unobserved value")


@dataclass(frozen=True)
class Design:
    n_per_arm: int
    icc: float
    r: float = 0.5
    effect: float = 0.5

    def gain(self, weeks):
        """What treatment adds by a visit: all of it at the last."""
        return self.effect * np.asarray(weeks) / WEEKS[-1]

    @property
    def sd_of_means(self):
        return np.sqrt(self.icc + (1 - self.icc) / 2)


def draw(design, n_trials, rng):
    apart = np.abs(WEEKS[:, np.newaxis] - WEEKS) / WEEKS[-1]
    root = np.linalg.cholesky(design.r**apart)
    n = 2 * design.n_per_arm
    runner = rng.standard_normal((n_trials, n, 1, len(WEEKS))) @ root.T
    limb = rng.standard_normal((n_trials, n, 2, len(WEEKS))) @ root.T
    y = np.sqrt(design.icc) * runner + np.sqrt(1 - design.icc) * limb
    treated = np.broadcast_to(np.repeat([1.0, 0.0], design.n_per_arm), (n_trials, n))
    y = y + treated[..., np.newaxis, np.newaxis] * design.gain(WEEKS)
    return Layout(y[..., 0], y[..., 1:], treated, tuple(int(w) for w in WEEKS[1:]), 1)


def lose(design, trials, way, rng):
    """The same trials with a fifth of the runners lost, for good, from the first visit they miss.

    Where it goes by values, those who do well are lost in control, and those who do badly in
    treatment; who has no such value is lost by chance.
    """
    values = np.concatenate([trials.base[..., np.newaxis], trials.later], axis=-1).mean(axis=-2)
    z = (values - trials.treated[..., np.newaxis] * design.gain(WEEKS)) / design.sd_of_means
    z = z * (1 - 2 * trials.treated[..., np.newaxis])
    hazard = 1 - (1 - SHARE) ** (1 / len(trials.weeks))
    steep = 0 if way == "chance" else STEEP
    cut = special.ndtri(hazard) * np.sqrt(1 + steep**2)
    gone = np.zeros(trials.treated.shape, dtype=bool)
    later = trials.later.copy()
    for k in range(len(trials.weeks)):
        by = {"baseline and arm": 0, "last value": k, "unobserved value": k + 1}.get(way, 0)
        limit = np.where(np.isnan(z[..., by]), special.ndtri(hazard), cut + steep * z[..., by])
        gone = gone | (special.ndtri(rng.random(gone.shape)) < limit)
        later[gone, :, k] = np.nan
    return replace(trials, later=later)


def miss_limbs(trials, share, rng):
    """The same trials with single readings of limbs missing, by chance, at later visits."""
    later = np.where(rng.random(trials.later.shape) < share, np.nan, trials.later)
    return replace(trials, later=later)


def frame(trials, k=0):
    """One of the trials as a long frame: runner, side, arm, week, y."""
    values = np.concatenate([trials.base[k, ..., np.newaxis], trials.later[k]], axis=-1)
    at = np.indices(values.shape).reshape(3, -1)
    weeks = np.array([0, *trials.weeks])
    arm = np.where(trials.treated[k] == 1, "treat", "control")
    rows = pd.DataFrame(
        {
            "runner": at[0] + 1,
            "side": np.array(["left", "right"])[at[1]],
            "arm": arm[at[0]],
            "week": weeks[at[2]],
            "y": values.ravel(),
        }
    )
    return rows.dropna().reset_index(drop=True)


def runner_means(trials):
    return mean_where(trials.later[..., -1], ~np.isnan(trials.later[..., -1]))
