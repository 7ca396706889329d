"""Many doses at once, on the same runners with the same luck.

Everything that a dose does not change is computed once: where runners start, and their habits.
Strength doses are carried side by side, in the place of draws, so that one step of a day moves all
of them. Amounts of stretching and loads share the processors. It is the library's own model that is
called: a point of a surface is what ``simulate`` gives for that prescription alone.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import product

import numpy as np

from hipstudy.arrays import Array
from hipstudy.model import adherence, baseline
from hipstudy.model.adaptation import SATURATING
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import SIDES, Cohort
from hipstudy.model.lane_blocks import BLOCK, most_lanes
from hipstudy.model.simulate import respond
from hipstudy.model.weekly_dose import doses_abreast
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, from_dict
from hipstudy.prescription.time_matching import stretched_for

LANES = 6_000  # runners times draws times doses carried side by side
THREADS = 2  # numpy lets go of the interpreter; each thread carries its own lanes


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
    worlds: Sequence[str] = WORLDS,
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
    worlds
        Causes to look at.

    Returns
    -------
    dict
        Outcome -> (worlds, loads, stretches, sets, sessions, draws, weeks from 0).
    """
    base = from_dict(base.model_dump() | {"weeks": weeks}, base.name)
    sizes, loads, stretches = _sizes(grid), *grid.shape[:2]
    empty = (len(worlds), loads, stretches, len(sizes), values.n_draws, weeks + after + 1)
    sums = {name: np.zeros(empty) for name in outcomes}
    for some in cohort.blocks(runners_at_once(values.n_draws, weeks + after)):
        runs = _runs(
            some,
            base,
            grid,
            values,
            weeks=weeks + after,
            seed=seed,
            outcomes=outcomes,
            shape=shape,
            worlds=worlds,
        )
        for place, of_blocks in runs:
            for outcome in outcomes:
                for total in of_blocks[outcome]:
                    sums[outcome][:, place[0], place[1], place[2]] += total
    place = [[sizes.index(_size(s, n)) for n in grid.sessions] for s in grid.sets]
    return {name: (total / cohort.n_limbs)[:, :, :, place] for name, total in sums.items()}


def runners_at_once(n_draws: int, weeks: int) -> int:
    """How many runners are carried side by side: whole blocks, since sums go block by block."""
    return BLOCK * max(1, lanes_at_once(weeks) // (n_draws * BLOCK))


def lanes_at_once(weeks: int) -> int:
    """Lanes that one thread carries, unless a block of runners under every draw is more."""
    return min(LANES, most_lanes(weeks))


def _size(sets: int, sessions: int) -> tuple[int, int]:
    """Sets and sessions of strength work; without either there is none."""
    return (sets, sessions) if sets and sessions else (0, 0)


def _sizes(grid: SweepGrid) -> list[tuple[int, int]]:
    """Every strength dose of the grid, each once."""
    return list(dict.fromkeys(_size(s, n) for s in grid.sets for n in grid.sessions))


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
    worlds: Sequence[str],
) -> Iterator[tuple[tuple[int, int, slice], dict[str, list[Array]]]]:
    """Every load and amount of stretching, with the strength doses side by side.

    Outcome -> sums over the limbs of each block of runners, (worlds, doses, draws, weeks from 0).
    """
    own = adherence.habits(cohort, values, weeks=weeks, seed=seed)
    sizes, n_abreast = _sizes(grid), 0
    width = max(1, lanes_at_once(weeks) // (values.n_draws * cohort.n_runners))
    places = list(product(range(len(grid.loads)), range(len(grid.stretch_min_wk))))
    with ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1)) as pool:
        for first in range(0, len(sizes), width):
            part = slice(first, first + width)
            if n_abreast != len(sizes[part]):
                n_abreast = len(sizes[part])
                many = tiled(values, n_abreast)
                starts = baseline.draw_worlds(cohort, many, seed=seed, worlds=worlds)
            work = partial(
                _block_sums, cohort, base, grid, sizes[part], own, starts, values, many,
                weeks=weeks, seed=seed, outcomes=outcomes, shape=shape,
            )  # fmt: skip
            for (i, j), of_blocks in zip(places, pool.map(work, places), strict=True):
                yield (i, j, part), of_blocks


def _block_sums(
    cohort: Cohort,
    base: Protocol,
    grid: SweepGrid,
    sizes: Sequence[tuple[int, int]],
    own: adherence.Habits,
    starts: Mapping[str, baseline.Baseline],
    values: Values,
    many: Values,
    place: tuple[int, int],
    *,
    weeks: int,
    seed: int,
    outcomes: Sequence[str],
    shape: str,
) -> dict[str, list[Array]]:
    """Strength doses side by side at one load and amount of stretching, as ``_runs`` has them.

    ``many`` are the values once for each dose.
    """
    load, minutes = grid.loads[place[0]], grid.stretch_min_wk[place[1]]
    arms = [at(base, *size, load, minutes) for size in sizes]
    done = [adherence.attend(cohort, arm, values, weeks=weeks, seed=seed, own=own) for arm in arms]
    dose = doses_abreast(arms, done, many)
    one = at(base, 1, 1, load, minutes)
    truth = respond(cohort, starts, one, dose, many, outcomes=outcomes, shape=shape)
    form = (len(starts), len(arms), values.n_draws, weeks + 1)
    size = len(SIDES) * BLOCK
    blocks = [slice(first, first + size) for first in range(0, cohort.n_limbs, size)]
    return {
        name: [truth.outcomes[name][:, :, limbs].sum(axis=2).reshape(form) for limbs in blocks]
        for name in outcomes
    }


def tiled(values: Values, n: int) -> Values:
    """The same draws ``n`` times over, one set of them a dose."""
    return Values({name: np.tile(one, (n, 1)) for name, one in values.items()}, values.seed)
