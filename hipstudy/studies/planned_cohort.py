"""A made-up cohort file as a plan expects it: its design, visits, outcomes and columns.

Every runner follows the same prescription, whatever the arm: the arms differ by chance alone, so
that nothing in the tables hints at a result. What the format has is simulated and looked at with
the instruments' errors; what only the plan knows (outcomes and columns of its own) is drawn between
the ends that the plan gives, or is a plain number or letter.
"""

from math import floor, log10
from typing import TYPE_CHECKING, Any

import numpy as np

from hipstudy import random_streams
from hipstudy.analysis.designs.plan_rules import CLUSTERS, CROSSOVER, WITHIN
from hipstudy.analysis.loss_reasons import loss_column
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.trial_facts import LOSS_COLUMN
from hipstudy.arrays import Array
from hipstudy.cohort_file.schema import CHOICES, find
from hipstudy.cohort_file.synthetic_example import (
    ARMS,
    DIGITS,
    MISSED,
    NO_TORQUE,
    SHARES,
    VALUES,
)
from hipstudy.model import cohort, observe, simulate
from hipstudy.model.causes import WORLDS
from hipstudy.model.observe import Visits, instruments
from hipstudy.prescription import protocol

if TYPE_CHECKING:
    import pandas as pd

LEAST_RUNNERS, MOST_RUNNERS, USUAL_RUNNERS = 48, 300, 60
CLUSTERS_AN_ARM = 6
FIRST_DAY = "2024-01-01"  # long ago it would be taken for a date of birth
_HARMS = {"adverse_event": 0.04, "anterior_hip_pain": 0.03}


def runners_in_shells(n_planned: int) -> int:
    """How many made-up runners fill the shells: as many as planned, within what can be shown."""
    return int(np.clip(n_planned or USUAL_RUNNERS, LEAST_RUNNERS, MOST_RUNNERS))


def planned_weeks(plan: AnalysisPlan) -> tuple[int, ...]:
    """Weeks of the visits: baseline, those of the plan; of a crossover one between."""
    weeks = {0, plan.week, *plan.visits}
    if plan.design == CROSSOVER and not any(0 < week < plan.week for week in weeks):
        weeks.add(plan.week // 2)
    return tuple(sorted(weeks))


def planned_cohort(plan: AnalysisPlan, n_runners: int, seed: int) -> "pd.DataFrame":
    """A file that fits a plan, one row per runner, side and visit that took place.

    Parameters
    ----------
    plan
        Whose design, arms, visits, outcomes and columns it has.
    n_runners
        Of the file.
    seed
        Of all that is drawn.
    """
    weeks = planned_weeks(plan)
    frame = _observed(weeks, n_runners, seed)
    number, week = frame["runner_id"].to_numpy(), frame["week"].to_numpy()
    frame["arm"] = _arms(plan, frame, seed)
    for name, share in _HARMS.items():
        has = _luck(seed, name, number, week) < share
        frame[name] = np.where(week == 0, "", np.where(has, "yes", "no"))
    for name, own in plan.outcomes.items():
        sides = (frame["side"] == "right").to_numpy(int) * (own.of == "limb")
        usual = _normal(seed, f"{name} usual", number, sides)
        share = 0.5 + 0.15 * usual + 0.08 * _normal(seed, f"{name} visit", number, sides, week)
        digits = max(0, 2 - floor(log10(own.high - own.low)))
        values = own.low + (own.high - own.low) * np.clip(share, 0, 1)
        frame[name] = np.clip(values.round(digits), own.low, own.high)
    kinds = {name: field == "strata" for field, name in plan.adjusted}
    for name, is_words in kinds.items():
        if name not in frame or frame.loc[week == 0, name].nunique() < 2:
            frame[name] = _column(name, number, seed, is_words=is_words)
    if plan.cluster:
        frame[plan.cluster] = [f"C{one + 1:02d}" for one in _clusters(number)]
    if column := loss_column(plan):
        frame[column] = _reasons(plan, frame, seed)
    frame = frame[~((_luck(seed, "shell missed", number, week) < MISSED) & (week > 0))]
    if plan.date:
        first = np.datetime64(FIRST_DAY)
        frame[plan.date] = (first + 7 * frame["week"].to_numpy().astype("timedelta64[D]")).astype(
            str
        )
        frame = frame.drop(columns="week")
    frame["runner_id"] = [f"SIM-{one:03d}" for one in frame["runner_id"]]
    return frame.reset_index(drop=True)


def _observed(weeks: tuple[int, ...], n_runners: int, seed: int) -> "pd.DataFrame":
    """All runners under one prescription, each in a cause of his own, as a clinic sees them."""
    import pandas as pd

    values = VALUES()
    runners, tools = cohort.draw(n_runners, seed=seed), instruments(values)
    run = simulate.run(runners, protocol.preset(ARMS[0]), values, weeks=weeks[-1], seed=seed)
    place = _place(n_runners, seed, "shell cause")
    cause = np.searchsorted(np.cumsum(list(SHARES.values())), (place + 0.5) / n_runners)
    parts = []
    for at, world in enumerate(WORLDS):
        seen = observe.observe(run.in_world(world), Visits(weeks=weeks), tools, seed=seed)
        parts.append(seen[cause[seen["runner_id"].to_numpy() - 1] == at])
    frame = pd.concat(parts).sort_values(["runner_id", "week", "side"]).reset_index(drop=True)
    bare = _luck(seed, "shell torque", frame["runner_id"], frame["week"]) < NO_TORQUE
    frame.loc[bare, ["end_range_torque_nm_kg", "torque_angle_ext_deg"]] = np.nan
    for name in ("pelvis_controlled", "stopped_exercise"):
        frame[name] = np.where(frame[name].astype(bool), "yes", "no")
    for name, digits in DIGITS.items():
        frame[name] = frame[name].round(digits) + 0.0
    return frame


def _place(n: int, seed: int, stream: str) -> Array:
    """Place of every runner in a lot, 0 to n - 1."""
    lot = random_streams.uniform(seed=seed, stream=stream, by=[np.arange(n)])
    return np.argsort(np.argsort(lot))


def _luck(seed: int, stream: str, *by: Any) -> Array:
    return random_streams.uniform(seed=seed, stream=stream, by=[np.asarray(one) for one in by])


def _normal(seed: int, stream: str, *by: Any) -> Array:
    from scipy.special import ndtri

    return ndtri(_luck(seed, stream, *by))


def _clusters(number: Any) -> Array:
    """Cluster of every row: as many runners in each as can be."""
    return (np.asarray(number) - 1) % (2 * CLUSTERS_AN_ARM)


def _arms(plan: AnalysisPlan, frame: "pd.DataFrame", seed: int) -> list[str]:
    """Arm of every row, by the design."""
    number = frame["runner_id"].to_numpy()
    named = [*plan.arms, *(arm for pair in plan.contrasts for arm in pair)]
    arms = list(dict.fromkeys(named))
    place = _place(int(number.max()), seed, "shell lot")[number - 1]
    if plan.design == CLUSTERS:
        place = _clusters(number)
    elif plan.design == WITHIN:
        place = place + (frame["side"] == "right").to_numpy(int)
    elif plan.design == CROSSOVER:
        between = max(week for week in planned_weeks(plan) if week < plan.week)
        place = place + (frame["week"] > between).to_numpy(int)
    return [arms[one % len(arms)] for one in place]


def _column(name: str, number: Any, seed: int, *, is_words: bool) -> Array:
    """A covariate or stratum that the plan names: as the format has it, else a number or letter."""
    column, luck = find(name), _luck(seed, f"shell {name}", number)
    if column is not None and column.kind in CHOICES:
        kinds = CHOICES[column.kind]
        return np.array(kinds)[(luck * len(kinds)).astype(int)]
    if column is not None and column.plausible:
        low, high = column.plausible
        return (low + (high - low) * luck).round(1)
    return np.where(luck < 0.5, "A", "B") if is_words else (100 * luck).round(0)


def _reasons(plan: AnalysisPlan, frame: "pd.DataFrame", seed: int) -> Array:
    """A code of the plan for every runner who is lost before its week."""
    codes = [code for code in plan.losses if code != LOSS_COLUMN]
    number = frame["runner_id"].to_numpy()
    came = set(frame.loc[frame["week"] == plan.week, "runner_id"])
    own = (_luck(seed, "shell reason", number) * len(codes)).astype(int)
    return np.where([one in came for one in number], "", np.array(codes)[own])
