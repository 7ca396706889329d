"""The types of arrays that equations take and return, and how they lie side by side."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Floating-point numbers; the shape is in the docstring of whatever takes or returns them."""
Flags = NDArray[np.bool_]
Rows = Sequence[Array]
"""One array a day. A day like the one before has the very same array, which is not worked out
again (``by_row``)."""


def lanes(value: Array, shape: tuple[int, ...]) -> Array:
    """A number of each draw, (draws, 1), beside every runner, so that arrays of one shape meet.

    One number for all stays one number.
    """
    if value.size == 1:
        return value.reshape(())
    return np.ascontiguousarray(np.broadcast_to(value, shape))


def by_row(work: Callable[..., Any], *rows: Iterable[Array]) -> Iterator[Any]:
    """What is worked out of the rows of each day, as it is asked for.

    Once for days whose rows are the very same, which then have the very same answer.
    """
    answer: Any = None
    before: tuple[Array | None, ...] = (None,) * len(rows)
    for today in zip(*rows, strict=True):
        if any(one is not other for one, other in zip(today, before, strict=True)):
            answer = work(*today)
        before = today
        yield answer
