"""What training builds over weeks: torque along the range.

It is a fast part that comes with any work and a slow one that follows the dose. Each of its states
relaxes towards a target set by the dose of the trailing week, by the exact exponential step of a
day. Because such a state grows in proportion to its target, the gain of torque at an angle is the
state of the trained range times the kernel of that angle: one state carries the whole curve, and no
angle is stepped by itself. Stretching's own gain shares the ceiling: the larger of the two counts,
not the sum.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hipstudy.arrays import Array, Rows, by_row, lanes
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

    def kernel(self, angle_deg: ArrayLike) -> Array | None:
        """Share of the state that shows at an angle; None without strength work."""
        if self.state is None:
            return None
        return equations.angle_kernel(
            angle_deg, low_deg=self.low_deg, high_deg=self.high_deg, sd_deg=self.sd_deg
        )

    def weighed(
        self, kernel: Array | None, week: int | slice = slice(None), out: Array | None = None
    ) -> Array:
        """Relative gain in a week, or in all, where so much of the state shows."""
        if self.state is None:
            return np.positive(self.stretched[week], out=out)
        gain = np.multiply(kernel, self.state[week], out=out)
        return np.maximum(gain, self.stretched[week], out=gain)

    def at(self, angle_deg: ArrayLike, out: Array | None = None) -> Array:
        """Relative gain at an angle that broadcasts to (draws, limbs); (weeks, draws, limbs).

        Written into ``out`` where it is given.
        """
        return self.weighed(self.kernel(angle_deg), out=out)


def carry(targets: Iterable[Array], rise: Array, fall: Array, *, every_d: int = DAYS) -> Array:
    """A state at the end of each week, (weeks from 0, ...), given its target on each day.

    Parameters
    ----------
    targets
        A row a day; whole weeks.
    rise, fall
        Shares of the gap closed in a day on the way up and down.
    every_d
        Days between the states that are returned.
    """
    rows = iter(targets)
    first = np.asarray(next(rows))
    state, gap, up = np.zeros(first.shape), np.empty(first.shape), np.empty(first.shape)
    more, fall = (lanes(np.asarray(share), state.shape) for share in (rise - fall, fall))
    kept = [state.copy()]
    for day, target in enumerate(chain([first], rows), start=1):
        _step(state, target, fall, more, gap, up)
        if day % every_d == 0:
            kept.append(state.copy())
    return np.array(kept)


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


@dataclass(frozen=True, eq=False)
class Targets:
    """Targets that an arm's doses set on each day, the same in every world.

    Parameters
    ----------
    stretched
        Relative gain of torque from stretching so far, (weeks from 0, draws, limbs).
    by_load, by_light
        Relative gain of torque that sets with and without weight would reach at full effort, a
        row (draws, runners) a day; a week's sets share what the week can reach in proportion to
        their numbers. None on a day whose week had no set without weight.
    learned
        Relative gain of torque by learning so far, (weeks from 0, draws, runners).
    """

    stretched: Array
    by_load: Rows
    by_light: Sequence[Array | None]
    learned: Array


def targets(
    dose: Doses,
    values: Values,
    *,
    every_d: int = DAYS,
    shape: str = SATURATING,
) -> Targets:
    """Turn doses into targets; gains that have come already are stored every ``every_d`` days.

    ``shape`` is that of torque's dose-response, one of ``adaptation.SHAPES``.
    """
    width = dose.strain.shape[1:]
    constant = lanes(values["tolerance_constant_min_wk"], width)
    filled = by_row(lambda minutes: equations.saturating(minutes, constant), dose.stretch_min)
    smd = values["stretch_strength_smd"] * values["torque_runner_cv"]
    stretched = smd * carry(filled, *_torque_steps(values), every_d=every_d)
    most, known = ceiling(values), lanes(learning(values), width)

    def reached(loaded: Array, unloaded: Array) -> tuple[Array, Array | None, Array]:
        sets = loaded + unloaded
        worth = most * dose_response(shape, sets, values)
        known_now = np.where(sets > 0, known, 0.0)
        if not unloaded.any():
            return worth, None, known_now
        light = np.divide(unloaded, sets, out=np.zeros_like(sets), where=sets > 0)
        light *= worth
        worth -= light
        return worth, light, known_now

    heavy, light, goals = zip(*by_row(reached, dose.loaded_sets, dose.unloaded_sets), strict=True)
    learned = carry(
        goals,
        equations.step_share(values["learning_time_constant_wk"] * DAYS),
        equations.step_share(values["loss_time_constant_d"]),
        every_d=every_d,
    )
    return Targets(np.repeat(stretched, len(SIDES), axis=-1), heavy, light, learned)


def _torque_steps(values: Values) -> tuple[Array, Array]:
    rise = equations.step_share(values["gain_time_constant_wk"] * DAYS)
    return rise, equations.step_share(values["loss_time_constant_d"])


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
    if not trained_sides(strength).all():
        sides *= _sides(strength, values["cross_education_share"])
    return TorqueGain(
        sides.reshape(*sides.shape[:-2], -1),
        aims.stretched,
        strength.trained_from_ext_deg,
        strength.trained_to_ext_deg,
        sd,
    )


def _side_state(
    aims: Targets, unloaded: Array, loaded: Array | float, values: Values, every_d: int
) -> Array:
    """State of a trained side, (weeks from 0, draws, runners, 2), from the efforts of sets."""
    sides = [_limb_efforts(unloaded, side) for side in range(len(SIDES))]
    loads = [loaded if np.isscalar(loaded) else _limb_efforts(loaded, side) for side in range(2)]
    state = np.zeros((len(SIDES), *np.shape(aims.by_load[0])))
    target, gap, up = np.empty_like(state), np.empty_like(state), np.empty_like(state)
    rise, fall = _torque_steps(values)
    more, fall = (lanes(share, state.shape) for share in (rise - fall, fall))
    states = np.zeros((len(aims.by_load) // every_d + 1, *state.shape[1:], len(SIDES)))
    for day, (heavy, light) in enumerate(zip(aims.by_load, aims.by_light, strict=True), start=1):
        goal = heavy
        if light is not None or not np.isscalar(loaded):
            goal = target
            for own, easy, hard in zip(target, sides, loads, strict=True):
                np.multiply(heavy, hard, out=own)
                if light is not None:
                    own += np.multiply(light, easy, out=gap[0])
        _step(state, goal, fall, more, gap, up)
        if day % every_d == 0:
            for side, own in enumerate(state):
                np.add(own, aims.learned[day // every_d], out=states[day // every_d, ..., side])
    return states


def _limb_efforts(efforts: Array, side: int) -> Array:
    """Efforts of one side's limbs, (draws, runners), from those of all limbs."""
    return np.ascontiguousarray(efforts[..., side :: len(SIDES)])
