"""Programmes in phases: a dose for some weeks, then less or nothing, on the same runners.

The model takes sets a day, whatever prescribed them: phases are laid end to end before it is
called.
"""

from collections.abc import Sequence

import numpy as np

from hipstudy.arrays import Array
from hipstudy.model import adherence, baseline
from hipstudy.model.adherence import DAYS, Completed, Habits
from hipstudy.model.cohort import Cohort
from hipstudy.model.simulate import simulate
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, from_dict

Phases = Sequence[tuple[Protocol | None, int]]


def phase_attendance(
    cohort: Cohort, phases: Phases, values: Values, *, seed: int, own: Habits
) -> Completed:
    """Sets and stretch bouts that were done on each day of phases laid end to end.

    Parameters
    ----------
    cohort, values, seed
        Who, with which parameters and whose luck.
    phases
        Prescription, or None for nothing, and its weeks; all with the same stretch or none.
    own
        Habits over all the weeks.
    """
    weeks = sum(n for _, n in phases)
    shape = (*own.chance.shape[:-1], weeks * DAYS)
    strength, stretch = np.zeros(shape), np.zeros(shape)
    prescribed = np.zeros(shape[-1], dtype=bool)
    start = 0
    for arm, n in phases:
        here = slice(start * DAYS, (start + n) * DAYS)
        start += n
        if arm is None:
            continue
        long = arm.model_copy(update={"weeks": weeks})
        sessions = adherence.attend(cohort, long, values, weeks=weeks, seed=seed, own=own)
        sets = arm.strength.sets if arm.strength else 0
        strength[..., here] = sets * sessions.strength[..., here]
        stretch[..., here] = sessions.stretch[..., here]
        prescribed[here] = bool(arm.strength or arm.stretch)
    return Completed(strength, stretch, own.technique, own.stopped, prescribed)


def means(
    cohort: Cohort,
    base: Protocol,
    phases: Phases,
    values: Values,
    *,
    seed: int,
    outcomes: Sequence[str],
    block: int,
) -> dict[str, Array]:
    """Mean over limbs of a programme in phases, outcome -> (worlds, draws, weeks from 0).

    ``base`` is the exercise that all phases share; ``block`` how many runners are carried at once.
    """
    weeks = sum(n for _, n in phases)
    one = from_dict(base.model_dump() | {"weeks": weeks}, base.name)
    if one.strength:
        one = one.model_copy(update={"strength": one.strength.model_copy(update={"sets": 1})})
    sums: dict[str, Array] = {}
    for some in cohort.blocks(block):
        own = adherence.habits(some, values, weeks=weeks, seed=seed)
        completed = phase_attendance(some, phases, values, seed=seed, own=own)
        starts = baseline.draw_worlds(some, values, seed=seed)
        truth = simulate(some, starts, one, completed, values, outcomes=outcomes)
        for name in outcomes:
            sums[name] = sums.get(name, 0) + truth.outcomes[name].sum(axis=2)
    return {name: total / cohort.n_limbs for name, total in sums.items()}


def with_sessions(base: Protocol, sessions: int) -> Protocol | None:
    """The same prescription with so many strength sessions a week; without strength at 0."""
    if base.strength is None or sessions < 1:
        return base.model_copy(update={"strength": None})
    strength = base.strength.model_copy(update={"sessions_per_week": sessions})
    return base.model_copy(update={"strength": strength})
