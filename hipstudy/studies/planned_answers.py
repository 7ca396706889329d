"""What a plan asks of a cohort, and every answer: which outcomes and arms, by which models."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from hipstudy.analysis.covariates import with_known_covariates
from hipstudy.analysis.designs import models_by_design
from hipstudy.analysis.designs.plan_rules import CLUSTERS, PARALLEL
from hipstudy.analysis.disclosure import fewest_at_both, least
from hipstudy.analysis.estimate import Estimate, Question, none
from hipstudy.analysis.imputed_ancova import imputed_ancova
from hipstudy.analysis.missing_methods import AS_MODELLED
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.cohort_file.schema import outcomes

if TYPE_CHECKING:
    import pandas as pd

Key = tuple[str, int, str]  # outcome, week, contrast
SEED = 0  # of imputations: the same whenever a cohort is analysed


def primary_question(plan: AnalysisPlan) -> Question:
    """What a plan asks first."""
    return plan.question(plan.primary, plan.treatment)


def questions(plan: AnalysisPlan, observations: "pd.DataFrame") -> list[Question]:
    """Every measured outcome and contrast with the control at the plan's visit, planned first."""
    measured = [
        name
        for name in (*outcomes(), *plan.outcomes)
        if name in observations and observations[name].notna().any()
    ]
    arms = [plan.treatment]
    if plan.design == PARALLEL:
        arms += sorted(set(observations["arm"].dropna()) - {plan.treatment})
    planned = [plan.primary, *plan.secondary]
    names = sorted(measured, key=lambda name: (name not in planned, measured.index(name)))
    names.sort(key=lambda name: name != plan.primary)
    asked = [plan.question(name, arm) for arm in arms if arm != plan.control for name in names]
    more = [plan.question(plan.primary, *pair) for pair in plan.contrasts]
    return [*asked, *(one for one in more if one.contrast not in {a.contrast for a in asked})]


def all_answers(
    plan: AnalysisPlan, frame: "pd.DataFrame"
) -> tuple[tuple[Estimate, ...], tuple[Estimate, ...], tuple[Estimate, ...]]:
    """Every analysis of the primary question; the models of effects of every question; imputed.

    The last are the answers of every question by the imputation that the plan has, and none where
    it has none; the first of them is an analysis of the primary question too.
    """
    models = models_by_design.OF_DESIGN[plan.design]
    strip = tuple(_estimate(frame, plan, primary_question(plan), model) for model in models)
    asked = questions(plan, frame)
    estimates = tuple(
        _estimate(frame, plan, question, model)
        for question in asked
        for model in models_by_design.models_of_effects(plan)
    )
    is_imputed = plan.missing != AS_MODELLED
    imputed = tuple(_imputed(frame, question, plan) for question in asked if is_imputed)
    return (*imputed[:1], *strip), estimates, imputed


def answers_to(
    plan: AnalysisPlan, frame: "pd.DataFrame", keys: Collection[Key], *, seed: int = SEED
) -> dict[Key, Estimate]:
    """The planned analysis of some questions, those that the plan and the file ask.

    Parameters
    ----------
    plan, frame
        As ``all_answers`` takes them.
    keys
        Outcome, week and contrast of each question.
    seed
        Of imputations, where the plan has any.
    """
    model = models_by_design.planned_model(plan)
    answers = {}
    for question in questions(plan, frame):
        key = (question.outcome, question.week, question.contrast)
        if key in keys and plan.missing != AS_MODELLED:
            answers[key] = _imputed(frame, question, plan, seed)
        elif key in keys:
            answers[key] = _estimate(frame, plan, question, model)
    return answers


def _imputed(
    frame: "pd.DataFrame", question: Question, plan: AnalysisPlan, seed: int = SEED
) -> Estimate:
    """The estimate by the plan's imputation, where it tells about enough runners of both arms."""
    if why := _too_few(frame, question):
        return none(question, plan.model, why)
    scale = plan.scale(question.outcome)
    step = last_digit(question.outcome)
    return imputed_ancova(frame, question, plan.missing, seed=seed, limits=scale, step=step)


def last_digit(outcome: str) -> float:
    """One of the last digit in which an outcome is printed."""
    return 0.1 if outcome == "thomas_ext_deg" else 0.01


def _estimate(
    frame: "pd.DataFrame", plan: AnalysisPlan, question: Question, model: str
) -> Estimate:
    """The estimate, where it tells about enough runners of both arms."""
    # Designs within a runner, and of one arm, count whom they have themselves.
    is_of_groups = plan.design in (PARALLEL, CLUSTERS)
    if is_of_groups and (why := _too_few(frame, question)):
        return none(question, model, why)
    return models_by_design.OF_DESIGN[plan.design][model](frame, question)


def _too_few(frame: "pd.DataFrame", question: Question) -> str:
    """Why an estimate would tell about too few runners; empty where it would not."""
    arms, known = (question.treatment, question.control), with_known_covariates(frame, question)
    if fewest_at_both(known, question.outcome, question.week, arms) < least():
        return f"fewer than {least()} runners of an arm at both visits"
    return ""
