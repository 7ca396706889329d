"""What a difference means: who improved by what a person calls worthwhile, chances of a margin."""

import math

from hipstudy import show
from hipstudy.analysis.disclosure import least, part, too_small
from hipstudy.cohort_file.schema import columns
from hipstudy.labels import OUTCOME_LABELS, arm_label, count_phrase, interval, percent
from hipstudy.pages.cohort_report.responders import drawn
from hipstudy.parameters import number
from hipstudy.studies.cohort_study import CohortStudy


def improved(study: CohortStudy) -> show.Table | show.Text:
    """Share of runners whose rating fell by the MCID or more, by arm, and the difference."""
    import pandas as pd

    found = study.improved()
    if found is None:
        return show.Text(
            f"No share of improved runners is given: fewer than {least()} runners of an arm were "
            "rated at both visits. Only for ratings is a smallest change known that a person calls "
            "worthwhile."
        )
    dots = study.rated == study.plan.primary and drawn(study)
    small = study.settings.small_cells or dots
    rows = {
        arm_label(study.plan.treatment): part(*found.treatment, small_cells=small),
        arm_label(study.plan.control): part(*found.control, small_cells=small),
        "Difference, percentage points": interval(
            100 * found.difference, 100 * found.ci_low, 100 * found.ci_high, 0
        ),
    }
    if not small and (too_small(*found.treatment) or too_small(*found.control)):
        rows["Difference, percentage points"] = "not shown"  # it would give the counts away
    frame = pd.DataFrame({"Arm": list(rows), "Improved": list(rows.values())})
    role = "" if study.rated == study.plan.primary else " It is not the primary outcome."
    known = number("mcid_nrs")
    other = (
        "" if study.settings.mcid_nrs == known else f" The limit was set; it ships as {known:g}."
    )
    caption = (
        f"Runners whose {OUTCOME_LABELS[study.rated]}, mean of their limbs, was lower by "
        f"{count_phrase(study.settings.mcid_nrs, 'point')} or more at week {study.plan.week} than at "
        "baseline, of those rated at both; 95 % interval by Newcombe. In each arm, errors of "
        "rating, ups and downs, and coming in when it is bad make people look improved: only the "
        "difference between arms is free of that, and only if arms were given by chance. It is not "
        f"said which runners responded.{role}{other}"
    )
    return show.Table(frame, caption, "improved", align={"Improved": "right"})


def margin(study: CohortStudy) -> show.Table | show.Text:
    """Chance that the mean difference is a benefit of so much, from the primary interval alone."""
    import pandas as pd

    if math.isnan(study.primary.estimate):
        return show.Text("No chance of a benefit is given: the planned analysis has no answer.")
    unit = columns()[study.plan.primary].unit
    margins = (0.0, study.plan.margin, 2 * study.plan.margin)
    frame = pd.DataFrame(
        {
            f"Benefit, {unit}": ["any"] + [f"{m:g} or more" for m in margins[1:]],
            "Chance": [percent(study.benefit_chance(m)) for m in margins],
        }
    )
    caption = (
        "Chance that the mean difference is a benefit of at least so much, if the interval of the "
        "primary analysis is all that is known (a flat prior). A mean difference is not held "
        "against the smallest change that one person calls worthwhile."
    )
    return show.Table(frame, caption, "margin", align={f"Benefit, {unit}": "left"})
