"""Cohort files as a clinic would write them, right to the last cell, of many sizes and kinds.

``people`` are runners of the model in three arms, each with a cause of his own, seen at five visits
with the instruments' errors; a cohort takes some of them. Sizes, arms, visits, columns, missing
readings, lost runners, the order of rows and the ways of rating vary. Ratings are whole numbers
that keep to the ends of their scale, in every third cohort with heaps on 0, 5 and 10 besides.
"""

from functools import cache

import numpy as np
import pandas as pd

from hipstudy.cohort_file.synthetic_example import DIGITS, SHARES, VALUES
from hipstudy.model import cohort, observe, simulate
from hipstudy.model.causes import WORLDS
from hipstudy.prescription import protocol

ARMS = ("stretch_only", "strength_plus_stretch", "strength_only")
WEEKS = (0, 3, 6, 9, 12)
VISITS = ((0, 12), (0, 6, 12), (0, 3, 6, 9, 12))
PEOPLE = 600
RATINGS = ["tightness_nrs", "discomfort_nrs"]
INSTRUMENTS = ["thomas_ext_deg", "end_range_torque_nm_kg"]


@cache
def people(seed=7, n=PEOPLE):
    """Every runner at every visit, in each arm."""
    values = VALUES()
    runners = cohort.draw(n, seed=seed)
    tools = observe.instruments(values)
    rng = np.random.default_rng(seed)
    cause = rng.choice(WORLDS, n, p=[SHARES[world] for world in WORLDS])
    parts = []
    for arm in ARMS:
        run = simulate.run(runners, protocol.preset(arm), values, weeks=WEEKS[-1], seed=seed)
        for world in WORLDS:
            seen = observe.observe(
                run.in_world(world), observe.Visits(weeks=WEEKS), tools, seed=seed
            )
            parts.append(seen[cause[seen["runner_id"] - 1] == world])
    frame = pd.concat(parts, ignore_index=True)
    for name, digits in DIGITS.items():
        frame[name] = frame[name].round(digits) + 0.0
    return frame


def clean(k, *, seed=7, arms=(1, 2, 2, 3), least=12):
    """Cohort number k, as its file has it; at least so many runners an arm, 40 at most."""
    rng = np.random.default_rng([seed, k])
    n_arms, weeks = int(rng.choice(arms)), VISITS[rng.integers(len(VISITS))]
    n = int(rng.integers(least, 41)) * n_arms
    who = rng.permutation(PEOPLE)[:n] + 1
    arm_of = dict(zip(who, np.array(ARMS)[np.arange(n) % n_arms], strict=True))
    frame = people(seed)
    frame = frame[frame["runner_id"].isin(who) & frame["week"].isin(weeks)]
    frame = frame[frame["arm"] == frame["runner_id"].map(arm_of)].copy()
    if k % 3 == 0:
        _heap(frame, rng)
    later = frame["week"] > 0
    missed = frame[["runner_id", "week"]].apply(tuple, axis=1).map(_luck(frame, rng))
    frame = frame[~(later & (missed < rng.choice([0, 0.06, 0.15])))].copy()
    for name in (*INSTRUMENTS, *RATINGS):
        frame.loc[rng.random(len(frame)) < rng.choice([0, 0.02, 0.08]), name] = np.nan
    frame.loc[frame["end_range_torque_nm_kg"].isna(), "torque_angle_ext_deg"] = np.nan
    if k % 5 == 4:  # a goniometer read to half degrees
        jitter = rng.choice([-0.5, 0, 0, 0.5], len(frame))
        frame["thomas_ext_deg"] += jitter
    code = {one: f"R{place:03d}" for place, one in enumerate(rng.permutation(who))}
    frame["runner_id"] = frame["runner_id"].map(code)
    for name in ("pelvis_controlled", "stopped_exercise"):
        frame[name] = np.where(frame[name].astype(bool), "yes", "no")
    order = (["runner_id", "side", "week"], ["runner_id", "week", "side"], ["week", "runner_id"])
    return frame.sort_values(order[k % 3], kind="stable").reset_index(drop=True)


def only_rated(frame, rng):
    """The ratings alone, one in tenths as of a line of 100 mm: no instrument."""
    frame = frame.drop(columns=[*INSTRUMENTS, "torque_angle_ext_deg"])
    if rng.random() < 0.5:
        tenths = frame["tightness_nrs"] + rng.integers(-4, 5, len(frame)) / 10
        frame["tightness_nrs"] = tenths.clip(0, 10).round(1)
    return frame


def _luck(frame, rng):
    pairs = list(dict.fromkeys(zip(frame["runner_id"], frame["week"], strict=True)))
    return dict(zip(pairs, rng.random(len(pairs)), strict=True))


def _heap(frame, rng):
    """Three ratings of ten next to 0, 5 and 10 become these, as people's do."""
    for name in RATINGS:
        near = frame[name].map({1: 0, 4: 5, 6: 5, 9: 10}).where(rng.random(len(frame)) < 0.3)
        frame[name] = near.fillna(frame[name])
