"""Every table of a report as one workbook: a sheet each, and what columns and codes mean."""

import io
import math
import re
from collections.abc import Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from hipstudy.archives import without_time
from hipstudy.report.document import (
    Block,
    Document,
    ListBlock,
    Quote,
    Stamp,
    TableBlock,
    TableNotes,
)
from hipstudy.report.tables import spread
from hipstudy.spreadsheet import LONGEST, append, rows_of_csv, rows_of_sheet
from hipstudy.wording import Wording

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

words = Wording("hipstudy.report", "workbook")
HEAD_ROW = 3  # of every sheet of a table: above it stand its title and a note
_LONGEST_NAME = 31
_WIDEST, _NARROWEST = 60, 9  # characters
_USUAL = 13  # where nothing else is said
_MEASURED = 200  # rows
_LINE_PT = 15  # height of a line
_NUMBER = re.compile(r"(\u2212?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?")
_SWAPPED = str.maketrans(",.", ".,")
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"\s*/>')
_FORBIDDEN = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class TableSheet:
    """A table on its way into a sheet.

    Parameters
    ----------
    name
        Of the sheet.
    title, note, origin
        What it holds, how it is to be read, and where else it stands.
    head, rows
        Texts; the rows of a file are written as they stand in it.
    decimal_mark
        Of the numbers in the texts.
    notes
        What its columns and codes mean.
    is_file
        Whether it is a file's.
    """

    name: str
    title: str
    note: str
    origin: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: TableNotes = field(default_factory=TableNotes)
    is_file: bool = False
    decimal_mark: str = "."


def to_xlsx(document: Document, stamp: Stamp) -> bytes:
    """Write every table of a document as a workbook.

    Parameters
    ----------
    document
        As ``hipstudy.report.read_notebook.read`` gives it.
    stamp
        Its date is the workbook's.

    Returns
    -------
    bytes
        The file, the same for the same document; empty where there is no table.
    """
    from openpyxl import Workbook

    tables = table_sheets(document, stamp)
    if not tables:
        return b""
    book = Workbook()
    title = stamp.title_beside(document.title)
    book.properties.creator, book.properties.title = "hipstudy", title
    book.properties.language = "en-GB"
    contents = book.active
    contents.title = words("sheet_contents")
    for table in tables:
        _fill(book.create_sheet(table.name), table)
    _explain(book, tables)
    _list(contents, title, tables)
    made = io.BytesIO()
    book.save(made)
    return without_time(made.getvalue(), parts=_long_rows(made, tables))


def table_sheets(document: Document, stamp: Stamp) -> list[TableSheet]:
    """The tables beside a report, and then those shown in it, each with the name of its sheet."""
    taken = {words(one) for one in ("sheet_contents", "sheet_columns", "sheet_codes")}
    sheets = [
        _of_file(name, text, document.notes.get(name, TableNotes()), taken)
        for name, text in document.downloads.items()
    ]
    shown = ((block, is_detail) for is_detail, part in ((False, document.blocks),
             (True, document.details)) for block in _tables(part))  # fmt: skip
    for at, (block, is_detail) in enumerate(shown, start=1):
        file = stamp.details_file if is_detail else f"{stamp.report_name}.pdf"
        is_translated = stamp.is_translated and not is_detail
        note = words("note_shown", file=file, is_translated=is_translated)
        sheets.append(_of_block(block, file, note, at, taken))
    return [sheet for sheet in sheets if sheet.head]


def _tables(blocks: Iterable[Block]) -> Iterable[TableBlock]:
    for block in blocks:
        if isinstance(block, TableBlock):
            yield block
        elif isinstance(block, Quote):
            yield from _tables(block.blocks)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from _tables(item)


def _of_file(name: str, text: str, notes: TableNotes, taken: set[str]) -> TableSheet:
    head, *rows = rows_of_csv(text) if text.strip() else [[]]
    origin = f"tables/{name}.csv"
    note = words("note_file", origin)
    if len(rows) + HEAD_ROW > LONGEST:
        rows, note = [], words("too_long", origin)
    wide = len(head)
    title, even = notes.caption or name, _of_length(wide, rows)
    return TableSheet(_free(name, taken), title, note, origin, head, even, notes, is_file=True)


def _of_length(wide: int, rows: Iterable[list[str]]) -> list[list[str]]:
    """Rows with as many texts each: each column of a sheet is measured, and written, as one."""
    return [row if len(row) == wide else [*row, *[""] * wide][:wide] for row in rows]


def _of_block(block: TableBlock, file: str, note: str, number: int, taken: set[str]) -> TableSheet:
    name = _free(block.label or words("untitled", number), taken)
    grid = [[cell.text for cell in row] for row in spread(block.head)]
    head = [" ".join(dict.fromkeys(filter(None, column))) for column in zip(*grid, strict=True)]
    rows = [[cell.text for cell in row] for row in spread(block.rows)]
    if head:  # else there is no sheet
        head, *rows = _of_length(max(map(len, [head, *rows])), [head, *rows])
    title, mark = block.caption or name, block.decimal_mark
    return TableSheet(name, title, note, file, head, rows, decimal_mark=mark)


def _free(name: str, taken: set[str]) -> str:
    """A name for a sheet that no other has; Excel takes capitals for small letters."""
    base = _FORBIDDEN.sub("-", name)[:_LONGEST_NAME]
    result, number = base, 2
    while result.lower() in {one.lower() for one in taken}:
        result = f"{base[: _LONGEST_NAME - 4]} {number}"
        number += 1
    taken.add(result)
    return result


def _fill(sheet: "Worksheet", table: TableSheet) -> None:
    from openpyxl.styles import Alignment

    append(sheet, [table.title])
    append(sheet, [table.note])
    _head(sheet, table.head)
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"
    sheet.print_title_rows = f"{HEAD_ROW}:{HEAD_ROW}"
    widths = _widths(sheet, [table.head, *table.rows[:_MEASURED]])
    if table.is_file:
        return  # its rows are put in as they stand in the file
    at_top = Alignment(wrap_text=True, vertical="top")
    looks: dict[str, Any] = {}  # by format: to look one up in the book takes longest of all
    # The sheet counts its rows, and its columns, by looking through all its cells.
    for at, row in enumerate(table.rows, start=HEAD_ROW + 1):
        values = [_value(text, table.decimal_mark) for text in row]
        append(sheet, [value for value, _ in values])
        cells = _cells(sheet, at, len(values))
        _heighten(sheet, cells, widths)
        for cell, (_, shape) in zip(cells, values, strict=True):
            if shape in looks:
                cell._style = copy(looks[shape])
                continue
            cell.alignment = at_top
            if shape:
                cell.number_format = shape
            looks[shape] = cell._style


def _value(text: str, decimal_mark: str) -> tuple[str | float, str]:
    """A shown cell: a bare number as a number, with the format that shows it as it was.

    The format is Excel's own, in which each program puts the marks of its user.
    """
    match = _NUMBER.fullmatch(text if decimal_mark == "." else text.translate(_SWAPPED))
    if match is None:
        return text, ""
    sign, whole, decimals = match.groups()
    if len(whole) > 1 and whole.startswith("0"):
        return text, ""
    plain = f"{'-' if sign else ''}{whole.replace(',', '')}" + (f".{decimals}" if decimals else "")
    shape = ("#,##0" if "," in whole else "0") + (f".{'0' * len(decimals)}" if decimals else "")
    return (float(plain) if decimals else int(plain)), shape


def _head(sheet: "Worksheet", names: Sequence[str]) -> None:
    from openpyxl.styles import Alignment, Font

    append(sheet, names)
    bold, at_bottom = Font(bold=True), Alignment(wrap_text=True, vertical="bottom")
    for cell in sheet[sheet.max_row]:
        cell.font = bold
        cell.alignment = at_bottom
    sheet["A1"].font = bold


def _widths(sheet: "Worksheet", rows: Sequence[Sequence[str]]) -> list[int]:
    """Make columns as wide as their texts, within limits; how wide each is now."""
    from openpyxl.utils import get_column_letter

    widths = [
        max(min(max(map(len, column)) + 2, _WIDEST), _NARROWEST)
        for column in zip(*rows, strict=False)
    ]
    for at, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    return widths


def _cells(sheet: "Worksheet", at: int, n: int) -> Sequence["Cell"]:
    """The first cells of a row. ``sheet[at]`` looks through all of a sheet for how many it has."""
    return next(iter(sheet.iter_rows(at, at, 1, n)))


def _heighten(sheet: "Worksheet", cells: Sequence["Cell"], widths: Sequence[int]) -> None:
    """Make a row as high as its longest text needs; not every program does so itself."""
    texts = (str(cell.value or "") for cell in cells)
    wide = chain(widths, repeat(_USUAL))
    lines = max(math.ceil(len(text) / width) for text, width in zip(texts, wide, strict=False))
    if lines > 1:
        sheet.row_dimensions[cells[0].row].height = _LINE_PT * lines


def _explain(book: "Workbook", tables: Sequence[TableSheet]) -> None:
    """Sheets that say what columns and codes mean, where the tables say so."""
    columns = [
        (table.name, column, *meaning)
        for table in tables
        for column, meaning in table.notes.columns.items()
    ]
    codes = dict.fromkeys(
        (column, code, stands_for)
        for table in tables
        for column, every in table.notes.codes.items()
        for code, stands_for in every.items()
    )
    for name, rows in (("columns", columns), ("codes", list(codes))):
        if rows:
            sheet = book.create_sheet(words(f"sheet_{name}"))
            heads = words(f"heads_of_{name}").split("|")
            _head(sheet, heads)
            for row in rows:
                append(sheet, row)
            sheet.freeze_panes = "A2"
            _widths(sheet, [heads, *rows])


def _list(sheet: "Worksheet", title: str, tables: Sequence[TableSheet]) -> None:
    """The first sheet: every other, with a link to it."""
    from openpyxl.styles import Alignment, Font
    from openpyxl.worksheet.hyperlink import Hyperlink

    append(sheet, [words("workbook_title", title)])
    append(sheet, [])
    heads = words("heads_of_contents").split("|")
    rows = [heads, *((table.name, table.title, table.origin, "", "") for table in tables)]
    widths = _widths(sheet, rows)
    _head(sheet, heads)
    underlined = Font(underline="single", color="0072B2")
    at_top = Alignment(wrap_text=True, vertical="top")
    for at, table in enumerate(tables, start=HEAD_ROW + 1):
        row = (table.name, table.title, table.origin, len(table.rows), len(table.head))
        append(sheet, row)
        first, second, *_ = cells = _cells(sheet, at, len(row))
        first.hyperlink = Hyperlink(first.coordinate, location=f"'{table.name}'!A1")
        first.font = underlined
        second.alignment = at_top
        _heighten(sheet, cells, widths)
    sheet.freeze_panes = f"A{HEAD_ROW + 1}"


def _long_rows(book: io.BytesIO, tables: Sequence[TableSheet]) -> dict[str, bytes]:
    """Parts of the workbook with the rows of files put in."""
    import zipfile

    from openpyxl.utils import get_column_letter

    parts = {}
    with zipfile.ZipFile(book) as archive:
        for at, table in enumerate(tables, start=2):  # the list of contents is the first
            if not table.is_file or not table.rows:
                continue
            name = f"xl/worksheets/sheet{at}.xml"
            last = f"{get_column_letter(len(table.head))}{HEAD_ROW + len(table.rows)}"
            source = _DIMENSION.sub(f'<dimension ref="A1:{last}"/>'.encode(), archive.read(name))
            before, end, after = source.partition(b"</sheetData>")
            rows = rows_of_sheet(table.rows, HEAD_ROW + 1)
            parts[name] = before + rows + end + after
    return parts
