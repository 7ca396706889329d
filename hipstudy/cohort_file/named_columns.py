"""Columns that are not of the format and are read because somebody's plan names them.

A column is of numbers where its cells are, else of words; words that differ in case and white space
only are one. What must not be in a file is refused before, in every column.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.parse import MISSING, NUMBER, Numbers, read
from hipstudy.cohort_file.schema import find, outcomes
from hipstudy.cohort_file.sheet import Sheet
from hipstudy.cohort_file.shown_cells import may_be_shown
from hipstudy.errors import Problem

MOSTLY = 0.5  # of the cells: from here on those that are no numbers are mistakes


@dataclass(frozen=True)
class NamedColumns:
    """Columns beyond the format that somebody's plan names; one that the file has not is no matter.

    But for the column of dates: without it nothing is known of visits.

    Parameters
    ----------
    names
        All of them.
    words
        Those that are words even where all of them are numbers.
    ends
        Lowest and highest value of those that must be numbers; the format's own may be among them.
    of_persons
        Those of which a runner has one value a visit, on whichever side it stands.
    date
        That of the dates of visits, by which weeks are counted; empty where the file has weeks.
    has_several_arms
        Whether each runner has several arms by the plan, one a leg or one after the other.
    """

    names: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    ends: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    of_persons: tuple[str, ...] = ()
    date: str = ""
    has_several_arms: bool = False

    def has_outcome(self, header: Collection[str]) -> bool:
        """Whether a head has an outcome that the plan declares."""
        return not set(self.ends).isdisjoint(header)

    def needs_no_side(self, header: Collection[str]) -> bool:
        """Whether all that a head has of outcomes is of persons: then a row is of no limb."""
        declared = set(self.ends).intersection(header)
        return (
            bool(declared)
            and declared <= set(self.of_persons)
            and not set(outcomes()).intersection(header)
        )


def read_named(
    sheet: Sheet,
    rows: NDArray[np.int64],
    names: Iterable[str],
    words: Iterable[str] = (),
    numbers: Iterable[str] = (),
) -> tuple[pd.DataFrame, list[Problem]]:
    """Read columns by their names in the head, those that the format has not.

    Parameters
    ----------
    sheet
        The file as it was read.
    rows
        Row numbers in the file of the rows to read: those of all rows, or each once.
    names
        Of columns; one that the file has not, or the format has, is passed over.
    words
        Those of ``names`` that are words even where all of them are numbers.
    numbers
        Those of ``names`` that must be numbers.

    Returns
    -------
    pandas.DataFrame
        A row for each of ``rows``: numbers, or words with None where there is no value.
    list of Problem
        Cells that are no numbers in a column of numbers.
    """
    if np.array_equal(rows, sheet.rows):  # a row of the file may be several here
        cells = sheet.cells
    else:
        at = {int(row): k for k, row in enumerate(sheet.rows)}
        cells = sheet.cells.iloc[[at[int(row)] for row in rows]]
    found: dict[str, pd.Series] = {}
    problems: list[Problem] = []
    for name in dict.fromkeys(names):
        if find(name) is not None or name not in sheet.header:
            continue
        column = pd.Series(cells[sheet.header.index(name)].to_numpy(dtype=object), dtype=object)
        cells_read = read(column)
        filled = np.array([not _is_missing(one) for one in column])
        is_number = (cells_read.kind == NUMBER) & filled
        is_of_words = name in set(words) or is_number.sum() <= MOSTLY * filled.sum()
        if is_of_words and name not in set(numbers):
            found[name] = _words(column, filled)
        else:
            found[name] = pd.Series(cells_read.values)
            problems += _no_numbers(sheet.file, name, rows, column, cells_read)
    return pd.DataFrame(found, index=range(len(rows))), problems


def _is_missing(cell: str | None) -> bool:
    return cell is None or " ".join(cell.split()).casefold() in MISSING


def _words(column: pd.Series, filled: NDArray[np.bool_]) -> pd.Series:
    spelt: dict[str, str] = {}
    return pd.Series(
        [
            spelt.setdefault(folded(cell), " ".join(cell.split())) if is_filled else None
            for cell, is_filled in zip(column, filled, strict=True)
        ],
        dtype=object,
    )


def _no_numbers(
    file: str, name: str, rows: NDArray[np.int64], column: pd.Series, numbers: Numbers
) -> Iterator[Problem]:
    for k in np.flatnonzero(numbers.kind != NUMBER):
        rule = "a number is needed, as in the rest of this column"
        value = str(column[k])
        shown = value if may_be_shown(value, dates=False) else None  # it may tell about somebody
        yield Problem(file, shown, rule, row=int(rows[k]), column=name)


def outside_of(
    file: str, frame: pd.DataFrame, ends: Mapping[str, tuple[float, float]]
) -> Iterator[Problem]:
    """Values outside what somebody's plan says a column can have, each with its row.

    The frame has ``file_row``; ``ends`` has the lowest and highest value by column.
    """
    for name, (low, high) in ends.items():
        values = frame[name] if name in frame else pd.Series(dtype=float)
        for k in np.flatnonzero(values.notna() & ~values.between(low, high)):
            rule = f"from {low:g} to {high:g}, as the plan declares this outcome"
            row = int(frame["file_row"].iloc[k])
            yield Problem(file, f"{values.iloc[k]:g}", rule, row=row, column=name)


def of_one_person(file: str, frame: pd.DataFrame, names: Iterable[str]) -> Iterator[Problem]:
    """Visits of a runner with two values of what a person has one of."""
    for name in names:
        if name not in frame:
            continue
        there = frame[frame[name].notna()]
        first = there.groupby(["runner", "week"])[name].transform("first")
        for row in there.loc[there[name] != first, "file_row"]:
            rule = "one value a person and visit, as the plan declares it; the other side differs"
            yield Problem(file, None, rule, row=int(row), column=name)
