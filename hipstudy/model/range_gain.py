"""What training builds over weeks: range of motion.

Range is tolerance, fast up and down, and tissue, slow: both move at sessions and are lost from the
last one on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from hipstudy.arrays import Array, lanes, scratch
from hipstudy.model import adaptation, equations
from hipstudy.model.adherence import DAYS
from hipstudy.model.cohort import SIDES
from hipstudy.model.weekly_dose import DayDose, Doses, reaches_end_range
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, Strength


@dataclass(frozen=True, eq=False)
class RangeStates:
    """How much of tolerance and of tissue training has brought, each (weeks from 0, draws, limbs).

    Parameters
    ----------
    tolerance
        Share of the most tolerance there is to gain: it comes within weeks and goes as fast, it is
        most of what a test of range sees, and it is what eases guarding.
    tissue
        Share of the most that tissue can lengthen: slow, and from large volumes only.
    """

    tolerance: Array
    tissue: Array


def range_states(protocol: Protocol, dose: Doses, values: Values) -> RangeStates:
    """What minutes at end range and loaded work at length do to tolerance and to tissue.

    The larger of minutes and loaded work counts for tolerance, so strength on top of enough
    stretching adds nothing (Alizadeh 2023, doi:10.1007/s40279-022-01804-x). Tissue follows minutes
    alone: an assumption.
    """
    course = RangeCourse(protocol, dose.width, dose.n_days, values)
    for day in dose.days():
        course.step(day)
    return course.states()


class RangeCourse:
    """Range of a trained side and of the other, a day at a time, as ``range_states`` says.

    Parameters
    ----------
    protocol
        What is done.
    width, n_days
        Draws and runners, and whole weeks of days.
    values
        Parameters.
    """

    def __init__(
        self, protocol: Protocol, width: tuple[int, ...], n_days: int, values: Values
    ) -> None:
        self._strength = work = protocol.strength
        self._trained = self._other = None
        if not (reaches_end_range(work) and adaptation.trained_sides(work).all()):
            self._other = _SideCourse(width, n_days, values)
        if reaches_end_range(work):
            self._trained = _SideCourse(width, n_days, values)
        names = ("pause_weight", "unloaded_rom_weight", "sets_constant_wk", "loaded_rom_share")
        self._numbers = [lanes(values[name], width) for name in names]
        self._before: tuple[Array | None, ...] = (None, None, None, None)
        self._minutes = self._filled = self._bouts = np.zeros(width)
        self._minutes_rows, self._filled_rows = (
            cycle([np.empty(width), np.empty(width)]) for _ in range(2)
        )

    def step(self, dose: DayDose) -> None:
        """Take one day's dose."""
        if self._other is not None:
            self._other.step(dose.stretch_min, None, dose.stretched)
        if self._trained is None:
            return
        pause, weight, constant, share = self._numbers
        before = self._before
        if dose.stretch_min is not before[0] or dose.paused_min is not before[1]:
            self._minutes = next(self._minutes_rows)
            np.multiply(pause, dose.paused_min, out=self._minutes)
            self._minutes += dose.stretch_min
        if dose.loaded_sets is not before[2] or dose.unloaded_sets is not before[3]:
            self._filled = filled = next(self._filled_rows)
            np.multiply(weight, dose.unloaded_sets, out=filled)
            filled += dose.loaded_sets
            equations.saturating(filled, constant, out=filled)
            np.multiply(share, filled, out=filled)
        self._before = dose.stretch_min, dose.paused_min, dose.loaded_sets, dose.unloaded_sets
        bouts = dose.stretched
        if dose.strain is not None:  # a session of either kind
            bouts = np.greater(dose.strain, 0, out=self._bouts)
            if dose.stretched is not None:
                bouts += dose.stretched
        self._trained.step(self._minutes, self._filled, bouts)

    def states(self) -> RangeStates:
        """All days that were taken."""
        both = [one for one in (self._trained, self._other) if one is not None]
        return RangeStates(
            *(
                _both_sides(getattr(both[0], name).states, getattr(both[-1], name).states,
                            self._strength)
                for name in ("tolerance", "tissue")
            )
        )  # fmt: skip


class _SideCourse:
    """Tolerance and tissue of one side, a day at a time."""

    def __init__(self, width: tuple[int, ...], n_days: int, values: Values) -> None:
        worth = values["session_worth_d"]
        quick_d = values["tolerance_time_constant_wk"] * DAYS
        slow_d = values["tissue_time_constant_wk"] * DAYS
        half_life_d = values["tolerance_half_life_wk"] * DAYS
        self._constant, self._low, self._full = (
            lanes(values[name], width)
            for name in ("tolerance_constant_min_wk", "tissue_gate_min_wk", "tissue_full_min_wk")
        )
        self.tolerance = SessionCourse(
            width,
            n_days,
            rise=equations.step_share(quick_d / worth),
            fall=equations.step_share(half_life_d / np.log(2)),
        )
        self.tissue = SessionCourse(
            width,
            n_days,
            rise=equations.step_share(slow_d / worth),
            fall=equations.step_share(slow_d),
        )
        self._before: tuple[Array | None, Array | None] = (None, None)  # minutes are never None
        self._by_minutes, self._tolerance_aim, self._tissue_aim = (
            np.zeros(width) for _ in range(3)
        )
        self._there: list[Array] = []

    def step(self, minutes: Array, of_work: Array | None, sessions: Array | None) -> None:
        """One day: minutes of its week, what work alone reaches, and sessions of the day."""
        before = self._before
        if minutes is not before[0]:
            equations.saturating(minutes, self._constant, out=self._by_minutes)
            equations.gated(minutes, low=self._low, full=self._full, out=self._tissue_aim)
        if minutes is not before[0] or of_work is not before[1]:
            other = scratch(minutes.shape)[2] if of_work is None else of_work
            np.maximum(self._by_minutes, other, out=self._tolerance_aim)
        self._before = minutes, of_work
        n_most = 0 if sessions is None else int(sessions.max())
        while len(self._there) < n_most:
            self._there.append(np.empty(minutes.shape))
        there = self._there[:n_most]
        for session, was_there in enumerate(there):
            np.greater(sessions, session, out=was_there)  # 1 and 0, for both states
        self.tolerance.step(self._tolerance_aim, there)
        self.tissue.step(self._tissue_aim, there)


def _limbs(per_side: Array) -> Array:
    """From (..., runners, 2) to (..., limbs)."""
    return per_side.reshape(*per_side.shape[:-2], -1)


def _both_sides(active: Array, other: Array, strength: Strength | None) -> Array:
    """A state of the trained side and of the other, (..., runners), to (..., limbs)."""
    if active is other or adaptation.trained_sides(strength).all():
        return np.repeat(active, len(SIDES), axis=-1)
    return _limbs(np.where(adaptation.trained_sides(strength), active[..., None], other[..., None]))


class SessionCourse:
    """A state that sessions carry towards their target, and that is lost in between.

    Parameters
    ----------
    shape
        Draws and runners.
    n_days
        Whole weeks.
    rise
        Share of the gap that a session closes, (draws, 1).
    fall
        Share of the state that is lost in a day, (draws, 1).

    Attributes
    ----------
    states
        Shape (weeks from 0, draws, runners), as far as days have been taken.
    """

    def __init__(self, shape: tuple[int, ...], n_days: int, *, rise: Array, fall: Array) -> None:
        self._state, self._day = np.zeros(shape), 0
        self._left, self._rise = (lanes(np.asarray(share), shape) for share in (1 - fall, rise))
        self.states = np.zeros((n_days // DAYS + 1, *shape))

    def step(self, target: Array, sessions: Sequence[Array]) -> None:
        """One day, and who was at each of its sessions, 1 or 0."""
        state = self._state
        gap, _, none = scratch(state.shape)
        state *= self._left
        for there in sessions:
            np.subtract(target, state, out=gap)
            np.maximum(gap, none, out=gap)
            gap *= self._rise
            gap *= there
            state += gap
        self._day += 1
        week, into_week = divmod(self._day, DAYS)
        if into_week == 0:
            self.states[week] = state


def most_range_deg(values: Values) -> Array:
    """Most degrees of range that training brings, tolerance and tissue together, (draws, 1)."""
    return values["rom_reservoir_deg"] * equations.among_trials(
        values["range_trial_sd"], values["range_trial_z"]
    )


def rom_gain(states: RangeStates, values: Values) -> Array:
    """Degrees of range of motion gained, (weeks from 0, draws, limbs)."""
    share = values["rom_tolerance_share"]
    gained = share * states.tolerance
    gained += (1 - share) * states.tissue
    return np.multiply(most_range_deg(values), gained, out=gained)
