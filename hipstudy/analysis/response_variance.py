r"""How changes of runners spread, and how much of that spread needs no response at all.

A runner's change is the mean of his limbs that have both values. Nothing here tells about one
runner: shares, spreads and probabilities are those of groups.

The spread of true individual responses is what the treatment arm's changes vary more than the
control arm's (Hopkins 2015, doi:10.1152/japplphysiol.00098.2015; Atkinson and Batterham 2015,
doi:10.1113/EP085070):

.. math:: SD_{response}^2 = SD_{treatment}^2 - SD_{control}^2

It may come out negative, and then says that nothing of the kind was seen.

A change of a runner's mean that is made of errors only is normal around zero. Coming in when it is
bad moves it to the better side; ups and downs between visits widen it. A runner is held against the
MDC of as many limbs as were measured of him, with the error of as many: a share of a cohort past it
by chance is the mean over its runners.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from math import copysign, inf, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.estimate import Question, level
from hipstudy.analysis.long_to_arrays import from_frame, mean_where
from hipstudy.analysis.reliability import error_of_mean, mdc, z
from hipstudy.analysis.sample_size import LARGEST_TRIAL
from hipstudy.arrays import Array, Flags
from hipstudy.parameters import number

if TYPE_CHECKING:
    import pandas as pd

Share = tuple[float, float]
_FAR = 8.0  # standard deviations past which a normal law has no more to say


@dataclass(frozen=True, eq=False)
class Changes:
    """Changes of runners' means in two arms, by size, so that no order of runners is left."""

    # Change from baseline to the visit, and of how many limbs it is the mean.
    treatment: Array
    treatment_limbs: Array
    control: Array
    control_limbs: Array
    # Runners' means at baseline, both arms, by size, and of how many limbs each is.
    baseline: Array
    baseline_limbs: Array


@dataclass(frozen=True)
class Spread:
    """Variance of true individual responses, with its interval."""

    # Variance of changes in treatment minus that in control; each may be negative.
    variance: float
    ci_low: float
    ci_high: float
    # SD of changes in the arms.
    sd_treatment: float
    sd_control: float
    # Runners of the arms.
    n_treatment: int
    n_control: int

    @property
    def sd(self) -> float:
        """SD of responses; negative where changes varied less in treatment."""
        return signed_root(self.variance)

    @property
    def sd_ends(self) -> tuple[float, float]:
        """Interval of the SD of responses, negative where the variance is."""
        return signed_root(self.ci_low), signed_root(self.ci_high)

    @property
    def compatible_with_none(self) -> bool:
        """Whether the interval holds zero: no runner's response need differ from another's."""
        return self.ci_low <= 0 <= self.ci_high

    @property
    def up_to(self) -> float:
        """Largest SD of responses inside the interval; 0 where the whole interval is below."""
        return sqrt(max(self.ci_high, 0.0))


def signed_root(variance: float) -> float:
    """Square root that keeps the sign.

    Examples
    --------
    >>> signed_root(4.0), signed_root(-4.0)
    (2.0, -2.0)
    """
    return copysign(sqrt(abs(variance)), variance)


def changes(frame: "pd.DataFrame", question: Question) -> Changes:
    """Changes of runners' means to the visit asked about; the frame is as for ``from_frame``.

    Nothing is adjusted for, so a runner of whom a covariate is not known counts too.
    """
    layout = from_frame(frame, replace(question, all_arms=False, covariates=(), strata=()))
    both = layout.both[0]
    change = mean_where(layout.later[0, ..., layout.end] - layout.base[0], both)
    limbs, has_change = both.sum(axis=-1).astype(float), both.any(axis=-1)
    treated = layout.treated[0] == 1

    def by_size(values: Array, rows: Flags) -> tuple[Array, Array]:
        order = np.lexsort((limbs[rows], values[rows]))
        return values[rows][order], limbs[rows][order]

    return Changes(
        *by_size(change, has_change & treated),
        *by_size(change, has_change & ~treated),
        *by_size(mean_where(layout.base[0], both), has_change),
    )


def _variance(values: Array, alpha: float | None) -> tuple[float, float, float]:
    """Variance with its interval by chi-square."""
    from scipy import stats

    df, tail = len(values) - 1, (1 - level(alpha)) / 2
    variance = float(values.var(ddof=1))
    low, high = (variance * df / float(stats.chi2.ppf(p, df)) for p in (1 - tail, tail))
    return variance, low, high


def response_spread(treatment: Array, control: Array, alpha: float | None = None) -> Spread:
    r"""Variance of true individual responses from the changes of runners in two arms.

    The interval is of ``1 - alpha``, that of every plan that says nothing where none is given.

    Notes
    -----
    Interval of a difference from the intervals :math:`l, u` of its parts, each by chi-square (Zou
    and Donner 2008, doi:10.1002/sim.3095), for changes that are near normal:

    .. math:: L = D - \sqrt{(s_t^2 - l_t)^2 + (u_c - s_c^2)^2}, \quad
              U = D + \sqrt{(u_t - s_t^2)^2 + (s_c^2 - l_c)^2}

    Raises
    ------
    ValueError
        With fewer than two runners in an arm.
    """
    if min(len(treatment), len(control)) < 2:
        raise ValueError("runners: found an arm with fewer than 2; the rule is 2 or more")
    (t, t_low, t_high), (c, c_low, c_high) = (_variance(one, alpha) for one in (treatment, control))
    low = t - c - sqrt((t - t_low) ** 2 + (c_high - c) ** 2)
    high = t - c + sqrt((t_high - t) ** 2 + (c - c_low) ** 2)
    return Spread(t - c, low, high, sqrt(t), sqrt(c), len(treatment), len(control))


def runners_to_see(response_sd: float, control_sd: float, alpha: float | None = None) -> float:
    r"""Runners per arm that see this SD of true responses, beside the SD of untreated changes.

    Notes
    -----
    Two-sided F test of two variances: with :math:`R = 1 + SD_{response}^2 / SD_{control}^2`, power
    is :math:`P(F_{n-1,n-1} > F_{1 - \alpha / 2} / R)`.

    Returns
    -------
    float
        A whole number, infinity past a million, or NaN where control does not change at all.
    """
    if control_sd <= 0:
        return nan
    ratio = 1 + (response_sd / control_sd) ** 2
    if _power(LARGEST_TRIAL, ratio, alpha) < number("trial_power"):
        return inf
    sizes = range(1, LARGEST_TRIAL + 1)
    at = bisect_left(sizes, number("trial_power"), lo=1, key=lambda n: _power(n, ratio, alpha))
    return float(sizes[at])


def _power(n: int, ratio: float, alpha: float | None = None) -> float:
    from scipy import stats

    limit = stats.f.ppf((1 + level(alpha)) / 2, n - 1, n - 1)
    return float(stats.f.sf(limit / ratio, n - 1, n - 1))


def probability_of_response(mean: float, response_sd: float, least: float) -> float:
    """Share of a group whose true response is ``least`` or more, if responses are normal.

    Of a group, never of a runner: it takes no runner's value, but the mean response, better
    upwards (the difference between arms), and the SD of true responses; at 0 or below all are the
    mean.

    Examples
    --------
    >>> probability_of_response(1.0, 0.0, 2.0), probability_of_response(2.0, 1.0, 2.0)
    (0.0, 0.5)
    """
    from scipy import stats

    if response_sd <= 0:
        return float(mean >= least)
    return float(stats.norm.sf((least - mean) / response_sd))


@dataclass(frozen=True)
class FalseShares:
    """Shares of runners past the MDC by chance, each (better, worse)."""

    error: Share  # by errors of measurement alone
    selection: Share  # by errors, and by regression to the mean of those who come in when it is bad
    fluctuation: Share  # by errors, and by ups and downs as large as the control arm's
    either_limb: Share  # by errors alone, if any measured limb past a limb's own MDC counted
    shift: float  # by how much the mean gets better because of how runners came in, errors alone


def selection_shift(badness: Array, within_sd: float) -> float:
    r"""Improvement to be expected only because runners came in when it was bad.

    ``badness`` is what was seen of runners at entry, worse upwards; ``within_sd`` is the SD with
    which one runner's value differs from his own mean, errors included. NaN where everybody had the
    same value.

    Notes
    -----
    Regression to the mean of a normal population of which everybody from the lowest value seen,
    c, came in (Davis 1976, doi:10.1093/oxfordjournals.aje.a112321):

    .. math:: \frac{SD_{within}^2}{\sigma} \lambda(\alpha), \qquad
              \lambda(\alpha) = \frac{\phi(\alpha)}{1 - \Phi(\alpha)}

    with :math:`\alpha = (c - \mu) / \sigma` and :math:`\sigma` from mean and SD of those who came
    in. Where nobody was turned away, the lowest value lies far out and little is left of it.
    """
    from scipy import optimize

    above, spread = float(badness.mean() - badness.min()), float(badness.std(ddof=1))
    if spread <= 1e-9 * max(1.0, abs(float(badness.mean()))):  # rounding, not a spread
        return nan
    ratio = above / spread
    if ratio <= _mean_over_sd(_FAR):
        return within_sd**2 / above  # the far tail of a normal law is exponential
    if ratio >= _mean_over_sd(-_FAR):
        return 0.0
    alpha = optimize.brentq(lambda a: _mean_over_sd(a) - ratio, -_FAR, _FAR)
    hazard = _hazard(alpha)
    return within_sd**2 * hazard * (hazard - alpha) / above


def _hazard(alpha: float) -> float:
    from scipy import stats

    return float(np.exp(stats.norm.logpdf(alpha) - stats.norm.logsf(alpha)))


def _mean_over_sd(alpha: float) -> float:
    """Mean above the cut over SD, of a standard normal law cut at alpha."""
    hazard = _hazard(alpha)
    return (hazard - alpha) / sqrt(1 - hazard * (hazard - alpha))


def either_of_two(limbs_r: float) -> float:
    r"""Chance that one of two limbs at least is past its MDC on one side, by errors alone.

    Notes
    -----
    With errors that go together at r:

    .. math:: 1 - \int \phi(t) \, \Phi\left(\frac{z - \sqrt r \, t}{\sqrt{1 - r}}\right)^2 dt

    Examples
    --------
    >>> round(either_of_two(0), 4), round(either_of_two(1), 4)
    (0.0494, 0.025)
    """
    from scipy import integrate, special, stats

    cut, r = z(), min(max(limbs_r, 0.0), 1.0)
    if r == 1:
        return float(stats.norm.sf(cut))

    def neither(t: float) -> float:
        return stats.norm.pdf(t) * special.ndtr((cut - sqrt(r) * t) / sqrt(1 - r)) ** 2

    return 1 - float(integrate.quad(neither, -_FAR, _FAR)[0])


def false_shares(
    badness: Array, limbs: Array, sem: float, limbs_r: float, control_sd: float
) -> FalseShares:
    """Shares past the MDC of a runner's limbs, if no treatment did anything to anyone.

    ``badness`` has the runners' means at baseline, worse upwards, and ``limbs`` of how many limbs,
    one or two, each is the mean. ``sem``, above 0, is the error of one reading of one limb, and
    ``limbs_r`` how far the errors of a runner's two limbs go together. ``control_sd`` is the SD of
    the control arm's changes; where it is smaller than errors make it, errors count.
    """
    counts, runners = np.unique(limbs, return_counts=True)
    parts = (_of_limbs(badness, int(m), sem, limbs_r, control_sd) for m in counts)
    shares, shifts = zip(*parts, strict=True)
    means = np.average(shares, axis=0, weights=runners)
    return FalseShares(*map(tuple, means.tolist()), float(np.average(shifts, weights=runners)))


def _of_limbs(
    badness: Array, limbs: int, sem: float, limbs_r: float, control_sd: float
) -> tuple[list[Share], float]:
    """The fields of ``FalseShares`` for runners who all have so many limbs."""
    error, cut = error_of_mean(sem, limbs, limbs_r), mdc(sem, limbs, limbs_r)
    own = max(error * sqrt(2), control_sd)  # SD of a change, ups and downs included
    shift = selection_shift(badness, error)
    return [
        _past(cut, 0, error * sqrt(2)),
        _past(cut, shift, error * sqrt(2)),
        _past(cut, selection_shift(badness, own / sqrt(2)), own),
        (either_of_two(limbs_r if limbs > 1 else 1.0),) * 2,
    ], shift


def _past(cut: float, shift: float, sd: float) -> Share:
    from scipy import stats

    return float(stats.norm.sf((cut - shift) / sd)), float(stats.norm.sf((cut + shift) / sd))
