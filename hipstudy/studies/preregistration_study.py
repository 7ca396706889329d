"""A plan registered before any data: what it says, and the later report's shells.

The shells are the tables and figures of the cohort report, made by the same code from a made-up
file that fits the plan (``planned_cohort``). Its arms differ by chance alone.
"""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hipstudy.analysis.plan import AnalysisPlan, read_plan
from hipstudy.analysis.registration import Registration
from hipstudy.errors import DataProblems, Finding, Problem, UsageProblems
from hipstudy.parameters import number
from hipstudy.short_repr import ShortRepr
from hipstudy.spreadsheet import as_csv
from hipstudy.studies import cohort_study
from hipstudy.studies.cohort_study import CohortStudy
from hipstudy.studies.plan_deviations import software_versions
from hipstudy.studies.planned_cohort import planned_cohort, runners_in_shells
from hipstudy.studies.report_settings import (
    REPORT_DATE,
    SEED,
    Day,
    ProblemCollection,
    ReportSettings,
    parameter,
)
from hipstudy.text_files import read_text

SIMULATED_FILE = "simulated.csv"


class PreregistrationSettings(ReportSettings):
    """Which plan is registered, for how many runners; as in the notebook's first cell."""

    analysis_plan: str = parameter(
        "", "file | | the analysis plan in TOML that is registered; needed"
    )
    n_runners: int = parameter(
        0, "| 0 to 100000 | runners planned in all arms together; 0: not said"
    )
    mcid_nrs: float = parameter(
        number("mcid_nrs"), "NRS points | 0.1 to 10 | smallest change one person calls worthwhile"
    )
    seed: int = SEED
    report_date: Day = REPORT_DATE

    def plan(self) -> AnalysisPlan:
        """The plan that is registered.

        Raises
        ------
        UsageProblems
            When there is none; every wrong field of it.
        """
        if not self.analysis_plan:
            mend = "Give one: hipstudy preregister plan.toml."
            raise UsageProblems([Problem("analysis_plan", "nothing", "a plan is needed", mend)])
        return read_plan(Path(self.analysis_plan))

    def shells(self, plan: AnalysisPlan) -> CohortStudy:
        """The cohort report's study of a made-up file that fits the plan.

        Raises
        ------
        UsageProblems
            Where no file can be made up to the plan.
        """
        n_runners = runners_in_shells(self.n_runners)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / SIMULATED_FILE
            path.write_text(as_csv(planned_cohort(plan, n_runners, self.seed)), encoding="utf-8")
            asked = {"analysis_plan": self.analysis_plan, "mcid_nrs": self.mcid_nrs}
            try:
                study = cohort_study.run(cohort=str(path), **asked)
            except DataProblems as error:  # of the plan: the file has no fault of its own
                raise UsageProblems(error.problems) from None
        registered = study.plan.as_registered(study.plan.file_sha256)
        return replace(study, plan=registered, is_simulated=True)

    def try_out(self, problems: ProblemCollection) -> tuple[Finding, ...]:
        """Read the plan, and fill its shells."""
        plan = problems.attempt(self.plan)
        if plan:
            problems.attempt(lambda: self.shells(plan))
        return ()


preflight = PreregistrationSettings.preflight


@dataclass(frozen=True, eq=False, repr=False)
class PreregistrationStudy(ShortRepr):
    """A plan, and the shells of its report.

    Parameters
    ----------
    settings
        What was asked.
    plan, plan_text
        The plan, and its file as it stands.
    shells
        The study of a made-up file: nothing in it was measured.
    """

    settings: PreregistrationSettings
    plan: AnalysisPlan
    plan_text: str
    shells: CohortStudy

    def facts(self) -> dict[str, object]:
        """The plan's fingerprint, its question, and how many made-up runners fill the shells."""
        return {
            "primary": f"{self.plan.primary}, week {self.plan.week}",
            "contrast": self.plan.contrast,
            "fingerprint": self.plan.fingerprint[:12],
            "simulated_runners": self.shells.clinic.cohort.n_runners,
        }


def run(**fields: Any) -> PreregistrationStudy:
    """Read a plan and fill its shells.

    Parameters
    ----------
    **fields
        Settings by name, as in the notebook's first cell; None stands for the default.

    Raises
    ------
    UsageProblems
        Every wrong setting, and every wrong field of the plan.
    """
    settings = PreregistrationSettings.check(fields)
    plan = settings.plan()
    text = read_text(Path(settings.analysis_plan))
    return PreregistrationStudy(settings, plan, text, settings.shells(plan))


def registration_of(fields: Mapping[str, Any]) -> Registration:
    """What ``registration.toml`` holds for the settings of a preregistration with its date.

    Raises
    ------
    UsageProblems
        Every wrong setting, and every wrong field of the plan.
    """
    settings = PreregistrationSettings.check(fields)
    return Registration(
        settings.plan(),
        date=settings.report_date,
        plan_text=read_text(Path(settings.analysis_plan)),
        n_runners=settings.n_runners,
        mcid_nrs=settings.mcid_nrs,
        versions=software_versions(),
    )
