"""Old workbooks (.xls), with the rules of XLSX, by xlrd: it tells formats and hidden rows."""

import re
from io import StringIO

import xlrd
from openpyxl.utils import get_column_letter

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.limits import refuse
from hipstudy.cohort_file.other_formats.books import RowsBook
from hipstudy.cohort_file.xlsx_xml import GridRow, as_text, is_percent_format

OLE = b"\xd0\xcf\x11\xe0"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # a newer workbook with a password
_ZEROS = re.compile(r"(0{2,})(?:;|$)")  # shows 7 as 007
_ERRORS = xlrd.biffh.error_text_from_code


def open_xls(content: bytes, file: str) -> RowsBook:
    """Every sheet of an old workbook; damage raises whatever the parser raises.

    Raises
    ------
    DataProblems
        When it has a password, or more cells than the limits.
    """
    if _ENCRYPTED in content:
        refuse(file, "workbook_password")
    try:
        with xlrd.open_workbook(
            file_contents=content,
            logfile=StringIO(),
            formatting_info=True,
            on_demand=True,
            ragged_rows=True,
        ) as book:
            return _sheets(book, file)
    except xlrd.XLRDError as error:
        refuse(file, "workbook_password" if "encrypted" in str(error) else "old_workbook")


def _sheets(book: xlrd.Book, file: str) -> RowsBook:
    sheets: dict[str, list[GridRow]] = {}
    merged: dict[str, list[str]] = {}
    unseen = []
    left = limits.MAX_CELLS
    for place, name in enumerate(book.sheet_names()):
        sheet = book.sheet_by_index(place)
        left -= sum(sheet.row_len(row) for row in range(sheet.nrows))
        if left < 0:
            most = {"rows": limits.MAX_ROWS, "cells": limits.MAX_CELLS}
            refuse(file, "too_many_rows_or_cells", **most)
        sheets[name] = [_row(book, sheet, row) for row in range(sheet.nrows)]
        merged[name] = [
            f"{get_column_letter(left_ + 1)}{top + 1}:{get_column_letter(right)}{bottom}"
            for top, bottom, left_, right in sheet.merged_cells
        ]
        if sheet.visibility:
            unseen.append(name)
        book.unload_sheet(place)
    return RowsBook(sheets, frozenset(unseen), merged)


def _row(book: xlrd.Book, sheet: xlrd.sheet.Sheet, row: int) -> GridRow:
    cells = [_text(book, cell) for cell in sheet.row(row)]
    about = sheet.rowinfo_map.get(row)
    return GridRow(row + 1, cells, (), bool(about and about.hidden))


def _text(book: xlrd.Book, cell: xlrd.sheet.Cell) -> str | None:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if cell.ctype == xlrd.XL_CELL_TEXT:
        return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return "yes" if cell.value else "no"
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return _ERRORS.get(cell.value, "#VALUE!")
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
        except (xlrd.XLDateError, OverflowError, ValueError):
            return "#VALUE!"  # as a spreadsheet shows a date past the calendar
        text = moment.isoformat(" ")
        return text.removesuffix(" 00:00:00")
    code = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
    if is_percent_format(code):
        return f"{as_text(100 * cell.value)}%"
    text, zeros = as_text(cell.value), _ZEROS.match(code)
    return text.zfill(len(zeros[1])) if zeros and text.isdigit() else text
