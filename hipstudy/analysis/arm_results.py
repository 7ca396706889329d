"""What was measured, by outcome, visit and arm, with no model in it, and who is not there.

A runner counts once: with the mean of the limbs that were measured. The first page and
``tables/results.csv`` are made of one frame, so that both say the same.
"""

from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.designs.plan_rules import WITHIN
from hipstudy.analysis.disclosure import Row, table
from hipstudy.analysis.participants import (
    arms_in_order,
    outcomes_with_values,
    rows_of_enrolled,
    rows_with_values,
    tidy_rows,
    visit_weeks,
)
from hipstudy.analysis.plan import AnalysisPlan

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = "outcome week arm n_runners n_limbs mean sd median q1 q3"


def results(
    observations: "DataFrame", plan: AnalysisPlan, *, small_cells: bool = False
) -> "DataFrame":
    """Every measured outcome at every visit in every arm, over runners' means.

    Of runners who have an arm and were seen at baseline. Weeks are baseline, the plan's, and those
    in which enough runners came. Quartiles are linear between runners, as in pandas.

    Columns: outcome, week, arm, n_runners, n_limbs, mean, sd, median, q1, q3, instead (why the
    numbers are missing where they would tell about fewer runners than ``least``, unless
    ``small_cells``). The plan's outcomes come first, as it has them; treatment and control come
    before other arms.
    """
    frame = rows_of_enrolled(tidy_rows(observations), plan)
    planned = [plan.primary, *plan.secondary]
    names = sorted(outcomes_with_values(frame, plan), key=lambda name: name not in planned)
    names = [*(name for name in planned if name in names), *names]
    weeks = [0.0, *visit_weeks(frame, plan)]
    rows = []
    for outcome in dict.fromkeys(names):
        for week in weeks:
            for arm in arms_in_order(frame, plan):
                here = frame[(frame["week"] == week) & (frame["arm"] == arm)]
                here = here[here[outcome].notna()]
                values = here.groupby("runner")[outcome].mean()
                low, middle, high = values.quantile([0.25, 0.5, 0.75])
                counts = (len(values), len(here), values.mean(), values.std(), middle, low, high)
                rows.append(Row((outcome, week, arm, *counts), len(values)))
    return table(rows, COLUMNS, small_cells=small_cells)


def runner_means(observations: "DataFrame", plan: AnalysisPlan, outcome: str) -> "DataFrame":
    """Runners' means of one outcome at the visits, by arm, as ``results`` counts them.

    Columns: arm, week, value, and cluster where the plan has them, a number. Rows stand by size
    within an arm and week: no runner can be followed from one visit to the next.
    """
    frame = rows_of_enrolled(tidy_rows(observations), plan)
    cluster = frame.groupby("runner")[plan.cluster].first() if plan.cluster else None
    frame = frame[frame["week"].isin([0.0, *visit_weeks(frame, plan)]) & frame[outcome].notna()]
    means = frame.groupby(["arm", "week", "runner"])[outcome].mean().rename("value").reset_index()
    names = ["arm", "week", "value"]
    if cluster is not None:
        means["cluster"] = means["runner"].map(cluster.astype("category").cat.codes)
        names.append("cluster")
    means = means[names].sort_values(["week", "arm", "value"])
    order = {arm: place for place, arm in enumerate(arms_in_order(means, plan))}
    return means.sort_values(
        "arm", key=lambda arm: arm.map(order), kind="stable", ignore_index=True
    )


def losses(observations: "DataFrame", plan: AnalysisPlan) -> "DataFrame":
    """Runners of an arm without the primary outcome at the plan's week, on any limb.

    Columns: arm, n, of (the arm's runners at baseline), stopped (those of n who by any visit had
    stopped the exercise; NaN where that is recorded of nobody in the file), never (those of n who
    came to no visit after baseline: a row without any value is none).
    """
    import pandas as pd

    frame = rows_of_enrolled(tidy_rows(observations), plan)
    later = frame[frame["week"] > 0]
    stopped = set(later.loc[later["stopped_exercise"].eq(True), "runner"])
    is_recorded = later["stopped_exercise"].notna().any()
    ends = frame[(frame["week"] == plan.week) & frame[plan.primary].notna()]
    came = rows_with_values(later, plan)
    rows = []
    for arm in arms_in_order(frame, plan):
        runners = set(frame.loc[frame["arm"] == arm, "runner"])
        # A leg stays in its arm; else a runner's end counts for every arm that the runner was in.
        seen = ends[ends["arm"] == arm] if plan.design == WITHIN else ends
        gone = runners - set(seen["runner"])
        n_stopped = len(gone & stopped) if is_recorded else np.nan
        n_never = len(gone - set(came["runner"]))
        rows.append((arm, len(gone), len(runners), n_stopped, n_never))
    return pd.DataFrame(rows, columns=["arm", "n", "of", "stopped", "never"])
