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
    rate
        Error rate that p is held against: of non-inferiority, which is one-sided, half of alpha.
    """

    case: str
    low: float
    high: float
    level_pct: float
    p: float
    rate: float

    @property
    def is_shown(self) -> bool:
        """Whether the test that was asked for rejects: what is secondary may then speak."""
        return self.p < self.rate


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

    rate = interval_rate(kind, alpha)
    level_pct = round(100 * (1 - rate), 6)
    held_against = alpha / 2 if kind == NON_INFERIORITY else alpha
    if isnan(one.estimate):
        return MarginVerdict(NO_ANSWER, nan, nan, level_pct, nan, held_against)
    half = margin(one.se, one.df, rate)
    if kind != EQUIVALENCE:
        ends = (one.ci_low, one.ci_high)
    else:
        ends = (one.estimate - half, one.estimate + half)
    case = of_ends(*ends, kind=kind, size=size, better_sign=better_sign)
    if kind == SUPERIORITY:
        return MarginVerdict(case, *ends, level_pct, one.p, held_against)
    benefit = better_sign * one.estimate
    distances = [benefit + size] + ([size - benefit] if kind == EQUIVALENCE else [])
    p = float(stats.t.sf(min(distances) / one.se, one.df)) if one.se > 0 else nan
    return MarginVerdict(case, *ends, level_pct, p, held_against)


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


def interval_rate(kind: str, alpha: float) -> float:
    """Error rate of the interval that is held against the margin: of two one-sided tests, both."""
    return 2 * alpha if kind == EQUIVALENCE else alpha


def answer_of_ends(low: float, high: float, *, kind: str, size: float, better_sign: int) -> str:
    """What an interval says of the plan's question; of superiority only on which side of zero.

    Examples
    --------
    >>> answer_of_ends(-0.3, 0.4, kind="superiority", size=0.5, better_sign=-1)
    'holds zero'
    >>> answer_of_ends(-2.0, 0.4, kind="non-inferiority", size=0.5, better_sign=-1)
    'not_worse'
    """
    if kind != SUPERIORITY:
        return of_ends(low, high, kind=kind, size=size, better_sign=better_sign)
    return "above" if low > 0 else "below" if high < 0 else "holds zero"


def chance_beyond(one: Estimate, size: float, better_sign: int) -> float:
    """Chance that the mean difference is a benefit of ``size`` or more, by a flat prior.

    With the other sign it is the chance of a disadvantage of ``size`` or more.
    """
    from scipy import stats

    benefit = better_sign * one.estimate
    if one.se == 0:  # everybody changed alike: the estimate is where it is
        return float(benefit >= size)
    return float(stats.t.sf((size - benefit) / one.se, one.df))


def margin_chance(one: Estimate, *, kind: str, size: float, better_sign: int, **_: Any) -> float:
    """Chance of what the margin is about, by a flat prior, from an estimate alone.

    Of superiority, that the mean difference is a benefit of the margin or more; of equivalence,
    that it is less than the margin either way; of non-inferiority, that the treatment is worse by
    less than it. Arguments are as in ``margin_verdict``.
    """
    beyond, above_worse = (chance_beyond(one, end, better_sign) for end in (size, -size))
    return {
        SUPERIORITY: beyond,
        NON_INFERIORITY: above_worse,
        EQUIVALENCE: above_worse - beyond,
    }[kind]
