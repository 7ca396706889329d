r"""The interval of an intraclass correlation, exact for normal values in groups of any sizes.

With fixed effects X and a random effect of each group, let :math:`\lambda_i` be the eigenvalues of
the groups' cross products after X, and :math:`t_i` the sums of values along them. For the true
ratio :math:`\rho` of the variance between groups to that within them,

.. math:: F(\rho) = \frac{r}{q\,S_e} \sum_i \frac{t_i^2}{\lambda_i (1 + \lambda_i \rho)}

follows the F law with q and r degrees of freedom, where :math:`S_e` is the residual sum of squares
with groups taken out and r its degrees of freedom (Wald 1940; Harville and Fenech 1985,
doi:10.2307/2530650). The interval holds every :math:`\rho` that the two-sided F test does not
reject. With groups of one size m it is the textbook one, of mean squares: with
:math:`F_0 = MS_b / MS_w` each end is :math:`(F_0 / F - 1) / (F_0 / F - 1 + m)`.
"""

from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.estimate import level
from hipstudy.arrays import Array

if TYPE_CHECKING:
    from collections.abc import Callable

_SMALL = 1e-9  # of the largest eigenvalue; a share of the way between the ends that can be


def icc_interval(
    values: Array, design: Array, groups: Array, alpha: float | None = None
) -> tuple[float, float]:
    """Both ends; below 0 where those of a group are less alike than chance makes them.

    Parameters
    ----------
    values
        One a row.
    design
        The fixed effects, (rows, columns), the constant among them.
    groups
        Which rows belong together: whole numbers from 0.
    alpha
        Error rate; the default plan's where none is given.

    Returns
    -------
    tuple
        NaN where nothing is left between groups or within them.

    Examples
    --------
    Six targets read by four judges (Shrout and Fleiss 1979, table 2):

    >>> read = [9, 2, 5, 8, 6, 1, 3, 2, 8, 4, 6, 8, 7, 1, 2, 6, 10, 5, 6, 9, 6, 2, 4, 7]
    >>> target = np.repeat(np.arange(6), 4)
    >>> low, high = icc_interval(np.array(read, float), np.ones((24, 1)), target, 0.05)
    >>> round(low, 3), round(high, 3)
    (-0.133, 0.723)
    """
    from scipy import stats

    basis, size, _ = np.linalg.svd(design, full_matrices=False)
    basis = basis[:, size > _SMALL * size[0]]
    rest = values - basis @ (basis.T @ values)
    weights, sums, q = _between_groups(rest, basis, groups)
    r = len(values) - basis.shape[1] - q
    within = float(rest @ rest - (sums / weights).sum())
    if q < 1 or r < 1 or within <= _SMALL * float(rest @ rest):
        return np.nan, np.nan

    def statistic(icc: float) -> float:
        ratio = icc / (1 - icc)
        return float((sums / (weights * (1 + weights * ratio))).sum()) * r / (q * within)

    tail = (1 - level(alpha)) / 2
    limits = [float(stats.f.ppf(p, q, r)) for p in (1 - tail, tail)]
    # Below this no covariance of a group is one.
    lowest = -1 / (weights.max() - 1) if weights.max() > 2 else -1.0
    low, high = (_root(statistic, limit, lowest) for limit in limits)
    return low, high


def _between_groups(rest: Array, basis: Array, groups: Array) -> tuple[Array, Array, int]:
    """Eigenvalues of the groups' cross products after the fixed effects, squared sums, how many.

    Groups of one size with fixed effects of whole groups have one eigenvalue, their size; it stands
    once, with the sum of all squares, so that many thousands of groups cost no more than few.
    """
    sizes = np.bincount(groups)
    totals = np.bincount(groups, weights=rest)
    of_groups = np.stack([np.bincount(groups, weights=column) for column in basis.T], axis=1)
    is_even = (sizes == sizes[0]).all()
    if is_even and np.allclose(basis, of_groups[groups] / sizes[0], rtol=0, atol=_SMALL):
        q = len(sizes) - basis.shape[1]
        return np.array([sizes[0]]) * 1.0, np.array([totals @ totals]), q
    eigenvalues, vectors = np.linalg.eigh(np.diag(sizes) - of_groups @ of_groups.T)
    is_there = eigenvalues > _SMALL * len(rest)
    weights = eigenvalues[is_there]
    return weights, (vectors.T @ totals)[is_there] ** 2, len(weights)


def _root(statistic: "Callable[[float], float]", limit: float, lowest: float) -> float:
    """Where the falling statistic meets a limit; an end where it does not."""
    from scipy.optimize import brentq

    step = _SMALL * (1 - lowest)
    low, high = lowest + step, 1 - step
    if statistic(low) <= limit:
        return lowest
    if statistic(high) >= limit:
        return 1.0
    return float(brentq(lambda icc: statistic(icc) - limit, low, high, xtol=1e-12))
