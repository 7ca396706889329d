"""A state that follows a target by the exact step of a day, up and down at speeds of their own."""

import numpy as np

from hipstudy.arrays import Array, Rows, lanes, scratch
from hipstudy.model.adherence import DAYS


class Relaxation:
    """A state that relaxes towards a target, one day at a time, from 0.

    Parameters
    ----------
    shape
        Of the state.
    rise, fall
        Shares of the gap closed in a day on the way up and down, ``equations.step_share(tau)``.
    """

    def __init__(self, shape: tuple[int, ...], rise: Array, fall: Array) -> None:
        self.state = np.zeros(shape)
        self._more, self._fall = (lanes(np.asarray(share), shape) for share in (rise - fall, fall))

    def step(self, target: Array) -> None:
        """One day, in place.

        Solves ``dx/dt = (target - x) / tau`` exactly over the day, with one ``tau`` on the way up
        and another on the way down.
        """
        state = self.state
        gap, up, none = scratch(state.shape)
        np.subtract(target, state, out=gap)
        np.maximum(gap, none, out=up)
        up *= self._more  # how much faster it rises than falls
        gap *= self._fall
        state += gap
        state += up


def carry(targets: Rows, rise: Array, fall: Array, *, every_d: int = DAYS) -> Array:
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
    course = Relaxation(np.shape(targets[0]), rise, fall)
    kept = np.zeros((len(targets) // every_d + 1, *course.state.shape))
    for day, target in enumerate(targets, start=1):
        course.step(target)
        if day % every_d == 0:
            kept[day // every_d] = course.state
    return kept
