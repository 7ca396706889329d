"""Arms whose spread is unlike at baseline.

A lot deals people to arms, so at baseline arms have the same spread but for chance. Means of
runners are compared by the test of Brown and Forsythe (1974), analysis of variance of distances
from the arm's median; small samples that are beyond its limit are held against random exchanges of
the arms as well, and the larger p-value counts. Later visits are not compared: treatment may change
the spread.
"""

import numpy as np
import scipy

from hipstudy.arrays import Array
from hipstudy.cohort_file.integrity.reading_grid import FEWEST, ReadingGrid, week_words
from hipstudy.cohort_file.integrity.result import IntegrityResult, level, look

CHECK = "unlike_spread"
_TOOLS = 0.75  # of the check's chance is for instruments
_FEW = 20  # runners of an arm: with more the F distribution is good, and not too lenient
_BLOCK = 500
_SEED = 20


def find_unlike_spread(cells: ReadingGrid) -> list[IntegrityResult]:
    """Every measured column at the first visit, arm against arm."""
    if not cells.weeks:
        return []
    looks = []
    for column in (*cells.instruments, *cells.ratings):
        values, arm = cells.values(column)[:, 0], cells.arm[:, 0]
        both = np.isfinite(values) & np.isfinite(arm)
        own = both & (arm == np.nanmin(np.where(both, arm, np.inf), axis=1)[:, np.newaxis])
        groups = [
            np.flatnonzero((own & (arm == code)).any(axis=1)) for code in np.unique(arm[both])
        ]
        groups = [who for who in groups if len(who) >= FEWEST]
        if len(groups) > 1:
            mean = np.where(own, values, 0).sum(axis=1) / np.maximum(own.sum(axis=1), 1)
            looks.append((column, [mean[who] for who in groups], groups))
    n_tools = sum(column in cells.instruments for column, *_ in looks)
    parts = {True: (_TOOLS, n_tools), False: (1 - _TOOLS, len(looks) - n_tools)}
    results = []
    for column, samples, groups in looks:
        share, n_looks = parts[column in cells.instruments]
        results.append(_look(cells, share * level(n_looks), column, samples, groups))
    return results


def _look(
    cells: ReadingGrid, alpha: float, column: str, samples: list[Array], groups: list[np.ndarray]
) -> IntegrityResult:
    sizes = np.array([len(one) for one in samples])
    pooled = np.concatenate(samples)
    f = float(brown_forsythe(pooled[np.newaxis], sizes)[0])
    between, within = len(sizes) - 1, int(sizes.sum()) - len(sizes)
    limit = float(scipy.special.fdtri(between, within, 1 - alpha))
    is_beyond = f > limit and (sizes.min() > _FEW or _by_exchange(samples, f, alpha))
    narrow = groups[int(np.argmin([one.std() for one in samples]))]
    places = cells.places[narrow, 0]
    return look(
        CHECK, (column,), week_words(cells.weeks[0]), statistic=f, limit=limit, n=len(pooled),
        places=places[places >= 0], is_beyond=is_beyond,
    )  # fmt: skip


def brown_forsythe(pooled: Array, sizes: np.ndarray) -> Array:
    """F of the distances from the medians of arms that stand one after the other, (samples,).

    Parameters
    ----------
    pooled
        Values, (samples, people).
    sizes
        People of each arm.
    """
    ends = np.cumsum(sizes)
    parts = np.split(pooled, ends[:-1], axis=1)
    far = [np.abs(one - np.median(one, axis=1, keepdims=True)) for one in parts]
    n = int(ends[-1])
    mean = np.concatenate(far, axis=1).mean(axis=1)
    between = sum(one.shape[1] * (one.mean(axis=1) - mean) ** 2 for one in far)
    within = sum(((one - one.mean(axis=1, keepdims=True)) ** 2).sum(axis=1) for one in far)
    scale = (n - len(sizes)) / (len(sizes) - 1)
    return np.asarray(scale * between / np.maximum(within, 1e-12))


def _by_exchange(samples: list[Array], f: float, alpha: float) -> bool:
    """Whether random arms of people around their arms' medians seldom differ as much."""
    rng = np.random.default_rng(_SEED)
    around = np.concatenate([one - np.median(one) for one in samples])
    sizes = np.array([len(one) for one in samples])
    n_draws, beyond = int(np.ceil(2 / alpha)), 0
    for _ in range(0, n_draws, _BLOCK):
        drawn = rng.permuted(np.tile(around, (_BLOCK, 1)), axis=1)
        beyond += int((brown_forsythe(drawn, sizes) >= f).sum())
        if beyond + 1 > alpha * n_draws:
            return False
    return True
