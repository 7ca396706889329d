"""Page 2: who came how far, harms in full, what was planned, what the analysis assumes."""

import math
from typing import Any

import pandas as pd

from hipstudy import figures, show
from hipstudy.analysis import participants
from hipstudy.analysis.designs.models_by_design import analysed_by_arm, clusters_analysed_by_arm
from hipstudy.analysis.disclosure import least
from hipstudy.pages.cohort_report.cohort_front import arm_words, front, outcome_words
from hipstudy.pages.cohort_report.design_front import (
    design_assumptions,
    design_plan,
    design_words,
    enrolment_words,
)
from hipstudy.pages.cohort_report.first_page import HARMS
from hipstudy.pages.cohort_report.plan_facts import plan_facts
from hipstudy.studies.cohort_study import CohortStudy

STOPPED = "stopped_exercise"


def on_flow(study: CohortStudy) -> show.Text:
    """Heading of the flow, and which weeks are no visit in it."""
    few = [{"week": week, "n": n} for week, n in study.few_came.items()]
    return show.Text(front(study)("on_flow", few=few, least=least()))


def flow(study: CohortStudy) -> show.Figure:
    """Who came how far, by arm."""
    words = front(study)
    frame = _flow_rows(study)
    frame["name"] = [enrolment_words(study, arm) if arm else "" for arm in frame["arm"]]
    begun = frame[frame["stage"] == "baseline"].set_index("arm")
    asked = participants.harms(study.enrolment_rows, study.plan, (STOPPED,))
    asked = asked.set_index("arm")["of"].to_dict()
    n, clusters = (begun[name].to_dict() for name in ("n", "n_clusters"))
    frame["line"] = [
        words("flow_line", stage=row.stage, n=row.n, week=row.week, instead=row.instead,
              n_missed=n.get(row.arm, row.n) - row.n, of=asked.get(row.arm, math.nan),
              outcome=outcome_words(study, study.plan.primary))
        + _clusters(study, row, clusters.get(row.arm, row.n_clusters))
        for row in frame.itertuples()
    ]  # fmt: skip
    ax = figures.flow(frame, are_arms=study.has_arms_apart)
    alt = words("flow_alt", figures.drawn_rows(frame)[["name", "line"]].to_dict("records"))
    note = design_words(study)("flow_note", design=study.plan.design)
    return show.Figure(ax.figure, f"{words('flow')} {note}".strip(), alt, "flow")


def _flow_rows(study: CohortStudy) -> pd.DataFrame:
    """Counts of runners, and of clusters where there are any; nobody where no model was fitted."""
    rows, in_model = study.enrolment_rows, analysed_by_arm(study.observations, study.plan)
    frame = participants.flow(rows, study.plan, in_model)
    frame = frame[frame["stage"] != "outcome_both"].reset_index(drop=True)
    whole = clusters_analysed_by_arm(study.observations, study.plan)
    of_clusters = participants.cluster_flow(rows, study.plan, whole)
    frame = frame.merge(of_clusters, how="left", on=["arm", "stage", "week"])
    if math.isnan(study.primary.estimate):  # no model was fitted to anybody
        is_model = frame["stage"] == "analysed"
        frame.loc[is_model, "n"] = 0.0
        frame.loc[is_model & frame["n_clusters"].notna(), "n_clusters"] = 0
    return frame


def _clusters(study: CohortStudy, row: Any, begun: float) -> str:
    """How many clusters a line of the flow is of; empty where that is not counted."""
    if pd.isna(row.n_clusters):
        return ""
    n = int(row.n_clusters)
    return ", " + design_words(study)("flow_clusters", n=n, n_lost=int(begun) - n)


def on_harms(study: CohortStudy) -> show.Text:
    """Heading of the harms, and which are not recorded."""
    frame = participants.harms(study.observations, study.plan, HARMS)
    known = set(frame.loc[frame["instead"] == "", "harm"])
    text = front(study)(
        "on_harms",
        only_stopping=known == {STOPPED},
        not_recorded=[harm for harm in HARMS if harm not in known],
    )
    return show.Text(text)


def harms(study: CohortStudy) -> show.Table | show.Text:
    """Runners with anything unwanted, by arm: every harm that is recorded in any arm."""
    words = front(study)
    frame = participants.harms(study.observations, study.plan, HARMS)
    known = [h for h in HARMS if (frame["harm"].eq(h) & frame["instead"].eq("")).any()]
    if not known:
        return show.Text(words("no_harms"))
    frame = frame[frame["harm"].isin(known)]
    arms = [(str(arm), rows) for arm, rows in frame.groupby("arm", sort=False)]
    cells = [[_harm_cell(study, row) for row in rows.itertuples()] for _, rows in arms]
    heads = [words("harms_head"), *(arm_words(study, arm) for arm, _ in arms)]
    names = [words("harm_head", one) for one in known]
    table = pd.DataFrame(list(zip(names, *cells, strict=True)), columns=heads)
    align = dict.fromkeys(table.columns[1:], "right")
    return show.Table(table, words("harms"), "harms", align=align)


def _harm_cell(study: CohortStudy, row: Any) -> str:
    return front(study)("harm_cell", instead=row.instead, n=row.n, of=row.of)


def on_plan(study: CohortStudy) -> show.Text:
    """What the plan says, and whether anybody named one."""
    plan = study.plan
    if not study.is_parallel:
        return design_plan(study)
    text = front(study)(
        "on_plan",
        control=arm_words(study, plan.control),
        margin_is=plan.margin_is,
        model=plan.model,
        **plan_facts(study),
    )
    return show.Text(text)


def on_assumptions(study: CohortStudy) -> show.Text:
    """What the planned analysis takes for granted."""
    if not study.is_parallel:
        return design_assumptions(study)
    plan = study.plan
    text = front(study)(
        "on_assumptions",
        model=plan.model,
        has_kept=sum(study.n_kept) > 0,
        has_covariates=bool(plan.adjusted),
        of_person=study.is_of_person,
        treatment=arm_words(study, plan.treatment),
        control=arm_words(study, plan.control),
    )
    return show.Text(text)
