"""Changes of single runners, told of groups only: past the MDC, by chance, and how they spread."""

import math

import numpy as np
import pandas as pd

from hipstudy import figures, show
from hipstudy.analysis import response_variance
from hipstudy.analysis.disclosure import least, part, too_small
from hipstudy.analysis.moved_shares import ROUNDING
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.proportions import compare_shares
from hipstudy.analysis.reliability import z
from hipstudy.analysis.response_variance import Changes, Share, Spread, false_shares
from hipstudy.arrays import Array
from hipstudy.labels import (
    arm_label,
    count_phrase,
    format_number,
    interval,
    percent,
)
from hipstudy.pages.cohort_report.design_details import of_two_groups
from hipstudy.pages.cohort_report.instruments import Reading, reading, source
from hipstudy.pages.cohort_report.primary_question import (
    LOWER_IS_BETTER,
    digits_of,
    primary_question,
    unit_of,
    words,
)
from hipstudy.parameters import number
from hipstudy.studies.cohort_study import CohortStudy

LEAST_TENTH = 0.0005  # a share below which a tenth of a per cent would be none


def _changes(study: CohortStudy) -> Changes:
    return response_variance.changes(study.observations, study.question)


def _too_few(changes: Changes) -> show.Text | None:
    if min(len(changes.treatment), len(changes.control)) >= least():
        return None
    return show.Text(words("too_few_changes", least()))


@of_two_groups
def responders(study: CohortStudy) -> show.Table | show.Text:
    """Share past the MDC by arm, beside what chance alone would put there."""
    moves = _changes(study)
    few = _too_few(moves)
    if few:
        return few
    if study.plan.primary in study.plan.outcomes:  # ``changes`` says so
        return show.Text("")
    plan, one = study.plan, reading(study.observations, study.plan.primary)
    control_sd = float(moves.control.std(ddof=1))
    limbs = moves.baseline_limbs
    bad = -plan.better_sign(plan.primary) * moves.baseline
    chance = false_shares(bad, limbs, one.sem.sem, one.limbs_r, control_sd)
    rows = {
        "By chance: errors of measurement alone": _percents(chance.error),
        "and coming in when it is bad": _percents(chance.selection),
        f"and ups and downs as under “{arm_label(plan.control)}”": _percents(chance.fluctuation),
    }
    if limbs.max() > 1:
        rows["By chance: either limb past a limb's MDC"] = _percents(chance.either_limb)
    rows |= _by_arm(study, moves, one)
    frame = pd.DataFrame([(name, *cells) for name, cells in rows.items()],
                         columns=["Runners past the MDC", "Better", "Worse"])  # fmt: skip
    align = {"Better": "right", "Worse": "right"}
    caption = _past_mdc(study, one, limbs, chance.shift)
    return show.Table(frame, caption, "responders", align=align)


def _percents(share: Share) -> tuple[str, str]:
    better, worse = ("not known" if math.isnan(one) else _tenths(one) for one in share)
    return better, worse


def _tenths(share: float) -> str:
    if 0 < share < LEAST_TENTH:
        return "under 0.1 %"
    return f"{format_number(100 * share, 1)} %" if share < 0.0995 else percent(share)


def _by_arm(study: CohortStudy, moves: Changes, one: Reading) -> dict[str, tuple[str, str]]:
    """Runners past the MDC of as many limbs as were measured, by arm, and the difference."""
    plan, sign = study.plan, study.plan.better_sign(study.plan.primary)
    counts = []
    for change, limbs in (
        (moves.treatment, moves.treatment_limbs),
        (moves.control, moves.control_limbs),
    ):
        cut = np.where(limbs > 1, one.mdc, one.sem.mdc) + ROUNDING
        counts.append([(int((way * sign * change > cut).sum()), len(change)) for way in (1, -1)])
    small = study.settings.small_cells or shows_dots(study)
    texts = {
        f"Seen: {arm_label(arm)}": tuple(part(*c, small_cells=small) for c in both)
        for arm, both in zip((plan.treatment, plan.control), counts, strict=True)
    }
    texts["Difference, percentage points"] = tuple(
        "not shown"  # it would give a small number away
        if not small and (too_small(*treatment) or too_small(*control))
        else _difference(treatment, control, plan.alpha)
        for treatment, control in zip(*counts, strict=True)
    )
    return texts


def _difference(treatment: tuple[int, int], control: tuple[int, int], alpha: float) -> str:
    one = compare_shares(treatment, control, alpha)
    return interval(100 * one.difference, 100 * one.ci_low, 100 * one.ci_high, 0)


def _mdcs(one: Reading, limbs: Array) -> dict[str, float]:
    """The MDCs that count here, by how many limbs were measured of a runner, in words."""
    known = {2: ("a mean of two limbs", one.mdc), 1: ("one limb", one.sem.mdc)}
    return dict(known[m] for m in known if (limbs == m).any())


def _past_mdc(study: CohortStudy, one: Reading, limbs: Array, shift: float) -> str:
    """What changes of runners are held against."""
    from scipy import stats

    digits = digits_of(study.plan.primary)
    return words(
        "responders",
        outcome=study.plan.label(study.plan.primary),
        week=study.plan.week,
        digits=digits,
        hides=not (study.settings.small_cells or shows_dots(study)),
        least=least(),
        mdcs=[f"{of}, {format_number(cut, digits)}" for of, cut in _mdcs(one, limbs).items()],
        reading=one,
        source=source(one.sem),
        two_limbs=limbs.max() > 1,
        worst=2 * float(stats.norm.sf(z() * one.sem.sem / one.sem.ci_high)),
        shift=None if math.isnan(shift) else shift,
    )


@of_two_groups
def response_spread(study: CohortStudy) -> show.Text:
    """SD of true responses with its interval, what it means for a group, and the n to see one."""
    moves = _changes(study)
    few = _too_few(moves)
    if few:
        return few
    outcome = study.plan.primary
    spread = response_variance.response_spread(moves.treatment, moves.control, study.plan.alpha)
    text = words(
        "response_spread",
        question=primary_question(study.plan),
        spread=spread,
        digits=digits_of(outcome),
        unit=unit_of(study.plan, "points"),
        n_to_see=_n_to_see(study.plan, spread),
        power=number("trial_power"),
        shares=_shares_of_group(study, spread),
        mcid=study.settings.mcid_nrs,
    )
    return show.Text(text)


def _n_to_see(plan: AnalysisPlan, spread: Spread) -> str:
    n = response_variance.runners_to_see(plan.margin, spread.sd_control, plan.alpha)
    if math.isnan(n):
        return ""
    return f"{n:,.0f}" if math.isfinite(n) else "more than a million"


def _shares_of_group(study: CohortStudy, spread: Spread) -> tuple[tuple[float, ...], ...]:
    """Shares of a group better, and worse, by what is worthwhile, at both ends of the interval.

    Each pair is sorted; empty where there is none.
    """
    mean = study.plan.better_sign(study.plan.primary) * study.primary.estimate
    if study.plan.primary not in LOWER_IS_BETTER or math.isnan(mean):
        return ()
    size, ends = study.settings.mcid_nrs, (max(spread.sd_ends[0], 0.0), spread.up_to)
    share = response_variance.probability_of_response
    return tuple(tuple(sorted(share(way * mean, sd, size) for sd in ends)) for way in (1, -1))


def shows_dots(study: CohortStudy) -> bool:
    """Whether changes of runners are drawn: what can be counted off the dots is hidden nowhere."""
    moves = _changes(study)
    return min(len(moves.treatment), len(moves.control)) >= number("spread_least_runners")


@of_two_groups
def changes(study: CohortStudy) -> show.Figure | show.Text:
    """Runners' changes by arm, unlabelled, where an arm is large enough to show them."""
    moves, plan = _changes(study), study.plan
    if plan.primary in plan.outcomes:
        return show.Text(words("no_reading", plan.label(plan.primary)))
    enough = int(number("spread_least_runners"))
    if not shows_dots(study):
        return show.Text(words("no_changes", enough))
    arms = {plan.treatment: moves.treatment, plan.control: moves.control}
    frame = pd.DataFrame(
        [(arm, value) for arm, values in arms.items() for value in values],
        columns=["arm", "change"],
    )
    way = "below" if plan.better_sign(plan.primary) < 0 else "above"
    label = f"Change, {plan.label(plan.primary)}; {way} 0: better"
    cuts = _mdcs(reading(study.observations, plan.primary), moves.baseline_limbs)
    ax = figures.changes(frame, mdcs=list(cuts.values()), xlabel=label, least=enough)
    digits = digits_of(plan.primary)
    alt = "; ".join(
        f"{arm_label(arm)}: mean {format_number(values.mean(), digits)}, "
        f"SD {format_number(values.std(ddof=1), digits)}, {count_phrase(len(values), 'runner')}"
        for arm, values in arms.items()
    )
    bands = [f"within the MDC of {of}, {format_number(c, digits)}" for of, c in cuts.items()]
    sizes = list(map(len, arms.values()))
    caption = words("changes", week=plan.week, bands=bands, sizes=sizes)
    return show.Figure(ax.figure, caption, f"Changes by arm. {alt}.", "changes")
