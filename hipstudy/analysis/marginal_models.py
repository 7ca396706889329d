"""What the models of a ladder are made of: covariates by visit, covariances, scaled values."""

from dataclasses import dataclass

import numpy as np

from hipstudy.analysis import reml
from hipstudy.analysis.least_squares import scaled
from hipstudy.arrays import Array, Flags


@dataclass(frozen=True, eq=False)
class Rung:
    """A model of scaled values."""

    model: reml.Model
    start: Array  # theta to start from, as a share of the residual variance
    size: Array  # what one scaled unit is, (trials,)
    # Parameters at the front of theta that are a covariance matrix between runners and must be
    # positive; 0 where the whole covariance is free.
    free: int
    end: int  # coefficient that is the difference at the end visit
    step: int  # coefficients of one visit
    centre: Array  # mean of the values, which scaled ones have not, (trials,)


def scaled_trial(y: Array, there: Flags) -> tuple[Array, Array]:
    """Values with mean 0 and SD 1 over what is there, (trials, ...), and the SD of each trial."""
    values, sd = scaled(y.reshape(len(y), -1), there.reshape(len(y), -1))
    return values.reshape(y.shape), sd[:, 0]


def by_visit(covariates: Array, visits: int) -> Array:
    """Every covariate with a slope at every visit: (..., q) to (..., visits, visits * q)."""
    blocks = np.eye(visits)[:, :, np.newaxis] * covariates[..., np.newaxis, np.newaxis, :]
    return blocks.reshape(*blocks.shape[:-2], -1)


def free_covariance(visits: int) -> Array:
    """Unit matrices that any covariance of visits is a sum of, (visits (visits + 1) / 2, ...)."""
    a, b = np.triu_indices(visits)
    units = np.zeros((len(a), visits, visits))
    units[np.arange(len(a)), a, b] = units[np.arange(len(a)), b, a] = 1
    return units


def centre_of(y: Array, there: Flags) -> Array:
    """Mean over what is there, of each trial, (trials,)."""
    axes = tuple(range(1, y.ndim))
    return np.where(there, y, 0).sum(axis=axes) / np.maximum(there.sum(axis=axes), 1)
