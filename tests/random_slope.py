r"""A straight line for every runner: random intercept and random slope.

.. math:: y_{it} = (\beta_0 + a_i) + (\beta_1 + b_i) t + e_{it}

by restricted maximum likelihood (Laird and Ware 1982, doi:10.2307/2529876). Time is scaled to 0 to
1 inside, so that intercept and slope have variances of one size, and told back in its own unit.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy.analysis import mixed, reml

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Line:
    """The mean line, its standard errors, and how lines of runners differ; time in its own unit.

    Parameters
    ----------
    intercept, intercept_se, slope, slope_se
        Mean line.
    sd_intercept, sd_slope, correlation
        Between runners.
    residual
        SD around a runner's own line.
    note
        Why there is none, or what it ended on; else empty.
    """

    intercept: float
    intercept_se: float
    slope: float
    slope_se: float
    sd_intercept: float
    sd_slope: float
    correlation: float
    residual: float
    note: str = ""


def random_slope(frame: "pd.DataFrame", value: str, time: str, runner: str) -> Line:
    """Fit ``value ~ time + (time | runner)``.

    Parameters
    ----------
    frame
        One row per runner and time; rows with missing value or time are left out.
    value, time, runner
        Its columns.
    """
    y, t, there = _arrays(frame, value, time, runner)
    low, span = t[there].min(), np.ptp(t[there])
    scaled_t = np.where(there, (t - low) / (span or 1), 0)
    y, size, mean = *mixed.scaled_trial(y, there), y[there].mean()
    X = np.stack([np.ones_like(scaled_t), scaled_t], axis=-1)
    model = reml.Model(y, X, there, _parts(scaled_t[0]))
    start = mixed.spread(model)[:, np.newaxis] * np.array([0.5, 0, 0.25, 0.5])
    return _line(reml.fit(model, start), float(size[0]), float(mean), float(low), float(span))


def _arrays(frame: "pd.DataFrame", value: str, time: str, runner: str) -> tuple:
    known = frame[[runner, time, value]].dropna()
    row = known.groupby(runner, sort=True).ngroup().to_numpy()
    place = known.sort_values(time, kind="stable").groupby(runner).cumcount()
    at = (0, row, place.reindex(known.index).to_numpy())
    shape = (1, row.max() + 1, at[2].max() + 1)
    y, t, there = np.zeros(shape), np.zeros(shape), np.zeros(shape, dtype=bool)
    y[at], t[at], there[at] = known[value], known[time], True
    return y, t, there


def _parts(t: Array) -> Array:
    """Of the variance of intercepts, their covariance with slopes, of slopes, of the rest."""
    ones, m = np.ones_like(t), t.shape[-1]
    outer = [(ones, ones), (ones, t), (t, t)]
    parts = [a[..., np.newaxis] * b[..., np.newaxis, :] for a, b in outer]
    parts[1] = parts[1] + np.swapaxes(parts[1], -1, -2)
    rest = np.broadcast_to(np.eye(m), parts[0].shape)
    return np.stack([*parts, rest], axis=-3)


def _line(found: reml.Fit, size: float, mean: float, low: float, span: float) -> Line:
    if not found.converged[0]:
        return Line(*[np.nan] * 8, note=mixed.NO_CLIMB)
    # From scaled time u = (t - low) / span: the value at t = 0 and the slope in t.
    back = np.array([[1, -low / span], [0, 1 / span]]) * size
    beta = back @ found.beta[0] + [mean, 0]
    se = np.sqrt(np.diag(back @ found.phi[0] @ back.T))
    a, ab, b, rest = found.theta[0]
    between = back @ np.array([[a, ab], [ab, b]]) @ back.T
    on_boundary = np.linalg.eigvalsh(between)[0] <= 0
    sd = np.sqrt(np.maximum(np.diag(between), 0))
    together = between[0, 1] / sd.prod() if sd.all() else np.nan
    note = mixed.ON_BOUNDARY if on_boundary else ""
    numbers = (beta[0], se[0], beta[1], se[1], sd[0], sd[1], together, size * np.sqrt(rest))
    return Line(*(float(number) for number in numbers), note=note)
