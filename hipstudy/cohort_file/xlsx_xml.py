"""The XML of a workbook: its sheets, shared texts, cell styles, and rows of cells as text.

It is read row by row and by the names of tags only, so that prefixes and the strict form of the
format make no difference. ``xlsx_safety`` has refused entities and bombs before.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from functools import cache
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, fromstring, iterparse
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import column_index_from_string
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH, from_excel

from hipstudy.cohort_file.xlsx_safety import MEDIA, may_be_whole, unpacked

SHEET_ROWS, SHEET_COLUMNS = 1_048_576, 16_384  # a spreadsheet has no more
_ZEROS = re.compile(r"(0{2,})(?:;|$)")  # shows 7 as 007
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LITERAL = re.compile(r'"[^"]*"|[\\_*].|\[[^\]]*\]')  # parts of a format that stand for themselves


@dataclass(frozen=True, eq=False)
class Book:
    """What is needed to read a sheet: names and parts in order, texts, styles, epoch.

    ``unseen`` has the names of sheets that a spreadsheet program does not show; ``dates`` and
    ``percents`` have the styles of cells that it shows as a date, and as a percentage; ``zeros``
    has those that show a number with zeros before it, with the number of digits.
    """

    archive: ZipFile
    sheets: Mapping[str, str]
    unseen: frozenset[str]
    strings: list[str]
    dates: frozenset[str]
    percents: frozenset[str]
    zeros: Mapping[str, int]
    epoch: datetime

    def rows(self, name: str, merged: list[str] | None = None) -> "Iterator[GridRow]":
        """Rows of a sheet, as ``grid`` has them."""
        return grid(self, name, merged)


@dataclass(frozen=True)
class GridRow:
    """One row: its number, its cells, columns of formulas without a value, whether it hides."""

    number: int
    cells: list[str | None]
    no_value: tuple[int, ...]
    is_hidden: bool


def _local(element: Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _every(root: Element, name: str) -> Iterator[Element]:
    return (one for one in root.iter() if _local(one) == name)


def _attribute(element: Element, name: str) -> str:
    """An attribute by its name without prefix."""
    return next((v for key, v in element.attrib.items() if key.rsplit("}", 1)[-1] == name), "")


def _whole(archive: ZipFile, part: str) -> Element:
    if not may_be_whole(part):
        raise ValueError("a part of another kind")
    return fromstring(unpacked(archive, part))


def _no_picture(part: str) -> None:
    if part.startswith(MEDIA):
        raise ValueError("a picture, in which nothing was looked at")


def _targets(archive: ZipFile, part: str) -> list[tuple[str, str, str]]:
    """Id, kind and part of what a part points to."""
    folder, name = posixpath.split(part)
    root = _whole(archive, posixpath.join(folder, "_rels", f"{name}.rels"))
    targets = []
    for one in _every(root, "Relationship"):
        path = posixpath.normpath(posixpath.join("/", folder, one.get("Target", ""))).lstrip("/")
        targets.append((one.get("Id", ""), one.get("Type", "").rsplit("/", 1)[-1], path))
    return targets


def _strings(archive: ZipFile, part: str | None) -> list[str]:
    if part is None:
        return []
    _no_picture(part)
    texts = []
    events = iterparse(BytesIO(unpacked(archive, part)), events=("start", "end"))
    root = next(events)[1]
    for event, one in events:
        if event == "end" and _local(one) == "si":
            # White space is cut here, once: a text may be used in a million cells.
            texts.append(_text(one).strip())
            root.clear()
    return texts


def _text(element: Element) -> str:
    """Text of a cell, of all its differently formatted runs; how to pronounce it is left out."""
    runs = [one for one in element if _local(one) == "r"]
    parts = [text for one in (element, *runs) for text in one if _local(text) == "t"]
    text = "".join(part.text or "" for part in parts)
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def is_percent_format(code: str) -> bool:
    r"""Whether a number is shown a hundredfold with a percent sign after it.

    Examples
    --------
    >>> [is_percent_format(code) for code in ("0%", "0.00 %", '0"%"', r"0\%", "General")]
    [True, True, False, False, False]
    """
    return "%" in _LITERAL.sub("", code)


def _formats(archive: ZipFile, part: str | None) -> dict[str, str]:
    """The number format of each style."""
    if part is None:
        return {}
    root = _whole(archive, part)
    formats = {str(key): code for key, code in BUILTIN_FORMATS.items()}
    formats |= {
        one.get("numFmtId", ""): one.get("formatCode", "") for one in _every(root, "numFmt")
    }
    styles = (one for group in _every(root, "cellXfs") for one in group)
    numbers = enumerate(one.get("numFmtId", "0") for one in styles)
    return {str(k): formats.get(key, "General") for k, key in numbers}


def open_book(content: bytes) -> Book:
    """Look up what a workbook has; any damage raises whatever the parser raises."""
    archive = ZipFile(BytesIO(content))
    top = next(path for _, kind, path in _targets(archive, "") if kind == "officeDocument")
    targets = _targets(archive, top)
    parts = {key: path for key, kind, path in targets if kind == "worksheet"}
    one = {kind: path for _, kind, path in targets}
    root = _whole(archive, top)
    listed = list(_every(root, "sheet"))
    sheets = {
        sheet.get("name", ""): parts[key]
        for sheet in listed
        if (key := _attribute(sheet, "id")) in parts  # a chart has a sheet of its own
    }
    hidden = (s.get("name", "") for s in listed if s.get("state", "visible") != "visible")
    mac = any(one.get("date1904") in ("1", "true") for one in _every(root, "workbookPr"))
    formats = _formats(archive, one.get("styles"))
    return Book(
        archive,
        sheets,
        frozenset(hidden),
        _strings(archive, one.get("sharedStrings")),
        frozenset(style for style, code in formats.items() if is_date_format(code)),
        frozenset(style for style, code in formats.items() if is_percent_format(code)),
        {style: len(zeros[1]) for style, code in formats.items() if (zeros := _ZEROS.match(code))},
        MAC_EPOCH if mac else WINDOWS_EPOCH,
    )


def as_text(value: float) -> str:
    """A number as a spreadsheet shows it: of 15 digits, whole ones without a point.

    Examples
    --------
    >>> as_text(3.0), as_text(0.1 + 0.2), as_text(1e-7)
    ('3', '0.3', '1e-07')
    """
    return str(int(value)) if abs(value) < 1e15 and value.is_integer() else f"{value:.15g}"


def moment_text(value: float, epoch: datetime) -> str:
    """A date, with its time where it has one, from the number that a workbook keeps of it."""
    try:
        moment: Any = from_excel(value, epoch)
    except (OverflowError, ValueError):
        return "#VALUE!"  # as a spreadsheet shows a date past the calendar
    if isinstance(moment, datetime):
        return moment.date().isoformat() if moment.time() == time.min else moment.isoformat(" ")
    return str(moment)


def number_text(book: Book, value: str, style: str | None) -> str:
    """A number as a spreadsheet shows it: a date, a percentage, with zeros before it, or plain."""
    if style in book.percents:
        try:
            return f"{as_text(100 * float(value))}%"  # a hundredfold, as it is shown
        except (OverflowError, ValueError):
            return value
    text = _number(value, style in book.dates, book.epoch)
    digits = book.zeros.get(style or "", 0)
    return text.zfill(digits) if text.isdigit() else text


def _number(text: str, is_date: bool, epoch: datetime) -> str:
    if not is_date and text.isdigit():
        return text
    try:
        value = float(text)
    except ValueError:
        return text  # said to be no number where numbers are checked
    if not is_date:
        return as_text(value)
    return moment_text(value, epoch)


@cache
def column_number(letters: str) -> int:
    """Position of a column, from 0, by its letters."""
    return column_index_from_string(letters) - 1


class _Cells:
    """Reader of one row's cells; the tags of a sheet carry the namespace of its root."""

    def __init__(self, book: Book, space: str) -> None:
        self.book = book
        self.cell, self.value = f"{space}c", f"{space}v"
        self.formula, self.inline = f"{space}f", f"{space}is"

    def text(self, cell: Element, kind: str) -> str | None:
        if kind == "inlineStr":
            inline = cell.find(self.inline)
            return None if inline is None else _text(inline)
        value = cell.findtext(self.value)
        if not value:
            return None
        if kind == "s":
            if int(value) < 0:
                raise ValueError("a text before the first")
            return self.book.strings[int(value)]
        if kind == "b":
            return "yes" if value.strip() in ("1", "true") else "no"
        return number_text(self.book, value, cell.get("s")) if kind == "n" else value

    def no_value(self, cell: Element, kind: str) -> bool:
        """Whether a formula's result was never stored; an empty text is one."""
        if cell.find(self.formula) is None:
            return False
        return kind != "str" or cell.find(self.value) is None

    def row(self, element: Element, number: int) -> GridRow:
        cells: list[str | None] = []
        without: list[int] = []
        for cell in element:
            if cell.tag != self.cell:
                continue
            place = cell.get("r")
            column = column_number(place.rstrip("0123456789")) if place else len(cells)
            if column >= SHEET_COLUMNS:
                raise ValueError("a column that no sheet has")
            kind = cell.get("t", "n")
            text = self.text(cell, kind)
            if text is None:
                if self.no_value(cell, kind):
                    without.append(column)
                if place:
                    continue
            if column >= len(cells):
                cells.extend([None] * (column + 1 - len(cells)))
            cells[column] = text
        hidden = element.get("hidden") in ("1", "true")
        return GridRow(number, cells, tuple(without), hidden)


def grid(book: Book, name: str, merged: list[str] | None = None) -> Iterator[GridRow]:
    """Rows of a sheet, from the top; ``merged`` takes in its merged ranges, which come last."""
    _no_picture(book.sheets[name])
    with book.archive.open(book.sheets[name]) as source:
        events = iterparse(source, events=("start", "end"))
        root = next(events)[1]
        space = root.tag[: root.tag.rfind("}") + 1]
        cells = _Cells(book, space)
        tag, data, merge = f"{space}row", f"{space}sheetData", f"{space}mergeCell"
        number, holder = 0, root
        for event, one in events:
            if event == "start":
                holder = one if one.tag == data else holder
            elif one.tag == tag:
                number = int(one.get("r", number + 1))
                if not 1 <= number <= SHEET_ROWS:
                    raise ValueError("a row that no sheet has")
                yield cells.row(one, number)
                holder.clear()
            elif one.tag == merge and merged is not None:
                merged.append(one.get("ref", ""))
