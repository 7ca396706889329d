"""Doses of one arm on a grid, the model's means at each, and how far off it is between them.

Sets, sessions and load stand on the grid as they can be prescribed; between its minutes of
stretching a straight line is drawn, draw by draw, so that every mix of causes and every band
can be made from it afterwards. How far off that is is found by trying doses between those minutes:
every draw in every world is compared, not the means and bands that a page shows, since a mean, a
quantile and a mix of worlds are never further off than the worst of what they are made of.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from hipstudy.errors import UsageProblems
from hipstudy.explore.arm_changes import (
    change_counts,
    level_starts,
    rounding_step,
    without_exercise,
)
from hipstudy.explore.cache import Scene, means, side_by_side
from hipstudy.model import capacity
from hipstudy.prescription.protocol import LOADS, Protocol, Strength, from_dict, preset
from hipstudy.prescription.time_matching import BOTH, stretched_for


@dataclass(frozen=True)
class Dose:
    """What of an arm can be moved.

    Parameters
    ----------
    sets
        A side; 0 for no strength work, and then sessions and load say nothing.
    sessions
        Strength sessions a week.
    load
        As in ``protocol.Strength``.
    stretch_min
        Clock minutes a week of stretching, both sides.
    """

    sets: int
    sessions: int
    load: str
    stretch_min: float


@dataclass(frozen=True)
class Steps:
    """What each part of a dose can be on the grid, in rising order; as in ``Dose``."""

    sets: tuple[int, ...] = tuple(range(7))
    sessions: tuple[int, ...] = tuple(range(1, 6))
    loads: tuple[str, ...] = ("unloaded", "5 kg", "near-failure")
    stretch_min: tuple[float, ...] = (0, 2, 5, 10, 20, 28, 64, 120)

    def holding(self, dose: Dose) -> "Steps":
        """These steps and one dose among them."""
        return Steps(
            tuple(sorted({*self.sets, dose.sets})),
            tuple(sorted({*self.sessions, dose.sessions})),
            tuple(sorted({*self.loads, dose.load}, key=_heaviness)),
            tuple(sorted({*map(float, self.stretch_min), float(dose.stretch_min)})),
        )

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """How many loads, sets, sessions and minutes of stretching."""
        return len(self.loads), len(self.sets), len(self.sessions), len(self.stretch_min)


def _heaviness(load: str) -> float:
    if load in LOADS:
        return (-np.inf, np.inf)[LOADS.index(load)]
    return float(load.removesuffix("kg"))


@dataclass(frozen=True)
class MovableArm:
    """An arm whose dose can be moved; the rest of it stays as it was prescribed."""

    arm: Protocol

    @cached_property
    def work(self) -> Strength:
        """Its strength work; where it has none, what it would be."""
        work = self.arm.strength or preset(BOTH).strength
        assert work is not None
        return work

    @property
    def own(self) -> Dose:
        """The dose as it was prescribed."""
        work, sets = self.work, self.work.sets if self.arm.strength else 0
        return Dose(sets, work.sessions_per_week, work.load, self.arm.stretch_min_wk)

    def at(self, dose: Dose) -> Protocol:
        """The arm at another dose.

        Raises
        ------
        UsageProblems
            When that breaks a rule of prescriptions, or no limb can hold it.
        """
        arm = from_dict(self.arm.model_dump() | {"strength": None}, self.arm.name)
        if dose.stretch_min != arm.stretch_min_wk:  # its own is left as it is, to the last digit
            arm = stretched_for(arm, dose.stretch_min)
        if not dose.sets:
            return arm
        work = self.work.model_dump() | {"sets": dose.sets, "load": dose.load}
        work["sessions_per_week"] = dose.sessions
        arm = from_dict(arm.model_dump() | {"strength": work}, arm.name)
        strength = Strength.model_validate(work)
        if problems := capacity.too_heavy(strength, arm.weeks, f"{arm.name}, strength.load"):
            raise UsageProblems(problems)
        return arm

    def at_or_none(self, dose: Dose) -> Protocol | None:
        """The arm at another dose; None where that breaks a rule of prescriptions."""
        try:
            return self.at(dose)
        except UsageProblems:  # more than a week has room for, or a limb can hold; too short holds
            return None


Array = NDArray[np.float64]
OnProgress = Callable[[int, int], object]  # called with how many are done, and of how many
PARTS = (0.25, 0.5, 0.75)  # of the way between two minutes of the grid
FINE_MIN = 0.25  # how closely the minutes are looked through for a change of bouts
FEWEST_POINTS = 6  # weeks after the first that a page shows, where there are as many


def no_progress(_count: int, _total: int) -> None:
    """Report nothing; the default where nobody follows."""


def shown_weeks(last: int) -> tuple[int, ...]:
    """Weeks that a page shows: the first two, the last, and some at even steps between.

    In the first week of a new dose who does it is sorest.

    Examples
    --------
    >>> shown_weeks(12), shown_weeks(7), shown_weeks(1)
    ((0, 1, 2, 4, 6, 8, 10, 12), (0, 1, 2, 3, 4, 5, 6, 7), (0, 1))
    """
    return tuple(sorted({*range(0, last, max(1, last // FEWEST_POINTS)), 1, last}))


@dataclass(frozen=True, eq=False)
class DoseGrid:
    """Means of two arms, one of them at every dose of the grid.

    Parameters
    ----------
    steps, weeks, outcomes
        Of the grid; the weeks begin with 0.
    start
        Mean over limbs before anything is done, (outcomes, worlds, draws).
    others
        Change since then under the arm whose dose stays, and without any exercise, (2, outcomes,
        worlds, draws, weeks after 0), in whole numbers of ``rounds``.
    counts
        The same of the other arm, (outcomes, *steps.shape, worlds, draws, weeks after 0).
    rounds
        What one of them stands for, (outcomes,).
    possible
        Whether the dose can be prescribed, ``steps.shape``.
    """

    steps: Steps
    weeks: tuple[int, ...]
    outcomes: tuple[str, ...]
    start: Array
    others: NDArray[np.int16]
    counts: NDArray[np.int16]
    rounds: Array
    possible: NDArray[np.bool_]

    def changes(self, outcome: str, dose: Dose) -> Array | None:
        """Change since the start, (worlds, draws, weeks after 0); None where it cannot be told.

        It cannot between nothing at all and the least stretching alone, because any programme has
        its effect from the first minute on; no place of the page's slider is there. The page does
        the same steps in the same order (``front/file_host.js``).
        """
        place = self.outcomes.index(outcome)
        index = (
            self.steps.loads.index(dose.load),
            self.steps.sets.index(dose.sets),
            self.steps.sessions.index(dose.sessions),
        )
        nodes, minutes = self.steps.stretch_min, dose.stretch_min
        below = min(int(np.searchsorted(nodes, minutes, side="right")), len(nodes) - 1) - 1
        part = (minutes - nodes[below]) / (nodes[below + 1] - nodes[below])
        if not dose.sets and 0 < minutes < nodes[1]:
            return None
        ends = [below + i for i, share in enumerate((1 - part, part)) if share > 0]
        if not self.possible[index][ends].all():
            return None
        low, high = (self.counts[(place, *index, end)].astype(float) for end in (ends[0], ends[-1]))
        return (low + (high - low) * part) * self.rounds[place]


def compute_grid(
    here: Scene,
    movable_arm: MovableArm,
    fixed: Protocol,
    *,
    steps: Steps,
    outcomes: Sequence[str],
    on_progress: OnProgress = no_progress,
) -> DoseGrid:
    """Find the means of both arms, one of them at every dose.

    Parameters
    ----------
    here
        Runners, parameters and luck, the same for every dose.
    movable_arm, fixed
        The arm whose dose is moved, and the other.
    steps
        Of the grid.
    outcomes
        Which.
    on_progress
        Called with how many doses are done, and of how many.
    """
    names, weeks = tuple(outcomes), shown_weeks(here.weeks)
    arms = _arms(movable_arm, steps)

    def rounded(arm: Protocol) -> NDArray[np.int16]:
        counts = change_counts(here, arm, names, weeks[1:])
        return np.stack([counts[name] for name in names])

    others = np.stack([rounded(fixed), rounded(without_exercise(fixed))])
    start = level_starts(here, without_exercise(fixed), names)
    counts = np.zeros((len(names), *steps.shape, *others.shape[2:]), np.int16)
    possible = np.zeros(steps.shape, bool)
    results = zip(arms, side_by_side(rounded, arms.values()), strict=True)
    for count, (place, whole) in enumerate(results, start=1):
        _, sets, _, stretch = place
        # Without sets, load and sessions say nothing: one run stands for all of them.
        alike = (slice(None), sets, slice(None), stretch) if not steps.sets[sets] else place
        possible[alike] = True
        block = counts[(slice(None), *alike)]
        block[...] = whole.reshape(len(names), *(1,) * (block.ndim - 4), *whole.shape[1:])
        on_progress(count, len(arms))
    rounds = np.array([rounding_step(name) for name in names])
    return DoseGrid(steps, weeks, names, start, others, counts, rounds, possible)


def _arms(movable_arm: MovableArm, steps: Steps) -> dict[tuple[int, ...], Protocol]:
    """The arm at every dose that can be prescribed, by its place on the grid."""
    arms = {}
    for place in product(*map(range, steps.shape)):
        load, sets, sessions, stretch = place
        if not steps.sets[sets] and (load or sessions):
            continue
        dose = Dose(
            steps.sets[sets], steps.sessions[sessions], steps.loads[load],
            steps.stretch_min[stretch],
        )  # fmt: skip
        if arm := movable_arm.at_or_none(dose):
            arms[place] = arm
    return arms


@dataclass(frozen=True)
class InterpolationError:
    """The most that a page can be off the model, by outcome, as far as was found.

    Parameters
    ----------
    n_tried
        Doses that were tried between those of the grid.
    rounding, rounding_change
        At a dose of the grid: of a difference between arms, in the outcome's own unit, and of a
        change since the start, which for torque is in per cent of it.
    between, between_change
        The same between the grid's minutes of stretching, rounding included.
    """

    n_tried: int
    rounding: Mapping[str, float]
    rounding_change: Mapping[str, float]
    between: Mapping[str, float]
    between_change: Mapping[str, float]


def in_percent(outcome: str) -> bool:
    """Whether the change of an outcome is shown in per cent of its start."""
    return outcome.endswith("_nm_kg")


def doses_between(steps: Steps, movable_arm: MovableArm) -> list[Dose]:
    """Doses between those of a grid, in every one of its steps of stretching.

    Stretching alone and the least strength work, where the minutes count most, at several places
    of each step and on both sides of every minute where bouts become more or fewer, since the
    model jumps there. More minutes also cost some runner a strength session here and there, so all
    strength work at the heaviest load is tried at several places; the arm's own half-way.
    """
    own = movable_arm.own
    some_sets = [sets for sets in steps.sets if sets]
    close = [replace(own, sets=0)] if 0 in steps.sets else []
    if some_sets:
        ends = (steps.loads[0], steps.loads[-1])
        close += [Dose(some_sets[0], steps.sessions[0], load, 0) for load in ends]
    works = [Dose(*size, steps.loads[-1], 0) for size in product(some_sets, steps.sessions)]
    doses = []
    for low, high in pairwise(steps.stretch_min):
        minutes = _parts(low, high)
        doses += [replace(dose, stretch_min=each) for each in minutes for dose in works]
        minutes = minutes_between(movable_arm, low, high)
        doses += [replace(dose, stretch_min=each) for each in minutes for dose in close]
        doses.append(replace(own, stretch_min=(low + high) / 2))
    return list(dict.fromkeys(doses))


def _parts(low: float, high: float) -> list[float]:
    return [low + (high - low) * part for part in PARTS]


def minutes_between(movable_arm: MovableArm, low: float, high: float) -> list[float]:
    """Minutes of stretching to try between two: at several places, and wherever bouts change."""
    return _parts(low, high) + _turns(movable_arm, low, high)


def _turns(movable_arm: MovableArm, low: float, high: float) -> list[float]:
    """Minutes of stretching on both sides of each change of the number of bouts a week."""
    minutes_tried: list[float] = []
    before = None
    for minutes in np.arange(low + FINE_MIN, high, FINE_MIN).tolist():
        arm = movable_arm.at_or_none(replace(movable_arm.own, sets=0, stretch_min=minutes))
        bouts = arm and arm.stretch and arm.stretch.times_per_week
        if before and bouts and bouts != before:
            minutes_tried += [minutes - FINE_MIN, minutes]
        before = bouts
    return minutes_tried


def measure_error(
    grid: DoseGrid,
    here: Scene,
    movable_arm: MovableArm,
    *,
    on_progress: OnProgress = no_progress,
) -> InterpolationError:
    """Try doses between those of the grid against the model.

    Parameters
    ----------
    grid
        As computed for the arm.
    here, movable_arm
        What it was computed from.
    on_progress
        Called with how many doses are done, and of how many.
    """
    arms = {
        dose: arm
        for dose in doses_between(grid.steps, movable_arm)
        if grid.changes(grid.outcomes[0], dose) is not None  # the page can tell of it
        and (arm := movable_arm.at_or_none(dose))
    }

    def error_bounds(dose: Dose) -> Array:
        """Largest difference of each outcome: as it is, and as its change is shown."""
        model = means(here, arms[dose], grid.outcomes)
        largest = []
        for outcome, start in zip(grid.outcomes, grid.start, strict=True):
            change = model[outcome][..., list(grid.weeks[1:])] - start[..., np.newaxis]
            by_draw = np.abs(grid.changes(outcome, dose) - change).max(axis=(0, 2))
            largest.append((by_draw.max(), as_shown(outcome, by_draw, start)))
        return np.array(largest)

    half = np.array(
        [
            (step / 2, as_shown(outcome, np.full(start.shape[1], step / 2), start))
            for outcome, step, start in zip(grid.outcomes, grid.rounds, grid.start, strict=True)
        ]
    )
    worst = half
    for count, errors_here in enumerate(side_by_side(error_bounds, arms), start=1):
        worst = np.maximum(worst, errors_here)
        on_progress(count, len(arms))
    columns = np.hstack([half, worst]).T.tolist()
    errors = (dict(zip(grid.outcomes, column, strict=True)) for column in columns)
    return InterpolationError(len(arms), *errors)


def as_shown(outcome: str, by_draw: Array, start: Array) -> float:
    """How far a change is off as it is shown, in any mix of worlds, from how far each draw is."""
    if not in_percent(outcome):
        return float(by_draw.max())
    return float((100 * by_draw / start.min(axis=0)).max())
