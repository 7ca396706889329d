r"""How bad the missing would have to be: the shift of imputed values at which the answer changes.

Runners of whom the end is missing get it from the regression of the ANCOVA, end ~ treatment +
baseline on runner means, with its uncertainty: coefficients and residual variance are drawn from
their posterior, then the value (Rubin 1987, doi:10.1002/9780470316696). In the treatment arm
:math:`\delta` is added to what was imputed (Cro et al. 2020, doi:10.1002/sim.8569). Every completed
trial is analysed by the ANCOVA, and the answers are put together by Rubin's rules,

.. math:: T = \bar U + (1 + 1/m) B

with the degrees of freedom of Barnard and Rubin (1999, doi:10.1093/biomet/86.4.948) from n - 3.
The draws are the same for every :math:`\delta`, so that the answer moves smoothly with it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.ancova import NOT_ENOUGH, TREATED
from hipstudy.analysis.estimate import Question, margin
from hipstudy.analysis.least_squares import centred, fit
from hipstudy.analysis.long_to_arrays import from_frame, mean_where
from hipstudy.arrays import Array

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Tipping:
    """Answers by shift, and where they change."""

    table: "pd.DataFrame"  # columns delta, estimate, ci_low, ci_high
    # The shift nearest to zero at which the conclusion (interval below, around or above zero) is no
    # longer that of no shift; infinite where none of those tried does it.
    delta: float
    # Runners whose end was imputed, and all.
    n_imputed: int
    n_runners: int
    note: str = ""  # why there is no answer; else empty


@dataclass(frozen=True, eq=False)
class _Imputed:
    """Completed trials without shift, (m, runners), and whose values a shift moves, (runners,)."""

    y: Array
    X: Array
    moves: Array

    def answer(self, delta: float) -> tuple[float, float, float]:
        """Estimate and interval with a shift."""
        m, n = self.y.shape
        X = np.broadcast_to(self.X, (m, *self.X.shape))
        fits = fit(self.y + delta * self.moves, X, np.ones((m, n), dtype=bool))
        values, within = fits.beta[:, TREATED], (fits.se(TREATED) ** 2).mean()
        between = (1 + 1 / m) * values.var(ddof=1)
        whole = within + between
        df = _barnard_rubin(between / whole, m, n - self.X.shape[-1])
        half = margin(np.sqrt(whole), df)
        value = float(values.mean())
        return value, value - half, value + half


def _barnard_rubin(share: float, m: int, complete: int) -> float:
    """Degrees of freedom when a share of the variance lies between imputations."""
    observed = (complete + 1) / (complete + 3) * complete * (1 - share)
    # Nothing was imputed: the analysis is the complete one.
    if share < np.finfo(float).eps:
        return complete
    return 1 / (share**2 / (m - 1) + 1 / observed)


def tipping(
    frame: "pd.DataFrame",
    question: Question,
    deltas: Sequence[float],
    *,
    rng: np.random.Generator,
    imputations: int = 200,
) -> Tipping:
    """Shift imputed end values of the treatment arm until the conclusion changes.

    Frame and question are as ``from_frame`` takes them. ``deltas`` are the shifts to show and to
    look between, in the outcome's unit; zero is added. The same state of the generator gives the
    same imputations, and the same answer.
    """
    import pandas as pd

    imputed, sizes = _impute(frame, question, imputations, rng)
    columns = ["delta", "estimate", "ci_low", "ci_high"]
    if imputed is None:
        return Tipping(pd.DataFrame(columns=columns, dtype=float), inf, *sizes, NOT_ENOUGH)
    shifts = sorted({0.0, *(float(delta) for delta in deltas)})
    rows = [(delta, *imputed.answer(delta)) for delta in shifts]
    up = _first_change(imputed, [d for d in shifts if d >= 0])
    down = _first_change(imputed, [d for d in reversed(shifts) if d <= 0])
    return Tipping(pd.DataFrame(rows, columns=columns), min(up, down, key=abs), *sizes)


def _impute(
    frame: "pd.DataFrame", question: Question, m: int, rng: np.random.Generator
) -> tuple[_Imputed | None, tuple[int, int]]:
    layout = from_frame(frame, question)
    both = layout.both
    has_end = both.any(axis=-1)
    # Where the end is missing, baseline is the mean of the limbs that have one.
    limbs = np.where(has_end[..., np.newaxis], both, ~np.isnan(layout.base))
    has_baseline = limbs.any(axis=-1)[0]
    x = centred(mean_where(layout.base, limbs), has_baseline[np.newaxis])[0, has_baseline]
    treated, has_end = layout.treated[0, has_baseline], has_end[0, has_baseline]
    y = mean_where(layout.later[..., layout.end], both)[0, has_baseline]
    X = np.stack([np.ones_like(x), treated, x], axis=-1)
    fits = fit(y[np.newaxis], X[np.newaxis], has_end[np.newaxis])
    sizes = (int((~has_end).sum()), len(has_end))
    if np.isnan(fits.beta).any():
        return None, sizes
    df = has_end.sum() - X.shape[-1]
    sigma = np.sqrt(df * fits.variance[0] / rng.chisquare(df, size=(m, 1)))
    root = np.linalg.cholesky(fits.inverse[0])
    beta = fits.beta[0] + sigma * (rng.standard_normal((m, X.shape[-1])) @ root.T)
    predictions = beta @ X.T + sigma * rng.standard_normal((m, len(has_end)))
    return _Imputed(np.where(has_end, y, predictions), X, np.where(has_end, 0, treated)), sizes


def _conclusion(imputed: _Imputed, delta: float) -> int:
    """1 where the interval is above zero, -1 below, 0 around it."""
    _, low, high = imputed.answer(delta)
    return int(low > 0) - int(high < 0)


def _first_change(imputed: _Imputed, deltas: Sequence[float]) -> float:
    """Shift, going away from zero, at which the conclusion is another; infinite where none is.

    Between the two shifts where it changes it is found by halving, as far as numbers go.
    """
    first = _conclusion(imputed, 0)
    for near, far in pairwise(deltas):
        if _conclusion(imputed, far) == first:
            continue
        while (middle := (near + far) / 2) not in (near, far):
            same = _conclusion(imputed, middle) == first
            near, far = (middle, far) if same else (near, middle)
        return far
    return inf
