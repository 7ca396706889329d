"""Who was in the file at baseline, what is missing, and stretching that nobody prescribed."""

from collections.abc import Callable
from typing import Any

import pandas as pd

from hipstudy import show
from hipstudy.analysis import participants
from hipstudy.analysis.disclosure import NOT_RECORDED, least, printable
from hipstudy.cohort_file import file_warnings
from hipstudy.labels import OUTCOME_LABELS, arm_label, count_phrase, format_number
from hipstudy.pages.cohort_report.design_details import by_order_words
from hipstudy.pages.cohort_report.primary_question import primary_question, words
from hipstudy.pages.cohort_report.readings_left_out import another_way, off_week
from hipstudy.pages.shared import LABELS
from hipstudy.studies.cohort_study import CohortStudy


def file_check(study: CohortStudy) -> show.Text:
    """What the check of the file warned of, a sentence for each rule; empty where of nothing."""
    return show.Text(file_warnings.markdown(study.clinic.cohort.warnings).strip())


def _enrolment(study: CohortStudy) -> dict[str, Any]:
    """What the tables of who was there are about."""
    few = [f"week {week:g}, {count_phrase(n, 'runner')}" for week, n in study.few_came.items()]
    return {
        "question": primary_question(study.plan),
        "least": least(),
        "few": few,
        "off_week": off_week(study),
        "left_out": another_way(study),
        "design": study.plan.design,
        "has_limbs": study.has_limbs,
        "of_person": study.is_of_person,
    }


def _by_arm(
    frame: pd.DataFrame, caption: str, name: str, head: str, text: Callable[..., str] | None = None
) -> show.Table:
    """A table with a row for each ``item`` and a column for each arm.

    ``text`` makes a cell of a row; where it is not given the cell is as ``printable`` has it.
    """
    if text is None:
        cell = printable(frame)["shown"]
    else:
        cell = pd.Series([r.instead or text(r) for r in frame.itertuples()], index=frame.index)
    wide = frame.assign(cell=cell).pivot_table(
        index="item", columns="arm", values="cell", aggfunc="first", sort=False
    )
    wide = wide[list(dict.fromkeys(frame["arm"]))].fillna("")
    wide.columns = [arm_label(str(arm)) for arm in wide.columns]
    wide = wide.reset_index().rename(columns={"item": head})
    return show.Table(wide, caption, name, align=dict.fromkeys(wide.columns[1:], "right"))


def _hidden_cells(study: CohortStudy, frame: pd.DataFrame) -> dict[str, Any]:
    """Whether cells are hidden because they tell about fewer runners than ``least``."""
    hidden = (frame["instead"].ne("") & frame["instead"].ne(NOT_RECORDED)).any()
    return {"hides": bool(hidden) and not study.settings.small_cells, "least": least()}


def baseline(study: CohortStudy) -> show.Table:
    """Runners at baseline, by arm."""
    small = study.settings.small_cells
    frame = participants.table_1(study.enrolment_rows, study.plan, small_cells=small)
    frame = by_order_words(study, frame)
    facts = {"design": study.plan.design} | _hidden_cells(study, frame)
    caption = words("baseline", facts)
    names = LABELS["items"] | OUTCOME_LABELS
    names |= {name: study.plan.label(name) for name in study.plan.outcomes}
    frame["item"] = [names.get(item, item.replace("_", " ")) for item in frame["item"]]
    return _by_arm(frame, caption, "baseline", "At baseline")


def missing(study: CohortStudy) -> show.Table:
    """Share of each arm's runners without an outcome, by visit."""
    frame = by_order_words(study, participants.missing(study.enrolment_rows, study.plan))
    frame["item"] = [
        f"{study.plan.label(str(row.outcome))}, week {row.week:g}" for row in frame.itertuples()
    ]
    caption = words("missing", _enrolment(study))
    return _by_arm(frame, caption, "missing", "Missing")


def patterns(study: CohortStudy) -> show.Table:
    """How the primary outcome is missing: runners by pattern over the visits, by arm."""
    frame = by_order_words(study, participants.patterns(study.enrolment_rows, study.plan))
    frame = frame[frame["outcome"] == study.plan.primary]
    items = [LABELS["patterns"][row.pattern].format(f"{row.week:g}") for row in frame.itertuples()]
    caption = words("patterns", _enrolment(study))
    return _by_arm(frame.assign(item=items), caption, "patterns", "Pattern")


def stretching(study: CohortStudy) -> show.Table | show.Text:
    """Stretching that nobody prescribed, by arm and visit."""
    small = study.settings.small_cells
    frame = participants.own_stretching(study.observations, small_cells=small)
    frame = frame[frame["week"].notna()]
    if frame.empty:
        return show.Text(words("no_own_stretching"))
    caption = words("own_stretching", _hidden_cells(study, frame))
    frame = frame.assign(item=[f"Week {week:g}" for week in frame["week"]])
    return _by_arm(
        frame, caption, "stretching", "Own stretching",
        lambda row: f"{format_number(row.mean, 0)} ({format_number(row.sd, 0)})",
    )  # fmt: skip
