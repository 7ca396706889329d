"""Why runners have no end value, by the codes of a plan; no other word of theirs is printed."""

from typing import TYPE_CHECKING

from hipstudy.analysis.participants import arms_in_order, rows_of_enrolled, tidy_rows
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.trial_facts import DEFAULT_COLUMN, LOSS_COLUMN
from hipstudy.cohort_file.check_rows import instead_of

if TYPE_CHECKING:
    from pandas import DataFrame

OTHER_CODE, NO_CODE = "a code that the plan has not", "no reason in the file"
OTHER_WEEK = "no reason in the file, came in another week"


def loss_column(plan: AnalysisPlan) -> str:
    """Column of the file with the codes; empty where the plan has no codes."""
    has_codes = any(code != LOSS_COLUMN for code in plan.losses)
    return plan.losses.get(LOSS_COLUMN, DEFAULT_COLUMN) if has_codes else ""


def loss_reasons(observations: "DataFrame", plan: AnalysisPlan) -> "DataFrame":
    """Runners without the primary outcome at the plan's week, by reason and arm.

    Columns: reason (its words in the plan, else ``OTHER_CODE``, ``OTHER_WEEK`` or ``NO_CODE``), and
    a column for each arm. Of a runner the last code in the file counts. Empty where the plan has no
    codes or the file has no such column.
    """
    import pandas as pd

    column = loss_column(plan)
    if not column or column not in observations:
        return pd.DataFrame(columns=["reason"])
    frame = rows_of_enrolled(tidy_rows(observations), plan)
    codes = frame[frame[column].notna()].groupby("runner")[column].last().astype(str).str.strip()
    seen = set(frame.loc[(frame["week"] == plan.week) & frame[plan.primary].notna(), "runner"])
    elsewhen = instead_of(frame[frame[plan.primary].notna()], plan.week)[1]
    arms = arms_in_order(frame, plan)
    own = {code: text for code, text in plan.losses.items() if code != LOSS_COLUMN}
    counts = {
        text: dict.fromkeys(arms, 0) for text in (*own.values(), OTHER_CODE, OTHER_WEEK, NO_CODE)
    }
    for runner, arm in frame.groupby("runner")["arm"].first().items():
        if runner not in seen:
            code = codes.get(runner)
            none = OTHER_WEEK if runner in elsewhen else NO_CODE
            reason = none if code is None else own.get(code, OTHER_CODE)
            counts[reason][str(arm)] += 1
    kept = {
        reason: by_arm
        for reason, by_arm in counts.items()
        if reason not in (OTHER_CODE, OTHER_WEEK, NO_CODE) or any(by_arm.values())
    }
    rows = [(reason, *by_arm.values()) for reason, by_arm in kept.items()]
    return pd.DataFrame(rows, columns=["reason", *arms])
