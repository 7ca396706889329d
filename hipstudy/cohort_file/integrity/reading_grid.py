"""The readings of a file by runner, visit and side, as all checks of its integrity take them.

Readings of instruments (angles and torques) are told apart from ratings. People round their own
feeling to 0, 5 and 10 and stay at the ends of a scale, so ratings are never evidence by equality
or by their digits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.arrays import Array
from hipstudy.cohort_file.schema import FAMILY
from hipstudy.model.cohort import SIDES

Places = NDArray[np.int64]
FEWEST = 8  # runners that make a visit, an arm, or a sample worth a look
MOST_VISITS = 24  # the fullest weeks; the others are in no check by visits
_INSTRUMENTS = ("thomas_ext_deg", "end_range_torque_nm_kg", "passive_torque_nm_kg")
_RATINGS = ("tightness_nrs", "discomfort_nrs")
# What says how a reading was taken: readings taken another way are not compared over visits.
_HOW = {
    "thomas_ext_deg": "pelvis_controlled",
    "end_range_torque_nm_kg": "torque_angle_ext_deg",
    "passive_torque_nm_kg": "torque_angle_ext_deg",
}
_TENTHS = (0, 1, 2, 3)  # decimals that a reading may be written with
_SAME_DECIMALS = 0.995  # share of a column's values that are whole at its decimals
_ROUNDING = 1e-6
_NORMAL_MAD = 1.4826


@dataclass(frozen=True, eq=False)
class ReadingGrid:
    """Readings by runner, visit and side.

    Parameters
    ----------
    rows
        Rows with a runner, by place in the file: ``runner`` and ``arm_code`` from 0 (-1 without an
        arm), ``week``, ``side_code``, and every measured column; the index is the place.
    weeks
        Weeks in which enough runners came, in order.
    places
        Place of the row of each runner, visit and side, (runners, visits, 2); -1 where none is.
    """

    rows: pd.DataFrame
    weeks: tuple[float, ...]
    places: Places

    @property
    def n_runners(self) -> int:
        """How many there are."""
        return len(self.places)

    @cached_property
    def instruments(self) -> tuple[str, ...]:
        """Columns of instruments that have enough values."""
        return self._filled(_INSTRUMENTS)

    @cached_property
    def ratings(self) -> tuple[str, ...]:
        """Columns of ratings and scores that have enough values."""
        families = [name for name in self.rows if str(name).startswith(FAMILY)]
        return self._filled((*_RATINGS, *families))

    def _filled(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            name for name in names if name in self.rows and self.rows[name].count() >= FEWEST
        )

    def values(self, column: str) -> Array:
        """A column by runner, visit and side; NaN where nothing is."""
        if column not in self._grids:
            self._grids[column] = self._cells(self.rows[column].to_numpy(float))
        return self._grids[column]

    def comparable_values(self, column: str) -> Array:
        """A column as ``values``, without readings that were taken another way than the first."""
        values, how = self.values(column), _HOW.get(column)
        if how is None or how not in self.rows or not self.weeks:
            return values
        codes = pd.factorize(self.rows[how].to_numpy(dtype=object))[0].astype(float)
        way = self._cells(np.where(codes < 0, np.nan, codes))
        first = way[:, :1]
        return np.where((way == first) | np.isnan(way) | np.isnan(first), values, np.nan)

    @cached_property
    def _grids(self) -> dict[str, Array]:
        return {}

    @cached_property
    def arm(self) -> Array:
        """The arm's number by runner, visit and side; NaN where none is said."""
        codes = self.rows["arm_code"].to_numpy(float)
        return self._cells(np.where(codes < 0, np.nan, codes))

    @cached_property
    def _order(self) -> Places:
        """Position in ``rows`` of each cell; that after the last where there is no row."""
        at = np.full(int(self.rows.index.max()) + 2, len(self.rows), dtype=np.int64)
        at[self.rows.index.to_numpy()] = np.arange(len(self.rows))
        return at[self.places]  # a place of -1 is the last of ``at``

    def _cells(self, values: Array) -> Array:
        return np.append(values, np.nan)[self._order]

    @cached_property
    def step(self) -> Mapping[str, float]:
        """Unit of the last decimal that a column of an instrument is written with; 0 for none."""
        return {name: last_decimal(self.rows[name].to_numpy(float)) for name in self.instruments}

    @cached_property
    def within_sd(self) -> Mapping[str, float]:
        """Spread of an instrument's reading around what is known of its runner.

        The least of that of one limb over visits, arms' means taken off, and that of two limbs at
        a visit; each by the usual and by a robust estimate. What is planted or repeated makes it
        smaller, which makes equal readings less surprising.
        """
        return {name: self._within(name) for name in self.instruments}

    def _within(self, name: str) -> float:
        values = centred(self.values(name), self.arm)
        over_visits = np.diff(values, axis=1)
        sides = values[..., 0] - values[..., 1]
        spreads = []
        for each in (over_visits.ravel(), sides.ravel()):
            known = each[np.isfinite(each)]
            if len(known) < FEWEST:
                continue
            robust = _NORMAL_MAD * np.median(np.abs(known - np.median(known)))
            spreads.append(min(float(known.std()), float(robust) or np.inf) / np.sqrt(2))
        if not spreads:
            return 0.3 * float(self.rows[name].std())
        return max(min(spreads), self.step[name] / 2)


def grid(frame: pd.DataFrame) -> ReadingGrid:
    """The readings of a frame as ``hipstudy.cohort_file.check`` has it.

    Parameters
    ----------
    frame
        Every row of the file in types, with ``runner`` (0 where a row has no code), ``side``,
        ``week``, ``arm`` and the measured columns.
    """
    whole = (frame["runner"] > 0) & frame["side"].isin(SIDES) & frame["week"].notna()
    rows = frame[whole]
    runner, _ = pd.factorize(rows["runner"].to_numpy())
    arms = rows["arm"] if "arm" in rows else pd.Series(None, index=rows.index, dtype=object)
    rows = rows.assign(
        runner=runner,
        arm_code=pd.factorize(arms.to_numpy(dtype=object), sort=False)[0],
        side_code=(rows["side"] == SIDES[1]).to_numpy(int),
    )
    came = rows.groupby("week")["runner"].nunique()
    fullest = came[came >= FEWEST].sort_values(ascending=False, kind="stable")[:MOST_VISITS]
    weeks = tuple(float(week) for week in sorted(fullest.index))
    places = np.full((int(runner.max(initial=-1)) + 1, len(weeks), len(SIDES)), -1, dtype=np.int64)
    seen = rows[rows["week"].isin(weeks)]
    visit = np.searchsorted(weeks, seen["week"].to_numpy(float))
    places[seen["runner"], visit, seen["side_code"]] = seen.index.to_numpy()
    return ReadingGrid(rows, weeks, places)


def centred(values: Array, arm: Array) -> Array:
    """Readings by runner, visit and side less the mean of their arm and visit, both sides."""
    arms = np.where(np.isnan(arm), -1, arm)
    left = np.full(values.shape, np.nan)
    for code in np.unique(arms):
        own = np.where(arms == code, values, np.nan)
        known = np.isfinite(own)
        n = known.sum(axis=(0, 2), keepdims=True)
        mean = np.where(known, own, 0).sum(axis=(0, 2), keepdims=True) / np.maximum(n, 1)
        left = np.where(known, own - mean, left)
    return left


def last_decimal(values: Array) -> float:
    """Unit of the last decimal of nearly all values; 0 where they have more than three.

    Examples
    --------
    >>> last_decimal(np.array([12.0, 15.0])), last_decimal(np.array([1.25, 1.1]))
    (1.0, 0.01)
    """
    known = values[np.isfinite(values)]
    for digits in _TENTHS:
        scaled = known * 10**digits
        if np.mean(np.abs(scaled - np.round(scaled)) < _ROUNDING * 10**digits) >= _SAME_DECIMALS:
            return float(10.0**-digits)
    return 0.0


def equal_by_chance(cells: ReadingGrid, column: str) -> float:
    """Most that two readings of an instrument are equal by chance, all else of two runners equal.

    Two normal readings of SD s around the same value, rounded to a step h, are equal with a chance
    of h / (2 s sqrt(pi)) where s is not small beside h.
    """
    step, sd = cells.step[column], cells.within_sd[column]
    if step == 0:
        return 1e-4  # more than three decimals: nobody meets them twice
    return float(min(1.0, step / (2 * np.sqrt(np.pi) * sd)) if sd > 0 else 1.0)


def week_words(week: float) -> str:
    """The place of a visit in a result.

    Examples
    --------
    >>> week_words(12.0)
    'week 12'
    """
    return f"week {week:g}"
