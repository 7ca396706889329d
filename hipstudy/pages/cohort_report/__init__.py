"""What the cohort's notebook shows, page by page: words, tables and figures of a cohort study."""

from hipstudy.pages.cohort_report.effect import agreement, effect, effects, strip
from hipstudy.pages.cohort_report.enrolment import (
    baseline,
    flow,
    harms,
    missing,
    patterns,
    stretching,
)
from hipstudy.pages.cohort_report.front_page import answer, harms_in_brief, whom
from hipstudy.pages.cohort_report.hypothesis import hypothesis, hypothesis_numbers
from hipstudy.pages.cohort_report.instruments import instruments
from hipstudy.pages.cohort_report.methods import cert, plan, provenance
from hipstudy.pages.cohort_report.missing_and_model import missing_values, on_model, work_done
from hipstudy.pages.cohort_report.plain_models import plain_models
from hipstudy.pages.cohort_report.responders import changes, responders, response_spread
from hipstudy.pages.cohort_report.worthwhile_change import improved, margin

__all__ = [
    "agreement",
    "answer",
    "baseline",
    "cert",
    "changes",
    "effect",
    "effects",
    "flow",
    "harms",
    "harms_in_brief",
    "hypothesis",
    "hypothesis_numbers",
    "improved",
    "instruments",
    "margin",
    "missing",
    "missing_values",
    "on_model",
    "patterns",
    "plain_models",
    "plan",
    "provenance",
    "responders",
    "response_spread",
    "stretching",
    "strip",
    "whom",
    "work_done",
]
