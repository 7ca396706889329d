"""OpenDocument spreadsheets (.ods), with the rules of XLSX.

A cell or a row may be written once and counted a million times: such counts are held against the
limits before anything is made of them. Percentages keep their sign, as they are shown.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
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


@lru_cache(4_096)
def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _attributes(element: Element) -> dict[str, str]:
    """Attributes by their names without prefix; an error goes before any other type of value."""
    found: dict[str, str] = {}
    for key, value in element.attrib.items():
        name = _local(key)
        if found.get(name) != "error":
            found[name] = value
    return found


def _times(attributes: Mapping[str, str], name: str) -> int:
    text = attributes.get(name)
    return max(int(text), 1) if text else 1


def _pieces(element: Element) -> Iterator[str]:
    """Text of a paragraph: several blanks, tabs and line breaks are elements; notes are none."""
    yield element.text or ""
    for one in element:
        name = _local(one.tag)
        if name == "s":
            yield " " * min(_times(_attributes(one), "c"), limits.MAX_CELL)
        elif name in ("tab", "line-break"):
            yield "\t" if name == "tab" else "\n"
        elif name not in ("annotation", "note"):
            yield from _pieces(one)
        yield one.tail or ""


def _shown(cell: Element) -> str:
    if len(cell) == 1 and not len(cell[0]):  # most cells
        return (cell[0].text or "").strip() if _local(cell[0].tag) == "p" else ""
    return "\n".join("".join(_pieces(one)) for one in cell if _local(one.tag) == "p").strip()


def _text(cell: Element, attributes: Mapping[str, str]) -> str | None:
    """What a cell has, as XLSX would: a number unrounded, a date in ISO, a percentage as shown."""
    kind, value = attributes.get("value-type", ""), attributes.get("value", "")
    shown = _shown(cell)
    if kind == "error" or shown.startswith("Err:"):
        return shown if shown.startswith("#") else "#VALUE!"
    if kind in ("float", "currency") and value:
        text = as_text(float(value))
        return shown if _ZEROS.fullmatch(shown) and int(shown) == float(value) else text
    if kind == "percentage" and value:
        return f"{as_text(100 * float(value))}%"
    if kind == "date":
        date = attributes.get("date-value", "")
        return date.replace("T00:00:00", "").replace("T", " ") or shown
    if kind == "boolean":
        return "yes" if attributes.get("boolean-value") == "true" else "no"
    return shown or attributes.get("string-value") or None


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
                    style = _attributes(one).get("name", "")
                elif tag == "table" and stack[-2:-1] == ["spreadsheet"]:
                    about = _attributes(one)
                    name, self.number = about.get("name", ""), 0
                    if not name.startswith(_OUTSIDE):
                        self.sheets[name], self.merged[name] = [], []
                        if about.get("style-name") in hidden_styles:
                            self.unseen.append(name)
                continue
            stack.pop()
            if tag == "table-properties" and _attributes(one).get("display") == "false":
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
        about = _attributes(row)
        times, first = _times(about, "number-rows-repeated"), self.number + 1
        self.number += times
        cells, without = self._cells(row, first, name)
        if limits.empty(cells) and not without:
            return
        self.n_cells += len(cells) * times
        if times > limits.MAX_ROWS or self.n_cells > limits.MAX_CELLS:
            most = {"rows": limits.MAX_ROWS, "cells": limits.MAX_CELLS}
            refuse(self.file, "too_many_rows_or_cells", **most)
        hidden = about.get("visibility") in ("collapse", "filter")
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
            about = _attributes(cell)
            times = _times(about, "number-columns-repeated")
            text = _text(cell, about) if tag == "table-cell" else None
            if text is None and "formula" in about:
                without.append(at)
            across = _times(about, "number-columns-spanned")
            down = _times(about, "number-rows-spanned")
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
