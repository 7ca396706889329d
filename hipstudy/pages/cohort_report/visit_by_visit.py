"""The mixed model visit by visit: adjusted means of arms, differences, and the covariance."""

import numpy as np
import pandas as pd

from hipstudy import show
from hipstudy.analysis.covariances import LADDER
from hipstudy.analysis.visit_estimates import VisitEstimates
from hipstudy.labels import arm_label, contrast_label, format_number, interval
from hipstudy.pages.cohort_report.design_details import of_two_groups
from hipstudy.pages.cohort_report.primary_question import decimals, digits_of, words
from hipstudy.pages.cohort_report.readings_left_out import visits_taken
from hipstudy.pages.table_files import table_file
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.every_visit import every_visit


@of_two_groups
def visits(study: CohortStudy) -> show.Table | show.Text:
    """Adjusted means and differences of the primary outcome at every visit of the mixed model."""
    plan, found = study.plan, _primary(study)
    if found is None:
        return show.Text(words("no_visits"))
    means = found.means.set_index(["week", "arm"])
    arms = [plan.treatment, plan.control]
    arms += sorted(set(found.means["arm"]) - set(arms))
    digits = digits_of(plan.primary)
    rows = []
    for one in found.estimates:
        cells = [
            _mean(means.loc[(one.week, arm)], digits) if (one.week, arm) in means.index else ""
            for arm in arms
        ]
        difference = interval(one.estimate, one.ci_low, one.ci_high, decimals(one))
        rows.append((f"{one.week:g}", *cells, difference, format_number(one.df, 1)))
    names = [arm_label(arm) for arm in arms]
    table = pd.DataFrame(rows, columns=["Week", *names, "Difference", "df"])
    caption = words(
        "visits",
        outcome=plan.label(plan.primary),
        contrast=contrast_label(plan.contrast),
        level=plan.level_pct,
        n_runners=found.estimates[0].n_runners,
        rung=found.rung,
        planned=plan.covariance != LADDER,
        taken=visits_taken(study),
        of_person=study.is_of_person,
    )
    align = dict.fromkeys(table.columns[1:], "right")
    return show.Table(table, caption, "visits", align=align)


def _mean(row: pd.Series, digits: int) -> str:
    return f"{interval(row['mean'], row['low'], row['high'], digits)} [{row['n_runners']:g}]"


def _primary(study: CohortStudy) -> VisitEstimates | None:
    """The visits of the primary outcome and contrast; None where nothing can be told of them."""
    found = every_visit(study).get((study.plan.primary, study.plan.contrast))
    return found if found is not None and found.estimates else None


def covariance(study: CohortStudy) -> show.Table | show.Text:
    """SDs and correlations over visits that the mixed model of the primary outcome fitted."""
    found = _primary(study)
    if found is None:
        return show.Text("")
    values = found.covariance
    sds = np.sqrt(np.diag(values))
    off = values.to_numpy() / np.outer(sds, sds)
    rows = {
        "Week": [f"{week:g}" for week in values.index],
        "SD": [format_number(sd) for sd in sds],
    }
    for place, week in enumerate(values.columns):
        rows[f"with week {week:g}"] = [format_number(one) for one in off[:, place]]
    table = pd.DataFrame(rows)
    caption = words(
        "covariance",
        rung=found.rung,
        of_person=study.is_of_person,
        is_joint=found.is_joint,
        adjusted=[name for _, name in study.plan.adjusted],
    )
    align = dict.fromkeys(table.columns[1:], "right")
    return show.Table(table, caption, "covariance", align=align)


def adjusted_means(study: CohortStudy) -> show.Download | show.Text:
    """Adjusted means of arms at every visit, for ``tables/adjusted_means.csv``."""
    if not study.is_parallel:
        return show.Text("")
    table = study.adjusted_means()
    return table_file(table, "adjusted_means", level_pct=study.plan.level_pct)
