"""Whether change of strength goes with change of tightness, and whether this cohort can tell."""

import math
from functools import lru_cache

import pandas as pd

from hipstudy import show
from hipstudy.analysis.change_association import MEASURED, TOO_COARSE, Slope, per_runner
from hipstudy.analysis.estimate import level_pct
from hipstudy.labels import OUTCOME_LABELS, arm_label, interval
from hipstudy.pages.cohort_report.design_details import of_two_groups
from hipstudy.pages.cohort_report.primary_question import words
from hipstudy.pages.shared import cells
from hipstudy.parameters import number
from hipstudy.studies import operating_characteristics
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.operating_characteristics import LARGE, Judgement

SEED = 1  # of the simulated cohorts: the same file gives the same page


@lru_cache(maxsize=1)
def judgement_of(study: CohortStudy) -> Judgement | None:
    """The cohort's association of changes; None where it was not measured."""
    if per_runner(study.observations, study.plan.week).empty:
        return None
    return operating_characteristics.judge(
        study.observations, study.plan.week, seed=SEED, alpha=study.plan.alpha
    )


def _not_measured(study: CohortStudy) -> str:
    """Which outcomes were not measured at both visits."""
    frame, week = study.observations, study.plan.week
    at_both = {
        name
        for name in MEASURED
        if {name, "week"} <= set(frame)
        and all(frame.loc[frame["week"] == at, name].notna().any() for at in (0, week))
    }
    missing = [OUTCOME_LABELS[name] for name in MEASURED if name not in at_both]
    return words("not_measured", missing=missing, week=week)


def sentence(judgement: Judgement, week: int, alpha: float = number("trial_alpha")) -> str:
    """The answer in words: that the cohort cannot tell and why, else the slope."""
    return words(
        "hypothesis",
        judgement=judgement,
        week=week,
        alpha=alpha,
        level=level_pct(alpha),
        n_large=LARGE,
    )


@of_two_groups
def hypothesis(study: CohortStudy) -> show.Text:
    """Whether changes go together, or that this cohort cannot tell and why."""
    judgement = judgement_of(study)
    if judgement is None:
        return show.Text(_not_measured(study))
    return show.Text(sentence(judgement, study.plan.week, study.plan.alpha))


def _slope(one: Slope, otherwise: str) -> str:
    if math.isnan(one.value):
        return f"none: {otherwise}"
    return interval(one.value, one.ci_low, one.ci_high)  # exploratory: no p


@of_two_groups
def hypothesis_numbers(study: CohortStudy) -> show.Table | show.Text:
    """Slopes of the cohort, and how often such an analysis finds one in simulated cohorts."""
    judgement = judgement_of(study)
    if judgement is None:
        return show.Text(words("no_association"))
    one = judgement.association
    rows: list[tuple[str, ...]] = [
        ("Points of tightness per 10 % torque, ordinary", _slope(one.raw, one.note)),
        (
            "The same, corrected for errors of measurement",
            _slope(one.corrected, one.note or TOO_COARSE),
        ),
        ("Runners", f"{one.n_runners}"),
    ]
    if judgement.is_simulated:
        arms = ", ".join(f"{arm_label(name)} {n}" for name, n in judgement.arms)
        rows += [("Simulated cohorts of each cause", f"{judgement.cohorts}: {arms}")]
        rows += cells(words("simulated_rates", judgement))
    plan = study.plan
    caption = words(
        "hypothesis_numbers", one=one, week=plan.week, alpha=plan.alpha, level=plan.level_pct
    )
    frame = pd.DataFrame(rows, columns=["What", "Found"])
    return show.Table(frame, caption, "hypothesis", align={"Found": "left"})
