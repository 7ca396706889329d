"""HTML tables into blocks: head, spans, and how each column is aligned."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bs4 import Tag

from hipstudy.report.document import Cell, TableBlock
from hipstudy.report.typography import clean, settable, with_minus
from hipstudy.show import ALIGNMENTS, column_alignment

_DECIMAL = re.compile(r"([^\d]*[\d,]*)(.*)", re.DOTALL)
_MOST_SPANNED = 1000

Grid = list[list[Cell]]


def read_table(table: Tag, caption: str = "", name: str = "") -> TableBlock | None:
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
        declared=[str(cell.get("data-align", "")) for cell in _cells(head[-1])],
        caption=caption or (clean(table.caption.get_text()) if table.caption else ""),
        name=name,
    )


def table_block(
    head: Grid, rows: Grid, declared: Sequence[str], caption: str = "", name: str = ""
) -> TableBlock:
    """Make a table block: rows of one length, and an alignment for every column."""
    head, rows = _even(head, rows)
    columns = _columns(rows, len(_spread(head)[0]))
    align = tuple(
        declared[place] if len(declared) == len(columns) and declared[place] in ALIGNMENTS
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
    match = _DECIMAL.match(text)
    return (match.group(1), match.group(2)) if match else (text, "")


def _cells(row: Tag) -> list[Tag]:
    return row.find_all(["th", "td"], recursive=False)


def _cell(cell: Tag, head: bool) -> Cell:
    text = with_minus(clean(cell.get_text(" " if cell.find("br") else "")))
    return Cell(text, _span(cell, "colspan"), _span(cell, "rowspan"), head)


def _span(cell: Tag, name: str) -> int:
    span = str(cell.get(name, "1"))
    return min(max(int(span), 1), _MOST_SPANNED) if span.isdigit() else 1


def _spread(rows: Grid) -> list[list[Cell]]:
    """Give every place of the grid the cell that covers it."""
    lines: list[dict[int, Cell]] = [{} for _ in rows]
    for line, column, cell in place_cells(rows):
        for covered in lines[line : line + cell.rows]:
            covered |= dict.fromkeys(range(column, column + cell.columns), cell)
    return [[line.get(i, Cell("")) for i in range(max(line, default=-1) + 1)] for line in lines]


def _even(head: Grid, rows: Grid) -> tuple[Grid, Grid]:
    """Fill short rows with empty cells; no span reaches below its part of the table."""
    parts = _within(head), _within(rows)
    lengths = [[len(row) for row in _spread(part)] for part in parts]
    width = max(lengths[0] + lengths[1])
    for part, empty, own in zip(parts, (Cell("", head=True), Cell("")), lengths, strict=True):
        for row, length in zip(part, own, strict=True):
            row.extend([empty] * (width - length))
    return parts


def _within(rows: Grid) -> Grid:
    return [
        [replace(cell, rows=min(cell.rows, len(rows) - line)) for cell in row]
        for line, row in enumerate(rows)
    ]


def _columns(rows: Grid, width: int) -> list[list[str]]:
    """Text of each column's body; a cell across several columns speaks for none."""
    spread = _spread(rows)
    return [
        [row[column].text for row in spread if column < len(row) and row[column].columns == 1]
        for column in range(width)
    ]


_LONG_WORD = 24
_LONG_CELL = 500
_SHORT_TABLE = 16
_SHORT_TEXT = 1400
_JOINT = re.compile(r"(?<=[_/.\-])(?=\w)")
_LONGEST_MEASURED = 4

CellAt = tuple[int, int, Cell]


def table_data(block: TableBlock) -> dict[str, Any]:
    """Return head, body, alignment, and the longest texts of each column to measure."""
    head, body = place_cells(block.head), place_cells(block.rows, first_line=len(block.head))
    width = len(block.align)
    alone = [[c.text for _, x, c in body if x == i and c.columns == 1] for i in range(width)]
    heads = [[c.text for _, x, c in head if x == i and c.columns == 1] for i in range(width)]
    every = [[*column, *head] for column, head in zip(alone, heads, strict=True)]
    halves = [[at_decimal(settable(text)) for text in column] for column in alone]
    numeric = [align == "number" for align in block.align]
    return {
        "caption": settable(block.caption),
        "label": block.label,
        "align": list(block.align),
        "deep": len(block.head),
        "lines": len(block.rows),
        "short": _is_short(block),
        "head": [_cell_data(*one, numeric=False) for one in head],
        "body": [_cell_data(*one, numeric=numeric[one[1]]) for one in body],
        "left": [sorted({left for left, _ in column}) for column in halves],
        "right": [sorted({right for _, right in column}) for column in halves],
        "split": [_split(column) for column in halves],
        "longest": [_longest(column) for column in alone],
        "heads": [_longest(column) for column in heads],
        "words": [_longest(" ".join(column).split()) for column in every],
        "parts": [_longest(" ".join(pieces(" ".join(column))).split()) for column in every],
    }


def place_cells(rows: Iterable[Iterable[Cell]], first_line: int = 0) -> list[CellAt]:
    """Give each cell its line and column, past the cells that span into its row.

    Examples
    --------
    >>> rows = [[Cell("a", rows=2), Cell("b")], [Cell("c")]]
    >>> [(line, column, cell.text) for line, column, cell in place_cells(rows)]
    [(0, 0, 'a'), (0, 1, 'b'), (1, 1, 'c')]
    """
    occupied: set[tuple[int, int]] = set()
    cells: list[CellAt] = []
    for line, row in enumerate(rows, start=first_line):
        column = 0
        for cell in row:
            while (line, column) in occupied:
                column += 1
            spans = (range(line, line + cell.rows), range(column, column + cell.columns))
            occupied.update((down, across) for down in spans[0] for across in spans[1])
            cells.append((line, column, cell))
            column += cell.columns
    return cells


def pieces(text: str) -> list[str]:
    """Cut a text inside its very long words, where a line may break.

    Examples
    --------
    >>> pieces("arm strength_plus_stretch_time_matched")
    ['arm strength_', 'plus_', 'stretch_', 'time_', 'matched']
    """
    parts = [""]
    for word in re.split(r"( )", text):
        first, *rest = _cut_word(word)
        parts[-1] += first
        parts.extend(rest)
    return parts


def _cut_word(word: str) -> list[str]:
    if len(word) <= _LONG_WORD:
        return [word]
    joints = [part for part in _JOINT.split(word) if part]
    return [part[at : at + _LONG_WORD] for part in joints for at in range(0, len(part), _LONG_WORD)]


def _cell_data(line: int, column: int, cell: Cell, numeric: bool) -> dict[str, Any]:
    text = settable(cell.text)
    parts_of: dict[str, Any] = {"parts": pieces(text), "long": len(text) > _LONG_CELL}
    if numeric and cell.columns == 1:
        left, after = at_decimal(text)
        right, interval = _interval(after)
        parts_of |= {"left": left, "after": after, "right": right, "interval": interval}
    place = {"line": line, "column": column, "columns": cell.columns, "rows": cell.rows}
    return parts_of | place


def _interval(after: str) -> tuple[str, str]:
    """Cut off the interval in brackets that may stand below its number."""
    number, space, interval = after.partition(" (")
    return (number, f"({interval}") if space else (after, "")


def _split(halves: Iterable[tuple[str, str]]) -> list[str]:
    """Numbers and intervals, each on a line of its own."""
    numbers = [(left, *_interval(after)) for left, after in halves]
    return sorted({p for left, number, interval in numbers for p in (left + number, interval)})


def _longest(texts: Iterable[str]) -> list[str]:
    """Longest by letters: enough to find the widest, without measuring all of a long table."""
    ordered = sorted({settable(text) for text in texts}, key=lambda t: (-len(t), t))
    return ordered[:_LONGEST_MEASURED]


def _is_short(block: TableBlock) -> bool:
    """Whether a table is kept on one page."""
    letters = sum(len(cell.text) for row in block.rows for cell in row)
    return len(block.rows) <= _SHORT_TABLE and letters <= _SHORT_TEXT
