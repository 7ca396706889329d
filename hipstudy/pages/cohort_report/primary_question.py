"""The primary question of a plan in a report's words, and numbers in the digits that they bear."""

import math
from typing import Any

from hipstudy.analysis.estimate import Estimate, level
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.cohort_file.schema import columns
from hipstudy.labels import OUTCOME_LABELS, arm_label, interval
from hipstudy.pages.shared import LABELS
from hipstudy.wording import Wording

words = Wording("hipstudy.pages", "cohort")
MOST_DIGITS = 6
MODEL_LABELS = LABELS["models"]
LOWER_IS_BETTER = ("tightness_nrs", "discomfort_nrs")


def primary_question(plan: AnalysisPlan) -> dict[str, Any]:
    """What a plan asks first: outcome and arms by their labels, the rest as in the plan."""
    return {
        "outcome": OUTCOME_LABELS[plan.primary],
        "week": plan.week,
        "treatment": arm_label(plan.treatment),
        "control": arm_label(plan.control),
        "analysis": plan.analysis,
        "margin": plan.margin,
        "prespecified": plan.prespecified,
    }


def digits_of(outcome: str) -> int:
    """Decimals in which an outcome is printed."""
    return 1 if outcome == "thomas_ext_deg" else 2


def unit_of(outcome: str, points: str = "NRS points") -> str:
    """Unit of an outcome; ratings are counted in points."""
    return columns()[outcome].unit.replace("NRS", points)


def better_sign(outcome: str) -> int:
    """-1 for outcomes that are better lower, else 1."""
    return -1 if outcome in LOWER_IS_BETTER else 1


def decimals(one: Estimate) -> int:
    """Decimals of an estimate: those of its outcome, or more where an end near zero needs them.

    An end that is not zero is never printed as zero: it would say that zero is at the interval's
    end, whatever p is.
    """
    ends = [end for end in (one.ci_low, one.ci_high) if abs(end) >= 10**-MOST_DIGITS]
    enough = range(digits_of(one.outcome), MOST_DIGITS)
    return next((n for n in enough if all(round(end, n) for end in ends)), MOST_DIGITS)


def estimate_text(one: Estimate) -> str:
    """An estimate with its interval, or that there is none."""
    if math.isnan(one.estimate):
        return "no answer"
    return interval(one.estimate, one.ci_low, one.ci_high, decimals(one))


def p_text(p: float) -> str:
    """A p-value, as many digits as it bears, or as it takes to be on its side of the limit.

    Examples
    --------
    >>> p_text(0.53), p_text(0.0312), p_text(1e-5)
    ('p = 0.53', 'p = 0.03', 'p < 0.001')
    >>> p_text(0.0493), p_text(0.0497), p_text(0.0504)
    ('p = 0.049', 'p = 0.0497', 'p = 0.0504')
    """
    if math.isnan(p):
        return "none"
    if p < 0.001:
        return "p < 0.001"
    limit = 1 - level()
    least = 3 if p < 0.01 else 2
    digits = next((n for n in range(least, MOST_DIGITS) if round(p, n) != round(limit, n)), None)
    return f"p = {p:.{digits or MOST_DIGITS}f}"
