"""Settings of a comparison: typed, bounded, checked before anything runs."""

from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hipstudy.cohort_file import clinic
from hipstudy.errors import DataProblems, Finding, Problem, ProblemsFound, UsageProblems, nearest
from hipstudy.model import cohort as runners
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import SPEEDS, Cohort
from hipstudy.parameters import number
from hipstudy.prescription.design import CONTRACT_ARMS, OVERRIDES, Design, build, split_arms
from hipstudy.prescription.time_matching import MAX_STRETCH_MIN_WK
from hipstudy.resources import cohort_path


def _shares(text: str) -> str:
    try:
        weights = [float(part) for part in text.split(",")]
    except ValueError:
        weights = []
    if len(weights) != len(WORLDS) or min(weights) < 0 or not 0 < sum(weights) < 1e6:
        raise ValueError(f"{len(WORLDS)} numbers of 0 or more, not all 0, for {', '.join(WORLDS)}")
    return text


def _measured_speed(speed: float) -> float:
    if speed not in RUNNING_SPEEDS:
        raise ValueError(
            f"one of {', '.join(map(str, RUNNING_SPEEDS))}, where running was measured"
        )
    return speed


def a_date(text: str) -> str:
    """Refuse what is no date; empty stands for none."""
    if text:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError("a date such as 2026-01-31, or empty") from None
    return text


Model = TypeVar("Model", bound=BaseModel)
RUNNING_SPEEDS = tuple(float(speed.replace("_", ".")) for speed in SPEEDS)


class CompareSettings(BaseModel):
    """What to compare, on whom, with which prior and which luck; as in the notebook's first cell.

    ``None`` leaves the prescriptions as they are.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    cohort: str = ""
    protocols: str = ", ".join(CONTRACT_ARMS)
    weeks: int | None = Field(default=None, ge=1, le=104)
    sessions_per_week: int | None = Field(default=None, ge=1, le=14)
    sets: int | None = Field(default=None, ge=1, le=10)
    reps: int | None = Field(default=None, ge=1, le=30)
    load: str | None = None
    lever: Literal["leg-lever", "trunk-lever"] | None = None
    stretch_min_wk: float | None = Field(default=None, ge=0, le=MAX_STRETCH_MIN_WK)
    adherence: float | None = Field(default=None, ge=0.05, le=1)
    start_rom_deg: float | None = Field(default=None, ge=-20, le=40)
    running_speed: Annotated[float, AfterValidator(_measured_speed)] = RUNNING_SPEEDS[-1]
    cause_prior: Annotated[str, AfterValidator(_shares)] = "1, 1, 1, 1"
    n_runners: int = Field(default=100, ge=2, le=2000)
    seed: int = Field(default=0, ge=0, le=4_294_967_295)
    mcid_nrs: float = Field(default=number("mcid_nrs"), gt=0, le=10)
    report_date: Annotated[str, AfterValidator(a_date)] = ""

    @property
    def prior(self) -> tuple[float, ...]:
        """Dirichlet concentration of each cause."""
        return tuple(float(part) for part in self.cause_prior.split(","))

    @property
    def held(self) -> dict[str, float]:
        """Parameters of the model that these settings hold at a value, by their names.

        Adherence that is set is the mean of all weeks: it does not fall, and nobody stops. How
        runners differ around it keeps the concentration of the table's beta law, since a mean
        near all or nothing leaves less room for a spread.
        """
        held = {} if self.start_rom_deg is None else {"thomas_mean_deg": self.start_rom_deg}
        if self.adherence is None:
            return held
        mean, sd = number("adherence_mean"), number("adherence_sd")
        part = sd / (mean * (1 - mean)) ** 0.5
        return held | {
            "adherence_mean": self.adherence,
            "adherence_sd": part * (self.adherence * (1 - self.adherence)) ** 0.5,
            "adherence_fall_per_wk": 0.0,
            "stop_hazard_per_wk": 0.0,
        }

    @property
    def reserve(self) -> str:
        """Outcome that is the end-range reserve at the chosen running speed."""
        return f"reserve_{SPEEDS[RUNNING_SPEEDS.index(self.running_speed)]}"

    def design(self) -> Design:
        """The arms and contrasts.

        Raises
        ------
        UsageProblems
            Every problem of every arm.
        """
        overrides = {field: getattr(self, field) for field in OVERRIDES}
        return build(
            split_arms(self.protocols),
            weeks=self.weeks,
            overrides=overrides,
            stretch_min_wk=self.stretch_min_wk,
        )

    def runners(self, own: Cohort | None = None) -> Cohort:
        """Runners of one's own, those of the cohort file, or drawn ones.

        Raises
        ------
        UsageProblems, DataProblems
            When the file cannot be read, or breaks a rule, or its measured Thomas angles stand
            against ``start_rom_deg``.
        """
        if own is None and not self.cohort:
            return runners.draw(self.n_runners, seed=self.seed)
        found = own or clinic.cohort(cohort_path(self.cohort), seed=self.seed)
        if found.is_measured and self.start_rom_deg is not None:
            rule = "this cohort's Thomas angles were measured; only drawn ones can be set"
            mend = "Leave start_rom_deg empty, or leave the cohort out."
            raise UsageProblems(
                [Problem("parameter start_rom_deg", f"{self.start_rom_deg:g}", rule, mend)]
            )
        return found


def check(**given: Any) -> CompareSettings:
    """Check settings.

    Raises
    ------
    UsageProblems
        Every unknown name, wrong type and value out of range.
    """
    return check_settings(CompareSettings, given)


def check_settings(model: type[Model], given: dict[str, Any]) -> Model:
    """Check the settings of a report; None stands for the default.

    Raises
    ------
    UsageProblems
        Every unknown name, wrong type and value out of range.
    """
    try:
        return model(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as error:
        problems = []
        for e in error.errors():
            name = str(e["loc"][0])
            if e["type"] == "extra_forbidden":
                mend = nearest(name, model.model_fields)
                rule = "there is no parameter of this name"
                problems.append(Problem("parameter", name, rule, mend))
                continue
            rule = e["msg"].removeprefix("Value error, ").removeprefix("Input ")
            problems.append(Problem(f"parameter {name}", str(e["input"]), f"the rule: {rule}"))
        raise UsageProblems(problems) from None


def valid_part(model: type[Model], given: dict[str, Any]) -> Model:
    """Settings of what is right by itself, so that the rest can be checked as well."""
    right = {}
    for name, value in given.items():
        try:
            model(**{name: value})
        except ValidationError:
            continue
        right[name] = value
    return model(**right)


def preflight(parameters: dict[str, Any]) -> tuple[Finding, ...]:
    """Check everything that can be checked before a kernel starts.

    Parameters
    ----------
    parameters
        Name -> value, as given; None stands for the default.

    Returns
    -------
    tuple of Finding
        What the check of the cohort file warned of.

    Raises
    ------
    UsageProblems
        Every wrong parameter, prescription or path.
    DataProblems
        Every problem of the cohort file.
    """
    given = {name: value for name, value in parameters.items() if value is not None}
    usage: list[Problem] = []
    data: list[Problem] = []
    try:
        settings = check(**given)
    except UsageProblems as found:
        usage.extend(found.problems)
        settings = valid_part(CompareSettings, given)
    warnings: tuple[Finding, ...] = ()
    for step in (settings.design, lambda: settings.runners().warnings):
        try:
            warnings = step()
        except ProblemsFound as found:
            (usage if isinstance(found, UsageProblems) else data).extend(found.problems)
    if usage:
        raise UsageProblems(usage + data)
    if data:
        raise DataProblems(data)
    return warnings
