r"""Slopes freed of known errors of measurement, for many cohorts at once.

With x measured with error, z without, and both taken about z,

.. math:: \beta = (S_{xx} - S_e)^{-1} (S_{xy} - S_{ey})

(method of moments with known error covariance: Fuller 1987, *Measurement Error Models*, section
2.2, doi:10.1002/9780470316665), S with n - q degrees of freedom for q columns of z, and
:math:`S_e, S_{ey}` the means of the rows' error covariances. The standard error is the jackknife's
over rows (Efron and Stein 1981, doi:10.1214/aos/1176345462).

Guarded by (tests/test_changes.py): test_the_correction_is_the_formula_done_by_hand,
test_the_true_slope_is_recovered_where_the_ordinary_one_is_flattened.
"""

import numpy as np
from numpy.typing import NDArray

from hipstudy.analysis.least_squares import LEAST_CONDITION

Array = NDArray[np.float64]


def corrected(y: Array, x: Array, z: Array, of_x: Array, of_xy: Array) -> tuple[Array, Array]:
    """Corrected slopes and their jackknife standard errors, (cohorts, p) each.

    Parameters
    ----------
    y
        (cohorts, n).
    x
        With error, (cohorts, n, p).
    z
        Without, the intercept among it, (cohorts, n, q).
    of_x, of_xy
        Error covariance of every row's x, (cohorts, n, p, p), and of its x with y, (cohorts, n, p).

    Returns
    -------
    tuple
        NaN where the corrected matrix is not positive definite, with everybody or without any
        single row.
    """
    n, q = z.shape[1:]
    W = np.concatenate([z, x - x.mean(axis=1, keepdims=True)], axis=-1)
    y = y - y.mean(axis=1, keepdims=True)
    M = _without_each(W[..., :, np.newaxis] * W[..., np.newaxis, :])
    v = _without_each(W * y[..., np.newaxis])
    size = np.array([n, *[n - 1] * n])[:, np.newaxis]  # everybody, then without each
    left = (size - q) / size
    scale = np.sqrt(np.maximum(np.diagonal(M, axis1=-2, axis2=-1), LEAST_CONDITION))
    M[..., q:, q:] -= left[..., np.newaxis] * _without_each(of_x)
    v[..., q:] -= left * _without_each(of_xy)
    M /= scale[..., :, np.newaxis] * scale[..., np.newaxis, :]
    fine = (np.linalg.eigvalsh(M)[..., 0] > LEAST_CONDITION).all(axis=1) & (n - 1 > W.shape[-1])
    M = np.where(fine[:, np.newaxis, np.newaxis, np.newaxis], M, np.eye(W.shape[-1]))
    beta = (np.linalg.solve(M, (v / scale)[..., np.newaxis])[..., 0] / scale)[..., q:]
    spread = beta[:, 1:] - beta[:, 1:].mean(axis=1, keepdims=True)
    se = np.sqrt((n - 1) / n * (spread**2).sum(axis=1))
    nothing = np.where(fine, 0, np.nan)[:, np.newaxis]
    return beta[:, 0] + nothing, se + nothing


def _without_each(values: Array) -> Array:
    """Sum over rows, then the sums without each of them, along axis 1."""
    total = values.sum(axis=1, keepdims=True)
    return np.concatenate([total, total - values], axis=1)
