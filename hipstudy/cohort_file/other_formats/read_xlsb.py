"""Binary workbooks (.xlsb), with the rules of XLSX.

A part is a row of records, each its kind, its length and its bytes. Read here and not by calamine:
that lays a whole sheet out before it says how large it is, and leaves number formats out, so that
85 % would be read as 0.85.
"""

import posixpath
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from xml.etree.ElementTree import fromstring
from zipfile import ZipFile

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format
from openpyxl.utils import get_column_letter
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from hipstudy.cohort_file import limits, xlsx_safety
from hipstudy.cohort_file.limits import refuse
from hipstudy.cohort_file.other_formats.books import RowsBook
from hipstudy.cohort_file.xlsx_xml import (
    SHEET_ROWS,
    GridRow,
    as_text,
    is_percent_format,
    moment_text,
)

PART = "xl/workbook.bin"
# Kinds of records, as the format numbers them.
_ROW, _BLANK, _RK, _ERROR, _BOOL, _REAL, _TEXT, _SHARED = range(8)
_F_TEXT, _F_REAL, _F_BOOL, _F_ERROR = 8, 9, 10, 11
_SHARED_TEXT, _FORMAT, _STYLE, _MERGED = 19, 44, 47, 176
_WORKBOOK, _SHEET, _STYLES_BEGIN, _STYLES_END = 153, 156, 617, 618
_ERRORS = {0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!"}
_ERRORS |= {42: "#N/A"}
_ZEROS = re.compile(r"(0{2,})(?:;|$)")  # shows 7 as 007
_HIDDEN_ROW = 0x10  # in the byte of a row's record that says so


@dataclass(frozen=True, eq=False)
class _About:
    """What cells point to: shared texts, the number format of each style, the first day."""

    texts: list[str]
    formats: list[str]
    epoch: datetime


def open_xlsb(content: bytes, file: str) -> RowsBook:
    """Every sheet of a binary workbook; damage raises whatever the parser raises.

    Raises
    ------
    DataProblems
        When it is a bomb, or past a limit.
    """
    with ZipFile(BytesIO(content)) as archive:
        xlsx_safety.check_sizes(archive.infolist(), file)
        targets = _targets(archive)
        names = set(archive.namelist())
        top = list(_records(xlsx_safety.unpacked(archive, PART)))
        texts = _texts(archive, "xl/sharedStrings.bin") if "xl/sharedStrings.bin" in names else []
        formats = _formats(archive, "xl/styles.bin") if "xl/styles.bin" in names else []
        mac = any(kind == _WORKBOOK and data[0] & 1 for kind, data in top)
        about = _About(texts, formats, MAC_EPOCH if mac else WINDOWS_EPOCH)
        sheets, merged, unseen = {}, {}, []
        left = limits.MAX_CELLS
        for kind, data in top:
            if kind != _SHEET:
                continue
            (state,) = struct.unpack_from("<I", data)
            key, at = _wide(data, 8)
            name, _ = _wide(data, at)
            if targets.get(key) not in names:
                continue  # a chart has a sheet of its own
            reader = _SheetReader(about, file, left)
            reader.read(xlsx_safety.unpacked(archive, targets[key]))
            left = reader.left
            sheets[name], merged[name] = reader.rows, reader.merged
            if state:
                unseen.append(name)
    return RowsBook(sheets, frozenset(unseen), merged)


def _targets(archive: ZipFile) -> dict[str, str]:
    """The part of each worksheet by the key that the workbook has for it."""
    data = xlsx_safety.other_part(archive, "xl/_rels/workbook.bin.rels", "")
    return {
        one.get("Id", ""): posixpath.normpath(
            posixpath.join("/", "xl", one.get("Target", ""))
        ).lstrip("/")
        for one in fromstring(data).iter()
        if one.get("Type", "").endswith("/worksheet")
    }


def _number(data: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and the place after it."""
    value = 0
    for k in range(most):
        byte = data[at + k]
        value |= (byte & 0x7F) << (7 * k)
        if byte < 0x80:
            return value, at + k + 1
    return value, at + most


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(data):
        kind = data[at]
        at += 1
        if kind >= 0x80:
            kind = kind & 0x7F | (data[at] & 0x7F) << 7
            at += 1
        length, at = _number(data, at, 4)
        if at + length > len(data):
            raise ValueError("a record that is cut off")
        yield kind, data[at : at + length]
        at += length


def _wide(data: bytes, at: int) -> tuple[str, int]:
    """A text with its length before it, and the place after it; of no length, none."""
    (length,) = struct.unpack_from("<I", data, at)
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + 2 * length
    if end > len(data):
        raise ValueError("a text that is cut off")
    return data[at + 4 : end].decode("utf-16-le", "replace"), end


def _texts(archive: ZipFile, part: str) -> list[str]:
    records = _records(xlsx_safety.unpacked(archive, part))
    return [_wide(data, 1)[0].strip() for kind, data in records if kind == _SHARED_TEXT]


def _formats(archive: ZipFile, part: str) -> list[str]:
    """The number format of each style of cells."""
    formats: dict[int, str] = dict(BUILTIN_FORMATS)
    styles: list[str] = []
    inside = False
    for kind, data in _records(xlsx_safety.unpacked(archive, part)):
        if kind == _FORMAT:
            formats[struct.unpack_from("<H", data)[0]] = _wide(data, 2)[0]
        elif kind in (_STYLES_BEGIN, _STYLES_END):
            inside = kind == _STYLES_BEGIN
        elif kind == _STYLE and inside:
            styles.append(formats.get(struct.unpack_from("<H", data, 2)[0], "General"))
    return styles


def _rk(value: int) -> float:
    """A number in four bytes: a whole one, or the upper half of a double, maybe over 100."""
    if value & 2:
        number = float((value >> 2) - (1 << 30 if value & 0x80000000 else 0))
    else:
        (number,) = struct.unpack("<d", struct.pack("<II", 0, value & 0xFFFFFFFC))
    return number / 100 if value & 1 else number


class _SheetReader:
    """Rows of one sheet, from its top to its end."""

    def __init__(self, about: _About, file: str, left: int) -> None:
        self.about, self.file, self.left = about, file, left
        self.rows: list[GridRow] = []
        self.merged: list[str] = []
        self.number, self.is_hidden = 0, False

    def read(self, data: bytes) -> None:
        cells: list[str | None] = []
        for kind, record in _records(data):
            if kind == _ROW:
                self._close(cells)
                cells = []
                (row,) = struct.unpack_from("<I", record)
                if row >= SHEET_ROWS:
                    raise ValueError("a row that no sheet has")
                self.number, self.is_hidden = row + 1, bool(record[11] & _HIDDEN_ROW)
            elif _BLANK < kind <= _F_ERROR:
                column, style = struct.unpack_from("<II", record)
                if column >= limits.MAX_COLUMNS:
                    facts = {"n": column + 1, "most": limits.MAX_COLUMNS}
                    refuse(self.file, "too_many_columns", row=self.number, **facts)
                cells += [None] * (column + 1 - len(cells))
                cells[column] = self._text(kind, record, style & 0xFFFFFF)
            elif kind == _MERGED:
                top, bottom, first, last = struct.unpack_from("<4I", record)
                start = f"{get_column_letter(first + 1)}{top + 1}"
                self.merged.append(f"{start}:{get_column_letter(last + 1)}{bottom + 1}")
        self._close(cells)

    def _close(self, cells: list[str | None]) -> None:
        self.left -= len(cells)
        if self.left < 0 or len(self.rows) > limits.MAX_ROWS:
            most = {"rows": limits.MAX_ROWS, "cells": limits.MAX_CELLS}
            refuse(self.file, "too_many_rows_or_cells", **most)
        if cells:
            self.rows.append(GridRow(self.number, cells, (), self.is_hidden))

    def _text(self, kind: int, record: bytes, style: int) -> str | None:
        if kind == _SHARED:
            return self.about.texts[struct.unpack_from("<I", record, 8)[0]]
        if kind in (_TEXT, _F_TEXT):
            return _wide(record, 8)[0]
        if kind in (_BOOL, _F_BOOL):
            return "yes" if record[8] else "no"
        if kind in (_ERROR, _F_ERROR):
            return _ERRORS.get(record[8], "#VALUE!")
        if kind == _RK:
            return self._shown(_rk(struct.unpack_from("<I", record, 8)[0]), style)
        return self._shown(struct.unpack_from("<d", record, 8)[0], style)

    def _shown(self, value: float, style: int) -> str:
        """A number as its format shows it, unrounded: a date, a percentage, with zeros before."""
        formats = self.about.formats
        code = formats[style] if style < len(formats) else "General"
        if is_percent_format(code):
            return f"{as_text(100 * value)}%"
        if is_date_format(code):
            return moment_text(value, self.about.epoch)
        text, zeros = as_text(value), _ZEROS.match(code)
        return text.zfill(len(zeros[1])) if zeros and text.isdigit() else text
