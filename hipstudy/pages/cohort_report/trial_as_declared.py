"""What the plan says of its trial, and why runners were lost, by arm."""

import pandas as pd

from hipstudy import show
from hipstudy.analysis.loss_reasons import loss_column, loss_reasons
from hipstudy.labels import arm_label
from hipstudy.pages.cohort_report.primary_question import words
from hipstudy.pages.shared import cells
from hipstudy.studies.cohort_study import CohortStudy


def trial(study: CohortStudy) -> show.Table:
    """Allocation, blinding, registration and sample size as the plan declares them."""
    rows = cells(words("trial_rows", study.plan.trial.model_dump()))
    table = pd.DataFrame(rows, columns=["Of the trial", "Declared"])
    return show.Table(table, words("trial"), "trial", align={"Declared": "left"})


def reasons(study: CohortStudy) -> show.Table | show.Text:
    """Why runners have no end value, by arm, in the words of the plan."""
    plan = study.plan
    column = loss_column(plan)
    table = loss_reasons(study.enrolment_rows, plan)
    if table.empty:
        return show.Text(words("no_reasons", column=column))
    names = {name: arm_label(name) for name in table.columns[1:]}
    table = table.rename(columns={"reason": "Reason", **names})
    caption = words("reasons", outcome=plan.label(plan.primary), week=plan.week, column=column)
    return show.Table(table, caption, "reasons", align=dict.fromkeys(names.values(), "right"))
