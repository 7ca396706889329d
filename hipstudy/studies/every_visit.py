"""Every visit of the mixed model of a cohort: differences, and adjusted means of arms."""

from functools import lru_cache
from math import isnan
from typing import TYPE_CHECKING

from hipstudy.analysis.disclosure import least
from hipstudy.analysis.visit_estimates import MEANS, VisitEstimates, visit_estimates
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.planned_answers import questions

if TYPE_CHECKING:
    import pandas as pd

MIXED = "mixed"


@lru_cache(maxsize=1)
def every_visit(study: CohortStudy) -> dict[tuple[str, str], VisitEstimates]:
    """What the mixed model says of every visit, by outcome and contrast, in the order of effects.

    Of those outcomes and contrasts of which it has an answer at the plan's visit.
    """
    answered = {
        (one.outcome, one.contrast)
        for one in study.estimates
        if one.model == MIXED and not isnan(one.estimate)
    }
    frame = study.observations
    return {
        (asked.outcome, asked.contrast): visit_estimates(frame, asked, fewest=least())
        for asked in questions(study.plan, frame)
        if (asked.outcome, asked.contrast) in answered
    }


def other_visits(study: CohortStudy) -> "list[dict[str, object]]":
    """Rows of ``effects.csv`` of every visit but the plan's."""
    return [
        one.as_row()
        for visits in every_visit(study).values()
        for one in visits.estimates
        if one.week != study.plan.week
    ]


def adjusted_means(study: CohortStudy) -> "pd.DataFrame":
    """Adjusted means of arms at every visit, in the columns of ``adjusted_means.csv``.

    Columns: outcome, week, arm, n_runners (who came), mean, low, high. An arm stands there once: in
    the model that compares it first, the planned contrast's where it is in that.
    """
    import pandas as pd

    tables = [visits.means for visits in every_visit(study).values() if len(visits.means)]
    if not tables:
        return pd.DataFrame(columns=list(MEANS))
    table = pd.concat(tables, ignore_index=True)
    return table.drop_duplicates(["outcome", "week", "arm"], ignore_index=True)
