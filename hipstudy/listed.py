"""Findings about cells of one sheet: each with its row and column, long lists cut short.

Guarded by ``tests/test_check.py``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pandas import DataFrame

from hipstudy.findings import Finding

MOST = 20  # cells of one column and rule that are listed one by one
_SHOWN = 60
_SPANS = 6
_MANY_WORDS = 4  # words about a person, maybe
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def brief(text: str) -> str:
    """One short line of a text that came from a file.

    Examples
    --------
    >>> brief(" a  b"), len(brief("x" * 99))
    ('a b', 60)
    """
    line = " ".join(text[: 10 * _SHOWN].split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 3] + "..."


def spans(rows: Iterable[int]) -> str:
    """Row numbers in few words.

    Examples
    --------
    >>> spans([2, 3, 4, 9]), spans(range(1, 99, 2))
    ('2-4, 9', '1, 3, 5, 7, 9, 11 and 43 more')
    """
    numbers = np.unique(np.fromiter(rows, dtype=np.int64))
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    said = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs[:_SPANS]]
    more = sum(len(run) for run in runs[_SPANS:])
    return ", ".join(said) + (f" and {more:,} more" if more else "")


def is_name(text: str) -> bool:
    """Whether a text is two capitalised words or more, such as a person's name.

    Examples
    --------
    >>> [is_name(text) for text in ("Anna Schmidt", "SCHMIDT, Anna", "R01", "Runner A")]
    [True, True, False, False]
    """
    words = [word for word in re.split(r"[\s,._]+", text.strip()[:100]) if word]
    letters = all(_NAME_WORD.fullmatch(word) and word[0].isupper() for word in words)
    return letters and sum(len(word) > 1 for word in words) >= 2 and len(words) <= 5


def more_rows(count: int) -> str:
    """Say how many rows more.

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
    """

    file: str
    sheet: str
    cells: DataFrame
    rows: NDArray[np.int64]
    positions: Mapping[str, int] = field(default_factory=dict)
    names: Sequence[str] = ()

    def name(self, column: str) -> str:
        """What the file calls a column of the format."""
        return self.names[self.positions[column]] if column in self.positions else column

    def text(self, column: str, at: int) -> str:
        """What stands in a cell."""
        value = self.cells.iat[at, self.positions[column]]
        return "" if value is None else brief(str(value))

    def shown(self, column: str, at: int) -> str | None:
        """What stands in a cell; None when it may be a person's name, or words about one."""
        text = self.text(column, at)
        personal = len(text.split()) >= _MANY_WORDS or (column != "arm" and is_name(text))
        return None if personal else text

    def once(
        self,
        level: str,
        rule: str,
        mend: str = "",
        *,
        column: str | None = None,
        where: ArrayLike | None = None,
        found: str | None = None,
    ) -> Finding:
        """Say a thing once: at its first row, the others named in how to mend it.

        Parameters
        ----------
        level, rule, mend, found
            As of a ``Finding``.
        column
            Name in the file.
        where
            Places of the rows, from 0; None for the whole file.
        """
        rows = np.asarray(where if where is not None else [], dtype=np.int64)
        numbers = self.rows[rows]
        if len(numbers) > 1:
            others = more_rows(len(numbers) - 1)
            mend = f"{mend} Also in {others}: {spans(numbers[1:])}.".strip()
        row = int(numbers[0]) if len(numbers) else None
        return Finding(level, self.file, rule, self.sheet, row, column, found, mend)

    def each(
        self,
        level: str,
        rule: str | Sequence[str],
        mend: str,
        *,
        column: str | None,
        where: ArrayLike,
        hide: bool = False,
        rest: str = "",
    ) -> list[Finding]:
        """Say a thing of every cell, the first ``MOST`` one by one and the rest in one finding.

        Parameters
        ----------
        level, mend
            As of a ``Finding``.
        rule
            One for all, or one for each of the first ``MOST``.
        column
            Name in the format; None for whole rows.
        where
            Places of the rows, from 0.
        hide
            Whether values must not be shown.
        rest
            The rule of those that are not listed, where ``rule`` is one for each.
        """
        at = np.asarray(where, dtype=np.int64)
        rules = [rule] * MOST if isinstance(rule, str) else rule
        named = self.name(column) if column else None
        listed = []
        for i, said in zip(at[:MOST].tolist(), rules, strict=False):
            shown = self.shown(column, i) if column and not hide else None
            listed.append(
                Finding(level, self.file, said, self.sheet, int(self.rows[i]), named, shown, mend)
            )
        if len(at) > MOST:
            rows = self.rows[at[MOST:]]
            said = f"and {more_rows(len(rows))}: {rule if isinstance(rule, str) else rest}"
            which = f"Rows: {spans(rows)}."
            listed.append(
                Finding(level, self.file, said, self.sheet, int(rows[0]), named, None, which)
            )
        return listed
