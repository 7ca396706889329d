"""How bad the missing would have to be, what doing it would do, and the data laid on the model."""

import math

import numpy as np
import pandas as pd

from hipstudy import figures, show
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.tipping_point import tipping
from hipstudy.cohort_file.schema import columns
from hipstudy.labels import OUTCOME_LABELS, WORLD_LABELS, arm_label, format_number, interval
from hipstudy.pages.cohort_report.primary_question import (
    digits_of,
    primary_question,
    words,
)
from hipstudy.studies import prediction
from hipstudy.studies.cohort_study import CohortStudy, runner_changes

SHIFTS = (-4, -2, -1, 0, 1, 2, 4)  # in margins of the plan
HALF = 50  # per cent of sessions


def missing_values(study: CohortStudy) -> show.Table | show.Text:
    """Tipping point: how far off the missing would have to be to change the conclusion."""
    plan = study.plan
    one = tipping(
        study.observations, study.question, [shift * plan.margin for shift in SHIFTS],
        rng=np.random.default_rng(0),
    )  # fmt: skip
    if one.note or not one.n_imputed:
        return show.Text(words("no_tipping", one.note))
    head = f"Shift, {columns()[plan.primary].unit}"
    frame = pd.DataFrame(
        {
            head: [f"{delta:g}".replace("-", "−") for delta in one.table["delta"]],
            "Difference": [
                interval(row.estimate, row.ci_low, row.ci_high, digits_of(plan.primary))
                for row in one.table.itertuples()
            ],
        }
    )
    caption = words(
        "tipping",
        question=primary_question(plan),
        n_imputed=one.n_imputed,
        n_runners=one.n_runners,
        delta=one.delta if math.isfinite(one.delta) else None,
    )
    return show.Table(frame, caption, "tipping", align={head: "right"})


def _adherence(study: CohortStudy) -> "tuple[pd.Series, pd.Series] | None":
    """Reported adherence at the plan's visit, and change, by runner; None where not recorded."""
    plan, frame = study.plan, study.observations
    if "adherence_pct" not in frame:
        return None
    end = frame[frame["week"] == plan.week]
    adherence = end.groupby(["arm", "runner"])["adherence_pct"].first().dropna()
    if adherence.empty:
        return None
    return adherence, runner_changes(frame, plan.primary, plan.week)


def work_done(study: CohortStudy) -> show.Table | show.Text:
    """What was reported as done, and how those who did more or less changed: description only."""
    both = _adherence(study)
    if both is None:
        return show.Text(words("no_adherence"))
    adherence, change = both
    rows, small = [], study.settings.small_cells
    for arm in (study.plan.treatment, study.plan.control):
        own = adherence[adherence.index.get_level_values("arm") == arm]
        parts = {"half or more": own >= HALF, "less": own < HALF}
        row = {"Arm": arm_label(arm)}
        enough = len(own) >= (1 if small else least())
        row["Reported, %"] = f"{format_number(own.mean(), 0)}" if enough else "not shown"
        groups = {name: change.reindex(own[part].index).dropna() for name, part in parts.items()}
        # a small part could be had by subtraction from the other: both are hidden
        hide = not small and any(0 < len(values) < least() for values in groups.values())
        for name, values in groups.items():
            cell = (
                f"{format_number(values.mean())} (n = {len(values)})" if len(values) else "nobody"
            )
            row[f"Change, {name}"] = "not shown" if hide else cell
        rows.append(row)
    align = dict.fromkeys(("Reported, %", "Change, half or more", "Change, less"), "right")
    return show.Table(pd.DataFrame(rows), _complier(study, adherence), "done", align=align)


def _complier(study: CohortStudy, adherence: pd.Series) -> str:
    """Caption with the effect of doing all of it, being given it as the instrument."""
    own = adherence[adherence.index.get_level_values("arm") == study.plan.treatment]
    share, one, ends = own.mean() / 100, study.primary, ""
    if len(own) >= least() and not math.isnan(one.estimate) and share > 0:
        ends = interval(one.estimate / share, one.ci_low / share, one.ci_high / share)
    question = primary_question(study.plan)
    return words("work_done", question=question, complier=ends, share=share, n_runners=len(own))


def on_model(study: CohortStudy) -> show.Figure | show.Text:
    """The arms' measured means laid on what each cause would make of these runners."""
    bands, points = prediction.predictive(study), prediction.observed_means(study)
    if bands.empty:
        return show.Text(words("not_modelled"))
    points = points[points["arm"].isin(set(bands["arm"]))]
    axs = figures.data_on_model(bands, points, ylabel=OUTCOME_LABELS[study.plan.primary])
    joined = points.merge(bands, on=["arm", "week"])
    joined = joined[joined["week"] > 0]
    inside = joined["mean"].between(joined["low"], joined["high"]).groupby(joined["world"])
    hits = [
        f"{WORLD_LABELS[world]}: {int(hit.sum())} of {len(hit)} means after baseline inside"
        for world, hit in inside
    ]
    alt = f"Data on the model. {'; '.join(hits)}."
    return show.Figure(axs[0].figure, words("on_model", hits), alt, "data-on-model")
