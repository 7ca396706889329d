"""What is asked of a cohort: which file, by which plan, since when, against which registration.

All that can be checked before anything runs is checked here.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from hipstudy.analysis.partial_plan import partial_plan
from hipstudy.analysis.plan import AnalysisPlan, read_plan, shipped_plan
from hipstudy.analysis.registration import Registration, read_registration
from hipstudy.cohort_file import clinic, rbds
from hipstudy.cohort_file.clinic import Clinic
from hipstudy.errors import DataProblems, Finding, Problem, UsageProblems
from hipstudy.parameters import number
from hipstudy.resources import cohort_path
from hipstudy.studies.cohort_as_planned import (
    as_planned,
    check_letters,
    check_part,
    named_columns_of,
    with_arms,
)
from hipstudy.studies.report_settings import (
    LANGUAGE,
    REPORT_DATE,
    Day,
    Language,
    ProblemCollection,
    ReportSettings,
    parameter,
)

if TYPE_CHECKING:
    import pandas as pd


class CohortSettings(ReportSettings):
    """What to analyse, by which plan; as in the notebook's first cell."""

    cohort: str = parameter("", "file | | the clinic's cohort file; needed")
    analysis_plan: str = parameter(
        "", "file | | a plan in TOML, written before the data were seen; empty: the shipped default"
    )
    registered_plan: str = parameter(
        "", "file | | registration.toml of hipstudy preregister: deviations from it are listed"
    )
    mcid_nrs: float = parameter(
        number("mcid_nrs"), "NRS points | 0.1 to 10 | smallest change one person calls worthwhile"
    )
    small_cells: bool = parameter(
        False,
        "| | show characteristics of fewer than 5 runners too; flow and harms are always shown",
    )
    since: str = parameter(
        "", "file | | the older cohort file to compare with, or run.toml of the earlier report"
    )
    since_cohort: str = parameter(
        "", "file | | the cohort file that the earlier report read, where since is its run.toml"
    )
    since_plan: str = parameter(
        "", "file | | the plan that the earlier report read, where it had one and since is its run"
    )
    show_values: bool = parameter(
        False, "| | list the values of changed cells too, in the table that is for the file's owner"
    )
    report_date: Day = REPORT_DATE
    language: Language = LANGUAGE

    def plan(self) -> AnalysisPlan:
        """The plan that was given, else the registered one, else the shipped one.

        Raises
        ------
        UsageProblems
            Every wrong field of the file.
        """
        registration = self.registration()
        if not self.analysis_plan:
            return registration.plan if registration else shipped_plan()
        plan = read_plan(Path(self.analysis_plan))
        is_same = registration and plan.fingerprint == registration.plan.fingerprint
        return plan.as_registered(plan.file_sha256) if is_same else plan

    def registration(self) -> Registration | None:
        """What was registered; None where nothing is named.

        Raises
        ------
        UsageProblems, AlteredAfterMade
            As ``read_registration``.
        """
        return read_registration(Path(self.registered_plan)) if self.registered_plan else None

    def clinic(self, plan: AnalysisPlan | None = None) -> Clinic:
        """The cohort file, with the columns that a plan names.

        Raises
        ------
        UsageProblems, DataProblems
            When there is none, or it cannot be used.
        """
        if not self.cohort:
            mend = "Give one: hipstudy report cohort --cohort FILE; hipstudy example copies one."
            raise UsageProblems([Problem("cohort", "nothing", "a cohort file is needed", mend)])
        return rows_with_codes(cohort_path(self.cohort), plan)[0]

    @property
    def earlier_cohort(self) -> str:
        """The older cohort file that is compared with; empty where none is named."""
        return self.since_cohort if is_run(self.since) else self.since

    def try_out(self, problems: ProblemCollection) -> tuple[Finding, ...]:
        """Read the plan and the cohort file, and see whether they fit; warnings of the file."""
        plan = problems.attempt(self.plan)
        part = None if plan else partial_plan(Path(self.analysis_plan))
        readable = part.plan if part else plan
        clinic_file = problems.attempt(lambda: self.clinic(readable))
        if plan and clinic_file:
            problems.attempt(lambda: as_planned(plan, clinic_file))
        elif part and clinic_file:
            problems.attempt(lambda: check_part(part, clinic_file))
        if clinic_file:
            problems.attempt(lambda: check_letters(clinic_file))
        problems.attempt(lambda: self._check_since(readable))
        return clinic_file.cohort.warnings if clinic_file else ()

    def _check_since(self, plan: AnalysisPlan | None) -> None:
        """Raise files that go with no other, and an older file that cannot be read."""
        given = {"since_cohort": self.since_cohort, "since_plan": self.since_plan}
        if not is_run(self.since):
            rule = "it goes with the run.toml of an earlier report as since"
            names = [name for name, value in given.items() if value]
            if names:
                raise UsageProblems(Problem(name, given[name], rule) for name in names)
        if self.show_values and not self.since:
            rule = "it goes with since: without it nothing is compared"
            raise UsageProblems([Problem("show_values", "true", rule)])
        if self.earlier_cohort:
            rows_by_plan(Path(self.earlier_cohort), plan)


def is_run(since: str) -> bool:
    """Whether what is compared with is the record of a run; any other file is of a cohort."""
    return since.lower().endswith(".toml")


def rows_with_codes(path: Path, plan: AnalysisPlan | None) -> "tuple[Clinic, pd.DataFrame]":
    """A cohort file with the columns and arms of a plan, and its rows with codes of runners.

    Raises
    ------
    UsageProblems, DataProblems
        When it cannot be used.
    """
    if rbds.is_rbds(path):
        rule = "it has one visit and no arms: there is nothing to compare"
        raise DataProblems([Problem(path.name, rbds.SOURCE, rule)])
    more = named_columns_of(plan) if plan else None
    clinic_data, rows = clinic.read_with_codes(path, seed=0, more=more)
    return with_arms(clinic_data, plan), rows


def rows_by_plan(path: Path, plan: AnalysisPlan | None) -> "tuple[Clinic, pd.DataFrame]":
    """A file with the columns of a plan, or without them where it cannot be read so."""
    try:
        return rows_with_codes(path, plan)
    except DataProblems as error:
        if plan is None:
            raise
        try:
            return rows_with_codes(path, None)
        except DataProblems:
            raise error from None
