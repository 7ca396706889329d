"""The details of a trial that is not two groups side by side, and pages that are not made of it."""

import math
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import pandas as pd

from hipstudy import show
from hipstudy.analysis.covariates import Adjustment
from hipstudy.analysis.designs import clusters, crossover, within_person
from hipstudy.analysis.designs.plan_rules import CLUSTERS, CROSSOVER, WITHIN
from hipstudy.analysis.estimate import Estimate
from hipstudy.analysis.proportions import holm
from hipstudy.labels import arm_label, contrast_label
from hipstudy.pages.cohort_report.design_front import first_week, icc_ends, other_share
from hipstudy.pages.cohort_report.primary_question import (
    MODEL_LABELS,
    decimals,
    estimate_with_n,
    p_text,
)
from hipstudy.pages.shared import cells
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.wording import Wording

words = Wording("hipstudy.pages", "designs")
Page = TypeVar("Page")


def of_two_groups(
    page: "Callable[..., Page]",
) -> "Callable[..., Page | show.Text]":
    """A page that is made of two groups side by side only; of another design it says so."""

    @wraps(page)
    def made(study: CohortStudy, *more: Any) -> "Page | show.Text":
        if study.is_parallel:
            return page(study, *more)
        return not_made(study, page.__name__)

    return made


def not_made(study: CohortStudy, page: str) -> show.Text:
    """That a page is not made of the design of a plan; empty where the page before says so."""
    return show.Text(words("not_made", design=study.plan.design, page=page))


def by_order_words(study: CohortStudy, frame: pd.DataFrame) -> pd.DataFrame:
    """A table of who came how far, of a crossover with the arms called by their order."""
    if study.plan.design != CROSSOVER:
        return frame
    names = {arm: words("first", arm_label(arm)) for arm in study.plan.arms}
    return frame.assign(arm=frame["arm"].map(names))


def design_effect(study: CohortStudy) -> show.Table:
    """The models of every outcome, with the part each plays in the plan."""
    plan = study.plan
    by_outcome = {
        outcome: [one for one in study.estimates if one.outcome == outcome]
        for outcome in dict.fromkeys(one.outcome for one in study.estimates)
    }
    secondary = [by_outcome[name][0] for name in plan.secondary if name in by_outcome]
    adjusted = dict(zip(secondary, holm([one.p for one in secondary]), strict=True))
    rows = []
    for outcome, models in by_outcome.items():
        planned, *beside = models
        role, p = "exploratory", ""
        if outcome == plan.primary:
            verdict = study.verdict(planned)
            role, p = "primary", p_text(verdict.p, verdict.rate)
        elif planned in adjusted:
            role, p = "secondary", p_text(adjusted[planned], plan.alpha)
        texts = {MODEL_LABELS[one.model]: estimate_with_n(one, *beside[:1]) for one in models}
        rows.append({"Outcome": plan.label(outcome), **texts, "Part": role, "p": p})
    frame = pd.DataFrame(rows)
    if frame["p"].isin(["", "none"]).all():
        frame = frame.drop(columns="p")
    caption = words(
        "effect",
        design=plan.design,
        model=study.model,
        week=plan.week,
        contrast=contrast_label(plan.contrast),
        level=plan.level_pct,
        margin_is=plan.margin_is,
        prespecified=plan.prespecified,
        gate=secondary_gate(study, adjusted),
        adjusted=[name for _, name in plan.adjusted],
    )
    return show.Table(frame, caption, "effect", align={"Part": "left"})


def secondary_gate(study: CohortStudy, adjusted: Mapping[Estimate, float]) -> dict[str, Any]:
    """Whether what is secondary may speak, as the primary question is answered, and what does.

    ``adjusted`` are the secondary estimates with their p by Holm.
    """
    plan, is_open = study.plan, study.verdict(study.primary).is_shown
    speaking = [one for one, p in adjusted.items() if is_open and p < plan.alpha]
    return {
        "has_secondary": bool(adjusted),
        "is_open": is_open,
        "speaking": [_name_of(study, one) for one in speaking],
        "alpha": plan.alpha,
        "prespecified": plan.prespecified,
    }


def _name_of(study: CohortStudy, one: Estimate) -> str:
    label = study.plan.label(one.outcome)
    is_other = one.contrast != study.plan.contrast
    return f"{label}, {contrast_label(one.contrast)}" if is_other else label


def design_numbers(study: CohortStudy) -> show.Table:
    """What the design itself shows: pairs, periods, clusters, and what cannot be seen."""
    plan = study.plan
    if plan.design == WITHIN:
        text = words("within_rows", _within(study))
    elif plan.design == CROSSOVER:
        text = words("crossover_rows", _crossover(study))
    elif plan.design == CLUSTERS:
        text = words("cluster_rows", _clusters(study))
    else:
        text = words("single_rows", n=study.primary.n_runners)
    frame = pd.DataFrame(cells(text), columns=["What", "Found"])
    return show.Table(frame, words("about", design=plan.design), "design", align={"Found": "left"})


def _within(study: CohortStudy) -> dict[str, Any]:
    n_without = within_person.n_without_pair(study.observations, study.question)
    share, *ends = other_share()
    n = study.primary.n_runners
    return {"n": n, "n_without": n_without, "share": share, "shares": ends}


def _crossover(study: CohortStudy) -> dict[str, Any]:
    plan = study.plan
    periods = crossover.two_periods(study.observations, study.question)
    return {
        "treatment": arm_label(plan.treatment),
        "control": arm_label(plan.control),
        "sizes": (len(periods.treatment_first), len(periods.control_first)),
        "first_week": first_week(study),
        "week": plan.week,
        "period": crossover.period_effect(study.observations, study.question),
        "digits": decimals(study.primary),
    }


def _clusters(study: CohortStudy) -> dict[str, Any]:
    plan, one = study.plan, study.primary
    sizes = clusters.cluster_sizes(study.observations, study.question)
    return {
        "treatment": arm_label(plan.treatment),
        "control": arm_label(plan.control),
        "clusters": sizes.by_arm,
        "smallest": sizes.smallest,
        "largest": sizes.largest,
        "icc": None if math.isnan(sizes.icc) else sizes.icc,
        "icc_ends": icc_ends(sizes),
        "level": plan.level_pct,
        "df": None if math.isnan(one.df) else round(one.df, 1),
    }


def plain_formula(study: CohortStudy) -> show.Text:
    """The planned model of a design in the notation of statistics packages."""
    terms = [_term(one) for one in study.adjustments]
    return show.Text(words("formula", model=study.model, terms=terms))


def _term(one: Adjustment) -> str:
    """A covariate in the notation of statistics packages; what no name may have is a stroke."""
    name = re.sub(r"\W", "_", one.name)
    return name if one.is_number else f"C({name})"
