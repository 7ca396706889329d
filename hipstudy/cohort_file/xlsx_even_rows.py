"""A plain sheet of a workbook in one pass over its text, without a tree of its XML.

A sheet is plain where its cells are numbers, dates, shared texts, texts of one run, and yes or no,
with nothing that changes what is shown: no formula, hidden row, merged range, escape or rich text.
Every other sheet is read by ``xlsx_xml.grid``, and both ways give the same.
"""

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.even_rows import BLANKS, EvenRows, filled_rows
from hipstudy.cohort_file.xlsx_xml import SHEET_ROWS, Book, column_number, number_text

# Marks for which a sheet is read cell by cell: escapes, apostrophes, failed formulas.
_CAREFUL = (b"&", b"_x", b"'", b"#", b"hidden")
_DATA, _DATA_END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
# A number that is shown as it is kept: of 15 digits at most, and none that a power is written for.
_NUMBER = r"-?(?!0\.0000|0<)(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{0,5}[1-9])?|0"
_TEXT = "(?:[^< ](?:[^<]*[^< ])?)?"  # without blanks around it
_CELL = re.compile(
    r'(?:<row r="([0-9]{1,7})"[^<>/]*>)?<c r="([A-Z]{1,3})[0-9]{1,7}"'
    r'(?: s="([0-9]{1,6})")?(?: t="(n|s|b|inlineStr)")?'
    rf"(?:(/)>|>(?:<v>(?:({_NUMBER})|([^< ]+))</v>|(<is><t>)({_TEXT})</t></is>)</c>)"
)
_PIECE = 2_000_000  # characters looked at together: what is in memory at once


class _NotPlain(Exception):
    """Something that has to be read cell by cell."""


def even_sheet(book: Book, xml: bytes) -> tuple[EvenRows, list[int]] | None:
    """Rows of a plain sheet and their row numbers; None where it has to be read cell by cell.

    Parameters
    ----------
    book
        Texts and styles of the workbook.
    xml
        The sheet's part, in UTF-8.
    """
    start, end = xml.find(_DATA), xml.find(_DATA_END)
    marks = _CAREFUL if xml.isascii() else (*_CAREFUL, *BLANKS)
    if start < 0 or end < 0 or any(one in xml for one in marks) or b"<mergeCell" in xml[end:]:
        return None
    if np.frombuffer(xml, dtype=np.uint8)[start:end].min() < ord(" "):
        return None
    if any(len(one) > limits.MAX_CELL or "'" in one or "#" in one for one in book.strings):
        return None
    parts: list[NDArray[np.object_]] = []
    numbers: list[int] = []
    try:
        for piece in _pieces(xml, start + len(_DATA), end):
            cells, at = _rows(book, piece)
            parts.append(cells)
            numbers += at
    except (_NotPlain, ValueError, OverflowError, IndexError):
        return None
    width = max((part.shape[1] for part in parts), default=0)
    total = len(numbers) * width
    if not total or total > limits.MAX_CELLS or len(numbers) > limits.MAX_ROWS + 1:
        return None
    cells = np.full((len(numbers), width), "", dtype=object)
    done = 0
    for part in parts:
        cells[done : done + len(part), : part.shape[1]] = part
        done += len(part)
    if sum(map(len, cells.flat)) > limits.MAX_TEXT:
        return None
    rows, numbers = filled_rows(cells, cells == "", np.array(numbers, dtype=np.int64))
    return (rows, numbers) if numbers else None


def _pieces(xml: bytes, start: int, end: int) -> Iterator[str]:
    """Rows of a sheet, some thousands together."""
    while start < end:
        until = xml.find(_ROW_END, min(start + _PIECE, end), end)
        until = end if until < 0 else until + len(_ROW_END)
        yield xml[start:until].decode()
        start = until


def _rows(book: Book, piece: str) -> tuple[NDArray[np.object_], list[int]]:
    """Cells in their rows and columns, empty where there is none, and the row numbers."""
    special = {*book.dates, *book.percents, *book.zeros}
    found = _CELL.findall(piece)
    numbers: list[int] = []
    lines: list[list[str]] = []
    line: list[str] = []
    n_empty = n_text = 0
    for row, letters, style, kind, empty, plain, other, inline, text in found:
        if row:
            line = []
            lines.append(line)
            numbers.append(int(row))
        at = column_number(letters)
        if at != len(line):
            _fill(line, at)
        if plain and kind in ("", "n") and style not in special:
            line.append(plain)
        elif inline and kind == "inlineStr":
            n_text += 1
            line.append(text)
        elif empty:
            n_empty += 1
            line.append("")
        else:
            line.append(_value(book, kind, plain or other, style))
    n_values = len(found) - n_empty - n_text
    if piece.count("<") != 2 * len(lines) + n_empty + 4 * n_values + 6 * n_text:
        raise _NotPlain  # something else is there too
    if not all(1 <= one <= SHEET_ROWS for one in numbers):
        raise _NotPlain
    width = max(map(len, lines), default=0)
    cells = np.empty((len(lines), width), dtype=object)
    for k, one in enumerate(lines):
        cells[k] = one if len(one) == width else [*one, *[""] * (width - len(one))]
    return cells, numbers


def _fill(line: list[str], at: int) -> None:
    """Leave cells empty until the column of the next one."""
    if at < len(line) or at >= limits.MAX_COLUMNS:
        raise _NotPlain
    line += [""] * (at - len(line))


def _value(book: Book, kind: str, value: str, style: str) -> str:
    """What a value of a cell stands for, by the kind and the style of the cell."""
    if kind == "s" and value[:1] != "-":
        return book.strings[int(value)]
    if value and kind in ("", "n"):
        return number_text(book, value, style or None)
    if value and kind == "b":
        return "yes" if value in ("1", "true") else "no"
    raise _NotPlain
