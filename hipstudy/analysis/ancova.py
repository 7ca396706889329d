r"""End visit, adjusted for baseline: a runner is one row, whatever the number of limbs.

.. math:: \bar y_i = \beta_0 + \delta\,T_i + \beta_1 \bar x_i + e_i

with :math:`\bar y_i, \bar x_i` the means over the limbs of runner i that have both values, and
:math:`n - 3` degrees of freedom, n the runners (Vickers and Altman 2001,
doi:10.1136/bmj.323.7321.1123; limbs of one person: Bryant et al. 2006,
doi:10.2106/JBJS.E.00272). Holds where who is missing at the end depends on baseline and arm
only.
"""

from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.estimate import Estimate, Question, by_t, none
from hipstudy.analysis.least_squares import LeastSquares, centred, fit
from hipstudy.analysis.long_to_arrays import Layout, from_frame, mean_where
from hipstudy.arrays import Array, Flags

if TYPE_CHECKING:
    import pandas as pd

TREATED = 1
IGNORES = "takes the limbs of a runner for different people: its standard error ignores the nesting"
ASSUMES = "holds where being missing at the end depends on baseline and arm only"
NOT_ENOUGH = "too few runners with baseline and end value, or no spread at baseline"


def on_means(layout: Layout) -> tuple[LeastSquares, Array]:
    """ANCOVA on runner means of every trial, and its degrees of freedom, (trials,)."""
    both = layout.both
    rows = both.any(axis=-1)
    x = centred(mean_where(layout.base, both), rows)
    y = mean_where(layout.later[..., layout.end], both)
    fits = fit(y, np.stack([np.ones_like(x), layout.treated, x], axis=-1), rows)
    return fits, fits.n - fits.beta.shape[-1]


def ancova(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End ~ treatment + baseline on runner means.

    Parameters
    ----------
    frame
        Columns runner, side, arm, week and the outcome, as ``from_frame`` takes them.
    question
        What is asked.

    Returns
    -------
    Estimate
        Model ``ancova``, df = runners - 3.
    """
    layout = from_frame(frame, question)
    fits, df = on_means(layout)
    return _answer(question, "ancova", layout, fits, df[0], ASSUMES)


def limb_ancova(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End ~ treatment + baseline on limbs as if each were a person: only to show beside others.

    The standard error is the naive one; degrees of freedom are those of the runners all the same.
    """
    layout = from_frame(frame, question)
    rows, y, x, treated = _limbs(layout)
    X = np.stack([np.ones_like(x), treated, centred(x, rows)], axis=-1)
    df = layout.sizes(layout.both)[0] - X.shape[-1]
    return _answer(question, "limb_ancova", layout, fit(y, X, rows), df, IGNORES)


def change_score(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End - baseline ~ treatment on limbs as if each were a person: only to show beside others."""
    layout = from_frame(frame, question)
    rows, y, x, treated = _limbs(layout)
    X = np.stack([np.ones_like(x), treated], axis=-1)
    df = layout.sizes(layout.both)[0] - X.shape[-1]
    note = f"{IGNORES}; not adjusted for baseline"
    return _answer(question, "change_score", layout, fit(y - x, X, rows), df, note)


def _limbs(layout: Layout) -> tuple[Flags, Array, Array, Array]:
    rows = layout.both.reshape(len(layout.base), -1)
    y = layout.later[..., layout.end].reshape(rows.shape)
    x = np.where(rows, layout.base.reshape(rows.shape), 0)
    treated = np.repeat(layout.treated, layout.base.shape[-1], axis=-1)
    return rows, np.where(rows, y, 0), x, treated


def _answer(
    question: Question, model: str, layout: Layout, fits: LeastSquares, df: float, note: str
) -> Estimate:
    sizes = layout.sizes(layout.both)
    value = fits.beta[0, TREATED]
    if np.isnan(value) or df < 1:
        return none(question, model, NOT_ENOUGH)
    return by_t(question, model, (value, fits.se(TREATED)[0], df), sizes, note)
