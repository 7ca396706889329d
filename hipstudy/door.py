"""The functions behind ``import hipstudy as hs``; each loads what it needs when it is called."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy.errors import Problem, UsageProblems, nearest

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.finding_list import Findings
    from hipstudy.model.cohort import Cohort
    from hipstudy.model.trajectories import SimulatedArm
    from hipstudy.parameters import Values
    from hipstudy.prescription.protocol import Protocol
    from hipstudy.studies.cohort_study import CohortStudy
    from hipstudy.studies.compare_study import CompareStudy
    from hipstudy.studies.dose_study import DoseStudy


def prescribe(arm: "str | Protocol") -> "Protocol":
    """Read a prescription: one line, a preset's name or a TOML file.

    Raises
    ------
    UsageProblems
        Everything that is wrong with it, each with the rule it breaks.

    Examples
    --------
    >>> prescribe("stretch 4x30 s daily x 12 wk").stretch_min_wk
    28.0
    """
    from hipstudy.prescription import design

    return design.arm_of(arm) if isinstance(arm, str) else arm


def presets() -> "pd.DataFrame":
    """Prescriptions that come with the package: name, prescription, clock_min_wk."""
    from hipstudy.prescription import design

    return design.presets_frame()


def draw_runners(n_runners: int, *, seed: int = 0) -> "Cohort":
    """Draw virtual runners; with one seed, the first 8 of 100 are those of a draw of 8."""
    from hipstudy.model import cohort

    return cohort.draw(n_runners, seed=seed)


def read_cohort(file: str | Path, *, seed: int = 0) -> "Cohort":
    """Read runners at baseline from a clinic's file, or ``rbds`` for the open table of runners.

    Parameters
    ----------
    file
        CSV or XLSX.
    seed
        Of what is drawn of runners where the file does not have it.

    Raises
    ------
    UsageProblems, DataProblems
        Why it cannot be opened, or everything that is wrong in it.
    """
    from hipstudy.cohort_file import clinic
    from hipstudy.resources import cohort_path

    return clinic.cohort(cohort_path(str(file)), seed=seed)


def check_cohort(file: str | Path) -> "Findings":
    """Say what is wrong with a clinic's file and what somebody should look at.

    Raises
    ------
    UsageProblems
        When there is no such file, or it cannot be opened.
    """
    from hipstudy.cohort_file.check import check_file
    from hipstudy.finding_list import Findings
    from hipstudy.resources import cohort_path

    result = check_file(cohort_path(str(file)))
    return Findings.of(result.file, result.findings)


def simulate(
    runners: "Cohort",
    arm: "str | Protocol",
    *,
    cause: str = "weak",
    weeks: int | None = None,
    seed: int = 0,
    values: "Values | None" = None,
) -> "SimulatedArm":
    """Simulate what a prescription does to runners whose hips are tight for one cause.

    Parameters
    ----------
    runners, arm
        Runners, and their prescription.
    cause
        One of ``weak``, ``short``, ``guarded``, ``nonspecific``.
    weeks
        Horizon; the prescription's own weeks when None.
    seed
        Of the runners' luck.
    values
        Parameters; every one at its value when None (``hs.parameters.central``).

    Raises
    ------
    UsageProblems
        When there is no such cause, or the prescription breaks a rule.
    """
    from hipstudy import parameters
    from hipstudy.model import simulate as model
    from hipstudy.model.causes import WORLDS

    if cause not in WORLDS:
        rule = "there is no such cause of tightness"
        raise UsageProblems([Problem("cause", cause, rule, nearest(cause, WORLDS))])
    arm = prescribe(arm)
    return model.run(
        runners, arm, values or parameters.central(), [cause], weeks=weeks or arm.weeks, seed=seed
    )


def observe(
    truth: "SimulatedArm", *, weeks: tuple[int, ...] | None = None, seed: int = 0, **visits: Any
) -> "pd.DataFrame":
    """Look at simulated runners as a clinic does: errors of measurement, runners who are lost.

    Parameters
    ----------
    truth
        From ``simulate``.
    weeks
        Of the visits; the first and the last when None.
    seed
        Of the errors and of who is lost.
    **visits
        Other fields of ``hipstudy.model.observe.Visits``, such as ``nrs_step=0.5``.

    Returns
    -------
    pandas.DataFrame
        The columns of a clinic's own file, one row per runner, side and visit.

    Raises
    ------
    ValueError
        When a visit cannot be, or the runners are real.
    """
    from hipstudy.model.observe import Visits, instruments
    from hipstudy.model.observe import observe as look

    at = Visits(weeks=(0, truth.weeks) if weeks is None else tuple(weeks), **visits)
    return look(truth, at, instruments(truth.values), seed=seed)


def compare(
    *arms: "str | Protocol",
    runners: "Cohort | None" = None,
    draws: int | None = None,
    **settings: Any,
) -> "CompareStudy":
    """Compare prescriptions in every cause of tightness.

    Parameters
    ----------
    *arms
        Two or more; the six arms of the report when there are none.
    runners
        On whom; as the settings ``cohort`` or ``n_runners`` say when None.
    draws
        Of the parameters; as many as in the report when None.
    **settings
        Parameters of ``hipstudy report compare``, such as ``weeks=8``; lists may be lists.

    Raises
    ------
    UsageProblems, DataProblems
        Everything that is wrong with settings, prescriptions or the cohort file.
    """
    from hipstudy.studies import compare_study

    if arms:
        settings["protocols"] = " | ".join(map(_line, arms))
    return compare_study.run(runners=runners, n_draws=draws, **_as_settings(settings))


def dose_response(
    arm: "str | Protocol" = "strength_plus_stretch",
    *,
    runners: "Cohort | None" = None,
    **settings: Any,
) -> "DoseStudy":
    """Find what every dose of a prescription does.

    Parameters
    ----------
    arm
        Prescription with strength work, whose dose is changed.
    runners
        On whom; as the settings ``cohort`` or ``n_runners`` say when None.
    **settings
        Parameters of ``hipstudy report dose``, such as ``sets=(1, 2, 3)``; lists may be lists.

    Raises
    ------
    UsageProblems, DataProblems
        Everything that is wrong with settings, prescription or the cohort file.
    """
    from hipstudy.studies import dose_study

    return dose_study.run(runners=runners, protocol=_line(arm), **_as_settings(settings))


def analyse(file: str | Path, *, plan: str | Path = "", **settings: Any) -> "CohortStudy":
    """Analyse a clinic's file by a plan.

    Parameters
    ----------
    file
        CSV or XLSX with arms and visits.
    plan
        TOML file with the question that was asked before; the one of the package when empty.
    **settings
        Other parameters of ``hipstudy report cohort``, such as ``mcid_nrs=2``.

    Raises
    ------
    UsageProblems, DataProblems
        Everything that is wrong with the settings, the plan or the file.
    """
    from hipstudy.studies import cohort_study

    return cohort_study.run(cohort=str(file), analysis_plan=str(plan), **settings)


def make_report(
    name: str,
    *,
    out: str | Path | None = None,
    paper: str = "a4",
    clinic: str = "",
    author: str = "",
    logo: str | Path | None = None,
    locale: str = "en",
    run_name: str | None = None,
    **settings: Any,
) -> Path:
    """Make a report and return the path of its PDF.

    Parameters
    ----------
    name
        Of a report (``hipstudy report`` lists them), or the path of a notebook.
    out
        Folder for the results; ``reports/NAME`` when None.
    paper
        ``a4`` or ``us-letter``.
    clinic, author, logo
        For the head of the pages; the logo is a PNG, JPEG or SVG file. The date is ``report_date``.
    locale
        ``en``; or ``de``, ``es``, ``fr``, ``nl``, ``pt`` for tables with decimal commas.
    run_name
        What to call this run, in the report's head and in its record.
    **settings
        The report's parameters; lists may be lists.

    Raises
    ------
    UsageProblems, DataProblems, CannotWrite, NotebookFailed
        Then nothing has been written.
    """
    from hipstudy.report import make_report as report
    from hipstudy.report.letterhead import Letterhead

    texts = [
        (setting, str(value).lower() if isinstance(value, bool) else str(value))
        for setting, value in _as_settings(settings).items()
        if value is not None
    ]
    head = Letterhead(clinic, author, Path(logo) if logo else None)
    own = {"paper": paper, "head": head, "locale": locale, "run_name": run_name}
    return report.report(name, texts, out=Path(out) if out else None, **own)


def _as_settings(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings as the reports take them: a list is text with commas, a path is text."""
    return {
        name: ", ".join(map(str, value))
        if isinstance(value, list | tuple)
        else str(value)
        if isinstance(value, Path)
        else value
        for name, value in settings.items()
    }


def _line(arm: "str | Protocol") -> str:
    """An arm as the settings take it: answers to CERT and rules of progression change no result."""
    if isinstance(arm, str):
        return arm
    from hipstudy.prescription import shorthand

    strength = arm.strength and arm.strength.model_copy(update={"progression": None})
    name = shorthand.OWN if arm.name == shorthand.OWN else ""  # several of one's own are numbered
    return shorthand.write(arm.model_copy(update={"cert": None, "strength": strength}), name=name)
