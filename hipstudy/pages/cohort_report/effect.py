"""The primary answer, both models of every outcome, whether they agree, every analysis beside."""

import math

from hipstudy import figures, show
from hipstudy.analysis.comparable_readings import LeftOut
from hipstudy.analysis.estimate import Estimate, level
from hipstudy.analysis.proportions import holm
from hipstudy.cohort_file.check_visit_weeks import weeks_in_words
from hipstudy.cohort_file.schema import columns
from hipstudy.labels import (
    OUTCOME_LABELS,
    arm_label,
    contrast_label,
    count_phrase,
    format_number,
    interval,
    percent,
)
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.cohort_study import effects as effects_frame

DIGITS = {"thomas_ext_deg": 1}  # 2 for all others
MOST_DIGITS = 6
OTHERWISE = {
    "end_range_torque_nm_kg": "at another hip angle",
    "passive_torque_nm_kg": "at another hip angle",
    "thomas_ext_deg": "with the pelvis held otherwise",
}
MODEL_LABELS = {
    "ancova": "ANCOVA on runner means",
    "mixed": "Mixed model, all visits",
    "random_intercept": "Mixed model, end visit",
    "limb_ancova": "ANCOVA on limbs",
    "change_score": "Change of limbs",
}
IGNORES = {"limb_ancova": "that two hips are one person", "change_score": "that, and baseline"}
APART = 0.5  # of a standard error: from here on two models are said to disagree
LOWER_IS_BETTER = ("tightness_nrs", "discomfort_nrs")


def _said(one: Estimate) -> str:
    if math.isnan(one.estimate):
        return "no answer"
    return interval(one.estimate, one.ci_low, one.ci_high, decimals(one))


def decimals(one: Estimate) -> int:
    """Decimals of an estimate: those of its outcome, or more where an end near zero needs them.

    An end that is not zero is never printed as zero: it would say that zero is at the interval's
    end, whatever p is.
    """
    least = DIGITS.get(one.outcome, 2)
    ends = [end for end in (one.ci_low, one.ci_high) if abs(end) >= 10**-MOST_DIGITS]
    enough = range(least, MOST_DIGITS)
    return next((n for n in enough if all(round(end, n) for end in ends)), MOST_DIGITS)


def p_text(p: float) -> str:
    """A p-value, as many digits as it bears, or as it takes to be on its side of the limit.

    Examples
    --------
    >>> p_text(0.53), p_text(0.0312), p_text(1e-5)
    ('p = 0.53', 'p = 0.03', 'p < 0.001')
    >>> p_text(0.0493), p_text(0.0497), p_text(0.0504)
    ('p = 0.049', 'p = 0.0497', 'p = 0.0504')
    """
    if math.isnan(p):
        return "none"
    if p < 0.001:
        return "p < 0.001"
    limit = 1 - level()
    least = 3 if p < 0.01 else 2
    digits = next((n for n in range(least, MOST_DIGITS) if round(p, n) != round(limit, n)), None)
    return f"p = {p:.{digits or MOST_DIGITS}f}"


def answer(study: CohortStudy) -> show.Answer:
    """Page 1: the planned answer in words, three numbers, what it rests on."""
    one, plan = study.primary, study.plan
    treatment, control = arm_label(plan.treatment), arm_label(plan.control)
    outcome = OUTCOME_LABELS[plan.primary]
    whom = f"{count_phrase(one.n_runners, 'runner')}, {count_phrase(one.n_limbs, 'limb')}"
    basis = (
        f"{MODEL_LABELS[plan.analysis]}; {'no answer' if math.isnan(one.estimate) else whom}. "
        + ("A plan was given. " if plan.prespecified else "Nothing was prespecified. ")
        + "A difference between arms is an effect only if arms were given by chance."
        + another_way(study, plan.primary)
    )
    if math.isnan(one.estimate):
        sentence = (
            f"{outcome}: the planned analysis gives no answer ({one.note}).{_off_week(study)}"
        )
        return show.Answer(sentence, (("none", "", "difference"),), basis)
    digits = decimals(one)
    direction = "higher" if one.estimate > 0 else "lower"
    size = format_number(abs(one.estimate), digits)
    sentence = (
        f"{outcome} at week {plan.week}: {size} {direction} on average under “{treatment}” than "
        f"under “{control}” (95 % interval of the difference {format_number(one.ci_low, digits)} to "
        f"{format_number(one.ci_high, digits)}, {p_text(one.p)}). {_verdict(study)}{_off_week(study)}"
    )
    benefit = study.benefit_chance(plan.margin)
    numbers = (
        (
            format_number(one.estimate, digits),
            f"95 % interval {_ends(one)}",
            f"difference, {outcome}",
        ),
        (
            "over 99 %" if benefit > 0.995 else percent(benefit),
            "from the same interval, flat prior",
            f"chance that the mean difference is a benefit of {plan.margin:g} or more",
        ),
        (
            str(one.n_runners),
            f"of {study.observations['runner'].nunique()} in the file",
            f"runners analysed, {count_phrase(one.n_limbs, 'limb')}",
        ),
    )
    return show.Answer(sentence, numbers, basis)


def _off_week(study: CohortStudy) -> str:
    """How many came in another week than the plan's, and so do not count in it."""
    weeks, n, whole = study.off_week
    if not n:
        return ""
    plan = study.plan
    out = "are left out" if plan.analysis == "ancova" else f"are not counted in week {plan.week}"
    return (
        f" {n} of {whole} runners came at week {weeks_in_words(weeks, 'or')} and {out}: the "
        f"plan asks for week {plan.week} exactly."
    )


def another_way(study: CohortStudy, outcome: str = "") -> str:
    """Readings left out because they were not taken as at baseline: of one outcome, or of all."""
    return "".join(
        f" {OUTCOME_LABELS.get(left.outcome, left.outcome)}: of "
        f"{count_phrase(left.n_runners, 'runner')} ({_of_arms(left)}) a reading is left out that was "
        f"taken {OTHERWISE[left.outcome]} than at baseline; no change is computed across them."
        for left in study.left_out
        if outcome in ("", left.outcome)
    )


def _of_arms(left: LeftOut) -> str:
    return ", ".join(f"{arm_label(arm)} {n}" for arm, n in left.by_arm)


def _ends(one: Estimate) -> str:
    digits = decimals(one)
    return f"{format_number(one.ci_low, digits)} to {format_number(one.ci_high, digits)}"


def _verdict(study: CohortStudy) -> str:
    """What the interval leaves open, held against zero and the margin of the mean difference."""
    one, margin = study.primary, study.plan.margin
    unit = columns()[one.outcome].unit.replace("NRS", "NRS points")
    size = f"{margin:g} {unit}"
    if one.ci_low > -margin and one.ci_high < margin:
        return f"Differences of {size} or more, either way, are outside the interval."
    if one.ci_low <= 0 <= one.ci_high:
        return f"Both no difference and a difference of {size} lie inside the interval."
    benefit = (one.estimate > 0) != (one.outcome in LOWER_IS_BETTER)
    beyond = min(abs(one.ci_low), abs(one.ci_high)) >= margin
    return (
        f"The interval leaves out zero, to the {'better' if benefit else 'worse'}; "
        f"{'all of it is' if beyond else 'not all of it is'} beyond {size}."
    )


def effect(study: CohortStudy) -> show.Table:
    """Both models of every outcome and contrast, with the part each plays in the plan."""
    import pandas as pd

    plan = study.plan
    pairs = list(zip(study.estimates[::2], study.estimates[1::2], strict=True))
    rows, secondary = [], []
    for ancova, mixed in pairs:
        planned = ancova if plan.analysis == "ancova" else mixed
        if planned.contrast == plan.contrast and planned.outcome in plan.secondary:
            secondary.append(planned)
    adjusted = dict(
        zip([s.outcome for s in secondary], holm([s.p for s in secondary]), strict=True)
    )
    for ancova, mixed in pairs:
        planned = ancova if plan.analysis == "ancova" else mixed
        role, p = "exploratory", ""
        if planned.contrast == plan.contrast and planned.outcome == plan.primary:
            role, p = "primary", p_text(planned.p)
        elif planned.contrast == plan.contrast and planned.outcome in adjusted:
            role, p = "secondary", p_text(adjusted[planned.outcome])
        rows.append(
            {
                "Outcome": OUTCOME_LABELS[ancova.outcome],
                "Contrast": contrast_label(ancova.contrast),
                "ANCOVA, runner means": _said(ancova),
                "Mixed model, all visits": _said(mixed),
                "Part": role,
                "p of the planned analysis": p,
            }
        )
    frame = pd.DataFrame(rows)
    if frame["Contrast"].nunique() == 1:
        frame = frame.drop(columns="Contrast")
    caption = (
        f"Mean difference at week {plan.week}, {contrast_label(plan.contrast)}, 95 % interval from "
        "Student's t with degrees of freedom counted in runners. Secondary p-values are Holm's, "
        "intervals are of one outcome alone; exploratory results have no p."
        + ("" if plan.prespecified else " Nothing was prespecified: the parts are the default's.")
        + another_way(study)
    )
    return show.Table(frame, caption, "effect", align={"Part": "left"})


def agreement(study: CohortStudy) -> show.Text:
    """Whether the two models say the same of the primary question, and the mixed model's rung."""
    one, other = study.primary, study.other
    mixed = one if one.model == "mixed" else other
    failed = [each for each in (one, other) if math.isnan(each.estimate)]
    if failed:
        said = "; ".join(f"{MODEL_LABELS[each.model]}, {each.note}" for each in failed)
        return show.Text(f"No comparison of the two models: no answer from {said}.")
    apart = abs(one.estimate - other.estimate) / one.se
    differ = (one.ci_low > 0 or one.ci_high < 0) != (other.ci_low > 0 or other.ci_high < 0)
    said = "agree" if apart < APART and not differ else "**disagree**"
    return show.Text(
        f"On the primary question the two models {said}: {_said(one)} and {_said(other)}. "
        f"Mixed model, {mixed.note}."
    )


def strip(study: CohortStudy) -> show.Figure | show.Text:
    """Every analysis of the primary question side by side."""
    import pandas as pd

    shown = [one for one in study.strip if not math.isnan(one.estimate)]
    if not shown:
        return show.Text("No analysis of the primary question gives an answer.")
    ignored = [_ignored(one) for one in shown]
    frame = pd.DataFrame(
        {
            "label": [MODEL_LABELS[one.model] for one in shown],
            "estimate": [one.estimate for one in shown],
            "ci_low": [one.ci_low for one in shown],
            "ci_high": [one.ci_high for one in shown],
            "primary": [one.model == study.plan.analysis for one in shown],
            "ignores": ignored,
        }
    )
    outcome = OUTCOME_LABELS[study.plan.primary]
    digits = max(decimals(one) for one in shown)
    ax = figures.strip(
        frame, margin=study.plan.margin, xlabel=f"Difference, {outcome}", digits=digits
    )
    said = "; ".join(f"{MODEL_LABELS[one.model]} {_said(one)}" for one in shown)
    whom = (
        "; the planned one gives no answer"
        if math.isnan(study.primary.estimate)
        else f"; the planned one heavy, of {count_phrase(study.primary.n_runners, 'runner')}"
    )
    open_ = (
        f" Open: analyses that ignore something, shown because they are often done{_narrow(shown)}."
        if any(ignored)
        else ""
    )
    caption = (
        f"Analyses of the primary question side by side, 95 % intervals{whom}.{open_} Grey: less "
        f"than {study.plan.margin:g} either way."
    )
    return show.Figure(ax.figure, caption, f"Difference by analysis. {said}.", "strip")


def _ignored(one: Estimate) -> str:
    """What an analysis ignores; where every runner has one limb, no two hips are one person."""
    words = IGNORES.get(one.model, "")
    if one.n_limbs > one.n_runners or not words:
        return words
    return "baseline" if one.model == "change_score" else ""


def _narrow(shown: list[Estimate]) -> str:
    """Which analyses of limbs as people claim to know more than ANCOVA on runner means does."""
    means = next((one for one in shown if one.model == "ancova"), None)
    limbs = [one for one in shown if one.model in IGNORES and one.n_limbs > one.n_runners]
    if means is None or not limbs:
        return ""
    narrow = [one for one in limbs if one.ci_high - one.ci_low < means.ci_high - means.ci_low]
    if len(narrow) == len(limbs):
        return "; their intervals are too narrow"
    if not narrow:
        return "; here their intervals are no narrower than that of ANCOVA on runner means"
    names = " and ".join(MODEL_LABELS[one.model] for one in narrow)
    return f"; the interval of {names} is too narrow"


def effects(study: CohortStudy) -> show.Download:
    """Both models of every outcome and contrast, for ``tables/effects.csv``."""
    return show.Download(effects_frame(study), "effects")
