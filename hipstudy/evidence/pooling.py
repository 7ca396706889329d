r"""Random-effects pooling of a few trials, with the interval of Hartung and Knapp and a floor.

Trial i found :math:`y_i` with sampling variance :math:`v_i`, around a truth of its own that varies
between trials with variance :math:`\tau^2`; with :math:`w_i = 1/(v_i + \tau^2)`,

.. math:: \hat\mu = \frac{\sum w_i y_i}{\sum w_i}, \qquad
          q = \frac{\sum w_i (y_i - \hat\mu)^2}{k - 1}, \qquad
          \hat\mu \pm t_{k-1} \sqrt{\max(1, q) / \sum w_i}

:math:`\tau^2` is estimated by restricted maximum likelihood (Viechtbauer 2005,
doi:10.3102/10769986030003261), the interval is that of Hartung and Knapp (2001,
doi:10.1002/sim.791) with the floor q >= 1, by which it is never narrower than with the usual
standard error (Röver, Knapp and Friede 2015, doi:10.1186/s12874-015-0091-1; metafor calls it
``test="adhoc"``, and without the floor ``test="knha"``). The prediction interval, of the truth in a
new trial, is :math:`\hat\mu \pm t_{k-1} \sqrt{\max(1, q)/\sum w_i + \tau^2}`, as metafor gives it
with these tests; Higgins, Thompson and Spiegelhalter (2009, doi:10.1111/j.1467-985X.2008.00552.x)
take k - 2, which is wider and needs three trials. The interval of :math:`\tau^2` is the Q-profile
one (Viechtbauer 2007, doi:10.1002/sim.2514).

statsmodels pools by two estimators of moments and not by this likelihood, and has no prediction
interval; that it agrees where it can is a test.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from hipstudy.arrays import Array
from hipstudy.errors import Problem, UsageProblems

LEVEL = 0.95
# Candidates for tau^2, over the square of the largest distance R of two trials. Above R^2 the slope
# is below 0: a trial's distance from the mean is at most R times 1 less its share of the weight.
_GRID = np.concatenate([[0.0], np.geomspace(1e-9, 1.0, 300)])


@dataclass(frozen=True)
class PooledEffect:
    """Several trials as one; what cannot be told from so few is NaN.

    Parameters
    ----------
    k
        Number of trials. Of one alone its own interval is given, with normal ends.
    estimate, ci_low, ci_high
        Mean over trials' truths, with its 95 % interval.
    se
        Standard error that the interval is made with.
    tau, tau_low, tau_high
        Standard deviation between trials, with its Q-profile interval.
    pi_low, pi_high
        95 % prediction interval: the truth of a new trial.
    scale
        q, by which Hartung and Knapp scale the squared standard error, before the floor.
    """

    k: int
    estimate: float
    ci_low: float
    ci_high: float
    se: float
    tau: float
    tau_low: float
    tau_high: float
    pi_low: float
    pi_high: float
    scale: float

    @property
    def excludes_zero(self) -> bool:
        """Whether the interval of the mean leaves out zero, its ends as they are printed."""
        return round(self.ci_low, 2) > 0 or round(self.ci_high, 2) < 0

    def times(self, factor: float) -> "PooledEffect":
        """The same in another unit; a factor below 0 swaps what is compared."""
        low, high = sorted((factor * self.ci_low, factor * self.ci_high))
        pi_low, pi_high = sorted((factor * self.pi_low, factor * self.pi_high))
        size = abs(factor)
        return replace(
            self, estimate=factor * self.estimate, ci_low=low, ci_high=high, se=size * self.se,
            tau=size * self.tau, tau_low=size * self.tau_low, tau_high=size * self.tau_high,
            pi_low=pi_low, pi_high=pi_high,
        )  # fmt: skip

    @property
    def is_at_floor(self) -> bool:
        """Whether the floor widened the interval."""
        return self.scale < 1


def _arrays(effects: ArrayLike, variances: ArrayLike, names: Sequence[str]) -> tuple[Array, Array]:
    """The trials as arrays, or every reason why they cannot be pooled."""
    y, v = np.asarray(effects, float), np.asarray(variances, float)
    if not y.size or y.shape != v.shape or y.ndim != 1:
        rule = "one effect and one variance a trial are needed, of one trial at least"
        raise UsageProblems([Problem("pooling", f"{y.size} effects, {v.size} variances", rule)])
    names = names or [f"trial {i}" for i in range(1, y.size + 1)]
    rule = "a standard error above 0: no trial is without error, and it would count alone"
    mend = "Read its standard error again, or leave the trial out."
    problems = [
        Problem(f"pooling, {names[i]}", f"{v[i]:g}", rule, mend)
        for i in np.flatnonzero(~(np.isfinite(v) & (v > 0)))
    ]
    problems += [
        Problem(f"pooling, {names[i]}", f"{y[i]:g}", "a finite effect")
        for i in np.flatnonzero(~np.isfinite(y))
    ]
    if problems:
        raise UsageProblems(problems)
    return y, v


def _moments(y: Array, v: Array, tau2: float) -> tuple[float, float, float]:
    """Weighted mean, its variance, and Q at one value of tau^2."""
    w = 1 / (v + tau2)
    mean = float(w @ y / w.sum())
    return mean, float(1 / w.sum()), float(w @ (y - mean) ** 2)


def _log_likelihoods(y: Array, v: Array, tau2: Array) -> Array:
    """The restricted log likelihood, but for a constant, at several values of tau^2."""
    w = 1 / (v + tau2[:, np.newaxis])
    total = w.sum(axis=1)
    q = (w * (y - (w @ y / total)[:, np.newaxis]) ** 2).sum(axis=1)
    return 0.5 * (np.log(w).sum(axis=1) - np.log(total) - q)


def _slope(tau2: float, y: Array, v: Array) -> float:
    """Twice the derivative of the restricted log likelihood."""
    w = 1 / (v + tau2)
    mean = w @ y / w.sum()
    return float(w**2 @ (y - mean) ** 2 - w.sum() + (w**2).sum() / w.sum())


def restricted_tau2(effects: ArrayLike, variances: ArrayLike) -> float:
    """Variance between trials by restricted maximum likelihood; 0 where none is needed."""
    from scipy import optimize  # a report's settings are checked without scipy

    y, v = _arrays(effects, variances, ())
    candidates = _GRID * np.ptp(y) ** 2
    best = int(np.argmax(_log_likelihoods(y, v, candidates)))
    below, above = candidates[max(best - 1, 0)], candidates[min(best + 1, len(candidates) - 1)]
    if above == 0 or _slope(below, y, v) <= 0:
        return 0.0
    return float(optimize.brentq(_slope, below, above, args=(y, v), xtol=1e-16 * above, rtol=1e-13))


def profile_interval(
    effects: ArrayLike, variances: ArrayLike, level: float = LEVEL
) -> tuple[float, float]:
    """Ends of the Q-profile interval of tau^2: those whose Q is a plausible chi-square."""
    from scipy import optimize, special

    y, v = _arrays(effects, variances, ())

    def end(probability: float) -> float:
        quantile = 2 * special.gammaincinv((len(y) - 1) / 2, probability)  # of chi-square
        if _moments(y, v, 0.0)[2] <= quantile:
            return 0.0
        most = 1.0 * np.ptp(y) ** 2
        while _moments(y, v, most)[2] > quantile:
            most *= 4
        return float(optimize.brentq(lambda t: _moments(y, v, t)[2] - quantile, 0.0, most,
                                     xtol=1e-15 * most, rtol=1e-13))  # fmt: skip

    half = (1 - level) / 2
    return end(1 - half), end(half)


def pool(
    effects: ArrayLike,
    variances: ArrayLike,
    *,
    names: Sequence[str] = (),
    tau2: float | None = None,
    has_floor: bool = True,
) -> PooledEffect:
    """Pool trials.

    Parameters
    ----------
    effects, variances
        What each trial found and its sampling variance, (k,).
    names
        Of the trials, for what is said of a wrong one.
    tau2
        Variance between trials; estimated by restricted maximum likelihood when None.
    has_floor
        Whether the interval is never narrower than with the usual standard error.

    Raises
    ------
    UsageProblems
        No trial, or one whose variance is not above 0.
    """
    from scipy import special  # not its stats, which take longer to load than all of this

    y, v = _arrays(effects, variances, names)
    k = len(y)
    if k == 1:
        se, nan = float(np.sqrt(v[0])), float("nan")
        half = special.ndtri(0.5 + LEVEL / 2) * se
        estimate = float(y[0])
        return PooledEffect(1, estimate, estimate - half, estimate + half, se,
                            nan, nan, nan, nan, nan, nan)  # fmt: skip
    between = restricted_tau2(y, v) if tau2 is None else tau2
    mean, variance, q = _moments(y, v, between)
    scale = q / (k - 1)
    squared = variance * (max(1.0, scale) if has_floor else scale)
    quantile = special.stdtrit(k - 1, 0.5 + LEVEL / 2)
    half, wide = quantile * np.sqrt(squared), quantile * np.sqrt(squared + between)
    ends = [float(np.sqrt(end)) for end in profile_interval(y, v)]
    return PooledEffect(
        k, mean, float(mean - half), float(mean + half), float(np.sqrt(squared)),
        float(np.sqrt(between)), *ends, float(mean - wide), float(mean + wide), scale,
    )  # fmt: skip


def leave_one_out(effects: ArrayLike, variances: ArrayLike) -> tuple[PooledEffect, ...]:
    """The pooled effect without each trial in turn, in their order; empty for a single one."""
    y, v = _arrays(effects, variances, ())
    if len(y) == 1:
        return ()
    return tuple(pool(np.delete(y, i), np.delete(v, i)) for i in range(len(y)))
