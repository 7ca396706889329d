r"""One answer from many completed trials, by Rubin's rules.

Every completed trial is analysed by the ANCOVA on runner means, and the answers are put together,

.. math:: T = \bar U + (1 + 1/m) B

(Rubin 1987, doi:10.1002/9780470316696) with the degrees of freedom of Barnard and Rubin (1999,
doi:10.1093/biomet/86.4.948) from those of the complete trial. Imputations come in pairs with
opposite errors: B is the variance between means of pairs and the mean square within them, and the
estimate's Monte Carlo error is that of the means of pairs.
"""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np

from hipstudy.analysis.ancova import TREATED
from hipstudy.analysis.imputation import (
    ANY,
    Completions,
    Limits,
    RunnerMeans,
    completions,
)
from hipstudy.arrays import Array

FEWEST, MOST = 100, 5000  # pairs of imputations
STEP = 50


@dataclass(frozen=True)
class PooledAnswer:
    """An answer put together from imputations."""

    estimate: float
    se: float
    df: float
    monte_carlo: float  # standard error of the estimate that the number of imputations leaves
    between: float  # share of the variance that lies between imputations


def pool(one: Completions, by: Array | None = None) -> PooledAnswer:
    """The answer with what was imputed moved by so much, by runner; by nothing if not given."""
    X = one.means.X
    q, r = np.linalg.qr(X)
    ends = one.ends_after(np.zeros(len(X)) if by is None else by)
    pairs, n, p = len(ends), *X.shape
    root = np.linalg.inv(r)
    values = ends @ (q @ root[TREATED])
    rest = ends - (ends @ q) @ q.T
    within = float(((rest**2).sum(axis=-1) / (n - p) * (root[TREATED] ** 2).sum()).mean())
    means, halves = values.mean(axis=1), (values[:, 0] - values[:, 1]) / 2
    among = float(means.var(ddof=1)) + float((halves**2).mean())
    # Nothing was imputed: what is left between is rounding.
    among = 0.0 if one.means.has_end.all() else among
    extra = (1 + 1 / (2 * pairs)) * among
    whole = within + extra
    df = barnard_rubin(extra / whole, 2 * pairs, n - p)
    monte_carlo = sqrt(float(means.var(ddof=1)) / pairs)
    return PooledAnswer(float(means.mean()), sqrt(whole), df, monte_carlo, extra / whole)


def barnard_rubin(share: float, m: int, complete: int) -> float:
    """Degrees of freedom when a share of the variance lies between imputations."""
    # Nothing was imputed: the analysis is the complete one.
    if share < np.finfo(float).eps:
        return complete
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    return 1 / (share**2 / (m - 1) + 1 / observed)


def enough_completions(
    means: RunnerMeans,
    method: str,
    *,
    seed: int,
    limits: Limits = ANY,
    step: float = 0.01,
    most: int = MOST,
) -> Completions:
    """So many pairs that the printed digits stand.

    ``step`` is one of the last printed digit: twice the Monte Carlo error of the estimate is below
    half of it, or ``most`` pairs are drawn.
    """
    first = completions(means, method, FEWEST, seed=seed, limits=limits)
    error = pool(first).monte_carlo * sqrt(FEWEST)
    # What the first say of their own error is an estimate itself: a fifth more.
    needed = min(ceil(1.2 * (4 * error / step) ** 2 / STEP) * STEP, most)
    if needed <= FEWEST:
        return first
    return completions(means, method, needed, seed=seed, limits=limits)
