"""Weeks counted from the dates of visits, where a plan names their column.

Day 0 is a runner's first date; a visit is of the nearest whole week, three days either way. Of two
rows of a limb nearest to the same week the nearer has it, of two as near the earlier, and the other
stays at its own part of a week. What is kept is days since the first date and never a date: when
somebody came tells who it was. So no finding shows one.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file.findings import MOST, Source
from hipstudy.cohort_file.parse import MISSING
from hipstudy.cohort_file.schema import columns
from hipstudy.errors import Finding, nearest

NONE = np.iinfo(np.int64).min  # no date
WEEK_DAYS = 7
_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})(?:([-/])|\. ?)(\d{1,2})(?(2)\2|\. ?)(\d{4}|\d{2})")
_TIME = re.compile(r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_CENTURY = 2000
_MONTHS = 12


def with_weeks(
    source: Source, header: Sequence[str], frame: pd.DataFrame, name: str
) -> tuple[pd.DataFrame, list[Finding]]:
    """Put weeks and days since the first date into every row.

    Parameters
    ----------
    source, header
        The sheet and its head, own names translated.
    frame
        As ``hipstudy.cohort_file.check`` has it.
    name
        Of the column of dates.

    Returns
    -------
    pandas.DataFrame
        The frame with ``week`` and ``day``; NaN where there is no date.
    list of Finding
        What keeps weeks from being counted, and dates that stand out of order.
    """
    nothing = frame.assign(day=np.nan)
    if "week" in source.positions:
        return nothing, [source.once("weeks_beside_dates", column="week")]
    if name not in header:
        near = nearest(name, source.names)
        return nothing, [source.once("no_column_of_dates", column=None, name=name, near=near)]
    position = list(header).index(name)
    cells = source.cells[position].to_numpy(dtype=object)
    days, findings = _days(source, source.names[position], cells)
    there = days != NONE
    numbers = pd.Series(np.where(there, days, np.nan), index=frame.index, dtype=float)
    known = frame["runner"] > 0
    first = numbers.where(known).groupby(frame["runner"]).transform("min")
    dated = frame.assign(day=numbers - first)
    dated["week"] = _whole_weeks(dated)
    return dated, [*findings, *_misplaced(source, source.names[position], dated)]


class _Parts(NamedTuple):
    """Numbers of a date; which of the two is the month is open where nothing in it tells."""

    year: int
    month: int
    day: int
    is_open: bool = False


def _days(
    source: Source, column: str, cells: NDArray[np.object_]
) -> tuple[NDArray[np.int64], list[Finding]]:
    """Day in the calendar of each cell; ``NONE`` where there is no date or it cannot be read."""
    codes, distinct = pd.factorize(cells)
    texts = [" ".join(str(text).split()) for text in distinct]
    parts = [_parts(text) for text in texts]
    is_open = np.array([*(part is not None and part.is_open for part in parts), False])
    # Written as if the month came first: where it does not, some month is past the twelfth.
    open_parts = [part for part in parts if part is not None and part.is_open]
    day_first = any(part.month > _MONTHS for part in open_parts)
    month_first = any(part.day > _MONTHS for part in open_parts)
    is_clear = day_first != month_first
    values = np.full(len(texts) + 1, NONE)  # one more: code -1, of None, is the last
    for k, part in enumerate(parts):
        if part is not None and (is_clear or not part.is_open):
            turned = part.is_open and day_first
            values[k] = _in_calendar(part._replace(month=part.day, day=part.month) if turned
                                     else part)  # fmt: skip
    blank = np.array([*(text.casefold() in MISSING for text in texts), True])
    unread = (values == NONE) & ~blank
    findings = []
    if open_parts and not is_clear:
        unread &= ~is_open
        rule = "dates_of_two_orders" if day_first else "date_order_unknown"
        findings.append(source.once(rule, column=column, where=np.flatnonzero(is_open[codes])))
    where = np.flatnonzero(unread[codes])
    findings += source.each("no_date", column=column, where=where, hide=True)
    if len(where := np.flatnonzero(blank[codes])):
        findings.append(source.once("blank_dates", column=column, where=where))
    return values[codes], findings


def _parts(text: str) -> _Parts | None:
    """A date without its time of day; None where it is none."""
    text = _TIME.sub("", text)
    if found := _YEAR_FIRST.fullmatch(text):
        return _Parts(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.fullmatch(text):
        year = int(found[4]) + (_CENTURY if len(found[4]) == 2 else 0)
        if found[2]:
            return _Parts(year, int(found[1]), int(found[3]), is_open=True)
        return _Parts(year, int(found[3]), int(found[1]))
    return None


def _in_calendar(part: _Parts) -> int:
    """Its number in the calendar; ``NONE`` where no calendar has it."""
    try:
        return date(part.year, part.month, part.day).toordinal()
    except ValueError:
        return int(NONE)


def _whole_weeks(frame: pd.DataFrame) -> pd.Series:
    """The nearest whole week of each row that is the nearest of its limb; else its part of one."""
    exact = frame["day"] / WEEK_DAYS
    whole = exact.round()
    limb = [frame["runner"], frame["side"], whole]
    off = (exact - whole).abs()
    nearest_off = off.groupby(limb, dropna=False).transform("min")
    ties = exact.where(off == nearest_off)
    earliest = ties.groupby(limb, dropna=False).transform("min")
    return whole.where((exact == earliest) & (frame["runner"] > 0), exact)


def _misplaced(source: Source, column: str, frame: pd.DataFrame) -> list[Finding]:
    """Dates that stand out of order, or too far from the first of their runner."""
    limbs = frame[(frame["runner"] > 0) & frame["side"].notna() & frame["day"].notna()]
    before = limbs.groupby(["runner", "side"], sort=False)[["day", "file_row"]].shift()
    back = limbs.index[limbs["day"] < before["day"]]
    own = [{"row": before["file_row"][i]} for i in back[:MOST]]
    last_week = (columns()["week"].possible or (0.0, np.inf))[1]
    far = np.flatnonzero(frame["day"] > WEEK_DAYS * last_week)
    return [
        *source.each("earlier_date", column=column, where=back, hide=True, own=own),
        *source.each("date_too_far", column=column, where=far, hide=True, weeks=last_week),
    ]
