"""Cells of a column that are plain decimals: most of a file, and nothing need be looked for there.

A plain decimal has at most six digits before its point, and begins with a zero only where that is
its one digit before the point. A longer one may be a record's number, a telephone's, or a date of
birth, and one such as 0176.12345678 a telephone's: these are no plain decimals here.
"""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

MOST_DIGITS = 6  # before the point
_PLAIN = re.compile(rf"-?(?:0|[1-9][0-9]{{0,{MOST_DIGITS - 1}}})(?:\.[0-9]+)?")
_END, _MINUS, _POINT, _ZERO, _TEN = (np.uint8(one) for one in (*b"\n-.0", 10))
# So many digits are a whole number exactly, and so is the power of ten that it is divided by: the
# quotient is the number nearest to the text.
_EXACT = 15
_POWERS = np.array([float(f"1e{k}") for k in range(_EXACT + 1)])


@dataclass(frozen=True, eq=False)
class PlainDecimals:
    """A column's cells as plain decimals.

    Parameters
    ----------
    is_plain
        Which cells are one, and nothing else; an empty cell is none.
    has_point
        Which of them have a decimal point.
    values
        The numbers; NaN where there is no plain decimal.
    is_whole
        Whether every cell is one, or empty.
    """

    is_plain: NDArray[np.bool_]
    has_point: NDArray[np.bool_]
    values: NDArray[np.float64]
    is_whole: bool


def plain_decimals(cells: NDArray[np.object_]) -> PlainDecimals:
    r"""Plain decimals among texts; None where a cell is empty.

    Examples
    --------
    >>> cells = ["-7.25", "123456", None, "1234567", "1,5", ".5", "12.5.84", "0176.5"]
    >>> plain_decimals(np.array(cells, dtype=object)).values.tolist()
    [-7.25, 123456.0, nan, nan, nan, nan, nan, nan]
    """
    try:
        together = "\n".join([*cells, ""])
    except TypeError:  # some are empty
        cells = np.where(pd.isna(cells), "", cells)
        together = "\n".join([*cells, ""])
    is_empty = cells == ""
    if together.count("\n") != len(cells):  # some have lines of their own: none stands for these
        cells = np.array([one if _PLAIN.fullmatch(one) else "" for one in cells], dtype=object)
        together = "\n".join([*cells, ""])
    # What is no ASCII becomes a question mark, which no number has.
    codes = np.frombuffer(together.encode("ascii", "replace"), dtype=np.uint8)
    ends = np.flatnonzero(codes == _END)
    starts = np.append(0, ends[:-1] + 1)[: len(ends)]
    has_minus = codes[starts] == _MINUS
    marks = np.flatnonzero((codes - _ZERO >= _TEN) & (codes != _END))
    until = np.searchsorted(marks, ends)  # marks up to the end of each cell
    n_marks = np.diff(until, prepend=0) - has_minus
    last = np.append(marks, 0)[until - 1]
    has_point = (n_marks == 1) & (codes[last] == _POINT) & (last < ends - 1)
    n_whole = np.where(has_point, last, ends) - starts - has_minus
    begins_with_zero = codes[np.minimum(starts + has_minus, ends)] == _ZERO
    is_plain = ((n_marks == 0) | has_point) & (n_whole >= 1) & (n_whole <= MOST_DIGITS)
    is_plain &= (n_whole == 1) | ~begins_with_zero
    has_point &= is_plain
    values = np.full(len(cells), np.nan)
    n_part = np.where(has_point, ends - last - 1, 0)
    if np.any((n_whole + n_part)[is_plain] > _EXACT):
        texts = pd.Series(cells[is_plain], dtype=object)
        values[is_plain] = pd.to_numeric(texts).to_numpy(dtype=np.float64)
    else:
        whole = _whole_numbers(codes, (starts + has_minus)[is_plain], ends[is_plain])
        numbers = whole / _POWERS[n_part[is_plain]]
        # Whole numbers have no negative zero, as long as all are whole.
        turned = has_minus[is_plain] & ((whole > 0) | has_point.any())
        values[is_plain] = np.where(turned, -numbers, numbers)
    return PlainDecimals(is_plain, has_point, values, bool(np.all(is_plain | is_empty)))


def _whole_numbers(
    codes: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> NDArray[np.int64]:
    """The digits from each start to its end as a whole number, points left out."""
    numbers = np.zeros(len(starts), dtype=np.int64)
    for k in range(int((ends - starts).max(initial=0))):
        digits = codes[np.minimum(starts + k, ends)] - _ZERO  # an end is no digit
        numbers = np.where(digits < _TEN, 10 * numbers + digits, numbers)
    return numbers
