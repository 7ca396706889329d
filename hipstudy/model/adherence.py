"""Which sessions happen, and how well they are done: the only randomness in the truth.

A runner has a propensity to do a session, which falls over time, and may stop altogether. The k-th
session of a week is done when its luck is below the propensity, so fewer prescribed sessions are
a subset of more at the same propensity, and the same runner has the same luck in every arm. A
prescription of more minutes a week lowers the propensity. Stopping the exercise is one event; being
lost to follow-up is another, and lives in ``observe``.
"""

from dataclasses import dataclass, field

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.model.cohort import Cohort
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol
from hipstudy.short_repr import ShortRepr

DAYS = 7


@dataclass(frozen=True, eq=False, repr=False)
class Completed(ShortRepr):
    """Sessions that a runner did, and how well.

    Parameters
    ----------
    strength, stretch
        Sessions a day, each (draws, runners, days).
    technique
        Part of a set free of momentum and arching, (draws, runners); all of it when None.
    stopped
        Whether the runner had stopped the exercise by the week, (draws, runners, weeks); nobody
        when None.
    prescribed
        Whether any exercise was prescribed on the day, (days,); as the prescription says when
        None.
    """

    strength: Array
    stretch: Array
    technique: Array | None = None
    stopped: NDArray[np.bool_] | None = None
    prescribed: NDArray[np.bool_] | None = None


def propensity(cohort: Cohort, values: Values, weeks: int, *, seed: int) -> Array:
    """Chance of doing a session, shape (draws, runners, weeks); 0 once a runner has stopped.

    A beta law with mean ``adherence_mean`` in the reference week, over runners who have not
    stopped and are asked for ``burden_reference_min_wk``; with those who have, the mean of all is
    lower.
    """
    base = _beta("adherence", cohort, values, seed)
    week = np.arange(weeks)
    early = values["adherence_reference_wk"] - week
    chance = base[..., np.newaxis] + (values["adherence_fall_per_wk"] * early)[:, np.newaxis, :]
    return np.where(stopped(cohort, values, weeks, seed=seed), 0, np.clip(chance, 0, 1))


def stopped(cohort: Cohort, values: Values, weeks: int, *, seed: int) -> NDArray[np.bool_]:
    """Whether each runner has stopped the exercise by each week, (draws, runners, weeks)."""
    by = [cohort.key[:, None], np.arange(weeks)]
    stop = random_streams.uniform(seed=seed, stream="stopping", by=by)
    return np.logical_or.accumulate(stop < values["stop_hazard_per_wk"][..., np.newaxis], axis=-1)


def _beta(trait: str, cohort: Cohort, values: Values, seed: int) -> Array:
    """A trait of each runner between 0 and 1, (draws, runners)."""
    mean, sd = values[f"{trait}_mean"], values[f"{trait}_sd"]
    whole = np.broadcast_to(mean >= 1, mean.shape)  # nobody leaves room for a spread
    size = np.divide(mean * (1 - mean), sd**2, out=np.full_like(mean, 2.0), where=~whole) - 1
    own = random_streams.uniform(seed=seed, stream=trait, by=[cohort.key])
    rest = np.where(whole, 1.0, (1 - mean) * size)
    return np.where(whole, 1.0, scipy.special.betaincinv(mean * size, rest, own))


_SessionLuck = dict[tuple[str, int, bytes], Array]
"""By component, seed and the runners' keys, (sessions, weeks, runners)."""


def _per_day(
    component: str,
    per_week: int,
    chance: Array,
    key: Array,
    seed: int,
    drawn: _SessionLuck | None = None,
) -> Array:
    """Sessions a day, (draws, runners, days); days lie outermost, as the model walks them.

    The luck of sessions is the same runner's in every prescription, and is kept in ``drawn``.
    """
    weekly = np.ascontiguousarray(np.moveaxis(chance, -1, 0))
    weeks, *lanes = weekly.shape
    whose = component, seed, key.tobytes()
    luck = None if drawn is None else drawn.get(whose)
    if luck is None or len(luck) < per_week:
        sessions = np.arange(max(per_week, DAYS))[:, np.newaxis, np.newaxis]
        by = [key, np.arange(weeks)[:, np.newaxis], sessions]
        luck = random_streams.uniform(seed=seed, stream=f"session {component}", by=by)
        if drawn is not None:
            drawn[whose] = luck
    days = np.zeros((weeks, DAYS, *lanes))
    for session, own in enumerate(luck[:per_week]):
        days[:, session * DAYS // per_week] += own[:, np.newaxis] < weekly
    return np.moveaxis(days.reshape(weeks * DAYS, *lanes), 0, -1)


@dataclass(frozen=True, eq=False, repr=False)
class Habits(ShortRepr):
    """Traits of runners that do not depend on the prescription.

    Parameters
    ----------
    chance
        Of doing a session, (draws, runners, weeks).
    technique, stopped
        As in ``Completed``.
    luck
        Of sessions, as far as it has been drawn.
    """

    chance: Array
    technique: Array
    stopped: NDArray[np.bool_]
    luck: _SessionLuck = field(default_factory=dict)


def habits(cohort: Cohort, values: Values, *, weeks: int, seed: int) -> Habits:
    """Draw the traits of runners once, for every arm."""
    return Habits(
        propensity(cohort, values, weeks, seed=seed),
        _beta("technique", cohort, values, seed),
        stopped(cohort, values, weeks, seed=seed),
    )


def attend(
    cohort: Cohort,
    protocol: Protocol,
    values: Values,
    *,
    weeks: int,
    seed: int,
    own: Habits | None = None,
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
    own
        Their habits, where they have been drawn already.
    """
    own = own or habits(cohort, values, weeks=weeks, seed=seed)
    more_min_wk = protocol.clock_min_wk - values["burden_reference_min_wk"]
    burden = (values["burden_per_min_wk"] * more_min_wk)[..., np.newaxis]
    chance = np.where(own.chance > 0, np.clip(own.chance - burden, 0, 1), 0)
    chance[..., protocol.weeks :] = 0
    nothing = np.zeros((*chance.shape[:-1], weeks * DAYS))
    strength, stretch = protocol.strength, protocol.stretch
    return Completed(
        strength=_per_day(
            "strength", strength.sessions_per_week, chance, cohort.key, seed, own.luck
        )
        if strength
        else nothing,
        stretch=_per_day("stretch", stretch.times_per_week, chance, cohort.key, seed, own.luck)
        if stretch
        else nothing,
        technique=own.technique,
        stopped=own.stopped,
    )
