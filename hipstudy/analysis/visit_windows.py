"""Visits a little early or late, counted in the week that the plan asks for.

A row of a limb counts in the nearest planned week, of two as near the earlier, where it is within
the plan's window of it. Of several
rows of one limb the nearer counts, of two as near the earlier: that choice looks at weeks only and
never at values. Where the plan takes the worst, it is the row with the worst primary outcome, of
two as bad the nearer; a row in the very week stands then in the week of the one that counts. By
dates, near is by days. Baseline stays week 0: a reading after it is one under treatment.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.plan import AnalysisPlan

if TYPE_CHECKING:
    import pandas as pd

ROUNDING = 1e-9  # weeks: 12 less 11.9 is not quite 0.1
DAYS_OF_WEEK = 7
_LIMB_AT_VISIT = ["runner", "side", "visit"]


@dataclass(frozen=True)
class InWindow:
    """Runners of the two arms with the primary outcome in the planned week's window."""

    # Who came in another week that counts as the planned one, on any limb.
    n_moved: int = 0
    # Who has several readings of a limb in the window, of which one counts.
    n_twice: int = 0


NOBODY = InWindow()


def counted_in_windows(
    observations: "pd.DataFrame", plan: AnalysisPlan
) -> "tuple[pd.DataFrame, InWindow]":
    """Put the planned week into every row that counts in it.

    Runners are counted who moved into the week of the plan's question.

    They are as ``clinic.read`` gives them; days since the first date are used and left out. Without
    a window, or without weeks, they stay as they are; a row that is not chosen keeps its own week.
    """
    exact = observations.get("week")
    if "day" in observations:
        exact = observations["day"] / DAYS_OF_WEEK
        observations = observations.drop(columns="day")
    if not plan.window_weeks or exact is None:
        return observations, NOBODY
    planned = np.array(plan.planned_visits or (float(plan.week),))
    away = np.abs(exact.to_numpy(float)[:, np.newaxis] - planned)
    nearest = planned[np.nan_to_num(away, nan=np.inf).argmin(axis=1)]
    off = (exact - nearest).abs()
    is_near = off <= plan.window_weeks + ROUNDING
    near = observations.assign(off=off, exact=exact, visit=nearest)[is_near]
    if near.empty:
        return observations, NOBODY
    order = ["off", "exact"]
    if plan.window_takes == "worst" and plan.primary in near:
        near = near.assign(goodness=plan.better_sign(plan.primary) * near[plan.primary])
        order = ["goodness", *order]
    near = near.sort_values(order, kind="stable")
    # Two rows of one limb in the planned week itself are an error of the file: none is moved.
    chosen = near[~near.duplicated(_LIMB_AT_VISIT) & (near["week"] != near["visit"])]
    week = observations["week"].copy()
    in_week = near[near["week"] == near["visit"]].reset_index().merge(chosen, on=_LIMB_AT_VISIT)
    week[in_week["index"]] = in_week["week_y"].to_numpy()
    week[chosen.index] = chosen["visit"]
    near = near[near["visit"] == plan.week]
    return observations.assign(week=week), _counts(near, chosen.index, plan)


def _counts(near: "pd.DataFrame", moved: "pd.Index[int]", plan: AnalysisPlan) -> InWindow:
    if plan.primary not in near or "arm" not in near:
        return NOBODY
    asked = near["arm"].isin([plan.treatment, plan.control]) & near[plan.primary].notna()
    near = near[asked]
    twice = near[near.duplicated(["runner", "side"])]
    return InWindow(near.loc[near.index.isin(moved), "runner"].nunique(), twice["runner"].nunique())
