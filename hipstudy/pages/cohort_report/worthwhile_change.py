"""What a difference means: who improved by what a person calls worthwhile, chances of a margin."""

import math

import pandas as pd

from hipstudy import show
from hipstudy.analysis.disclosure import least, part, too_small
from hipstudy.analysis.margin_tests import SUPERIORITY, margin_chance
from hipstudy.labels import OUTCOME_LABELS, arm_label, interval, percent
from hipstudy.pages.cohort_report.design_details import not_made, of_two_groups
from hipstudy.pages.cohort_report.design_front import is_alone
from hipstudy.pages.cohort_report.primary_question import primary_question, words
from hipstudy.pages.cohort_report.responders import shows_dots
from hipstudy.parameters import number
from hipstudy.studies.cohort_study import CohortStudy


@of_two_groups
def improved(study: CohortStudy) -> show.Table | show.Text:
    """Share of runners whose rating fell by the MCID or more, by arm, and the difference."""
    shares = study.improved()
    question, is_primary = primary_question(study.plan), study.rated == study.plan.primary
    if shares is None:
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
    difference = interval(100 * shares.difference, 100 * shares.ci_low, 100 * shares.ci_high, 0)
    if not small and (too_small(*shares.treatment) or too_small(*shares.control)):
        difference = "not shown"  # it would give the counts away
    rows = {
        arm_label(study.plan.treatment): part(*shares.treatment, small_cells=small),
        arm_label(study.plan.control): part(*shares.control, small_cells=small),
        "Difference, percentage points": difference,
    }
    frame = pd.DataFrame({"Arm": list(rows), "Improved": list(rows.values())})
    return show.Table(frame, caption, "improved", align={"Improved": "right"})


def margin(study: CohortStudy) -> show.Table | show.Text:
    """Chance that the mean difference is a benefit of so much, from the primary interval alone."""
    if is_alone(study):
        return not_made(study)
    if math.isnan(study.primary.estimate):
        return show.Text(words("no_margin"))
    head = f"Benefit, {study.plan.unit(study.plan.primary)}"
    plan = study.plan
    margins = (0.0, plan.margin, 2 * plan.margin)
    chances = [study.benefit_chance(m) for m in margins]
    names = ["any"] + [f"{m:g} or more" for m in margins[1:]]
    if plan.margin_is != SUPERIORITY:
        names.append(words("within_margin", size=f"{plan.margin:g}", margin_is=plan.margin_is))
        chances.append(margin_chance(study.primary, **plan.margin_asked))
    frame = pd.DataFrame({head: names, "Chance": [percent(one) for one in chances]})
    caption = words("margin", margin_is=plan.margin_is)
    return show.Table(frame, caption, "margin", align={head: "left"})
