r"""Restricted maximum likelihood of many trials at once, with the correction for small samples.

A runner's values are normal with mean :math:`X_i\beta` and covariance
:math:`V_i = \sum_k \theta_k V_{ik}`, linear in its parameters. Fisher scoring climbs

.. math:: -2\ell_R = \sum_i \log|V_i| + \log|\sum_i X_i'V_i^{-1}X_i|
          + \sum_i r_i'V_i^{-1}r_i

(Harville 1977, doi:10.1080/01621459.1977.10480998). As V is linear in its parameters, the
correction of Kenward and Roger (1997, doi:10.2307/2533558) is short: with
:math:`\Phi = (\sum X_i'V_i^{-1}X_i)^{-1}` and W the inverse of the expected information,

.. math:: \Phi_A = \Phi + 2\Phi\{\sum_{ij} W_{ij}(Q_{ij} - P_i\Phi P_j)\}\Phi, \qquad
          df = 2(c'\Phi c)^2 / g'Wg, \; g_i = c'\Phi P_i\Phi c

:math:`P_i = X'V^{-1}V_iV^{-1}X`, :math:`Q_{ij} = X'V^{-1}V_iV^{-1}V_jV^{-1}X`. For one contrast
their scale is 1 and their degrees of freedom are these.

Runners of whom the same values are missing have the same V. What the climb needs of them is a sum
of products over the runners of a pattern, :math:`\sum_i X_i X_i'`, found once: a step costs as many
inverses as there are patterns, whatever the number of runners.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hipstudy.arrays import Array, Flags

STEPS = 200
HALVINGS = 30
CLOSE = 1e-14  # Newton decrement, in units of log likelihood, at which a climb is over
CLOSE_ENOUGH = 1e-8  # the same, where no step goes uphill any more: what is left is rounding
TINY = 1e-11  # share of the largest eigenvalue below which one means that there is no inverse
TRIALS = 100  # climbed together: few enough to stay near the processor


@dataclass(frozen=True, eq=False)
class Model:
    """What is to be fitted."""

    y: Array  # (trials, runners, m); what is not there is ignored
    X: Array  # (trials, runners, m, p), well scaled
    there: Flags  # what was measured, (trials, runners, m)
    parts: Array  # the :math:`V_{ik}`, (k, m, m), or (runners, k, m, m)

    def take(self, trials: NDArray) -> "Model":
        """Some of the trials."""
        return replace(self, y=self.y[trials], X=self.X[trials], there=self.there[trials])


@dataclass(frozen=True, eq=False)
class _Patterns:
    """Sums over the runners of each pattern of what is missing; patterns without any are empty.

    ``own`` says which runner has which pattern, (trials, patterns, runners). ``XX`` has a row for
    each pattern and pair of values, and a column for each pair of coefficients; ``Xy`` likewise,
    with a column for each coefficient.
    """

    y: Array  # with zeros where nothing was measured, (trials, runners, m)
    X: Array  # likewise, (trials, runners * m, p)
    own: Array
    n: Array  # runners, (trials, patterns)
    parts: Array  # (trials, k, patterns, m, m)
    lack: Array  # 1 on the diagonal where a value is missing, (trials, patterns, m, m)
    XX: Array
    Xy: Array

    def take(self, trials: NDArray) -> "_Patterns":
        """Some of the trials."""
        return _Patterns(*(getattr(self, one.name)[trials] for one in fields(self)))


def _pattern_of_runner(model: Model) -> tuple[NDArray[np.int64], int]:
    """Number of each runner's pattern within the trial, (trials, runners), and how many at most."""
    b, r, _ = model.there.shape
    if model.parts.ndim > 3:
        return np.tile(np.arange(r), (b, 1)), r
    bits = np.packbits(model.there.reshape(b * r, -1), axis=-1)
    padded = np.pad(bits, ((0, 0), (0, -bits.shape[1] % 8)))
    words = np.ascontiguousarray(padded).view(np.uint64)
    of_all = np.unique(words, axis=0 if words.shape[1] > 1 else None, return_inverse=True)[1]
    of_all = of_all.reshape(b, r)
    is_there = np.zeros((b, of_all.max() + 1), dtype=bool)
    is_there[np.arange(b)[:, np.newaxis], of_all] = True
    rank = is_there.cumsum(axis=1)
    return np.take_along_axis(rank - 1, of_all, axis=1), int(rank[:, -1].max())


def _patterns(model: Model) -> _Patterns:
    b, r, m, p = model.X.shape
    number, g = _pattern_of_runner(model)
    own = (number[:, np.newaxis] == np.arange(g)[:, np.newaxis]).astype(float)
    y = np.where(model.there, model.y, 0)
    X = model.X * model.there[..., np.newaxis]
    mask = np.zeros((b, g, m))
    mask[np.arange(b)[:, np.newaxis], number] = model.there
    pairs = mask[..., np.newaxis] * mask[..., np.newaxis, :]
    parts = np.moveaxis(model.parts, 0, 1) if model.parts.ndim > 3 else model.parts[:, np.newaxis]
    crossed = X[:, :, :, np.newaxis, :, np.newaxis] * X[:, :, np.newaxis, :, np.newaxis]
    XX = (own @ crossed.reshape(b, r, -1)).reshape(b, g * m * m, p * p)
    crossed = X[:, :, :, np.newaxis] * y[:, :, np.newaxis, :, np.newaxis]
    return _Patterns(
        y=y,
        X=X.reshape(b, r * m, p),
        own=own,
        n=own.sum(axis=-1),
        parts=parts * pairs[:, np.newaxis],
        lack=np.eye(m) * (1 - mask[..., np.newaxis]),
        XX=XX,
        Xy=(own @ crossed.reshape(b, r, -1)).reshape(b, g * m * m, p),
    )


@dataclass(frozen=True, eq=False)
class _At:
    """Everything at one value of the parameters; ``square`` sums products of what is left of y."""

    fine: Flags
    log_likelihood: Array
    inverse: Array
    phi: Array
    beta: Array
    square: Array

    def take(self, trials: NDArray) -> "_At":
        """Some of the trials."""
        return _At(*(getattr(self, one.name)[trials] for one in fields(self)))


@dataclass(frozen=True, eq=False)
class Fit:
    """Fits of every trial; NaN where there is none."""

    theta: Array  # covariance parameters, (trials, k)
    beta: Array  # coefficients, (trials, p)
    phi: Array  # their covariance were theta known, (trials, p, p)
    adjusted: Array  # their covariance by Kenward and Roger, (trials, p, p)
    df: Array  # degrees of freedom of every coefficient, (trials, p)
    converged: Flags  # (trials,)


def _positive(matrices: Array) -> Flags:
    return _usable(np.linalg.eigvalsh(matrices))


def _usable(eigen: Array) -> Flags:
    return eigen[..., 0] > TINY * np.abs(eigen[..., -1])


def _at(sums: _Patterns, theta: Array) -> _At:
    """Likelihood and generalised least squares at theta, (trials, k)."""
    b, k, g, m, _ = sums.parts.shape
    p = sums.X.shape[-1]
    V = (theta[:, np.newaxis] @ sums.parts.reshape(b, k, -1)).reshape(b, g, m, m) + sums.lack
    eigen = np.linalg.eigvalsh(V)
    fine = _usable(eigen).all(axis=-1)
    V[~fine], eigen[~fine] = np.eye(m), 1
    inverse = np.linalg.inv(V)
    flat = inverse.reshape(b, 1, -1)
    cross = (flat @ sums.XX).reshape(b, p, p)
    of_cross = np.linalg.eigvalsh(cross)
    fine &= _usable(of_cross)
    cross[~fine], of_cross[~fine] = np.eye(p), 1
    phi = np.linalg.inv(cross)
    beta = (phi @ np.swapaxes(flat @ sums.Xy, -1, -2))[..., 0]
    r = sums.y - (sums.X @ beta[..., np.newaxis]).reshape(sums.y.shape)
    crossed = r[..., np.newaxis] * r[..., np.newaxis, :]
    square = (sums.own @ crossed.reshape(*r.shape[:2], -1)).reshape(b, g, m, m)
    size = (sums.n * np.log(eigen).sum(axis=-1)).sum(axis=-1) + np.log(of_cross).sum(axis=-1)
    value = -(size + (inverse * square).sum(axis=(-1, -2, -3))) / 2
    return _At(fine, np.where(fine, value, -np.inf), inverse, phi, beta, square)


@dataclass(frozen=True, eq=False)
class _Slopes:
    """Score and expected information, and what Kenward and Roger need besides."""

    score: Array
    information: Array
    P: Array
    pair_sums: Callable[[], Array]

    @cached_property
    def Q(self) -> Array:  # noqa: N802
        """The :math:`Q_{ij}`, (trials, k, k, p, p)."""
        return self.pair_sums()


def _slopes(sums: _Patterns, at: _At) -> _Slopes:
    b, k, g, m, _ = sums.parts.shape
    p = sums.X.shape[-1]
    inverse = at.inverse[:, np.newaxis]
    A = inverse @ sums.parts
    M = A @ inverse
    flat_M = M.reshape(b, k, -1)
    P = (flat_M @ sums.XX).reshape(b, k, p, p)
    hat = sums.XX @ at.phi.reshape(b, p * p, 1)  # sums of X phi X'
    n_A = sums.n[:, np.newaxis, :, np.newaxis, np.newaxis] * A
    trace = np.einsum("bkgmm->bk", n_A) - (flat_M @ hat)[..., 0]
    fit = (flat_M @ at.square.reshape(b, -1, 1))[..., 0]
    bent = at.inverse @ hat.reshape(b, g, m, m)
    left = (n_A - 2 * (A @ bent[:, np.newaxis])).reshape(b, k, -1)
    both = left @ np.swapaxes(np.swapaxes(A, -1, -2).reshape(b, k, -1), -1, -2)
    phi_P = at.phi[:, np.newaxis] @ P
    turned = np.swapaxes(phi_P, -1, -2).reshape(b, k, -1)
    both = both + phi_P.reshape(b, k, -1) @ np.swapaxes(turned, -1, -2)

    def pair_sums() -> Array:
        K = A[:, :, np.newaxis] @ M[:, np.newaxis]
        return (K.reshape(b, k * k, -1) @ sums.XX).reshape(b, k, k, p, p)

    return _Slopes((fit - trace) / 2, (both + np.swapaxes(both, -1, -2)) / 4, P, pair_sums)


def _solved(information: Array, score: Array) -> Array:
    k = score.shape[-1]
    scale = np.einsum("bkk->bk", information).mean(axis=-1)[:, np.newaxis, np.newaxis]
    ridge = TINY * np.eye(k) * np.maximum(scale, TINY)
    return np.linalg.solve(information + ridge, score[..., np.newaxis])[..., 0]


def _step(sums: _Patterns, theta: Array, at: _At) -> tuple[Array, _At, Flags, Flags]:
    """A step of scoring uphill, halved as needed; where it is the last, and where it is the top.

    Theta after it, and everything there, unless it was the last.
    """
    slopes = _slopes(sums, at)
    move = _solved(slopes.information, slopes.score)
    gain = (slopes.score * move).sum(axis=-1)
    size = np.ones((len(theta), 1))
    for _ in range(HALVINGS):
        tried = _at(sums, theta + size * move)
        slack = TINY * (1 + np.abs(at.log_likelihood))
        worse = ~(tried.log_likelihood >= at.log_likelihood - slack)
        if not worse.any():
            break
        size[worse] /= 2
    size[worse] = 0
    top = gain < np.where(worse, CLOSE_ENOUGH, CLOSE)
    return theta + size * move, tried, (gain < CLOSE) | worse, top


def fit(model: Model, start: Array) -> Fit:
    """Fit every trial, from a theta at which every V is positive, (trials, k)."""
    few = [np.arange(at, min(at + TRIALS, len(start))) for at in range(0, len(start), TRIALS)]
    fits = [_fit(_patterns(model.take(trials)), start[trials]) for trials in few]
    return Fit(*(np.concatenate([getattr(one, f.name) for one in fits]) for f in fields(Fit)))


def _fit(sums: _Patterns, start: Array) -> Fit:
    theta = start.copy()
    at = _at(sums, theta)
    converged, left = np.zeros(len(theta), dtype=bool), np.flatnonzero(at.fine)
    part, at = sums.take(left), at.take(left)
    for _ in range(STEPS):
        if not len(left):
            break
        theta[left], at, over, top = _step(part, theta[left], at)
        converged[left[top]] = True
        if over.any():
            part, at, left = part.take(~over), at.take(~over), left[~over]
    return _finished(sums, theta, converged)


def _finished(sums: _Patterns, theta: Array, converged: Flags) -> Fit:
    at = _at(sums, theta)
    slopes = _slopes(sums, at)
    converged = converged & at.fine & _positive(slopes.information)
    k = theta.shape[-1]
    kept = np.where(converged[:, np.newaxis, np.newaxis], slopes.information, np.eye(k))
    W = np.linalg.inv(kept)
    inner = (
        slopes.Q
        - slopes.P[:, :, np.newaxis] @ at.phi[:, np.newaxis, np.newaxis] @ (slopes.P[:, np.newaxis])
    )
    more = np.einsum("bij,bijpq->bpq", W, inner)
    adjusted = at.phi + 2 * at.phi @ more @ at.phi
    moves = at.phi[:, np.newaxis] @ slopes.P @ at.phi[:, np.newaxis]
    g = np.einsum("bkpp->bpk", moves)
    spread = np.einsum("bpi,bij,bpj->bp", g, W, g)
    variance = np.einsum("bpp->bp", at.phi)
    df = 2 * variance**2 / np.where(spread > 0, spread, np.nan)
    nothing = np.where(converged, 0, np.nan)[:, np.newaxis]
    full = nothing[..., np.newaxis]
    return Fit(theta + nothing, at.beta + nothing, at.phi + full, adjusted + full, df + nothing,
               converged)  # fmt: skip
