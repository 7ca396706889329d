r"""Mixed models in which baseline is one more visit, without a difference between the arms.

Where a runner has no baseline, a model that adjusts for it has no place for him. Here baseline is a
response (constrained longitudinal analysis: Liang and Zeger 2000, Sankhya B 62:134-148; Liu et al.
2009, doi:10.1002/sim.3639):

.. math:: E\,y_{i0} = \mu_0, \quad E\,y_{it} = \mu_t + \delta_t T_i

with the covariance free between baseline and every visit, so that what is known of a runner's
baseline adjusts him as a covariate would, with a slope for each visit, and a runner of whom nothing
is known is compared as he is. Arms are given after baseline: that they do not differ at it holds by
design. Every covariate has a slope at baseline too. Runners of whom only the baseline is known
say what baselines are, whoever is lost later, so they are in the fit, and in its n.

The rungs are those of ``mixed``, baseline added: limbs nested in runners, runners, runner means
with a free covariance, and runner means whose later visits have one intercept.
"""

from functools import partial

import numpy as np

from hipstudy.analysis import reml
from hipstudy.analysis.least_squares import centred_columns
from hipstudy.analysis.long_to_arrays import Layout, mean_where
from hipstudy.analysis.marginal_models import (
    Rung,
    by_visit,
    centre_of,
    free_covariance,
    scaled_trial,
)
from hipstudy.arrays import Array, Flags

NOTE = "baseline as a response without a difference between arms"


def lacks_baseline(layout: Layout) -> Flags:
    """Trials in which a runner seen later has no baseline on any limb, (trials,)."""
    seen = ~np.isnan(layout.later).all(axis=(-1, -2))
    return (seen & np.isnan(layout.base).all(axis=-1)).any(axis=-1)


def _responses(layout: Layout) -> Array:
    """Baseline and later visits, (trials, runners, limbs, visits + 1)."""
    return np.concatenate([layout.base[..., np.newaxis], layout.later], axis=-1)


def _columns(layout: Layout, there: Flags) -> tuple[Array, int, int]:
    """Coefficients by visit, none of arms at baseline; the arm's at the end; how many a visit."""
    covariates = centred_columns(layout.adjusting, there)
    arms = [layout.treated, *layout.other_arms]
    columns = np.stack([np.ones_like(layout.treated), *arms, *covariates], axis=-1)
    step, visits = columns.shape[-1], len(layout.weeks) + 1
    X = np.delete(by_visit(columns, visits), range(1, 1 + len(arms)), axis=-1)
    return X, (layout.end + 1) * step + 1 - len(arms), step


def _on_limbs(layout: Layout, *, nested: bool) -> Rung:
    y = _responses(layout)
    there = ~np.isnan(y)
    b, r, s, v = there.shape
    values, size = scaled_trial(np.where(there, y, 0), there)
    X, end, step = _columns(layout, there.any(axis=(-1, -2)))
    X = np.broadcast_to(X[:, :, np.newaxis], (b, r, s, *X.shape[-2:]))
    units = np.kron(np.ones((s, s)), free_covariance(v))
    first = np.diag(np.arange(v) == 0).astype(float)
    limb = [np.kron(np.eye(s), np.ones((v, v)))] if nested else []
    errors = [np.kron(np.eye(s), first), np.kron(np.eye(s), np.eye(v) - first)]
    model = reml.Model(values.reshape(b, r, -1), X.reshape(b, r, s * v, -1),
                       there.reshape(b, r, -1), np.stack([*units, *limb, *errors]))  # fmt: skip
    diagonal = np.einsum("kii->k", units) > 0
    start = [*np.where(diagonal, 0.5, 0.25), *([0.2] if nested else []), 0.3, 0.3]
    return Rung(model, np.array(start), size, len(units), end, step, centre_of(y, there))


def _on_means(layout: Layout, *, free: bool) -> Rung:
    y = np.swapaxes(_responses(layout), -1, -2)
    y = mean_where(y, ~np.isnan(y))
    there = ~np.isnan(y)
    v = there.shape[-1]
    values, size = scaled_trial(np.where(there, y, 0), there)
    X, end, step = _columns(layout, there.any(axis=-1))
    units = free_covariance(v)
    if not free:  # baseline with every visit as it is; the visits alike
        later = np.diag(np.arange(v) > 0).astype(float)
        units = np.stack([*units[:v], later @ np.ones((v, v)) @ later, later])
    diagonal = np.einsum("kii->k", units) > 0
    start = np.where(diagonal, 1.0, 0.5)
    if not free:
        start = np.array([1.0, *[0.4] * (v - 1), 0.5, 0.5])
    model = reml.Model(values, X, there, units)
    return Rung(model, start, size, 0, end, step, centre_of(y, there))


RUNGS = {
    "runner/limb": partial(_on_limbs, nested=True),
    "runner": partial(_on_limbs, nested=False),
    "runner means": partial(_on_means, free=True),
    "runner means, one intercept": partial(_on_means, free=False),
}
