"""Page 1 in words: who is in the file, the planned answer, and what it cost."""

import math
from dataclasses import asdict
from typing import Any

from hipstudy import show
from hipstudy.analysis import arm_results, participants
from hipstudy.analysis.designs.plan_rules import WITHIN
from hipstudy.analysis.loss_reasons import loss_reasons
from hipstudy.analysis.margin_tests import SUPERIORITY, margin_chance
from hipstudy.analysis.runners_left_out import left_out_counts, rows_asked
from hipstudy.finding_kinds import finding_kinds
from hipstudy.model.causes import LINKS
from hipstudy.pages.cohort_report.cohort_front import (
    arm_words,
    front,
    names_behind,
    outcome_words,
    stand_ins,
)
from hipstudy.pages.cohort_report.design_front import (
    design_answer,
    design_words,
    enrolment_words,
    is_alone,
)
from hipstudy.pages.cohort_report.primary_question import decimals
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.other_analyses import other_analyses

MOST_FURTHER = 2  # contrasts that page 1 has room for
HARMS = ("adverse_event", "stopped_exercise", "anterior_hip_pain")


def title(study: CohortStudy) -> show.Text:
    """The title, with the arms that are compared where their names are short."""
    names_fit = not {*study.plan.arms} & set(stand_ins(study))
    words = design_words(study) if is_alone(study) else front(study)
    return show.Text(
        words("title", names_fit=names_fit, of_person=study.is_of_person, **_arms(study))
    )


def _arms(study: CohortStudy) -> dict[str, str]:
    roles = zip(("treatment", "control"), study.plan.arms, strict=False)
    return {"control": ""} | {role: arm_words(study, arm) for role, arm in roles}


def whom(study: CohortStudy) -> show.Text:
    """How many runners, limbs and visits the file has, and how much its check warned of."""
    frame = study.observations
    text = front(study)(
        "whom",
        is_example=study.is_example,
        n_runners=frame["runner"].nunique(),
        n_limbs=len(frame[["runner", "side"]].drop_duplicates()) if study.has_limbs else None,
        names=names_behind(study),
        weeks=sorted(set(frame["week"].dropna())) if "week" in frame else [0],
        n_warnings=len(finding_kinds(study.clinic.cohort.warnings)),
    )
    return show.Text(text)


def answer(study: CohortStudy) -> show.Answer:
    """The planned answer in words, and what it rests on."""
    words, facts = front(study), _answer(study)
    if not study.is_parallel:
        return design_answer(study, facts)
    return show.Answer(words("answer", facts), (), words("basis", facts))


def _answer(study: CohortStudy) -> dict[str, Any]:
    """The planned answer and what page 1 says of it."""
    plan, one = study.plan, study.primary
    weeks, n_off, whole = study.off_week
    came = study.in_window
    digits, verdict = decimals(one), study.verdict(one)
    return {
        **_arms(study),
        "outcome": outcome_words(study, plan.primary),
        "week": plan.week,
        "model": plan.model,
        "n_imputed": study.n_imputed,
        "margin": plan.margin,
        "prespecified": plan.prespecified,
        "case": verdict.case,
        "margin_is": plan.margin_is,
        "decides": {"low": verdict.low, "high": verdict.high, "level": verdict.level_pct},
        "estimate": one.estimate,
        "low": one.ci_low,
        "high": one.ci_high,
        "level": plan.level_pct,
        "digits": digits,
        "is_zero": not math.isnan(one.estimate) and round(one.estimate, digits) == 0,
        "all_beyond": min(abs(one.ci_low), abs(one.ci_high)) >= plan.margin,
        "in_reach": _in_reach(study),
        "chance": margin_chance(one, **plan.margin_asked),
        "harm_chance": _harm_chance(study),
        "mcid": _worthwhile(study),
        "n_runners": one.n_runners,
        "n_limbs": None if study.is_of_person else one.n_limbs,
        "n_in_file": rows_asked(study.observations, plan)["runner"].nunique(),
        "off_week": {
            "weeks": weeks,
            "n": n_off,
            "whole": whole,
            "window": plan.window_weeks,
            "takes": plan.window_takes,
            "by_date": bool(plan.date),
        },
        "n_adjusted": len(plan.adjusted),
        "of_person": study.is_of_person,
        "left_out_runners": left_out_counts(study.left_out_runners),
        **_further(study),
        "n_moved": came.n_moved,
        "n_twice": came.n_twice,
        "left_out": _left_out(study),
        "others": asdict(other_analyses(study)),
    }


def _further(study: CohortStudy) -> dict[str, Any]:
    """The plan's other contrasts of its primary outcome by the planned analysis, the first two."""
    plan, told = study.plan, []
    for treatment, control in plan.contrasts:
        one = study.planned_estimate(plan.primary, treatment, control)
        has_answer = one is not None and not math.isnan(one.estimate)
        facts = {"treatment": arm_words(study, treatment), "control": arm_words(study, control),
                 "has_answer": has_answer}  # fmt: skip
        if one is not None and has_answer:
            facts |= {"estimate": one.estimate, "low": one.ci_low, "high": one.ci_high,
                      "digits": decimals(one)}  # fmt: skip
        told.append(facts)
    return {"further": told[:MOST_FURTHER], "n_further": len(told[MOST_FURTHER:])}


def _worthwhile(study: CohortStudy) -> float | None:
    """The change that one person calls worthwhile; None where it is not known.

    Where the box of what changed stands on the page, the details say it alone: words are scarce.
    """
    plan = study.plan
    if study.settings.since:
        return None
    if plan.primary in LINKS:
        return study.settings.mcid_nrs
    own = plan.outcomes.get(plan.primary)
    return own.worthwhile or None if own else None


def _harm_chance(study: CohortStudy) -> float | None:
    """Chance of a disadvantage of the margin or more where the treatment did worse, else None."""
    plan, one = study.plan, study.primary
    did_worse = plan.better_sign(one.outcome) * one.estimate < 0
    is_asked = did_worse and plan.margin_is == SUPERIORITY
    return study.harm_chance(plan.margin) if is_asked else None


def _in_reach(study: CohortStudy) -> list[str]:
    """The arms in whose favour a difference of the margin lies within the interval."""
    one, margin, arms = study.primary, study.plan.margin, _arms(study)
    lower, higher = one.ci_low <= -margin, one.ci_high >= margin
    is_better_higher = study.plan.better_sign(one.outcome) > 0
    for_treatment, for_control = (higher, lower) if is_better_higher else (lower, higher)
    roles = (("treatment", for_treatment), ("control", for_control))
    return [arms[role] for role, is_within in roles if is_within]


def _left_out(study: CohortStudy) -> list[dict[str, Any]]:
    """Readings of the main outcome left out because they were not taken as at baseline."""
    return [
        {
            "n_runners": left.n_runners,
            "by_arm": [f"{arm_words(study, arm)} {n}" for arm, n in left.by_arm],
            "is_angle_of_torque": left.outcome != "thomas_ext_deg",
        }
        for left in study.left_out
        if left.outcome == study.plan.primary
    ]


def cost(study: CohortStudy) -> show.Text:
    """How many were lost and why, and harms in a line each, of those of whom they are recorded."""
    lost = arm_results.losses(study.enrolment_rows, study.plan)
    frame = participants.harms(study.observations, study.plan, HARMS)
    frame = frame[frame["instead"] == ""]
    text = front(study)(
        "cost",
        outcome=outcome_words(study, study.plan.primary),
        week=study.plan.week,
        n_lost=int(lost["n"].sum()),
        n_never=int(lost["never"].sum()),
        n_off=study.off_week[1],
        n_no_baseline=study.n_no_baseline,
        of_leg=study.plan.design == WITHIN,
        n_kept=sum(study.n_kept),
        has_reasons=not loss_reasons(study.observations, study.plan).empty,
        explained=study.off_week[1] > 0 or bool(_left_out(study)),
        losses=[
            {"arm": enrolment_words(study, row.arm), "n": row.n, "of": row.of}
            for row in lost.itertuples()
        ],
        stopped=None if lost["stopped"].isna().all() else int(lost["stopped"].sum()),
        harms=[
            {"code": code, "by_arm": [_of_arm(study, row) for row in rows.itertuples()]}
            for code, rows in frame.groupby("harm", sort=False)
        ],
        not_recorded=[code for code in HARMS if code not in set(frame["harm"])],
    )
    return show.Text(text)


def _of_arm(study: CohortStudy, row: Any) -> dict[str, Any]:
    return {"arm": arm_words(study, row.arm), "n": row.n, "of": row.of}
