"""The causes' shares for every weight at once, so that a page mixes them as the library does."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hipstudy.model.causes import WORLDS, cause_shares

LEVELS = tuple(np.arange(0, 10.5, 0.5).tolist())


def shares_by_level(levels: Sequence[float], n_draws: int, *, seed: int) -> NDArray[np.float64]:
    """What the causes' shares are made of, for every weight: logarithms, (levels, draws, worlds).

    Exponentials of one level a world, over their sum, are ``causes.cause_shares`` of these
    weights: the logarithms are read off its ratios, two causes at a time, up to a constant of each
    draw that the sum takes away. A weight of 0 has minus infinity, and so has one so small
    (below about 0.02) that the library's own share is too small to be held.
    """

    def ratio(world: int, weight: float, against: int) -> NDArray[np.float64]:
        concentration = np.zeros(len(WORLDS))
        concentration[[world, against]] = weight, 1
        shares = cause_shares(concentration.tolist(), n_draws, seed=seed)
        with np.errstate(divide="ignore"):
            return np.log(shares[:, world]) - np.log(shares[:, against])

    second = ratio(1, 1.0, 0)
    logs = np.full((len(levels), n_draws, len(WORLDS)), -np.inf)
    for place, weight in enumerate(levels):
        for world in range(len(WORLDS)) if weight > 0 else ():
            apart = ratio(world, weight, 0) if world else ratio(0, weight, 1) + second
            logs[place, :, world] = apart
    return logs
