"""The models that the mixed model over all visits tries in turn: covariates and covariances.

Limbs nested in runners, runners only, runner means with a free covariance over visits, and runner
means with one intercept; a model whose variance ends at zero, or whose fit does not end, is left.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hipstudy.analysis import least_squares, reml
from hipstudy.analysis.long_to_arrays import Layout, mean_where
from hipstudy.arrays import Array

Flags = NDArray[np.bool_]
Answers = tuple[Array, Array, Array, NDArray[np.object_]]
BETWEEN = 3
TREATED = 1
# Share of the whole variance below which a variance counts as zero.
BOUNDARY = 1e-6
LEAST_PER_ARM = 2
LEAST_RUNNERS = BETWEEN + 2
NO_CLIMB = "the climb did not end"
ON_BOUNDARY = "ended on the boundary, a variance of zero"
NO_PAIRS = "limbs of a runner never differ, or never come in pairs"
ONE_VISIT = "with one visit, the limb within the runner is the residual"
TOO_MANY = "too few runners for a free covariance of so many visits"
TOO_FEW = f"fewer than {LEAST_RUNNERS} runners, or than {LEAST_PER_ARM} in an arm, at the end visit"


@dataclass(frozen=True, eq=False)
class _Rung:
    """A model of scaled values.

    Parameters
    ----------
    model
        What is fitted.
    start
        Theta to start from, as a share of the residual variance.
    size
        What one scaled unit is, (trials,).
    free
        Parameters at the front of theta that are a covariance matrix between runners and must be
        positive; 0 where the whole covariance is free.
    end
        Coefficient that is the difference at the end visit.
    runners
        Runners in the model, (trials,).
    """

    model: reml.Model
    start: Array
    size: Array
    free: int
    end: int
    runners: NDArray[np.int64]


def usable_values(layout: Layout) -> Flags:
    """Values that the model uses, (trials, runners, limbs, visits): their limb has a baseline."""
    return ~np.isnan(layout.later) & ~np.isnan(layout.base)[..., np.newaxis]


def scaled(y: Array, there: Flags) -> tuple[Array, Array]:
    """Values with mean 0 and SD 1 over what is there, (trials, ...), and the SD of each trial."""
    flat, where = y.reshape(len(y), -1), there.reshape(len(y), -1)
    n = np.maximum(where.sum(axis=-1), 1)
    off = np.where(where, flat - (np.where(where, flat, 0).sum(axis=-1) / n)[:, np.newaxis], 0)
    sd = np.sqrt((off**2).sum(axis=-1) / n)
    sd = np.where(sd > 0, sd, 1)
    return (off / sd[:, np.newaxis]).reshape(y.shape), sd


def spread(model: reml.Model) -> Array:
    """Residual variance by ordinary least squares, to start from; 1 where there is none."""
    b, p = len(model.y), model.X.shape[-1]
    rows = model.there.reshape(b, -1)
    variance = least_squares.fit(model.y.reshape(b, -1), model.X.reshape(b, -1, p), rows).variance
    return np.where(variance > 0, variance, 1.0)


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


def _by_visit(covariates: Array, visits: int) -> Array:
    """Every covariate with a slope at every visit: (..., q) to (..., visits, visits * q)."""
    blocks = np.eye(visits)[:, :, np.newaxis] * covariates[..., np.newaxis, np.newaxis, :]
    return blocks.reshape(*blocks.shape[:-2], -1)


def _pairs(visits: int) -> Array:
    """Unit matrices that any covariance of visits is a sum of, (visits (visits + 1) / 2, ...)."""
    units = []
    for a in range(visits):
        for b in range(a, visits):
            unit = np.zeros((visits, visits))
            unit[a, b] = unit[b, a] = 1
            units.append(unit)
    return np.stack(units)


def matrix(theta: Array, visits: int) -> Array:
    """Covariance of visits from the front of theta, (trials, visits, visits)."""
    units = _pairs(visits)
    return np.einsum("bk,kij->bij", theta[:, : len(units)], units)


def _runner_base(layout: Layout, limbs: Flags) -> tuple[Array, Array, Flags]:
    """Scaled baseline of runners, distances of their limbs from it, and who is in the model.

    The baseline of a runner is the mean over the limbs given, (trials, runners, limbs).
    """
    rows = usable_values(layout).any(axis=(-1, -2))
    limbs = limbs & rows[..., np.newaxis]
    base = mean_where(layout.base, limbs)
    off = np.where(limbs, layout.base - base[..., np.newaxis], 0)
    flat = off.reshape(len(off), -1)
    size = np.sqrt((flat**2).sum(axis=-1) / np.maximum(limbs.sum(axis=(-1, -2)), 1))
    off = off / np.where(size > 0, size, 1)[:, np.newaxis, np.newaxis]
    return least_squares.centred(base, rows), off, rows


def _on_limbs(layout: Layout, *, nested: bool) -> _Rung:
    there = usable_values(layout)
    b, r, s, v = there.shape
    base, off, rows = _runner_base(layout, ~np.isnan(layout.base))
    covariates = [np.ones_like(off), np.broadcast_to(layout.treated[..., np.newaxis], off.shape)]
    if v == 1:
        flat = np.where(there[..., 0], layout.base, 0).reshape(b, -1)
        covariates += [least_squares.centred(flat, there.reshape(b, -1)).reshape(off.shape)]
    else:
        covariates += [np.broadcast_to(base[..., np.newaxis], off.shape)]
        covariates += [off] if off.any() else []
    X = _by_visit(np.stack(covariates, axis=-1), v).reshape(b, r, s * v, -1)
    y, size = scaled(np.where(there, layout.later, 0), there)
    units = np.kron(np.ones((s, s)), _pairs(v))
    limb = [np.kron(np.eye(s), np.ones((v, v)))] if nested else []
    parts = np.stack([*units, *limb, np.eye(s * v)])
    model = reml.Model(y.reshape(b, r, -1), X, there.reshape(b, r, -1), parts)
    diagonal = np.einsum("kii->k", units) > 0
    start = [*np.where(diagonal, 0.5, 0.25), *([0.2] if nested else []), 0.3]
    end = layout.end * len(covariates) + TREATED
    return _Rung(model, np.array(start), size, len(units), end, rows.sum(axis=-1))


def _on_means(layout: Layout, *, free: bool) -> _Rung:
    there = usable_values(layout)
    v = there.shape[-1]
    # Of a limb never seen again, baseline says nothing about the mean of those that were.
    base, _, rows = _runner_base(layout, there.any(axis=-1))
    X = _by_visit(np.stack([np.ones_like(base), layout.treated, base], axis=-1), v)
    means = mean_where(np.swapaxes(layout.later, -1, -2), np.swapaxes(there, -1, -2))
    has_value = there.any(axis=-2)
    y, size = scaled(np.where(has_value, means, 0), has_value)
    units = _pairs(v) if free else np.stack([np.ones((v, v)), np.eye(v)])
    diagonal = np.einsum("kii->k", units) > 0
    start = np.where(diagonal, 1.0, 0.5) if free else np.array([0.5, 0.5])
    model = reml.Model(y, X, has_value, units)
    return _Rung(model, start, size, 0, layout.end * BETWEEN + TREATED, rows.sum(axis=-1))


def _on_boundary(rung: _Rung, theta: Array, visits: int) -> Flags:
    """Whether a variance, or an eigenvalue of the covariance between runners, is zero or less."""
    if not rung.free:
        return np.zeros(len(theta), dtype=bool)
    between = matrix(np.nan_to_num(theta), visits)
    within = theta[:, rung.free :]
    whole = np.einsum("bii->b", between) / visits + within.sum(axis=-1)
    least = np.minimum(np.linalg.eigvalsh(between)[:, 0], within.min(axis=-1))
    return ~(least > BOUNDARY * np.abs(whole))


def _answer(rung: _Rung, visits: int) -> Answers:
    start = spread(rung.model)[:, np.newaxis] * rung.start
    fits = reml.fit(rung.model, start)
    reasons = np.where(_on_boundary(rung, fits.theta, visits), ON_BOUNDARY, "")
    reasons = np.where(fits.converged, reasons, NO_CLIMB).astype(object)
    se = np.sqrt(fits.adjusted[:, rung.end, rung.end]) * rung.size
    df = np.minimum(fits.df[:, rung.end], rung.runners - BETWEEN)
    return fits.beta[:, rung.end] * rung.size, se, df, reasons


def _alike(layout: Layout) -> Flags:
    """Trials in which no two limbs of a runner differ at any visit."""
    there = usable_values(layout)
    means = mean_where(np.swapaxes(layout.later, -1, -2), np.swapaxes(there, -1, -2))
    off = np.where(there, layout.later - means[:, :, np.newaxis], 0)
    size = np.nanstd(np.where(there, layout.later, np.nan), axis=(1, 2, 3))
    return (off**2).mean(axis=(1, 2, 3)) <= BOUNDARY**2 * size**2


def _too_many(layout: Layout) -> Flags:
    """Trials whose residuals between runners cannot tell a free covariance of the visits."""
    runners = usable_values(layout).any(axis=(-1, -2)).sum(axis=-1)
    return runners - BETWEEN <= len(layout.weeks)


def _where(
    layout: Layout, refused: NDArray[np.object_], make: Callable[[Layout], _Rung]
) -> Answers:
    """Answers of the trials that are not refused, and the reasons of those that are."""
    b = len(layout.base)
    answers: Answers = (*(np.full(b, np.nan) for _ in range(3)), refused.copy())
    attempted = np.flatnonzero(~refused.astype(bool))
    if len(attempted):
        answered = _answer(make(layout.take(attempted)), len(layout.weeks))
        for whole, part in zip(answers, answered, strict=True):
            whole[attempted] = part
    return answers


def limbs(layout: Layout, *, nested: bool) -> Answers:
    """Rung 1, limbs nested in runners, or rung 2, runners only."""
    refused = np.where(_too_many(layout), TOO_MANY, "").astype(object)
    refused[_alike(layout)] = NO_PAIRS
    if nested and len(layout.weeks) == 1:
        refused[:] = ONE_VISIT
    return _where(layout, refused, lambda some: _on_limbs(some, nested=nested))


def means(layout: Layout, *, free: bool) -> Answers:
    """Rung 3, runner means with any covariance over visits, or the last, with one intercept."""
    many = _too_many(layout) & free
    refused = np.where(many, TOO_MANY, "").astype(object)
    return _where(layout, refused, lambda some: _on_means(some, free=free))


ATTEMPTS = (
    lambda layout: limbs(layout, nested=True),
    lambda layout: limbs(layout, nested=False),
    lambda layout: means(layout, free=True),
    lambda layout: means(layout, free=False),
)
