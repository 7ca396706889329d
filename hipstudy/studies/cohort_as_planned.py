"""A cohort file made ready for its plan: columns that it names, arms, visits that count."""

from dataclasses import replace

from hipstudy.analysis.designs.plan_rules import CROSSOVER, SINGLE, WITHIN
from hipstudy.analysis.loss_reasons import loss_column
from hipstudy.analysis.own_outcomes import once_a_person
from hipstudy.analysis.partial_plan import PartialPlan
from hipstudy.analysis.participants import rows_of_enrolled, tidy_rows, visit_weeks
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.plan_against_file import check_against, not_in_file
from hipstudy.analysis.visit_windows import InWindow, counted_in_windows
from hipstudy.cohort_file.clinic import Clinic, NamedColumns
from hipstudy.errors import DataProblems
from hipstudy.typeface import letter_problems

# Rows of a runner that are in one arm; where none is said, those of the runner.
_OF_ONE_ARM = {WITHIN: ["runner", "side"], CROSSOVER: ["runner", "week"]}


def named_columns_of(plan: AnalysisPlan) -> NamedColumns:
    """Columns beyond the format that a plan names."""
    losses = [name for name in (loss_column(plan),) if name]
    return NamedColumns(
        names=(*plan.outcomes, *(name for _, name in plan.adjusted), *_cluster(plan), *losses),
        words=(*plan.strata, *_cluster(plan), *losses),
        ends={name: (own.low, own.high) for name, own in plan.outcomes.items()},
        of_persons=tuple(name for name, own in plan.outcomes.items() if own.of == "person"),
        date=plan.date,
        has_several_arms=plan.design in _OF_ONE_ARM,
    )


def _cluster(plan: AnalysisPlan) -> tuple[str, ...]:
    return (plan.cluster,) if plan.cluster else ()


def as_planned(plan: AnalysisPlan, clinic_data: Clinic) -> tuple[Clinic, InWindow]:
    """Count visits as the plan does; raise what it names and the file does not have."""
    rows = once_a_person(clinic_data.observations, plan.outcomes)
    frame, in_window = counted_in_windows(rows, plan)
    if problems := check_against(plan, frame, clinic_data.names):
        raise DataProblems(problems)
    return replace(clinic_data, observations=frame), in_window


def with_visits(plan: AnalysisPlan, clinic_data: Clinic) -> AnalysisPlan:
    """The plan with the weeks that are visits, where they follow from a file of dates.

    Models and tables take the same: those to which most of the runners came.
    """
    if not plan.date or plan.visits:
        return plan
    enrolled = rows_of_enrolled(tidy_rows(clinic_data.observations), plan)
    return plan.with_weeks_of_most(visit_weeks(enrolled, plan))


def check_part(part: PartialPlan, clinic_data: Clinic) -> None:
    """Raise what a plan names and the file does not have, where the plan is wrong too."""
    rows = once_a_person(clinic_data.observations, part.plan.outcomes)
    frame, _ = counted_in_windows(rows, part.plan)
    if problems := not_in_file(part.plan, frame, clinic_data.names, part.wrong):
        raise DataProblems(problems)


def check_letters(clinic_data: Clinic) -> None:
    """Raise names of arms that the report would print as squares: two could look alike."""
    frame = clinic_data.observations
    arms = sorted(map(str, frame["arm"].dropna().unique())) if "arm" in frame else []
    if problems := letter_problems("column arm", arms):
        raise DataProblems(problems)


def with_arms(clinic_data: Clinic, plan: AnalysisPlan | None = None) -> Clinic:
    """The arm of a runner in every row of that runner; a file may have it at baseline only.

    By the design of a plan it is the arm of the limb or of the visit. A file without arms is of
    the only one of a single-arm plan.
    """
    frame = clinic_data.observations
    is_alone = plan is not None and plan.design == SINGLE
    if plan and is_alone and ("arm" not in frame or frame["arm"].isna().all()):
        return replace(clinic_data, observations=frame.assign(arm=plan.treatment))
    if "arm" not in frame:
        return clinic_data
    keys = _OF_ONE_ARM.get(plan.design, ["runner"]) if plan else ["runner"]
    keys = [key for key in keys if key in frame]
    arm = frame["arm"].fillna(frame.groupby(keys)["arm"].transform("first"))
    return replace(clinic_data, observations=frame.assign(arm=arm))
