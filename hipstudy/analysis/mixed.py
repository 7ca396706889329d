r"""Mixed models of limbs within runners: one visit, and all visits by a ladder.

At one visit, limb j of runner i:

.. math:: y_{ij} = \beta_0 + \delta T_i + \beta_1 x_{ij} + u_i + e_{ij}

by restricted maximum likelihood (Laird and Ware 1982, doi:10.2307/2529876). The covariance of two
limbs may be negative: what is fitted is the marginal model, which has no boundary.

Over all visits the models of ``RUNGS`` are tried in turn: limbs nested in runners, runners only,
runner means with a free covariance over visits, and runner means with one intercept. A model whose
variance ends at zero, or whose fit does not end, is left. The note of the estimate says why each
was left, and which was reached.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy.analysis import least_squares, reml
from hipstudy.analysis.ancova import TREATED
from hipstudy.analysis.estimate import Estimate, Question, by_t, none
from hipstudy.analysis.least_squares import centred, scaled
from hipstudy.analysis.long_to_arrays import Layout, from_frame, mean_where
from hipstudy.arrays import Array, Flags

if TYPE_CHECKING:
    import pandas as pd

BETWEEN = 3  # coefficients between runners
BOUNDARY = 1e-6  # share of the whole variance below which a variance counts as zero
LEAST_PER_ARM = 2
LEAST_RUNNERS = BETWEEN + 2
NO_CLIMB = "the climb did not end"
ON_BOUNDARY = "ended on the boundary, a variance of zero"
NO_PAIRS = "limbs of a runner never differ, or never come in pairs"
ONE_VISIT = "with one visit, the limb within the runner is the residual"
TOO_MANY = "too few runners for a free covariance of so many visits"
TOO_FEW = f"fewer than {LEAST_RUNNERS} runners, or than {LEAST_PER_ARM} in an arm, at the end visit"
ASSUMES = "holds where being lost depends on arm, baseline and values seen before"


def random_intercept(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End ~ treatment + baseline on limbs, a random intercept per runner.

    The frame is as ``from_frame`` takes it. Model ``random_intercept``: the SE is that of
    restricted maximum likelihood as every package prints it, df = runners - 3.
    """
    layout = from_frame(frame, question)
    there = layout.both
    rows = there.reshape(len(there), -1)
    x = centred(np.where(there, layout.base, 0).reshape(rows.shape), rows).reshape(there.shape)
    treated = np.broadcast_to(layout.treated[..., np.newaxis], there.shape)
    X = np.stack([np.ones_like(x), treated, x], axis=-1)
    y, size = scaled_trial(np.where(there, layout.later[..., layout.end], 0), there)
    m = there.shape[-1]
    model = reml.Model(y, X, there, np.stack([np.ones((m, m)), np.eye(m)]))
    fits = reml.fit(model, spread(model)[:, np.newaxis] * np.array([0.5, 0.5]))
    value = fits.beta[0, TREATED] * size[0]
    sizes = layout.sizes(there)
    df = sizes[0] - X.shape[-1]
    if np.isnan(value) or df < 1:
        return none(question, "random_intercept", NO_CLIMB)
    answer = (value, np.sqrt(fits.phi[0, TREATED, TREATED]) * size[0], df)
    return by_t(question, "random_intercept", answer, sizes, "baseline of limbs, end visit only")


def mixed(frame: "pd.DataFrame", question: Question) -> Estimate:
    """All visits after baseline, limb nested in runner, by the ladder, which the note has.

    The frame is as ``from_frame`` takes it. Model ``mixed``: by Kenward and Roger, with at most
    runners - 3 degrees of freedom.
    """
    layout = from_frame(frame, question)
    trials = fit_with_fallbacks(layout)
    omitted = usable_values(layout).any(axis=(0, 1, 2)) & ~usable_visits(layout)
    weeks = ", ".join(f"{layout.weeks[i]:g}" for i in np.flatnonzero(omitted))
    note = trials.ladder(0) + (f"; left out, too few runners: week {weeks}" if weeks else "")
    if np.isnan(trials.value[0]):
        return none(question, "mixed", note)
    answer = (trials.value[0], trials.se[0], trials.df[0])
    return by_t(question, "mixed", answer, layout.sizes(fitted(layout)), f"{note}; {ASSUMES}")


@dataclass(frozen=True, eq=False)
class ClimbedTrials:
    """Difference, SE and df of every trial, and (trials, rungs) why each rung was left."""

    value: Array
    se: Array
    df: Array
    reasons: NDArray[np.object_]

    def ladder(self, trial: int) -> str:
        """The rung reached in one trial, and every reason on the way."""
        left = {rung: why for rung, why in zip(RUNGS, self.reasons[trial], strict=True) if why}
        reached = next((rung for rung in RUNGS if rung not in left), "none")
        reasons = [f"rung {rung}: left, {why}" for rung, why in left.items()]
        return "; ".join([*reasons, f"rung reached: {reached}"])


def fit_with_fallbacks(layout: Layout) -> ClimbedTrials:
    """Climb down the ladder with every trial."""
    layout = layout.visits(usable_visits(layout))
    value, se, df = np.full((3, len(layout.base)), np.nan)
    reasons = np.full((len(layout.base), len(RUNGS)), "", dtype=object)
    is_enough = enough(layout)[:, layout.end]
    reasons[~is_enough] = TOO_FEW
    remaining = np.flatnonzero(is_enough)
    for k, rung in enumerate(RUNGS):
        if len(remaining):
            answers = attempt(rung, layout.take(remaining))
            value[remaining], se[remaining], df[remaining], reasons[remaining, k] = answers
            remaining = remaining[reasons[remaining, k].astype(bool)]
    failed = reasons.astype(bool).all(axis=-1)
    value[failed] = se[failed] = df[failed] = np.nan
    return ClimbedTrials(value, se, df, reasons)


def usable_values(layout: Layout) -> Flags:
    """Values that the model uses, (trials, runners, limbs, visits): their limb has a baseline."""
    return ~np.isnan(layout.later) & ~np.isnan(layout.base)[..., np.newaxis]


def enough(layout: Layout) -> Flags:
    """Visits with enough runners in each arm, (trials, visits)."""
    runners = usable_values(layout).any(axis=-2)
    treated = (runners & (layout.treated == 1)[..., np.newaxis]).sum(axis=-2)
    control = runners.sum(axis=-2) - treated
    least = np.minimum(treated, control) >= LEAST_PER_ARM
    return least & (treated + control >= LEAST_RUNNERS)


def usable_visits(layout: Layout) -> Flags:
    """Visits that are used: the end, and those with enough runners, (visits,)."""
    return enough(layout).all(axis=0) | (np.arange(len(layout.weeks)) == layout.end)


def fitted(layout: Layout) -> Flags:
    """Limbs that the model over all visits is fitted to, (trials, runners, limbs)."""
    return usable_values(layout.visits(usable_visits(layout))).any(axis=-1)


def scaled_trial(y: Array, there: Flags) -> tuple[Array, Array]:
    """Values with mean 0 and SD 1 over what is there, (trials, ...), and the SD of each trial."""
    values, sd = scaled(y.reshape(len(y), -1), there.reshape(len(y), -1))
    return values.reshape(y.shape), sd[:, 0]


def spread(model: reml.Model) -> Array:
    """Residual variance by ordinary least squares, to start from; 1 where there is none."""
    b, p = len(model.y), model.X.shape[-1]
    rows = model.there.reshape(b, -1)
    variance = least_squares.fit(model.y.reshape(b, -1), model.X.reshape(b, -1, p), rows).variance
    return np.where(variance > 0, variance, 1.0)


@dataclass(frozen=True, eq=False)
class _Rung:
    """A model of scaled values."""

    model: reml.Model
    start: Array  # theta to start from, as a share of the residual variance
    size: Array  # what one scaled unit is, (trials,)
    # Parameters at the front of theta that are a covariance matrix between runners and must be
    # positive; 0 where the whole covariance is free.
    free: int
    end: int  # coefficient that is the difference at the end visit


def _by_visit(covariates: Array, visits: int) -> Array:
    """Every covariate with a slope at every visit: (..., q) to (..., visits, visits * q)."""
    blocks = np.eye(visits)[:, :, np.newaxis] * covariates[..., np.newaxis, np.newaxis, :]
    return blocks.reshape(*blocks.shape[:-2], -1)


def _pairs(visits: int) -> Array:
    """Unit matrices that any covariance of visits is a sum of, (visits (visits + 1) / 2, ...)."""
    a, b = np.triu_indices(visits)
    units = np.zeros((len(a), visits, visits))
    units[np.arange(len(a)), a, b] = units[np.arange(len(a)), b, a] = 1
    return units


def _runner_base(layout: Layout, limbs: Flags) -> tuple[Array, Array]:
    """Scaled baseline of runners, the mean over the limbs given, and distances of limbs from it."""
    rows = usable_values(layout).any(axis=(-1, -2))
    limbs = limbs & rows[..., np.newaxis]
    base = mean_where(layout.base, limbs)
    off = np.where(limbs, layout.base - base[..., np.newaxis], 0)
    flat = off.reshape(len(off), -1)
    size = np.sqrt((flat**2).sum(axis=-1) / np.maximum(limbs.sum(axis=(-1, -2)), 1))
    return centred(base, rows), off / np.where(size > 0, size, 1)[:, np.newaxis, np.newaxis]


def _on_limbs(layout: Layout, *, nested: bool) -> _Rung:
    there = usable_values(layout)
    b, r, s, v = there.shape
    base, off = _runner_base(layout, ~np.isnan(layout.base))
    covariates = [np.ones_like(off), np.broadcast_to(layout.treated[..., np.newaxis], off.shape)]
    if v == 1:
        flat = np.where(there[..., 0], layout.base, 0).reshape(b, -1)
        covariates += [centred(flat, there.reshape(b, -1)).reshape(off.shape)]
    else:
        covariates += [np.broadcast_to(base[..., np.newaxis], off.shape)]
        covariates += [off] if off.any() else []
    X = _by_visit(np.stack(covariates, axis=-1), v).reshape(b, r, s * v, -1)
    y, size = scaled_trial(np.where(there, layout.later, 0), there)
    units = np.kron(np.ones((s, s)), _pairs(v))
    limb = [np.kron(np.eye(s), np.ones((v, v)))] if nested else []
    parts = np.stack([*units, *limb, np.eye(s * v)])
    model = reml.Model(y.reshape(b, r, -1), X, there.reshape(b, r, -1), parts)
    diagonal = np.einsum("kii->k", units) > 0
    start = [*np.where(diagonal, 0.5, 0.25), *([0.2] if nested else []), 0.3]
    end = layout.end * len(covariates) + TREATED
    return _Rung(model, np.array(start), size, len(units), end)


def _means(layout: Layout) -> Array:
    """Means over the limbs of a runner at each visit, (trials, runners, visits)."""
    there = usable_values(layout)
    return mean_where(np.swapaxes(layout.later, -1, -2), np.swapaxes(there, -1, -2))


def _on_means(layout: Layout, *, free: bool) -> _Rung:
    there = usable_values(layout)
    v = there.shape[-1]
    # Of a limb never seen again, baseline says nothing about the mean of those that were.
    base, _ = _runner_base(layout, there.any(axis=-1))
    X = _by_visit(np.stack([np.ones_like(base), layout.treated, base], axis=-1), v)
    has_value = there.any(axis=-2)
    y, size = scaled_trial(np.where(has_value, _means(layout), 0), has_value)
    units = _pairs(v) if free else np.stack([np.ones((v, v)), np.eye(v)])
    diagonal = np.einsum("kii->k", units) > 0
    start = np.where(diagonal, 1.0, 0.5) if free else np.array([0.5, 0.5])
    return _Rung(reml.Model(y, X, has_value, units), start, size, 0, layout.end * BETWEEN + TREATED)


RUNGS = {
    "runner/limb": partial(_on_limbs, nested=True),
    "runner": partial(_on_limbs, nested=False),
    "runner means": partial(_on_means, free=True),
    "runner means, one intercept": partial(_on_means, free=False),
}


def _refused(rung: str, layout: Layout) -> NDArray[np.object_]:
    """Why a rung is not tried, (trials,); empty where it is."""
    there = usable_values(layout)
    reasons = np.full(len(there), "", dtype=object)
    if rung != "runner means, one intercept":
        runners = there.any(axis=(-1, -2)).sum(axis=-1)
        reasons[runners - BETWEEN <= len(layout.weeks)] = TOO_MANY
    if rung in ("runner/limb", "runner"):
        off = np.where(there, layout.later - _means(layout)[:, :, np.newaxis], 0)
        size = np.nanstd(np.where(there, layout.later, np.nan), axis=(1, 2, 3))
        reasons[(off**2).mean(axis=(1, 2, 3)) <= BOUNDARY**2 * size**2] = NO_PAIRS
    if rung == "runner/limb" and len(layout.weeks) == 1:
        reasons[:] = ONE_VISIT
    return reasons


def _on_boundary(rung: _Rung, theta: Array, visits: int) -> Flags:
    """Whether a variance, or an eigenvalue of the covariance between runners, is zero or less."""
    if not rung.free:
        return np.zeros(len(theta), dtype=bool)
    between = np.einsum("bk,kij->bij", np.nan_to_num(theta)[:, : rung.free], _pairs(visits))
    within = theta[:, rung.free :]
    whole = np.einsum("bii->b", between) / visits + within.sum(axis=-1)
    least = np.minimum(np.linalg.eigvalsh(between)[:, 0], within.min(axis=-1))
    return ~(least > BOUNDARY * np.abs(whole))


def attempt(name: str, layout: Layout) -> tuple[Array, Array, Array, NDArray[np.object_]]:
    """Difference, SE and df of every trial by one of ``RUNGS``, and why it is left, else empty."""
    reasons = _refused(name, layout)
    value, se, df = np.full((3, len(reasons)), np.nan)
    at = np.flatnonzero(~reasons.astype(bool))
    if len(at):
        rung = RUNGS[name](layout.take(at))
        fits = reml.fit(rung.model, spread(rung.model)[:, np.newaxis] * rung.start)
        ended = np.where(_on_boundary(rung, fits.theta, len(layout.weeks)), ON_BOUNDARY, "")
        reasons[at] = np.where(fits.converged, ended, NO_CLIMB)
        value[at] = fits.beta[:, rung.end] * rung.size
        se[at] = np.sqrt(fits.adjusted[:, rung.end, rung.end]) * rung.size
        runners = rung.model.there.any(axis=-1).sum(axis=-1)
        df[at] = np.minimum(fits.df[:, rung.end], runners - BETWEEN)
    return value, se, df, reasons
