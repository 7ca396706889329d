"""Two limbs of a runner, and what is known of one score from others.

A pair of limbs that correlate is a sum and a difference that do not. Arrays end in ``(runners,
2)`` as parts, sum then difference, and in ``(limbs,)`` as limbs, runner by runner, left then right.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import scipy

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.model.causes import NAMES
from hipstudy.model.cohort import SIDES, Cohort


def pair(parts: Array, r: float) -> Array:
    """Sum and difference parts (..., runners, 2) to limbs (..., limbs), correlated at r."""
    a, b = np.sqrt((1 + r) / 2), np.sqrt((1 - r) / 2)
    limbs = np.stack([a * parts[..., 0] + b * parts[..., 1], a * parts[..., 0] - b * parts[..., 1]])
    return np.moveaxis(limbs, 0, -1).reshape(*parts.shape[:-2], -1)


def parts(limbs: Array, r: float) -> Array:
    """Undo ``pair``."""
    a, b = np.sqrt((1 + r) / 2), np.sqrt((1 - r) / 2)
    left, right = limbs[..., 0::2], limbs[..., 1::2]
    return np.stack([(left + right) / (2 * a), (left - right) / (2 * b)], axis=-1)


def conditioned(free: Array, readings: Array, cov: Array) -> Array:
    """Draws of a Gaussian law given some of its variables, from draws without regard to them.

    Parameters
    ----------
    free
        Unconditional draws, (..., runners, k).
    readings
        What was measured, broadcast to the same shape, NaN where it was not; the same ones are
        missing whatever comes before the last two axes.
    cov
        Covariance of the k variables, up to a factor.

    Returns
    -------
    numpy.ndarray
        Like ``free``: measured variables as measured, the others moved by what they have to do
        with how far off the draws were (Matheron's rule; Journel and Huijbregts 1978).
    """
    draws = np.array(np.broadcast_to(free, np.broadcast_shapes(free.shape, readings.shape)))
    there = ~np.isnan(readings).any(axis=tuple(range(readings.ndim - 2)))
    for pattern in np.unique(there, axis=0):
        if not pattern.any():
            continue
        who = (there == pattern).all(axis=1)
        gain = np.linalg.solve(cov[np.ix_(pattern, pattern)], cov[pattern])
        off = (readings[..., who, :] - draws[..., who, :])[..., pattern]
        shifted = draws[..., who, :] + off @ gain
        shifted[..., pattern] = np.broadcast_to(readings[..., who, :], shifted.shape)[..., pattern]
        draws[..., who, :] = shifted
    return draws


def between_sides(r: float) -> Array:
    """Covariance of a score in the left and the right limb."""
    return np.array([[1.0, r], [r, 1.0]])


def by_runner(of_limbs: Array) -> Array:
    """From (..., limbs) to (..., runners, 2), left then right."""
    return of_limbs.reshape(*of_limbs.shape[:-1], -1, len(SIDES))


def runner_means(of_limbs: Array) -> Array:
    """Mean of both limbs, (..., limbs) to (..., runners); a mean over so short an axis is slow."""
    means = of_limbs[..., 0 :: len(SIDES)] + of_limbs[..., 1 :: len(SIDES)]
    means /= len(SIDES)
    return means


def normals(stream: str, cohort: Cohort, seed: int) -> Array:
    """Standard normal luck of every runner's two parts, shape (runners, 2)."""
    part = np.arange(len(SIDES))
    return scipy.special.ndtri(
        random_streams.uniform(seed=seed, stream=stream, by=[cohort.key[:, None], part])
    )


def truncated(z: Array, mean: float, sd: float, low: float, high: float) -> Array:
    """Turn standard scores into a normal law cut at ``low`` and ``high``."""
    start, end = scipy.special.ndtr((low - mean) / sd), scipy.special.ndtr((high - mean) / sd)
    return np.clip(
        mean + sd * scipy.special.ndtri(start + scipy.special.ndtr(z) * (end - start)), low, high
    )


def score(value: Array, mean: float, sd: float, low: float, high: float) -> Array:
    """Undo ``truncated``; missing values stay missing."""
    start, end = scipy.special.ndtr((low - mean) / sd), scipy.special.ndtr((high - mean) / sd)
    return scipy.special.ndtri((scipy.special.ndtr((value - mean) / sd) - start) / (end - start))


def conditional_weights(
    corr: Mapping[str, Array], target: str, on: Sequence[str]
) -> tuple[list[Array], Array]:
    """Weights of known scores in an unknown one, and the variance that they leave.

    Each of shape (draws, 1, 1), over runners and parts.
    """

    def r(one: str, two: str) -> Array:
        first, second = sorted((one, two), key=NAMES.index)
        return corr[f"{first}_{second}"][:, 0]

    among = np.stack([np.stack([np.ones_like(r(target, a)) if a == b else r(a, b) for b in on], -1)
                      for a in on], -2)  # fmt: skip
    to = np.stack([r(target, a) for a in on], axis=-1)
    weights = np.linalg.solve(among, to[..., np.newaxis])[..., 0]
    variance = np.maximum(1 - (weights * to).sum(axis=-1), 0)
    return [w[:, np.newaxis, np.newaxis] for w in weights.T], variance[:, np.newaxis, np.newaxis]
