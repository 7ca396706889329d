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
"""

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hipstudy.arrays import Array, Flags

STEPS = 200
HALVINGS = 30
CLOSE = 1e-14  # Newton decrement, in units of log likelihood, at which a climb is over
CLOSE_ENOUGH = 1e-8  # the same, where no step goes uphill any more: what is left is rounding
ALIKE = 3  # runners a row: with fewer, putting them together saves nothing
TINY = 1e-11  # share of the largest eigenvalue below which one means that there is no inverse


@dataclass(frozen=True, eq=False)
class Model:
    """What is to be fitted."""

    y: Array  # (trials, runners, m); what is not there is ignored
    X: Array  # (trials, runners, m, p), well scaled
    there: Flags  # what was measured, (trials, runners, m)
    parts: Array  # the :math:`V_{ik}`, (k, m, m), or (runners, k, m, m)
    # Of how many runners a row is the mean, (trials, runners), and the sums of squares and products
    # about it, (trials, runners, m, m); None where each row is one runner.
    weight: Array | None = None
    scatter: Array | None = None

    def take(self, trials: NDArray) -> "Model":
        """Some of the trials."""
        more = {"weight": self.weight, "scatter": self.scatter}
        more = {name: None if one is None else one[trials] for name, one in more.items()}
        return replace(self, y=self.y[trials], X=self.X[trials], there=self.there[trials], **more)

    @property
    def weights(self) -> Array:
        """Of how many runners each row is, (trials, runners)."""
        return np.ones(self.there.shape[:2]) if self.weight is None else self.weight

    @cached_property
    def masked(self) -> tuple[Array, Array, Array]:
        """y, X and parts with zeros where nothing was measured."""
        mask = self.there.astype(float)
        parts = (
            mask[:, :, np.newaxis, :, np.newaxis] * self.parts * mask[:, :, np.newaxis, np.newaxis]
        )
        return np.where(self.there, self.y, 0), self.X * mask[..., np.newaxis], parts


@dataclass(frozen=True, eq=False)
class _At:
    """Everything at one value of the parameters."""

    fine: Flags
    log_likelihood: Array
    inverse: Array
    phi: Array
    beta: Array
    off: Array

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
    eigen = np.linalg.eigvalsh(matrices)
    return eigen[..., 0] > TINY * np.abs(eigen[..., -1])


def _at(model: Model, theta: Array) -> _At:
    """Likelihood and generalised least squares at theta, (trials, k)."""
    y, X, parts = model.masked
    m, n = y.shape[-1], model.weights
    nX = X * n[..., np.newaxis, np.newaxis]
    V = np.einsum("bk,brkij->brij", theta, parts)
    V = V + np.eye(m) * ~model.there[..., np.newaxis]
    fine = _positive(V).all(axis=-1)
    V = np.where(fine[:, np.newaxis, np.newaxis, np.newaxis], V, np.eye(m))
    inverse = np.linalg.inv(V)
    U = inverse @ X
    cross = np.einsum("brmp,brmq->bpq", nX, U)
    fine &= _positive(cross)
    cross = np.where(fine[:, np.newaxis, np.newaxis], cross, np.eye(cross.shape[-1]))
    phi = np.linalg.inv(cross)
    ny = y * n[..., np.newaxis]
    beta = (phi @ np.einsum("brmp,brm->bp", U, ny)[..., np.newaxis])[..., 0]
    r = y - np.einsum("brmp,bp->brm", X, beta)
    off = (inverse @ r[..., np.newaxis])[..., 0]
    size = (n * np.linalg.slogdet(V)[1]).sum(axis=-1) + np.linalg.slogdet(cross)[1]
    square = (n[..., np.newaxis] * r * off).sum(axis=(-1, -2))
    if model.scatter is not None:
        square = square + (inverse * model.scatter).sum(axis=(-1, -2, -3))
    value = -(size + square) / 2
    return _At(fine, np.where(fine, value, -np.inf), inverse, phi, beta, off)


@dataclass(frozen=True, eq=False)
class _Slopes:
    """Score and expected information, and what Kenward and Roger need besides."""

    score: Array
    information: Array
    P: Array
    Q: Array


def _slopes(model: Model, at: _At) -> _Slopes:
    _, X, parts = model.masked
    b, k = parts.shape[0], parts.shape[2]
    p = X.shape[-1]
    n = model.weights[:, :, np.newaxis, np.newaxis, np.newaxis]
    A = at.inverse[:, :, np.newaxis] @ parts
    nA = n * A
    U = (at.inverse @ X)[:, :, np.newaxis]
    VU = parts @ U
    AU = A @ U
    VU = n * VU
    P = np.swapaxes(np.broadcast_to(U, VU.shape), -1, -2) @ VU
    P = P.sum(axis=1)
    left = np.moveaxis(VU, 2, 3).reshape(b, -1, k * p)
    right = np.moveaxis(AU, 2, 3).reshape(b, -1, k * p)
    Q = np.swapaxes(left, -1, -2) @ right
    Q = np.moveaxis(Q.reshape(b, k, p, k, p), 3, 2)
    phi_P = at.phi[:, np.newaxis] @ P
    trace = np.einsum("brkmm->bk", nA) - np.einsum("bkpp->bk", phi_P)
    n_off = at.off * model.weights[..., np.newaxis]
    fit = np.einsum("brm,brkmn,brn->bk", n_off, parts, at.off, optimize=True)
    if model.scatter is not None:
        spread = at.inverse @ model.scatter @ at.inverse
        fit = fit + np.einsum("brkmn,brmn->bk", parts, spread, optimize=True)
    AA = np.moveaxis(nA, 2, 1).reshape(b, k, -1)
    AT = np.moveaxis(np.swapaxes(A, -1, -2), 2, 1).reshape(b, k, -1)
    both = AA @ np.swapaxes(AT, -1, -2)
    both = both - 2 * np.einsum("bpq,bijqp->bij", at.phi, Q)
    both = both + np.einsum("bipq,bjqp->bij", phi_P, phi_P)
    return _Slopes((fit - trace) / 2, both / 2, P, Q)


def _solved(information: Array, score: Array) -> Array:
    k = score.shape[-1]
    scale = np.einsum("bkk->bk", information).mean(axis=-1)[:, np.newaxis, np.newaxis]
    ridge = TINY * np.eye(k) * np.maximum(scale, TINY)
    return np.linalg.solve(information + ridge, score[..., np.newaxis])[..., 0]


def _step(model: Model, theta: Array, at: _At) -> tuple[Array, _At, Flags, Flags]:
    """A step of scoring uphill, halved as needed; where it is the last, and where it is the top.

    Theta after it, and everything there, unless it was the last.
    """
    slopes = _slopes(model, at)
    move = _solved(slopes.information, slopes.score)
    gain = (slopes.score * move).sum(axis=-1)
    size = np.ones((len(theta), 1))
    for _ in range(HALVINGS):
        tried = _at(model, theta + size * move)
        slack = TINY * (1 + np.abs(at.log_likelihood))
        worse = ~(tried.log_likelihood >= at.log_likelihood - slack)
        if not worse.any():
            break
        size[worse] /= 2
    size[worse] = 0
    top = gain < np.where(worse, CLOSE_ENOUGH, CLOSE)
    return theta + size * move, tried, (gain < CLOSE) | worse, top


def grouped(model: Model) -> Model:
    """The same model with runners as one row who are alike in all but their values.

    Where they are few kinds: without a covariate that is a number, those of an arm with the same
    visits. Their mean and the squares about it say all that they say apart.
    """
    b, r = model.X.shape[:2]
    if model.parts.ndim > 3:
        return model
    X = model.X * model.there[..., np.newaxis]
    rows = np.concatenate([model.there, X.reshape(b, r, -1)], axis=-1)
    kind = np.empty((b, r), dtype=int)
    for k, one in enumerate(rows):
        kind[k] = np.unique(one, axis=0, return_inverse=True)[1].ravel()
        if kind[k].max() >= r // ALIKE:
            return model
    of_kind = (kind[..., np.newaxis] == np.arange(kind.max() + 1)).astype(float)
    n, first = of_kind.sum(axis=1), of_kind.argmax(axis=1)
    at = np.arange(b)[:, np.newaxis]
    y = np.where(model.there, model.y, 0)
    mean = np.einsum("brg,brm->bgm", of_kind, y) / np.maximum(n, 1)[..., np.newaxis]
    off = y - mean[at, kind]
    scatter = np.einsum("brg,brm,brn->bgmn", of_kind, off, off, optimize=True)
    there = model.there[at, first] & (n > 0)[..., np.newaxis]
    return Model(mean, model.X[at, first], there, model.parts, n, scatter)


def fit(model: Model, start: Array) -> Fit:
    """Fit every trial, from a theta at which every V is positive, (trials, k)."""
    model, theta = grouped(model), start.copy()
    at = _at(model, theta)
    converged, left = np.zeros(len(theta), dtype=bool), np.flatnonzero(at.fine)
    part, at = model.take(left), at.take(left)
    for _ in range(STEPS):
        if not len(left):
            break
        theta[left], at, over, top = _step(part, theta[left], at)
        converged[left[top]] = True
        if over.any():
            part, at, left = part.take(~over), at.take(~over), left[~over]
    return _finished(model, theta, converged)


def _finished(model: Model, theta: Array, converged: Flags) -> Fit:
    at = _at(model, theta)
    slopes = _slopes(model, at)
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
