"""What a bout of training leaves for days: soreness, fatigue, and protection from the next one.

A bout's strain is its sets, a set without weight or short of end range counting for less, and a
protected bout for less again. Soreness and fatigue follow the strain. Every bout protects from like
ones by the same factor, so that an unchanged prescription ends up with nearly no soreness, and
protection is lost in weeks off. It is specific to muscle length: whole for work that reaches as far
as the bouts that gave it, and fading past it.
"""

from dataclasses import dataclass

import numpy as np

from hipstudy.arrays import Array, Rows, lanes
from hipstudy.model import equations
from hipstudy.model.adherence import DAYS
from hipstudy.model.usual_level import NRS_MAX
from hipstudy.parameters import Values


@dataclass(frozen=True, eq=False)
class Bouts:
    """Strain and fatigue of each day, each (days, draws, runners).

    Parameters
    ----------
    strain
        Sets done that day, as they strain: 0 on a day without a session.
    fatigue
        Share of torque missing when the day's session starts.
    """

    strain: Array
    fatigue: Array


def bouts(sets: Rows, weight: Array, reach_deg: Array, values: Values) -> Bouts:
    """Follow the strain of every session, and what it costs the next.

    Parameters
    ----------
    sets
        Sets done, a row (draws, runners) a day.
    weight
        How much a set strains on each day, (days, draws, 1): 1 with weight at end range.
    reach_deg
        How far into extension the work goes on each day, (days,).
    values
        Parameters.
    """
    shape = np.shape(sets[0])
    lost = lanes(np.exp(-1 / (values["protection_wk"] * DAYS)), shape)
    shields = {reach: np.zeros(shape) for reach in dict.fromkeys(reach_deg)}
    carried = {
        (one, two): equations.protection_carried(
            one, two, sd_deg=values["protection_length_sd_deg"]
        )
        for one in shields
        for two in shields
    }
    most, again = lanes(1 - values["protection_floor"], shape), values["second_bout_share"]
    keep = lanes(np.exp(-1 / values["fatigue_time_constant_d"]), shape)
    again, cost = lanes(again, shape), lanes(values["fatigue_per_set"], shape)
    strain, fatigue = np.zeros((len(sets), *shape)), np.empty((len(sets), *shape))
    tired, passing, shielded = np.zeros(shape), np.empty(shape), np.empty(shape)
    for day, today in enumerate(sets):
        for shield in shields.values():
            shield *= lost
        np.minimum(tired, 1, out=fatigue[day])
        if today.any():  # on any other day nothing strains anybody
            mine = reach_deg[day]
            shielded[:] = 0
            for reach, shield in shields.items():
                np.multiply(shield, carried[reach, mine], out=passing)
                np.maximum(shielded, passing, out=shielded)
            np.multiply(most, shielded, out=shielded)
            np.subtract(1, shielded, out=shielded)
            np.multiply(today, weight[day], out=strain[day])
            strain[day] *= shielded
            np.multiply(cost, strain[day], out=passing)
            tired += passing
            np.subtract(1, shields[mine], out=passing)
            passing *= again
            np.subtract(1, passing, out=passing)
            np.copyto(shields[mine], passing, where=today > 0)
        tired *= keep
    return Bouts(strain, fatigue)


def soreness(strain: Array, values: Values) -> Array:
    """Soreness on each day, NRS, (days, draws, runners); bouts add up, to 10 at the most."""
    days = int(np.ceil(values["soreness_gone_d"].max()))
    per_set = values["soreness_per_set_nrs"] * equations.among_trials(
        values["soreness_trial_sd"], values["soreness_trial_z"]
    )
    lags = range(1, min(days, len(strain)))
    ends = {"peak_d": values["soreness_peak_d"], "gone_d": values["soreness_gone_d"]}
    of_a_set = {
        lag: lanes(per_set * equations.soreness_shape(lag, **ends), strain.shape[1:])
        for lag in lags
    }
    total, passing = np.zeros(strain.shape), np.empty(strain.shape[1:])
    is_used = strain.any(axis=(1, 2))
    for day, today in enumerate(total):
        for lag in lags:
            if lag <= day and is_used[day - lag]:
                np.multiply(of_a_set[lag], strain[day - lag], out=passing)
                today += passing
        np.minimum(today, NRS_MAX, out=today)
    return total


def passing_shift_deg(since_d: Array, values: Values) -> Array:
    """Degrees by which the torque-angle curve stands towards length after work at length.

    Most after the latest session, and gone on a straight line in days without one.
    """
    return values["angle_shift_deg"] * equations.fading(since_d, values["angle_shift_gone_d"])


def latest(per_day: Array) -> tuple[Array, Array]:
    """Value of the latest day that was not 0, and days since then, at the end of every week.

    Parameters
    ----------
    per_day
        Shape (days, draws, runners).

    Returns
    -------
    tuple of numpy.ndarray
        Each (weeks from 0, draws, runners): 0 and infinity where nothing was done yet.
    """
    amount = np.zeros((len(per_day) // DAYS + 1, *per_day.shape[1:]))
    since = np.full(amount.shape, np.inf)
    what, when = amount[0].copy(), -since[0]
    for day, (here, is_used) in enumerate(zip(per_day, per_day.any(axis=(1, 2)), strict=True), 1):
        if is_used:
            np.copyto(what, here, where=here > 0)
            np.copyto(when, day, where=here > 0)
        if day % DAYS == 0:
            amount[day // DAYS], since[day // DAYS] = what, day - when
    return amount, since
