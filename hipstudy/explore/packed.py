"""A grid of doses as a few bytes that a browser can read: numbers in a row, squeezed by zlib.

Neighbours on the grid are alike, so each count is held as its difference from them, its low and
high bytes apart. The page undoes this step by step (``page/numbers.js``).
"""

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hipstudy.explore.doses_grid import Grid
from hipstudy.worlds import WORLDS, cause_shares

Array = NDArray[np.float64]
DIFFERENCED = (1, 2, 3, 4)  # loads, sets, sessions, minutes of stretching
LEVELS = tuple(np.arange(0, 10.5, 0.5).tolist())


def shares_by_level(levels: Sequence[float], n_draws: int, *, seed: int) -> Array:
    """What the causes' shares are made of, for every weight: logarithms, (levels, draws, worlds).

    Exponentials of one level a world, over their sum, are ``worlds.cause_shares`` of these
    weights: the logarithms are read off its ratios, two causes at a time, up to a constant of each
    draw that the sum takes away. A weight of 0 has minus infinity, and so has one so small
    (below about 0.02) that the library's own share is too small to be held.
    """

    def ratio(world: int, weight: float, against: int) -> Array:
        concentration = np.zeros(len(WORLDS))
        concentration[[world, against]] = weight, 1
        found = cause_shares(concentration.tolist(), n_draws, seed=seed)
        with np.errstate(divide="ignore"):
            return np.log(found[:, world]) - np.log(found[:, against])

    second = ratio(1, 1.0, 0)
    logs = np.full((len(levels), n_draws, len(WORLDS)), -np.inf)
    for place, weight in enumerate(levels):
        for world in range(len(WORLDS)) if weight > 0 else ():
            apart = ratio(world, weight, 0) if world else ratio(0, weight, 1) + second
            logs[place, :, world] = apart
    return logs


def parts(grid: Grid, logs: Array) -> dict[str, Any]:
    """Numbers of a page by their names, in the order in which they lie in the bytes."""
    return {
        "start": grid.start,
        "fixed": grid.fixed,
        "logs": logs,
        "possible": grid.possible,
        "counts": grid.counts,
    }


def packed(grid: Grid, logs: Array) -> bytes:
    """Squeeze a grid, and what makes the shares of the causes."""
    rows = [
        np.ascontiguousarray(part).astype("<f8" if part.dtype.kind == "f" else "u1").tobytes()
        for name, part in parts(grid, logs).items()
        if name != "counts"
    ]
    apart = grid.counts
    for axis in DIFFERENCED:
        apart = np.diff(apart, axis=axis, prepend=np.int16(0))  # wraps around, and back
    folded = (apart << 1) ^ (apart >> 15)  # small numbers of either sign are small
    pairs = folded.astype("<i2").reshape(-1, 1).view(np.uint8)
    rows += [np.ascontiguousarray(pairs[:, byte]).tobytes() for byte in (0, 1)]
    return zlib.compress(b"".join(rows), 9)
