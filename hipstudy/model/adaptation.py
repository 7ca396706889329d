"""What training builds over weeks: torque along the range.

It is a fast part that comes with any work and a slow one that follows the dose. Each of its states
relaxes towards a target set by the dose of the trailing week, by the exact exponential step of a
day. Because such a state grows in proportion to its target, the gain of torque at an angle is the
state of the trained range times the kernel of that angle: one state carries the whole curve, and no
angle is stepped by itself. Stretching's own gain shares the ceiling: the larger of the two counts,
not the sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hipstudy.arrays import Array, Rows, lanes, scratch
from hipstudy.model import equations
from hipstudy.model.adherence import DAYS
from hipstudy.model.baseline import Baseline
from hipstudy.model.cohort import SIDES, Cohort
from hipstudy.model.intensity import efforts
from hipstudy.model.relaxation import Relaxation
from hipstudy.model.weekly_dose import DayDose, Doses, reaches_end_range
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, Strength

SATURATING, LINEAR, THRESHOLD = SHAPES = ("saturating", "linear", "threshold")


def dose_response(shape: str, sets: Array, values: Mapping[str, Array]) -> Array:
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
    course = TargetCourse(dose.width, dose.n_days, values, every_d=every_d, shape=shape)
    heavy, light = [], []
    before = None
    for day in dose.days():
        course.step(day)
        if course.by_load is not before:
            before = course.by_load
            kept = before.copy(), None if course.by_light is None else course.by_light.copy()
        heavy.append(kept[0])
        light.append(kept[1])
    return Targets(course.stretched, heavy, light, course.learned)


class TargetCourse:
    """Targets a day at a time; what they are, ``Targets`` says.

    Parameters
    ----------
    width, n_days
        Draws and runners, and whole weeks of days.
    values
        Parameters.
    every_d
        Days between the gains that are stored.
    shape
        Of torque's dose-response, one of ``SHAPES``.

    Attributes
    ----------
    by_load, by_light
        Of the latest day: the very arrays of the day before where these are its targets too.
    learned_now
        Relative gain by learning on the latest day.
    learned, stretched
        As far as days have been taken.
    """

    by_load: Array
    by_light: Array | None

    def __init__(
        self,
        width: tuple[int, ...],
        n_days: int,
        values: Values,
        *,
        every_d: int = DAYS,
        shape: str = SATURATING,
    ) -> None:
        self._shape, self._every_d, self._day = shape, every_d, 0
        names = ("sets_constant_wk", "dose_anchor_sets_wk", "dose_threshold_sets_wk")
        self._response = {name: lanes(values[name], width) for name in names}
        self._constant = lanes(values["tolerance_constant_min_wk"], width)
        self._smd = values["stretch_strength_smd"] * values["torque_runner_cv"]
        self._most, self._known = (lanes(one(values), width) for one in (ceiling, learning))
        self._stretching = Relaxation(width, *_torque_steps(values))
        self._learning = Relaxation(
            width,
            equations.step_share(values["learning_time_constant_wk"] * DAYS),
            equations.step_share(values["loss_time_constant_d"]),
        )
        n_kept = n_days // every_d + 1
        self.learned_now = self._learning.state
        self.learned = np.zeros((n_kept, *width))
        self.stretched = np.zeros((n_kept, *width[:-1], width[-1] * len(SIDES)))
        self._sets: tuple[Array | None, Array | None] = (None, None)
        self._minutes: Array | None = None
        self._filled, self._goal = np.zeros(width), np.zeros(width)
        self._lights = np.empty(width)
        self._least = np.full(width, np.finfo(float).tiny)
        self._loads = cycle([np.empty(width), np.empty(width)])

    def step(self, dose: DayDose) -> None:
        """Take one day's dose."""
        if dose.stretch_min is not self._minutes:
            self._minutes = dose.stretch_min
            equations.saturating(dose.stretch_min, self._constant, out=self._filled)
        sets = dose.loaded_sets, dose.unloaded_sets
        if sets[0] is not self._sets[0] or sets[1] is not self._sets[1]:
            self._sets = sets
            self._reach(*sets)
        self._stretching.step(self._filled)
        self._learning.step(self._goal)
        self._day += 1
        place, off = divmod(self._day, self._every_d)
        if off == 0:
            self.learned[place] = self._learning.state
            left = self.stretched[place, ..., :: len(SIDES)]
            np.multiply(self._smd, self._stretching.state, out=left)
            self.stretched[place, ..., 1 :: len(SIDES)] = left

    def _reach(self, loaded: Array, unloaded: Array) -> None:
        """Targets of a week's sets."""
        sets, _, _ = scratch(loaded.shape)
        np.add(loaded, unloaded, out=sets)
        np.multiply(self._known, sets > 0, out=self._goal)
        worth = next(self._loads)
        np.multiply(self._most, dose_response(self._shape, sets, self._response), out=worth)
        self.by_load, self.by_light = worth, None
        if not unloaded.any():
            return
        # Without a set there is none without weight either: 0 of hardly anything is 0.
        np.maximum(sets, self._least, out=sets)
        light = np.divide(unloaded, sets, out=self._lights)
        light *= worth
        worth -= light
        self.by_light = light


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
    course = TorqueCourse(protocol, cohort, start, values, len(aims.by_load), every_d=every_d)
    for day, (heavy, light) in enumerate(zip(aims.by_load, aims.by_light, strict=True), start=1):
        course.step(heavy, light, aims.learned[day // every_d])
    return course.gain(aims.stretched)


class TorqueCourse:
    """Gain of torque of each limb, a day at a time.

    Parameters
    ----------
    protocol, cohort, start, values
        As in ``torque_gain``.
    n_days
        Whole weeks.
    every_d
        Days between the states that are kept.
    out
        Where they are kept, (days / every_d + 1, draws, limbs), if there is a place already.
    """

    def __init__(
        self,
        protocol: Protocol,
        cohort: Cohort,
        start: Baseline,
        values: Values,
        n_days: int,
        *,
        every_d: int = DAYS,
        out: Array | None = None,
    ) -> None:
        self._strength, self._values = protocol.strength, values
        self._every_d, self._day = every_d, 0
        if self._strength is None:
            return
        unloaded, loaded = efforts(self._strength, cohort, start, values)
        self._loads = None if np.isscalar(loaded) else _by_side(loaded)
        self._by_light = _by_side(unloaded)
        shape = self._by_light.shape
        self._shares: Array | None = None  # all of it on both sides
        if not trained_sides(self._strength).all():
            self._shares = _sides(self._strength, values["cross_education_share"])
        self._heavy: Array | None = None
        self._goal = self._target = np.empty(shape)
        self._course = Relaxation(shape, *_torque_steps(values))
        kept = (n_days // every_d + 1, *shape[1:], len(SIDES))
        self._states = np.empty(kept) if out is None else out.reshape(kept)
        self._states[0] = 0

    def step(self, heavy: Array, light: Array | None, learned: Array) -> None:
        """Take one day's targets, and what has come by learning where the day is kept."""
        if self._strength is None:
            return
        if heavy is not self._heavy:
            self._heavy = heavy
            self._goal = self._aimed(heavy, light)
        self._course.step(self._goal)
        self._day += 1
        place, off = divmod(self._day, self._every_d)
        if off == 0:
            for side, own in enumerate(self._course.state):
                np.add(own, learned, out=self._states[place, ..., side])
            if self._shares is not None:
                self._states[place] *= self._shares

    def _aimed(self, heavy: Array, light: Array | None) -> Array:
        """Target of each side by the efforts of its sets."""
        if light is None and self._loads is None:
            return heavy
        passing, _, _ = scratch(heavy.shape)
        for side, own in enumerate(self._target):
            np.multiply(heavy, 1.0 if self._loads is None else self._loads[side], out=own)
            if light is not None:
                own += np.multiply(light, self._by_light[side], out=passing)
        return self._target

    def gain(self, stretched: Array) -> TorqueGain:
        """Gain of all days that were taken, beside what came by stretching."""
        strength, sd = self._strength, self._values["trained_range_sd_deg"]
        if strength is None:
            return TorqueGain(None, stretched, 0.0, 0.0, sd)
        if reaches_end_range(strength):
            sd = sd * self._values["long_length_sd_factor"]
        return TorqueGain(
            self._states.reshape(*self._states.shape[:-2], -1),
            stretched,
            strength.trained_from_ext_deg,
            strength.trained_to_ext_deg,
            sd,
        )


def _by_side(per_limb: Array) -> Array:
    """From (draws, limbs) to (2, draws, runners)."""
    return np.stack([per_limb[..., side :: len(SIDES)] for side in range(len(SIDES))])
