"""Many doses at once, on the same runners with the same luck.

Everything that a dose does not change is computed once: where runners start, and their habits.
Strength doses are carried side by side, in the place of draws, so that one step of a day moves all
of them. It is the library's own model that is called: a point of a surface is what ``simulate``
gives for that prescription alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from hipstudy.arrays import Array
from hipstudy.model import adherence, baseline
from hipstudy.model.adaptation import SATURATING
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import Cohort
from hipstudy.model.lane_blocks import BLOCK, most_lanes
from hipstudy.model.simulate import respond
from hipstudy.model.trajectories import Trajectories
from hipstudy.model.weekly_dose import DoseWalk
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, from_dict
from hipstudy.prescription.time_matching import stretched_for


@dataclass(frozen=True)
class SweepGrid:
    """Doses to look at: every combination.

    Parameters
    ----------
    sets
        Sets a session and side; 0 is no strength work.
    sessions
        Strength sessions a week.
    loads
        As in a prescription: unloaded, near-failure, or added kg.
    stretch_min_wk
        Clock minutes of stretching a week, both sides; 0 is none.
    """

    sets: tuple[int, ...]
    sessions: tuple[int, ...]
    loads: tuple[str, ...]
    stretch_min_wk: tuple[float, ...]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """How many loads, amounts of stretching, sets and sessions."""
        sizes = (self.loads, self.stretch_min_wk, self.sets, self.sessions)
        return tuple(len(one) for one in sizes)  # type: ignore[return-value]


def at(base: Protocol, sets: int, sessions: int, load: str, stretch_min_wk: float) -> Protocol:
    """The prescription of one point: the base with another dose, its load held.

    Raises
    ------
    UsageProblems
        When the dose breaks a rule of prescriptions.
    """
    data = base.model_dump() | {"strength": None}
    if sets and sessions:
        own = base.strength.model_dump() if base.strength else {"reps": 1}
        own |= {"sets": sets, "sessions_per_week": sessions, "load": load, "progression": None}
        data["strength"] = own
    return stretched_for(from_dict(data, base.name), stretch_min_wk)


def sweep(
    cohort: Cohort,
    base: Protocol,
    grid: SweepGrid,
    values: Values,
    *,
    weeks: int,
    seed: int,
    outcomes: Sequence[str],
    shape: str = SATURATING,
    after: int = 0,
) -> dict[str, Array]:
    """Mean response over limbs of every dose.

    Parameters
    ----------
    cohort, values, seed
        Who, with which parameters and whose luck.
    base
        Prescription whose dose is changed; it has strength work and stretching, or either.
    grid
        Doses.
    weeks
        How long; a shorter programme is the same one looked at earlier.
    outcomes
        Of ``simulate.OUTCOMES``.
    shape
        Of torque's dose-response.
    after
        Weeks to look on after everything has stopped.

    Returns
    -------
    dict
        Outcome -> (worlds, loads, stretches, sets, sessions, draws, weeks from 0).
    """
    base = from_dict(base.model_dump() | {"weeks": weeks}, base.name)
    sums = {name: _empty(grid, values.n_draws, weeks + after) for name in outcomes}
    for block in cohort.blocks(BLOCK):
        runs = _runs(
            block,
            base,
            grid,
            values,
            weeks=weeks + after,
            seed=seed,
            outcomes=outcomes,
            shape=shape,
        )
        for place, truth in runs:
            for outcome in outcomes:
                total = truth.outcomes[outcome].sum(axis=2)
                total = total.reshape(len(WORLDS), -1, values.n_draws, weeks + after + 1)
                sums[outcome][:, place[0], place[1], place[2]] += total
    sizes = _sizes(grid)
    place = [[sizes.index(_size(s, n)) for n in grid.sessions] for s in grid.sets]
    return {name: (total / cohort.n_limbs)[:, :, :, place] for name, total in sums.items()}


def _size(sets: int, sessions: int) -> tuple[int, int]:
    """Sets and sessions of strength work; without either there is none."""
    return (sets, sessions) if sets and sessions else (0, 0)


def _sizes(grid: SweepGrid) -> list[tuple[int, int]]:
    """Every strength dose of the grid, each once."""
    return list(dict.fromkeys(_size(s, n) for s in grid.sets for n in grid.sessions))


def _empty(grid: SweepGrid, n_draws: int, weeks: int) -> Array:
    loads, stretches = grid.shape[:2]
    return np.zeros((len(WORLDS), loads, stretches, len(_sizes(grid)), n_draws, weeks + 1))


def _runs(
    cohort: Cohort,
    base: Protocol,
    grid: SweepGrid,
    values: Values,
    *,
    weeks: int,
    seed: int,
    outcomes: Sequence[str],
    shape: str,
) -> Iterator[tuple[tuple[int, int, slice], Trajectories]]:
    """Every load and amount of stretching, with the strength doses side by side."""
    own = adherence.habits(cohort, values, weeks=weeks, seed=seed)
    sizes, n_abreast = _sizes(grid), 0
    width = max(1, most_lanes(weeks) // (cohort.n_runners * values.n_draws))
    for first in range(0, len(sizes), width):
        part = slice(first, first + width)
        if n_abreast != len(sizes[part]):
            n_abreast = len(sizes[part])
            many = tiled(values, n_abreast)
            starts = baseline.draw_worlds(cohort, many, seed=seed)
        for i, load in enumerate(grid.loads):
            for j, minutes in enumerate(grid.stretch_min_wk):
                arms = [at(base, *size, load, minutes) for size in sizes[part]]
                done = [
                    adherence.attend(cohort, arm, values, weeks=weeks, seed=seed, own=own)
                    for arm in arms
                ]
                dose = DoseWalk(arms, done, many)
                one = at(base, 1, 1, load, minutes)
                yield (
                    (i, j, part),
                    respond(cohort, starts, one, dose, many, outcomes=outcomes, shape=shape),
                )


def tiled(values: Values, n: int) -> Values:
    """The same draws ``n`` times over, one set of them a dose."""
    return Values({name: np.tile(one, (n, 1)) for name, one in values.items()}, values.seed)
