"""Numbers for rows that are the same: the ground of all checks by equality, without any loop."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.arrays import Array

Keys = NDArray[np.int64]


def keys_of(columns: Iterable[Array], n: int) -> Keys:
    """One number a row, the same for rows that are equal in every column; NaN equals NaN.

    Examples
    --------
    >>> keys_of([np.array([1.0, 1, 2]), np.array([5.0, 5, 5])], 3).tolist()
    [0, 0, 1]
    """
    keys = np.zeros(n, dtype=np.int64)
    for values in columns:
        codes = pd.factorize(values, use_na_sentinel=False)[0]
        keys = pair_keys(keys, codes.astype(np.int64))
    return keys


def pair_keys(one: Keys, other: Keys) -> Keys:
    """One number for every pair of numbers from 0."""
    if not len(one):
        return one
    return pd.factorize(one * (int(other.max()) + 1) + other)[0].astype(np.int64)


def n_pairs(keys: Keys) -> float:
    """How many pairs of rows have the same number.

    Examples
    --------
    >>> n_pairs(np.array([0, 0, 0, 1]))
    3.0
    """
    counts = np.bincount(keys) if len(keys) else np.zeros(0)
    return float((counts * (counts - 1) / 2).sum())
