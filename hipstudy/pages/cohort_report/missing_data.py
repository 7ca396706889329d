"""Runners without a baseline, of each outcome of the plan, and how each model keeps them."""

import math

import pandas as pd

from hipstudy import show
from hipstudy.analysis.designs.models_by_design import MODELS
from hipstudy.analysis.designs.plan_rules import CROSSOVER, WITHIN
from hipstudy.analysis.mixed import kept_by_arm
from hipstudy.analysis.runners_left_out import (
    REASONS,
    lacking_baseline,
    rows_asked,
)
from hipstudy.labels import arm_label
from hipstudy.pages.cohort_report.primary_question import words
from hipstudy.studies.cohort_study import CohortStudy

RUNNERS, NO_ARM, ANALYSED = "Runners", "No arm", "analysed"
HEADS = {"ancova": "ANCOVA keeps", "mixed": "Mixed model keeps"}


def missing_baseline(study: CohortStudy) -> show.Table | show.Text:
    """Runners of the arms without an outcome at baseline, and who keeps them, by outcome."""
    plan = study.plan
    if plan.design == CROSSOVER:
        return show.Text(words("no_baseline_needed"))
    measured = [one for one in (plan.primary, *plan.secondary) if one in study.observations]
    without = {one: counts for one in measured if any(counts := _without(study, one))}
    if not without:
        return show.Text(words("all_baselines", has_control=bool(plan.control), design=plan.design))
    models = MODELS if study.is_parallel else ()
    kept = {one: {model: _kept(study, one, model) for model in models} for one in without}
    rows = [
        {
            "Outcome": plan.label(outcome),
            "Arm": arm_label(arm),
            "Without a baseline": f"{n}",
            **{HEADS[model]: f"{kept[outcome][model][place]}" for model in models},
        }
        for outcome, counts in without.items()
        for place, (arm, n) in enumerate(zip(plan.arms, counts, strict=True))
    ]
    frame = pd.DataFrame(rows)
    caption = words(
        "missing_baseline",
        is_parallel=study.is_parallel,
        has_limbs=study.has_limbs,
        of_leg=plan.design == WITHIN,
        n=sum(sum(counts) for counts in without.values()),
        kept={model: sum(sum(one[model]) for one in kept.values()) for model in models},
        one_arm=[
            plan.label(outcome)
            for outcome, one in kept.items()
            if study.is_parallel and any(one["ancova"]) and not all(one["ancova"])
        ],
    )
    align = dict.fromkeys(frame.columns[2:], "right")
    return show.Table(frame, caption, "missing-baseline", align=align)


def _without(study: CohortStudy, outcome: str) -> tuple[int, ...]:
    """Runners without an outcome at baseline, by arm in the order of the plan."""
    lacking = lacking_baseline(study.observations, study.plan, outcome)
    counts = lacking.groupby("arm")["runner"].nunique()
    return tuple(int(counts.get(arm, 0)) for arm in study.plan.arms)


def not_analysed(study: CohortStudy) -> show.Table | show.Text:
    """Every runner who was asked: in the planned analysis, or why not, by arm."""
    plan, reasons = study.plan, study.left_out_runners
    if reasons.empty or math.isnan(study.primary.estimate):
        return show.Text("")
    frame = rows_asked(study.observations, plan)
    if plan.design in (WITHIN, CROSSOVER):  # a runner has both arms
        arm_of = frame.groupby("runner").size().map(lambda _: RUNNERS)
        names = {RUNNERS: RUNNERS}
    else:
        arm_of = frame.groupby("runner")["arm"].first().fillna(NO_ARM)
        arms = [*plan.arms, *sorted(set(arm_of) - {*plan.arms, NO_ARM})]
        names = {arm: arm_label(arm) for arm in arms}
        if (arm_of == NO_ARM).any():
            names[NO_ARM] = NO_ARM
    whole = pd.crosstab(reasons.reindex(arm_of.index, fill_value=ANALYSED), arm_of)
    order = [*(code for code in REASONS if code in whole.index), ANALYSED]
    whole = whole.reindex(index=order, columns=list(names), fill_value=0)
    rows = [
        (words("left_out_reason", code).capitalize(), *map(str, row))
        for code, row in zip(whole.index, whole.to_numpy(), strict=True)
    ]
    table = pd.DataFrame(rows, columns=["Runners asked", *names.values()])
    caption = words("not_analysed")
    return show.Table(
        table, caption, "not-analysed", align=dict.fromkeys(table.columns[1:], "right")
    )


def _kept(study: CohortStudy, outcome: str, model: str) -> tuple[int, int]:
    """Runners without a baseline in a model of an outcome, of treatment and of control."""
    plan = study.plan
    asked = (outcome, plan.contrast, model)
    has_answer = any(
        (one.outcome, one.contrast, one.model) == asked and one.n_runners > 0
        for one in study.estimates
    )
    if not has_answer:
        return 0, 0
    question = plan.question(outcome, plan.treatment)
    return kept_by_arm(study.observations, question, model)
