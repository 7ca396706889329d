"""How a table's cells, names and alignments are said as text."""

import math
import re
from collections.abc import Iterable
from numbers import Integral, Real

from hipstudy.problems import Problem, UsageProblems, nearest

ALIGNMENTS = ("left", "right", "number", "center")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_MARKDOWN_SPECIALS = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$&^=:@/\"'])")
_NUMBER = re.compile(r"[-+\u2212]?[<>\u2248~]?\s?\d[\d,]*(\.\d+)?\s?%?(\s?\(.*\)|\s?\[.*\])?\Z")
_EMPTY = ("", "-", "\u2013", "\u2014")


def escape(text: object) -> str:
    r"""Text that came from data, made safe to put into a ``Text``.

    Examples
    --------
    >>> escape("*x* <script>")
    '\\*x\\* \\<script\\>'
    """
    return _MARKDOWN_SPECIALS.sub(r"\\\1", " ".join(str(text).split()))


def is_number(text: str) -> bool:
    """Whether a cell reads as a number, with or without an interval after it.

    Examples
    --------
    >>> [is_number(cell) for cell in ("11.2", "-0.21 (-0.38 to -0.05)", "3 of 12", "3x10")]
    [True, True, False, False]
    """
    return _NUMBER.match(text.strip()) is not None


def column_alignment(cells: Iterable[str]) -> str:
    """Return ``"number"`` when every cell that holds something is one, else ``"left"``.

    Examples
    --------
    >>> column_alignment(["1.5", "", "12"])
    'number'
    >>> column_alignment(["1.5", "about 2"])
    'left'
    """
    held = [cell for cell in cells if cell.strip() not in _EMPTY]
    return "number" if held and all(is_number(cell) for cell in held) else "left"


def is_name(name: str) -> bool:
    """Whether a short name is safe as a file name.

    Examples
    --------
    >>> is_name("effects"), is_name("../effects")
    (True, False)
    """
    return _NAME.match(name) is not None


def cell_text(value: object) -> str:
    """Return one cell as text: missing is blank, a number has six significant digits at most.

    Examples
    --------
    >>> [cell_text(value) for value in (28, 0.1 + 0.2, float("nan"), "<b>")]
    ['28', '0.3', '', '<b>']
    """
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return ""
    if isinstance(value, Real) and not isinstance(value, Integral):
        return "" if math.isnan(value) else f"{float(value):.6g}"
    return str(value)


def check_words(name: str, kind: str, **words: str) -> None:
    """Refuse a name that is no file name, and words left empty.

    Raises
    ------
    hipstudy.problems.UsageProblems
        Naming everything that is wrong with this one.
    """
    problems = []
    if not is_name(name):
        problems.append(Problem(f"{kind} name", name, "letters, digits, _ and - only"))
    for key, text in words.items():
        if not text.strip():
            problems.append(Problem(f"{kind} {name!r}", text, f"needs its {key} in words"))
    if problems:
        raise UsageProblems(problems)


def check_alignment(name: str, align: dict[str, str], heads: list[str]) -> None:
    """Refuse an alignment of a column that is not there, or one that does not exist.

    Raises
    ------
    hipstudy.problems.UsageProblems
        Naming each wrong entry and the nearest valid one.
    """
    problems = []
    for head, asked in align.items():
        where = f"Table {name!r}, align"
        if head not in heads:
            problems.append(Problem(where, head, "not a column", nearest(head, heads)))
        if asked not in ALIGNMENTS:
            problems.append(Problem(where, asked, "not an alignment", nearest(asked, ALIGNMENTS)))
    if problems:
        raise UsageProblems(problems)
