"""How bad the missing would have to be, what doing it would do, and the data laid on the model."""

import math
from dataclasses import replace

import pandas as pd

from hipstudy import figures, show
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.margin_tests import SUPERIORITY
from hipstudy.analysis.paired_readings import runner_changes
from hipstudy.analysis.runners_left_out import (
    left_out_counts,
    reasons_left_out,
    runners_to_impute,
)
from hipstudy.analysis.tipping_point import ARMS
from hipstudy.labels import WORLD_LABELS, arm_label, format_number, interval
from hipstudy.pages.cohort_report.design_details import of_two_groups
from hipstudy.pages.cohort_report.primary_question import (
    decimals,
    digits_of,
    primary_question,
    words,
)
from hipstudy.studies import prediction
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.other_analyses import holds_zero, imputation, unshifted

HALF = 50  # per cent of sessions


@of_two_groups
def missing_values(study: CohortStudy) -> show.Table | show.Text:
    """Tipping points: how far off the missing of an arm, or of both, would have to be."""
    plan = study.plan
    tipped = {moves: imputation(study, moves) for moves in ARMS}
    one = tipped["treatment"]
    if one.note or not one.n_imputed:
        return show.Text(words("no_tipping", one.note))
    question, digits = primary_question(plan), digits_of(plan.primary)
    head = f"Shift, {plan.unit(plan.primary)}"
    heads = {"treatment": f"Of {question['treatment']}", "control": f"Of {question['control']}",
             "both": "Of both"}  # fmt: skip
    columns = {
        heads[moves]: [
            interval(row.estimate, row.ci_low, row.ci_high, digits)
            for row in each.table.itertuples()
        ]
        for moves, each in tipped.items()
    }
    shifts = [f"{delta:g}".replace("-", "−") for delta in one.table["delta"]]
    frame = pd.DataFrame({head: shifts, **columns})
    _, low, high = unshifted(one)
    planned, sign = study.primary, plan.better_sign(plan.primary)
    caption = words(
        "tipping",
        is_of_zero=plan.margin_is == SUPERIORITY,
        holds=holds_zero(low, high),
        planned_holds=math.isnan(planned.estimate) or holds_zero(planned.ci_low, planned.ci_high),
        question=question,
        n_imputed=one.n_imputed,
        n_runners=one.n_runners,
        changes=[
            {"moves": moves, "delta": abs(each.delta), "better": sign * each.delta > 0}
            for moves, each in tipped.items()
            if math.isfinite(each.delta)
        ],
        in_none=left_out_counts(
            reasons_left_out(study.observations, plan, runners_to_impute(study.observations, plan))
        ),
        imputations=one.imputations,
        monte_carlo=format_number(one.monte_carlo, digits + 1),
        cut=one.outside_share,
        has_scale=math.isfinite(sum(plan.scale(plan.primary))),
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


@of_two_groups
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
    """Caption with the difference scaled to all of it, being given it as the instrument."""
    own = adherence[adherence.index.get_level_values("arm") == study.plan.treatment]
    share, one, ends = own.mean() / 100, study.primary, ""
    if len(own) >= least() and not math.isnan(one.estimate) and share > 0:
        scaled = replace(one, estimate=one.estimate / share, ci_low=one.ci_low / share,
                         ci_high=one.ci_high / share)  # fmt: skip
        ends = interval(scaled.estimate, scaled.ci_low, scaled.ci_high, decimals(scaled))
    question = primary_question(study.plan)
    return words(
        "work_done", question=question, complier=ends, share=share, n_runners=len(own),
        of_person=study.is_of_person,
    )  # fmt: skip


@of_two_groups
def on_model(study: CohortStudy) -> show.Figure | show.Text:
    """The arms' measured means laid on what each cause would make of these runners."""
    plan = study.plan
    if plan.primary in plan.outcomes:
        return show.Text(words("not_modelled", plan.label(plan.primary)))
    bands, points = prediction.predictive(study), prediction.observed_means(study)
    if bands.empty:
        return show.Text(words("not_modelled"))
    points = points[points["arm"].isin(set(bands["arm"]))]
    axs = figures.data_on_model(
        bands, points, ylabel=plan.label(plan.primary), level_pct=plan.level_pct
    )
    joined = points.merge(bands, on=["arm", "week"])
    joined = joined[joined["week"] > 0]
    inside = joined["mean"].between(joined["low"], joined["high"]).groupby(joined["world"])
    hits = [
        f"{WORLD_LABELS[world]}: {int(hit.sum())} of {len(hit)} means after baseline inside"
        for world, hit in inside
    ]
    alt = f"Data on the model. {'; '.join(hits)}."
    return show.Figure(
        axs[0].figure, words("on_model", hits=hits, level=plan.level_pct), alt, "data-on-model"
    )
