"""The arm whose dose stays, at other minutes of stretching, so that both can take the same time."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hipstudy.explore.arm_changes import change_counts, rounding_step
from hipstudy.explore.cache import Scene, means, side_by_side
from hipstudy.explore.one_file.dose_grid import (
    DoseGrid,
    InterpolationError,
    MovableArm,
    as_shown,
    minutes_between,
)
from hipstudy.prescription.protocol import Protocol

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StretchLine:
    """Means of an arm at every one of some minutes of stretching.

    Parameters
    ----------
    minutes
        Clock minutes a week, in rising order; none where the arm cannot be prescribed so.
    weeks, outcomes
        As in ``dose_grid.DoseGrid``.
    counts
        Change since the start, (outcomes, minutes, worlds, draws, weeks after 0), in whole
        numbers of what each outcome is rounded to.
    """

    minutes: tuple[float, ...]
    weeks: tuple[int, ...]
    outcomes: tuple[str, ...]
    counts: NDArray[np.int16]

    def changes(self, outcome: str, minutes: float) -> Array:
        """Change since the start, (worlds, draws, weeks after 0), by a straight line between.

        The page does the same steps in the same order (``front/file_host.js``).
        """
        place, nodes = self.outcomes.index(outcome), self.minutes
        below = min(int(np.searchsorted(nodes, minutes, side="right")), len(nodes) - 1) - 1
        part = (minutes - nodes[below]) / (nodes[below + 1] - nodes[below])
        low, high = (self.counts[place, end].astype(float) for end in (below, below + 1))
        return (low + (high - low) * part) * rounding_step(outcome)


def compute_line(here: Scene, fixed: Protocol, grid: DoseGrid) -> StretchLine:
    """Run an arm at the minutes of stretching of a grid.

    Nothing at all is none of them: a programme has its effect from the first minute on.

    Parameters
    ----------
    here
        Runners, parameters and luck, as of the grid.
    fixed
        The arm.
    grid
        Of the other arm.
    """
    still = MovableArm(fixed)
    arms = {
        each: arm
        for each in grid.steps.stretch_min
        if each > 0 and (arm := still.at_or_none(replace(still.own, stretch_min=each)))
    }

    def rounded(arm: Protocol) -> NDArray[np.int16]:
        counts = change_counts(here, arm, grid.outcomes, grid.weeks[1:])
        return np.stack([counts[name] for name in grid.outcomes])

    counts = np.stack([*side_by_side(rounded, arms.values())], axis=1)
    return StretchLine(tuple(arms), grid.weeks, grid.outcomes, counts)


def line_errors(
    line: StretchLine, grid: DoseGrid, here: Scene, fixed: Protocol, rest: InterpolationError
) -> tuple[InterpolationError, InterpolationError]:
    """How far the line is off between its minutes, and both arms together.

    Parameters
    ----------
    line, grid, here, fixed
        As ``compute_line`` has them.
    rest
        How far off the other arm is.
    """
    still = MovableArm(fixed)
    between = {
        each: arm
        for low, high in pairwise(line.minutes)
        for each in minutes_between(still, low, high)
        if (arm := still.at_or_none(replace(still.own, stretch_min=each)))
    }

    def largest(minutes: float) -> list[tuple[float, float]]:
        model, found = means(here, between[minutes], line.outcomes), []
        for outcome, start in zip(line.outcomes, grid.start, strict=True):
            change = model[outcome][..., list(line.weeks[1:])] - start[..., np.newaxis]
            by_draw = np.abs(line.changes(outcome, minutes) - change).max(axis=(0, 2))
            found.append((float(by_draw.max()), as_shown(outcome, by_draw, start)))
        return found

    half = [(rest.rounding[name], rest.rounding_change[name]) for name in line.outcomes]
    worst = np.array([half, *side_by_side(largest, between)]).max(axis=0).T.tolist()
    own, own_change = (dict(zip(line.outcomes, column, strict=True)) for column in worst)
    alone = replace(rest, n_tried=len(between), between=own, between_change=own_change)
    both = replace(
        rest,
        between={name: error + own[name] for name, error in rest.between.items()},
        between_change={n: error + own_change[n] for n, error in rest.between_change.items()},
    )
    return alone, both
