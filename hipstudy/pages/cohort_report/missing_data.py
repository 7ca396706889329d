"""Runners without a baseline: how many, and how each model keeps them."""

import pandas as pd

from hipstudy import show
from hipstudy.analysis.designs.models_by_design import MODELS
from hipstudy.analysis.mixed import kept_by_arm
from hipstudy.labels import arm_label
from hipstudy.pages.cohort_report.primary_question import primary_question, words
from hipstudy.studies.cohort_study import CohortStudy

HEADS = {"ancova": "ANCOVA keeps", "mixed": "Mixed model keeps"}


def missing_baseline(study: CohortStudy) -> show.Table | show.Text:
    """Runners of the two arms without the primary outcome at baseline, and who keeps them."""
    plan, without = study.plan, study.without_baseline
    if not any(without):
        return show.Text(words("all_baselines", primary_question(plan)))
    kept = {
        model: kept_by_arm(study.observations, study.question, model)
        if study.has_answer(model)
        else (0, 0)
        for model in MODELS
    }
    frame = pd.DataFrame(
        {
            "Arm": [arm_label(plan.treatment), arm_label(plan.control)],
            "Without a baseline": [f"{n}" for n in without],
            **{HEADS[model]: [f"{n}" for n in kept[model]] for model in MODELS},
        }
    )
    caption = words(
        "missing_baseline",
        question=primary_question(plan),
        n=sum(without),
        kept={model: sum(kept[model]) for model in MODELS},
        one_arm=sum(kept["ancova"]) > 0 and not all(kept["ancova"]),
    )
    return show.Table(
        frame, caption, "missing-baseline", align=dict.fromkeys(frame.columns[1:], "right")
    )
