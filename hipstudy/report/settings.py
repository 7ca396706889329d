"""Typed parameters of a notebook: read from its parameters cell, checked, and listed.

Reading needs neither papermill nor nbformat, so that a listing is quick. Papermill's own reader
also drops a parameter whose comment holds a second ``=``, and cuts a text default at ``#``.
"""

import ast
import io
import math
import re
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hipstudy.problems import Problem, UsageProblems

Value = str | int | float | bool | None

TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
FORM = "a line is `name: type = default  # unit | low to high | meaning`"

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RANGE = re.compile(rf"({_NUMBER}) to ({_NUMBER})\Z", re.ASCII)


@dataclass(frozen=True)
class Parameter:
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
    for cell in notebook.get("cells", ()):
        if cell.get("cell_type") == "code" and tag in cell.get("metadata", {}).get("tags", ()):
            return cell_source(cell)
    return None


def cell_source(cell: Mapping[str, Any]) -> str:
    """Source of a cell, which a notebook file may hold as text or as lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def carried(notebook: Mapping[str, Any]) -> dict[str, Value]:
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


def read(notebook: Mapping[str, Any], where: str = "notebook") -> tuple[Parameter, ...]:
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
    found: dict[str, Parameter] = {}
    problems = []
    for statement in body:
        place = f"{where}, parameters cell, line {statement.lineno}"
        try:
            parameter = _parameter(statement, comments.get(statement.end_lineno or 0, ""))
            if parameter.name in found:
                raise ValueError("this name is there already")
            found[parameter.name] = parameter
        except ValueError as error:
            problems.append(Problem(place, lines[statement.lineno - 1].strip(), str(error)))
    if problems:
        raise UsageProblems(problems)
    left = carried(notebook)
    return tuple(replace(p, default=left.get(p.name, p.default)) for p in found.values())


def _comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {t.start[0]: t.string.lstrip("#").strip() for t in tokens if t.type == tokenize.COMMENT}


def _parameter(statement: ast.stmt, comment: str) -> Parameter:
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
    parameter = Parameter(statement.target.id, kind, default, unit, low, high, meaning)
    if default is not None and not inside(parameter, default):
        raise ValueError(f"the default is not within {parameter.range}")
    return parameter


def _limits(span: str, kind: type) -> tuple[int | float | None, int | float | None]:
    if not span:
        return None, None
    match = _RANGE.match(span)
    number = int if kind is int else float  # a seed's upper limit has more digits than a float
    try:
        low, high = (number(match[1]), number(match[2])) if match else (1, 0)
    except ValueError:
        low, high = 1, 0
    if low > high:
        raise ValueError("the range is `low to high` in numbers of the type, or empty")
    return low, high


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


def inside(parameter: Parameter, value: Value) -> bool:
    """Whether a value is within the parameter's range; text and empty always are."""
    if parameter.low is None or parameter.high is None or not isinstance(value, int | float):
        return True
    return math.isfinite(value) and parameter.low <= value <= parameter.high
