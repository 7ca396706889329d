"""What the planned difference owes to single runners, and how far two hips are one."""

import math
from typing import Any

from hipstudy import show
from hipstudy.analysis.designs.plan_rules import CLUSTERS, PARALLEL
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.influence import influence
from hipstudy.analysis.limb_correlation import limb_correlation
from hipstudy.analysis.margin_tests import SUPERIORITY
from hipstudy.pages.cohort_report.consort_checklist import TRIAL_WORDS
from hipstudy.pages.cohort_report.design_details import of_two_groups
from hipstudy.pages.cohort_report.plain_models import TERM
from hipstudy.pages.cohort_report.primary_question import digits_of
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.other_analyses import holds_zero


@of_two_groups
def single_runners(study: CohortStudy, ols: Any) -> show.Text:
    """Residuals and influence of the plain ANCOVA; empty where it was not fitted.

    Parameters
    ----------
    study
        The study.
    ols
        statsmodels' results on runner means, or None.
    """
    if ols is None:
        return show.Text("")
    alpha = study.plan.alpha
    asked = {name: value for name, value in study.plan.margin_asked.items() if name != "alpha"}
    one = influence(ols, TERM, alpha=alpha, margin_asked=asked)
    if one is None:
        return show.Text("")
    low, high = ols.conf_int(alpha).loc[TERM]
    facts = {
        "influence": one,
        "digits": digits_of(study.plan.primary),
        "holds_zero": holds_zero(low, high),
        "is_of_zero": study.plan.margin_is == SUPERIORITY,
    }
    return show.Text(TRIAL_WORDS("influence", facts))


def two_limbs(study: CohortStudy) -> show.Text:
    """Correlation of a runner's hips at the plan's visit; empty where few have both."""
    plan = study.plan
    if plan.design not in (PARALLEL, CLUSTERS):  # there a second hip is not beside the first
        return show.Text("")
    one = limb_correlation(study.observations, plan.primary, plan.week, plan.alpha)
    if one.n_runners < least() or math.isnan(one.r):
        return show.Text("")
    facts = {
        "one": one,
        "has_interval": not math.isnan(one.low),
        "week": plan.week,
        "level": plan.level_pct,
        "in_clusters": plan.design == CLUSTERS,
    }
    return show.Text(TRIAL_WORDS("limbs", facts))
