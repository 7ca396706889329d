"""Who was in the file, who came how far, what is missing, and what went wrong."""

import math

import pandas as pd

from hipstudy import figures, show
from hipstudy.analysis import participants
from hipstudy.analysis.disclosure import NOT_RECORDED, least
from hipstudy.cohort_file import file_warnings
from hipstudy.labels import OUTCOME_LABELS, arm_label, count_phrase, format_number, percent
from hipstudy.pages.cohort_report.effect import another_way
from hipstudy.studies.cohort_study import CohortStudy

ITEMS = {
    "runners": "Runners",
    "limbs": "Limbs",
    "women": "Women",
    "men": "Men",
    "sex_unknown": "Sex not known",
    "age_y": "Age, y",
    "mass_kg": "Body mass, kg",
}
PATTERNS = {
    "complete": "At every visit",
    "lost": "None from week {} on",
    "intermittent": "A gap before a later value",
    "never": "Never",
}
HARMS = {"adverse_event": "Adverse event", "anterior_hip_pain": "Pain at the front of the hip"}


def whom(study: CohortStudy) -> show.Text:
    """How many runners, limbs and visits the file has, and what its check warned of."""
    frame, cohort = study.observations, study.clinic.cohort
    weeks = sorted(set(frame["week"].dropna())) if "week" in frame else [0]
    visits = ", ".join(f"{week:g}" for week in weeks)
    at = f" Date: {study.settings.report_date}." if study.settings.report_date else ""
    limbs = frame[["runner", "side"]].drop_duplicates()
    return show.Text(
        f"**{count_phrase(frame['runner'].nunique(), 'runner')}, {count_phrase(len(limbs), 'limb')}** of a "
        f"{cohort.source}, seen in weeks {visits}. Values are measured; "
        f"what is imputed, simulated or modelled is said where it stands.{at}"
        f"{file_warnings.markdown(cohort.warnings)}"
    )


def flow(study: CohortStudy) -> show.Figure:
    """Who came how far, by arm."""
    frame = participants.flow(study.observations, study.plan)
    if math.isnan(study.primary.estimate):  # no model was fitted to anybody
        frame.loc[frame["stage"] == "analysed", "n"] = 0.0
    ax = figures.flow(frame)
    said = "; ".join(
        f"{arm_label(row.arm) if row.arm else 'file'}, {row.stage.replace('_', ' ')}"
        + ("" if math.isnan(row.week) else f", week {row.week:g}")
        + f": {_shown(row)}"
        for row in frame.itertuples()
    )
    caption = f"Who came how far, from the file itself.{_few_came(study)}"
    return show.Figure(ax.figure, caption, f"Runners. {said}.", "flow")


def _few_came(study: CohortStudy) -> str:
    """Weeks after baseline at which so few came that they are no visit; empty for none."""
    came = study.observations.groupby("week")["runner"].nunique()
    few = came[(came.index > 0) & (came.index != study.plan.week) & (came < least())]
    if few.empty:
        return ""
    weeks = "; ".join(f"week {week:g}, {count_phrase(n, 'runner')}" for week, n in few.items())
    return f" Not drawn as a visit, fewer than {least()} came: {weeks}."


def _shown(row: tuple) -> str:
    return str(row.instead) if row.instead else f"{row.n:g}"


def _cell(row: tuple) -> str:
    if row.instead:
        return str(row.instead)
    if math.isnan(row.mean):
        share = "" if math.isnan(row.share) else f" ({percent(row.share)})"
        return f"{row.n:g}{share}"
    return f"{format_number(row.mean, 1)} ({format_number(row.sd, 1)})"


def _by_arm(frame: pd.DataFrame, rows: str, cell: "pd.Series", head: str) -> pd.DataFrame:
    """One row an item, one column an arm."""
    wide = frame.assign(cell=cell).pivot_table(
        index=rows, columns="arm", values="cell", aggfunc="first", sort=False
    )
    wide = wide[list(dict.fromkeys(frame["arm"]))].fillna("")
    wide.columns = [arm_label(str(arm)) for arm in wide.columns]
    return wide.reset_index().rename(columns={rows: head})


def baseline(study: CohortStudy) -> show.Table:
    """Runners at baseline, by arm."""
    small = study.settings.small_cells
    frame = participants.table_1(study.observations, study.plan, small_cells=small)
    cells = pd.Series([_cell(row) for row in frame.itertuples()], index=frame.index)
    wide = _by_arm(frame, "item", cells, "At baseline")
    names = ITEMS | OUTCOME_LABELS
    wide["At baseline"] = [names.get(item, item.replace("_", " ")) for item in wide["At baseline"]]
    caption = (
        "Runners at baseline: number (share), or mean (SD) over runners' means. Differences "
        "between arms are not tested: they say how arms came about, not whether it matters."
        f"{'' if small else _hidden(frame)}"
    )
    align = dict.fromkeys(wide.columns[1:], "right")
    return show.Table(wide, caption, "baseline", align=align)


def _hidden(frame: pd.DataFrame) -> str:
    """What was hidden, and how the owner of the data has it shown; empty where nothing was."""
    if not (frame["instead"].ne("") & frame["instead"].ne(NOT_RECORDED)).any():
        return ""
    return (
        f" What tells about fewer than {least()} runners is hidden, and what it would follow from; "
        "-p small_cells true shows all."
    )


def missing(study: CohortStudy) -> show.Table:
    """Share of each arm's runners without an outcome, by visit."""
    frame = participants.missing(study.observations, study.plan)
    frame = frame.assign(
        item=[
            f"{OUTCOME_LABELS.get(row.outcome, row.outcome)}, week {row.week:g}"
            for row in frame.itertuples()
        ]
    )
    cells = pd.Series(
        [str(row.instead) if row.instead else percent(row.share) for row in frame.itertuples()],
        index=frame.index,
    )
    wide = _by_arm(frame, "item", cells, "Missing")
    caption = (
        "Share of an arm's runners without the outcome on any limb, of those at baseline."
        f"{another_way(study)}"
    )
    return show.Table(wide, caption, "missing", align=dict.fromkeys(wide.columns[1:], "right"))


def harms(study: CohortStudy) -> show.Table:
    """Runners with anything unwanted, by arm."""
    frame = participants.harms(study.observations, study.plan)
    cells = pd.Series(
        [str(row.instead) if row.instead else f"{row.n:g} of {row.of:g}"
         for row in frame.itertuples()], index=frame.index,
    )  # fmt: skip
    wide = _by_arm(frame, "harm", cells, "After baseline")
    wide["After baseline"] = [HARMS.get(harm, harm) for harm in wide["After baseline"]]
    caption = (
        "Runners with anything unwanted after baseline, of those of whom it is recorded. What is "
        "not recorded is not known; absence here is not safety. Groin or deep front-of-hip pain "
        "in a runner needs a clinician first."
    )
    return show.Table(wide, caption, "harms", align=dict.fromkeys(wide.columns[1:], "right"))


def patterns(study: CohortStudy) -> show.Table:
    """How the primary outcome is missing: runners by pattern over the visits, by arm."""
    frame = participants.patterns(study.observations, study.plan)
    frame = frame[frame["outcome"] == study.plan.primary]
    names = [
        PATTERNS[row.pattern].format("" if row.week is None else f"{row.week:g}")
        for row in frame.itertuples()
    ]
    cells = pd.Series(
        [str(row.instead) if row.instead else f"{row.n:g}" for row in frame.itertuples()],
        index=frame.index,
    )
    wide = _by_arm(frame.assign(pattern=names), "pattern", cells, "Pattern")
    caption = (
        f"How {OUTCOME_LABELS[study.plan.primary]} is missing: runners by what they have over the "
        "visits."
    )
    return show.Table(wide, caption, "patterns", align=dict.fromkeys(wide.columns[1:], "right"))


def stretching(study: CohortStudy) -> show.Table | show.Text:
    """Stretching that nobody prescribed, by arm and visit."""
    small = study.settings.small_cells
    frame = participants.own_stretching(study.observations, small_cells=small)
    if frame["week"].isna().all():
        return show.Text("Stretching that nobody prescribed is not recorded in this file.")
    frame = frame[frame["week"].notna()]
    cells = pd.Series(
        [
            str(row.instead)
            if row.instead
            else f"{format_number(row.mean, 0)} ({format_number(row.sd, 0)})"
            for row in frame.itertuples()
        ],
        index=frame.index,
    )
    weeks = [f"Week {week:g}" for week in frame["week"]]
    wide = _by_arm(frame.assign(visit=weeks), "visit", cells, "Own stretching")
    caption = (
        "Stretching that nobody prescribed, minutes a week of a hip: mean (SD) over runners."
        f"{'' if small else _hidden(frame)}"
    )
    return show.Table(wide, caption, "stretching", align=dict.fromkeys(wide.columns[1:], "right"))
