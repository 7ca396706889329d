"""Both models of every outcome, whether they agree, and every analysis side by side."""

import math

import pandas as pd

from hipstudy import figures, show
from hipstudy.analysis.estimate import Estimate
from hipstudy.analysis.margin_tests import SUPERIORITY
from hipstudy.analysis.missing_methods import BY_REFERENCE
from hipstudy.analysis.proportions import holm
from hipstudy.labels import arm_label, contrast_label, format_number
from hipstudy.pages.cohort_report.design_details import (
    design_effect,
    design_numbers,
    not_made,
    secondary_gate,
)
from hipstudy.pages.cohort_report.design_front import is_alone
from hipstudy.pages.cohort_report.primary_question import (
    MODEL_LABELS,
    decimals,
    estimate_text,
    estimate_with_n,
    p_text,
    unit_of,
    words,
)
from hipstudy.pages.cohort_report.readings_left_out import another_way
from hipstudy.pages.shared import LABELS
from hipstudy.pages.table_files import table_file
from hipstudy.studies import cohort_study
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.other_analyses import holds_zero

LIMBS_AS_PEOPLE = "limb_ancova"
IGNORES = LABELS["ignores"]
APART = 0.5  # of a standard error: from here on two models are said to disagree


def effect(study: CohortStudy) -> show.Table:
    """Both models of every outcome and contrast, with the part each plays in the plan."""
    if not study.is_parallel:
        return design_effect(study)
    plan = study.plan
    pairs = list(zip(study.estimates[::2], study.estimates[1::2], strict=True))
    planned = list(study.imputed) or [
        ancova if plan.analysis == "ancova" else mixed for ancova, mixed in pairs
    ]
    asked_of = [one for one in planned if one.contrast == plan.contrast]
    secondary = [one for one in asked_of if one.outcome in plan.secondary]
    others = [plan.question(plan.primary, *pair).contrast for pair in plan.contrasts]
    secondary += [one for one in planned if one.outcome == plan.primary and one.contrast in others]
    adjusted = dict(zip(secondary, holm([one.p for one in secondary]), strict=True))
    rows = []
    for (ancova, mixed), one in zip(pairs, planned, strict=True):
        role, p = "exploratory", ""
        if one.contrast == plan.contrast and one.outcome == plan.primary:
            verdict = study.verdict(one)
            role, p = "primary", p_text(verdict.p, verdict.rate)
        elif one in adjusted:
            role, p = "secondary", p_text(adjusted[one], plan.alpha)
        rows.append(
            {
                "Outcome": plan.label(one.outcome),
                "Contrast": contrast_label(one.contrast),
                "ANCOVA, runner means": estimate_with_n(ancova, mixed),
                "Mixed model, all visits": estimate_with_n(mixed, ancova),
                **({MODEL_LABELS[one.model]: estimate_with_n(one)} if study.imputed else {}),
                "Part": role,
                "p of the planned analysis": p,
            }
        )
    frame = pd.DataFrame(rows)
    if frame["Contrast"].nunique() == 1:
        frame = frame.drop(columns="Contrast")
    caption = words(
        "effect", week=plan.week, level=plan.level_pct, contrast=contrast_label(plan.contrast),
        margin_is=plan.margin_is, all_arms=plan.model_arms == "all", prespecified=plan.prespecified,
        left_out=another_way(study),
        gate=secondary_gate(study, adjusted),
        adjusted=[name for _, name in plan.adjusted], n_unknown=study.n_without_covariate,
    )  # fmt: skip
    return show.Table(frame, caption, "effect", align={"Part": "left"})


def on_difference(study: CohortStudy) -> show.Text:
    """Whose sign a difference has, and what degrees of freedom count."""
    facts = {"design": study.plan.design, "of_person": study.is_of_person}
    return show.Text(words("on_difference", facts))


def agreement(study: CohortStudy) -> show.Text | show.Table:
    """Whether the two models say the same of the primary question, and the mixed model's rung.

    Of another design than two groups side by side, what the design itself shows.
    """
    if not study.is_parallel:
        return design_numbers(study)
    one, other = study.primary, study.other
    failures = [
        f"{MODEL_LABELS[each.model]}, {each.note}"
        for each in (one, other)
        if math.isnan(each.estimate)
    ]
    if study.plan.margin_is == SUPERIORITY:
        cases = [holds_zero(each.ci_low, each.ci_high) for each in (one, other)]
    else:
        cases = [study.verdict(each).case for each in (one, other)]
    gap, digits = abs(one.estimate - other.estimate), max(map(decimals, (one, other)))
    text = words(
        "agreement",
        failures=failures,
        estimands=_two_estimands(study),
        primary=estimate_text(one, other),
        other=estimate_text(other, one),
        names=[MODEL_LABELS[each.model] for each in (one, other)],
        gap=format_number(gap, digits) if round(gap, digits) else "",
        smallest=format_number(10**-digits, digits),
        unit=unit_of(study.plan, "points"),
        is_apart=not gap < APART * one.se and gap > 0,
        limit=format_number(APART * one.se, digits),
        asks=study.plan.margin_is,
        same=cases[0] == cases[1],
        holds=cases,
        # Its way down from models of limbs is of no outcome that has none.
        note="" if study.is_of_person else study.by_model("mixed").note,
    )
    return show.Text(text)


def _two_estimands(study: CohortStudy) -> dict[str, str] | None:
    """What a plan that imputes by reference estimates, where its neighbour estimates another."""
    plan = study.plan
    if plan.missing not in BY_REFERENCE:
        return None
    arms = {"treatment": arm_label(plan.treatment), "control": arm_label(plan.control)}
    return arms | {"missing": plan.missing}


def strip(study: CohortStudy) -> show.Figure | show.Text:
    """Every analysis of the primary question side by side."""
    if is_alone(study):
        return not_made(study, "strip")
    estimates = [one for one in study.strip if not math.isnan(one.estimate)]
    if study.is_of_person:  # with one value a runner it is ANCOVA on runner means once more
        estimates = [one for one in estimates if one.model != LIMBS_AS_PEOPLE]
    if not estimates:
        return show.Text(words("no_strip"))
    ignores = [_ignores(one) for one in estimates]
    frame = pd.DataFrame(
        {
            "label": [_label(study, one) for one in estimates],
            "estimate": [one.estimate for one in estimates],
            "ci_low": [one.ci_low for one in estimates],
            "ci_high": [one.ci_high for one in estimates],
            "n": [one.n_runners for one in estimates],
            "primary": [one.model == study.model for one in estimates],
            "ignores": ignores,
        }
    )
    margin = study.plan.margin
    ax = figures.strip(
        frame,
        margin=margin,
        xlabel=f"Difference, {study.plan.label(study.plan.primary)}",
        digits=max(map(decimals, estimates)),
    )
    caption = words(
        "strip", has_answer=study.has_answer(study.model), margin=margin, any_ignores=any(ignores),
        narrow=_narrow(estimates), level=study.plan.level_pct,
    )  # fmt: skip
    alt = "; ".join(f"{_label(study, one)} {estimate_with_n(one)}" for one in estimates)
    return show.Figure(ax.figure, caption, f"Difference by analysis. {alt}.", "strip")


def _label(study: CohortStudy, one: Estimate) -> str:
    """Name of an analysis in the picture; of an outcome of persons it has no limbs."""
    of_persons = LABELS["models_of_persons"] if study.is_of_person else {}
    return of_persons.get(one.model, MODEL_LABELS[one.model])


def _ignores(one: Estimate) -> str:
    """What an analysis ignores; where every runner has one limb, no two hips are one person."""
    text = IGNORES.get(one.model, "")
    if one.n_limbs > one.n_runners or not text:
        return text
    return "baseline" if one.model == "change_score" else ""


def _narrow(estimates: list[Estimate]) -> str:
    """Which analyses of limbs as people claim to know more than ANCOVA on runner means does."""
    means = next((one for one in estimates if one.model == "ancova"), None)
    limbs = [one for one in estimates if one.model in IGNORES and one.n_limbs > one.n_runners]
    if means is None or not limbs:
        return ""
    narrow = [one for one in limbs if one.ci_high - one.ci_low < means.ci_high - means.ci_low]
    if len(narrow) in (0, len(limbs)):
        return "all" if narrow else "none"
    return " and ".join(MODEL_LABELS[one.model] for one in narrow)


def effects(study: CohortStudy) -> show.Download:
    """Both models of every outcome and contrast, for ``tables/effects.csv``."""
    return table_file(cohort_study.effects(study), "effects", level_pct=study.plan.level_pct)
