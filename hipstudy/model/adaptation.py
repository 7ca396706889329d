"""What training builds over weeks: torque along the range, and range of motion.

Range is tolerance, fast up and down, and tissue, slow: both move at sessions and are lost from the
last one on. Torque is a fast part that comes with any work and a slow one that follows the dose.
Each of
its states relaxes towards a target set by the dose of the trailing week, by the exact exponential
step of a day. Because such a state grows in proportion to its target, the gain of torque at an
angle is the state of the trained range times the kernel of that angle: one state carries the whole
curve, and no angle is stepped by itself. Stretching's own gain shares the ceiling: the larger of
the two counts, not the sum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hipstudy.arrays import Array
from hipstudy.model import equations
from hipstudy.model.adherence import DAYS
from hipstudy.model.baseline import Baseline
from hipstudy.model.cohort import SIDES, Cohort
from hipstudy.model.intensity import efforts
from hipstudy.model.weekly_dose import Doses, reaches_end_range
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, Strength

SATURATING, LINEAR, THRESHOLD = SHAPES = ("saturating", "linear", "threshold")


def dose_response(shape: str, sets: Array, values: Values) -> Array:
    """Share reached of what weekly sets can reach, 0 to 1.

    Parameters
    ----------
    shape
        One of ``SHAPES``.
    sets
        Effective sets of the trailing week, broadcasting with (draws, 1).
    values
        Parameters.

    Raises
    ------
    ValueError
        When there is no such shape.
    """
    constant, anchor = values["sets_constant_wk"], values["dose_anchor_sets_wk"]
    if shape == SATURATING:
        return equations.saturating(sets, constant)
    there = equations.saturating(anchor, constant)
    if shape == LINEAR:
        return equations.proportional(sets, anchor=anchor, share_at_anchor=there)
    if shape == THRESHOLD:
        least = values["dose_threshold_sets_wk"]
        return equations.stepped(sets, threshold=least, share_at_anchor=there)
    raise ValueError(f"shape: found {shape!r}; the rule is one of {', '.join(SHAPES)}")


@dataclass(frozen=True, eq=False)
class TorqueGain:
    """Gain of torque, ready for any angle.

    Parameters
    ----------
    state
        Relative gain within the trained range, (weeks from 0, draws, limbs); None without
        strength work.
    stretched
        Relative gain from stretching, (weeks from 0, draws, limbs).
    low_deg, high_deg
        Trained range.
    sd_deg
        How far gains spread past it, (draws, 1).
    """

    state: Array | None
    stretched: Array
    low_deg: float
    high_deg: float
    sd_deg: Array

    def at(self, angle_deg: ArrayLike, out: Array | None = None) -> Array:
        """Relative gain at an angle that broadcasts to (draws, limbs); (weeks, draws, limbs).

        Written into ``out`` where it is given.
        """
        if self.state is None:
            return np.positive(self.stretched, out=out)
        kernel = equations.angle_kernel(
            angle_deg, low_deg=self.low_deg, high_deg=self.high_deg, sd_deg=self.sd_deg
        )
        gain = np.multiply(kernel, self.state, out=out)
        return np.maximum(gain, self.stretched, out=gain)


def carry(targets: Array, rise: Array, fall: Array, *, every_d: int = DAYS) -> Array:
    """A state at the end of each week, (weeks from 0, ...), given its target on each day.

    Parameters
    ----------
    targets
        Shape (days, ...); whole weeks.
    rise, fall
        Shares of the gap closed in a day on the way up and down.
    every_d
        Days between the states that are returned.
    """
    state = np.zeros(targets.shape[1:])
    gap, up = np.empty_like(state), np.empty_like(state)
    more = rise - fall
    kept = np.zeros((len(targets) // every_d + 1, *state.shape))
    for day, target in enumerate(targets, start=1):
        _step(state, target, fall, more, gap, up)
        if day % every_d == 0:
            kept[day // every_d] = state
    return kept


def _step(state: Array, target: Array, fall: Array, more: Array, gap: Array, up: Array) -> None:
    """One day of ``equations.relax`` in place: ``more`` is how much faster it rises than falls."""
    np.subtract(target, state, out=gap)
    np.maximum(gap, 0, out=up)
    up *= more
    gap *= fall
    state += gap
    state += up


def trained_sides(strength: Strength | None) -> NDArray[np.bool_]:
    """Whether each of a runner's limbs is trained, left then right; neither without strength."""
    return np.array([strength is not None and strength.sides in ("both", side) for side in SIDES])


def _sides(strength: Strength, untrained: Array) -> Array:
    """Share of a trained side's gain that each side gets, (draws, 1, 2)."""
    return np.where(trained_sides(strength), 1.0, untrained[..., np.newaxis])


def _limbs(per_side: Array) -> Array:
    """From (..., runners, 2) to (..., limbs)."""
    return per_side.reshape(*per_side.shape[:-2], -1)


def _both_sides(active: Array, other: Array, strength: Strength | None) -> Array:
    """A state of the trained side and of the other, (..., runners), to (..., limbs)."""
    return _limbs(np.where(trained_sides(strength), active[..., None], other[..., None]))


@dataclass(frozen=True, eq=False)
class Targets:
    """Targets that an arm's doses set on each day, the same in every world.

    Each is (days, draws, runners) unless it says otherwise.

    Parameters
    ----------
    stretched
        Relative gain of torque from stretching so far, (weeks from 0, draws, limbs).
    by_load, by_light
        Relative gain of torque that sets with and without weight would reach at full effort; a
        week's sets share what the week can reach in proportion to their numbers.
    learned
        Relative gain of torque by learning so far, (weeks from 0, draws, runners).
    """

    stretched: Array
    by_load: Array
    by_light: Array
    learned: Array


def targets(
    cohort: Cohort,
    dose: Doses,
    values: Values,
    *,
    every_d: int = DAYS,
    shape: str = SATURATING,
) -> Targets:
    """Turn doses into targets; gains that have come already are stored every ``every_d`` days.

    ``shape`` is that of torque's dose-response, one of ``adaptation.SHAPES``.
    """
    filled = equations.saturating(dose.stretch_min, values["tolerance_constant_min_wk"])
    smd = values["stretch_strength_smd"] * values["torque_runner_cv"]
    stretched = smd * carry(filled, *_torque_steps(values), every_d=every_d)
    sets = dose.loaded_sets + dose.unloaded_sets
    reached = ceiling(values) * dose_response(shape, sets, values)
    light = np.divide(dose.unloaded_sets, sets, out=np.zeros_like(sets), where=sets > 0)
    light *= reached
    reached -= light
    learned = carry(
        np.where(sets > 0, learning(values), 0.0),
        equations.step_share(values["learning_time_constant_wk"] * DAYS),
        equations.step_share(values["loss_time_constant_d"]),
        every_d=every_d,
    )
    return Targets(stretched[..., cohort.runner], reached, light, learned)


def _torque_steps(values: Values) -> tuple[Array, Array]:
    rise = equations.step_share(values["gain_time_constant_wk"] * DAYS)
    return rise, equations.step_share(values["loss_time_constant_d"])


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
    if not (reaches_end_range(work) and trained_sides(work).all()):
        plain = active = _range_of(dose.stretch_min, np.zeros(1), dose.stretched, values)
    if reaches_end_range(work):
        minutes = dose.stretch_min + values["pause_weight"] * dose.paused_min
        sets = dose.loaded_sets + values["unloaded_rom_weight"] * dose.unloaded_sets
        by_work = values["loaded_rom_share"] * equations.saturating(
            sets, values["sets_constant_wk"]
        )
        active = _range_of(minutes, by_work, dose.stretched + (dose.strain > 0), values)
    pairs = zip(active, plain or active, strict=True)
    return RangeStates(*(_both_sides(one, other, work) for one, other in pairs))


def _range_of(
    minutes: Array, by_work: Array, sessions: Array, values: Values
) -> tuple[Array, Array]:
    """Tolerance and tissue of one side, each (weeks from 0, draws, runners)."""
    by_minutes = equations.saturating(minutes, values["tolerance_constant_min_wk"])
    by_volume = equations.gated(
        minutes, low=values["tissue_gate_min_wk"], full=values["tissue_full_min_wk"]
    )
    worth = values["session_worth_d"]
    quick_d = values["tolerance_time_constant_wk"] * DAYS
    slow_d = values["tissue_time_constant_wk"] * DAYS
    half_life_d = values["tolerance_half_life_wk"] * DAYS
    return (
        by_sessions(
            np.maximum(by_minutes, by_work),
            sessions,
            rise=equations.step_share(quick_d / worth),
            fall=equations.step_share(half_life_d / np.log(2)),
        ),
        by_sessions(
            by_volume,
            sessions,
            rise=equations.step_share(slow_d / worth),
            fall=equations.step_share(slow_d),
        ),
    )


def by_sessions(targets: Array, sessions: Array, *, rise: Array, fall: Array) -> Array:
    """A state that sessions carry towards their target, and that is lost in between.

    Parameters
    ----------
    targets
        Of each day, shape (days, draws, runners); whole weeks.
    sessions
        How many there were on that day, same shape.
    rise
        Share of the gap that a session closes, (draws, 1).
    fall
        Share of the state that is lost in a day, (draws, 1).

    Returns
    -------
    numpy.ndarray
        Shape (weeks from 0, draws, runners).
    """
    left = 1 - fall
    state = np.zeros(np.broadcast_shapes(targets.shape, sessions.shape)[1:])
    gap = np.empty_like(state)
    states = np.zeros((len(sessions) // DAYS + 1, *state.shape))
    for day, (target, today) in enumerate(zip(targets, sessions, strict=True), start=1):
        state *= left
        for session in range(int(today.max())):
            np.subtract(target, state, out=gap)
            np.maximum(gap, 0, out=gap)
            gap *= rise
            np.add(state, gap, out=state, where=today > session)
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
    return most_range_deg(values) * (share * states.tolerance + (1 - share) * states.tissue)


def ceiling(values: Values) -> Array:
    """Largest relative gain of torque that a weekly dose of sets brings a runner, (draws, 1)."""
    return values["gain_ceiling_untrained"] * _runner_factor(values)


def learning(values: Values) -> Array:
    """Relative gain of torque that comes with any work, free of dose, (draws, 1)."""
    return values["learning_gain"] * _runner_factor(values)


def _runner_factor(values: Values) -> Array:
    """What runners gain over untrained people, in this setting among trials."""
    spread = equations.among_trials(values["strength_trial_sd"], values["strength_trial_z"])
    return values["runner_gain_factor"] * spread


def torque_gain(
    protocol: Protocol,
    cohort: Cohort,
    start: Baseline,
    aims: Targets,
    values: Values,
    *,
    every_d: int = DAYS,
) -> TorqueGain:
    """Relative gain of torque over weeks, for any angle.

    Parameters
    ----------
    protocol, cohort, start
        What, who, and from where.
    aims
        Of the same protocol's doses.
    values
        Parameters.
    every_d
        Days between the states kept, as in ``aims``.
    """
    strength, sd = protocol.strength, values["trained_range_sd_deg"]
    if strength is None:
        return TorqueGain(None, aims.stretched, 0.0, 0.0, sd)
    if reaches_end_range(strength):
        sd = sd * values["long_length_sd_factor"]
    sides = _side_state(aims, *efforts(strength, cohort, start, values), values, every_d)
    sides *= _sides(strength, values["cross_education_share"])
    return TorqueGain(
        _limbs(sides),
        aims.stretched,
        strength.trained_from_ext_deg,
        strength.trained_to_ext_deg,
        sd,
    )


def _side_state(
    aims: Targets, unloaded: Array, loaded: Array | float, values: Values, every_d: int
) -> Array:
    """State of a trained side, (weeks from 0, draws, runners, 2), from the efforts of sets."""
    rise, fall = (share[..., np.newaxis] for share in _torque_steps(values))
    easy = unloaded.reshape(*unloaded.shape[:-1], -1, len(SIDES))
    hard = loaded if np.isscalar(loaded) else loaded.reshape(easy.shape)
    state = np.zeros(easy.shape)
    target, gap, up = np.empty_like(state), np.empty_like(state), np.empty_like(state)
    more = rise - fall
    states = np.zeros((len(aims.by_load) // every_d + 1, *easy.shape))
    has_light = aims.by_light.any(axis=(1, 2))
    days = zip(aims.by_load, aims.by_light, has_light, strict=True)
    for day, (heavy, light, is_light) in enumerate(days, start=1):
        goal = heavy[..., np.newaxis]
        if hard is not loaded or is_light:
            np.multiply(goal, hard, out=target)
            target += light[..., np.newaxis] * easy
            goal = target
        _step(state, goal, fall, more, gap, up)
        if day % every_d == 0:
            states[day // every_d] = state
    states += aims.learned[..., np.newaxis]
    return states
