"""What a difference means: who improved by what a person calls worthwhile, chances of a margin."""

import math

import pandas as pd

from hipstudy import show
from hipstudy.analysis.disclosure import least, part, too_small
from hipstudy.analysis.margin_tests import margin_chance
from hipstudy.analysis.proportions import Shares
from hipstudy.labels import OUTCOME_LABELS, arm_label, chance, interval
from hipstudy.pages.cohort_report.design_details import not_made, of_two_groups
from hipstudy.pages.cohort_report.design_front import is_alone
from hipstudy.pages.cohort_report.primary_question import primary_question, unit_of, words
from hipstudy.pages.cohort_report.responders import shows_dots
from hipstudy.parameters import number
from hipstudy.studies.cohort_study import CohortStudy


@of_two_groups
def improved(study: CohortStudy) -> show.Table | show.Text:
    """Shares of runners whose rating fell, and rose, by the MCID or more, and the differences."""
    better, worse = study.improved(), study.worsened()
    question, is_primary = primary_question(study.plan), study.rated == study.plan.primary
    if better is None or worse is None:
        recorded = study.rated in study.observations
        text = words("not_improved", question=question, is_recorded=recorded, least=least())
        return show.Text(text)
    caption = words(
        "improved",
        question=question,
        rating=OUTCOME_LABELS[study.rated],
        is_primary=is_primary,
        mcid=study.settings.mcid_nrs,
        shipped_mcid=number("mcid_nrs"),
    )
    small = study.settings.small_cells or (is_primary and shows_dots(study))
    arms = [arm_label(arm) for arm in (study.plan.treatment, study.plan.control)]
    frame = pd.DataFrame(
        {
            "Arm": [*arms, "Difference, percentage points"],
            "Improved": _shares(better, small_cells=small),
            "Worse by as much": _shares(worse, small_cells=small),
        }
    )
    align = dict.fromkeys(frame.columns[1:], "right")
    return show.Table(frame, caption, "improved", align=align)


def _shares(shares: Shares, *, small_cells: bool) -> list[str]:
    """Of treatment, of control, and the difference with its interval."""
    difference = interval(100 * shares.difference, 100 * shares.ci_low, 100 * shares.ci_high, 0)
    if not small_cells and (too_small(*shares.treatment) or too_small(*shares.control)):
        difference = "not shown"  # it would give the counts away
    parts = (part(*one, small_cells=small_cells) for one in (shares.treatment, shares.control))
    return [*parts, difference]


def margin(study: CohortStudy) -> show.Table | show.Text:
    """Chances that the mean difference is a benefit, or a disadvantage, of so much.

    From the primary interval alone.
    """
    if is_alone(study):
        return not_made(study, "margin")
    if math.isnan(study.primary.estimate):
        return show.Text(words("no_margin"))
    plan = study.plan
    head = f"Difference, {unit_of(plan, 'points')}"
    margins = (0.0, plan.margin, 2 * plan.margin)
    rows = [
        (f"{m:g} or more" if m else "any", chance(study.benefit_chance(m)),
         chance(study.harm_chance(m)))
        for m in margins
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[head, "Chance of benefit", "Chance of disadvantage"])
    caption = words(
        "margin",
        margin_is=plan.margin_is,
        margin=plan.margin,
        unit=unit_of(plan, "points"),
        asked=margin_chance(study.primary, **plan.margin_asked),
    )
    return show.Table(frame, caption, "margin", align={head: "left"})
