"""Cells of a table into numbers, a whole column at a time, with what kept a cell from being one."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file.plain_decimals import PlainDecimals, plain_decimals
from hipstudy.cohort_file.visit_words import read_visit

# Words for "not measured", in lower case.
MISSING = frozenset(
    ["", "na", "n/a", "#n/a", "nan", "-", "\u2013", "\u2014", ".", "missing", "none", "null"]
)
NUMBER, TEXT, UNIT, DATE, MARKS = range(5)  # what a cell turned out to be

_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?")
_COMMA = re.compile(r"[+-]?(?:\d+,\d*|,\d+)")
_MARKED = re.compile(r"[+-]?\d[\d.,' ]*")  # asked after all the above
_WITH_UNIT = re.compile(
    r"[+-]?\s*(?:\d+[.,]?\d*|[.,]\d+)\s*(?:[^\s\d.,+:-][^\d:]{0,15}|/\s*10{1,2})"
)
_MONTH = r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]{0,6}\.?"
_DATES = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?"
    r"|\d{1,2}([-/.])\d{1,2}\1\d{2,4}(?:[T ].*)?"
    rf"|\d{{1,2}}[-. ]{{1,2}}{_MONTH}(?:[-. ]{{1,2}}\d{{2,4}})?"
    rf"|{_MONTH}[-. ]{{1,2}}\d{{1,4}}(?:,? \d{{4}})?",
    re.IGNORECASE,
)
_ONLY_THESE = str.maketrans("", "", "0123456789.-+")


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column as numbers.

    Parameters
    ----------
    values
        One number a cell; NaN where there is none.
    kind
        One of ``NUMBER`` (also a missing one), ``TEXT``, ``UNIT``, ``DATE``, ``MARKS``, a cell.
    comma, point
        Cells written with a decimal comma, and with a decimal point.
    """

    values: NDArray[np.float64]
    kind: NDArray[np.int8]
    comma: NDArray[np.bool_]
    point: NDArray[np.bool_]

    @property
    def mixed(self) -> bool:
        """Whether decimal commas and decimal points both occur."""
        return bool(self.comma.any() and self.point.any())


def is_date(text: str) -> bool:
    """Whether a text is a date, as people and spreadsheets write it.

    Examples
    --------
    >>> [is_date(text) for text in ("2024-05-07", "07.05.2024", "7-May", "7.5", "11.2.23")]
    [True, True, True, False, True]
    """
    return _DATES.fullmatch(text.strip()) is not None


def week(text: str) -> str:
    """A visit as people write it, as a number of weeks; any other text as it is.

    Examples
    --------
    >>> [week(text) for text in ("Baseline", "6 weeks", "Week 12", "6 months", "T1")]
    ['0', '6', '12', '6 months', 'T1']
    """
    visit = read_visit(text)
    return f"{visit.week:g}" if visit is not None and visit.sure else text


def read(cells: "pd.Series[str]") -> Numbers:
    """Read a column of texts, None where a cell is empty.

    Examples
    --------
    >>> column = read(pd.Series(["7.5", " \u22122", "n/a", None, "80 kg", "7-May"], dtype=object))
    >>> column.values.tolist()
    [7.5, -2.0, nan, nan, nan, nan]
    >>> (column.kind == NUMBER).tolist()
    [True, True, True, True, False, False]
    """
    texts = np.asarray(cells, dtype=object)
    plain = plain_decimals(texts)
    if plain.is_whole:
        return of_decimals(plain)
    codes, distinct = pd.factorize(texts)
    values, kind, comma, point = _distinct(list(distinct))
    nothing = codes < 0  # factorize gives -1 to None
    return Numbers(
        values=np.where(nothing, np.nan, values[codes]),
        kind=np.where(nothing, NUMBER, kind[codes]).astype(np.int8),
        comma=comma[codes] & ~nothing,
        point=point[codes] & ~nothing,
    )


def of_decimals(column: PlainDecimals) -> Numbers:
    """A column of plain decimals and empty cells, as ``read`` gives it."""
    n = len(column.values)
    kind, comma = np.full(n, NUMBER, dtype=np.int8), np.zeros(n, dtype=bool)
    return Numbers(column.values, kind, comma, column.has_point)


def _distinct(
    texts: list[str],
) -> tuple[NDArray[np.float64], NDArray[np.int8], NDArray[np.bool_], NDArray[np.bool_]]:
    size = len(texts) + 1  # one more, so that -1 has something to point at
    values, kind = np.full(size, np.nan), np.zeros(size, dtype=np.int8)
    comma, point = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    point[:-1] = ["." in text for text in texts]
    # A long column of plain numbers takes the quick way; what is left is looked at one by one.
    quick = np.array([not text.translate(_ONLY_THESE) for text in texts], dtype=bool)
    if quick.any():
        plain = pd.Series([texts[i] for i in np.flatnonzero(quick)], dtype=object)
        values[:-1][quick] = pd.to_numeric(plain, errors="coerce").to_numpy(dtype=np.float64)
    for i in np.flatnonzero(~np.isfinite(values[:-1])):
        values[i], kind[i], comma[i] = _one(texts[i])
        point[i] &= not comma[i] and kind[i] == NUMBER and np.isfinite(values[i])
    return values, kind, comma, point


def _one(text: str) -> tuple[float, int, bool]:
    text = " ".join(text.replace("\u2212", "-").split())
    if text.casefold() in MISSING:
        return np.nan, NUMBER, False
    comma = _COMMA.fullmatch(text) is not None
    if comma or _PLAIN.fullmatch(text):
        value = float(text.replace(",", "."))
        return (value, NUMBER, comma) if np.isfinite(value) else (np.nan, TEXT, False)
    for kind, pattern in ((DATE, _DATES), (MARKS, _MARKED), (UNIT, _WITH_UNIT)):
        if pattern.fullmatch(text[:100]):
            return np.nan, kind, False
    return np.nan, TEXT, False
