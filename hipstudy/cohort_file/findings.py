"""Findings about the cells of one sheet, each with its row and column.

``Source`` is the sheet. Its ``once`` makes one finding for a rule that many rows break, and its
``each`` makes one for every cell, up to ``MOST`` of them and one more for the rest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame

from hipstudy.cohort_file.identifier_words import MANY_WORDS, is_name
from hipstudy.cohort_file.schema import find
from hipstudy.cohort_file.shown_cells import may_be_shown
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import Finding
from hipstudy.finding_kinds import spans

MOST = 20  # cells of one column and rule that are findings one by one
_LENGTH = 60
SIDES: Mapping[str, object] = {"left": "left", "l": "left", "right": "right", "r": "right"}
_DATE_DIGITS = 6  # of a number that may be a date of birth, such as 230487; none is measured so
_SERIAL = (10_000, 45_000)  # whole numbers that may be a date of birth, in days since 1900


def brief(text: str) -> str:
    """One short line of a text that came from a file.

    Examples
    --------
    >>> brief(" a  b"), len(brief("x" * 99))
    ('a b', 60)
    """
    line = " ".join(text[: 10 * _LENGTH].split())
    return line if len(line) <= _LENGTH else line[: _LENGTH - 3] + "..."


def more_rows(count: int) -> str:
    """How many rows more, in words.

    Examples
    --------
    >>> more_rows(1), more_rows(2000)
    ('1 more row', '2,000 more rows')
    """
    return f"{count:,} more row{'s' if count != 1 else ''}"


@dataclass(frozen=True, eq=False)
class Source:
    """The sheet that findings are about.

    Parameters
    ----------
    file, sheet
        File name without its folder; sheet name, empty for text files.
    cells
        One row per row, columns by position.
    rows
        Row numbers in the file.
    positions
        Position of each column that is read, by its name in the format.
    names
        What a column is called in the file, by position.
    sheet_of_row
        Name of the sheet of each row, where rows are of several sheets.
    column_of_row
        What a column of the format is called in each row, where it was put together of several.
    """

    file: str
    sheet: str
    cells: DataFrame
    rows: NDArray[np.int64]
    positions: Mapping[str, int] = field(default_factory=dict)
    names: Sequence[str] = ()
    sheet_of_row: NDArray[np.object_] | None = None
    column_of_row: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)

    def name(self, column: str, at: int | None = None) -> str:
        """What the file calls a column of the format, in a row where it is of several."""
        if at is not None and column in self.column_of_row and self.column_of_row[column][at]:
            return brief(str(self.column_of_row[column][at]))
        return self.names[self.positions[column]] if column in self.positions else column

    def text(self, column: str, at: int) -> str:
        """What stands in a cell."""
        value = self.cells.iat[at, self.positions[column]]
        return "" if value is None else brief(str(value))

    def safe_text(self, column: str, at: int) -> str | None:
        """What stands in a cell; None when it may say who somebody is, or tell about them."""
        text = self.text(column, at)
        personal = len(text.split()) >= MANY_WORDS or (column != "arm" and is_name(text))
        personal |= column != "arm" and not may_be_shown(text, dates=column != "week")
        if text.isdecimal():
            known = find(column)
            is_number = known is not None and known.kind == "number"
            personal |= column == "week" and _SERIAL[0] <= int(text) <= _SERIAL[1]
            personal |= is_number and len(text) >= _DATE_DIGITS
        return None if personal or self._has_code(column, at, text) else text

    @cached_property
    def _codes(self) -> frozenset[str]:
        """Codes of the runners, in lower case."""
        if "runner_id" not in self.positions:
            return frozenset()
        cells = self.cells.iloc[:, self.positions["runner_id"]].dropna().unique()
        return frozenset(brief(str(cell)).casefold() for cell in cells)

    def _has_code(self, column: str, at: int, text: str) -> bool:
        """Whether a code stands in the wrong column, or all of this row may have moved."""
        known = find(column)
        if "runner_id" in self.positions and self.text("runner_id", at).casefold() in SIDES:
            return True
        if known is not None and known.kind == "number" and text.isdecimal() and len(text) <= 3:
            return False  # codes may be 1, 2, 3
        plain = text.casefold()
        return not self._codes.isdisjoint((plain, *plain.split()))

    def once(
        self,
        rule: str,
        /,
        *,
        column: str | None = None,
        where: ArrayLike = (),
        value: str | None = None,
        **facts: object,
    ) -> Finding:
        """Say a thing once: at its first row, the others counted in how to mend it.

        Parameters
        ----------
        rule, **facts
            Of its words, as ``say`` has them.
        column
            Name in the format, or in the file.
        where
            Places of the rows, from 0; none for the whole file.
        value
            As of a ``Finding``.
        """
        where = np.asarray(where, dtype=np.int64)
        if self.sheet_of_row is None:  # a row of the file may be several here
            if np.any(np.diff(self.rows[where]) <= 0):
                where = where[np.unique(self.rows[where], return_index=True)[1]]
            where = np.sort(where)
        numbers = self.rows[where]
        words = say(rule, **facts)
        if len(numbers) > 1:
            also = f"Also in {more_rows(len(numbers) - 1)}: {self._spans(where[1:])}."
            words["common_mend"] = words.get("common_mend", words.get("mend", ""))
            words["mend"] = f"{words.get('mend', '')} {also}".strip()
            words["spans"] = self._spans(where)
        row = int(numbers[0]) if len(numbers) else None
        at = int(where[0]) if len(numbers) else None
        return self._finding(words, row, column, at, value=value, rows=len(numbers))

    def _spans(self, where: ArrayLike) -> str:
        """Row numbers of these places, each after its sheet."""
        at = np.asarray(where, dtype=np.int64)
        if self.sheet_of_row is None:
            return spans(self.rows[at])
        sheets = self.sheet_of_row[at]
        parts = [(name, self.rows[at[sheets == name]]) for name in dict.fromkeys(sheets)]
        return "; ".join(f"{name} {spans(rows)}" for name, rows in parts)

    def each(
        self,
        rule: str,
        /,
        *,
        column: str | None,
        where: ArrayLike,
        hide: bool = False,
        own: Sequence[Mapping[str, object]] = (),
        **facts: object,
    ) -> list[Finding]:
        """Say a thing of every cell, the first ``MOST`` one by one and the rest in one finding.

        Parameters
        ----------
        rule, **facts
            Of its words, as ``say`` has them.
        column
            Name in the format; None for whole rows.
        where
            Places of the rows, from 0.
        hide
            Whether values must not be shown.
        own
            Facts that differ, one mapping for each of the first ``MOST``.
        """
        at = np.asarray(where, dtype=np.int64)
        findings = []
        for i, more in zip(at[:MOST].tolist(), own or [{}] * MOST, strict=False):
            value = self.safe_text(column, i) if column and not hide else None
            words = say(rule, **facts, **more)
            findings.append(self._finding(words, int(self.rows[i]), column, i, value=value))
        if len(at) > MOST:
            rows = self.rows[at[MOST:]]
            common = words.get("common") or words["rule"]
            words["common_mend"] = words.get("common_mend") or words.get("mend", "")
            numbers = self._spans(at[MOST:])
            words |= {"common": common, "mend": f"Rows: {numbers}.", "spans": numbers}
            words.pop("hint", None)
            words["rule"] = f"and {more_rows(len(rows))}: {common}"
            findings.append(
                self._finding(words, int(rows[0]), column, int(at[MOST]), rows=len(rows))
            )
        return findings

    def _finding(
        self,
        words: Mapping[str, Any],
        row: int | None,
        column: str | None,
        at: int | None = None,
        **more: Any,
    ) -> Finding:
        called = self.name(column, at) if column else column
        is_one = self.sheet_of_row is None or at is None
        sheet = self.sheet if is_one else str(self.sheet_of_row[at])
        return Finding(file=self.file, sheet=sheet, row=row, column=called, **{**more, **words})
