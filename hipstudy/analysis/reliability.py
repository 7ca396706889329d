r"""Measured twice before training: how far an instrument is off by itself.

A visit before baseline has a negative week. Each limb's last one is held against its week 0:

.. math:: SEM = \frac{SD(d)}{\sqrt 2}, \qquad MDC_{95} = 1.96 \sqrt 2 \; SEM

d is a limb's difference between the two visits; the mean shift, which everybody shares, is no part
of its SD (Weir 2005, doi:10.1519/15184.1). Limbs are what is measured, and runners are who is
independent: intervals have runners less one degrees of freedom. They are right where both limbs of
a runner err alike, and too wide where they do not.
"""

from dataclasses import dataclass
from math import exp, log, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.estimate import level
from hipstudy.arrays import Array
from hipstudy.parameters import number

if TYPE_CHECKING:
    import pandas as pd

ALONE_FROM = int(number("retest_alone_pairs"))  # pairs from which a clinic's SEM stands alone
CLINIC, LITERATURE, COMBINED = "clinic", "literature", "combined"


@dataclass(frozen=True)
class Retest:
    """What two visits without training between them say of an instrument."""

    outcome: str  # what was measured
    # Limbs measured at both visits, and whose they are.
    n_pairs: int
    n_runners: int
    # Baseline minus the visit before it, mean over runners, with its interval: what coming twice
    # does by itself.
    shift: float
    shift_low: float
    shift_high: float
    # Error of one reading of one limb, with its interval.
    sem: float
    ci_low: float
    ci_high: float
    # ICC(2,1) over limbs; NaN where all limbs read the same. It has no interval: limbs of one
    # runner are not independent.
    icc: float
    # How far the errors of a runner's two limbs go together; NaN without two runners who have both
    # limbs.
    limbs_r: float

    @property
    def df(self) -> int:
        """Degrees of freedom, counted in runners."""
        return self.n_runners - 1


@dataclass(frozen=True)
class Sem:
    """An SEM and where it comes from."""

    # The error of one reading, with its interval; the literature's is the range of its law.
    sem: float
    ci_low: float
    ci_high: float
    source: str  # ``clinic``, ``literature`` or ``combined``
    weight: float  # part that is the clinic's, from 0 to 1, on the log scale

    @property
    def mdc(self) -> float:
        """Smallest change of one limb that error alone exceeds in one of twenty."""
        return mdc(self.sem)


def z() -> float:
    """Half the width of an interval in standard errors: 1.96 at 95 %."""
    from scipy import stats

    return float(stats.norm.ppf((1 + level()) / 2))


def mdc(sem: float, limbs: int = 1, limbs_r: float = 0.0) -> float:
    r"""Minimal detectable change of the mean of a runner's limbs.

    ``sem`` is the error of one reading of one limb, ``limbs`` how many the mean is of, ``limbs_r``
    the correlation of their errors: at 1 a second limb adds nothing, at 0 it adds most.

    Notes
    -----
    .. math:: MDC = 1.96 \sqrt 2 \; SEM \sqrt{\frac{1 + (m - 1) r}{m}}

    Examples
    --------
    >>> [round(mdc(1.0, m, r), 2) for m, r in ((1, 0), (2, 0), (2, 1))]
    [2.77, 1.96, 2.77]
    """
    return z() * sqrt(2) * error_of_mean(sem, limbs, limbs_r)


def error_of_mean(sem: float, limbs: int, limbs_r: float) -> float:
    """Error of the mean of a runner's limbs at one visit: ``sem * sqrt((1 + (m - 1) r) / m)``."""
    return sem * sqrt((1 + (limbs - 1) * limbs_r) / limbs)


def icc_2_1(first: Array, second: Array) -> float:
    r"""ICC(2,1): two-way random effects, absolute agreement, one reading.

    Notes
    -----
    With k = 2 visits and n limbs, mean squares of limbs R, visits C and error E (Shrout and Fleiss
    1979, doi:10.1037/0033-2909.86.2.420):

    .. math:: ICC = \frac{R - E}{R + (k - 1) E + k (C - E) / n}
    """
    y = np.stack([first, second], axis=1)
    n, k = y.shape
    whole, limbs, visits = y.mean(), y.mean(axis=1), y.mean(axis=0)
    r = k * ((limbs - whole) ** 2).sum() / (n - 1)
    c = n * ((visits - whole) ** 2).sum() / (k - 1)
    e = ((y - limbs[:, np.newaxis] - visits + whole) ** 2).sum() / ((n - 1) * (k - 1))
    below = r + (k - 1) * e + k * (c - e) / n
    return float((r - e) / below) if below > 0 else nan


def pairs(frame: "pd.DataFrame", outcome: str) -> "pd.DataFrame":
    """Limbs with an outcome before baseline and at it, in a frame with a row per limb and visit.

    Columns: runner, side, first (the last value before week 0) and second (at week 0).
    """
    limb = ["runner", "side"]
    there = frame[frame[outcome].notna()].sort_values([*limb, "week"])
    before = there[there["week"] < 0].groupby(limb)[outcome].last().rename("first")
    after = there[there["week"] == 0].groupby(limb)[outcome].last().rename("second")
    return before.to_frame().join(after, how="inner").reset_index()


def retest(frame: "pd.DataFrame", outcome: str) -> Retest | None:
    """SEM and ICC from visits before training, of a frame as ``pairs`` takes it.

    None with fewer than two runners, or without a visit before baseline.
    """
    from scipy import stats

    both = pairs(frame, outcome)
    n_runners = int(both["runner"].nunique())
    if n_runners < 2:
        return None
    first, second = (both[name].to_numpy(float) for name in ("first", "second"))
    d, df = second - first, n_runners - 1
    sem = float(d.std(ddof=1)) / sqrt(2)
    tail = (1 - level()) / 2
    ends = [sem * sqrt(df / float(stats.chi2.ppf(p, df))) for p in (1 - tail, tail)]
    together = within_runner_correlation(both.assign(d=d - d.mean()))
    icc = icc_2_1(first, second)
    of_runner = both.assign(d=d).groupby("runner")["d"].mean()
    shift = float(of_runner.mean())
    half = float(stats.t.ppf(1 - tail, df) * of_runner.std(ddof=1)) / sqrt(n_runners)
    moved = (shift, shift - half, shift + half)
    return Retest(outcome, len(both), n_runners, *moved, sem, *ends, icc, together)


def within_runner_correlation(both: "pd.DataFrame") -> float:
    """Intraclass correlation of column ``d``, whichever limb is called first (Fisher 1925).

    ``d`` has mean 0; columns runner and side say whose it is.
    """
    wide = both.pivot_table(index="runner", columns="side", values="d").dropna()
    if wide.shape[1] != 2 or len(wide) < 2:
        return nan
    left, right = wide.to_numpy().T
    size = float((left**2 + right**2).sum())
    return float(2 * (left * right).sum() / size) if size > 0 else nan


def combine(
    own: Retest | None, literature_sem: float, literature_range: tuple[float, float]
) -> Sem:
    r"""The SEM to go by, from the clinic's own and the literature's with the ends of its law.

    Notes
    -----
    Log SEMs are weighted by precision. The clinic's has variance 1 / (2 df); the literature's is a
    normal law of log SEM around its value, so wide that 95 % of it reach the end of the range that
    is farther from the value: a value that is an end itself, as that of a Thomas test with the
    pelvis free, says the less of what another clinic reads. From ``ALONE_FROM`` pairs the clinic's
    stands alone, and so it does where its whole interval is outside the literature's range, which
    is then of other readings than these; without pairs, or where no limb ever read differently, the
    literature's does.
    """
    low, high = literature_range
    if own is None or own.sem == 0:
        return Sem(literature_sem, low, high, LITERATURE, 0.0)
    apart = own.ci_high < low or own.ci_low > high
    if own.n_pairs >= ALONE_FROM or apart:
        return Sem(own.sem, own.ci_low, own.ci_high, CLINIC, 1.0)
    reach = max(high / literature_sem, literature_sem / low)
    precision, other = 2 * own.df, (z() / log(reach)) ** 2
    weight = precision / (precision + other)
    middle = weight * log(own.sem) + (1 - weight) * log(literature_sem)
    half = z() / sqrt(precision + other)
    return Sem(exp(middle), exp(middle - half), exp(middle + half), COMBINED, weight)
