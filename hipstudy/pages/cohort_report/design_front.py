"""What pages 1 and 2 say otherwise where a trial is not two groups side by side."""

import math
from typing import Any

from hipstudy import show
from hipstudy.analysis.designs import clusters, crossover
from hipstudy.analysis.designs.plan_rules import CLUSTERS, CROSSOVER, SINGLE
from hipstudy.pages.cohort_report.cohort_front import arm_words
from hipstudy.pages.cohort_report.plan_facts import plan_facts
from hipstudy.parameters import shipped
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.wording import Wording

_ENGLISH = Wording("hipstudy.pages", "designs_front")


def design_words(study: CohortStudy) -> Wording:
    """The passages of designs, in the language of the study."""
    return _ENGLISH.in_language(study.settings.language)


def enrolment_words(study: CohortStudy, arm: str) -> str:
    """What an arm of who came how far is called: of a crossover, the order of both."""
    plan = study.plan
    if plan.design != CROSSOVER:
        return arm_words(study, arm)
    other = plan.control if arm == plan.treatment else plan.treatment
    first, second = arm_words(study, arm), arm_words(study, other)
    return design_words(study)("order", first=first, second=second)


def is_alone(study: CohortStudy) -> bool:
    """Whether there is one arm and nobody beside it."""
    return study.plan.design == SINGLE


def first_week(study: CohortStudy) -> float:
    """Week of the first column of results: baseline, or the end of a crossover's first period."""
    if study.plan.design != CROSSOVER:
        return 0.0
    return crossover.first_period_week(study.observations, study.question) or 0.0


def other_share() -> tuple[float, float, float]:
    """Share of a leg's gain that the untrained leg has too, as assumed: value, lowest, highest."""
    row = shipped()["cross_education_share"]
    return row.value, row.low, row.high


def design_answer(study: CohortStudy, facts: dict[str, Any]) -> show.Answer:
    """The planned answer of a design, and what it rests on.

    ``facts`` are those of two groups side by side.
    """
    one, words, plan = study.primary, design_words(study), study.plan
    sizes = None
    if plan.design == CLUSTERS:
        sizes = clusters.cluster_sizes(study.observations, study.question)
    has_icc = sizes is not None and not math.isnan(sizes.icc) and not math.isnan(one.df)
    facts = facts | {
        "design": plan.design,
        "model": study.model,
        "out": _leaves_out_zero(one.ci_low, one.ci_high),
        "other": _other(study),
        "shares": other_share()[1:],
        "clusters": sizes.by_arm if sizes else None,
        "icc": sizes.icc if sizes and has_icc else None,
        "icc_ends": icc_ends(sizes) if sizes else None,
        "df": round(one.df, 1),
    }
    return show.Answer(words("answer", facts), (), words("basis", facts))


def icc_ends(sizes: clusters.ClusterSizes) -> tuple[float, float] | None:
    """Both ends of the ICC's interval, not below 0; None where all of it is, or there is none."""
    is_told = sizes.icc_high >= 0  # NaN is not
    return (max(sizes.icc_low, 0.0), sizes.icc_high) if is_told else None


def _leaves_out_zero(low: float, high: float) -> bool:
    return low > 0 or high < 0


def _other(study: CohortStudy) -> dict[str, Any] | None:
    """The analysis beside the planned one, where it has an answer."""
    beside = [one for one in study.strip if one.model != study.model]
    if not beside or math.isnan(beside[0].estimate):
        return None
    one = beside[0]
    cases = {study.verdict(each).case for each in (one, study.primary)}
    out = _leaves_out_zero(one.ci_low, one.ci_high)
    return {"code": one.model, "out": out, "same": len(cases) == 1}


def design_plan(study: CohortStudy) -> show.Text:
    """What the plan of a design says, and whether anybody named one."""
    plan = study.plan
    text = design_words(study)(
        "on_plan",
        design=plan.design,
        cluster=plan.cluster,
        control="" if is_alone(study) else arm_words(study, plan.control),
        model=study.model,
        margin_is=plan.margin_is,
        **plan_facts(study),
    )
    return show.Text(text)


def design_assumptions(study: CohortStudy) -> show.Text:
    """What the analysis of a design takes for granted."""
    text = design_words(study)(
        "on_assumptions",
        design=study.plan.design,
        has_covariates=bool(study.plan.adjusted),
        of_person=study.is_of_person,
    )
    return show.Text(text)
