"""From completed sessions to the dose of the trailing week, for each side.

Momentum and arching cost part of a set's end-range work, fatigue from earlier sessions costs part
of it, and a sore runner leaves part of it out: what remains are effective sets.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hipstudy.arrays import Array, Rows, by_row, lanes
from hipstudy.model import equations, soreness
from hipstudy.model.adherence import DAYS, Completed
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, Strength


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


def reaches_end_range(strength: Strength | None) -> bool:
    """Whether the work goes past neutral into extension."""
    return strength is not None and strength.trained_to_ext_deg > 0


def loaded_from(protocol: Protocol, n_days: int) -> int:
    """First day on which weight is added; ``n_days`` when it never is."""
    strength = protocol.strength
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
    return doses_abreast([protocol], [completed], values)


def doses_abreast(
    protocols: Sequence[Protocol], completed: Sequence[Completed], values: Values
) -> Doses:
    """Doses of several prescriptions side by side in the place of draws.

    Parameters
    ----------
    protocols
        Prescriptions that differ in sessions, sets and minutes alone, or have no strength work.
    completed
        Sessions that happened, of each.
    values
        Parameters, the same draws for each prescription one after the other.
    """
    window = int(values["dose_window_d"].flat[0])
    protocol = next((one for one in protocols if one.strength), protocols[0])
    strength = protocol.strength
    sessions = _days_first([one.strength for one in completed])
    stretched = _days_first([one.stretch for one in completed])
    n_draws = values.n_draws // len(protocols)
    per_session = _of_each([one.strength.sets if one.strength else 0 for one in protocols], n_draws)
    nothing = np.zeros(sessions.shape[1:])
    sets = [
        today * per_session if is_used else nothing
        for today, is_used in zip(sessions, sessions.any(axis=(1, 2)), strict=True)
    ]
    start = loaded_from(protocol, len(sets))
    bouts = soreness.bouts(sets, _weights(strength, start, len(sets), values),
                           _reach(strength, len(sets)), values)  # fmt: skip
    sore = soreness.soreness(bouts.strain, values)
    shape = nothing.shape
    effective = _effective(sets, bouts, sore, _technique(completed, values), values)
    whole = equations.trailing(effective, window, shape=shape)
    light = (today if day < start else None for day, today in enumerate(effective))
    unloaded = equations.trailing(light, window, shape=shape)
    a_set = _of_each([_paused_min(one.strength) for one in protocols], n_draws)
    a_bout = _of_each([one.stretch.limb_min if one.stretch else 0 for one in protocols], n_draws)
    minutes = (
        today * a_bout if is_used else None
        for today, is_used in zip(stretched, stretched.any(axis=(1, 2)), strict=True)
    )
    return Doses(
        loaded_sets=list(by_row(_loaded, whole, unloaded)),
        unloaded_sets=unloaded,
        stretch_min=equations.trailing(minutes, window, shape=shape),
        paused_min=list(by_row(lambda sets: sets * a_set, whole)),
        soreness=sore,
        strain=bouts.strain,
        stretched=stretched,
        fatigue=bouts.fatigue,
        prescribed=np.concatenate(
            [
                _prescribed(arm, done, n_draws)
                for arm, done in zip(protocols, completed, strict=True)
            ],
            axis=1,
        ),
    )


def _effective(
    sets: Rows, bouts: soreness.Bouts, sore: Array, technique: Array | float, values: Values
) -> list[Array | None]:
    """Sets of each day less what fatigue, technique and soreness cost; None without a session."""
    spared = np.empty(np.shape(sets[0]))
    cost = lanes(values["soreness_cost_per_nrs"], spared.shape)
    effective: list[Array | None] = []
    for day, today in enumerate(sets):
        if not today.any():
            effective.append(None)
            continue
        own = 1 - bouts.fatigue[day]
        np.multiply(today, own, out=own)
        own *= technique
        np.multiply(cost, sore[day], out=spared)
        np.subtract(1, spared, out=spared)
        np.maximum(spared, 0, out=spared)
        own *= spared
        effective.append(own)
    return effective


def _loaded(whole: Array, unloaded: Array) -> Array:
    loaded = whole - unloaded
    return np.maximum(loaded, 0, out=loaded)


def _of_each(numbers: Sequence[float], n_draws: int) -> Array | float:
    """A number of each prescription, beside its draws: (prescriptions x draws, 1)."""
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
