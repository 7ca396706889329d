r"""A missing baseline keeps its runner: the mean of the others stands for it, and an indicator.

In a model with baseline as a covariate a runner without it gets the mean over all runners who have
one, whatever their arm, and a column that says so:

.. math:: \bar y_i = \beta_0 + \delta\,T_i + \beta_1 \tilde x_i + \gamma M_i + e_i

with :math:`\tilde x_i = \bar x_i` where it is known (:math:`M_i = 0`), else the mean of
those (:math:`M_i = 1`). As baseline comes before the arm is given, neither depends on the arm, and
the difference stays free of bias whatever the reason for which a baseline is missing (White and
Thompson 2005, doi:10.1002/sim.1981). The indicator makes the answer the same whichever value stands
for the missing.
"""

from dataclasses import replace

import numpy as np

from hipstudy.analysis.long_to_arrays import Layout, mean_where
from hipstudy.arrays import Flags


def kept_without_baseline(layout: Layout) -> Flags:
    """Runners with an end value, none of it on a limb with a baseline, (trials, runners)."""
    has_end = ~np.isnan(layout.later[..., layout.end])
    return has_end.any(axis=-1) & ~layout.both.any(axis=-1)


def baseline_or_mean(layout: Layout) -> Layout:
    """The trials with the mean for a missing baseline, and its indicator as the last covariate.

    The mean is over runners' means of the limbs with both values. A layout in which nobody's is
    missing comes back as it is; without the indicator, where the arm and the other covariates say
    in every trial what it says. Of a trial that has nobody with both, nothing is filled in.
    """
    missing = kept_without_baseline(layout)
    if not missing.any():
        return layout
    known = mean_where(layout.base, layout.both)
    mean = mean_where(known, ~np.isnan(known))
    there = missing[..., np.newaxis] & ~np.isnan(layout.later[..., layout.end])
    base = np.where(missing[..., np.newaxis], np.nan, layout.base)
    base = np.where(there, mean[:, np.newaxis, np.newaxis], base)
    filled = replace(layout, base=base)
    covariates = np.concatenate([layout.adjusting, missing.astype(float)[..., np.newaxis]], axis=-1)
    return replace(filled, covariates=covariates) if _tells_more(filled, missing).any() else filled


def _tells_more(layout: Layout, missing: Flags) -> Flags:
    """Trials in which the indicator says what arm and covariates do not say, (trials,)."""
    rows = layout.both.any(axis=-1)
    arms = [layout.treated, *layout.other_arms]
    known = [rows.astype(float), *arms, *np.moveaxis(layout.adjusting, -1, 0)]
    columns = np.where(rows[..., np.newaxis], np.stack([*known, missing], axis=-1), 0)
    size = np.abs(columns).max(axis=1, keepdims=True)
    columns = columns / np.where(size > 0, size, 1)
    ranks = [np.linalg.matrix_rank(part) for part in (columns, columns[..., :-1])]
    return ranks[0] > ranks[1]
