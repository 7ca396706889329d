"""What training builds over weeks: range of motion.

Range is tolerance, fast up and down, and tissue, slow: both move at sessions and are lost from the
last one on.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hipstudy.arrays import Array, Rows, by_row, lanes
from hipstudy.model import adaptation, equations
from hipstudy.model.adherence import DAYS
from hipstudy.model.cohort import SIDES
from hipstudy.model.weekly_dose import Doses, reaches_end_range
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
    work = protocol.strength
    plain = active = None
    if not (reaches_end_range(work) and adaptation.trained_sides(work).all()):
        nothing = [np.zeros(1)] * len(dose.stretched)
        plain = active = _range_of(dose.stretch_min, nothing, dose.stretched, values)
    if reaches_end_range(work):
        width = dose.strain.shape[1:]
        names = ("pause_weight", "unloaded_rom_weight", "sets_constant_wk", "loaded_rom_share")
        pause, weight, constant, share = (lanes(values[name], width) for name in names)

        def by_work(loaded: Array, unloaded: Array) -> Array:
            filled = equations.saturating(loaded + weight * unloaded, constant)
            return np.multiply(share, filled, out=filled)

        active = _range_of(
            list(
                by_row(lambda own, paused: own + pause * paused, dose.stretch_min, dose.paused_min)
            ),
            by_row(by_work, dose.loaded_sets, dose.unloaded_sets),
            _sessions(dose),
            values,
        )
    pairs = zip(active, plain or active, strict=True)
    return RangeStates(*(_both_sides(one, other, work) for one, other in pairs))


def _sessions(dose: Doses) -> list[Array]:
    """Sessions of either kind that bring a trained side to end range, a row a day."""
    pairs = zip(dose.stretched, dose.strain, dose.strain.any(axis=(1, 2)), strict=True)
    return [bouts + (strain > 0) if is_used else bouts for bouts, strain, is_used in pairs]


def _limbs(per_side: Array) -> Array:
    """From (..., runners, 2) to (..., limbs)."""
    return per_side.reshape(*per_side.shape[:-2], -1)


def _both_sides(active: Array, other: Array, strength: Strength | None) -> Array:
    """A state of the trained side and of the other, (..., runners), to (..., limbs)."""
    if active is other or adaptation.trained_sides(strength).all():
        return np.repeat(active, len(SIDES), axis=-1)
    return _limbs(np.where(adaptation.trained_sides(strength), active[..., None], other[..., None]))


def _range_of(
    minutes: Rows, by_work: Iterable[Array], sessions: Rows, values: Values
) -> tuple[Array, Array]:
    """Tolerance and tissue of one side, each (weeks from 0, draws, runners)."""
    width = np.shape(minutes[0])
    constant, low, full = (
        lanes(values[name], width)
        for name in ("tolerance_constant_min_wk", "tissue_gate_min_wk", "tissue_full_min_wk")
    )
    worth = values["session_worth_d"]
    quick_d = values["tolerance_time_constant_wk"] * DAYS
    slow_d = values["tissue_time_constant_wk"] * DAYS
    half_life_d = values["tolerance_half_life_wk"] * DAYS

    def tolerance(own_min: Array, of_work: Array) -> Array:
        by_minutes = equations.saturating(own_min, constant)
        return np.maximum(by_minutes, of_work, out=by_minutes)

    return (
        by_sessions(
            by_row(tolerance, minutes, by_work),
            sessions,
            rise=equations.step_share(quick_d / worth),
            fall=equations.step_share(half_life_d / np.log(2)),
        ),
        by_sessions(
            by_row(lambda own_min: equations.gated(own_min, low=low, full=full), minutes),
            sessions,
            rise=equations.step_share(slow_d / worth),
            fall=equations.step_share(slow_d),
        ),
    )


def by_sessions(targets: Iterable[Array], sessions: Rows, *, rise: Array, fall: Array) -> Array:
    """A state that sessions carry towards their target, and that is lost in between.

    Parameters
    ----------
    targets
        Of each day, a row (draws, runners) a day; whole weeks.
    sessions
        How many there were on that day, likewise.
    rise
        Share of the gap that a session closes, (draws, 1).
    fall
        Share of the state that is lost in a day, (draws, 1).

    Returns
    -------
    numpy.ndarray
        Shape (weeks from 0, draws, runners).
    """
    state = np.zeros(np.shape(sessions[0]))
    left, rise = (lanes(np.asarray(share), state.shape) for share in (1 - fall, rise))
    gap, there = np.empty_like(state), np.empty_like(state)
    states = np.zeros((len(sessions) // DAYS + 1, *state.shape))
    for day, (target, today) in enumerate(zip(targets, sessions, strict=True), start=1):
        state *= left
        for session in range(int(today.max())):
            np.subtract(target, state, out=gap)
            np.maximum(gap, 0, out=gap)
            gap *= rise
            gap *= np.greater(today, session, out=there)
            state += gap
        if day % DAYS == 0:
            states[day // DAYS] = state
    return states


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
