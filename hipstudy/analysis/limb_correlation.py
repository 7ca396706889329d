"""How far the two hips of a runner read alike, within arms."""

from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.icc_interval import icc_interval
from hipstudy.analysis.reliability import within_runner_correlation

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class LimbCorrelation:
    """How far two limbs go together; NaN where it cannot be told."""

    r: float
    # Its interval by ``icc_interval``, runners as groups of two and the arms' means taken out.
    low: float
    high: float
    n_runners: int  # with both limbs


def limb_correlation(
    frame: "pd.DataFrame", outcome: str, week: int, alpha: float | None = None
) -> LimbCorrelation:
    """Intraclass correlation of limbs at a visit, over the runners who have both.

    Each value is held against the mean of its arm at that visit, so that a difference between arms
    does not pass for likeness. NaN with fewer than two runners.

    Parameters
    ----------
    frame
        A row per limb and visit: runner, side, arm, week and the outcome.
    outcome
        Its column.
    week
        The visit.
    alpha
        Error rate of the interval.
    """
    if not {"side", "arm"} <= set(frame) or outcome not in frame:
        return LimbCorrelation(nan, nan, nan, 0)
    there = frame[(frame["week"] == week) & frame[outcome].notna() & frame["arm"].notna()]
    n_limbs = there.groupby("runner")["side"].nunique()
    there = there[there["runner"].isin(n_limbs[n_limbs == 2].index)]
    values = there[outcome].astype(float)
    off = values - values.groupby(there["arm"]).transform("mean")
    r, n = within_runner_correlation(there.assign(d=off)), int((n_limbs == 2).sum())
    if n < 2:
        return LimbCorrelation(r, nan, nan, n)
    arms = there["arm"].astype(str).to_numpy()
    design = (arms[:, np.newaxis] == np.unique(arms)).astype(float)
    runners = np.unique(there["runner"].to_numpy(), return_inverse=True)[1]
    return LimbCorrelation(r, *icc_interval(values.to_numpy(), design, runners, alpha), n)
