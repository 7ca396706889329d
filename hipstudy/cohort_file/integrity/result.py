"""What one look at a file's data gives, and how much chance all looks together may have.

A file that is as measured must seldom be asked about: over all looks, fewer than one in a hundred.
Eight checks share ``TOTAL`` equally, and each splits its part over all it looks at (Bonferroni), so
the chance of any flag stays below ``TOTAL`` however the looks depend on each other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CHECKS = (
    "no_correlation",
    "repeated_rows",
    "last_digits",
    "long_runs",
    "unlike_spread",
    "swapped_sides",
    "same_person",
    "visit_order",
)
TOTAL = 0.01  # most chance of any flag on a file that is as measured
SHARE = TOTAL / len(CHECKS)


def level(n_looks: int) -> float:
    """Chance that one of so many looks of a check may have.

    Examples
    --------
    >>> level(1), level(10)
    (0.00125, 0.000125)
    """
    return SHARE / max(1, n_looks)


@dataclass(frozen=True)
class IntegrityResult:
    """One look.

    Parameters
    ----------
    check
        One of ``CHECKS``.
    columns
        What was looked at, by names of the format.
    where
        Which part of it, such as ``week 12``; empty for all.
    statistic, limit
        What is compared with what; the check says in which direction.
    n
        How many it is from: runners, rows, pairs or steps, by the check.
    places
        Places of the rows, from 0, that are beyond the limit; empty where none is.
    is_beyond
        Whether the statistic is beyond its limit.
    """

    check: str
    columns: tuple[str, ...]
    where: str
    statistic: float
    limit: float
    n: int
    places: tuple[int, ...] = ()
    is_beyond: bool = False


def look(
    check: str,
    columns: Sequence[str],
    where: str,
    *,
    statistic: float,
    limit: float,
    n: int,
    places: "np.ndarray | Sequence[int]" = (),
    is_beyond: bool,
) -> IntegrityResult:
    """A result of plain numbers, with the places of its rows only where it is beyond the limit."""
    rows = np.asarray(places if is_beyond else (), dtype=np.int64)
    return IntegrityResult(
        check,
        tuple(columns),
        where,
        float(statistic),
        float(limit),
        int(n),
        tuple(np.flatnonzero(np.bincount(rows)).tolist()),  # in order, each once
        bool(is_beyond),
    )
