"""What a bout of training leaves for days: soreness, fatigue, and protection from the next one.

A bout's strain is its sets, a set without weight or short of end range counting for less, and a
protected bout for less again. Soreness and fatigue follow the strain. Every bout protects from like
ones by the same factor, so that an unchanged prescription ends up with nearly no soreness, and
protection is lost in weeks off. It is specific to muscle length: whole for work that reaches as far
as the bouts that gave it, and fading past it.
"""

from collections import deque

import numpy as np

from hipstudy.arrays import Array, lanes, scratch
from hipstudy.model import equations
from hipstudy.model.adherence import DAYS
from hipstudy.model.usual_level import NRS_MAX
from hipstudy.parameters import Values


class BoutCourse:
    """Follow the strain of every session, and what it costs the next, a day at a time.

    Parameters
    ----------
    shape
        Draws and runners.
    weight
        How much a set strains on each day, (days, draws, 1): 1 with weight at end range.
    reach_deg
        How far into extension the work goes on each day, (days,).
    values
        Parameters.
    """

    def __init__(
        self, shape: tuple[int, ...], weight: Array, reach_deg: Array, values: Values
    ) -> None:
        self._weight, self._reach_deg = weight, reach_deg
        self._lost = lanes(np.exp(-1 / (values["protection_wk"] * DAYS)), shape)
        self._shields = {reach: np.zeros(shape) for reach in dict.fromkeys(reach_deg)}
        self._carried = {
            (one, two): equations.protection_carried(
                one, two, sd_deg=values["protection_length_sd_deg"]
            )
            for one in self._shields
            for two in self._shields
        }
        self._most = lanes(1 - values["protection_floor"], shape)
        self._again = lanes(values["second_bout_share"], shape)
        self._keep = lanes(np.exp(-1 / values["fatigue_time_constant_d"]), shape)
        self._cost = lanes(values["fatigue_per_set"], shape)
        self._tired, self._ones = np.zeros(shape), np.ones(shape)

    def fatigue(self, out: Array | None = None) -> Array:
        """Share of torque missing when the day's session starts."""
        return np.minimum(self._tired, self._ones, out=out)

    def strain(self, day: int, today: Array | None, out: Array | None = None) -> Array | None:
        """Strain of the day's sets; None, as they are, on a day without any. Ends the day."""
        for shield in self._shields.values():
            shield *= self._lost
        strain = None if today is None else self._strain(day, today, out)
        self._tired *= self._keep
        return strain

    def _strain(self, day: int, today: Array, out: Array | None) -> Array:
        mine = self._reach_deg[day]
        passing, shielded, before = scratch(today.shape)
        for reach, shield in self._shields.items():
            np.multiply(shield, self._carried[reach, mine], out=passing)
            before = np.maximum(before, passing, out=shielded)
        np.multiply(self._most, shielded, out=shielded)
        np.subtract(1, shielded, out=shielded)
        strain = np.multiply(today, self._weight[day], out=out)
        strain *= shielded
        np.multiply(self._cost, strain, out=passing)
        self._tired += passing
        own = self._shields[mine]
        np.subtract(1, own, out=passing)
        passing *= self._again
        np.subtract(1, passing, out=passing)
        _replace(own, passing, today, shielded)
        return strain


def _replace(value: Array, other: Array, done: Array, passing: Array) -> None:
    """Put other values where anything was done; ``other`` is used up.

    By products with 1 and 0: a choice by a mask that nobody can foresee takes several times as
    long.
    """
    is_done = np.greater(done, 0, out=passing)
    other *= is_done
    value *= np.subtract(1, is_done, out=is_done)
    value += other


class SorenessCourse:
    """Soreness, NRS, a day at a time; bouts add up, to 10 at the most.

    Parameters
    ----------
    shape
        Draws and runners.
    values
        Parameters.
    """

    def __init__(self, shape: tuple[int, ...], values: Values) -> None:
        days = int(np.ceil(values["soreness_gone_d"].max()))
        per_set = values["soreness_per_set_nrs"] * equations.among_trials(
            values["soreness_trial_sd"], values["soreness_trial_z"]
        )
        ends = {"peak_d": values["soreness_peak_d"], "gone_d": values["soreness_gone_d"]}
        self._of_a_set = [
            lanes(per_set * equations.soreness_shape(lag, **ends), shape) for lag in range(1, days)
        ]
        self._strains: deque[Array | None] = deque(maxlen=len(self._of_a_set))  # latest first
        self._rows = [np.empty(shape) for _ in range(days)]
        self._most = np.full(shape, float(NRS_MAX))

    def today(self, out: Array) -> Array:
        """What the days before have left."""
        is_sore = False
        passing, _, _ = scratch(out.shape)
        for of_a_set, strain in zip(self._of_a_set, self._strains, strict=False):
            if strain is not None and not is_sore:
                np.multiply(of_a_set, strain, out=out)
                is_sore = True
            elif strain is not None:
                out += np.multiply(of_a_set, strain, out=passing)
        if not is_sore:
            out[...] = 0
            return out
        return np.minimum(out, self._most, out=out)

    def row(self, day: int) -> Array:
        """A place for the day's strain, until it has been forgotten."""
        return self._rows[day % len(self._rows)]

    def add(self, strain: Array | None) -> None:
        """End the day; None is a day without strain."""
        self._strains.appendleft(strain)


def passing_shift_deg(since_d: Array, values: Values) -> Array:
    """Degrees by which the torque-angle curve stands towards length after work at length.

    Most after the latest session, and gone on a straight line in days without one.
    """
    return values["angle_shift_deg"] * equations.fading(since_d, values["angle_shift_gone_d"])


class LatestDay:
    """Value of the latest day that was not 0, and days since then, at the end of every week.

    Parameters
    ----------
    shape
        Draws and runners.
    n_days
        Whole weeks.

    Attributes
    ----------
    amount, since
        Each (weeks from 0, draws, runners): 0 and infinity where nothing was done yet.
    """

    def __init__(self, shape: tuple[int, ...], n_days: int) -> None:
        self.amount = np.zeros((n_days // DAYS + 1, *shape))
        self.since = np.full(self.amount.shape, np.inf)
        self._what, self._when = np.zeros(shape), np.zeros(shape)
        self._day = 0

    def step(self, here: Array | None) -> None:
        """One day; None where nobody did anything."""
        self._day += 1
        if here is not None:
            other, passing, _ = scratch(here.shape)
            np.copyto(other, here)
            _replace(self._what, other, here, passing)
            other.fill(self._day)
            _replace(self._when, other, here, passing)
        week, into_week = divmod(self._day, DAYS)
        if into_week == 0:
            self.amount[week] = self._what
            np.subtract(self._day, self._when, out=self.since[week], where=self._when > 0)


def latest(per_day: Array) -> tuple[Array, Array]:
    """``LatestDay`` of all days, (days, draws, runners): amount and days since then."""
    found = LatestDay(per_day.shape[1:], len(per_day))
    for here, is_used in zip(per_day, per_day.any(axis=(1, 2)), strict=True):
        found.step(here if is_used else None)
    return found.amount, found.since
