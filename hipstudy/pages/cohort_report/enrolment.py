"""Who was in the file, who came how far, what is missing, and what went wrong."""

import math
from collections.abc import Callable
from typing import Any

import pandas as pd

from hipstudy import figures, show
from hipstudy.analysis import participants
from hipstudy.analysis.disclosure import NOT_RECORDED, least, printable
from hipstudy.labels import OUTCOME_LABELS, arm_label, count_phrase, format_number, percent
from hipstudy.pages.cohort_report.front_page import HARMS, another_way, off_week
from hipstudy.pages.cohort_report.primary_question import primary_question, words
from hipstudy.pages.shared import LABELS
from hipstudy.studies.cohort_study import CohortStudy


def _enrolment(study: CohortStudy) -> dict[str, Any]:
    """What the tables of who was there are about."""
    came = study.observations.groupby("week")["runner"].nunique()
    few = came[(came.index > 0) & (came.index != study.plan.week) & (came < least())]
    return {
        "question": primary_question(study.plan),
        "least": least(),
        "few": [f"week {week:g}, {count_phrase(n, 'runner')}" for week, n in few.items()],
        "off_week": off_week(study),
        "left_out": another_way(study),
    }


def flow(study: CohortStudy) -> show.Figure:
    """Who came how far, by arm."""
    frame = participants.flow(study.observations, study.plan)
    if math.isnan(study.primary.estimate):  # no model was fitted to anybody
        frame.loc[frame["stage"] == "analysed", "n"] = 0.0
    ax = figures.flow(frame)
    stages = "; ".join(
        f"{arm_label(row.arm) if row.arm else 'file'}, {row.stage.replace('_', ' ')}"
        + ("" if math.isnan(row.week) else f", week {row.week:g}")
        + f": {row.instead or f'{row.n:g}'}"
        for row in frame.itertuples()
    )
    return show.Figure(ax.figure, words("flow", _enrolment(study)), f"Runners. {stages}.", "flow")


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
    frame = participants.table_1(study.observations, study.plan, small_cells=small)
    caption = words("baseline", _hidden_cells(study, frame))
    names = LABELS["items"] | OUTCOME_LABELS
    frame["item"] = [names.get(item, item.replace("_", " ")) for item in frame["item"]]
    return _by_arm(frame, caption, "baseline", "At baseline")


def missing(study: CohortStudy) -> show.Table:
    """Share of each arm's runners without an outcome, by visit."""
    frame = participants.missing(study.observations, study.plan)
    frame["item"] = [
        f"{OUTCOME_LABELS.get(row.outcome, row.outcome)}, week {row.week:g}"
        for row in frame.itertuples()
    ]
    caption = words("missing", _enrolment(study))
    return _by_arm(frame, caption, "missing", "Missing", lambda row: percent(row.share))


def patterns(study: CohortStudy) -> show.Table:
    """How the primary outcome is missing: runners by pattern over the visits, by arm."""
    frame = participants.patterns(study.observations, study.plan)
    frame = frame[frame["outcome"] == study.plan.primary]
    items = [LABELS["patterns"][row.pattern].format(f"{row.week:g}") for row in frame.itertuples()]
    caption = words("patterns", _enrolment(study))
    return _by_arm(frame.assign(item=items), caption, "patterns", "Pattern")


def harms(study: CohortStudy) -> show.Table:
    """Runners with anything unwanted, by arm."""
    frame = participants.harms(study.observations, study.plan)
    frame["item"] = [HARMS.get(harm, harm) for harm in frame["harm"]]
    return _by_arm(frame, words("harms"), "harms", "After baseline")


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
