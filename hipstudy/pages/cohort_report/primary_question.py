"""The primary question of a plan in a report's words, and numbers in the digits that they bear."""

import math
from typing import Any

from hipstudy.analysis.estimate import Estimate
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.labels import arm_label, interval
from hipstudy.pages.shared import LABELS
from hipstudy.parameters import number
from hipstudy.wording import Wording

words = Wording("hipstudy.pages", "cohort")
MOST_DIGITS = 6
MODEL_LABELS = LABELS["models"]
LOWER_IS_BETTER = ("tightness_nrs", "discomfort_nrs")


def primary_question(plan: AnalysisPlan) -> dict[str, Any]:
    """What a plan asks first: outcome and arms by their labels, the rest as in the plan."""
    return {
        "outcome": plan.label(plan.primary),
        "week": plan.week,
        "treatment": arm_label(plan.treatment),
        "control": arm_label(plan.control),
        "analysis": plan.analysis,
        "missing": plan.missing,
        "margin": plan.margin,
        "level": plan.level_pct,
        "prespecified": plan.prespecified,
    }


def digits_of(outcome: str) -> int:
    """Decimals in which an outcome is printed."""
    return 1 if outcome == "thomas_ext_deg" else 2


def unit_of(plan: AnalysisPlan, points: str = "NRS points") -> str:
    """Unit of a plan's primary outcome; ratings are counted in points."""
    return plan.unit(plan.primary).replace("NRS", points)


def decimals(one: Estimate) -> int:
    """Decimals of an estimate: those of its outcome, or more where an end near zero needs them.

    An end that is not zero is never printed as zero: it would say that zero is at the interval's
    end, whatever p is.
    """
    ends = [end for end in (one.ci_low, one.ci_high) if abs(end) >= 10**-MOST_DIGITS]
    enough = range(digits_of(one.outcome), MOST_DIGITS)
    return next((n for n in enough if all(round(end, n) for end in ends)), MOST_DIGITS)


def estimate_text(one: Estimate, beside: Estimate | None = None) -> str:
    """An estimate with its interval, or that there is none; no fewer decimals than ``beside``."""
    if math.isnan(one.estimate):
        return "no answer"
    digits = max(decimals(each) for each in (one, beside or one) if not math.isnan(each.estimate))
    return interval(one.estimate, one.ci_low, one.ci_high, digits)


def estimate_with_n(one: Estimate, beside: Estimate | None = None) -> str:
    """``estimate_text`` with the runners in its own model: an estimate never borrows another's n.

    Examples
    --------
    >>> from hipstudy.analysis.estimate import Question, by_t
    >>> asked = Question("tightness_nrs", 12, "a", "b")
    >>> estimate_with_n(by_t(asked, "ancova", (-0.5, 0.2, 34), (36, 72)))
    '−0.50 (−0.91 to −0.09) [36]'
    """
    text = estimate_text(one, beside)
    return text if math.isnan(one.estimate) else f"{text} [{one.n_runners}]"


def p_text(p: float, limit: float = number("trial_alpha")) -> str:
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
    least = 3 if p < 0.01 else 2
    digits = next((n for n in range(least, MOST_DIGITS) if round(p, n) != round(limit, n)), None)
    return f"p = {p:.{digits or MOST_DIGITS}f}"
