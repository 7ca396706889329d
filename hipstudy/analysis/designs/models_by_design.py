"""Each design and its models, the planned one first, and what of it a file has not."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from hipstudy.analysis.ancova import ancova, change_score, limb_ancova
from hipstudy.analysis.designs import clusters, crossover, single_arm, within_person
from hipstudy.analysis.designs.plan_rules import CLUSTERS, CROSSOVER, PARALLEL, SINGLE, WITHIN
from hipstudy.analysis.estimate import Estimate, Question
from hipstudy.analysis.mixed import mixed, random_intercept
from hipstudy.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.analysis.plan import AnalysisPlan

Model = Callable[["pd.DataFrame", Question], Estimate]
# Every defensible analysis of two groups, and those that are shown because they are often done.
STRIP: Mapping[str, Model] = {
    "ancova": ancova,
    "mixed": mixed,
    "random_intercept": random_intercept,
    "limb_ancova": limb_ancova,
    "change_score": change_score,
}
OF_DESIGN: Mapping[str, Mapping[str, Model]] = {
    PARALLEL: STRIP,
    WITHIN: {
        within_person.ANCOVA: within_person.paired_ancova,
        within_person.CHANGE: within_person.paired_change,
    },
    CROSSOVER: {
        crossover.BY_PERIOD: crossover.crossover,
        crossover.NO_PERIOD: crossover.crossover_no_period,
    },
    CLUSTERS: {
        clusters.ANCOVA: clusters.cluster_ancova,
        clusters.MIXED: clusters.cluster_mixed,
    },
    SINGLE: {single_arm.CHANGE_ALONE: single_arm.change_alone},
}
# Of two groups, those that every outcome and contrast is asked by.
MODELS = ("ancova", "mixed")


def planned_model(plan: "AnalysisPlan") -> str:
    """The model that answers the plan."""
    return plan.model if plan.design == PARALLEL else models_of_effects(plan)[0]


def models_of_effects(plan: "AnalysisPlan") -> tuple[str, ...]:
    """Models of every outcome and contrast in ``effects.csv``; of a design, the planned one first.

    Of clusters the plan chooses: both models are there.
    """
    if plan.design == PARALLEL:
        return MODELS
    models = tuple(OF_DESIGN[plan.design])
    is_mixed = plan.design == CLUSTERS and plan.analysis == "mixed"
    return models[::-1] if is_mixed else models


def enrolment_rows(frame: "pd.DataFrame", plan: "AnalysisPlan") -> "pd.DataFrame":
    """Rows as who came how far is counted in them: of a crossover, by the arm that came first."""
    if plan.design != CROSSOVER:
        return frame
    return crossover.by_order(frame, plan.question(plan.primary, plan.treatment))


def analysed_by_arm(frame: "pd.DataFrame", plan: "AnalysisPlan") -> dict[str, int] | None:
    """Runners in the planned model, by the arms of ``enrolment_rows``; None of groups of runners.

    A runner whose legs have different arms is in both.
    """
    question = plan.question(plan.primary, plan.treatment)
    if plan.design == WITHIN:
        return dict.fromkeys(plan.arms, len(within_person.limb_pairs(frame, question)))
    if plan.design == CROSSOVER:
        periods = crossover.two_periods(frame, question)
        sizes = (len(periods.treatment_first), len(periods.control_first))
        return dict(zip(plan.arms, sizes, strict=True))
    if plan.design == SINGLE:
        return {plan.treatment: single_arm.change_alone(frame, question).n_runners}
    if plan.design == CLUSTERS:
        return dict(zip(plan.arms, clusters.in_model_by_arm(frame, question)[0], strict=True))
    return None


def clusters_analysed_by_arm(frame: "pd.DataFrame", plan: "AnalysisPlan") -> dict[str, int]:
    """Clusters in the planned model, by arm; none of another design."""
    if plan.design != CLUSTERS:
        return {}
    question = plan.question(plan.primary, plan.treatment)
    return dict(zip(plan.arms, clusters.in_model_by_arm(frame, question)[1], strict=True))


def design_problems(
    plan: "AnalysisPlan", frame: "pd.DataFrame", names: tuple[str, ...]
) -> list[Problem]:
    """What a design asks of a file that has the arms, weeks and outcome of its plan.

    ``names`` are the columns of the file, to find the nearest of.
    """
    if plan.design == WITHIN:
        return within_person.problems(plan, frame)
    if plan.design == CROSSOVER:
        return crossover.problems(plan, frame)
    found = [*_one_arm_each(plan, frame)]
    if plan.design == SINGLE and not found:
        found += single_arm.problems(plan, frame)
    if plan.design == CLUSTERS and not found:
        found += clusters.problems(plan, frame, names)
    return found


def _one_arm_each(plan: "AnalysisPlan", frame: "pd.DataFrame") -> Iterator[Problem]:
    arms = frame.groupby("runner")["arm"].nunique()
    if several := int((arms > 1).sum()):
        text = f"{several} of {len(arms)} runners in more than one arm"
        rule = f"{plan.design}: a runner stays in one arm"
        mend = (
            'Correct arms that were written wrong, or write design = "within-person" where the '
            'legs of a runner have different arms, "crossover" where all had one after the other.'
        )
        yield Problem("analysis plan, design", text, rule, mend)
