"""Randomised trials of what people feel, in any body region: ``data/symptom_trials.csv``.

A row is one contrast of one trial, as far as it could be read, on a scale of 0 to 10. One row adds
a trial, there or in a file of one's own with the same columns:

==================  =============================================================================
column              what it holds
==================  =============================================================================
``id``              code of the row, such as SYM001; no code comes twice
``study``           first author, year, journal; needed
``year``            of publication
``class``           strength_vs_stretch (strength, or strength and stretching, against stretching),
                    stretch_vs_none, strength_vs_none; needed
``region``          where the muscles are
``people``          who they are; ``runners`` is yes or no
``first, second``   the arms, in the class's order; needed
``n_first``         people in the first arm, ``n_second`` in the second
``weeks``           after the start at which it was measured
``outcome``         the instrument; ``felt`` is what it asks for, ``tightness`` if it is that
``baseline_nrs``    mean of both arms at the start, 0 to 10
``difference_nrs``  first less second, NRS points: negative is less felt in the first
``low_nrs``         lower end of its 95 % interval, ``high_nrs`` the upper
``se_nrs``          its standard error; left out, it follows from the interval (3.92 of it)
``how``             how the numbers were read or derived
``use``             pooled; null: reported as no difference, without a number, and entered as 0;
                    other_scale: not a rating, or another comparator; listed: in no estimate
``low_quality``     yes where a low quality was seen or said, else no
``read``            what was read: abstract, table, second-hand, full text
``link``            address of the paper: DOI, PubMed, or the page
``note``            of a listed row why it is only listed; needed there
==================  =============================================================================

The file was read from abstracts and is no systematic review. A file of one's own may leave out any
column that is not needed.
"""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.evidence.trials import BETWEEN, WIDTH_IN_SE
from hipstudy.field_problems import field_problem, field_rule
from hipstudy.resources import place
from hipstudy.text_files import SAVE, WrongEncoding, read_text

CLASSES = ("strength_vs_stretch", "stretch_vs_none", "strength_vs_none")
POOLED, NULL, OTHER_SCALE, LISTED = "pooled", "null", "other_scale", "listed"
FULL_TEXT, TIGHTNESS = "full text", "tightness"
SE_AGREES = 0.1  # share by which a standard error may differ from what its interval says
_NOT_A_NAME = re.compile(r"https?://(\d{1,3}\.){3}\d{1,3}\b|https?://\[")
_ADDRESS = re.compile(r"https?://[^\s/]+\.\S+\Z")


class SymptomTrial(BaseModel):
    """One row: a contrast of a trial, its difference in NRS points, negative favours the first."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    id: str = Field(min_length=1, max_length=30, pattern=r"^[A-Za-z0-9_-]+$")
    study: str = Field(min_length=1, max_length=120)
    year: int | None = Field(default=None, ge=1900, le=2100)
    contrast: Literal[CLASSES] = Field(alias="class")  # type: ignore[valid-type]
    region: str = Field(default="", max_length=60)
    people: str = Field(default="", max_length=120)
    are_runners: Literal["yes", "no"] = Field(default="no", alias="runners")
    first: str = Field(min_length=1, max_length=80)
    second: str = Field(min_length=1, max_length=80)
    n_first: int | None = Field(default=None, ge=1)
    n_second: int | None = Field(default=None, ge=1)
    weeks: float | None = Field(default=None, gt=0, le=520)
    outcome: str = Field(default="", max_length=80)
    sensation: str = Field(default="pain", max_length=30, alias="felt")
    baseline_nrs: float | None = Field(default=None, ge=0, le=10)
    difference_nrs: float | None = Field(default=None, ge=-10, le=10)
    low_nrs: float | None = None
    high_nrs: float | None = None
    se_nrs: float | None = None
    how: str = Field(default="", max_length=200)
    use: Literal["pooled", "null", "other_scale", "listed"] = POOLED
    is_low_quality: Literal["yes", "no"] = Field(default="no", alias="low_quality")
    reading: Literal["abstract", "table", "second-hand", "full text"] = Field(
        default="abstract", alias="read"
    )
    link: str = ""
    note: str = Field(default="", max_length=200)

    @field_validator("se_nrs")
    @classmethod
    def _has_an_error(cls, se: float | None) -> float | None:
        if se is not None and se <= 0:
            raise ValueError(
                "a standard error above 0, since no trial is without error; leave it empty and "
                "give low_nrs and high_nrs, or set use to listed"
            )
        return se

    @field_validator("link")
    @classmethod
    def _can_be_looked_up(cls, link: str) -> str:
        if link and (not _ADDRESS.match(link) or _NOT_A_NAME.match(link)):
            raise ValueError("a DOI or page as an address that starts with https:// and has a name")
        return link

    @model_validator(mode="after")
    def _agrees(self) -> "SymptomTrial":
        broken = [rule for rule, holds in self._rules().items() if not holds]
        if broken:
            raise ValueError(BETWEEN.join(broken))
        return self

    def _rules(self) -> dict[str, bool]:
        """Every rule between fields, and whether it holds."""
        low, high, value, se = self.low_nrs, self.high_nrs, self.difference_nrs, self.se_nrs
        ends = low is not None and high is not None
        one_end = (low is None) != (high is None)
        width = high - low if ends else 0.0  # type: ignore[operator]
        used = self.use != LISTED
        return {
            "low_nrs and high_nrs stand together": not one_end,
            "low_nrs is below high_nrs": not ends or width > 0,
            "difference_nrs lies between low_nrs and high_nrs": (
                not ends or value is None or low <= value <= high  # type: ignore[operator]
            ),
            "difference_nrs is needed, unless use is listed": value is not None or not used,
            "se_nrs is needed, or low_nrs and high_nrs, unless use is listed": (
                not used or se is not None or ends
            ),
            "se_nrs is about (high_nrs - low_nrs) / 3.92": (
                se is None or width <= 0 or abs(se * WIDTH_IN_SE / width - 1) <= SE_AGREES
            ),
            "use null has difference_nrs 0, se_nrs, and no low_nrs or high_nrs": (
                self.use != NULL or (value == 0 and se is not None and low is None and high is None)
            ),
            "use listed needs a note that says why": used or bool(self.note),
        }  # fmt: skip

    @property
    def standard_error(self) -> float:
        """``se_nrs``, or from the 95 % interval; only of a row that an estimate can use."""
        if self.se_nrs is not None:
            return self.se_nrs
        return (self.high_nrs - self.low_nrs) / WIDTH_IN_SE  # type: ignore[operator]

    @property
    def n_people(self) -> int:
        """People in both arms, 0 where their number was not read."""
        return (self.n_first or 0) + (self.n_second or 0)


_NAMES = [field.alias or name for name, field in SymptomTrial.model_fields.items()]
_NEEDED = [
    f.alias or name for name, f in SymptomTrial.model_fields.items() if f.is_required()
]  # fmt: skip


def _cells(text: str, where: str) -> tuple[list[str], list[dict[str, str]]]:
    """The head and the rows as they stand; an empty cell is left out."""
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    lines = [one for one in csv.reader(io.StringIO(text), delimiter=delimiter) if any(one)]
    if len(lines) < 2:
        rule = "a head and at least one row are needed, as in data/symptom_trials.csv"
        raise UsageProblems([Problem(where, None, rule)])
    head = [name.strip() for name in lines[0]]
    rows = [
        {name: cell.strip() for name, cell in zip(head, line, strict=False) if cell.strip()}
        | ({"": "more"} if len(line) > len(head) else {})
        for line in lines[1:]
    ]
    return head, rows


def _wrong_head(head: list[str], where: str) -> list[Problem]:
    problems = [
        Problem(f"{where}, head", name, "there is no column of this name", nearest(name, _NAMES))
        for name in head
        if name not in _NAMES
    ]
    problems += [
        Problem(f"{where}, head", name, "this column stands there twice")
        for name in dict.fromkeys(head)
        if head.count(name) > 1
    ]
    problems += [
        Problem(f"{where}, head", None, f"the column {name} is needed")
        for name in _NEEDED
        if name not in head
    ]
    return problems


def _row_problems(error: ValidationError, where: str, at: int) -> list[Problem]:
    problems = []
    for one in error.errors():
        if not one["loc"]:  # rules between fields, each a problem of its own
            rules = field_rule(one).split(BETWEEN)
            problems += [Problem(where, None, f"the rule: {rule}", row=at) for rule in rules]
            continue
        name = str(one["loc"][0])
        wrong = field_problem(one, where, _NAMES)
        problems.append(Problem(where, wrong.value, wrong.rule, wrong.mend, at, name))
    return problems


def _counted_twice(trials: Iterable[tuple[int, SymptomTrial]], where: str,
                   beside: Iterable[SymptomTrial]) -> list[Problem]:  # fmt: skip
    """Codes that come twice, and trials that two rows of one class would pool."""
    codes = {one.id for one in beside}
    pooled = {(one.contrast, one.link): one.id for one in beside if one.use != LISTED and one.link}
    problems = []
    for at, one in trials:
        if one.id in codes:
            rule = "this code is there already"
            problems.append(Problem(where, one.id, rule, row=at, column="id"))
        codes.add(one.id)
        if one.use == LISTED or not one.link:
            continue
        first = pooled.setdefault((one.contrast, one.link), one.id)
        if first != one.id:
            rule = f"one trial counts once: its paper is there as {first} already"
            mend = "Set use to listed, or combine the rows."
            problems.append(Problem(where, one.link, rule, mend, at, "link"))
    return problems


def read(path: Path, *, beside: Iterable[SymptomTrial] = ()) -> tuple[SymptomTrial, ...]:
    """Read trials from a CSV file.

    Parameters
    ----------
    path
        A head and a row a trial, columns as at the head of this module.
    beside
        Trials that are there already; no code may come twice.

    Raises
    ------
    UsageProblems
        When the file is missing or is no table; every wrong column and cell of every row, each
        with what was found, the rule and how to mend it.
    """
    name, there = path.name, tuple(beside)
    try:
        head, rows = _cells(read_text(path), name)
    except WrongEncoding as error:
        raise UsageProblems([Problem("symptom_trials", name, str(error), SAVE)]) from None
    except (OSError, csv.Error) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        rule = f"a CSV file of trials is needed ({why})"
        raise UsageProblems([Problem("symptom_trials", name, rule)]) from None
    problems = _wrong_head(head, name)
    if problems:
        raise UsageProblems(problems)
    trials = []
    for at, cells in enumerate(rows, start=2):
        trial, wrong = _trial(cells, name, at)
        problems += wrong
        trials += [(at, trial)] if trial else []
    problems += _counted_twice(trials, name, there)
    if problems:
        raise UsageProblems(problems)
    return tuple(trial for _, trial in trials)


def _trial(
    cells: Mapping[str, Any], where: str, at: int
) -> tuple[SymptomTrial | None, list[Problem]]:
    if "" in cells:
        rule = "there are more cells than columns; a text with a comma in it needs quotes"
        return None, [Problem(where, None, rule, row=at)]
    try:
        return SymptomTrial.model_validate(cells), []
    except ValidationError as error:
        return None, _row_problems(error, where, at)


@cache
def shipped() -> tuple[SymptomTrial, ...]:
    """The trials that travel with the package."""
    return read(place("data", "symptom_trials.csv"))
