"""Which sessions happen: the only chance that touches the truth.

A runner has a propensity to do a session, which falls over time, and may stop altogether. The k-th
session of a week is done when its luck is below the propensity, so fewer prescribed sessions are
a subset of more, and the same runner has the same luck in every arm.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hipstudy import luck
from hipstudy.cohort import Cohort
from hipstudy.parameters import Values
from hipstudy.protocol import Protocol

Array = NDArray[np.float64]
DAYS = 7


@dataclass(frozen=True, eq=False)
class Completed:
    """What was done: strength sessions and stretch bouts a day, each (draws, runners, days)."""

    strength: Array
    stretch: Array


def propensity(cohort: Cohort, values: Values, weeks: int, *, seed: int) -> Array:
    """Chance of doing a session, shape (draws, runners, weeks); 0 once a runner has stopped.

    A beta law with mean ``adherence_mean`` in the reference week, over runners who have not
    stopped; with those who have, the mean of all is lower.
    """
    mean, sd = values["adherence_mean"], values["adherence_sd"]
    size = mean * (1 - mean) / sd**2 - 1
    own = luck.uniform(seed=seed, stream="adherence", by=[cohort.key])
    base = special.betaincinv(mean * size, (1 - mean) * size, own)
    week = np.arange(weeks)
    early = values["adherence_reference_wk"] - week
    chance = base[..., np.newaxis] + (values["adherence_fall_per_wk"] * early)[:, np.newaxis, :]
    stop = luck.uniform(seed=seed, stream="stopping", by=[cohort.key[:, None], week])
    stopped = stop < values["stop_hazard_per_wk"][..., np.newaxis]
    return np.where(np.logical_or.accumulate(stopped, axis=-1), 0, np.clip(chance, 0, 1))


def _per_day(component: str, per_week: int, chance: Array, key: Array, seed: int) -> Array:
    weeks = chance.shape[-1]
    k = np.arange(per_week)
    by = [key[:, None, None], np.arange(weeks)[:, None], k]
    done = luck.uniform(seed=seed, stream=f"session {component}", by=by) < chance[..., np.newaxis]
    days = np.zeros((*chance.shape, DAYS))
    for session in k:
        days[..., session * DAYS // per_week] += done[..., session]
    return days.reshape(*chance.shape[:-1], weeks * DAYS)


def attend(
    cohort: Cohort, protocol: Protocol, values: Values, *, weeks: int, seed: int
) -> Completed:
    """Decide which sessions of a prescription happen.

    Parameters
    ----------
    cohort, protocol, values
        Who, what, and with which parameters.
    weeks
        Horizon; nothing is done after the prescription's own weeks.
    seed
        Of the runners' luck.
    """
    chance = propensity(cohort, values, weeks, seed=seed)
    chance[..., protocol.weeks :] = 0
    nothing = np.zeros((*chance.shape[:-1], weeks * DAYS))
    strength, stretch = protocol.strength, protocol.stretch
    return Completed(
        strength=_per_day("strength", strength.sessions_per_week, chance, cohort.key, seed)
        if strength
        else nothing,
        stretch=_per_day("stretch", stretch.times_per_week, chance, cohort.key, seed)
        if stretch
        else nothing,
    )
