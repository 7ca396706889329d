"""The rules of single cells: what can be true, and what is likely, from the table of columns.

Each rule is a mask over a column: what is filled in, a word, possible, and plausible.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Series

from hipstudy.cohort_file.cell_values import WORDS
from hipstudy.cohort_file.findings import MOST, Source
from hipstudy.cohort_file.likely_units import likely_units
from hipstudy.cohort_file.schema import CHOICES, FAMILY, Column, columns, find
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import Finding

POSSIBLE, PLAUSIBLE, WORD, FILLED_IN = "impossible", "implausible", "unknown_word", "not_filled_in"
_IN_EVERY_ROW = ("runner_id", "side")


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


def check(
    source: Source,
    frame: DataFrame,
    masks: Mapping[int, NDArray[np.bool_]],
    covered: Mapping[str, NDArray[np.bool_]],
) -> list[Finding]:
    """Check every cell of a frame as ``hipstudy.cohort_file.cell_values`` gives it.

    ``masks`` has the cells with identifiers, said before, by position; ``covered`` those that a
    finding about their whole column covers, by name.
    """
    findings: list[Finding] = []
    names = [name for known in columns() for name in source.positions if find(name).name == known]
    for name in names:
        column, hidden = find(name), masks.get(source.positions[name], False)
        facts = {"of": column, "words": " or ".join(CHOICES.get(column.kind, ()))}
        for rule, mask in _masks(name, column, frame[name]):
            broken = mask.to_numpy() & ~np.asarray(covered.get(name, False))
            if rule == FILLED_IN:
                broken &= ~np.asarray(hidden)
            if rule == POSSIBLE:
                zero = broken & (frame[name] == 0).to_numpy()
                at = np.flatnonzero(zero)
                findings += source.each("impossible_zero", column=name, where=at, of=column)
                broken &= ~zero
            # An age that cannot be may be a date of birth as a number.
            hide = rule == FILLED_IN or (name == "age_y" and rule == POSSIBLE)
            at = np.flatnonzero(broken)
            own = [{"hint": _hint(column, frame[name].iat[i])} for i in at[:MOST]]
            own = own if rule == POSSIBLE else []
            findings += source.each(rule, column=name, where=at, hide=hide, own=own, **facts)
    return findings


def _hint(column: Column, value: float) -> str:
    """The unit in which an impossible number would be a likely one, in words."""
    units = likely_units(column, value) if column.kind == "number" else []
    return say("may_be_unit", units=units[0])["rule"] if units else ""


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
_DATE = 100_000  # and any value from here on one in day, month and year
_VISITS = frozenset([1, 2, 3, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 18, 20, 24, 26, 36, 39, 48, 52])
_DAYS_LEAST = 28
_PAST = 0.2
_MOST = 0.5
_SHARES = ("adherence_pct", FAMILY)


def wrong_units(
    source: Source, frame: DataFrame
) -> tuple[list[Finding], dict[str, NDArray[np.bool_]]]:
    """Columns of numbers in another unit: a finding for each, and the cells it covers, by name."""
    findings: list[Finding] = []
    covered: dict[str, NDArray[np.bool_]] = {}
    numbers = {
        name: frame[name].to_numpy(dtype=float)
        for name in source.positions
        if find(name).kind == "number"
    }
    for name, values in numbers.items():
        column, mask = find(name), _fits(find(name), values)
        if mask is None:
            continue
        covered[name] = mask
        at, of = np.flatnonzero(mask), np.count_nonzero(np.isfinite(values))
        low, high = np.nanmin(values[mask]), np.nanmax(values[mask])
        # The age that a year of birth gives is nearly a birth date: not shown.
        secret = name == "age_y" or (name == "week" and high >= _LONG_AGO) or high >= _DATE
        value = None if secret else f"{low:g} to {high:g}"
        units = likely_units(column, values[mask])
        rule, facts = "wrong_unit" if units else "other_unit", {"n": len(at), "of": of}
        facts |= {"right": column, "units": ", or ".join(units)}
        findings.append(source.once(rule, column=name, where=at, value=value, **facts))
    for name, values in numbers.items():
        column = find(name)
        # In a column that as a whole is none, or has few values, some may be fractions.
        at = np.flatnonzero((values > 0) & (values <= 1))
        if column.name in _SHARES and name not in covered and len(at):
            findings.append(source.once("fractions", column=name, where=at, unit=column.unit))
    if "week" in numbers and "week" not in covered:
        findings += _days(source, numbers["week"])
    return findings, covered


def _days(source: Source, week: NDArray[np.float64]) -> list[Finding]:
    """Weeks that may be days, and are possible as weeks too."""
    later = np.unique(week[week > 0])
    if not len(later) or later.max() < _DAYS_LEAST or np.any(later % 7):
        return []
    if not _VISITS.issuperset((later / 7).tolist()):
        return []
    return [source.once("days", column="week", where=np.flatnonzero(week > 0))]


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
