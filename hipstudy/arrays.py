"""The types of arrays that equations take and return, and how they lie side by side."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Floating-point numbers; the shape is in the docstring of whatever takes or returns them."""
Flags = NDArray[np.bool_]
Rows = Sequence[Array]
"""One array a day. A day like the one before has the very same array, of which nothing is worked
out again."""


def lanes(value: Array, shape: tuple[int, ...]) -> Array:
    """A number of each draw, (draws, 1), beside every runner, so that arrays of one shape meet.

    One number for all stays one number.
    """
    if value.size == 1:
        return value.reshape(())
    return np.ascontiguousarray(np.broadcast_to(value, shape))


def copied_rows(rows: Iterable[Array]) -> list[Array]:
    """Rows that hold for a day, to keep; a day's that is the very same stays so."""
    kept: list[Array] = []
    before: Array | None = None
    for row in rows:
        kept.append(kept[-1] if row is before else row.copy())
        before = row
    return kept
