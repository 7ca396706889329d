"""Runners without a baseline, of each outcome of the plan, and how each model keeps them."""

import pandas as pd

from hipstudy import show
from hipstudy.analysis.designs.models_by_design import MODELS
from hipstudy.analysis.designs.plan_rules import CROSSOVER
from hipstudy.analysis.mixed import kept_by_arm
from hipstudy.labels import arm_label
from hipstudy.pages.cohort_report.primary_question import words
from hipstudy.studies.cohort_study import CohortStudy

HEADS = {"ancova": "ANCOVA keeps", "mixed": "Mixed model keeps"}


def missing_baseline(study: CohortStudy) -> show.Table | show.Text:
    """Runners of the arms without an outcome at baseline, and who keeps them, by outcome."""
    plan = study.plan
    if plan.design == CROSSOVER:
        return show.Text(words("no_baseline_needed"))
    measured = [one for one in (plan.primary, *plan.secondary) if one in study.observations]
    without = {one: counts for one in measured if any(counts := study.without_baseline_of(one))}
    if not without:
        return show.Text(words("all_baselines", has_control=bool(plan.control)))
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
