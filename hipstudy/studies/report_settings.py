"""What the settings of every report have in common: declared once, checked before anything runs.

The model of a report's settings is the declaration: type, default, unit, range and meaning. The
parameters cell of its notebook says the same in a form that can be edited there.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from types import UnionType
from typing import Annotated, Any, Literal, Self, TypeVar, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hipstudy.errors import (
    WARNING,
    DataProblems,
    Finding,
    Problem,
    ProblemsFound,
    UsageProblems,
    nearest,
)
from hipstudy.field_problems import field_problem

T = TypeVar("T")
_RANGE = re.compile(r"\| (\S+) to (\S+) \|")


def parameter(default: Any, comment: str) -> Any:
    """Declare a parameter of a report: ``unit | low to high | meaning``, as in the notebook's cell.

    Unit and range may be empty; both ends of the range are allowed. The range of a text is that of
    each number in it, which its own rule holds.
    """
    span = None if isinstance(default, str) else _RANGE.search(comment)
    low, high = map(float, span.groups()) if span else (None, None)
    return Field(default=default, ge=low, le=high, description=comment)


def _date(text: str) -> str:
    """Refuse what is no date; empty stands for none."""
    if text:
        try:
            date.fromisoformat(text)
        except ValueError:
            raise ValueError("a date such as 2026-01-31, or empty") from None
    return text


def _written_language(code: str) -> str:
    if code not in LANGUAGES:
        codes = (f"{code} ({name})" for code, name in LANGUAGE_NAMES.items())
        raise ValueError(f"one of {', '.join(codes)}")
    return code


# The first two pages of a report are written in these.
LANGUAGE_NAMES = {"en": "English", "de": "German", "es": "Spanish"}
LANGUAGES = tuple(LANGUAGE_NAMES)
Day = Annotated[str, AfterValidator(_date)]
Language = Annotated[str, AfterValidator(_written_language)]
COHORT = parameter(
    "", "file | | a cohort file; rbds: 28 real runners, open data; empty draws runners"
)
SYMPTOM_TRIALS = parameter(
    "",
    "file | | a .csv file with trials of what is felt of your own, beside those that come with it; "
    "empty: none",
)
REPORT_DATE = parameter("", "date | | printed on the report, such as 2026-01-31; empty: today's")
LANGUAGE = parameter(
    "en", f"| | {', '.join(LANGUAGES)}: language of the first two pages; the details are English"
)
SEED = parameter(0, "| 0 to 4294967295 | the same seed gives the same runners and luck")


class ReportSettings(BaseModel):
    """Settings of a report, as in the first cell of its notebook."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    @classmethod
    def check(cls, values: Mapping[str, Any]) -> Self:
        """Check settings by name; None stands for the default.

        Raises
        ------
        UsageProblems
            Every unknown name, wrong type and value out of range.
        """
        try:
            return cls(**{name: value for name, value in values.items() if value is not None})
        except ValidationError as error:
            raise UsageProblems(map(cls._problem, error.errors())) from None

    @classmethod
    def _problem(cls, error: Any) -> Problem:
        name = str(error["loc"][0])
        if error["type"] == "extra_forbidden":
            mend = nearest(name, cls.model_fields)
            return Problem("parameter", name, "there is no parameter of this name", mend)
        problem = field_problem(error, f"parameter {name}", cls.model_fields)
        if error["type"] != "literal_error":
            return problem
        choices = re.findall(r"'([^']+)'", error["ctx"]["expected"])
        mend = nearest(str(error["input"]), choices)
        return replace(problem, mend=mend) if mend.startswith("Did") else problem

    @classmethod
    def valid_part(cls, values: Mapping[str, Any]) -> Self:
        """Settings of what is right by itself, so that the rest can be checked as well."""
        right = {}
        for name, value in values.items():
            try:
                cls.check({name: value})
            except UsageProblems:
                continue
            right[name] = value
        return cls.check(right)

    @classmethod
    def values_in(cls, names: Mapping[str, Any]) -> dict[str, Any]:
        """Values of the declared parameters among names such as a notebook's ``globals()``."""
        return {name: names[name] for name in cls.model_fields if name in names}

    @classmethod
    def parameters_cell(cls) -> str:
        """The parameters cell of the notebook, one typed line a parameter with its comment."""
        return "\n".join(_cell_line(name, field) for name, field in cls.model_fields.items())

    def try_out(self, problems: "ProblemCollection") -> tuple[Finding, ...]:
        """Try every step that needs no kernel, and return what there is to warn of."""
        raise NotImplementedError

    @classmethod
    def preflight(cls, parameters: Mapping[str, Any]) -> tuple[Finding, ...]:
        """Check everything that can be checked before a kernel starts.

        Parameters
        ----------
        parameters
            Name -> value; None stands for the default.

        Returns
        -------
        tuple of Finding
            What there is to warn of, such as warnings of the cohort file.

        Raises
        ------
        UsageProblems
            Every wrong parameter, prescription, plan or path, and with them those of the data.
        DataProblems
            Every problem of the data.
        """
        problems = ProblemCollection()
        settings = problems.attempt(lambda: cls.check(parameters)) or cls.valid_part(parameters)
        warnings = settings.try_out(problems)
        problems.raise_all()
        return warnings


class ProblemCollection:
    """Problems of several steps, so that all are listed in one go; each is listed once."""

    def __init__(self) -> None:
        self._usage: dict[str, Problem] = {}
        self._data: dict[str, Problem] = {}

    def attempt(self, step: Callable[[], T]) -> T | None:
        """Result of a step; None where it had problems, which are collected."""
        try:
            return step()
        except ProblemsFound as error:
            kind = self._usage if isinstance(error, UsageProblems) else self._data
            kind |= {str(problem): problem for problem in error.problems}
            return None

    def raise_all(self) -> None:
        """Raise what was collected: as wrong usage if any of it is."""
        if self._usage:
            raise UsageProblems([*self._usage.values(), *self._data.values()])
        if self._data:
            raise DataProblems(self._data.values())


def unused_runner_count(settings: Any, n_runners: int) -> tuple[Finding, ...]:
    """Warning that ``n_runners`` was set and a cohort file has runners of its own.

    Parameters
    ----------
    settings
        With ``cohort`` and ``n_runners``.
    n_runners
        How many runners the file has.
    """
    usual = type(settings).model_fields["n_runners"].default
    if not settings.cohort or settings.n_runners == usual:
        return ()
    rule = f"n_runners is not used: the {n_runners} runners of the cohort file are compared"
    return (Finding(WARNING, "parameters", rule, value=str(settings.n_runners)),)


def runner_warnings(settings: Any, cohort: Any) -> tuple[Finding, ...]:
    """What there is to warn of when a cohort is the runners of a report; None could not be read."""
    if cohort is None:
        return ()
    return (*cohort.warnings, *unused_runner_count(settings, cohort.n_runners))


def _cell_line(name: str, field: Any) -> str:
    default = json.dumps(field.default) if isinstance(field.default, str) else repr(field.default)
    return f"{name}: {_type_name(field.annotation)} = {default}  # {field.description}"


def _type_name(annotation: Any) -> str:
    """Name of the type in the cell: choices are text, and None stands for an empty place."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(one for one in get_args(annotation) if one is not type(None))
    return "str" if get_origin(annotation) is Literal else annotation.__name__
