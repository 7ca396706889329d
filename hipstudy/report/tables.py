"""HTML tables into blocks: head, spans, and how each column is aligned."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from bs4 import Tag

from hipstudy.report.document import DOCUMENT, Cell, TableBlock
from hipstudy.report.typography import clean, with_minus
from hipstudy.show import ALIGNMENTS, column_alignment
from hipstudy.typeface import settable
from hipstudy.wording import Wording

# A number up to where its decimals begin: thousands are parted by the other mark.
_WHOLE = {
    mark: re.compile(rf"([^\d]*[\d{other}]*)(.*)", re.DOTALL)
    for mark, other in ((".", ","), (",", "."))
}
_MOST_SPANNED = 1000

Grid = list[list[Cell]]


def read_table(
    table: Tag, caption: str = "", name: str = "", words: Wording = DOCUMENT
) -> TableBlock | None:
    """Read a table element; None when it holds nothing. One without a head gets a plain one.

    ``words`` are those of the language of the page, which its numbers are written in.
    """
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table]
    if not any(clean(row.get_text()) for row in rows):
        return None
    head = [row for row in rows if row.find_parent("thead") is not None]
    if not head and _is_head(rows[0]) and len(rows) > 1:
        head = rows[:1]
    body = [row for row in rows if not any(row is one for one in head)]
    heads = [[_cell(cell, head=True) for cell in _cells(row)] for row in head]
    lines = [[_cell(cell, head=cell.name == "th") for cell in _cells(row)] for row in body]
    if not any(cell.text for row in heads for cell in row):
        heads = [_plain_heads(lines, words)]
    return table_block(
        head=heads,
        rows=lines,
        declared=[str(cell.get("data-align", "")) for cell in _cells(head[-1])] if head else [],
        caption=caption or (clean(table.caption.get_text()) if table.caption else ""),
        name=name,
        decimal_mark=words.numerals.decimal_mark,
    )


def _is_head(row: Tag) -> bool:
    """Whether a row has heads only, its empty cells apart."""
    cells = [cell for cell in _cells(row) if clean(cell.get_text())]
    return bool(cells) and all(cell.name == "th" for cell in cells)


def _plain_heads(rows: Grid, words: Wording) -> list[Cell]:
    """Heads of a table that came without: a list of items with their values, or numbers."""
    grid = spread(rows)
    width = max(map(len, grid))
    pairs = width % 2 == 0 and all(
        row[at].head and not row[at + 1].head for row in rows if len(row) == width
        for at in range(0, width, 2)
    )  # fmt: skip
    texts = [words("column", at + 1) for at in range(width)]
    if pairs and any(len(row) == width for row in rows):
        texts = [words("item"), words("value")] * (width // 2)
    return [Cell(text, head=True) for text in texts]


def table_block(
    head: Grid,
    rows: Grid,
    declared: Sequence[str],
    caption: str = "",
    name: str = "",
    decimal_mark: str = ".",
) -> TableBlock:
    """Make a table block: rows of one length, and an alignment for every column."""
    head, rows = _even(head, rows)
    columns = _columns(rows, len(spread(head)[0]))
    align = tuple(
        declared[place] if len(declared) == len(columns) and declared[place] in ALIGNMENTS
        else column_alignment(column)
        for place, column in enumerate(columns)
    )  # fmt: skip
    parts = (tuple(map(tuple, part)) for part in (head, rows))
    return TableBlock(*parts, align, caption, name, decimal_mark=decimal_mark)


def at_decimal(text: str, decimal_mark: str = ".") -> tuple[str, str]:
    """Cut a number where its decimal mark stands or would stand.

    Examples
    --------
    >>> at_decimal("12.5 (3 to 4)"), at_decimal("7")
    (('12', '.5 (3 to 4)'), ('7', ''))
    >>> at_decimal("12,5 (3 bis 4)", ",")
    ('12', ',5 (3 bis 4)')
    """
    match = _WHOLE[decimal_mark].match(text)
    return (match.group(1), match.group(2)) if match else (text, "")


def _cells(row: Tag) -> list[Tag]:
    return row.find_all(["th", "td"], recursive=False)


def _cell(cell: Tag, head: bool) -> Cell:
    has_break = cell.string is None and cell.find("br") is not None
    text = with_minus(clean(cell.get_text(" " if has_break else "")))
    return Cell(text, _span(cell, "colspan"), _span(cell, "rowspan"), head)


def _span(cell: Tag, name: str) -> int:
    span = str(cell.get(name, "1"))
    return min(max(int(span), 1), _MOST_SPANNED) if span.isdigit() else 1


def spread(rows: Sequence[Sequence[Cell]]) -> list[list[Cell]]:
    """Give every place of the grid the cell that covers it."""
    lines: list[dict[int, Cell]] = [{} for _ in rows]
    for line, column, cell in place_cells(rows):
        for covered in lines[line : line + cell.rows]:
            covered |= dict.fromkeys(range(column, column + cell.columns), cell)
    return [[line.get(i, Cell("")) for i in range(max(line, default=-1) + 1)] for line in lines]


def _even(head: Grid, rows: Grid) -> tuple[Grid, Grid]:
    """Fill short rows with empty cells; no span reaches below its part of the table."""
    parts = _within(head), _within(rows)
    empty = Cell("", head=True), Cell("")
    lengths = _lengths(parts)
    width = max(lengths[0] + lengths[1])
    while min(lengths[0] + lengths[1]) < width:  # an added cell may fill a gap further left first
        for part, own, filling in zip(parts, lengths, empty, strict=True):
            for row, length in zip(part, own, strict=True):
                row.extend([filling] * (width - length))
        lengths = _lengths(parts)
    return parts


def _lengths(parts: Iterable[Grid]) -> list[list[int]]:
    """How many places each row of the head, and of what is below it, takes."""
    return [[len(row) for row in spread(part)] for part in parts]


def _within(rows: Grid) -> Grid:
    return [
        [replace(cell, rows=min(cell.rows, len(rows) - line)) for cell in row]
        for line, row in enumerate(rows)
    ]


def _columns(rows: Grid, width: int) -> list[list[str]]:
    """Text of each column's body; a cell across several columns speaks for none."""
    grid = spread(rows)
    return [
        [row[column].text for row in grid if column < len(row) and row[column].columns == 1]
        for column in range(width)
    ]


_LONG_WORD = 16
_LONG_NUMBER = 30  # with more letters it is text, which may break
_LONG_CELL = 500
_SHORT_TABLE = 16
_SHORT_TEXT = 1400
_JOINT = re.compile(r"(?<=[_/.\-])(?=\w)")
_LONGEST_MEASURED = 4

CellAt = tuple[int, int, Cell]


def table_data(block: TableBlock, words: Wording = DOCUMENT) -> dict[str, Any]:
    """Return head, body, alignment, and the longest texts of each column to measure.

    ``words`` are those of the language of the document.
    """
    head, body = place_cells(block.head), place_cells(block.rows, first_line=len(block.head))
    width = len(block.align)
    alone = [[c.text for _, x, c in body if x == i and c.columns == 1] for i in range(width)]
    heads = [[c.text for _, x, c in head if x == i and c.columns == 1] for i in range(width)]
    every = [[*column, *head] for column, head in zip(alone, heads, strict=True)]
    halves = [
        [at_decimal(settable(text), block.decimal_mark) for text in column] for column in alone
    ]
    numeric = [
        align == "number" and all(len(part) <= _LONG_NUMBER for part in _split(column))
        for align, column in zip(block.align, halves, strict=True)
    ]
    return {
        "caption": settable(block.caption),
        "label": block.label,
        "part": words("table_part", label=block.label, part="PART", parts="OF"),
        "align": [
            "left" if align == "number" and not is_numeric else align
            for align, is_numeric in zip(block.align, numeric, strict=True)
        ],
        "deep": len(block.head),
        "lines": len(block.rows),
        "short": _is_short(block),
        "head": [_cell_data(*one, numeric=False) for one in head],
        "body": [
            _cell_data(*one, numeric=numeric[one[1]], mark=block.decimal_mark) for one in body
        ],
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


def _cell_data(
    line: int, column: int, cell: Cell, numeric: bool, mark: str = "."
) -> dict[str, Any]:
    text = settable(cell.text)
    parts_of: dict[str, Any] = {"parts": pieces(text), "long": len(text) > _LONG_CELL}
    if numeric and cell.columns == 1:
        left, after = at_decimal(text, mark)
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


def column_parts(block: TableBlock, most_letters: int) -> list[TableBlock]:
    """Cut a wide table between its columns; every part has the first column again.

    Parameters
    ----------
    most_letters
        That stand side by side, each column counted by its longest piece of a word.

    Examples
    --------
    >>> head, row = ([Cell(text * 5) for text in "abcd"] for _ in range(2))
    >>> block = table_block([head], [row], [])
    >>> [[cell.text[0] for cell in part.rows[0]] for part in column_parts(block, 20)]
    [['a', 'b', 'c'], ['a', 'd']]
    """
    cells = [*place_cells(block.head), *place_cells(block.rows)]
    needs = [1] * len(block.align)
    for _, column, cell in cells:
        if cell.columns == 1:
            longest = max(map(len, " ".join(pieces(cell.text)).split()), default=0)
            needs[column] = max(needs[column], longest)
    parts = [[0]]
    for column in range(1, len(needs)):
        if len(parts[-1]) > 1 and sum(needs[at] + 1 for at in (*parts[-1], column)) > most_letters:
            parts.append([0])
        parts[-1].append(column)
    return [block] if len(parts) == 1 else [_with_columns(block, part) for part in parts]


def _with_columns(block: TableBlock, columns: Sequence[int]) -> TableBlock:
    """Only these columns; a cell that spans others too is narrower."""
    rows = [_rows_with(part, columns) for part in (block.head, block.rows)]
    align = tuple(block.align[column] for column in columns)
    return replace(block, head=rows[0], rows=rows[1], align=align)


def _rows_with(
    rows: Sequence[Sequence[Cell]], columns: Sequence[int]
) -> tuple[tuple[Cell, ...], ...]:
    lines: list[list[Cell]] = [[] for _ in rows]
    for line, column, cell in place_cells(rows):
        covered = [at for at in columns if column <= at < column + cell.columns]
        if covered:
            lines[line].append(replace(cell, columns=len(covered)))
    return tuple(map(tuple, lines))
