"""OpenDocument spreadsheets (.ods), with the rules of XLSX.

A cell or a row may be written once and counted a million times: such counts are held against the
limits before anything is made of them. Percentages keep their sign, as they are shown.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree.ElementTree import Element, iterparse
from zipfile import ZipFile

from openpyxl.utils import get_column_letter

from hipstudy.cohort_file import limits, xlsx_safety
from hipstudy.cohort_file.limits import refuse
from hipstudy.cohort_file.other_formats.books import RowsBook
from hipstudy.cohort_file.xlsx_xml import GridRow, as_text

MIMETYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_GROUPS = {"table-row-group", "table-header-rows", "table-rows", "table", "spreadsheet", "body"}
_OUTSIDE = "'file:"  # tables that are copies of other files'
_ZEROS = re.compile(r"0\d+")


def is_ods(archive: ZipFile) -> bool:
    """Whether a zip says of itself that it is an OpenDocument spreadsheet."""
    if "mimetype" not in archive.namelist():
        return False
    with archive.open("mimetype") as file:
        return file.read(len(MIMETYPE) + 40).startswith(MIMETYPE)


def open_ods(content: bytes, file: str) -> RowsBook:
    """Every sheet of an OpenDocument spreadsheet; damage raises whatever the parser raises.

    Raises
    ------
    DataProblems
        When it is encrypted, a bomb, or past a limit.
    """
    with ZipFile(BytesIO(content)) as archive:
        xlsx_safety.check_sizes(archive.infolist(), file)
        manifest = "META-INF/manifest.xml"
        if manifest in archive.namelist():
            listed = xlsx_safety.other_part(archive, manifest, file)
            if b"encryption-data" in listed:
                refuse(file, "zip_password")
        data = xlsx_safety.other_part(archive, "content.xml", file)
    reader = _Reader(file)
    reader.read(data)
    return RowsBook(reader.sheets, frozenset(reader.unseen), reader.merged)


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _get(element: Element, name: str) -> str:
    """An attribute by its name without prefix; the first that has it."""
    return next((v for key, v in element.attrib.items() if _local(key) == name), "")


def _times(element: Element, name: str) -> int:
    text = _get(element, name)
    return max(int(text), 1) if text else 1


def _pieces(element: Element) -> Iterator[str]:
    """Text of a paragraph: several blanks, tabs and line breaks are elements; notes are none."""
    yield element.text or ""
    for one in element:
        name = _local(one.tag)
        if name == "s":
            yield " " * min(_times(one, "c"), limits.MAX_CELL)
        elif name in ("tab", "line-break"):
            yield "\t" if name == "tab" else "\n"
        elif name not in ("annotation", "note"):
            yield from _pieces(one)
        yield one.tail or ""


def _shown(cell: Element) -> str:
    return "\n".join("".join(_pieces(one)) for one in cell if _local(one.tag) == "p").strip()


def _text(cell: Element) -> str | None:
    """What a cell has, as XLSX would: a number unrounded, a date in ISO, a percentage as shown."""
    kinds = [v for key, v in cell.attrib.items() if _local(key) == "value-type"]
    kind, value = (kinds[0] if kinds else ""), _get(cell, "value")
    shown = _shown(cell)
    if "error" in kinds or shown.startswith("Err:"):
        return shown if shown.startswith("#") else "#VALUE!"
    if kind in ("float", "currency") and value:
        text = as_text(float(value))
        return shown if _ZEROS.fullmatch(shown) and int(shown) == float(value) else text
    if kind == "percentage" and value:
        return f"{as_text(100 * float(value))}%"
    if kind == "date":
        return _get(cell, "date-value").replace("T00:00:00", "").replace("T", " ") or shown
    if kind == "boolean":
        return "yes" if _get(cell, "boolean-value") == "true" else "no"
    return shown or _get(cell, "string-value") or None


@dataclass(eq=False)
class _Reader:
    """Rows of all tables, from the top of the document to its end."""

    file: str
    sheets: dict[str, list[GridRow]] = field(default_factory=dict)
    merged: dict[str, list[str]] = field(default_factory=dict)
    unseen: list[str] = field(default_factory=list)
    n_cells: int = 0
    number: int = 0

    def read(self, data: bytes) -> None:
        stack: list[str] = []
        hidden_styles, style, name = set(), "", ""
        for event, one in iterparse(BytesIO(data), events=("start", "end")):
            tag = _local(one.tag)
            if event == "start":
                stack.append(tag)
                if tag == "style":
                    style = _get(one, "name")
                elif tag == "table" and stack[-2:-1] == ["spreadsheet"]:
                    name, self.number = _get(one, "name"), 0
                    if not name.startswith(_OUTSIDE):
                        self.sheets[name], self.merged[name] = [], []
                        if _get(one, "style-name") in hidden_styles:
                            self.unseen.append(name)
                continue
            stack.pop()
            if tag == "table-properties" and _get(one, "display") == "false":
                hidden_styles.add(style)
            elif tag == "table-row" and name in self.sheets and self._in_table(stack):
                self._row(one, name)
                one.clear()
            elif tag in _GROUPS:
                one.clear()

    def _in_table(self, stack: list[str]) -> bool:
        """Whether all that a row stands in are groups of rows: no tracked change, no drawing."""
        return "spreadsheet" in stack and _GROUPS.issuperset(stack[stack.index("spreadsheet") :])

    def _row(self, row: Element, name: str) -> None:
        times, first = _times(row, "number-rows-repeated"), self.number + 1
        self.number += times
        cells, without = self._cells(row, first, name)
        if limits.empty(cells) and not without:
            return
        self.n_cells += len(cells) * times
        if times > limits.MAX_ROWS or self.n_cells > limits.MAX_CELLS:
            most = {"rows": limits.MAX_ROWS, "cells": limits.MAX_CELLS}
            refuse(self.file, "too_many_rows_or_cells", **most)
        hidden = _get(row, "visibility") in ("collapse", "filter")
        for number in range(first, first + times):
            self.sheets[name].append(GridRow(number, [*cells], tuple(without), hidden))

    def _cells(self, row: Element, number: int, name: str) -> tuple[list[str | None], list[int]]:
        cells: list[str | None] = []
        without: list[int] = []
        at = 0
        for cell in row:
            tag = _local(cell.tag)
            if tag not in ("table-cell", "covered-table-cell"):
                continue
            times = _times(cell, "number-columns-repeated")
            text = _text(cell) if tag == "table-cell" else None
            if text is None and _get(cell, "formula"):
                without.append(at)
            across, down = (
                _times(cell, "number-columns-spanned"),
                _times(cell, "number-rows-spanned"),
            )
            if across > 1 or down > 1:
                end = f"{get_column_letter(min(at + across, 16_384))}{number + down - 1}"
                self.merged[name].append(f"{get_column_letter(min(at + 1, 16_384))}{number}:{end}")
            if text is not None:
                if at + times > limits.MAX_COLUMNS:
                    facts = {"n": at + times, "most": limits.MAX_COLUMNS}
                    refuse(self.file, "too_many_columns", row=number, **facts)
                cells += [None] * (at - len(cells)) + [text] * times
            at += times
        return cells, without
