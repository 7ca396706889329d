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
from hipstudy.arrays import Array

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
    """End ~ treatment + baseline on runner means: model ``ancova``, df = runners - 3.

    The frame is as ``from_frame`` takes it.
    """
    layout = from_frame(frame, question)
    fits, df = on_means(layout)
    return _answer(question, "ancova", layout, fits, df[0], ASSUMES)


def limb_ancova(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End ~ treatment + baseline on limbs as if each were a person: only to show beside others.

    The standard error is the naive one; degrees of freedom are those of the runners all the same.
    """
    return _on_limbs(frame, question, "limb_ancova", IGNORES)


def change_score(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End - baseline ~ treatment on limbs as if each were a person: only to show beside others."""
    return _on_limbs(frame, question, "change_score", f"{IGNORES}; not adjusted for baseline")


def _on_limbs(frame: "pd.DataFrame", question: Question, model: str, note: str) -> Estimate:
    layout = from_frame(frame, question)
    rows = layout.both.reshape(1, -1)
    end = layout.later[..., layout.end]
    y, x = (np.where(rows, part.reshape(rows.shape), 0) for part in (end, layout.base))
    columns = [np.ones_like(x), np.repeat(layout.treated, layout.base.shape[-1], axis=-1)]
    if model == "limb_ancova":
        columns.append(centred(x, rows))
    else:
        y = y - x
    fits = fit(y, np.stack(columns, axis=-1), rows)
    df = layout.sizes(layout.both)[0] - len(columns)
    return _answer(question, model, layout, fits, df, note)


def _answer(
    question: Question, model: str, layout: Layout, fits: LeastSquares, df: float, note: str
) -> Estimate:
    value = fits.beta[0, TREATED]
    if np.isnan(value) or df < 1:
        return none(question, model, NOT_ENOUGH)
    answer = (value, fits.se(TREATED)[0], df)
    return by_t(question, model, answer, layout.sizes(layout.both), note)
