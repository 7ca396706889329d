r"""How changes of runners spread, and how much of that spread needs no response at all.

A runner's change is the mean of his limbs that have both values. Nothing here tells about one
runner: shares, spreads and probabilities are those of groups.

The spread of true individual responses is what the treatment arm's changes vary more than the
control arm's (Hopkins 2015, doi:10.1152/japplphysiol.00098.2015; Atkinson and Batterham 2015,
doi:10.1113/EP085070):

.. math:: SD_{response}^2 = SD_{treatment}^2 - SD_{control}^2

It may come out negative, and then says that nothing of the kind was seen.
"""

from dataclasses import dataclass
from math import copysign, inf, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.estimate import Question, level
from hipstudy.analysis.long_to_arrays import from_frame, mean_where
from hipstudy.analysis.sample_size import LARGEST_TRIAL
from hipstudy.arrays import Array
from hipstudy.parameters import number

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Changes:
    """Changes of runners' means in two arms, by size, so that no order of runners is left.

    Parameters
    ----------
    treatment, control
        Change from baseline to the visit.
    treatment_limbs, control_limbs
        Of how many limbs each is the mean.
    baseline, baseline_limbs
        Runners' means at baseline, both arms, by size, and of how many limbs each is.
    """

    treatment: Array
    control: Array
    treatment_limbs: Array
    control_limbs: Array
    baseline: Array
    baseline_limbs: Array


@dataclass(frozen=True)
class Spread:
    """Variance of true individual responses, with its interval.

    Parameters
    ----------
    variance, ci_low, ci_high
        Variance of changes in treatment minus that in control; each may be negative.
    sd_treatment, sd_control
        SD of changes in the arms.
    n_treatment, n_control
        Runners.
    """

    variance: float
    ci_low: float
    ci_high: float
    sd_treatment: float
    sd_control: float
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
    """Changes of runners' means from baseline to the visit asked about.

    Parameters
    ----------
    frame, question
        As ``long_to_arrays.from_frame`` takes them.
    """
    layout = from_frame(frame, question)
    both = layout.both[0]
    change = mean_where(layout.later[0, ..., layout.end] - layout.base[0], both)
    limbs, has_change = both.sum(axis=-1).astype(float), both.any(axis=-1)
    arms = []
    for arm in (1, 0):
        here = has_change & (layout.treated[0] == arm)
        order = np.lexsort((limbs[here], change[here]))
        arms.append((change[here][order], limbs[here][order]))
    base = mean_where(layout.base[0], both)[has_change]
    order = np.lexsort((limbs[has_change], base))
    (treatment, of_treatment), (control, of_control) = arms
    return Changes(
        treatment, control, of_treatment, of_control, base[order], limbs[has_change][order]
    )


def _variance(values: Array) -> tuple[float, float, float]:
    """Variance with its interval by chi-square."""
    from scipy import stats

    df, tail = len(values) - 1, (1 - level()) / 2
    variance = float(values.var(ddof=1))
    low, high = (variance * df / float(stats.chi2.ppf(p, df)) for p in (1 - tail, tail))
    return variance, low, high


def response_spread(treatment: Array, control: Array) -> Spread:
    r"""Variance of true individual responses from the changes of two arms.

    Parameters
    ----------
    treatment, control
        Changes of runners; two or more in each.

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
    (t, t_low, t_high), (c, c_low, c_high) = _variance(treatment), _variance(control)
    low = t - c - sqrt((t - t_low) ** 2 + (c_high - c) ** 2)
    high = t - c + sqrt((t_high - t) ** 2 + (c - c_low) ** 2)
    return Spread(t - c, low, high, sqrt(t), sqrt(c), len(treatment), len(control))


def runners_to_see(response_sd: float, control_sd: float) -> float:
    r"""Runners per arm that see a response SD of this size.

    Parameters
    ----------
    response_sd
        SD of true responses to be seen.
    control_sd
        SD of changes without treatment.

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
    if _power(LARGEST_TRIAL, ratio) < number("trial_power"):
        return inf
    low, high = 1, LARGEST_TRIAL  # too few, enough
    while high - low > 1:
        middle = (low + high) // 2
        enough = _power(middle, ratio) >= number("trial_power")
        low, high = (low, middle) if enough else (middle, high)
    return float(high)


def _power(n: int, ratio: float) -> float:
    from scipy import stats

    limit = stats.f.ppf((1 + level()) / 2, n - 1, n - 1)
    return float(stats.f.sf(limit / ratio, n - 1, n - 1))


def probability_of_response(mean: float, response_sd: float, least: float) -> float:
    """Share of a group whose true response is ``least`` or more, if responses are normal.

    Of a group, never of a runner: it takes no runner's value.

    Parameters
    ----------
    mean
        Mean response of the group, better upwards: the difference between arms.
    response_sd
        SD of true responses; at 0 or below all are the mean.
    least
        Smallest response that counts.

    Examples
    --------
    >>> probability_of_response(1.0, 0.0, 2.0), probability_of_response(2.0, 1.0, 2.0)
    (0.0, 0.5)
    """
    from scipy import stats

    if response_sd <= 0:
        return float(mean >= least)
    return float(stats.norm.sf((least - mean) / response_sd))
