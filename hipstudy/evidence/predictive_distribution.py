"""A predictive distribution: what each draw of the parameters predicts, and the sampling error."""

from dataclasses import dataclass

import numpy as np
import scipy

from hipstudy.arrays import Array
from hipstudy.evidence.trials import Case

_BISECTIONS = 60  # halve the bracket to the last digit


def central_share(low: float, high: float, level: int) -> float:
    """How far what was published lies in the central interval of so many per cent, 0 to 1.

    Parameters
    ----------
    low, high
        Shares of a predictive distribution below it: twice the same of a value, which lies inside
        or not. Of a rule it is the share of the rule's own chance that lies inside, so that a rule
        that nothing could break says nothing.

    Notes
    -----
    The non-randomised PIT: Czado C, Gneiting T, Held L. Predictive model assessment for count
    data. Biometrics 2009;65:1254, doi:10.1111/j.1541-0420.2009.01191.x.
    """
    first, last = 0.5 - level / 200, 0.5 + level / 200
    if high > low:
        inside = min(max(high, first), last) - min(max(low, first), last)
        return inside / (high - low)
    return float(first <= low <= last)


@dataclass(frozen=True, eq=False)
class Mixture:
    """A predictive distribution: one bell a draw, all of one width.

    Parameters
    ----------
    centres
        What each draw predicts, (draws,). NaN is a ratio of no change to no change: there the bell
        is the law of a ratio of two noises, Cauchy's.
    sd
        Width of the bells, in the case's unit.
    noise_ratio
        Noise of the upper over that of the lower part of a ratio.
    noise_r
        How far these two noises go together.

    Notes
    -----
    The ratio of two normal noises with the ratio ``q`` of their sizes and the correlation ``r``
    has Cauchy's law around ``r q`` with the width ``q sqrt(1 - r**2)`` (Marsaglia, J Stat Softw
    2006;16(4), doi:10.18637/jss.v016.i04).
    """

    centres: Array
    sd: float
    noise_ratio: float = 1.0
    noise_r: float = 0.0

    @property
    def _noise_law(self) -> tuple[float, float]:
        """Centre and width of a ratio of two noises."""
        return self.noise_r * self.noise_ratio, self.noise_ratio * np.sqrt(1 - self.noise_r**2)

    def log_density(self, value: float) -> float:
        """Log of the mean density over draws, safe where every density is next to nothing."""
        z = (value - self.centres) / self.sd
        bells = -0.5 * z**2 - np.log(self.sd * np.sqrt(2 * np.pi))
        middle, width = self._noise_law
        noises = np.log(width / (np.pi * (width**2 + (value - middle) ** 2)))
        each = np.where(np.isnan(z), noises, bells)
        return float(scipy.special.logsumexp(each) - np.log(each.size))

    def log_chance(self, low: float, high: float) -> float:
        """Log of how likely it holds a value from ``low`` to ``high``, either of them infinite."""
        chance = self.cdf(high) - self.cdf(low)
        return float(np.log(chance)) if chance > 0 else float(np.log(np.finfo(float).tiny))

    def log_score(self, case: Case) -> float:
        """Of what was published: a value's log density, or the log chance of a rule."""
        return self.log_chance(*case.limits) if case.by_rule else self.log_density(case.point)

    def places(self, case: Case) -> tuple[float, float]:
        """Share of it below what was published: one place of a value, two ends of a rule."""
        if case.by_rule:
            low, high = case.limits
            return self.cdf(low), self.cdf(high)
        return (self.cdf(case.point),) * 2

    def cdf(self, value: float) -> float:
        """Share of what it holds likely that lies below a value."""
        if np.isinf(value):
            return float(value > 0)
        z = (value - self.centres) / self.sd
        middle, width = self._noise_law
        noises = 0.5 + np.arctan((value - middle) / width) / np.pi
        return float(np.mean(np.where(np.isnan(z), noises, scipy.special.ndtr(z))))

    @property
    def moments(self) -> tuple[float, float]:
        """Mean and standard deviation; NaN where a draw predicts a ratio of two noises."""
        return float(np.mean(self.centres)), float(np.hypot(np.std(self.centres), self.sd))

    def quantile(self, share: float) -> float:
        """The value below which a share of it lies."""
        known = self.centres[~np.isnan(self.centres)]
        reach = 40 * self.sd + self.noise_ratio * (known.size < self.centres.size) * 1e4
        low, high = known.min(initial=0.0) - reach, known.max(initial=0.0) + reach
        for _ in range(_BISECTIONS):
            middle = (low + high) / 2
            low, high = (middle, high) if self.cdf(middle) < share else (low, middle)
        return float((low + high) / 2)


def of_case(case: Case, centres: Array) -> Mixture:
    """The predictive distribution of a case around what each draw predicts, (draws,)."""
    return Mixture(centres, case.standard_error, case.noise_ratio, case.noise_r)
