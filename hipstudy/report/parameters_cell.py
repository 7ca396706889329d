"""Typed parameters of a notebook: read from its parameters cell, checked, and listed.

Reading needs neither papermill nor nbformat, so that a listing is quick. Papermill's own reader
also drops a parameter whose comment holds a second ``=``, and cuts a text default at ``#``.
"""

import ast
import io
import math
import os
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.report.value_slips import SHARE, likely_number, share_rule
from hipstudy.resources import OPEN_DATA, cohort_path

Value = str | int | float | bool | None

TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
FORM = "a line is `name: type = default  # unit | low to high | meaning`"

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER}) to ({_NUMBER})\Z", re.ASCII)


@dataclass(frozen=True)
class NotebookParameter:
    """One parameter of a notebook.

    Parameters
    ----------
    name, type
        As in the notebook; the type is str, int, float or bool.
    default
        None when empty.
    unit
        ``file`` for the name of a file, ``date`` for a date; may be empty.
    low, high
        Smallest and largest value allowed, both included; None where there is no limit.
    meaning
        In a few words.
    """

    name: str
    type: type
    default: Value
    unit: str = ""
    low: int | float | None = None
    high: int | float | None = None
    meaning: str = ""

    @property
    def range(self) -> str:
        """The range in words; empty where there is none."""
        ends = (
            f"{v:d}" if isinstance(v, int) else f"{v:g}"
            for v in (self.low, self.high)
            if v is not None
        )
        return " to ".join(ends)


def tagged_cell(notebook: Mapping[str, Any], tag: str) -> str | None:
    """Source of the first code cell that has the tag; None where there is none."""
    cells = (cell for cell in notebook.get("cells", ()) if cell.get("cell_type") == "code")
    having = (cell for cell in cells if tag in cell.get("metadata", {}).get("tags", ()))
    return next(map(cell_source, having), None)


def cell_source(cell: Mapping[str, Any]) -> str:
    """Source of a cell, which a notebook file may hold as text or as lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def injected_values(notebook: Mapping[str, Any]) -> dict[str, Value]:
    """Values an earlier run left in an executed notebook: they hold when it is run again."""
    try:
        body = ast.parse(tagged_cell(notebook, "injected-parameters") or "").body
        return {
            statement.targets[0].id: ast.literal_eval(statement.value)
            for statement in body
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)
        }
    except (SyntaxError, ValueError):
        return {}


def read(notebook: Mapping[str, Any], where: str = "notebook") -> tuple[NotebookParameter, ...]:
    """Read the cell tagged ``parameters``; an earlier run's values count as defaults.

    Parameters
    ----------
    notebook
        The notebook as its JSON holds it.
    where
        What to call it when something is wrong.

    Raises
    ------
    UsageProblems
        Listing every line that is not understood.
    """
    source = tagged_cell(notebook, "parameters") or ""
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        place = f"{where}, parameters cell, line {error.lineno}"
        raise UsageProblems([Problem(place, (error.text or "").strip(), FORM)]) from None
    comments = _comments(source)
    lines = source.splitlines()
    by_name: dict[str, NotebookParameter] = {}
    problems = []
    for statement in body:
        place = f"{where}, parameters cell, line {statement.lineno}"
        try:
            parameter = _parameter(statement, comments.get(statement.end_lineno or 0, ""))
            if parameter.name in by_name:
                raise ValueError("this name is there already")
            by_name[parameter.name] = parameter
        except ValueError as error:
            problems.append(Problem(place, lines[statement.lineno - 1].strip(), str(error)))
    if problems:
        raise UsageProblems(problems)
    earlier = injected_values(notebook)
    return tuple(replace(p, default=earlier.get(p.name, p.default)) for p in by_name.values())


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("#").strip() for t in tokens if t.type == tokenize.COMMENT}


def _parameter(statement: ast.stmt, comment: str) -> NotebookParameter:
    if not (isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)):
        raise ValueError(FORM)
    kind = TYPES.get(ast.unparse(statement.annotation).removesuffix(" | None"))
    if kind is None:
        raise ValueError(f"the type is one of {', '.join(TYPES)}")
    parts = [part.strip() for part in comment.split("|", 2)]
    if len(parts) != 3:
        raise ValueError(FORM)
    unit, span, meaning = parts
    low, high = _limits(span, kind)
    default = _default(statement.value, kind)
    parameter = NotebookParameter(statement.target.id, kind, default, unit, low, high, meaning)
    if default is not None and not inside(parameter, default):
        raise ValueError(f"the default is not within {parameter.range}")
    return parameter


def _limits(span: str, kind: type) -> tuple[int | float | None, int | float | None]:
    if not span:
        return None, None
    match = _RANGE.match(span)
    number = int if kind is int else float  # a seed's upper limit has more digits than a float
    with suppress(ValueError):  # where a number is not of the type
        if match and (low := number(match[1])) <= (high := number(match[2])):
            return low, high
    raise ValueError("the range is `low to high` in numbers of the type, or empty")


def _default(node: ast.expr | None, kind: type) -> Value:
    try:
        value = ast.literal_eval(node) if node is not None else None
    except ValueError:
        raise ValueError("the default is a plain value, not a calculation") from None
    if kind is float and type(value) is int:
        value = float(value)
    if value is not None and type(value) is not kind:
        raise ValueError(f"the default is not of type {kind.__name__}")
    return value


def inside(parameter: NotebookParameter, value: Value) -> bool:
    """Whether a value is within the parameter's range; text and empty always are."""
    if parameter.low is None or parameter.high is None or not isinstance(value, int | float):
        return True
    return math.isfinite(value) and parameter.low <= value <= parameter.high


_WHOLE = re.compile(r"[+-]?\d{1,30}\Z", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def check(
    parameters: Sequence[NotebookParameter], pairs: Iterable[tuple[str, str]]
) -> dict[str, Value]:
    """Turn names and texts into values of the right type.

    Parameters
    ----------
    parameters
        What the notebook takes.
    pairs
        Pairs of name and text, as typed.

    Returns
    -------
    dict
        A value for each name given, in the notebook's order.

    Raises
    ------
    UsageProblems
        Listing everything that is wrong: unknown names, wrong types, values out of range, a name
        given twice with different values, files that are not there.
    """
    by_name = {parameter.name: parameter for parameter in parameters}
    texts: dict[str, dict[str, None]] = {}
    for name, text in pairs:
        texts.setdefault(name, {})[text] = None  # the same twice is given once
    problems, values = [], {}
    for name, several in texts.items():
        if name not in by_name:
            mend = nearest(name, by_name) if by_name else "It takes none."
            problems.append(Problem("parameter", name, "this report has no such parameter", mend))
        elif len(several) > 1:
            rule = "one value is needed"
            problems.append(Problem(name, " and ".join(several), rule, "Give it once."))
        else:
            try:
                values[name] = convert(by_name[name], next(iter(several)))
            except UsageProblems as error:
                problems += error.problems
    if problems:
        raise UsageProblems(problems)
    return {name: values[name] for name in by_name if name in values}


def convert(parameter: NotebookParameter, text: str) -> Value:
    """Turn one text into the parameter's type.

    Raises
    ------
    UsageProblems
        With one problem.

    Examples
    --------
    >>> convert(NotebookParameter("weeks", int, None, "weeks", 1, 52), "6")
    6
    """
    if parameter.type is str:
        return _text(parameter, text)
    text = text.strip()
    if not text:
        if parameter.default is None:
            return None
        raise _wrong(parameter, text, "a value is needed", "Leave it out for the default.")
    value = {int: _whole, float: _decimal, bool: _yes_no}[parameter.type](parameter, text)
    if not inside(parameter, value):
        raise _no_number(parameter, text)
    return value


def _fits(parameter: NotebookParameter, number: str) -> bool:
    """Whether a number, as a text, is one that the parameter takes."""
    form, kind = (_WHOLE, int) if parameter.type is int else (_DECIMAL, float)
    return bool(form.match(number)) and inside(parameter, kind(number))


def _no_number(parameter: NotebookParameter, text: str, rule: str = "") -> UsageProblems:
    """What is wrong with a text for a number, with the number that may have been meant.

    Without a rule it is one that is out of range.
    """
    mend = likely_number(text, parameter.unit, partial(_fits, parameter))
    within = f"within {parameter.range} {parameter.unit}".rstrip()
    if parameter.unit == SHARE and parameter.low is not None and parameter.high is not None:
        rule = share_rule(text, parameter.low, parameter.high)
    elif not rule:
        rule = f"it must be {within}"
    elif parameter.range and not mend:
        rule += f", {within}"
    return _wrong(parameter, text, rule, mend)


def _wrong(parameter: NotebookParameter, text: str, rule: str, mend: str = "") -> UsageProblems:
    return UsageProblems([Problem(parameter.name, text, rule, mend)])


def _whole(parameter: NotebookParameter, text: str) -> int:
    if _WHOLE.match(text):
        return int(text)
    even = _DECIMAL.match(text) and math.isfinite(float(text)) and float(text).is_integer()
    if even and inside(parameter, int(float(text))) and "e" in text.lower():
        raise _wrong(parameter, text, "a whole number is needed", f"Write {int(float(text))}.")
    raise _no_number(parameter, text, "a whole number is needed")


def _decimal(parameter: NotebookParameter, text: str) -> float:
    if _DECIMAL.match(text) and math.isfinite(float(text)):
        return float(text)
    dotted = text.replace(",", ".")
    if _COMMA.match(text) and parameter.unit != SHARE and _fits(parameter, dotted):
        raise _wrong(parameter, text, "a number is needed", f"Write a decimal point: {dotted}.")
    raise _no_number(parameter, text, "a number is needed")


def _yes_no(parameter: NotebookParameter, text: str) -> bool:
    if text.lower() in _YES_NO:
        return _YES_NO[text.lower()]
    raise _wrong(parameter, text, "yes or no is needed")


def _text(parameter: NotebookParameter, text: str) -> str | None:
    if not text.strip():
        return None if parameter.default is None else ""
    if parameter.unit == "date":
        try:
            date.fromisoformat(text if _DAY.match(text) else "")
        except ValueError:
            rule = "a date is needed, written year-month-day"
            raise _wrong(parameter, text, rule, "For example 2031-04-09.") from None
    if parameter.unit == "file":
        _check_file(parameter, text)
    return text


def named_file(parameter: NotebookParameter, text: str) -> Path:
    """Path of the file that a parameter names; a cohort can be the word for the open data."""
    return cohort_path(text) if parameter.name == "cohort" else Path(text)


def _check_file(parameter: NotebookParameter, text: str) -> None:
    path = named_file(parameter, text)
    try:
        if path.is_file():
            if not os.access(path, os.R_OK):
                raise _wrong(parameter, text, "this file may not be read")
            return
        if path.is_dir():
            raise _wrong(parameter, text, "a file is needed, this is a folder")
        is_there = path.exists()
    except (OSError, ValueError):
        is_there = False
    folder = "this folder" if path.parent == Path() else f"the folder {path.parent}"
    rule = "an ordinary file is needed" if is_there else f"no such file in {folder}"
    mend = nearest_file(path)
    if not mend and parameter.name == "cohort" and get_close_matches(text.lower(), [OPEN_DATA]):
        mend = f"Did you mean {OPEN_DATA}, the open data?"
    raise _wrong(parameter, path.name, rule, mend)


def nearest_file(path: Path, ending: str = "") -> str:
    """Say which file in the same folder has the nearest name; empty when none is near."""
    try:
        names = [p.name for p in path.parent.iterdir() if p.is_file() and p.name.endswith(ending)]
    except (OSError, ValueError):
        return f"The folder {path.parent} is not there either."
    close = get_close_matches(path.name, names, n=1, cutoff=0.5)
    return f"Did you mean {path.parent / close[0]}?" if close else ""
