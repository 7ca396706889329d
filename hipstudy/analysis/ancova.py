r"""End visit, adjusted for baseline: a runner is one row, whatever the number of limbs.

.. math:: \bar y_i = \beta_0 + \delta\,T_i + \beta_1 \bar x_i + e_i

with :math:`\bar y_i, \bar x_i` the means over the limbs of runner i that have both values, and
:math:`n - 3` degrees of freedom, less one for each column of covariates, n the runners (Vickers and
Altman 2001, doi:10.1136/bmj.323.7321.1123; limbs of one person: Bryant et al. 2006,
doi:10.2106/JBJS.E.00272). Holds where who is missing at the end depends on baseline and arm
only. A runner without a baseline is kept as ``missing_baseline`` has it, which takes one more
degree of freedom.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.estimate import Estimate, Question, by_t, none
from hipstudy.analysis.least_squares import LeastSquares, centred, centred_columns, fit
from hipstudy.analysis.long_to_arrays import Layout, from_frame, mean_where
from hipstudy.analysis.missing_baseline import baseline_or_mean, kept_without_baseline
from hipstudy.arrays import Array

if TYPE_CHECKING:
    import pandas as pd

TREATED = 1
IGNORES = "takes the limbs of a runner for different people: its standard error ignores the nesting"
ASSUMES = "holds where being missing at the end depends on baseline and arm only"
NOT_ENOUGH = "too few runners with baseline and end value, or no spread at baseline"


def on_means(layout: Layout) -> tuple[LeastSquares, Array]:
    """ANCOVA on runner means of every trial, and its degrees of freedom, (trials,).

    Where no baseline of a trial is missing, or a covariate says the same, the indicator is left out
    of it: its coefficient is 0.
    """
    filled = baseline_or_mean(layout)
    fits, df = _on_means(filled)
    if filled.covariates is layout.covariates or not np.isnan(fits.beta[:, TREATED]).any():
        return fits, df
    without = replace(filled, covariates=filled.adjusting[..., :-1])
    plain, plain_df = _on_means(without)
    alone = np.isnan(fits.beta[:, TREATED])
    p = plain.beta.shape[-1]
    beta, inverse = fits.beta.copy(), fits.inverse.copy()
    beta[alone, :p], beta[alone, p:] = plain.beta[alone], 0
    inverse[alone, :p, :p], inverse[alone, p:], inverse[alone, :, p:] = plain.inverse[alone], 0, 0
    variance = np.where(alone, plain.variance, fits.variance)
    return LeastSquares(beta, inverse, variance, fits.n), np.where(alone, plain_df, df)


def _on_means(layout: Layout) -> tuple[LeastSquares, Array]:
    both = layout.both
    rows = both.any(axis=-1)
    x = centred(mean_where(layout.base, both), rows)
    y = mean_where(layout.later[..., layout.end], both)
    covariates = centred_columns(layout.adjusting, rows)
    columns = [np.ones_like(x), layout.treated, *layout.other_arms, x, *covariates]
    fits = fit(y, np.stack(columns, axis=-1), rows)
    return fits, fits.n - fits.beta.shape[-1]


def ancova(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End ~ treatment + baseline on runner means: model ``ancova``, df = runners - 3.

    Covariates of the question are added to it, each column takes one degree of freedom, and so does
    the indicator of a missing baseline where there are any.
    The frame is as ``from_frame`` takes it.
    """
    layout = from_frame(frame, question)
    fits, df = on_means(layout)
    n_without = int(kept_without_baseline(layout).sum())
    note = f"{ASSUMES}; without a baseline, kept: {n_without}" if n_without else ASSUMES
    return _answer(question, "ancova", baseline_or_mean(layout), fits, df[0], note)


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
    if model == "limb_ancova":
        layout = baseline_or_mean(layout)
    rows = layout.both.reshape(1, -1)
    end = layout.later[..., layout.end]
    y, x = (np.where(rows, part.reshape(rows.shape), 0) for part in (end, layout.base))
    arms = (layout.treated, *layout.other_arms)
    columns = [np.ones_like(x), *(np.repeat(one, layout.base.shape[-1], axis=-1) for one in arms)]
    if model == "limb_ancova":
        limbs = np.repeat(layout.adjusting, layout.base.shape[-1], axis=1)
        columns += [centred(x, rows), *centred_columns(limbs, rows)]
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
