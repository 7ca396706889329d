"""What of a plan is not in a cohort file: arms, visits, outcomes, covariates, enough runners."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from hipstudy.analysis.covariates import (
    check_covariates,
    possible_covariates,
    with_known_covariates,
)
from hipstudy.analysis.designs.models_by_design import design_problems
from hipstudy.analysis.designs.plan_rules import CROSSOVER
from hipstudy.analysis.disclosure import fewest_at_both, least
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.trial_facts import LOSS_COLUMN
from hipstudy.cohort_file.schema import outcomes
from hipstudy.errors import Problem, nearest

if TYPE_CHECKING:
    import pandas as pd


def check_against(
    plan: AnalysisPlan, observations: "pd.DataFrame", names: tuple[str, ...] = ()
) -> list[Problem]:
    """Say what of a plan is not in a cohort file: arms, visits, the primary outcome, covariates.

    Observations are as ``clinic.read`` gives them; arm, week and outcomes may be missing. A
    secondary outcome that nobody measured is no problem: the report says that it was not. ``names``
    are the columns of the file, to find the nearest of.
    """
    arms, weeks = _names(observations, "arm"), _names(observations, "week")
    with_values = [n for n in (*outcomes(), *plan.outcomes) if _names(observations, n)]
    problems = [*_arms(plan, arms), *_contrasts(plan, arms), *_weeks(plan, weeks)]
    problems += _without_column(plan, observations, names)
    if plan.primary not in with_values and (
        plan.primary in observations or plan.primary not in plan.outcomes
    ):
        where, rule = "analysis plan, primary", "the cohort file has no values of this outcome"
        problems.append(Problem(where, plan.primary, rule, nearest(plan.primary, with_values)))
    if arms and weeks:
        problems += check_covariates(plan, observations, names or tuple(observations))
    if {*plan.arms} <= {*arms} and {0, plan.week} <= {*weeks} and plan.primary in with_values:
        problems += design_problems(plan, observations, names or tuple(observations))
    if problems or plan.design == CROSSOVER:
        return problems
    question = plan.question(plan.primary, plan.treatment)
    return [*_too_few(plan, with_known_covariates(observations, question))]


def not_in_file(
    plan: AnalysisPlan,
    observations: "pd.DataFrame",
    names: tuple[str, ...],
    wrong: frozenset[str] = frozenset(),
) -> list[Problem]:
    """Columns, arms and week that a plan names and a cohort file does not have.

    They are told whatever else is wrong with the plan: nothing of the fields in ``wrong`` is.
    """
    rule = "the cohort file has no such column"
    problems = list(_without_column(plan, observations, names))
    for field, name in plan.adjusted:
        if name not in names and name not in observations:
            mend = nearest(name, _may_be(plan, observations, names))
            problems.append(Problem(f"analysis plan, {field}", name, rule, mend))
    if plan.cluster and plan.cluster not in names:
        mend = nearest(plan.cluster, names)
        problems.append(Problem("analysis plan, cluster", plan.cluster, rule, mend))
    arms, weeks = _names(observations, "arm"), _names(observations, "week")
    if arms:
        told = [*_arms(plan, arms), *_contrasts(plan, arms)]
        problems += [one for one in told if one.where.split(", ")[-1] not in wrong]
    if weeks and wrong.isdisjoint(("week", "window_weeks", "window_takes", "date")):
        problems += _weeks(plan, weeks)
    return problems


def _may_be(plan: AnalysisPlan, observations: "pd.DataFrame", names: tuple[str, ...]) -> list[str]:
    """Columns that could be adjusted for; all of the file where arms or weeks are not known."""
    is_known = {"arm", "week"} <= set(observations)
    return possible_covariates(plan, observations, names) if is_known else list(names)


def _without_column(
    plan: AnalysisPlan, observations: "pd.DataFrame", names: tuple[str, ...]
) -> Iterator[Problem]:
    for name in plan.outcomes:
        if name not in observations:
            mend = nearest(name, names or tuple(observations))
            where, rule = f"analysis plan, [outcomes.{name}]", "the cohort file has no such column"
            yield Problem(where, name, rule, mend)
    column = plan.losses.get(LOSS_COLUMN, "")
    if column and column not in names and column not in observations:
        where, rule = (
            f"analysis plan, [losses], {LOSS_COLUMN}",
            "the cohort file has no such column",
        )
        yield Problem(where, column, rule, nearest(column, names or tuple(observations)))


def _names(observations: "pd.DataFrame", column: str) -> list[Any]:
    return sorted(set(observations[column].dropna())) if column in observations else []


def _arms(plan: AnalysisPlan, arms: list[str]) -> Iterator[Problem]:
    for name, arm in zip(("treatment", "control"), plan.arms, strict=False):
        where = f"analysis plan, {name}"
        if not arms:
            yield Problem(where, arm, "the cohort file has no arms")
        elif arm not in arms:
            yield Problem(where, arm, "the cohort file has no such arm", nearest(arm, arms))


def _contrasts(plan: AnalysisPlan, arms: list[str]) -> Iterator[Problem]:
    named = [arm for pair in plan.contrasts for arm in pair]
    for arm in dict.fromkeys(named):
        if arms and arm not in arms:
            rule = "the cohort file has no such arm"
            yield Problem("analysis plan, contrasts", arm, rule, nearest(arm, arms))


def _weeks(plan: AnalysisPlan, weeks: list[float]) -> Iterator[Problem]:
    where, later = "analysis plan, week", [week for week in weeks if week > 0]
    if not later:
        yield Problem(where, str(plan.week), "the cohort file has no visit after baseline")
    elif plan.week not in later:
        near = min(later, key=lambda week: abs(week - plan.week))
        mend = f"The nearest visit is in week {near:g}."
        yield Problem(where, str(plan.week), "the cohort file has no visit in this week", mend)
    if later and 0 not in weeks:
        yield Problem("analysis plan", None, "the cohort file has no baseline visit, week 0")


def _too_few(plan: AnalysisPlan, observations: "pd.DataFrame") -> Iterator[Problem]:
    """Arms in which hardly anybody has the primary outcome at baseline, at the visit, or both."""
    with_primary = observations[observations[plan.primary].notna()]
    for arm in plan.arms:
        of_arm = with_primary[with_primary["arm"] == arm]
        visits = [(week, of_arm.loc[of_arm["week"] == week, "runner"]) for week in (0, plan.week)]
        few = {week: who.nunique() for week, who in visits if who.nunique() < least()}
        for week, n in few.items():
            text = f"fewer than {least()} runners" if n else "no runner"
            rule = f"{least()} or more with {plan.primary} are needed"
            yield Problem(f"analysis plan, arm {arm}, week {week}", text, rule)
        if not few and fewest_at_both(observations, plan.primary, plan.week, (arm,)) < least():
            where = f"analysis plan, arm {arm}, baseline and week {plan.week}"
            rule = f"{least()} or more with {plan.primary} of the same side at both are needed"
            yield Problem(where, f"fewer than {least()} runners", rule)
