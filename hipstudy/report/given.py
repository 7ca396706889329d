"""What was typed for a notebook's parameters, turned into values or into a list of problems."""

import math
import os
import re
from collections.abc import Iterable, Sequence
from datetime import date
from difflib import get_close_matches
from pathlib import Path

from hipstudy.places import cohort_file
from hipstudy.problems import Problem, UsageProblems, nearest
from hipstudy.report.settings import Parameter, Value, inside

_WHOLE = re.compile(r"[+-]?\d{1,30}\Z", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)
_COMMA = re.compile(r"[+-]?\d*,\d+\Z", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z", re.ASCII)
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def check(parameters: Sequence[Parameter], given: Iterable[tuple[str, str]]) -> dict[str, Value]:
    """Turn names and texts into values of the right type.

    Parameters
    ----------
    parameters
        What the notebook takes.
    given
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
    known = {parameter.name: parameter for parameter in parameters}
    texts: dict[str, list[str]] = {}
    for name, text in given:
        texts.setdefault(name, [])
        if text not in texts[name]:
            texts[name].append(text)
    problems, values = [], {}
    for name, several in texts.items():
        if name not in known:
            mend = nearest(name, known) if known else "It takes none."
            problems.append(Problem("parameter", name, "this report has no such parameter", mend))
        elif len(several) > 1:
            rule = "one value is needed"
            problems.append(Problem(name, " and ".join(several), rule, "Give it once."))
        else:
            try:
                values[name] = convert(known[name], several[0])
            except UsageProblems as error:
                problems += error.problems
    if problems:
        raise UsageProblems(problems)
    return {name: values[name] for name in known if name in values}


def convert(parameter: Parameter, text: str) -> Value:
    """Turn one text into the parameter's type.

    Raises
    ------
    UsageProblems
        With one problem.

    Examples
    --------
    >>> convert(Parameter("weeks", int, None, "weeks", 1, 52), "6")
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
        unit = f" {parameter.unit}" if parameter.unit else ""
        raise _wrong(parameter, text, f"it must be within {parameter.range}{unit}")
    return value


def _wrong(parameter: Parameter, text: str, rule: str, mend: str = "") -> UsageProblems:
    return UsageProblems([Problem(parameter.name, text, rule, mend)])


def _whole(parameter: Parameter, text: str) -> int:
    if _WHOLE.match(text):
        return int(text)
    even = _DECIMAL.match(text) and math.isfinite(float(text)) and float(text).is_integer()
    mend = f"Write {int(float(text))}." if even else ""
    raise _wrong(parameter, text, "a whole number is needed", mend)


def _decimal(parameter: Parameter, text: str) -> float:
    if _DECIMAL.match(text) and math.isfinite(float(text)):
        return float(text)
    mend = ""
    if _COMMA.match(text):
        mend = f"Write a decimal point: {text.replace(',', '.')}."
    raise _wrong(parameter, text, "a number is needed", mend)


def _yes_no(parameter: Parameter, text: str) -> bool:
    if text.lower() in _YES_NO:
        return _YES_NO[text.lower()]
    raise _wrong(parameter, text, "yes or no is needed")


def _text(parameter: Parameter, text: str) -> str | None:
    if not text.strip():
        return None if parameter.default is None else ""
    if parameter.unit == "date":
        _check_day(parameter, text)
    if parameter.unit == "file":
        _check_file(parameter, text)
    return text


def _check_day(parameter: Parameter, text: str) -> None:
    try:
        if not _DAY.match(text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        rule = "a date is needed, written year-month-day"
        raise _wrong(parameter, text, rule, "For example 2031-04-09.") from None


def named_file(parameter: Parameter, text: str) -> Path:
    """Path of the file that a parameter names; a cohort can be the word for the open data."""
    return cohort_file(text) if parameter.name == "cohort" else Path(text)


def _check_file(parameter: Parameter, text: str) -> None:
    path = named_file(parameter, text)
    try:
        if path.is_file():
            if not os.access(path, os.R_OK):
                raise _wrong(parameter, text, "this file may not be read")
            return
        if path.is_dir():
            raise _wrong(parameter, text, "a file is needed, this is a folder")
        found = path.exists()
    except (OSError, ValueError):
        found = False
    rule = "an ordinary file is needed" if found else f"no such file in the folder {path.parent}"
    raise _wrong(parameter, path.name, rule, nearest_file(path))


def nearest_file(path: Path, ending: str = "") -> str:
    """Say which file in the same folder has the nearest name; empty when none is near."""
    try:
        names = [p.name for p in path.parent.iterdir() if p.is_file() and p.name.endswith(ending)]
    except (OSError, ValueError):
        return f"The folder {path.parent} is not there either."
    close = get_close_matches(path.name, names, n=1, cutoff=0.5)
    return f"Did you mean {path.parent / close[0]}?" if close else ""
