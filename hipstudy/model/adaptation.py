"""What training builds over weeks: torque along the range, range of motion, ease at end range.

Every state relaxes towards a target set by the dose of the trailing week, by the exact exponential
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
    filled
        How full stretching keeps the reservoir of range of motion, 0 to 1.
    stretched
        Relative gain of torque from stretching so far, (weeks from 0, draws, limbs).
    by_load, by_light
        Relative gain of torque that sets with and without weight would reach at full effort; a
        week's sets share what the week can reach in proportion to their numbers.
    """

    filled: Array
    stretched: Array
    by_load: Array
    by_light: Array


def targets(
    cohort: Cohort,
    dose: Doses,
    values: Values,
    *,
    every_d: int = DAYS,
    shape: str = SATURATING,
) -> Targets:
    """Turn doses into targets; the gain from stretching is stored every ``every_d`` days.

    ``shape`` is that of torque's dose-response, one of ``adaptation.SHAPES``.
    """
    filled = equations.stretch_fill(
        dose.stretch_min,
        low_min_wk=values["stretch_low_min_wk"],
        full_min_wk=values["stretch_full_min_wk"],
        fill_at_low=values["stretch_low_fill"],
    )
    smd = values["stretch_strength_smd"] * values["torque_runner_cv"]
    stretched = smd * carry(filled, *_torque_steps(values), every_d=every_d)
    sets = dose.loaded_sets + dose.unloaded_sets
    reached = ceiling(values) * dose_response(shape, sets, values)
    light = np.divide(dose.unloaded_sets, sets, out=np.zeros_like(sets), where=sets > 0)
    light *= reached
    reached -= light
    return Targets(filled, stretched[..., cohort.runner], reached, light)


def _torque_steps(values: Values) -> tuple[Array, Array]:
    rise = equations.step_share(values["gain_time_constant_wk"] * DAYS)
    return rise, equations.step_share(values["loss_time_constant_d"])


def rom_gain(protocol: Protocol, dose: Doses, aims: Targets, values: Values) -> Array:
    """Degrees of range of motion gained, (weeks from 0, draws, limbs): one reservoir, two ways in.

    The larger of the two fills it, so strength on top of enough stretching adds nothing
    (Alizadeh 2023, doi:10.1007/s40279-022-01804-x).
    """
    rise = equations.step_share(values["rom_fill_time_constant_wk"] * DAYS)
    fall = equations.step_share(values["rom_half_life_wk"] * DAYS / np.log(2))
    plain = active = carry(aims.filled, rise, fall)
    if reaches_end_range(protocol.strength):
        sets = dose.loaded_sets + values["unloaded_rom_weight"] * dose.unloaded_sets
        share = values["loaded_rom_share"] * equations.saturating(sets, values["sets_constant_wk"])
        active = carry(np.maximum(aims.filled, share), rise, fall)
    return _both_sides(active, plain, protocol.strength) * values["rom_reservoir_deg"]


def guarding_eased(protocol: Protocol, dose: Doses, values: Values) -> Array:
    """Share of tolerance regained, (weeks from 0, draws, limbs), by minutes at end range."""
    step = equations.step_share(values["guard_time_constant_wk"] * DAYS)

    def eased(minutes: Array) -> Array:
        return carry(equations.saturating(minutes, values["guard_constant_min_wk"]), step, step)

    plain = active = eased(dose.stretch_min)
    if reaches_end_range(protocol.strength):
        active = eased(dose.stretch_min + dose.paused_min)
    return _both_sides(active, plain, protocol.strength)


def ceiling(values: Values) -> Array:
    """Largest relative gain of torque that training brings a runner, (draws, 1)."""
    return values["gain_ceiling_untrained"] * values["runner_gain_factor"]


def torque_gain(
    protocol: Protocol,
    cohort: Cohort,
    start: Baseline,
    aims: Targets,
    values: Values,
    *,
    every_d: int = DAYS,
    state: Array | None = None,
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
    state
        ``TorqueGain.state`` of the same sets, where it is known already.
    """
    strength, sd = protocol.strength, values["trained_range_sd_deg"]
    if strength is None:
        return TorqueGain(None, aims.stretched, 0.0, 0.0, sd)
    if reaches_end_range(strength):
        sd = sd * values["long_length_sd_factor"]
    if state is None:
        sides = _side_state(aims, *efforts(strength, cohort, start, values), values, every_d)
        sides *= _sides(strength, values["cross_education_share"])
        state = _limbs(sides)
    return TorqueGain(
        state,
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
    for day, (heavy, light) in enumerate(zip(aims.by_load, aims.by_light, strict=True), start=1):
        goal = heavy[..., np.newaxis]
        if hard is not loaded or light.any():
            np.multiply(goal, hard, out=target)
            target += light[..., np.newaxis] * easy
            goal = target
        _step(state, goal, fall, more, gap, up)
        if day % every_d == 0:
            states[day // every_d] = state
    return states
