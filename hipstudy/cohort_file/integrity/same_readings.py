"""Rows that are written again: single ones, and blocks of them.

A whole row counts as written again where every instrument and rating in it stands in another row.
Only instruments are evidence. *Single rows*: by chance so many pairs of rows are equal as there
are pairs with the same ratings, times the chance that two readings of each instrument are equal,
more where instruments go together (1 / sqrt(det R), R their correlations: exact for normal ones);
the number of pairs is held against Poisson's law. *Blocks*: rows that stand one below the other and
are equal, row by row, to others further down. Given all before it, a further row is equal with a
chance of at most the product of ``equal_by_chance``; over all pairs of places and lengths the
expected number of such blocks is below the level, or the block is said.
"""

import numpy as np
import scipy

from hipstudy.arrays import Array
from hipstudy.cohort_file.integrity.reading_grid import ReadingGrid, equal_by_chance
from hipstudy.cohort_file.integrity.result import IntegrityResult, level, look
from hipstudy.cohort_file.integrity.row_keys import Keys, keys_of, n_pairs, pair_keys

CHECK = "repeated_rows"
_LONGEST = 32  # rows of a block; a longer one has blocks of so many
_TWICE = 2.0  # so many times what chance has, at least, for single rows to be said


def find_repeated_rows(cells: ReadingGrid) -> list[IntegrityResult]:
    """Single rows, and blocks of rows."""
    rows = cells.rows
    rows = rows[rows[list(cells.instruments)].notna().any(axis=1)]
    if len(rows) < 2 or not cells.instruments:
        return []
    values = {name: rows[name].to_numpy(float) for name in (*cells.instruments, *cells.ratings)}
    keys = keys_of(values.values(), len(rows))
    at, runner = rows.index.to_numpy(), rows["runner"].to_numpy(np.int64)
    instruments = {name: values[name] for name in cells.instruments}
    ratings = [values[name] for name in cells.ratings]
    return [
        _single(cells, keys, instruments, ratings, runner, at),
        _blocks(cells, keys, instruments, at),
    ]


def _single(
    cells: ReadingGrid,
    keys: Keys,
    instruments: dict[str, Array],
    ratings: list[Array],
    runner: Keys,
    at: np.ndarray,
) -> IntegrityResult:
    n = len(keys)
    which = keys_of((np.isfinite(one).astype(float) for one in instruments.values()), n)
    alike = pair_keys(keys_of(ratings, n), which)
    expected = 0.0
    for pattern in np.unique(which):
        own = which == pattern
        names = [name for name, one in instruments.items() if np.isfinite(one[own][0])]
        same_runner = n_pairs(pair_keys(alike[own], runner[own]))
        others = n_pairs(pair_keys(alike[own], np.zeros(int(own.sum()), dtype=np.int64)))
        expected += (others - same_runner) * _all_equal(cells, instruments, names)
        expected += same_runner * np.prod([equal_by_chance(cells, name) for name in names])
    count = n_pairs(keys)
    alpha = level(2)
    again = np.bincount(keys)[keys] > 1
    is_beyond = count > 0 and scipy.special.pdtrc(count - 1, expected) < alpha
    limit = _poisson_limit(expected, alpha)
    return look(
        CHECK, tuple(instruments), "single rows", statistic=count,
        limit=max(limit, _TWICE * expected), n=n, places=at[again],
        is_beyond=bool(is_beyond and count > _TWICE * expected),
    )  # fmt: skip


def _poisson_limit(expected: float, alpha: float) -> float:
    """Most pairs that chance may have: more of them come with less than the level."""
    return float(np.ceil(scipy.special.pdtrik(1 - alpha, max(expected, 1e-9))))


def _all_equal(cells: ReadingGrid, instruments: dict[str, Array], names: list[str]) -> float:
    """Chance that the readings of two runners are equal in all of these instruments."""
    chance = 1.0
    for name in names:
        known = instruments[name][np.isfinite(instruments[name])]
        pairs = len(known) * (len(known) - 1) / 2
        by_count = n_pairs(keys_of([known], len(known))) / max(pairs, 1)
        chance *= max(by_count, 1 / max(pairs, 1))
    table = cells.rows[names].corr().fillna(0).to_numpy() if len(names) > 1 else np.eye(1)
    return float(min(1.0, chance / np.sqrt(max(np.linalg.det(table), 1e-4))))


def _blocks(
    cells: ReadingGrid, keys: Keys, instruments: dict[str, Array], at: np.ndarray
) -> IntegrityResult:
    """The block that chance has least."""
    n = len(keys)
    evidence = np.zeros(n)
    for name, one in instruments.items():
        evidence -= np.isfinite(one) * np.log10(equal_by_chance(cells, name))
    so_far = np.concatenate([[0.0], np.cumsum(evidence)])
    allowed = -np.log10(level(2)) + np.log10(n * (n - 1) / 2 * _LONGEST)
    best, places = 0.0, np.zeros(0, dtype=np.int64)
    ids, width = keys, 1  # of blocks as long as a power of two
    for length in range(1, min(_LONGEST, n // 2) + 1):
        if length == 2 * width:
            ids, width = pair_keys(ids[:-width], ids[width:]), length
        blocks = ids[: n - length + 1]
        if length > width:
            blocks = pair_keys(blocks, ids[length - width : n - width + 1])
        first, last = _ends(blocks)
        again = last - first >= length  # of a block: it does not overlap itself
        if not again.any():
            break
        sums = so_far[length:] - so_far[:-length]
        best = max(best, float(sums[again].max()))
        starts = np.flatnonzero(again & (sums > allowed))
        places = np.append(places, (starts[:, np.newaxis] + np.arange(length)).ravel())
    return look(
        CHECK, tuple(instruments), "blocks of rows", statistic=best, limit=allowed, n=n,
        places=at[np.unique(places)], is_beyond=best > allowed,
    )  # fmt: skip


def _ends(blocks: Keys) -> tuple[np.ndarray, np.ndarray]:
    """First and last place of a block that is the same as each."""
    where = np.arange(len(blocks))
    first = np.full(int(blocks.max(initial=-1)) + 1, len(blocks))
    last = np.zeros_like(first)
    np.minimum.at(first, blocks, where)
    np.maximum.at(last, blocks, where)
    return first[blocks], last[blocks]
