"""The rules of single cells: what can be true, and what is likely, from the table of columns.

Each rule is a mask over a column: what is filled in, a word, possible, and plausible.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Series

from hipstudy.cohort_file.cell_values import WORDS
from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.schema import FAMILY, Column, columns, find
from hipstudy.errors import ERROR, WARNING, Finding

POSSIBLE, PLAUSIBLE, WORD, FILLED_IN = "possible", "plausible", "word", "filled in"
_IN_EVERY_ROW = ("runner_id", "side")
_NOTHING = "Empty the cell where nothing was measured."
_MISSPELT = {
    "side": "the rule is left or right",
    "sex": "the rule is F or M",
    "yesno": "the rule is yes or no",
}


def _masks(name: str, column: Column, values: Series) -> Iterator[tuple[str, "Series[bool]"]]:
    """Each rule of a column, and the cells that break it."""
    there = values.notna()
    if name in _IN_EVERY_ROW:
        yield FILLED_IN, ~there
    if column.kind in WORDS:
        yield WORD, there & ~values.isin(list(set(WORDS[column.kind].values())))
    if column.possible is not None and column.plausible is not None:
        possible = values.between(*column.possible)
        yield POSSIBLE, there & ~possible
        yield PLAUSIBLE, possible & ~values.between(*column.plausible)


def violations(frame: DataFrame) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Places of the cells that break each rule, by column and rule."""
    family = [str(name) for name in frame if str(name).startswith(FAMILY)]
    return {
        (name, rule): np.flatnonzero(mask)
        for known, column in columns().items()
        for name in (family if known == FAMILY else [known])
        if name in frame
        for rule, mask in _masks(name, column, frame[name])
        if mask.any()
    }


def check(
    source: Source,
    frame: DataFrame,
    masks: Mapping[int, NDArray[np.bool_]],
    covered: Mapping[str, NDArray[np.bool_]],
) -> list[Finding]:
    """Check every cell.

    Parameters
    ----------
    source
        The sheet.
    frame
        As ``hipstudy.cohort_file.cell_values`` gives it.
    masks
        Cells with identifiers, said before, by position.
    covered
        Cells that a finding about their whole column covers, by name.
    """
    findings: list[Finding] = []
    for (name, rule), at in violations(frame).items():
        column = find(name)
        if column is None or name not in source.positions:
            continue
        mask = masks.get(source.positions[name])
        if rule == FILLED_IN and mask is not None:
            at = at[~mask[at]]
        if name in covered:
            at = at[~covered[name][at]]
        if rule == POSSIBLE:
            nothing = frame[name].to_numpy(dtype=float)[at] == 0
            where = at[nothing]
            findings += source.each(ERROR, _range(column), _NOTHING, column=name, where=where)
            at = at[~nothing]
        findings += _findings_of_rule(source, column, name, rule, at)
    return findings


def _findings_of_rule(
    source: Source, column: Column, name: str, rule: str, at: NDArray[np.int64]
) -> list[Finding]:
    if rule == FILLED_IN:
        mend = "Fill it in, or delete the row."
        return source.each(ERROR, "every row needs one", mend, column=name, where=at, hide=True)
    if rule == WORD:
        mend = "Own words for it can be named in a mapping file."
        return source.each(ERROR, _MISSPELT[column.kind], mend, column=name, where=at)
    hide = name == "age_y" and rule == POSSIBLE  # it may be a date of birth as a number
    if rule == POSSIBLE:
        mend = "Look it up again"
        mend += f"; such numbers are often {column.wrong_unit}." if column.wrong_unit else "."
        return source.each(ERROR, _range(column), mend, column=name, where=at, hide=hide)
    low, high = column.plausible or (0.0, 0.0)
    rule = f"it is possible, but seldom outside {low:g} to {high:g} {column.unit}"
    return source.each(WARNING, rule, "Look it up again.", column=name, where=at)


def _range(column: Column) -> str:
    low, high = column.possible or (0.0, 0.0)
    return f"the rule is a number from {low:g} to {high:g} {column.unit}"


LEAST = 5  # values; fewer say nothing about a column
# What a column's numbers are between when they are in the unit that is most often mixed up
# with the right one, and what part of the values must be past the right one's range.
BANDS = {
    "week": (105, 3700),  # days
    "end_range_torque_nm_kg": (20, 400),  # Nm
    "passive_torque_nm_kg": (4, 150),  # Nm
    "tightness_nrs": (11, 100),  # mm
    "discomfort_nrs": (11, 100),  # mm
    "age_y": (101, 2100),  # months, year of birth
    "mass_kg": (91, 330),  # pounds
}
_LONG_AGO = 10_000  # such a week may be a date of birth, in days since 1900
_VISITS = frozenset([1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 18, 20, 24, 26, 36, 39, 48, 52])
_DAYS_LEAST = 28
_PAST = 0.2
_MOST = 0.5
_SHARES = ("adherence_pct", FAMILY)


@dataclass(frozen=True, eq=False)
class WrongUnits:
    """Columns in another unit: a finding for each, and the cells that it covers, by name."""

    findings: tuple[Finding, ...]
    covered: dict[str, NDArray[np.bool_]]


def wrong_units(source: Source, frame: DataFrame) -> WrongUnits:
    """Look at every column of numbers that the file has."""
    findings: list[Finding] = []
    covered: dict[str, NDArray[np.bool_]] = {}
    for name in source.positions:
        column = find(name)
        if column is None or column.kind != "number":
            continue
        values = frame[name].to_numpy(dtype=float)
        mask = _fits(column, values)
        if mask is None:
            continue
        covered[name] = mask
        at = np.flatnonzero(mask)
        low, high = np.nanmin(values[mask]), np.nanmax(values[mask])
        rule = (
            f"{len(at)} of {np.count_nonzero(np.isfinite(values))} values are in another unit, "
            f"it seems; the rule is {column.unit}"
        )
        mend = _mend(column)
        # The age that a year of birth gives is nearly a birth date: not shown.
        secret = name == "age_y" or (name == "week" and high >= _LONG_AGO)
        value = None if secret else f"{low:g} to {high:g}"
        findings.append(
            source.once(ERROR, rule, mend, column=source.name(name), where=at, value=value)
        )
    for name in source.positions:
        if _is_share(name) and name not in covered:
            findings += _fractions(source, name, frame[name].to_numpy(dtype=float))
    if "week" in source.positions and "week" not in covered:
        findings += _days(source, frame["week"].to_numpy(dtype=float))
    return WrongUnits(tuple(findings), covered)


def _is_share(name: str) -> bool:
    column = find(name)
    return column is not None and column.name in _SHARES


def _fractions(source: Source, name: str, values: NDArray[np.float64]) -> list[Finding]:
    """Values that may be fractions, in a column that as a whole is none or has few values."""
    at = np.flatnonzero((values > 0) & (values <= 1))
    column = find(name)
    if not len(at) or column is None:
        return []
    rule = f"values of 1 or less may be fractions; the rule is {column.unit}, from 0 to 100"
    mend = "If 0.85 is meant to be 85, multiply by 100."
    return [source.once(WARNING, rule, mend, column=source.name(name), where=at)]


def _days(source: Source, week: NDArray[np.float64]) -> list[Finding]:
    """Weeks that may be days, and are possible as weeks too."""
    later = np.unique(week[week > 0])
    if not len(later) or later.max() < _DAYS_LEAST or np.any(later % 7):
        return []
    if not _VISITS.issuperset((later / 7).tolist()):
        return []
    rule = "weeks may be days: every later visit is a multiple of 7"
    mend = "If they are days, divide them by 7; if they are weeks, leave them."
    at = np.flatnonzero(week > 0)
    return [source.once(WARNING, rule, mend, column=source.name("week"), where=at)]


def _mend(column: Column) -> str:
    if column.wrong_unit:
        return f"It looks like {column.wrong_unit}."
    return f"Write {column.unit}: {column.meaning}."


def _fits(column: Column, values: NDArray[np.float64]) -> NDArray[np.bool_] | None:
    """Cells that are in another unit, when they are many; None when the column is as it should."""
    measured = np.isfinite(values)
    count = np.count_nonzero(measured)
    if count < LEAST or column.possible is None or column.plausible is None:
        return None
    if column.name in _SHARES:
        share = (values >= 0) & (values <= 1)
        part = np.any((values > 0) & (values < 1)) or column.name == "adherence_pct"
        alike = np.count_nonzero(share) == count and np.any(values > 0) and part
        return measured if alike else None
    past = measured & ((values > column.possible[1]) | (values < column.possible[0]))
    past &= values != 0  # nothing measured is no unit
    if column.name in ("mass_kg", "week"):  # possible in the right unit too, but not for many
        past |= measured & (values > column.plausible[1])
    if column.name == "week" and not np.all(values[past] % 7 == 0):
        return None
    if column.name in BANDS:
        low, high = BANDS[column.name]
        within = measured & (values >= low) & (values <= high)
        if column.name == "mass_kg" and np.count_nonzero(within) < 0.9 * count:
            return None
        past_within = np.count_nonzero(past & within)
        if past_within >= max(2, _PAST * count) and past_within >= 0.8 * np.count_nonzero(past):
            return within & (past | (column.name == "mass_kg"))
    return past if np.count_nonzero(past) > _MOST * count else None
