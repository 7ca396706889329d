"""Rows of cells as a file holds them, the limits of a file, and which row is the head.

What ``read_csv`` and ``read_xlsx`` hand to ``sheet``.
"""

import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NoReturn

from hipstudy.cohort_file.head_words import same_name
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import DataProblems, Finding, Problem
from hipstudy.finding_kinds import spans

# A cohort of 2,000 runners, two sides and three visits is 12,000 rows and about 1 MB. The limits
# are far above that, and low enough that any file is answered in seconds, in little memory.
MAX_BYTES = 30_000_000  # of the file: the most cells, of 17 characters each
MAX_TEXT = 30_000_000  # characters in all cells: a workbook has one text once, however often used
MAX_ROWS = 100_000  # more is no cohort of runners, but readings of a device
MAX_COLUMNS = 200  # the format has 22 and the HAGOS subscales; clinics add some
MAX_CELLS = 1_750_000  # rows times columns, 100,000 times 17: each takes time, empty or not
MAX_CELL = 10_000  # characters; more is a pasted document, or a quotation mark left open
MAX_NAME = 200  # characters of a column's name
HEAD_ROWS = 20  # a title and notes may stand above the head
_TITLE, _HEAD = 0.5, 0.8  # of the widest row's cells: a title has no more, a head no fewer
ONE_BY_ONE = 20  # findings of one kind in one column, before they are counted only
Row = Sequence[str | None]


@dataclass(frozen=True, eq=False)
class Raw:
    """Rows that are not all empty, head included.

    Parameters
    ----------
    rows
        Cells of each row, as many as it has.
    numbers
        Row number of each in the file, from 1.
    ragged
        Whether a row longer than the head is wrong: in a text file, cells have moved there.
    name
        Of the sheet; empty for text files.
    no_value
        Row number and column, from 0, of formulas that have no stored value.
    findings
        What is to be said of the whole.
    head
        Which of the rows is the head, from 0; None where it is to be looked for.
    notes
        What the file was read as, in sentences.
    merged
        Ranges of merged cells, such as A1:B1.
    """

    rows: Sequence[Row]
    numbers: list[int]
    ragged: bool
    name: str = ""
    no_value: tuple[tuple[int, int], ...] = ()
    findings: tuple[Finding, ...] = ()
    head: int | None = None
    notes: tuple[str, ...] = ()
    merged: tuple[str, ...] = ()


def refuse(where: str, rule: str, /, *, row: int | None = None, **facts: object) -> NoReturn:
    """Raise the one problem for which a file cannot be read at all; its words as of ``say``."""
    raise DataProblems([Problem(where, row=row, **say(rule, **facts))]) from None


def empty(row: Iterable[str | None]) -> bool:
    """Whether no cell of a row has more than white space."""
    return not any(cell and not cell.isspace() for cell in row)


def clean_name(cell: str | None) -> str:
    r"""A column's name without line breaks, doubled spaces and marks that nobody sees.

    Examples
    --------
    >>> clean_name(" hip\n extension\u200b ")
    'hip extension'
    """
    text = cell or ""
    if text.isascii() and text.isprintable():  # none of its marks is unseen
        return " ".join(text.split())
    text = unicodedata.normalize("NFC", text)
    visible = (" " if one.isspace() else one for one in text if unicodedata.category(one) != "Cf")
    printable = (one for one in visible if one == " " or unicodedata.category(one) != "Cc")
    return " ".join("".join(printable).split())


def folded(text: str) -> str:
    """A name or word by which those that differ in case and white space only are the same."""
    return clean_name(text).casefold().replace(" ", "")


def count_known_names(row: Row, names: Collection[str] = ()) -> int:
    """How many cells of a row are names of the format, or of ``names`` (folded)."""
    cells = {clean_name(cell[:MAX_NAME]) for cell in row[:MAX_COLUMNS] if cell}
    return sum(bool(same_name(cell)) or folded(cell) in names for cell in cells)


def head_at(rows: Sequence[Row], names: Collection[str] = ()) -> int:
    """Which of the rows is the head: the first, unless only a later one has names we know.

    Where no name is known, a first row of few cells is a title: the head is below, the first that
    is about as wide as the widest.

    Examples
    --------
    >>> head_at([["Study"], ["Bein", "Alter", "Kraft"], ["li", "31", "2"]])
    1
    """
    if count_known_names(rows[0], names):
        return 0
    counts = [count_known_names(row, names) for row in rows[:HEAD_ROWS]]
    most = max(counts)
    if most > 1:
        return counts.index(most)
    widths = [filled(row) for row in rows[:HEAD_ROWS]]
    widest = max(widths)
    if widths[0] > _TITLE * widest:
        return 0
    return next(at for at, width in enumerate(widths) if width >= _HEAD * widest)


def filled(row: Row) -> int:
    """How many cells of a row have more than white space."""
    return sum(not empty([cell]) for cell in row)


def capped(
    rule: str, cells: Sequence[tuple[int, str]], file: str, sheet: str, **facts: object
) -> Iterator[Finding]:
    """One finding a cell, each a row number and a column's name; then the count of the rest."""
    by_column: dict[str, list[int]] = {}
    for row, name in cells:
        by_column.setdefault(name, []).append(row)
    words = say(rule, **facts)
    for name, rows in by_column.items():
        same = {"file": file, "sheet": sheet, "column": name or None, **words}
        yield from (Finding(row=row, **same) for row in rows[:ONE_BY_ONE])
        if (others := len(rows) - ONE_BY_ONE) > 0:
            same |= {"common": words["rule"], "rows": others}
            same["spans"] = spans(rows[ONE_BY_ONE:])
            same["rule"] += f"; so are {others:,} more, down to row {rows[-1]}"
            yield Finding(**same)
