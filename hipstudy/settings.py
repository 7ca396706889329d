"""Settings of a comparison: typed, bounded, checked before anything runs."""

from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hipstudy import clinic
from hipstudy import cohort as runners
from hipstudy.cohort import Cohort
from hipstudy.design import CONTRACT_ARMS, Design, build, split
from hipstudy.parameters import number
from hipstudy.problems import DataProblems, Problem, ProblemsFound, UsageProblems, nearest
from hipstudy.worlds import WORLDS


def _shares(text: str) -> str:
    try:
        weights = [float(part) for part in text.split(",")]
    except ValueError:
        weights = []
    if len(weights) != len(WORLDS) or min(weights) < 0 or not 0 < sum(weights) < 1e6:
        raise ValueError(f"{len(WORLDS)} numbers of 0 or more, not all 0, for {', '.join(WORLDS)}")
    return text


def a_date(text: str) -> str:
    """Refuse what is no date; empty stands for none."""
    if text:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError("a date such as 2026-01-31, or empty") from None
    return text


Model = TypeVar("Model", bound=BaseModel)


class Settings(BaseModel):
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
    cause_prior: Annotated[str, AfterValidator(_shares)] = "1, 1, 1, 1"
    n_runners: int = Field(default=100, ge=2, le=2000)
    seed: int = Field(default=0, ge=0, le=4_294_967_295)
    mcid_nrs: float = Field(default=number("mcid_nrs"), gt=0, le=10)
    report_date: Annotated[str, AfterValidator(a_date)] = ""

    @property
    def prior(self) -> tuple[float, ...]:
        """Dirichlet concentration of each cause."""
        return tuple(float(part) for part in self.cause_prior.split(","))

    def design(self) -> Design:
        """The arms and contrasts.

        Raises
        ------
        UsageProblems
            Every problem of every arm.
        """
        fields = ("sessions_per_week", "sets", "reps", "load")
        overrides = {field: getattr(self, field) for field in fields}
        return build(split(self.protocols), weeks=self.weeks, overrides=overrides)

    def runners(self) -> Cohort:
        """Runners of the cohort file, or drawn ones.

        Raises
        ------
        UsageProblems, DataProblems
            When the file cannot be read, or breaks a rule.
        """
        if self.cohort:
            return clinic.cohort(Path(self.cohort), seed=self.seed)
        return runners.draw(self.n_runners, seed=self.seed)


def check(**given: Any) -> Settings:
    """Check settings.

    Raises
    ------
    UsageProblems
        Every unknown name, wrong type and value out of range.
    """
    return checked(Settings, given)


def checked(model: type[Model], given: dict[str, Any]) -> Model:
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


def sound(model: type[Model], given: dict[str, Any]) -> Model:
    """Settings of what is right by itself, so that the rest can be checked as well."""
    right = {}
    for name, value in given.items():
        try:
            model(**{name: value})
        except ValidationError:
            continue
        right[name] = value
    return model(**right)


def preflight(parameters: dict[str, Any]) -> None:
    """Check everything that can be checked before a kernel starts.

    Parameters
    ----------
    parameters
        Name -> value, as given; None stands for the default.

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
        settings = sound(Settings, given)
    for step in (settings.design, settings.runners):
        try:
            step()
        except ProblemsFound as found:
            (usage if isinstance(found, UsageProblems) else data).extend(found.problems)
    if usage:
        raise UsageProblems(usage + data)
    if data:
        raise DataProblems(data)
