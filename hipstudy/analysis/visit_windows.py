"""Visits a little early or late, counted in the week that the plan asks for.

A row of a limb counts in the planned week where it is within the plan's window of it; of two rows
of one limb the nearer, of two as near the earlier. The choice looks at weeks only, never at values.
Baseline stays week 0: a reading after it is one under treatment.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from hipstudy.analysis.plan import AnalysisPlan

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-9  # weeks: 12 less 11.9 is not quite 0.1


@dataclass(frozen=True)
class InWindow:
    """Runners of the two arms with the primary outcome in the planned week's window."""

    # Who came in another week that counts as the planned one, on any limb.
    n_moved: int = 0
    # Who has two readings of a limb in the window: the nearer counts, the other does not.
    n_twice: int = 0


NOBODY = InWindow()


def counted_in_windows(
    observations: "pd.DataFrame", plan: AnalysisPlan
) -> "tuple[pd.DataFrame, InWindow]":
    """Put the planned week into every row that counts in it, and count the runners who moved.

    They are as ``clinic.read`` gives them. Without a window, or without weeks, they stay as they
    are; a row that is not chosen keeps its own week.
    """
    if not plan.window_weeks or "week" not in observations:
        return observations, NOBODY
    off = (observations["week"] - plan.week).abs()
    near = observations.assign(off=off)[off <= plan.window_weeks + ROUNDING]
    if near.empty:
        return observations, NOBODY
    near = near.sort_values(["off", "week"], kind="stable")
    # Two rows of one limb in the planned week itself are an error of the file: none is moved.
    chosen = near[~near.duplicated(["runner", "side"]) & (near["off"] > 0)]
    week = observations["week"].mask(observations.index.isin(chosen.index), float(plan.week))
    frame, moved = observations.assign(week=week), chosen.index
    return frame, _counts(near, moved, plan)


def _counts(near: "pd.DataFrame", moved: "pd.Index[int]", plan: AnalysisPlan) -> InWindow:
    if plan.primary not in near or "arm" not in near:
        return NOBODY
    asked = near["arm"].isin([plan.treatment, plan.control]) & near[plan.primary].notna()
    near = near[asked]
    twice = near[near.duplicated(["runner", "side"])]
    return InWindow(near.loc[near.index.isin(moved), "runner"].nunique(), twice["runner"].nunique())
