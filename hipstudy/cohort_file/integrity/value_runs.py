"""One value that stands too often one below the other.

*Instruments*: given that the readings above are equal, the next is equal with a chance p: the
larger of the share of neighbours that are equal, outside the longest run, and of the chance of a
reading on its runner's very mean, h / (s sqrt(2 pi)) for a step h and an SD s within runners. Over
n readings, n p**(L - 1) runs of L are expected. *Ratings*: people stay at an end of the scale, so a
run is counted in whole runners and not in rows; p is the largest share, over arms and visits, of
those whose rows all have that value. A file that is sorted by the very column has no such look.
"""

import numpy as np
import pandas as pd

from hipstudy.arrays import Array
from hipstudy.cohort_file.integrity.baseline_correlation import rank_correlation
from hipstudy.cohort_file.integrity.reading_grid import FEWEST, ReadingGrid
from hipstudy.cohort_file.integrity.result import IntegrityResult, level, look

CHECK = "long_runs"
_SORTED = 0.9  # correlation of a column with its row's place
_CERTAIN = 0.95  # a chance as high as this or higher makes no run surprising


def find_long_runs(cells: ReadingGrid) -> list[IntegrityResult]:
    """The longest run of every measured column."""
    names = [*cells.instruments, *cells.ratings]
    alpha = level(len(names))
    looks = [
        _of_readings(cells, name, alpha) if name in cells.instruments
        else _of_runners(cells, name, alpha)
        for name in names
    ]  # fmt: skip
    return [one for one in looks if one is not None]


def _of_readings(cells: ReadingGrid, name: str, alpha: float) -> IntegrityResult | None:
    known = cells.rows[name].dropna()
    values = known.to_numpy(float)
    if abs(rank_correlation(values, np.arange(len(values), dtype=float))) > _SORTED:
        return None
    start, length = longest_run(values)
    same = np.diff(values) == 0
    same[start : start + length - 1] = False
    share = (same.sum() + 1) / (len(same) - length + 3)
    sd, step = cells.within_sd[name], cells.step[name]
    at_mean = step / (np.sqrt(2 * np.pi) * sd) if sd > 0 else 1.0
    chance = min(max(share, at_mean), _CERTAIN)
    limit = 1 + np.floor(np.log(alpha / len(values)) / np.log(chance))
    return look(
        CHECK, (name,), "rows", statistic=length, limit=limit, n=len(values),
        places=known.index.to_numpy()[start : start + length], is_beyond=length > limit,
    )  # fmt: skip


def longest_run(values: Array) -> tuple[int, int]:
    """Where the longest run of equal values begins, and how long it is.

    Examples
    --------
    >>> longest_run(np.array([1.0, 2, 2, 2, 3]))
    (1, 3)
    """
    starts = np.flatnonzero(np.append(True, np.diff(values) != 0))
    lengths = np.diff(np.append(starts, len(values)))
    longest = int(np.argmax(lengths))
    return int(starts[longest]), int(lengths[longest])


def _of_runners(cells: ReadingGrid, name: str, alpha: float) -> IntegrityResult | None:
    known = cells.rows[cells.rows[name].notna()]
    values, runner = known[name].to_numpy(float), known["runner"].to_numpy()
    if abs(rank_correlation(values, np.arange(len(values), dtype=float))) > _SORTED:
        return None
    block = np.cumsum(np.append(True, np.diff(runner) != 0)) - 1
    firsts = np.flatnonzero(np.append(True, np.diff(block) != 0))
    is_whole = np.minimum.reduceat(values, firsts) == np.maximum.reduceat(values, firsts)
    # A block that has several values is a value of its own, and ends a run.
    one = np.where(is_whole, values[firsts], 1e6 + np.arange(len(firsts)))
    start, length = longest_run(one)
    rest = np.ones(len(firsts), dtype=bool)
    rest[start : start + length] = False
    hit = pd.Series(one[rest] == one[start], dtype=float)
    group = [known["arm_code"].to_numpy()[firsts][rest], known["week"].to_numpy()[firsts][rest]]
    table = hit.groupby(group).agg(["sum", "size"])
    shares = (table["sum"] + 1) / (table["size"] + 2)
    all_of_them = (hit.sum() + 1) / (len(hit) + 2)
    chance = min(max([all_of_them, *shares[table["size"] >= FEWEST]]), _CERTAIN)
    limit = np.floor(np.log(alpha / len(firsts)) / np.log(chance))
    inside = (block >= start) & (block < start + length)
    return look(
        CHECK, (name,), "runners", statistic=length, limit=max(limit, 1), n=len(firsts),
        places=known.index.to_numpy()[inside], is_beyond=length > max(limit, 1),
    )  # fmt: skip
