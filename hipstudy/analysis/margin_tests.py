r"""What an estimate says of the margin of a plan: superiority, equivalence or non-inferiority.

With :math:`b` the difference in the direction that is better, :math:`m` the margin and
:math:`\alpha` the error rate of the plan:

- superiority asks whether the arms differ at all; the margin is the smallest difference that is
  worthwhile, and the interval of :math:`1 - \alpha` is held against zero and against it;
- equivalence is shown where two one-sided tests, each at :math:`\alpha`, reject
  :math:`|b| \ge m`: the interval of :math:`1 - 2\alpha` lies within the margin (Schuirmann 1987,
  doi:10.1007/BF01068419);
- non-inferiority is shown where the worse end of the interval of :math:`1 - \alpha` is better than
  :math:`-m`: one test, one-sided at :math:`\alpha / 2` (Piaggio et al. 2012,
  doi:10.1001/jama.2012.87802).
"""

from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from hipstudy.analysis.estimate import Estimate, margin

SUPERIORITY, EQUIVALENCE, NON_INFERIORITY = "superiority", "equivalence", "non-inferiority"
MARGIN_KINDS = (SUPERIORITY, EQUIVALENCE, NON_INFERIORITY)
NO_ANSWER = "none"


@dataclass(frozen=True)
class MarginVerdict:
    """What an estimate says of a margin.

    Parameters
    ----------
    case
        ``none`` (no estimate). Of superiority: ``small`` (all of the interval within the margin),
        ``open`` (it holds zero), ``better`` or ``worse``. Of equivalence: ``equivalent``,
        ``unlike`` (all of the interval beyond the margin) or ``unclear``. Of non-inferiority:
        ``not_worse``, ``too_much_worse`` or ``not_shown``.
    low, high
        Ends of the interval that decides, in the outcome's unit, signed as the estimate.
    level_pct
        Its coverage, per cent.
    p
        Of the test that was asked for; NaN where there is no estimate.
    """

    case: str
    low: float
    high: float
    level_pct: float
    p: float


def margin_verdict(
    one: Estimate, *, kind: str, size: float, better_sign: int, alpha: float
) -> MarginVerdict:
    """Hold an estimate against a margin.

    Parameters
    ----------
    one
        The estimate, its interval of 1 - alpha.
    kind
        ``superiority``, ``equivalence`` or ``non-inferiority``.
    size
        The margin, in the outcome's unit, above 0.
    better_sign
        1 where higher is better, -1 where lower is.
    alpha
        Error rate of the plan.
    """
    from scipy import stats

    rate = 2 * alpha if kind == EQUIVALENCE else alpha
    level_pct = round(100 * (1 - rate), 6)
    if isnan(one.estimate):
        return MarginVerdict(NO_ANSWER, nan, nan, level_pct, nan)
    half = margin(one.se, one.df, rate)
    if kind != EQUIVALENCE:
        ends = (one.ci_low, one.ci_high)
    else:
        ends = (one.estimate - half, one.estimate + half)
    case = of_ends(*ends, kind=kind, size=size, better_sign=better_sign)
    if kind == SUPERIORITY:
        return MarginVerdict(case, *ends, level_pct, one.p)
    benefit = better_sign * one.estimate
    distances = [benefit + size] + ([size - benefit] if kind == EQUIVALENCE else [])
    p = float(stats.t.sf(min(distances) / one.se, one.df)) if one.se > 0 else nan
    return MarginVerdict(case, *ends, level_pct, p)


def of_ends(low: float, high: float, *, kind: str, size: float, better_sign: int) -> str:
    """The case of an interval; its arguments are as in ``margin_verdict``.

    Examples
    --------
    >>> of_ends(-0.3, 0.4, kind="equivalence", size=0.5, better_sign=-1)
    'equivalent'
    >>> of_ends(-2.0, 0.4, kind="non-inferiority", size=0.5, better_sign=-1)
    'not_worse'
    >>> of_ends(-2.0, 0.4, kind="non-inferiority", size=0.5, better_sign=1)
    'not_shown'
    """
    if kind == EQUIVALENCE:
        if -size < low and high < size:
            return "equivalent"
        return "unlike" if low >= size or high <= -size else "unclear"
    worst, best = (low, high) if better_sign > 0 else (-high, -low)
    if kind == NON_INFERIORITY:
        if worst > -size:
            return "not_worse"
        return "too_much_worse" if best <= -size else "not_shown"
    if low > -size and high < size:
        return "small"
    if low <= 0 <= high:
        return "open"
    return "better" if worst > 0 else "worse"


def margin_chance(one: Estimate, *, kind: str, size: float, better_sign: int, **_: Any) -> float:
    """Chance of what the margin is about, by a flat prior, from an estimate alone.

    Of superiority, that the mean difference is a benefit of the margin or more; of equivalence,
    that it is less than the margin either way; of non-inferiority, that the treatment is worse by
    less than it. Arguments are as in ``margin_verdict``.
    """
    from scipy import stats

    benefit = better_sign * one.estimate
    if one.se == 0:  # everybody changed alike: the estimate is where it is
        beyond, above_worse = (float(benefit >= end) for end in (size, -size))
    else:
        beyond, above_worse = (
            float(stats.t.sf((end - benefit) / one.se, one.df)) for end in (size, -size)
        )
    return {
        SUPERIORITY: beyond,
        NON_INFERIORITY: above_worse,
        EQUIVALENCE: above_worse - beyond,
    }[kind]
