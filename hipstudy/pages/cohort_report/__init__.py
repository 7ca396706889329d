"""What the cohort's notebook shows, page by page: words, tables and figures of a cohort study."""

from hipstudy.pages.cohort_report.consort_checklist import checklist, missing_items
from hipstudy.pages.cohort_report.data_integrity import (
    integrity,
    integrity_looks,
    integrity_meaning,
)
from hipstudy.pages.cohort_report.effect import agreement, effect, effects, on_difference, strip
from hipstudy.pages.cohort_report.enrolment import (
    baseline,
    file_check,
    missing,
    patterns,
    stretching,
)
from hipstudy.pages.cohort_report.first_page import answer, cost, title, whom
from hipstudy.pages.cohort_report.hypothesis import hypothesis, hypothesis_numbers
from hipstudy.pages.cohort_report.instruments import instruments, on_instruments
from hipstudy.pages.cohort_report.measured_by_arm import means_by_visit, results, results_by_arm
from hipstudy.pages.cohort_report.methods import cert, made_up, on_reading_of_plan, plan, provenance
from hipstudy.pages.cohort_report.missing_and_model import missing_values, on_model, work_done
from hipstudy.pages.cohort_report.missing_data import missing_baseline, not_analysed
from hipstudy.pages.cohort_report.plain_models import plain_models
from hipstudy.pages.cohort_report.plan_registration import (
    deviation_list,
    deviations,
    on_registration,
)
from hipstudy.pages.cohort_report.responders import changes, responders, response_spread
from hipstudy.pages.cohort_report.second_page import (
    flow,
    harms,
    on_assumptions,
    on_flow,
    on_harms,
    on_plan,
)
from hipstudy.pages.cohort_report.since_last_time import (
    on_since,
    since_columns,
    since_figures,
    since_last_time,
    since_settings,
    since_table,
)
from hipstudy.pages.cohort_report.single_runners import single_runners, two_limbs
from hipstudy.pages.cohort_report.trial_as_declared import reasons, trial
from hipstudy.pages.cohort_report.visit_by_visit import adjusted_means, covariance, visits
from hipstudy.pages.cohort_report.worthwhile_change import improved, margin

__all__ = [
    "adjusted_means",
    "agreement",
    "answer",
    "baseline",
    "cert",
    "changes",
    "checklist",
    "cost",
    "covariance",
    "deviation_list",
    "deviations",
    "effect",
    "effects",
    "file_check",
    "flow",
    "harms",
    "hypothesis",
    "hypothesis_numbers",
    "improved",
    "instruments",
    "integrity",
    "integrity_looks",
    "integrity_meaning",
    "made_up",
    "margin",
    "means_by_visit",
    "missing",
    "missing_baseline",
    "missing_items",
    "missing_values",
    "not_analysed",
    "on_assumptions",
    "on_difference",
    "on_flow",
    "on_harms",
    "on_instruments",
    "on_model",
    "on_plan",
    "on_reading_of_plan",
    "on_registration",
    "on_since",
    "patterns",
    "plain_models",
    "plan",
    "provenance",
    "reasons",
    "responders",
    "response_spread",
    "results",
    "results_by_arm",
    "since_columns",
    "since_figures",
    "since_last_time",
    "since_settings",
    "since_table",
    "single_runners",
    "stretching",
    "strip",
    "title",
    "trial",
    "two_limbs",
    "visits",
    "whom",
    "work_done",
]
