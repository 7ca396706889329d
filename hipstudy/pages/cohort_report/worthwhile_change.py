"""What a difference means: who improved by what a person calls worthwhile, chances of a margin."""

import math
from dataclasses import dataclass

import pandas as pd

from hipstudy import show
from hipstudy.analysis.disclosure import least, part, too_small
from hipstudy.cohort_file.schema import columns
from hipstudy.labels import OUTCOME_LABELS, arm_label, interval, percent
from hipstudy.pages.cohort_report.primary_question import PrimaryQuestion, primary_question, words
from hipstudy.pages.cohort_report.responders import shows_dots
from hipstudy.parameters import number
from hipstudy.studies.cohort_study import CohortStudy


@dataclass(frozen=True)
class ImprovedRunners:
    """Of which rating improved runners are counted, and by which limit."""

    question: PrimaryQuestion
    rating: str
    is_primary: bool
    is_recorded: bool
    mcid: float
    shipped_mcid: float
    least: int


def improved(study: CohortStudy) -> show.Table | show.Text:
    """Share of runners whose rating fell by the MCID or more, by arm, and the difference."""
    shares = study.improved()
    facts = ImprovedRunners(
        primary_question(study.plan),
        OUTCOME_LABELS[study.rated],
        study.rated == study.plan.primary,
        study.rated in study.observations,
        study.settings.mcid_nrs,
        number("mcid_nrs"),
        least(),
    )
    if shares is None:
        return show.Text(words("not_improved", facts))
    small = study.settings.small_cells or (facts.is_primary and shows_dots(study))
    difference = interval(100 * shares.difference, 100 * shares.ci_low, 100 * shares.ci_high, 0)
    if not small and (too_small(*shares.treatment) or too_small(*shares.control)):
        difference = "not shown"  # it would give the counts away
    rows = {
        arm_label(study.plan.treatment): part(*shares.treatment, small_cells=small),
        arm_label(study.plan.control): part(*shares.control, small_cells=small),
        "Difference, percentage points": difference,
    }
    frame = pd.DataFrame({"Arm": list(rows), "Improved": list(rows.values())})
    return show.Table(frame, words("improved", facts), "improved", align={"Improved": "right"})


def margin(study: CohortStudy) -> show.Table | show.Text:
    """Chance that the mean difference is a benefit of so much, from the primary interval alone."""
    if math.isnan(study.primary.estimate):
        return show.Text(words("no_margin"))
    head = f"Benefit, {columns()[study.plan.primary].unit}"
    margins = (0.0, study.plan.margin, 2 * study.plan.margin)
    frame = pd.DataFrame(
        {
            head: ["any"] + [f"{m:g} or more" for m in margins[1:]],
            "Chance": [percent(study.benefit_chance(m)) for m in margins],
        }
    )
    return show.Table(frame, words("margin"), "margin", align={head: "left"})
