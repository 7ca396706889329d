r"""Values at the end for runners who have none, drawn as often as wanted.

``as-modelled``: from the regression of the ANCOVA, end ~ treatment + baseline (+ covariates) on
runner means. The others take every visit: values of a runner are normal with the same regression at
each visit and one free covariance,

.. math:: y_i \sim N(X_i B, \Sigma)

the model of the mixed model on runner means. Its parameters are drawn from their posterior under
Jeffreys' prior by data augmentation, one chain an imputation (Schafer 1997,
Analysis of Incomplete Multivariate Data), then the missing values given those that are there:

``mar``: with the differences :math:`\delta_t` between the arms as they were drawn;
``jump-to-reference``: with none in the visits after a treated runner's last;
``copy-increments``: with that of the last visit kept (Carpenter, Roger and Kenward 2013,
doi:10.1080/10543406.2013.834911). Whoever has a baseline only has none to keep.

Imputations come in pairs with the same parameters and opposite errors, so that the errors leave no
chance in the mean of a pair. A missing baseline is as in ``missing_baseline``. Imputed values are
moved to the nearer end of the outcome's scale where they lie outside it.
"""

from dataclasses import dataclass, replace
from math import inf

import numpy as np
import scipy

from hipstudy import random_streams
from hipstudy.analysis.ancova import TREATED
from hipstudy.analysis.least_squares import LEAST_CONDITION, centred, centred_columns
from hipstudy.analysis.long_to_arrays import Layout, mean_where
from hipstudy.analysis.missing_baseline import kept_without_baseline
from hipstudy.analysis.missing_methods import AS_MODELLED
from hipstudy.analysis.mixed import usable_visits
from hipstudy.arrays import Array, Flags

ROUNDS = (
    50  # of data augmentation: with half of the information missing, 1e-15 of the start is left
)
_STREAM = "imputation"
Limits = tuple[float, float]
ANY = (-inf, inf)


@dataclass(frozen=True, eq=False)
class RunnerMeans:
    """Runners of a trial of whom a value is known, by their means over limbs."""

    y: Array  # visits after baseline, (runners, visits); NaN where nothing was measured
    X: Array  # intercept, arm, baseline, covariates, (runners, coefficients)
    end: int  # the visit at which arms are compared
    control: Flags  # runners of the control arm, (runners,)
    rows: Flags  # which runners of the layout these are
    limbs: int  # limbs behind the values

    @property
    def has_end(self) -> Flags:
        """Runners with a value at the end, (runners,)."""
        return ~np.isnan(self.y[:, self.end])

    @property
    def treated(self) -> Flags:
        """Runners of the treatment arm, (runners,)."""
        return self.X[:, TREATED] == 1


@dataclass(frozen=True, eq=False)
class Completions:
    """Ends of one trial, some imputed."""

    ends: Array  # (pairs, 2, runners); where nothing was imputed they are all alike
    means: RunnerMeans
    limits: Limits

    def ends_after(self, by: Array) -> Array:
        """Ends with what was imputed moved, by runner, and kept on the scale."""
        imputed = np.clip(self.ends + by, *self.limits)
        return np.where(self.means.has_end, self.ends, imputed)

    @property
    def outside_share(self) -> float:
        """Share of imputed values that lay outside the scale; 0 where none was imputed."""
        imputed = self.ends[..., ~self.means.has_end]
        if not imputed.size:
            return 0.0
        low, high = self.limits
        return float(((imputed < low) | (imputed > high)).mean())


def runner_means(layout: Layout, method: str) -> RunnerMeans:
    """Means over limbs of the runners that can be imputed or are complete, of the first trial.

    Visits at which too few were seen to draw the parameters are left out, the rarest first; only
    the end is there where the imputation is that of the ANCOVA.
    """
    is_end = np.arange(len(layout.weeks)) == layout.end
    keep = is_end if method == AS_MODELLED else usable_visits(layout)
    while True:
        means = _at_visits(layout.visits(keep))
        if can_be_imputed(means) or (keep == is_end).all():
            return means
        seen = (~np.isnan(layout.later[0])).any(axis=1).sum(axis=0)
        rarest = np.argmin(np.where(keep & ~is_end, seen, np.inf))
        keep = keep & (np.arange(len(keep)) != rarest)


def _at_visits(layout: Layout) -> RunnerMeans:
    later, both = layout.later[0], layout.both[0]
    there = ~np.isnan(later)
    end = layout.end
    there[..., end] = np.where(both.any(axis=-1, keepdims=True), both, there[..., end])
    y = mean_where(np.swapaxes(later, -1, -2), np.swapaxes(there, -1, -2))
    has_base = ~np.isnan(layout.base[0])
    without = kept_without_baseline(layout)[0] | ~has_base.any(axis=-1)
    # Where the end is missing, baseline is the mean of the limbs that have one.
    known = np.where(both.any(axis=-1, keepdims=True), both, has_base) & ~without[:, np.newaxis]
    x = mean_where(layout.base[0], known)
    x = np.where(without, x[~without].mean() if (~without).any() else 0.0, x)
    rows = ~without | ~np.isnan(y).all(axis=-1)
    whole = np.ones((1, rows.sum()), dtype=bool)
    extra = np.concatenate([layout.adjusting[0], without[:, np.newaxis].astype(float)], axis=-1)
    columns = [
        centred(x[np.newaxis, rows], whole),
        *centred_columns(extra[np.newaxis, rows], whole),
    ]
    arms = [one[0, rows] for one in (layout.treated, *layout.other_arms)]
    X = np.stack([np.ones(rows.sum()), *arms, *(one[0] for one in columns)], axis=-1)
    X = _with_last_if_it_tells(X, ~np.isnan(y[rows]))
    limbs = (there.any(axis=-1) | known)[rows]
    return RunnerMeans(y[rows], X, end, layout.control[0, rows], rows, int(limbs.sum()))


def _with_last_if_it_tells(X: Array, there: Flags) -> Array:
    """The design, its last column only where it says something new at every visit."""
    tells = all(np.linalg.matrix_rank(X[one]) == X.shape[-1] for one in there.T)
    return X if tells else X[:, :-1]


def can_be_imputed(means: RunnerMeans) -> bool:
    """Whether every visit has enough runners, and spread, to draw the parameters."""
    n, p = means.X.shape
    visits = means.y.shape[-1]
    for there in ~np.isnan(means.y.T):
        cross = means.X[there].T @ means.X[there]
        eigen = np.linalg.eigvalsh(cross)
        if there.sum() <= p + visits or not eigen[0] > LEAST_CONDITION * eigen[-1]:
            return False
    return n > p + visits


def completions(
    means: RunnerMeans, method: str, pairs: int, *, seed: int, limits: Limits = ANY
) -> Completions:
    """Ends of all runners, drawn for so many pairs; more pairs leave the first as they are."""
    if means.has_end.all():
        ends = np.broadcast_to(means.y[:, means.end], (pairs, 2, len(means.y)))
        return Completions(ends, means, limits)
    luck = _KeyedLuck(seed, np.arange(pairs))
    if method == AS_MODELLED:
        B, sigma = _regression(means, luck)
    else:
        B, sigma = _chains(means, luck)
    ends = _end_values(means, method, B, sigma, luck)
    return Completions(ends, means, limits)


@dataclass(frozen=True)
class _KeyedLuck:
    """Standard normal and chi-square numbers, by pair, round and place."""

    seed: int
    pairs: Array

    def _uniform(self, name: str, at: int, shape: tuple[int, ...]) -> Array:
        size = int(np.prod(shape))
        by = [self.pairs[:, np.newaxis], at, np.arange(size)]
        luck = random_streams.uniform(seed=self.seed, stream=f"{_STREAM} {name}", by=by)
        return luck.reshape(len(self.pairs), *shape)

    def normal(self, name: str, at: int, *shape: int) -> Array:
        return scipy.special.ndtri(self._uniform(name, at, shape))

    def chi_square(self, name: str, at: int, df: Array) -> Array:
        return 2 * scipy.special.gammaincinv(df / 2, self._uniform(name, at, df.shape))


def _regression(means: RunnerMeans, luck: _KeyedLuck) -> tuple[Array, Array]:
    """Coefficients and variance of the ANCOVA by their posterior, (pairs, p, 1), (pairs, 1, 1)."""
    X, y = means.X[means.has_end], means.y[means.has_end][:, means.end]
    n, p = X.shape
    q, r = np.linalg.qr(X)
    beta = np.linalg.solve(r, q.T @ y)
    rest = ((y - X @ beta) ** 2).sum()
    variance = rest / luck.chi_square("variance", 0, np.array([n - p]))
    z = luck.normal("coefficients", 0, p)
    B = beta + np.sqrt(variance) * np.linalg.solve(r, z[..., np.newaxis])[..., 0]
    return B[..., np.newaxis], variance[..., np.newaxis]


def _chains(means: RunnerMeans, luck: _KeyedLuck) -> tuple[Array, Array]:
    """Coefficients and covariance at the end of a chain a pair, (pairs, p, v), (pairs, v, v).

    Residuals of a first fit stand for the values: complete runners come in by their sums alone.
    """
    X, y = means.X, means.y
    (n, p), v = X.shape, y.shape[-1]
    q, r = np.linalg.qr(X)
    first = np.stack([_fitted_where_seen(X, one) for one in y.T], axis=-1)
    off = y - X @ first
    has_gap = np.isnan(off).any(axis=-1)
    whole = off[~has_gap]
    sums, squares = q[~has_gap].T @ whole, whole.T @ whole
    own = replace(means, y=off[has_gap], X=q[has_gap])
    values = np.broadcast_to(np.nan_to_num(own.y), (len(luck.pairs), *own.y.shape))
    below, diagonal = np.tril_indices(v, -1), np.arange(v)
    for at in range(ROUNDS):
        fitted = sums + own.X.T @ values
        rest = squares + np.swapaxes(values, -1, -2) @ values
        precision = np.linalg.inv(rest - np.swapaxes(fitted, -1, -2) @ fitted)
        bartlett = np.zeros((len(values), v, v))
        bartlett[:, *below] = luck.normal("covariance", at, len(below[0]))
        squared = luck.chi_square("variance", at, n - p - diagonal)
        bartlett[:, diagonal, diagonal] = np.sqrt(squared)
        # The precision drawn is half half', and the covariance its inverse.
        half = np.linalg.cholesky(precision) @ bartlett
        back = np.linalg.inv(half)
        sigma = np.swapaxes(back, -1, -2) @ back
        root = np.swapaxes(np.linalg.cholesky(sigma), -1, -2)
        B = fitted + luck.normal("coefficients", at, p, v) @ root
        if at < ROUNDS - 1:
            values = _filled_in(own, B, sigma, luck.normal("values", at, *own.y.shape))
    return first + np.linalg.inv(r) @ B, sigma


def _fitted_where_seen(X: Array, y: Array) -> Array:
    """Coefficients of least squares over what was measured."""
    seen = ~np.isnan(y)
    return np.linalg.lstsq(X[seen], y[seen], rcond=None)[0]


def _patterns(y: Array) -> list[tuple[Flags, Flags]]:
    """Which visits are there, and who has just these; runners without a gap are left out."""
    there = ~np.isnan(y)
    kinds = np.unique(there, axis=0)
    return [(kind, (there == kind).all(axis=-1)) for kind in kinds if not kind.all()]


def _filled_in(means: RunnerMeans, B: Array, sigma: Array, z: Array) -> Array:
    """Values of every visit, the missing drawn given those that are there."""
    expected = means.X @ B
    values = np.where(np.isnan(means.y), 0, means.y) + np.zeros_like(expected)
    for there, who in _patterns(means.y):
        mean, root = _given(there, sigma, means.y[who][:, there], expected[:, who])
        gone = np.flatnonzero(~there)
        drawn = mean + z[:, who][..., gone] @ np.swapaxes(root, -1, -2)
        values[:, np.flatnonzero(who)[:, np.newaxis], gone] = drawn
    return values


def _given(there: Flags, sigma: Array, seen: Array, expected: Array) -> tuple[Array, Array]:
    """Mean of what is missing given what was seen, and a root of its covariance."""
    inside = sigma[:, there][..., there]
    across = sigma[:, ~there][..., there]
    weights = np.swapaxes(np.linalg.solve(inside, np.swapaxes(across, -1, -2)), -1, -2)
    rest = sigma[:, ~there][..., ~there] - weights @ np.swapaxes(across, -1, -2)
    off = seen - expected[..., there]
    return expected[..., ~there] + off @ np.swapaxes(weights, -1, -2), np.linalg.cholesky(rest)


def _end_values(means: RunnerMeans, method: str, B: Array, sigma: Array, luck: _KeyedLuck) -> Array:
    """Ends of every runner, (pairs, 2, runners)."""
    expected, end = means.X @ B, means.end
    z = luck.normal("ends", 0, *means.y.shape)
    ends = np.broadcast_to(means.y[:, end], (len(B), 2, len(means.y))).copy()
    for there, who in _patterns(means.y):
        if there[end]:
            continue
        seen = means.y[who][:, there]
        mean, root = _given(there, sigma, seen, expected[:, who])
        place = int((~there[:end]).sum())  # of the end among what is missing
        error = (z[:, who][..., np.flatnonzero(~there)] @ np.swapaxes(root, -1, -2))[..., place]
        value = mean[..., place] + means.treated[who] * _less(method, there, end, B)[:, np.newaxis]
        ends[:, 0, who], ends[:, 1, who] = value + error, value - error
    return ends


def _less(method: str, there: Flags, end: int, B: Array) -> Array:
    """What a treated runner's expected end is moved by, with these visits there, (pairs,)."""
    delta, seen = B[:, TREATED], np.flatnonzero(there)
    if method in (AS_MODELLED, "mar") or (len(seen) and seen[-1] > end):
        return np.zeros(len(B))
    kept = delta[:, seen[-1]] if method == "copy-increments" and len(seen) else 0.0
    return kept - delta[:, end]
