"""A table as the page template reads it: every cell in its place, and what columns must hold."""

import re
from collections.abc import Iterable
from typing import Any

from hipstudy.report.document import Cell, TableBlock
from hipstudy.report.plain import settable
from hipstudy.report.tables import at_decimal

_LONG_WORD = 24
_LONG_CELL = 500
_SHORT_TABLE = 16
_SHORT_TEXT = 1400
_JOINT = re.compile(r"(?<=[_/.\-])(?=\w)")
_LONGEST_MEASURED = 4

Placed = tuple[int, int, Cell]


def table_data(block: TableBlock) -> dict[str, Any]:
    """Return head, body, alignment, and the longest texts of each column to measure."""
    head, body = placed(block.head), placed(block.rows, first_line=len(block.head))
    width = len(block.align)
    alone = [[c.text for _, x, c in body if x == i and c.columns == 1] for i in range(width)]
    heads = [[c.text for _, x, c in head if x == i and c.columns == 1] for i in range(width)]
    cut = [[at_decimal(settable(text)) for text in column] for column in alone]
    numeric = [align == "number" for align in block.align]
    return {
        "caption": settable(block.caption),
        "label": block.label,
        "align": list(block.align),
        "deep": len(block.head),
        "lines": len(block.rows),
        "short": _is_short(block),
        "head": [_cell(*one, numeric=False) for one in head],
        "body": [_cell(*one, numeric=numeric[one[1]]) for one in body],
        "left": [_distinct(left for left, _ in column) for column in cut],
        "right": [_distinct(right for _, right in column) for column in cut],
        "split": [_distinct(p for pair in column for p in _lines(*pair)) for column in cut],
        "longest": [_longest(column) for column in alone],
        "heads": [_longest(column) for column in heads],
        "words": [_longest(_words([*a, *h])) for a, h in zip(alone, heads, strict=True)],
        "parts": [_longest(_parts([*a, *h])) for a, h in zip(alone, heads, strict=True)],
    }


def placed(rows: Iterable[Iterable[Cell]], first_line: int = 0) -> list[Placed]:
    """Give each cell its line and column, past the cells that span into its row.

    Examples
    --------
    >>> rows = [[Cell("a", rows=2), Cell("b")], [Cell("c")]]
    >>> [(line, column, cell.text) for line, column, cell in placed(rows)]
    [(0, 0, 'a'), (0, 1, 'b'), (1, 1, 'c')]
    """
    taken: set[tuple[int, int]] = set()
    found = []
    for line, row in enumerate(rows, start=first_line):
        column = 0
        for cell in row:
            while (line, column) in taken:
                column += 1
            spans = (range(line, line + cell.rows), range(column, column + cell.columns))
            taken.update((down, across) for down in spans[0] for across in spans[1])
            found.append((line, column, cell))
            column += cell.columns
    return found


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


def _cell(line: int, column: int, cell: Cell, numeric: bool) -> dict[str, Any]:
    text = settable(cell.text)
    shown: dict[str, Any] = {"parts": pieces(text), "long": len(text) > _LONG_CELL}
    if numeric and cell.columns == 1:
        left, after = at_decimal(text)
        right, interval = _interval(after)
        shown |= {"left": left, "after": after, "right": right, "interval": interval}
    place = {"line": line, "column": column, "columns": cell.columns, "rows": cell.rows}
    return shown | place


def _interval(after: str) -> tuple[str, str]:
    """Cut off the interval in brackets that may stand below its number."""
    number, space, interval = after.partition(" (")
    return (number, f"({interval}") if space else (after, "")


def _lines(left: str, after: str) -> tuple[str, str]:
    number, interval = _interval(after)
    return left + number, interval


def _distinct(texts: Iterable[str]) -> list[str]:
    return sorted(set(texts))


def _longest(texts: Iterable[str]) -> list[str]:
    """Longest by letters: enough to find the widest, without measuring all of a long table."""
    return sorted({settable(text) for text in texts}, key=lambda t: (-len(t), t))[
        :_LONGEST_MEASURED
    ]


def _words(texts: Iterable[str]) -> Iterable[str]:
    return (word for text in texts for word in text.split())


def _parts(texts: Iterable[str]) -> Iterable[str]:
    return (word for text in texts for piece in pieces(text) for word in piece.split())


def _is_short(block: TableBlock) -> bool:
    """Whether a table is kept on one page."""
    letters = sum(len(cell.text) for row in block.rows for cell in row)
    return len(block.rows) <= _SHORT_TABLE and letters <= _SHORT_TEXT
