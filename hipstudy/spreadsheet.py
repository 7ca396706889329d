"""Tables for spreadsheet programs, in which no text is run as a formula.

Every CSV file and workbook of the package is written through here. A text that such a program would
take for a formula gets an apostrophe before it, as is usual in these programs; what reads a cohort
file takes it away again. Numbers are left as they are, negative ones too.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet
    from pandas import DataFrame

Value = TypeVar("Value")
MARK = "'"
_SIGNS = frozenset("=+-@")
_ENDS = "\t\r\n"  # a cell may be cut at these, and at the semicolon of other countries' CSV
_NUMBER = re.compile(r"[+-]?(?:\d[\d.,]*|[.,]\d+)(?:[eE][+-]?\d+)? ?%?")
_PARTS = re.compile(r"(?<=[;\t\r\n])(?![\t\r\n])")


def is_formula(text: str) -> bool:
    r"""Whether a spreadsheet program may run a text, or the rest of it, as a formula.

    Blanks and marks that nobody sees may stand before its sign, and the sign may be a wide one.

    Examples
    --------
    >>> [is_formula(text) for text in ("=1+1", " @SUM(A1)", "\uff1d1", "\tx", "-a", "-0.5", "a=b")]
    [True, True, True, True, True, False, False]
    """
    if _NUMBER.fullmatch(text.strip()):
        return False
    for one in text:
        if one in _ENDS:
            return True
        if not one.isspace() and unicodedata.category(one) not in ("Cf", "Cc"):
            return unicodedata.normalize("NFKC", one)[0] in _SIGNS
    return False


def harmless(value: Value) -> Value:
    """A cell that is only shown: a text with an apostrophe wherever a formula could begin.

    Examples
    --------
    >>> harmless("=1+1"), harmless(-0.5), harmless("stretch_only - none")
    ("'=1+1", -0.5, 'stretch_only - none')
    """
    if not isinstance(value, str):
        return value
    return "".join(MARK + part if _marked(part) else part for part in _PARTS.split(value))


def _marked(part: str) -> bool:
    """Whether a text gets an apostrophe, also one that has some already: one is taken away."""
    return is_formula(part.lstrip(MARK))


def read_back(text: str) -> str:
    """The text of which ``harmless`` made this one.

    Examples
    --------
    >>> read_back("'=1+1"), read_back("'quoted'")
    ('=1+1', "'quoted'")
    """
    if MARK not in text:
        return text
    parts = _PARTS.split(text)
    return "".join(p[1:] if p[:1] == MARK and _marked(p) else p for p in parts)


def rows_as_csv(rows: Iterable[Sequence[object]]) -> str:
    """Rows as CSV text."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([harmless(one) for one in row] for row in rows)
    return text.getvalue()


def as_csv(frame: "DataFrame") -> str:
    """A frame as CSV text that reads back to the same numbers."""
    import pandas as pd

    table = frame.rename(columns=harmless)
    for at, dtype in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype):
            cells = [harmless(one) for one in frame.iloc[:, at]]
            table.isetitem(at, pd.Series(cells, index=frame.index, dtype=object))
    return table.to_csv(index=False, lineterminator="\n")


def append(sheet: "Worksheet", row: Iterable[object]) -> None:
    """Add a row below those of a sheet."""
    sheet.append([harmless(one) for one in row])
