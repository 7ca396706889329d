"""The dose report's settings, checked before anything runs, and its run: what every dose does."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, ValidationInfo

from hipstudy.errors import Finding, Problem, UsageProblems
from hipstudy.model.cohort import Cohort
from hipstudy.model.dose_sweep import SweepGrid, at
from hipstudy.parameters import Values, number
from hipstudy.prescription import design
from hipstudy.prescription.protocol import MAX_ADDED_KG, Protocol
from hipstudy.prescription.time_matching import MAX_STRETCH_MIN_WK
from hipstudy.short_repr import ShortRepr
from hipstudy.studies import compare_study, dose_runs
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.report_settings import (
    COHORT,
    REPORT_DATE,
    SEED,
    Day,
    ProblemCollection,
    ReportSettings,
    parameter,
    runner_warnings,
)
from hipstudy.studies.run_size import large_run
from hipstudy.studies.settings import CompareSettings, both_mends
from hipstudy.studies.sweep_memory import check_dose_memory
from hipstudy.studies.table_methods import table

LIMITS = {  # of each dose to look at
    "sets": (1, 10),
    "sessions_per_week": (1, 14),
    "stretch_min_wk": (0, MAX_STRETCH_MIN_WK),
}
MOST_VALUES = 10
_ONE_OR_TWO = re.compile(r"(?<![\d.,])(\d+),(\d+) *(kg)\b", re.IGNORECASE)
ENDS = ("article_low", "article_high")
NOTHING = "usual_running"


def numbers(text: str) -> tuple[float, ...]:
    """Numbers with commas between them.

    Examples
    --------
    >>> numbers("1, 2.5")
    (1.0, 2.5)
    """
    return tuple(float(part) for part in text.split(","))


def _rising(text: str, info: ValidationInfo) -> str:
    least, most = LIMITS[str(info.field_name)]
    whole = info.field_name != "stretch_min_wk"
    try:
        doses = numbers(text)
    except ValueError:
        doses = ()
    wrong = not doses or len(doses) > MOST_VALUES or list(doses) != sorted(set(doses))
    wrong = wrong or not least <= doses[0] <= doses[-1] <= most
    if wrong or (whole and any(one != int(one) for one in doses)):
        kind = "whole numbers" if whole else "numbers"
        raise ValueError(
            f"up to {MOST_VALUES} {kind} from {least} to {most}, rising, with commas between, such "
            "as 1, 2, 3"
        )
    return text


def _loads(text: str) -> str:
    loads = [part.strip() for part in text.split(",")]
    if len(set(loads)) < len(loads) or len(loads) > MOST_VALUES or not all(loads):
        raise ValueError(
            f"up to {MOST_VALUES} of unloaded, near-failure or added kg up to {MAX_ADDED_KG}, each "
            "once, with commas between"
        )
    if one := _ONE_OR_TWO.search(text):  # two weights in a list both have their kg, or neither
        whole, part, kg = one.groups()
        raise ValueError(
            f"a comma stands between two loads, and {one[0]} may be meant as one. Write "
            f"{whole}.{part} {kg} or {whole} {kg}, {part} {kg}"
        )
    return text


def _within(name: str) -> str:
    """The limits of a dose as a parameter's comment has them."""
    least, most = LIMITS[name]
    return f"{least:g} to {most:g}"


Rising = Annotated[str, AfterValidator(_rising)]


class DoseSettings(ReportSettings):
    """As in the notebook's first cell; the doses are lists with commas."""

    cohort: str = COHORT
    protocol: str = parameter(
        "strength_plus_stretch",
        "arm | | whose dose is changed: a preset, your own .toml file, or a line written out",
    )
    weeks: int = parameter(12, "weeks | 1 to 52 | length of every programme")
    sets: Rising = parameter(
        "1, 2, 3, 4, 5",
        f"sets | {_within('sets')} | strength sets a side to look at, with commas between",
    )
    sessions_per_week: Rising = parameter(
        "1, 2, 3, 4, 5, 7",
        f"sessions/wk | {_within('sessions_per_week')} | strength sessions to look at",
    )
    loads: Annotated[str, AfterValidator(_loads)] = parameter(
        "unloaded, near-failure",
        f"| | loads to look at: unloaded, near-failure, or added kg up to {MAX_ADDED_KG}, such as "
        "5; runners hold less",
    )
    stretch_min_wk: Rising = parameter(
        "0, 10, 20, 28, 60",
        f"min/wk | {_within('stretch_min_wk')} | clock minutes of stretching to look at, both "
        "sides",
    )
    adherence: float | None = parameter(
        None,
        "share | 0.05 to 1 | mean share of sessions done, the same in all weeks; empty: as "
        "modelled",
    )
    n_runners: int = parameter(
        60, "runners | 2 to 500 | how many to draw when there is no cohort file"
    )
    seed: int = SEED
    report_date: Day = REPORT_DATE

    def base(self) -> Protocol:
        """The prescription whose dose is changed, over the weeks of the report.

        Raises
        ------
        UsageProblems
            When there is none, it has no strength work or a weight above what a limb can hold, or
            has a name of the report's own arms.
        """
        from hipstudy.model import capacity  # settings are listed without the model

        arm = design.arm_of(self.protocol)
        if arm.strength is None:
            rule = "a prescription with strength work is needed: its dose is what is changed"
            raise UsageProblems([Problem("parameter protocol", self.protocol, rule)])
        if arm.name in (*ENDS, NOTHING) and self.protocol != arm.name:
            rule = f"{arm.name} is in this report already, as the preset of that name"
            mend = "Give the prescription a name of its own."
            raise UsageProblems([Problem("parameter protocol", self.protocol, rule, mend)])
        problems = capacity.too_heavy(arm.strength, self.weeks, f"{arm.name}, strength.load")
        if problems:
            raise UsageProblems(problems)
        return arm.model_copy(update={"weeks": self.weeks})

    def grid(self) -> SweepGrid:
        """Every dose to look at; no strength work is always among them.

        Raises
        ------
        UsageProblems
            When a load, or the largest dose, breaks a rule of prescriptions, or a weight is above
            what a limb can hold.
        """
        from hipstudy.model import capacity  # settings are listed without the model

        sets, sessions = (
            tuple(int(one) for one in numbers(text)) for text in (self.sets, self.sessions_per_week)
        )
        loads = tuple(part.strip() for part in self.loads.split(","))
        grid = SweepGrid(sets, (0, *sessions), loads, numbers(self.stretch_min_wk))
        base = self.base()
        problems: list[Problem] = []
        for load in loads:  # the largest dose of each load is within the rules, or none is
            try:
                most = at(base, sets[-1], sessions[-1], load, grid.stretch_min_wk[-1])
            except UsageProblems as error:
                largest = capacity.largest_weight(base.strength) if base.strength else ""
                problems += _of_loads(error.problems, largest)
                continue
            if most.strength:
                problems += capacity.too_heavy(most.strength, most.weeks, "parameter loads")
        if problems:
            raise UsageProblems(dict.fromkeys(problems))
        return grid

    def compared(self) -> CompareSettings:
        """Settings of the comparison of the article's two ends with the prescription and nothing.

        Raises
        ------
        UsageProblems
            When a setting breaks a rule.
        """
        own = self.base()
        names = dict.fromkeys((*ENDS, NOTHING))
        arms = [*ENDS, *([] if own.name in names else [self.protocol]), NOTHING]
        runner_count = {} if self.cohort else {"n_runners": self.n_runners}
        return CompareSettings.check(
            {
                "cohort": self.cohort,
                "protocols": " | ".join(arms),
                "weeks": self.weeks,
                "adherence": self.adherence,
                "seed": self.seed,
                "report_date": self.report_date,
                **runner_count,
            },
        )

    def try_out(self, problems: ProblemCollection) -> tuple[Finding, ...]:
        """Make the prescription and its doses and read the runners; warnings of their file."""
        problems.attempt(self.base)
        grid = problems.attempt(self.grid)
        # Nothing can be wrong with drawn runners, and to draw them takes scipy.
        compared = problems.attempt(self.compared)
        cohort = problems.attempt(compared.runners) if compared and self.cohort else None
        large: tuple[Finding, ...] = ()
        if grid and compared and (cohort or not self.cohort):
            n_runners = cohort.n_runners if cohort else self.n_runners
            size = {"weeks": self.weeks, "n_runners": n_runners}
            problems.attempt(lambda: check_dose_memory(grid, **size))
            usual = type(self)()
            doses = grid.n_doses * self.weeks / (usual.grid().n_doses * usual.weeks)
            large = large_run("doses of runners", doses * n_runners / usual.n_runners)
        return (*large, *runner_warnings(self, cohort))


def _of_loads(problems: Iterable[Problem], largest: str) -> list[Problem]:
    """Problems of a prescription of the grid, those of its load by the name that was set."""
    return [
        replace(
            one,
            where="parameter loads",
            mend=both_mends(one, largest),
        )
        if one.where.endswith(", strength.load")
        else one
        for one in problems
    ]


preflight = DoseSettings.preflight
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class DoseStudy(ShortRepr):
    """Everything the report shows.

    Parameters
    ----------
    settings, base, grid, cohort
        What was varied, on whom.
    comparison
        The article's two ends compared with the prescription and with nothing.
    values
        Draws of the parameters behind curves and phases.
    surface
        Outcome -> (worlds, loads, stretches, sets, sessions, weeks from 0), means over the draws.
    curves
        Shape -> outcome of ``dose_runs.ALONG`` -> (worlds, sessions, draws, weeks from 0 and on
        after stopping); these, and all below, without what any programme brings, which is the
        same at every dose.
    stretching
        Outcome -> (worlds, minutes, draws, weeks ...): stretching alone; the first is nothing.
    phases
        Name of a programme -> outcome -> (worlds, draws, weeks from 0).
    """

    settings: DoseSettings
    base: Protocol
    grid: SweepGrid
    cohort: Cohort
    comparison: CompareStudy
    values: Values
    surface: Mapping[str, Array]
    curves: Mapping[str, Mapping[str, Array]]
    stretching: Mapping[str, Array]
    phases: Mapping[str, Mapping[str, Array]]

    def facts(self) -> dict[str, object]:
        """What was varied, and counts."""
        return {
            "prescription": repr(self.base),
            "sets": self.settings.sets,
            "sessions a week": self.settings.sessions_per_week,
            "loads": self.settings.loads,
            "stretch minutes a week": self.settings.stretch_min_wk,
            "weeks": self.weeks,
            "runners": self.cohort.n_runners,
            "draws": self.values.n_draws,
        }

    surfaces = table("dose_tables", "surfaces")
    curve = table("dose_tables", "curve")
    enough = table("dose_tables", "enough")
    enough_stretching = table("dose_tables", "enough_stretching")
    ends = table("dose_tables", "ends")
    effect_left = table("dose_tables", "effect_left")
    keeping = table("dose_tables", "keeping")
    missed_sessions = table("dose_tables", "missed_sessions")

    @property
    def weeks(self) -> int:
        """Weeks of the programme."""
        return self.settings.weeks

    @property
    def sets(self) -> int:
        """Sets a session, the same in all curves."""
        return self.base.strength.sets


def run(
    settings: DoseSettings | None = None, *, runners: Cohort | None = None, **fields: Any
) -> DoseStudy:
    """Find what every dose does.

    Parameters
    ----------
    settings
        Checked settings; or give them as keywords.
    runners
        Runners, in place of those that the settings read or draw.
    **fields
        Settings by name, as in the notebook's first cell; None stands for the default.

    Raises
    ------
    UsageProblems
        Every wrong setting or prescription, or less free memory than the doses need.
    DataProblems
        Every problem of the cohort file.
    """
    if settings is None:
        settings = DoseSettings.check(fields)
    base, grid, compared = settings.base(), settings.grid(), settings.compared()
    cohort = compared.runners(runners)
    check_dose_memory(grid, weeks=settings.weeks, n_runners=cohort.n_runners)
    is_drawn = runners is None and not settings.cohort
    comparison = compare_study.run(
        compared, n_draws=int(number("curve_draws")), runners=None if is_drawn else cohort
    )
    values = comparison.values
    found = dose_runs.find(
        cohort, base, grid, values, weeks=settings.weeks, seed=settings.seed,
        settings=settings.model_dump() if is_drawn else None,
    )  # fmt: skip
    return DoseStudy(settings, base, grid, cohort, comparison, values, *found)
