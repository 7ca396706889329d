"""How far the two hips of a runner read alike, within arms."""

from typing import TYPE_CHECKING

from hipstudy.analysis.reliability import within_runner_correlation

if TYPE_CHECKING:
    import pandas as pd


def limb_correlation(frame: "pd.DataFrame", outcome: str, week: int) -> tuple[float, int]:
    """Intraclass correlation of limbs at a visit, and how many runners have both.

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
    """
    if not {"side", "arm"} <= set(frame) or outcome not in frame:
        return float("nan"), 0
    there = frame[(frame["week"] == week) & frame[outcome].notna() & frame["arm"].notna()]
    n_limbs = there.groupby("runner")["side"].nunique()
    there = there[there["runner"].isin(n_limbs[n_limbs == 2].index)]
    values = there[outcome].astype(float)
    off = values - values.groupby(there["arm"]).transform("mean")
    return within_runner_correlation(there.assign(d=off)), int((n_limbs == 2).sum())
