r"""A random intercept for each cluster, of many trials at once: exact, by sums over clusters.

The values of cluster c, of :math:`n_c` runners, have covariance :math:`\sigma^2(I + \rho J)`, whose
inverse is known: all that is needed of a cluster are its size and its sums. The likelihood of
``hipstudy.analysis.reml`` is climbed along :math:`\rho \ge 0`, as packages for mixed models do, and
the correction of Kenward and Roger (1997, doi:10.2307/2533558) is that of ``reml`` too, in both
variances, also where :math:`\rho = 0`.
"""

from dataclasses import dataclass

import numpy as np

from hipstudy.arrays import Array, Flags

_SHARES = np.linspace(0, 0.99, 34)  # of variance between clusters, where the top is looked for
_STEPS = 45
_GOLDEN = (np.sqrt(5) - 1) / 2
_EDGE = 1e-6  # a share below which the top is at 0
SINGULAR = 1e-10


@dataclass(frozen=True, eq=False)
class ClusterFit:
    """Fits of every trial; NaN where the design gives no unique answer."""

    beta: Array  # coefficients, (trials, p)
    phi: Array  # their covariance were the variances known, (trials, p, p)
    adjusted: Array  # their covariance by Kenward and Roger, (trials, p, p)
    df: Array  # degrees of freedom of every coefficient, (trials, p)
    icc: Array  # share of the variance between clusters, (trials,)
    sigma2: Array  # variance within clusters, (trials,)


@dataclass(frozen=True, eq=False)
class _Sums:
    """Everything that the likelihood needs of the data."""

    n: Array  # runners, (trials, clusters)
    # Products of columns over all runners, (trials, p, p), (trials, p) and (trials,).
    xx: Array
    xy: Array
    yy: Array
    # Sums over each cluster, (trials, clusters, p) and (trials, clusters).
    x: Array
    y: Array

    def between(self, weight: Array) -> tuple[Array, Array, Array]:
        """Products of weighted sums of clusters, in the shapes of xx, xy and yy."""
        weighted = np.swapaxes(self.x, -1, -2) * weight[:, np.newaxis]
        xy = (weighted @ self.y[..., np.newaxis])[..., 0]
        return weighted @ self.x, xy, (weight * self.y**2).sum(axis=-1)


@dataclass(frozen=True, eq=False)
class _AtShare:
    """Generalised least squares at one value of the share, ``rho``, with sigma 1."""

    rho: Array
    phi: Array
    beta: Array
    sigma2: Array
    log_likelihood: Array


def _at(sums: _Sums, share: Array) -> _AtShare:
    rho = share / (1 - share)
    w = 1 / (1 + sums.n * rho[:, np.newaxis])
    size = np.maximum(sums.n, 1)
    xx, xy, yy = sums.between((w - 1) / size)
    cross = sums.xx + xx
    phi = np.linalg.inv(cross)
    beta = (phi @ (sums.xy + xy)[..., np.newaxis])[..., 0]
    rest = sums.yy + yy - (beta * (sums.xy + xy)).sum(axis=-1)
    df = sums.n.sum(axis=-1) - beta.shape[-1]
    sigma2 = np.maximum(rest, np.finfo(float).tiny) / df
    size_of = np.log(w).sum(axis=-1) - np.linalg.slogdet(cross)[1]
    return _AtShare(rho, phi, beta, sigma2, (size_of - df * np.log(sigma2)) / 2)


def _top(sums: _Sums) -> Array:
    """The share of variance between clusters at which the likelihood is highest, (trials,)."""
    b = len(sums.n)
    heights = np.stack([_at(sums, np.full(b, s)).log_likelihood for s in _SHARES], axis=-1)
    best = heights.argmax(axis=-1)
    low = _SHARES[np.maximum(best - 1, 0)]
    high = np.append(_SHARES, 1 - _EDGE)[best + 1]
    for _ in range(_STEPS):
        a, c = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        is_left = _at(sums, a).log_likelihood >= _at(sums, c).log_likelihood
        low, high = np.where(is_left, low, a), np.where(is_left, c, high)
    middle = (low + high) / 2
    is_zero = (np.abs(middle) < _EDGE) | (heights[:, 0] >= _at(sums, middle).log_likelihood)
    return np.where(is_zero, 0.0, middle)


def fit_clusters(y: Array, X: Array, there: Flags) -> ClusterFit:
    """Fit every trial.

    ``y`` and ``there``, the runners that there are, are (trials, clusters, runners); ``X`` is
    (trials, clusters, runners, p), well scaled, and so is ``y``.
    """
    there_x, values = X * there[..., np.newaxis], np.where(there, y, 0)
    flat, p = there_x.reshape(len(y), -1, X.shape[-1]), X.shape[-1]
    line = values.reshape(len(y), -1)
    xx = np.swapaxes(flat, -1, -2) @ flat
    eigen = np.linalg.eigvalsh(xx)
    n = there.sum(axis=-1).astype(float)
    is_unique = (eigen[:, 0] > SINGULAR * eigen[:, -1]) & (n.sum(axis=-1) > p)
    xx = np.where(is_unique[:, np.newaxis, np.newaxis], xx, np.eye(p))
    xy = (np.swapaxes(flat, -1, -2) @ line[..., np.newaxis])[..., 0]
    sums = _Sums(n, xx, xy, (line**2).sum(axis=-1), there_x.sum(axis=-2), values.sum(axis=-1))
    at = _at(sums, _top(sums))
    adjusted, df = _kenward_roger(sums, at)
    missing = np.where(is_unique, 0, np.nan)
    full = missing[:, np.newaxis, np.newaxis]
    phi = at.phi * at.sigma2[:, np.newaxis, np.newaxis]
    return ClusterFit(
        at.beta + missing[:, np.newaxis],
        phi + full,
        adjusted + full,
        df + missing[:, np.newaxis],
        at.rho / (1 + at.rho) + missing,
        at.sigma2 + missing,
    )


def _kenward_roger(sums: _Sums, at: _AtShare) -> tuple[Array, Array]:
    """Covariance and degrees of freedom, of the variances within and between as parameters.

    In units in which the variance within is 1; the first is scaled back.
    """
    n, size = sums.n, np.maximum(sums.n, 1)
    w = np.where(n > 0, 1 / (1 + n * at.rho[:, np.newaxis]), 0)
    between = [sums.between(weight)[0] for weight in (w**2, w**3, n * w**3)]
    within = [sums.xx + sums.between((w**k - 1) / size)[0] for k in (2, 3)]
    P = np.stack([within[0], between[0]], axis=1)
    Q = np.stack([within[1], between[1], between[1], between[2]], axis=1)
    Q = Q.reshape(len(n), 2, 2, *P.shape[-2:])
    alone = np.maximum(n - 1, 0)
    traces = [(alone + w**2), n * w**2, n * w**2, n**2 * w**2]
    trace = np.stack([one.sum(axis=-1) for one in traces], axis=-1).reshape(-1, 2, 2)
    phi = at.phi[:, np.newaxis]
    phi_P = phi @ P
    information = trace - 2 * np.einsum("bpq,bijqp->bij", at.phi, Q)
    information += np.einsum("bipq,bjqp->bij", phi_P, phi_P)
    W = np.linalg.inv(information / 2)
    inner = Q - P[:, :, np.newaxis] @ phi[:, np.newaxis] @ P[:, np.newaxis]
    more = np.einsum("bij,bijpq->bpq", W, inner)
    adjusted = at.phi + 2 * at.phi @ more @ at.phi
    g = np.einsum("bipp->bpi", phi_P @ phi)
    spread = np.einsum("bpi,bij,bpj->bp", g, W, g)
    df = 2 * np.einsum("bpp->bp", at.phi) ** 2 / spread
    return adjusted * at.sigma2[:, np.newaxis, np.newaxis], df
