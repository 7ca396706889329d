"""Page 1: who is in the file, the planned answer, harms in brief."""

import math
from typing import Any

from hipstudy import show
from hipstudy.analysis import participants
from hipstudy.analysis.estimate import Estimate
from hipstudy.cohort_file import file_warnings
from hipstudy.labels import OUTCOME_LABELS, arm_label
from hipstudy.pages.cohort_report.primary_question import (
    MODEL_LABELS,
    better_sign,
    decimals,
    p_text,
    primary_question,
    unit_of,
    words,
)
from hipstudy.pages.shared import LABELS, cells
from hipstudy.studies.cohort_study import CohortStudy

HARMS = LABELS["harms"]


def whom(study: CohortStudy) -> show.Text:
    """How many runners, limbs and visits the file has, and what its check warned of."""
    frame, cohort = study.observations, study.clinic.cohort
    weeks = sorted(set(frame["week"].dropna())) if "week" in frame else [0]
    text = words(
        "whom",
        n_runners=frame["runner"].nunique(),
        n_limbs=len(frame[["runner", "side"]].drop_duplicates()),
        weeks=[f"{week:g}" for week in weeks],
        source=cohort.source,
        date=study.settings.report_date,
    )
    return show.Text(text + file_warnings.markdown(cohort.warnings))


def answer(study: CohortStudy) -> show.Answer:
    """Page 1: the planned answer in words, three numbers, what it rests on."""
    facts = _answer(study)
    return show.Answer(
        words("answer", facts), tuple(cells(words("answer_numbers", facts))), words("basis", facts)
    )


def _answer(study: CohortStudy) -> dict[str, Any]:
    """The planned answer and what page 1 says of it."""
    plan, one = study.plan, study.primary
    return {
        "question": primary_question(plan),
        "estimate": one,
        "has_answer": not math.isnan(one.estimate),
        "digits": decimals(one),
        "p": p_text(one.p),
        "unit": unit_of(one.outcome),
        "model": MODEL_LABELS[plan.analysis],
        "position": _position(one, plan.margin),
        "all_beyond": min(abs(one.ci_low), abs(one.ci_high)) >= plan.margin,
        "benefit": study.benefit_chance(plan.margin),
        "n_in_file": study.observations["runner"].nunique(),
        "off_week": off_week(study),
        "left_out": another_way(study, plan.primary),
    }


def _position(one: Estimate, margin: float) -> str:
    """Where the interval lies, held against zero and the margin of the mean difference."""
    if one.ci_low > -margin and one.ci_high < margin:
        return "small"
    if one.ci_low <= 0 <= one.ci_high:
        return "open"
    return "better" if better_sign(one.outcome) * one.estimate > 0 else "worse"


def off_week(study: CohortStudy) -> dict[str, Any]:
    """Who came in another week than the plan's, and so does not count in it."""
    weeks, n, whole = study.off_week
    return {"weeks": [f"{week:g}" for week in weeks], "n": n, "whole": whole}


def another_way(study: CohortStudy, outcome: str = "") -> list[dict[str, Any]]:
    """Readings left out because they were not taken as at baseline: of one outcome, or of all."""
    return [
        {
            "outcome": OUTCOME_LABELS.get(left.outcome, left.outcome),
            "n_runners": left.n_runners,
            "by_arm": [f"{arm_label(arm)} {n}" for arm, n in left.by_arm],
            "is_angle_of_torque": left.outcome != "thomas_ext_deg",
        }
        for left in study.left_out
        if outcome in ("", left.outcome)
    ]


def harms_in_brief(study: CohortStudy) -> show.Text:
    """Counts of harms by arm in one line, of those of whom they are recorded."""
    frame = participants.harms(study.observations, study.plan, tuple(HARMS))
    frame = frame[frame["instead"] == ""]
    counts = {
        HARMS[name].lower(): [f"{arm_label(r.arm)} {r.n:g} of {r.of:g}" for r in rows.itertuples()]
        for name, rows in frame.groupby("harm", sort=False)
    }
    others = [HARMS[name].lower() for name in HARMS if name not in set(frame["harm"])]
    return show.Text(words("harms_in_brief", counts=counts, not_recorded=others))
