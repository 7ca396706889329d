"""How far a grid of doses is off the model, found by trying doses between its minutes.

What is compared is every draw in every world, not the means and bands that a page shows: a mean,
a quantile and a mix of worlds are never further off than the worst of what they are made of.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hipstudy.errors import UsageProblems
from hipstudy.explore.cache import Scene, means
from hipstudy.explore.one_file.dose_grid import (
    Dose,
    DoseGrid,
    MovableArm,
    OnProgress,
    Steps,
    no_progress,
    side_by_side,
)
from hipstudy.prescription.protocol import Protocol

Array = NDArray[np.float64]
PARTS = (0.25, 0.5, 0.75)  # of the way between two minutes of the grid
FINE_MIN = 0.25  # how closely the minutes are looked through for a change of bouts


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
    model jumps there; the arm's own strength work and the most of it half-way.
    """
    own = movable_arm.own
    some_sets = [sets for sets in steps.sets if sets]
    close = [replace(own, sets=0)] if 0 in steps.sets else []
    half_way = [own]
    if some_sets:
        ends = (steps.loads[0], steps.loads[-1])
        close += [Dose(some_sets[0], steps.sessions[0], load, 0) for load in ends]
        half_way.append(Dose(some_sets[-1], steps.sessions[-1], steps.loads[-1], 0))
    doses = []
    for low, high in pairwise(steps.stretch_min):
        minutes = [low + (high - low) * part for part in PARTS] + _turns(movable_arm, low, high)
        doses += [replace(dose, stretch_min=each) for each in minutes for dose in close]
        doses += [replace(dose, stretch_min=(low + high) / 2) for dose in half_way]
    return list(dict.fromkeys(doses))


def _turns(movable_arm: MovableArm, low: float, high: float) -> list[float]:
    """Minutes of stretching on both sides of each change of the number of bouts a week."""
    minutes_tried: list[float] = []
    before = None
    for minutes in np.arange(low + FINE_MIN, high, FINE_MIN).tolist():
        try:
            stretch = movable_arm.at(replace(movable_arm.own, sets=0, stretch_min=minutes)).stretch
        except UsageProblems:
            stretch = None
        bouts = stretch and stretch.times_per_week
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
        if (arm := _arm_at(grid, movable_arm, dose))
    }

    def error_bounds(dose: Dose) -> Array:
        """Largest difference of each outcome: as it is, and as its change is shown."""
        model = means(here, arms[dose], grid.outcomes)
        largest = []
        for outcome, start in zip(grid.outcomes, grid.start, strict=True):
            change = model[outcome][..., list(grid.weeks[1:])] - start[..., np.newaxis]
            by_draw = np.abs(grid.changes(outcome, dose) - change).max(axis=(0, 2))
            largest.append((by_draw.max(), _as_shown(outcome, by_draw, start)))
        return np.array(largest)

    half = np.array(
        [
            (step / 2, _as_shown(outcome, np.full(start.shape[1], step / 2), start))
            for outcome, step, start in zip(grid.outcomes, grid.rounds, grid.start, strict=True)
        ]
    )
    worst = half
    for count, errors_here in enumerate(side_by_side(error_bounds, arms), start=1):
        worst = np.maximum(worst, errors_here)
        on_progress(count, len(arms))
    columns = (half[:, 0], half[:, 1], worst[:, 0], worst[:, 1])
    errors = (dict(zip(grid.outcomes, column.tolist(), strict=True)) for column in columns)
    return InterpolationError(len(arms), *errors)


def _arm_at(grid: DoseGrid, movable_arm: MovableArm, dose: Dose) -> Protocol | None:
    """The arm at a dose, where the page can tell of it."""
    if grid.changes(grid.outcomes[0], dose) is None:
        return None
    try:
        return movable_arm.at(dose)
    except UsageProblems:
        return None


def _as_shown(outcome: str, by_draw: Array, start: Array) -> float:
    """How far a change is off as it is shown, in any mix of worlds; by_draw and start as it is."""
    if not in_percent(outcome):
        return float(by_draw.max())
    return float((100 * by_draw / start.min(axis=0)).max())
