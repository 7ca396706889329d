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
from html import escape
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
    return delimited(([harmless(one) for one in row] for row in rows), ",")


def delimited(rows: Iterable[Sequence[object]], delimiter: str) -> str:
    """Rows that are harmless already, as text with this delimiter between cells."""
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return text.getvalue()


def rows_of_csv(text: str, delimiter: str = ",") -> list[list[str]]:
    """Rows of CSV text of this program's own making, however long a cell is.

    The csv module has one limit for all that a process reads: others' files keep theirs.
    """
    limit = csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    finally:
        csv.field_size_limit(limit)


def as_csv(frame: "DataFrame") -> str:
    """A frame as CSV text that reads back to the same numbers."""
    import pandas as pd

    table = frame.rename(columns=harmless)
    quoting = csv.QUOTE_MINIMAL
    for at, dtype in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(dtype):
            column = list(frame.iloc[:, at])
            made = {one: harmless(one) for one in {x for x in column if isinstance(x, str)}}
            cells = [made[one] if isinstance(one, str) else one for one in column]
            table.isetitem(at, pd.Series(cells, index=frame.index, dtype=object))
            if any("\r" in one for one in cells if isinstance(one, str)):
                quoting = csv.QUOTE_NONNUMERIC  # the csv module takes it for the end of a row else
    return table.to_csv(index=False, lineterminator="\n", quoting=quoting)


def append(sheet: "Worksheet", row: Iterable[object]) -> None:
    """Add a row below those of a sheet."""
    sheet.append([harmless(one) for one in row])


LONGEST = 1_048_576  # rows of a sheet
LONGEST_CELL = 32_767  # letters of a cell
_PLAIN = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_NOT_FINITE = frozenset(("inf", "-inf", "nan", ""))
_UNWRITTEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def is_plain_number(text: str) -> bool:
    """Whether a cell of a CSV file is a number, and not a code such as ``007``.

    Examples
    --------
    >>> [is_plain_number(text) for text in ("-0.5", "1e-07", "007", "1,5", "inf")]
    [True, True, False, False, False]
    """
    return _PLAIN.fullmatch(text) is not None


def rows_of_sheet(rows: Sequence[Sequence[str]], first: int) -> bytes:
    """Rows of a CSV file as they stand within a sheet's XML, where no text is a formula.

    openpyxl takes 9 microseconds a cell, which is 15 seconds for the longest table of the dose
    report; this takes a tenth. A column is of numbers when every cell that is filled is one; their
    digits are those of the file.

    Parameters
    ----------
    rows
        As ``csv.reader`` gives them, all of one length, without the head.
    first
        Number of the first row in the sheet.
    """
    columns = [_cells_of_sheet(column) for column in zip(*rows, strict=True)]
    # A row is filled in at once: a text for each of a million cells takes several times as long.
    shape = f'<row r="%d">{"".join(own for own, _ in columns)}</row>'
    places = range(first, first + len(rows))
    lines = zip(places, *(cells for _, cells in columns), strict=True)
    return "".join([shape % line for line in lines]).encode("utf-8")


def _cells_of_sheet(column: Sequence[str]) -> tuple[str, Sequence[str]]:
    """What stands around each text of a column, ``%s`` in its place, and these texts."""
    kinds = set(column)
    others = kinds & _NOT_FINITE
    if all(map(is_plain_number, kinds - others)) and kinds != others:
        if not others:
            return "<c><v>%s</v></c>", column
        made = {one: _text_cell(one) for one in others}
        return "%s", [made.get(one) or f"<c><v>{one}</v></c>" for one in column]
    made = {one: _text_cell(one) for one in kinds}
    return "%s", [made[one] for one in column]


def _text_cell(text: str) -> str:
    if not text:
        return "<c/>"
    said = _UNWRITTEN.sub("", harmless(read_back(text)))
    words = said if len(said) <= LONGEST_CELL else said[: LONGEST_CELL - 1] + "…"
    words = escape(words, quote=False)
    return f'<c t="inlineStr"><is><t xml:space="preserve">{words}</t></is></c>'
