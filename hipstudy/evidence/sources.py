"""What was read (``data/evidence.csv``), and the studies that are missing (``data/studies.toml``).

A study would put measurements in the place of assumptions; every assumption stands under one.
"""

import csv
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from hipstudy.errors import DataProblems, Problem, nearest
from hipstudy.parameters import shipped as parameters
from hipstudy.resources import place

CONVENTIONS = "conventions"


@dataclass(frozen=True)
class OpenQuestion:
    """A study that would put measurements in the place of assumptions.

    Parameters
    ----------
    name
        Short name.
    what
        What would be measured in whom.
    replaces
        Parameters.
    """

    name: str
    what: str
    replaces: tuple[str, ...]


def _wrong(entry: Any, study_of: Mapping[str, str], where: str) -> list[Problem]:
    if not isinstance(entry, dict) or set(entry) != {"study", "replaces"}:
        return [Problem(where, str(entry), "the rule: study and replaces, and no other field")]
    problems = []
    for one in entry["replaces"]:
        row = parameters().get(one)
        if row is None:
            rule = "there is no parameter of this name"
            problems.append(Problem(f"{where}, replaces", one, rule, nearest(one, parameters())))
        elif not row.assumed:
            problems.append(Problem(f"{where}, replaces", one, f"it rests on {row.source}"))
        if one in study_of:
            rule = f"it stands under {study_of[one]} already"
            problems.append(Problem(f"{where}, replaces", one, rule))
    return problems


def read(path: Path) -> tuple[OpenQuestion, ...]:
    """Read a file of studies.

    Raises
    ------
    DataProblems
        Every unknown parameter, every one that is no assumption or stands there twice, and every
        assumption that stands nowhere.
    """
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    study_of: dict[str, str] = {}
    problems, studies = [], []
    for name, entry in tables.items():
        wrong = _wrong(entry, study_of, f"{path.name}, {name}")
        problems += wrong
        if isinstance(entry, dict) and "replaces" in entry:
            study_of |= dict.fromkeys(entry["replaces"], name)
            studies.append(OpenQuestion(name, str(entry.get("study")), tuple(entry["replaces"])))
    rule = "the rule: every assumption stands under the study that would replace it"
    problems += [
        Problem(path.name, name, rule)
        for name, row in parameters().items()
        if row.assumed and name not in study_of
    ]
    if problems:
        raise DataProblems(problems)
    return tuple(studies)


@cache
def shipped() -> tuple[OpenQuestion, ...]:
    """The studies that travel with the package."""
    return read(place("data", "studies.toml"))


@cache
def by_parameter() -> Mapping[str, OpenQuestion]:
    """Parameter -> the study that would replace it; for assumptions only."""
    return {name: study for study in shipped() for name in study.replaces}


@dataclass(frozen=True)
class Evidence:
    """One row of ``data/evidence.csv``: a number or statement as it was read."""

    id: str
    quantity: str
    value: str
    interval: str
    unit: str
    population: str
    citation: str
    doi_or_url: str
    read: str


@cache
def rows() -> Mapping[str, Evidence]:
    """What was read, by id."""
    with place("data", "evidence.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: Evidence(**row) for row in csv.DictReader(file)}
