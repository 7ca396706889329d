"""From completed sessions to the dose of the trailing week, for each side.

Momentum and arching cost part of a set's end-range work, fatigue from earlier sessions costs part
of it, and a sore runner leaves part of it out: what remains are effective sets.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from hipstudy.arrays import Array, Rows, lanes, scratch
from hipstudy.model import equations, soreness
from hipstudy.model.adherence import DAYS, Completed
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, Strength


@dataclass(slots=True, eq=False)
class DayDose:
    """Dose of the week before a day, each (draws, runners); names as in ``Doses``.

    A sum of a week is the very array of the day before where nothing came in or fell out, another
    one otherwise. All hold until the next day is asked for. Strain and stretch bouts are None on a
    day without any.
    """

    loaded_sets: Array
    unloaded_sets: Array
    stretch_min: Array
    paused_min: Array
    soreness: Array
    strain: Array | None
    stretched: Array | None


@dataclass(frozen=True, eq=False)
class Doses:
    """Dose of the week before each day, each (days, draws, runners).

    Sums of a week are rows: a day on which nothing comes in or falls out has the very array of the
    day before.

    Parameters
    ----------
    loaded_sets, unloaded_sets
        Effective sets of a trained side; rows.
    stretch_min
        Minutes on stretch, every side; rows.
    paused_min
        Minutes paused at end range by strength work, a trained side; rows.
    soreness
        That day's soreness, NRS.
    strain
        That day's strain, in sets.
    stretched
        Stretch bouts of that day.
    fatigue
        Share of torque missing when the day's session starts.
    prescribed
        Whether any exercise is prescribed, 1 or 0, (days, draws, 1).
    """

    loaded_sets: Rows
    unloaded_sets: Rows
    stretch_min: Rows
    paused_min: Rows
    soreness: Array
    strain: Array
    stretched: Array
    fatigue: Array
    prescribed: Array

    @property
    def width(self) -> tuple[int, ...]:
        """Draws and runners."""
        return self.strain.shape[1:]

    @property
    def n_days(self) -> int:
        """How long."""
        return len(self.strain)

    def days(self) -> Iterator[DayDose]:
        """The doses of each day."""
        strained, stretched = (one.any(axis=(1, 2)) for one in (self.strain, self.stretched))
        for day in range(self.n_days):
            yield DayDose(
                self.loaded_sets[day],
                self.unloaded_sets[day],
                self.stretch_min[day],
                self.paused_min[day],
                self.soreness[day],
                self.strain[day] if strained[day] else None,
                self.stretched[day] if stretched[day] else None,
            )


def reaches_end_range(strength: Strength | None) -> bool:
    """Whether the work goes past neutral into extension."""
    return strength is not None and strength.trained_to_ext_deg > 0


def loaded_from(strength: Strength | None, n_days: int) -> int:
    """First day on which weight is added; ``n_days`` when it never is."""
    if strength is None or strength.load == "unloaded":
        return n_days
    return min(strength.unloaded_weeks * DAYS, n_days)


def doses(protocol: Protocol, completed: Completed, values: Values) -> Doses:
    """Turn completed sessions into doses.

    Parameters
    ----------
    protocol
        What a session holds.
    completed
        Sessions that happened.
    values
        Parameters.
    """
    walk = DoseWalk([protocol], [completed], values)
    shape = (walk.n_days, *walk.width)
    strain, sore = np.zeros(shape), np.empty(shape)
    fatigue = np.empty(shape)
    names = ("loaded_sets", "unloaded_sets", "stretch_min", "paused_min")
    rows: dict[str, list[Array]] = {name: [] for name in names}
    before: dict[str, Array] = {}
    for day, dose in enumerate(walk.days(fatigue)):
        sore[day] = dose.soreness
        if dose.strain is not None:
            strain[day] = dose.strain
        for name, kept in rows.items():
            row = getattr(dose, name)
            kept.append(kept[-1] if row is before.get(name) else row.copy())
            before[name] = row
    return Doses(
        **rows,
        soreness=sore,
        strain=strain,
        stretched=walk.stretched,
        fatigue=fatigue,
        prescribed=walk.prescribed,
    )


class DoseWalk:
    """Doses of several prescriptions side by side in the place of draws, walked day by day.

    Nothing of a day is held.

    Parameters
    ----------
    protocols
        Prescriptions that differ in sessions, sets and minutes alone, or have no strength work.
    completed
        Sessions that happened, of each.
    values
        Parameters, the same draws for each prescription one after the other.

    Attributes
    ----------
    width, n_days
        Draws and runners, and how long.
    stretched
        Stretch bouts, (days, draws, runners).
    prescribed
        Whether any exercise is prescribed, 1 or 0, (days, draws, 1).
    """

    def __init__(
        self, protocols: Sequence[Protocol], completed: Sequence[Completed], values: Values
    ) -> None:
        self._protocols, self._values = protocols, values
        self._n_draws = values.n_draws // len(protocols)
        self._sessions = _days_first([one.strength for one in completed])
        self.stretched = _days_first([one.stretch for one in completed])
        self.n_days, *width = self._sessions.shape
        self.width = tuple(width)
        self._technique = _technique(completed, values)
        self.prescribed = np.concatenate(
            [
                _prescribed(arm, done, self._n_draws)
                for arm, done in zip(protocols, completed, strict=True)
            ],
            axis=1,
        )

    def days(self, fatigue: Array | None = None) -> Iterator[DayDose]:
        """The doses of each day; every day's fatigue into ``fatigue`` where that is given."""
        arms, values, shape = self._protocols, self._values, self.width
        strength = next((one.strength for one in arms if one.strength), None)
        start, window = loaded_from(strength, self.n_days), int(values["dose_window_d"].flat[0])
        weights = _weights(strength, start, self.n_days, values)
        bouts = soreness.BoutCourse(shape, weights, _reach(strength, self.n_days), values)
        sore = soreness.SorenessCourse(shape, values)
        cost = _SessionCost(shape, self._technique, values)
        whole, light = equations.TrailingSum(window, shape), equations.TrailingSum(window, shape)
        minutes = equations.TrailingSum(window, shape)
        sets_of_arms = [one.strength.sets if one.strength else 0 for one in arms]
        session_sets = _beside_draws(sets_of_arms, self._n_draws)
        set_min = _beside_draws([_paused_min(one.strength) for one in arms], self._n_draws)
        minutes_of_arms = [one.stretch.limb_min if one.stretch else 0 for one in arms]
        stretch_min = _beside_draws(minutes_of_arms, self._n_draws)
        has_session, has_stretch = (
            one.any(axis=(1, 2)).tolist() for one in (self._sessions, self.stretched)
        )
        sets, sore_today, minutes_today = np.empty(shape), np.empty(shape), np.empty(shape)
        loaded_rows, paused_rows = (cycle([np.empty(shape), np.empty(shape)]) for _ in range(2))
        all_sets = unloaded = None
        _, _, none = scratch(shape)
        for day in range(self.n_days):
            sore.today(out=sore_today)
            tired = None if fatigue is None else bouts.fatigue(out=fatigue[day])
            strain = effective = bout_min = stretched = None
            if has_session[day]:
                np.multiply(self._sessions[day], session_sets, out=sets)
                effective = cost.effective(
                    sets, bouts.fatigue() if tired is None else tired, sore_today
                )
                strain = bouts.strain(day, sets, out=sore.row(day))
            else:
                bouts.strain(day, None)
            sore.add(strain)
            if has_stretch[day]:
                stretched = self.stretched[day]
                bout_min = np.multiply(stretched, stretch_min, out=minutes_today)
            before = all_sets, unloaded
            all_sets, unloaded = (
                whole.step(effective),
                light.step(effective if day < start else None),
            )
            if all_sets is not before[0] or unloaded is not before[1]:
                loaded = np.subtract(all_sets, unloaded, out=next(loaded_rows))
                np.maximum(loaded, none, out=loaded)
            if all_sets is not before[0]:
                paused = np.multiply(all_sets, set_min, out=next(paused_rows))
            yield DayDose(
                loaded, unloaded, minutes.step(bout_min), paused, sore_today, strain, stretched
            )


class _SessionCost:
    """What fatigue, technique and soreness leave of a day's sets."""

    def __init__(self, shape: tuple[int, ...], technique: Array | float, values: Values) -> None:
        self._technique = technique
        self._cost = lanes(values["soreness_cost_per_nrs"], shape)
        self._own = np.empty(shape)

    def effective(self, sets: Array, fatigue: Array, sore: Array) -> Array:
        own, (spared, _, none) = self._own, scratch(sets.shape)
        np.subtract(1, fatigue, out=own)
        np.multiply(sets, own, out=own)
        own *= self._technique
        np.multiply(self._cost, sore, out=spared)
        np.subtract(1, spared, out=spared)
        np.maximum(spared, none, out=spared)
        own *= spared
        return own


def _beside_draws(numbers: Sequence[float], n_draws: int) -> Array | float:
    """A number of each prescription once for each of its draws, (prescriptions x draws, 1).

    One number for all stays one number.
    """
    if len(set(numbers)) == 1:
        return numbers[0]
    return np.repeat(np.array(numbers, float), n_draws)[:, np.newaxis]


def _paused_min(strength: Strength | None) -> float:
    """Minutes paused at end range in a set."""
    return strength.end_range_min / strength.sets if reaches_end_range(strength) else 0


def _prescribed(protocol: Protocol, completed: Completed, n_draws: int) -> Array:
    days = completed.prescribed
    if days is None:
        asked = bool(protocol.strength or protocol.stretch)
        days = asked & (np.arange(completed.strength.shape[-1]) < protocol.weeks * DAYS)
    return np.repeat(days.astype(float)[:, np.newaxis, np.newaxis], n_draws, axis=1)


def _days_first(per_day: Sequence[Array]) -> Array:
    rows = [np.moveaxis(one, -1, 0) for one in per_day]
    return np.ascontiguousarray(rows[0] if len(rows) == 1 else np.concatenate(rows, axis=1))


def _technique(completed: Sequence[Completed], values: Values) -> Array | float:
    if any(one.technique is None for one in completed):
        return 1.0
    technique = np.concatenate([one.technique for one in completed])
    return 1 - values["technique_cost"] * (1 - technique)


def _weights(strength: Strength | None, start: int, n_days: int, values: Values) -> Array:
    weights = np.ones((n_days, values.n_draws, 1))
    weights[:start] *= values["unloaded_bout_share"]
    return weights if reaches_end_range(strength) else weights * values["short_length_bout_share"]


def _reach(strength: Strength | None, n_days: int) -> Array:
    return np.full(n_days, strength.trained_to_ext_deg if strength else 0.0)
