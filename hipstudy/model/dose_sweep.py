"""Many doses at once, on the same runners with the same luck.

Everything that a dose does not change is computed once: where runners start, and their habits.
Strength doses are carried side by side, in the place of draws, so that one step of a day moves all
of them. Amounts of stretching and loads share the processors. It is the library's own model that is
called: a point of a surface is what ``simulate`` gives for that prescription alone.
"""

import math
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
from hipstudy.model.weekly_dose import DoseWalk
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

    @property
    def n_doses(self) -> int:
        """How many combinations there are."""
        return math.prod(self.shape)


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
    mean_of_draws: bool = False,
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
    mean_of_draws
        Whether the mean over draws is all that is asked for: no draw is held then.

    Returns
    -------
    dict
        Outcome -> (worlds, loads, stretches, sets, sessions, draws, weeks from 0); without draws
        where their mean is asked for.
    """
    base = from_dict(base.model_dump() | {"weeks": weeks}, base.name)
    work = _SweepWork(base, grid, values, weeks + after, seed, outcomes, shape, worlds)
    sizes = _sizes(grid)
    form = [len(worlds), *grid.shape[:2], len(sizes), values.n_draws, work.weeks + 1]
    if mean_of_draws:
        del form[-2]
    found = {name: np.empty(form) for name in outcomes}
    with ThreadPoolExecutor(min(THREADS, os.cpu_count() or 1)) as pool:
        for part, sums in work.sums(cohort, sizes, pool):
            for name in outcomes:
                means = sums.pop(name) / cohort.n_limbs
                found[name][:, :, :, part] = means.mean(axis=-2) if mean_of_draws else means
    place = [[sizes.index(_size(s, n)) for n in grid.sessions] for s in grid.sets]
    return {name: found.pop(name)[:, :, :, place] for name in outcomes}


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


Sizes = Sequence[tuple[int, int]]


@dataclass(frozen=True, eq=False)
class _SweepWork:
    """What all doses of a sweep have in common; ``weeks`` are all that are looked at."""

    base: Protocol
    grid: SweepGrid
    values: Values
    weeks: int
    seed: int
    outcomes: Sequence[str]
    shape: str
    worlds: Sequence[str]

    def sums(
        self, cohort: Cohort, sizes: Sizes, pool: ThreadPoolExecutor
    ) -> Iterator[tuple[slice, dict[str, Array]]]:
        """Sums over limbs of some strength doses after the other, with every load and stretching.

        Outcome -> (worlds, loads, stretches, doses, draws, weeks from 0).
        """
        n_draws, n_weeks = self.values.n_draws, self.weeks
        blocks = [
            (some, adherence.habits(some, self.values, weeks=n_weeks, seed=self.seed))
            for some in cohort.blocks(runners_at_once(n_draws, n_weeks))
        ]
        width = max(1, lanes_at_once(n_weeks) // (n_draws * blocks[0][0].n_runners))
        places = list(product(*map(range, self.grid.shape[:2])))
        starts: dict[int, Mapping[str, baseline.Baseline]] = {}  # of one block, by doses abreast
        for first in range(0, len(sizes), width):
            part = slice(first, first + width)
            here = sizes[part]
            form = (len(self.worlds), *self.grid.shape[:2], len(here), n_draws, n_weeks + 1)
            sums = {name: np.zeros(form) for name in self.outcomes}
            many = tiled(self.values, len(here))
            for some, own in blocks:
                if len(here) not in starts or len(blocks) > 1:
                    starts = {len(here): self._starts(some, many)}
                work = partial(self._block_sums, some, own, starts[len(here)], many, here)
                for (i, j), totals in zip(places, pool.map(work, places), strict=True):
                    for name, of_blocks in totals.items():
                        for total in of_blocks:
                            sums[name][:, i, j] += total
            yield part, sums

    def _starts(self, cohort: Cohort, many: Values) -> Mapping[str, baseline.Baseline]:
        return baseline.draw_worlds(cohort, many, seed=self.seed, worlds=self.worlds)

    def _block_sums(
        self,
        cohort: Cohort,
        own: adherence.Habits,
        starts: Mapping[str, baseline.Baseline],
        many: Values,
        sizes: Sizes,
        place: tuple[int, int],
    ) -> dict[str, list[Array]]:
        """Strength doses side by side at one load and amount of stretching.

        ``many`` are the values once for each dose. Outcome -> sums over the limbs of each block of
        runners, (worlds, doses, draws, weeks from 0).
        """
        load, minutes = self.grid.loads[place[0]], self.grid.stretch_min_wk[place[1]]
        arms = [at(self.base, *size, load, minutes) for size in sizes]
        luck = {"weeks": self.weeks, "seed": self.seed, "own": own}
        done = [adherence.attend(cohort, arm, self.values, **luck) for arm in arms]
        dose = DoseWalk(arms, done, many)
        one = at(self.base, 1, 1, load, minutes)
        truth = respond(
            cohort, starts, one, dose, many, outcomes=self.outcomes, shape=self.shape
        ).outcomes
        form = (len(starts), len(arms), self.values.n_draws, self.weeks + 1)
        size = len(SIDES) * BLOCK
        blocks = [slice(first, first + size) for first in range(0, cohort.n_limbs, size)]
        return {
            name: [truth[name][:, :, limbs].sum(axis=2).reshape(form) for limbs in blocks]
            for name in self.outcomes
        }


def tiled(values: Values, n: int) -> Values:
    """The same draws ``n`` times over, one set of them a dose."""
    return Values({name: np.tile(one, (n, 1)) for name, one in values.items()}, values.seed)
