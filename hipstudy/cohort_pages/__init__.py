"""What the cohort's notebook shows, page by page: words, tables and figures of a cohort study."""

from hipstudy.cohort_pages.before import limits, plan, provenance
from hipstudy.cohort_pages.beyond import done, missing_values, on_model
from hipstudy.cohort_pages.effect import agreement, answer, effect, effects, strip
from hipstudy.cohort_pages.hypothesis import hypothesis, hypothesis_numbers
from hipstudy.cohort_pages.instruments import instruments
from hipstudy.cohort_pages.meaning import improved, margin
from hipstudy.cohort_pages.reported import cert
from hipstudy.cohort_pages.responders import changes, responders, response_spread
from hipstudy.cohort_pages.who import (
    baseline,
    flow,
    harms,
    missing,
    patterns,
    stretching,
    whom,
)

__all__ = [
    "agreement",
    "answer",
    "baseline",
    "cert",
    "changes",
    "done",
    "effect",
    "effects",
    "flow",
    "harms",
    "hypothesis",
    "hypothesis_numbers",
    "improved",
    "instruments",
    "limits",
    "margin",
    "missing",
    "missing_values",
    "on_model",
    "patterns",
    "plan",
    "provenance",
    "responders",
    "response_spread",
    "stretching",
    "strip",
    "whom",
]
