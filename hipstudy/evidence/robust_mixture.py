r"""One figure from the two views, for who asks for one: a robust mixture, its weight stated.

What trials elsewhere say of a new trial is a prior for the contrast; a share of it is a vague part
that holds nothing of those trials (Schmidli et al. 2014, doi:10.1111/biom.12242):

.. math:: p(\theta) = w\, t_{k-1}(\theta; \hat\mu, s) + (1 - w)\, N(\theta; 0, v^2)

The scale :math:`s` is that of the prediction interval, and :math:`v` is what one runner in each arm
would tell. The model's draws of :math:`\theta` are weighed by this prior. Where draws and trials
disagree, the vague part takes over and the trials count for less: their share afterwards is given
beside what was asked for. The two views are taken to be independent, and trials of pain elsewhere
to tell of tightness at the hip: both are assumptions.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import isnan

import numpy as np
import scipy

from hipstudy.arrays import Array
from hipstudy.evidence.pooling import LEVEL, PooledEffect
from hipstudy.evidence.symptom_trials import SymptomTrial

VAGUE_MEAN = 0.0
FEWEST_DRAWS = 100  # of equal weight, by which an end of a 95 % interval is worth printing


@dataclass(frozen=True)
class CombinedEffect:
    """The model's draws as trials elsewhere weigh them.

    Parameters
    ----------
    weight
        Of the trials' part, as it was asked for.
    estimate, low, high
        Weighted mean, and ends of the middle share of the weighted draws, in the trials' unit.
    trials_share
        Weight of the trials' part after the model's draws: small where the views disagree.
    vague_sd
        Standard deviation of the vague part.
    n_draws, n_effective
        Draws, and how many equally weighted ones tell as much (Kish).
    """

    weight: float
    estimate: float
    low: float
    high: float
    trials_share: float
    vague_sd: float
    n_draws: int
    n_effective: float

    @property
    def is_exact_enough(self) -> bool:
        """Whether enough of the draws count for the interval's ends to be worth printing."""
        return self.n_effective >= FEWEST_DRAWS


def one_runner_sd(trials: Iterable[SymptomTrial]) -> float:
    r"""Standard error that one runner in each arm would give: the median over trials.

    A trial's standard error is :math:`\sigma\sqrt{1/n_1 + 1/n_2}`, which gives its
    :math:`\sigma`; of one runner in each arm it is :math:`\sigma\sqrt 2`. NaN where no trial
    says how many people it had.
    """
    each = [
        one.standard_error * np.sqrt(2 / (1 / one.n_first + 1 / one.n_second))
        for one in trials
        if one.n_first and one.n_second
    ]
    return float(np.median(each)) if each else float("nan")


def combine(
    draws: Array, effect: PooledEffect, *, weight: float, vague_sd: float, level: float
) -> CombinedEffect | None:
    """Weigh draws by the robust mixture; None where the trials give no prediction interval.

    Parameters
    ----------
    draws
        Differences in the model, one a draw, equally likely, (draws,).
    effect
        The trials in the same direction and unit.
    weight
        Of the trials' part, 0 to 1.
    vague_sd
        Standard deviation of the vague part, in the unit of the draws.
    level
        Share of the weighted draws that lies between ``low`` and ``high``.
    """
    if isnan(effect.pi_low) or isnan(vague_sd):
        return None
    df = effect.k - 1
    scale = (effect.pi_high - effect.estimate) / scipy.special.stdtrit(df, (1 + LEVEL) / 2)
    of_trials = weight * _t_density((draws - effect.estimate) / scale, df) / scale
    vague = (1 - weight) * _normal_density((draws - VAGUE_MEAN) / vague_sd) / vague_sd
    weights = (of_trials + vague) / (of_trials + vague).sum()
    ends = _weighted_quantiles(draws, weights, ((1 - level) / 2, (1 + level) / 2))
    return CombinedEffect(
        weight,
        float(weights @ draws),
        *ends,
        trials_share=float(of_trials.sum() / (of_trials + vague).sum()),
        vague_sd=vague_sd,
        n_draws=draws.size,
        n_effective=float(1 / (weights**2).sum()),
    )


# As scipy.stats has them, to the last digit; it takes longer to load than all that is asked of it.
def _t_density(z: Array, df: int) -> Array:
    log_top = np.log(scipy.special.poch(0.5 * df, 0.5)) - 0.5 * (np.log(df) + np.log(np.pi))
    return np.exp(log_top - (df + 1) / 2 * np.log1p(z * z / df))


def _normal_density(z: Array) -> Array:
    return np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)


def _weighted_quantiles(
    draws: Array, weights: Array, shares: tuple[float, float]
) -> tuple[float, float]:
    order = np.argsort(draws)
    middle = np.cumsum(weights[order]) - weights[order] / 2
    low, high = np.interp(shares, middle, draws[order])
    return float(low), float(high)
