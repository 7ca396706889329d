"""Settings of the dose report: which doses to look at, on whom; checked before anything runs."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationInfo

from hipstudy import design
from hipstudy.findings import Finding
from hipstudy.matching import MAX_STRETCH_MIN_WK
from hipstudy.problems import DataProblems, Problem, ProblemsFound, UsageProblems
from hipstudy.protocol import MAX_ADDED_KG, Protocol
from hipstudy.settings import Settings, a_date, checked, sound
from hipstudy.sweep import Grid, at

MOST = {"sets": 10, "sessions_per_week": 14, "stretch_min_wk": MAX_STRETCH_MIN_WK}
MOST_VALUES = 10
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
    most = MOST[str(info.field_name)]
    least, whole = (0 if most == MAX_STRETCH_MIN_WK else 1), most != MAX_STRETCH_MIN_WK
    try:
        found = numbers(text)
    except ValueError:
        found = ()
    wrong = not found or len(found) > MOST_VALUES or list(found) != sorted(set(found))
    wrong = wrong or not least <= found[0] <= found[-1] <= most
    if wrong or (whole and any(one != int(one) for one in found)):
        kind = "whole numbers" if whole else "numbers"
        raise ValueError(
            f"up to {MOST_VALUES} {kind} from {least} to {most}, rising, with commas between"
        )
    return text


def _loads(text: str) -> str:
    loads = [part.strip() for part in text.split(",")]
    if len(set(loads)) < len(loads) or len(loads) > MOST_VALUES or not all(loads):
        raise ValueError(
            f"up to {MOST_VALUES} of unloaded, near-failure or added kg up to {MAX_ADDED_KG}, each "
            "once, with commas between"
        )
    return text


Rising = Annotated[str, AfterValidator(_rising)]


class DoseSettings(BaseModel):
    """As in the notebook's first cell; the doses are lists with commas."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    cohort: str = ""
    protocol: str = "strength_plus_stretch"
    weeks: int = Field(default=12, ge=1, le=52)
    sets: Rising = "1, 2, 3, 4, 5"
    sessions_per_week: Rising = "1, 2, 3, 4, 5, 7"
    loads: Annotated[str, AfterValidator(_loads)] = "unloaded, near-failure"
    stretch_min_wk: Rising = "0, 10, 20, 28, 60"
    adherence: float | None = Field(default=None, ge=0.05, le=1)
    n_runners: int = Field(default=60, ge=2, le=500)
    seed: int = Field(default=0, ge=0, le=4_294_967_295)
    report_date: Annotated[str, AfterValidator(a_date)] = ""

    def base(self) -> Protocol:
        """The prescription whose dose is changed, over the weeks of the report.

        Raises
        ------
        UsageProblems
            When there is none, it has no strength work, or has a name of the report's own arms.
        """
        arm = design.arm_of(self.protocol)
        if arm.strength is None:
            rule = "a prescription with strength work is needed: its dose is what is changed"
            raise UsageProblems([Problem("parameter protocol", self.protocol, rule)])
        if arm.name in (*ENDS, NOTHING) and self.protocol != arm.name:
            rule = f"{arm.name} is in this report already, as the preset of that name"
            mend = "Give the prescription a name of its own."
            raise UsageProblems([Problem("parameter protocol", self.protocol, rule, mend)])
        return arm.model_copy(update={"weeks": self.weeks})

    def grid(self) -> Grid:
        """Every dose to look at; no strength work is always among them.

        Raises
        ------
        UsageProblems
            When a load, or the largest dose, breaks a rule of prescriptions.
        """
        sets, sessions = (
            tuple(int(one) for one in numbers(text)) for text in (self.sets, self.sessions_per_week)
        )
        loads = tuple(part.strip() for part in self.loads.split(","))
        grid = Grid(sets, (0, *sessions), loads, numbers(self.stretch_min_wk))
        base = self.base()
        for load in loads:  # the largest dose of each load is within the rules, or none is
            at(base, sets[-1], sessions[-1], load, grid.stretch_min_wk[-1])
        return grid

    def compared(self) -> Settings:
        """Settings of the comparison of the article's two ends with the prescription and nothing.

        Raises
        ------
        UsageProblems
            When a setting breaks a rule.
        """
        own = self.base()
        names = dict.fromkeys((*ENDS, NOTHING))
        arms = [*ENDS, *([] if own.name in names else [self.protocol]), NOTHING]
        return checked(
            Settings,
            {
                "cohort": self.cohort,
                "protocols": " | ".join(arms),
                "weeks": self.weeks,
                "adherence": self.adherence,
                "n_runners": self.n_runners,
                "seed": self.seed,
                "report_date": self.report_date,
            },
        )


def check(**given: Any) -> DoseSettings:
    """Check settings.

    Raises
    ------
    UsageProblems
        Every unknown name, wrong type and value out of range.
    """
    return checked(DoseSettings, given)


def preflight(parameters: dict[str, Any]) -> tuple[Finding, ...]:
    """Check everything that can be checked before a kernel starts; warnings of the cohort file.

    Raises
    ------
    UsageProblems
        Every wrong parameter, dose or prescription.
    DataProblems
        Every problem of the cohort file.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    usage: dict[str, Problem] = {}
    data: list[Problem] = []
    try:
        settings = check(**given)
    except UsageProblems as found:
        usage |= {str(problem): problem for problem in found.problems}
        settings = sound(DoseSettings, given)
    warnings: tuple[Finding, ...] = ()
    for step in (settings.base, settings.grid, lambda: settings.compared().runners().warnings):
        try:
            warnings = step()
        except ProblemsFound as found:
            if isinstance(found, UsageProblems):
                usage |= {str(problem): problem for problem in found.problems}
            else:
                data.extend(found.problems)
    if usage:
        raise UsageProblems([*usage.values(), *data])
    if data:
        raise DataProblems(data)
    return warnings
