"""Changes of single runners, told of groups only: past the MDC, by chance, and how they spread."""

import math

import numpy as np

from hipstudy import figures, show
from hipstudy.analysis import response_variance
from hipstudy.analysis.disclosure import least, part, too_small
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.false_responders import Share, false_shares
from hipstudy.analysis.proportions import compare_shares
from hipstudy.analysis.reliability import z
from hipstudy.arrays import Array
from hipstudy.cohort_file.schema import columns
from hipstudy.labels import OUTCOME_LABELS, arm_label, count_phrase, interval, percent
from hipstudy.labels import format_number as as_text
from hipstudy.pages.cohort_report.effect import DIGITS, LOWER_IS_BETTER
from hipstudy.pages.cohort_report.instruments import Reading, reading, source
from hipstudy.parameters import number
from hipstudy.studies.cohort_study import ROUNDING, CohortStudy

NOT_KNOWN = "not known"
_OWN = ", which counts where one limb was measured"


def _changes(study: CohortStudy) -> response_variance.Changes:
    plan = study.plan
    asked = Question(plan.primary, plan.week, plan.treatment, plan.control)
    return response_variance.changes(study.observations, asked)


def _too_few(found: response_variance.Changes) -> show.Text | None:
    if min(len(found.treatment), len(found.control)) >= least():
        return None
    return show.Text(
        f"Fewer than {least()} runners of an arm were measured at both visits: nothing is said of "
        "how changes of runners spread."
    )


def _better(outcome: str) -> int:
    return -1 if outcome in LOWER_IS_BETTER else 1


def responders(study: CohortStudy) -> show.Table | show.Text:
    """Share past the MDC by arm, beside what chance alone would put there."""
    import pandas as pd

    found = _changes(study)
    few = _too_few(found)
    if few:
        return few
    plan, one = study.plan, reading(study.observations, study.plan.primary)
    sign = _better(plan.primary)
    control_sd = float(found.control.std(ddof=1))
    limbs = found.baseline_limbs
    chance = false_shares(-sign * found.baseline, limbs, one.used.sem, one.limbs_r, control_sd)
    control = arm_label(plan.control)
    rows = {
        "By chance: errors of measurement alone": _percents(chance.error),
        "and coming in when it is bad": _percents(chance.selection),
        f"and ups and downs as under “{control}”": _percents(chance.fluctuation),
        **(
            {"By chance: either limb past a limb's MDC": _percents(chance.either_limb)}
            if limbs.max() > 1
            else {}
        ),
        **_seen(study, found, one),
    }
    frame = pd.DataFrame([(name, *cells) for name, cells in rows.items()],
                         columns=["Runners past the MDC", "Better", "Worse"])  # fmt: skip
    align = {"Better": "right", "Worse": "right"}
    caption = _caption(study, one, limbs, chance.shift)
    return show.Table(frame, caption, "responders", align=align)


def _percents(share: Share) -> tuple[str, str]:
    better, worse = (NOT_KNOWN if math.isnan(one) else _tenths(one) for one in share)
    return better, worse


def _tenths(share: float) -> str:
    return f"{100 * share:.1f} %" if share < 0.0995 else percent(share)


def _seen(
    study: CohortStudy, found: response_variance.Changes, one: Reading
) -> dict[str, tuple[str, str]]:
    """Runners past the MDC of as many limbs as were measured, by arm, and the difference."""
    plan, sign = study.plan, _better(study.plan.primary)
    counts = {}
    for arm, change, limbs in (
        (plan.treatment, found.treatment, found.treatment_limbs),
        (plan.control, found.control, found.control_limbs),
    ):
        cut = _cuts(one, limbs) + ROUNDING
        counts[arm] = [(int((way * sign * change > cut).sum()), len(change)) for way in (1, -1)]
    small = study.settings.small_cells or drawn(study)
    cells = {f"Seen: {arm_label(arm)}": tuple(part(*c, small_cells=small) for c in both)
             for arm, both in counts.items()}  # fmt: skip
    pairs = zip(counts[plan.treatment], counts[plan.control], strict=True)
    cells["Difference, percentage points"] = tuple(
        "not shown"  # it would give a small number away
        if not small and (too_small(*treatment) or too_small(*control))
        else _difference(treatment, control, plan.alpha)
        for treatment, control in pairs
    )
    return cells


def _cuts(one: Reading, limbs: Array) -> response_variance.Array:
    """The MDC of each number of limbs."""
    return np.where(limbs > 1, one.mdc, one.used.mdc)


def _difference(treatment: tuple[int, int], control: tuple[int, int], alpha: float) -> str:
    one = compare_shares(treatment, control, alpha)
    return interval(100 * one.difference, 100 * one.ci_low, 100 * one.ci_high, 0)


def _mdcs(one: Reading, limbs: Array) -> list[tuple[str, float]]:
    """The MDCs that count here, by how many limbs were measured of a runner, in words."""
    known = {2: ("a mean of two limbs", one.mdc), 1: ("one limb", one.used.mdc)}
    return [known[m] for m in known if (limbs == m).any()]


def _mdc_words(one: Reading, limbs: Array) -> str:
    """What runners are held against: one MDC, or each runner's own."""
    digits = DIGITS.get(one.outcome, 2)
    said = [f"{words}, {as_text(cut, digits)}" for words, cut in _mdcs(one, limbs)]
    each = "; each runner, seen or by chance, by the limbs measured of him" if said[1:] else ""
    return f"the MDC of {', or of '.join(said)}{each}"


def _caption(study: CohortStudy, one: Reading, limbs: Array, shift: float) -> str:
    from scipy import stats

    plan, digits = study.plan, DIGITS.get(study.plan.primary, 2)
    worst = 2 * float(stats.norm.sf(z() * one.used.sem / one.used.ci_high))
    how = "measured" if one.limbs_measured else "assumed"
    together = f"; errors of two limbs {how} to go together at {as_text(one.limbs_r)}"
    moved = (
        "By how much coming in when it is bad moves the mean is not known: baselines are alike."
        if math.isnan(shift)
        else f"Coming in when it is bad moves the mean by {as_text(shift, digits)}, if runners are "
        "all of a normal population from the lowest value seen."
    )
    return (
        f"{OUTCOME_LABELS[plan.primary]}, runners’ means at week {plan.week} less baseline, held "
        f"against {_mdc_words(one, limbs)} (SEM "
        f"{as_text(one.used.sem, digits)}, {source(one.used)}"
        f"{together if limbs.max() > 1 else ''}). Were the SEM at the upper end of its interval, "
        f"errors alone would put {percent(worst)} past it, either way. {moved} "
        "All by chance assumes normal changes and no effect on anyone. Past the MDC is not a "
        "response: nobody is called a responder."
    )


def _unit(outcome: str) -> str:
    return columns()[outcome].unit.replace("NRS", "points")


def response_spread(study: CohortStudy) -> show.Text:
    """SD of true responses with its interval, what it means for a group, and the n to see one."""
    found = _changes(study)
    few = _too_few(found)
    if few:
        return few
    plan, digits = study.plan, DIGITS.get(study.plan.primary, 2)
    spread = response_variance.response_spread(found.treatment, found.control)
    treatment, control = arm_label(plan.treatment), arm_label(plan.control)
    arms = " and ".join(
        f"{as_text(sd, digits)} under “{show.escape(arm)}” ({count_phrase(n, 'runner')})"
        for sd, arm, n in ((spread.sd_treatment, treatment, spread.n_treatment),
                           (spread.sd_control, control, spread.n_control))
    )  # fmt: skip
    return show.Text(
        f"Changes of runners’ means spread with an SD of {arms}. The SD of true responses which "
        f"that leaves is {interval(spread.sd, *spread.sd_ends, digits)}, with a 95 % interval; "
        "below 0, changes spread less under treatment than under control. "
        f"{_verdict(study, spread)} {_needed(study, spread)}{_of_a_group(study, spread)}\n\n"
        "Assumed: arms given by chance; the same errors, ups and downs and losses in both; a "
        "response that does not depend on how a runner would have changed anyway; changes that are "
        "near normal. Two arms can say how far responses spread, never whose they are."
    )


def _verdict(study: CohortStudy, spread: response_variance.Spread) -> str:
    digits, unit = DIGITS.get(study.plan.primary, 2), _unit(study.plan.primary)
    if spread.compatible_with_none:
        up_to = as_text(spread.up_to, digits)
        return (
            f"That is **compatible with none**, every runner responding alike, and with up to "
            f"±{up_to} {unit} (SD) between runners."
        )
    if spread.ci_low > 0:
        return "Runners responding all alike is outside the interval, if what is assumed holds."
    return (
        "The whole interval is below 0: no spread of responses is seen. What is assumed, and the "
        "ends of the scale, should be looked at."
    )


def _needed(study: CohortStudy, spread: response_variance.Spread) -> str:
    size, unit = study.plan.margin, _unit(study.plan.primary)
    n = response_variance.runners_to_see(size, spread.sd_control)
    if math.isnan(n):
        return ""
    said = f"{n:,.0f}".replace(",", " ") if math.isfinite(n) else "more than a million"
    return (
        f"To see a response SD of {size:g} {unit}, the margin of the plan, {said} runners per arm "
        f"would be needed (power {percent(number('trial_power'))})."
    )


def _of_a_group(study: CohortStudy, spread: response_variance.Spread) -> str:
    """Share of a group whose response is worthwhile, at both ends of the interval of the SD."""
    plan = study.plan
    mean = _better(plan.primary) * study.primary.estimate
    if plan.primary not in LOWER_IS_BETTER or math.isnan(mean):
        return ""
    size = study.settings.mcid_nrs
    ends = (max(spread.sd_ends[0], 0.0), spread.up_to)
    low, high = sorted(response_variance.probability_of_response(mean, sd, size) for sd in ends)
    return (
        f" At the mean difference that was estimated and normal responses, between {percent(low)} "
        f"and {percent(high)} of such a group would be better by {count_phrase(size, 'point')} or more "
        "than without, from one end of that interval to the other. This is about a group."
    )


def drawn(study: CohortStudy) -> bool:
    """Whether changes of runners are drawn: what can be counted off the dots is hidden nowhere."""
    found, enough = _changes(study), number("spread_least_runners")
    return min(len(found.treatment), len(found.control)) >= enough


def changes(study: CohortStudy) -> show.Figure | show.Text:
    """Runners' changes by arm, unlabelled, where an arm is large enough to show them."""
    import pandas as pd

    found, plan = _changes(study), study.plan
    enough = int(number("spread_least_runners"))
    if not drawn(study):
        return show.Text(
            f"An arm has fewer than {enough} runners measured at both visits: changes of single "
            "runners are not drawn."
        )
    one = reading(study.observations, plan.primary)
    arms = {plan.treatment: found.treatment, plan.control: found.control}
    frame = pd.DataFrame(
        [(arm, value) for arm, values in arms.items() for value in values],
        columns=["arm", "change"],
    )
    way = "below" if _better(plan.primary) < 0 else "above"
    label = f"Change, {OUTCOME_LABELS[plan.primary]}; {way} 0: better"
    cuts = _mdcs(one, found.baseline_limbs)
    ax = figures.changes(frame, mdcs=[cut for _, cut in cuts], xlabel=label, least=enough)
    digits = DIGITS.get(plan.primary, 2)
    band = [f"within the MDC of {words}, {as_text(cut, digits)}" for words, cut in cuts]
    said = "; ".join(
        f"{arm_label(arm)}: mean {as_text(values.mean(), digits)}, "
        f"SD {as_text(values.std(ddof=1), digits)}, {count_phrase(len(values), 'runner')}"
        for arm, values in arms.items()
    )
    caption = (
        f"Changes of runners’ means at week {plan.week}, one dot a runner, the arm's mean as a "
        f"line. Grey: {'; paler: '.join(band)}{_OWN if band[1:] else ''}. A dot "
        "past it is not a response: changes spread for other reasons too. n = "
        f"{len(found.treatment)} and {len(found.control)} runners."
    )
    return show.Figure(ax.figure, caption, f"Changes by arm. {said}.", "changes")
