"""HTML tables into blocks: head, spans, and how each column is aligned."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from hipstudy.cells import ALIGNMENTS, column_alignment
from hipstudy.report.document import Cell, TableBlock
from hipstudy.report.plain import clean, with_minus

if TYPE_CHECKING:
    from bs4 import Tag

_DECIMAL = re.compile(r"([^\d]*[\d,]*)(.*)", re.DOTALL)
_MOST_SPANNED = 1000

Grid = list[list[Cell]]


def read_table(table: "Tag", caption: str = "", name: str = "") -> TableBlock | None:
    """Read a table element; None when it has no head."""
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    head = [row for row in rows if row.find_parent("thead") is not None]
    if not head and rows and not rows[0].find_all("td"):
        head = rows[:1]
    body = [row for row in rows if not any(row is one for one in head)]
    if not any(clean(row.get_text()) for row in head):
        return None
    return table_block(
        head=[[_cell(cell, head=True) for cell in _cells(row)] for row in head],
        rows=[[_cell(cell, head=cell.name == "th") for cell in _cells(row)] for row in body],
        asked=[str(cell.get("data-align", "")) for cell in _cells(head[-1])],
        caption=caption or (clean(table.caption.get_text()) if table.caption else ""),
        name=name,
    )


def table_block(
    head: Grid, rows: Grid, asked: Sequence[str], caption: str = "", name: str = ""
) -> TableBlock:
    """Make a table block: rows of one length, and an alignment for every column."""
    head, rows = _even(head, rows)
    columns = _columns(rows, len(_spread(head)[0]))
    align = tuple(
        asked[place] if len(asked) == len(columns) and asked[place] in ALIGNMENTS
        else column_alignment(column)
        for place, column in enumerate(columns)
    )  # fmt: skip
    return TableBlock(tuple(map(tuple, head)), tuple(map(tuple, rows)), align, caption, name)


def at_decimal(text: str) -> tuple[str, str]:
    """Cut a number where its decimal point stands or would stand.

    Examples
    --------
    >>> at_decimal("12.5 (3 to 4)"), at_decimal("7")
    (('12', '.5 (3 to 4)'), ('7', ''))
    """
    found = _DECIMAL.match(text)
    return (found.group(1), found.group(2)) if found else (text, "")


def _cells(row: "Tag") -> list["Tag"]:
    return row.find_all(["th", "td"], recursive=False)


def _cell(cell: "Tag", head: bool) -> Cell:
    text = with_minus(clean(cell.get_text(" " if cell.find("br") else "")))
    return Cell(text, _span(cell, "colspan"), _span(cell, "rowspan"), head)


def _span(cell: "Tag", name: str) -> int:
    asked = str(cell.get(name, "1"))
    return min(max(int(asked), 1), _MOST_SPANNED) if asked.isdigit() else 1


def _spread(rows: Grid) -> list[list[Cell]]:
    """Give every place of the grid the cell that covers it."""
    places: dict[tuple[int, int], Cell] = {}
    for line, row in enumerate(rows):
        column = 0
        for cell in row:
            while (line, column) in places:
                column += 1
            for down in range(min(cell.rows, len(rows) - line)):
                for across in range(cell.columns):
                    places[line + down, column + across] = cell
            column += cell.columns
    widths = [1 + max((c for r, c in places if r == line), default=-1) for line in range(len(rows))]
    return [
        [places.get((line, column), Cell("")) for column in range(width)]
        for line, width in enumerate(widths)
    ]


def _even(head: Grid, rows: Grid) -> tuple[Grid, Grid]:
    """Fill short rows with empty cells; no span reaches below its part of the table."""
    spreads = _spread(head), _spread(rows)
    width = max(len(row) for part in spreads for row in part)
    filled = [
        [
            [*row, *[Cell("", head=part is head)] * (width - len(spread))]
            for row, spread in zip(part, spreads[place], strict=True)
        ]
        for place, part in enumerate((head, rows))
    ]
    return _within(filled[0]), _within(filled[1])


def _within(rows: Grid) -> Grid:
    return [
        [Cell(c.text, c.columns, min(c.rows, len(rows) - line), c.head) for c in row]
        for line, row in enumerate(rows)
    ]


def _columns(rows: Grid, width: int) -> list[list[str]]:
    """Text of each column's body; a cell across several columns speaks for none."""
    spread = _spread(rows)
    return [
        [row[column].text for row in spread if column < len(row) and row[column].columns == 1]
        for column in range(width)
    ]
