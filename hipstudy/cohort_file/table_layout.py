"""Which rows of a table are its head, which are no data, and which head the rows below them.

A head of two or three rows becomes one: "Left" above "Thomas" is "Left Thomas". Rows that are named
as no data are left out before anything is read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.head_words import is_near
from hipstudy.cohort_file.limits import Raw, Row
from hipstudy.cohort_file.visit_words import read_visit
from hipstudy.cohort_file.word_tables import word_table

_VOCABULARY = word_table("vocabulary.toml")
_SIDES = frozenset(
    word for side in ("left", "right") for word in _VOCABULARY["head_sides"][side].split()
)
_PAIRS = [frozenset(pair.split()) for pair in _VOCABULARY["head_sides"]["weak"]]
MOST_HEADS = 3
_HEADISH = 0.8  # of the cells of a row of a head


@dataclass(frozen=True)
class TableLayout:
    """Row numbers in the file, as a spreadsheet program shows them.

    Parameters
    ----------
    head_rows
        Rows of the head, from the top; empty where it is one row that is looked for.
    leave_out
        Rows that are no data.
    """

    head_rows: tuple[int, ...] = ()
    leave_out: frozenset[int] = field(default_factory=frozenset)


def lay_out(raw: Raw, layout: TableLayout) -> Raw:
    """Leave out the rows that are no data, and make one head of several rows."""
    heads = set(layout.head_rows)
    at = [k for k, number in enumerate(raw.numbers) if number in heads]
    first = at[-1] + 1 if at else 0
    stay = [k for k in range(first, len(raw.rows)) if raw.numbers[k] not in layout.leave_out]
    rows, numbers = [raw.rows[k] for k in stay], [raw.numbers[k] for k in stay]
    if not at:
        return replace(raw, rows=rows, numbers=numbers)
    head = joined_head([raw.rows[k] for k in at])
    numbers = [raw.numbers[at[-1]], *numbers]
    return replace(raw, rows=[head, *rows], numbers=numbers, head=0)


def joined_head(rows: Sequence[Row]) -> list[str | None]:
    """One name a column from the rows of a head; an upper name holds to the right until the next.

    Examples
    --------
    >>> joined_head([["Code", "Left", None, "Right"], [None, "Thomas", "Tight", "Thomas"]])
    ['Code', 'Left Thomas', 'Left Tight', 'Right Thomas']
    """
    width = max(len(row) for row in rows)
    cells = [[limits.clean_name(cell) for cell in (*row, *[None] * width)][:width] for row in rows]
    for upper, lower in pairwise(cells):
        holds = ""
        for k in range(width):
            # A name with nothing below it is whole, and holds for its own column only.
            holds = (upper[k] if lower[k] else "") if upper[k] else holds
            upper[k] = upper[k] or (holds if lower[k] else "")
    return [
        " ".join(dict.fromkeys(filter(None, column))) or None for column in zip(*cells, strict=True)
    ]


def find_head_rows(numbers: Sequence[int], rows: Sequence[Row]) -> tuple[int, ...]:
    """Row numbers of a head of two or three rows; empty where it is one row, or none is clear.

    Examples
    --------
    >>> rows = [["Code", "Thomas", None], [None, "left", "right"], ["A", "1", "2"]]
    >>> find_head_rows([1, 2, 3], rows), find_head_rows([1, 2], [rows[0], rows[2]])
    ((1, 2), ())
    """
    start = next((k for k, row in enumerate(rows) if _is_headish(row)), None)
    if start is None:
        return ()
    last = start
    while last + 1 < min(len(rows), start + MOST_HEADS) and _continues(rows, start, last + 1):
        last += 1
    return tuple(numbers[start : last + 1]) if last > start else ()


def _words(row: Row) -> list[str]:
    return [name for cell in row if (name := limits.clean_name(cell))]


def _is_headish(row: Row) -> bool:
    words = _words(row)
    plain = {word.casefold() for word in words}
    sides = _SIDES.union(*(pair for pair in _PAIRS if pair <= plain))
    known = sum(word.casefold() in sides or _is_head_word(word) for word in words)
    return len(words) > 1 and known >= _HEADISH * len(words)


def _is_head_word(word: str) -> bool:
    if word.replace(".", "").replace(",", "").lstrip("-").isdecimal():
        return False
    return read_visit(word) is not None or is_near(word)


def _continues(rows: Sequence[Row], start: int, at: int) -> bool:
    """Whether a row below is part of the head: it names what has no name yet, or tells apart."""
    if not _is_headish(rows[at]):
        return False
    above = joined_head(rows[start:at])
    below = [limits.clean_name(cell) for cell in rows[at]]
    blanks = any(name and (k >= len(above) or not above[k]) for k, name in enumerate(below))
    names = [name for name in above if name]
    with_next = [name for name in joined_head(rows[start : at + 1]) if name]
    doubled = len(set(names)) < len(names)
    return (blanks or doubled) and len(set(with_next)) == len(with_next)


def headings_below(numbers: Sequence[int], headings: Mapping[int, str]) -> list[str]:
    """What the nearest heading above each row says; empty above the first.

    Examples
    --------
    >>> headings_below([3, 5, 9], {4: "arm A", 8: "arm B"})
    ['', 'arm A', 'arm B']
    """
    said = sorted(headings.items())
    return [next((text for row, text in reversed(said) if row < number), "") for number in numbers]
