"""What may have happened to a cohort file, planted in one that is right, of a size that happens.

One entry for each check of ``hipstudy.cohort_file.integrity``. Each takes a clean file's frame and
a generator, and gives another frame.
"""

import numpy as np
import pandas as pd
from clean_cohorts import INSTRUMENTS, RATINGS

MEASURED = [*INSTRUMENTS, *RATINGS]


def follow_up_dealt_anew(frame, rng):
    """The instruments' readings of the last visit go to other runners of the same arm."""
    frame = frame.copy()
    last = frame["week"] == frame["week"].max()
    for _, arm in frame[last].groupby("arm"):
        wide = arm.pivot(index="runner_id", columns="side", values=INSTRUMENTS)
        dealt = pd.DataFrame(
            wide.to_numpy()[rng.permutation(len(wide))], index=wide.index, columns=wide.columns
        )
        for name in INSTRUMENTS:
            long = dealt[name].stack()
            keys = pd.MultiIndex.from_frame(arm[["runner_id", "side"]])
            frame.loc[arm.index, name] = long.reindex(keys).to_numpy()
    return frame


def rows_pasted(frame, rng):
    """Six rows, what was measured in them, stand again over the six of some place below."""
    frame = frame.copy()
    whole = np.flatnonzero(frame[MEASURED].notna().all(axis=1))
    start = int(rng.choice(whole[whole < len(frame) - 30]))
    to = int(rng.integers(start + 6, len(frame) - 6))
    frame.loc[to : to + 5, MEASURED] = frame.loc[start : start + 5, MEASURED].to_numpy()
    return frame


def single_rows_pasted(frame, rng):
    """Three single rows of a hundred, ten or more, have what was measured in others."""
    frame = frame.copy()
    rows = rng.permutation(np.flatnonzero(frame[MEASURED].notna().all(axis=1)))
    n = max(10, int(0.03 * len(frame)))
    frame.loc[rows[:n], MEASURED] = frame.loc[rows[n : 2 * n], MEASURED].to_numpy()
    return frame


def rounded_to_five(frame, rng):
    """Four in ten Thomas angles are read to the next five degrees."""
    frame = frame.copy()
    by_five = (frame["thomas_ext_deg"] / 5).round() * 5
    some = rng.random(len(frame)) < 0.4
    frame.loc[some, "thomas_ext_deg"] = by_five[some]
    return frame


def filled_down(frame, rng):
    """Ten torques in a row have the value of the first."""
    frame = frame.copy()
    known = np.flatnonzero(frame["end_range_torque_nm_kg"].notna())
    start = int(rng.integers(len(known) - 10))
    rows = known[start : start + 10]
    frame.loc[rows, "end_range_torque_nm_kg"] = frame.at[rows[0], "end_range_torque_nm_kg"]
    return frame


def one_arm_too_alike(frame, rng):
    """An arm's baseline readings of instruments have a quarter of their spread."""
    frame = frame.copy()
    arm = rng.choice(frame["arm"].unique())
    first = (frame["arm"] == arm) & (frame["week"] == 0)
    for name, step in zip(INSTRUMENTS, (1, 0.01), strict=True):
        own = frame.loc[first, name]
        near = own.mean() + (own - own.mean()) / 4
        frame.loc[first, name] = (near / step).round() * step
    return frame


def sides_swapped(frame, rng):
    """At the last visit, left and right are exchanged for four runners of five."""
    frame = frame.copy()
    codes = frame["runner_id"].unique()
    who = rng.choice(codes, int(0.8 * len(codes)), replace=False)
    rows = frame["runner_id"].isin(who) & (frame["week"] == frame["week"].max())
    frame.loc[rows, "side"] = frame.loc[rows, "side"].map({"left": "right", "right": "left"})
    return frame


def enrolled_twice(frame, rng):
    """One runner's rows stand again under another code, one reading in seven another."""
    complete = frame.groupby("runner_id")["thomas_ext_deg"].count()
    who = rng.choice(complete[complete == complete.max()].index)
    again = frame[frame["runner_id"] == who].assign(runner_id="R999")
    for name, step in zip(MEASURED, (1, 0.01, 1, 1), strict=True):
        other = rng.random(len(again)) < 1 / 7
        again.loc[other, name] = again.loc[other, name] + step * rng.choice([-1, 1])
    again[RATINGS] = again[RATINGS].clip(0, 10)
    return pd.concat([frame, again], ignore_index=True)


def visits_exchanged(frame, rng):
    """The first and the last visit of two runners have each other's week."""
    frame = frame.copy()
    last = frame["week"].max()
    seen = frame.groupby("runner_id")["week"].max()
    who = rng.choice(seen[seen == last].index, 2, replace=False)
    rows = frame["runner_id"].isin(who) & frame["week"].isin([0, last])
    frame.loc[rows, "week"] = last - frame.loc[rows, "week"]
    return frame


PLANTS = {
    "no_correlation": (follow_up_dealt_anew,),
    "repeated_rows": (rows_pasted, single_rows_pasted),
    "last_digits": (rounded_to_five,),
    "long_runs": (filled_down,),
    "unlike_spread": (one_arm_too_alike,),
    "swapped_sides": (sides_swapped,),
    "same_person": (enrolled_twice,),
    "visit_order": (visits_exchanged,),
}
