r"""How many runners would be past an MDC although nothing was done for anyone.

A change of a runner's mean that is made of errors only is normal around zero. Coming in when it is
bad moves it to the better side; ups and downs between visits widen it. A runner is held against the
MDC of as many limbs as were measured of him, with the error of as many: a share of a cohort is the
mean over its runners.
"""

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np

from hipstudy.analysis.reliability import error_of_mean, mdc, z
from hipstudy.arrays import Array

Share = tuple[float, float]
_FAR = 8.0  # standard deviations past which a normal law has no more to say


@dataclass(frozen=True)
class FalseShares:
    """Shares of runners past the MDC by chance, each (better, worse).

    Parameters
    ----------
    error
        By errors of measurement alone.
    selection
        By errors, and by regression to the mean of those who come in when it is bad.
    fluctuation
        By errors, and by ups and downs as large as the control arm's.
    either_limb
        By errors alone, if any measured limb past a limb's own MDC counted.
    shift
        By how much the mean gets better because of how runners came in, errors alone.
    """

    error: Share
    selection: Share
    fluctuation: Share
    either_limb: Share
    shift: float


def selection_shift(badness: Array, within_sd: float) -> float:
    r"""Improvement to be expected only because runners came in when it was bad.

    Parameters
    ----------
    badness
        What was seen of runners at entry, worse upwards.
    within_sd
        SD with which one runner's value differs from his own mean, errors included.

    Notes
    -----
    Regression to the mean of a normal population of which everybody from the lowest value seen,
    c, came in (Davis 1976, doi:10.1093/oxfordjournals.aje.a112321):

    .. math:: \frac{SD_{within}^2}{\sigma} \lambda(\alpha), \qquad
              \lambda(\alpha) = \frac{\phi(\alpha)}{1 - \Phi(\alpha)}

    with :math:`\alpha = (c - \mu) / \sigma` and :math:`\sigma` from mean and SD of those who came
    in. Where nobody was turned away, the lowest value lies far out and little is left of it.

    Returns
    -------
    float
        NaN where everybody had the same value.
    """
    from scipy import optimize

    above, spread = float(badness.mean() - badness.min()), float(badness.std(ddof=1))
    if spread <= 1e-9 * max(1.0, abs(float(badness.mean()))):  # rounding, not a spread
        return nan
    ratio = above / spread
    if ratio <= _mean_over_sd(_FAR):
        return within_sd**2 / above  # the far tail of a normal law is exponential
    if ratio >= _mean_over_sd(-_FAR):
        return 0.0
    alpha = optimize.brentq(lambda a: _mean_over_sd(a) - ratio, -_FAR, _FAR)
    hazard = _hazard(alpha)
    return within_sd**2 * hazard * (hazard - alpha) / above


def _hazard(alpha: float) -> float:
    from scipy import stats

    return float(np.exp(stats.norm.logpdf(alpha) - stats.norm.logsf(alpha)))


def _mean_over_sd(alpha: float) -> float:
    """Mean above the cut over SD, of a standard normal law cut at alpha."""
    hazard = _hazard(alpha)
    return (hazard - alpha) / sqrt(1 - hazard * (hazard - alpha))


def either_of_two(limbs_r: float) -> float:
    r"""Chance that one of two limbs at least is past its MDC on one side, by errors alone.

    Notes
    -----
    With errors that go together at r:

    .. math:: 1 - \int \phi(t) \, \Phi\left(\frac{z - \sqrt r \, t}{\sqrt{1 - r}}\right)^2 dt

    Examples
    --------
    >>> round(either_of_two(0), 4), round(either_of_two(1), 4)
    (0.0494, 0.025)
    """
    from scipy import integrate, special, stats

    cut, r = z(), min(max(limbs_r, 0.0), 1.0)
    if r == 1:
        return float(stats.norm.sf(cut))
    within, _ = integrate.quad(
        lambda t: stats.norm.pdf(t) * special.ndtr((cut - sqrt(r) * t) / sqrt(1 - r)) ** 2,
        -_FAR, _FAR,
    )  # fmt: skip
    return 1 - float(within)


def false_shares(
    badness: Array, limbs: Array, sem: float, limbs_r: float, control_sd: float
) -> FalseShares:
    """Shares past the MDC of a runner's limbs, if no treatment did anything to anyone.

    Parameters
    ----------
    badness
        Runners' means at baseline, worse upwards.
    limbs
        Of how many limbs, one or two, each of them is the mean.
    sem
        Error of one reading of one limb, above 0.
    limbs_r
        How far the errors of a runner's two limbs go together.
    control_sd
        SD of the control arm's changes; where it is smaller than errors make it, errors count.
    """
    counts, runners = np.unique(limbs, return_counts=True)
    parts = [_of_limbs(badness, int(m), sem, limbs_r, control_sd) for m in counts]

    def mean(values: list[float]) -> float:
        return float(np.average(values, weights=runners))

    def share(name: str) -> Share:
        better, worse = zip(*(getattr(part, name) for part in parts), strict=True)
        return mean(better), mean(worse)

    names = ("error", "selection", "fluctuation", "either_limb")
    return FalseShares(*map(share, names), mean([part.shift for part in parts]))


def _of_limbs(
    badness: Array, limbs: int, sem: float, limbs_r: float, control_sd: float
) -> FalseShares:
    """The same of runners who all have so many limbs, who came in as everybody did."""
    error, cut = error_of_mean(sem, limbs, limbs_r), mdc(sem, limbs, limbs_r)
    own = max(error * sqrt(2), control_sd)  # SD of a change, ups and downs included
    shift = selection_shift(badness, error)
    either = either_of_two(limbs_r if limbs > 1 else 1.0)
    return FalseShares(
        _past(cut, 0, error * sqrt(2)),
        _past(cut, shift, error * sqrt(2)),
        _past(cut, selection_shift(badness, own / sqrt(2)), own),
        (either, either),
        shift,
    )


def _past(cut: float, shift: float, sd: float) -> Share:
    from scipy import stats

    return float(stats.norm.sf((cut - shift) / sd)), float(stats.norm.sf((cut + shift) / sd))
