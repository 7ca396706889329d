"""The types of arrays that equations take and return, and how they lie side by side."""

import threading
from collections.abc import Sequence

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


_MOST_SHAPES = 8


class _Scratch(threading.local):
    """Arrays of each thread that hold nothing from one equation to the next."""

    def __init__(self) -> None:
        self.by_shape: dict[tuple[int, ...], tuple[Array, Array, Array]] = {}


_scratch = _Scratch()


def scratch(shape: tuple[int, ...]) -> tuple[Array, Array, Array]:
    """Two arrays to write into, and zeros to compare with, of this thread alone.

    All functions write into the same two, so what is written there is lost as soon as another
    function is called. Because they are so few they stay in the processor's cache, where arrays
    of each state's own would not. The zeros are there because the larger of an array and one
    number takes twice as long as that of two arrays.
    """
    found = _scratch.by_shape.get(shape)
    if found is None:
        if len(_scratch.by_shape) >= _MOST_SHAPES:
            _scratch.by_shape.clear()
        found = np.empty(shape), np.empty(shape), np.zeros(shape)
        found[2].setflags(write=False)
        _scratch.by_shape[shape] = found
    return found
