"""Reading published trials from a file, with everything that is wrong with it said at once."""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from hipstudy import one_line, toml_text
from hipstudy.evidence import rows
from hipstudy.places import place
from hipstudy.problems import Problem, UsageProblems, nearest
from hipstudy.text_files import SAVE, WrongEncoding, read_text
from hipstudy.trials import BETWEEN, Case, citation

FILE = "trials.toml"
_NAME = re.compile(r"[a-z][a-z_]*_\d{4}(?:_[a-z][a-z0-9_]*)?\Z")


def _field_problems(error: Any, where: str) -> list[Problem]:
    path = [str(part) for part in error["loc"]]
    rule = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
    if not path:  # rules between fields, each a problem of its own
        return [Problem(where, None, f"the rule: {one}") for one in rule.split(BETWEEN)]
    where, found = ", ".join([where, *path]), str(error["input"])
    if error["type"] == "extra_forbidden":
        mend = nearest(path[0], Case.model_fields)
        return [Problem(where, found, "there is no field of this name", mend)]
    if error["type"] == "missing":
        return [Problem(where, "nothing", "this field is needed")]
    return [Problem(where, found, f"the rule: {rule[0].lower()}{rule[1:]}")]


def _wrong_line(data: Mapping[str, Any], where: str) -> list[Problem]:
    """What is wrong with a prescription, said where it stands."""
    problems = []
    for field in ("protocol", "comparator"):
        text = data.get(field, "")
        if not isinstance(text, str) or not text:
            continue
        try:
            one_line.parse(text, name=field)
        except UsageProblems as found:
            problems += [
                Problem(f"{where}, {field}, {p.where}", p.found, p.rule, p.mend)
                for p in found.problems
            ]
    return problems


def _wrong_times(case: Case, where: str) -> list[Problem]:
    """Weeks and days that lie past the end of what is followed."""
    ends = {"at_wk": case.weeks, "of_wk": case.weeks, "at_d": case.weeks * 7 - 1}
    return [
        Problem(f"{where}, {field}", str(at), f"the rule: {end} at the most, the end of the case")
        for field, end in ends.items()
        if (at := getattr(case, field)) is not None and at > end
    ]


def _wrong_evidence(data: Mapping[str, Any], where: str) -> list[Problem]:
    ids = data.get("evidence", ())
    unknown = [i for i in ids if i not in rows()] if isinstance(ids, list) else []
    rule = "there is no such row in data/evidence.csv"
    mend = "Leave evidence out and give source, the address of the paper."
    return [Problem(f"{where}, evidence", str(one), rule, mend) for one in unknown]


def _case(name: str, data: Any, file: str) -> tuple[Case | None, list[Problem]]:
    where = f"{file}, {name}"
    if not isinstance(data, dict):
        return None, [Problem(where, str(data), f"a case stands under [{name}], one field a line")]
    problems = []
    if not _NAME.match(name):
        rule = "the name of a case: first author, year and what it is of, as kerrigan_2003"
        problems.append(Problem(where, name, rule))
    problems += [*_wrong_line(data, where), *_wrong_evidence(data, where)]
    try:
        case = Case.model_validate({**data, "name": name})
    except ValidationError as error:
        return None, [*problems, *(p for e in error.errors() for p in _field_problems(e, where))]
    return case, problems or _wrong_times(case, where)


def _counted_twice(cases: Iterable[Case], file: str) -> list[Problem]:
    """A trial that both sets and tests the model, or stands there under two names."""
    problems, roles, names = [], {}, {}
    for case in cases:
        where = f"{file}, {case.name}"
        if roles.setdefault(case.trial, case.role) != case.role:
            rule = f"one trial counts once: {case.trial} is there as {roles[case.trial]} already"
            problems.append(Problem(f"{where}, role", case.role, rule))
        who = citation(case)
        if names.setdefault(who, case.trial) != case.trial:
            rule = f"one trial counts once: {who} is there as {names[who]} already"
            problems.append(Problem(where, case.trial, rule))
    return problems


def read(path: Path, *, beside: Iterable[Case] = ()) -> tuple[Case, ...]:
    """Read cases from a TOML file.

    Parameters
    ----------
    path
        One ``[name]`` a case, with fields as in ``data/trials.toml``.
    beside
        Cases that are there already; no name may come twice.

    Raises
    ------
    UsageProblems
        When the file is missing or is no TOML; every wrong field of every case, each with its
        name, what was found, the rule and how to mend it.
    """
    try:
        tables = toml_text.loads(read_text(path))
    except WrongEncoding as error:
        raise UsageProblems([Problem("trials", path.name, str(error), SAVE)]) from None
    except (OSError, toml_text.NotToml) as error:
        said = error.strerror if isinstance(error, OSError) else str(error)
        rule = f"a file of trials in TOML is needed ({said})"
        raise UsageProblems([Problem("trials", path.name, rule)]) from None
    there = list(beside)
    taken = {case.name for case in there}
    problems, found = [], []
    for name, data in tables.items():
        case, wrong = _case(name, data, path.name)
        if name in taken:
            wrong = [*wrong, Problem(f"{path.name}, {name}", name, "this case is there already")]
        problems += wrong
        found += [case] if case and not wrong else []
    problems += _counted_twice([*there, *found], path.name)
    if problems:
        raise UsageProblems(problems)
    return tuple(found)


@cache
def shipped() -> tuple[Case, ...]:
    """The cases that travel with the package."""
    return read(place("data", FILE))
