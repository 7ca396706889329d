"""What every design's words on its plan are about."""

from typing import Any

from hipstudy.pages.cohort_report.cohort_front import arm_words, outcome_words
from hipstudy.studies.cohort_study import CohortStudy


def plan_facts(study: CohortStudy) -> dict[str, Any]:
    """Facts of the plan for its passage on page 2, whatever the design."""
    plan = study.plan
    return {
        "prespecified": plan.prespecified,
        "outcome": outcome_words(study, plan.primary),
        "week": plan.week,
        "treatment": arm_words(study, plan.treatment),
        "margin": plan.margin,
        "secondary": [outcome_words(study, one) for one in plan.secondary],
        "not_measured": [outcome_words(study, one) for one in study.not_measured],
        "adjusted": study.adjustments,
    }
