"""Pairs of baseline and follow-up that do not go together.

Limbs that start stiff stay stiffer than others. Means of runners, arms' means taken off, are
compared by Spearman's rank correlation r, so that one slip of the pen matters little. The rule is
a correlation of ``least`` or more; r is beyond chance where atanh(r) is below atanh(least) by more
than its normal quantile, with the variance 1.06 / (n - 3) of Fieller and Pearson (Biometrika 1961).
"""

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy.arrays import Array
from hipstudy.cohort_file.integrity.reading_grid import FEWEST, ReadingGrid, week_words
from hipstudy.cohort_file.integrity.result import IntegrityResult, level, look

CHECK = "no_correlation"
# Instruments: an ICC of 0.75, good in the words of Koo and Li (2016), and changes that differ
# between people by 0.75 SD of what they differ at baseline: 0.75 / sqrt(1 + 0.75**2) = 0.6.
# Ratings: less than none, because over 20 trials correlations of pain at baseline and follow-up
# came down to 0.04 (leg pain, 3 of them: 0.04 to 0.34; Walters 2019, Trials 20:566, table 5).
LEAST_INSTRUMENT = 0.6
LEAST_RATING = 0.0
# How the check's chance is dealt: instruments over all arms, instruments in one arm, ratings.
_PARTS = {"instruments": 0.5, "one arm": 0.25, "ratings": 0.25}
_INFLATION = 1.06


def find_uncorrelated(cells: ReadingGrid) -> list[IntegrityResult]:
    """Every measured column at every later visit with the first; instruments in each arm too."""
    looks: dict[str, list[tuple[str, int, _Pairs]]] = {part: [] for part in _PARTS}
    for visit in range(1, len(cells.weeks)):
        for column in (*cells.instruments, *cells.ratings):
            together, arms = _pairs(cells, cells.comparable_values(column), visit)
            is_tool = column in cells.instruments
            for pairs in together:
                looks["instruments" if is_tool else "ratings"].append((column, visit, pairs))
            looks["one arm"] += [(column, visit, pairs) for pairs in arms if is_tool]
    return [
        _look(cells, _PARTS[part] * level(len(those)), *one)
        for part, those in looks.items()
        for one in those
    ]


@dataclass(frozen=True, eq=False)
class _Pairs:
    """First and later means of runners, who they are, and how many means were taken off."""

    first: Array
    later: Array
    who: NDArray[np.int64]
    n_means: int


def _pairs(cells: ReadingGrid, values: Array, visit: int) -> tuple[list[_Pairs], list[_Pairs]]:
    """All who have both visits, arms' means taken off; and those of each arm, of two or more."""
    both = np.isfinite(values[:, 0]) & np.isfinite(values[:, visit])
    who = np.flatnonzero(both.any(axis=1))
    n = both[who].sum(axis=1)
    first, later = (np.where(both, values[:, at], 0.0)[who].sum(axis=1) / n for at in (0, visit))
    arm = np.nan_to_num(cells.arm[who, 0], nan=-1.0).max(axis=1)
    codes, group = np.unique(arm, return_inverse=True)
    if len(who) < FEWEST + len(codes):
        return [], []
    sizes = np.bincount(group)
    around = [one - (np.bincount(group, weights=one) / sizes)[group] for one in (first, later)]
    together = _Pairs(around[0], around[1], who, len(codes))
    own = [group == code for code, size in enumerate(sizes) if size >= FEWEST]
    arms = [_Pairs(first[one], later[one], who[one], 1) for one in own]
    return [together], arms if len(codes) > 1 else []


def _look(
    cells: ReadingGrid, alpha: float, column: str, visit: int, pairs: _Pairs
) -> IntegrityResult:
    least = LEAST_INSTRUMENT if column in cells.instruments else LEAST_RATING
    n = len(pairs.who)
    r = rank_correlation(pairs.first, pairs.later)
    spread = np.sqrt(_INFLATION / max(1, n - 2 - pairs.n_means))
    limit = np.tanh(np.arctanh(least) + scipy.special.ndtri(alpha) * spread)
    places = cells.places[pairs.who, visit]
    return look(
        CHECK, (column,), week_words(cells.weeks[visit]), statistic=r, limit=limit, n=n,
        places=places[places >= 0], is_beyond=bool(r < limit),
    )  # fmt: skip


def rank_correlation(one: Array, other: Array) -> float:
    """Spearman's correlation; NaN where one of them does not vary.

    Examples
    --------
    >>> rank_correlation(np.array([1.0, 2, 5]), np.array([2.0, 3, 4]))
    1.0
    """
    ranks = [_ranks(values) for values in (one, other)]
    a, b = (each - each.mean() for each in ranks)
    # Halves, whose sums of products are exact in any order: without a library that starts threads.
    aa, bb, ab = (float((x * y).sum()) for x, y in ((a, a), (b, b), (a, b)))
    size = np.sqrt(aa * bb)
    return float(ab / size) if size > 0 else np.nan


def _ranks(values: Array) -> Array:
    """Ranks from 1, ties sharing their mean."""
    _, group, counts = np.unique(np.round(values, 9), return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[group]
