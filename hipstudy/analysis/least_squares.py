"""Ordinary least squares of many trials at once, with rows that may be missing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hipstudy.arrays import Array, Flags

LEAST_CONDITION = 1e-10  # reciprocal condition below which a design has no unique answer


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """Least squares of every trial."""

    beta: Array  # coefficients, (trials, p); NaN where the design gives no unique answer
    inverse: Array  # ``(X'X)^-1``, (trials, p, p)
    variance: Array  # residual variance ``RSS / (n - p)``, (trials,)
    n: NDArray[np.int64]  # rows, (trials,)

    def se(self, k: int) -> Array:
        """Standard error of coefficient k, (trials,)."""
        return np.sqrt(self.variance * self.inverse[:, k, k])


def scaled(values: Array, where: Flags) -> tuple[Array, Array]:
    """Values with mean 0 and SD 1 over the flagged rows of every trial, and SDs, (trials, 1).

    Values are 0 elsewhere, and where all are the same: then the SD counts as 1.
    """
    n = np.maximum(where.sum(axis=-1, keepdims=True), 1)
    there = np.where(where, values, 0)
    off = np.where(where, there - there.sum(axis=-1, keepdims=True) / n, 0)
    sd = np.sqrt((off**2).sum(axis=-1, keepdims=True) / n)
    size = np.abs(there).max(axis=-1, keepdims=True, initial=0)
    flat = sd <= np.finfo(float).eps * n * size
    sd = np.where(flat, 1, sd)
    return np.where(flat, 0, off / sd), sd


def centred(values: Array, where: Flags) -> Array:
    """The values of ``scaled``: moves no coefficient but the intercept, and designs stay good."""
    return scaled(values, where)[0]


def centred_columns(columns: Array, where: Flags) -> list[Array]:
    """Each of the last axis as by ``centred``, (trials, rows) each."""
    return [centred(columns[..., k], where) for k in range(columns.shape[-1])]


def fit(y: Array, X: Array, where: Flags) -> LeastSquares:
    """Fit every trial over its flagged rows.

    ``y`` and ``where``, the rows that count, are (trials, rows); ``X`` is (trials, rows, p) and
    well scaled, as by ``centred``.
    """
    there = np.where(where[..., np.newaxis], X, 0)
    values = np.where(where, y, 0)
    p = X.shape[-1]
    n = where.sum(axis=-1)
    cross = np.swapaxes(there, -1, -2) @ there
    eigen = np.linalg.eigvalsh(cross)
    unique = (eigen[:, 0] > LEAST_CONDITION * eigen[:, -1]) & (n > p)
    inverse = np.linalg.inv(np.where(unique[:, np.newaxis, np.newaxis], cross, np.eye(p)))
    beta = (inverse @ (np.swapaxes(there, -1, -2) @ values[..., np.newaxis]))[..., 0]
    residual = values - (there @ beta[..., np.newaxis])[..., 0]
    # Once more on what is left: the rounding of the normal equations is gone.
    again = (inverse @ (np.swapaxes(there, -1, -2) @ residual[..., np.newaxis]))[..., 0]
    residual = residual - (there @ again[..., np.newaxis])[..., 0]
    variance = (residual**2).sum(axis=-1) / np.maximum(n - p, 1)
    missing = np.where(unique, 0, np.nan)
    return LeastSquares(beta + again + missing[:, np.newaxis], inverse, variance + missing, n)
