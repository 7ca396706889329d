"""How many published results lie in the predictive intervals, and how many should."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.evidence.predictive_distribution import central_share, of_case
from hipstudy.evidence.validation import CaseResult

if TYPE_CHECKING:
    import pandas as pd

LEVELS = (50, 80, 95)  # of central predictive intervals, per cent
N_SIMULATED = 1000


@dataclass(frozen=True)
class Coverage:
    """Share of trials whose published value lies in the predictive interval, 95 % binomial ends."""

    level: int
    trials: int
    share: float
    low: float
    high: float

    @property
    def agrees(self) -> bool:
        """Whether the binomial interval holds the level that was promised."""
        return self.low <= self.level / 100 <= self.high


def wilson(share: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of n; a trial of several cases may count in part.

    Notes
    -----
    Wilson EB, J Am Stat Assoc 1927;22:209, doi:10.1080/01621459.1927.10502953.
    """
    z2 = scipy.special.ndtri(0.975) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = np.sqrt(z2 * (share * (1 - share) + z2 / (4 * n)) / n) / (1 + z2 / n)
    return max(0.0, float(middle - half)), min(1.0, float(middle + half))


def coverage(table: "pd.DataFrame", role: str, levels: Sequence[int] = LEVELS) -> list[Coverage]:
    """Coverage of the predictive intervals over the trials of a role, each trial once."""
    part = table[table["role"] == role]
    found = []
    for level in levels:
        inside = part[f"inside_{level}"].astype(float).groupby(part["trial"]).mean()
        share, n = float(inside.mean()), len(inside)
        found.append(Coverage(level, n, share, *wilson(share, n)))
    return found


def _shares(result: CaseResult, level: int, luck: Array, seed: int) -> Array:
    """How far each simulated publication of a case lies in its interval, (simulated,)."""
    case = result.case
    likely = of_case(case, result.draws)
    noise = scipy.special.ndtri(
        random_streams.uniform(seed=seed, stream=f"error of {case.name}", by=[np.arange(luck.size)])
    )
    centres = np.nan_to_num(result.draws)[(luck * result.draws.size).astype(int)]
    published = centres + case.standard_error * noise
    if not case.by_rule:
        first, last = likely.quantile(0.5 - level / 200), likely.quantile(0.5 + level / 200)
        return ((first <= published) & (published <= last)) * 1.0
    low, high = case.limits
    inside = central_share(*likely.places(case), level)
    chance = np.diff(likely.places(case))[0]
    beyond = (level / 100 - chance * inside) / (1 - chance) if chance < 1 else inside
    return np.where((low <= published) & (published <= high), inside, beyond)


def coverage_if_right(
    results: Iterable[CaseResult], role: str, level: int, *, seed: int
) -> tuple[float, float]:
    """Between which ends 95 % of coverages would lie if the model were right.

    Parameters
    ----------
    results
        Of every case.
    role, level
        As in ``coverage``.
    seed
        Of the simulated publications.

    Notes
    -----
    Publications of all cases are drawn from one draw of the parameters at a time, so that cases
    that hang on the same number fail together. What is counted is what ``coverage`` counts: where
    only a rule is known, whether it held.
    """
    by = [np.arange(N_SIMULATED)]
    luck = random_streams.uniform(seed=seed, stream="simulated publications", by=by)
    trials: dict[str, list[Array]] = {}
    for one in results:
        if one.case.role == role:
            trials.setdefault(one.case.trial, []).append(_shares(one, level, luck, seed))
    covered = np.mean([np.mean(each, axis=0) for each in trials.values()], axis=0)
    low, high = np.quantile(covered, (0.025, 0.975))
    return float(low), float(high)
