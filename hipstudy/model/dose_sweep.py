"""Many doses at once, on the same runners with the same luck.

Everything that a dose does not change is computed once: where runners start, their habits, the luck
of their sessions, what each strength dose leaves in torque. Strength doses are carried side by
side, in the place of draws, so that one step of a day moves all of them. It is the library's own
model that is called: a point of a surface is what ``simulate`` gives for that prescription alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from hipstudy.arrays import Array
from hipstudy.model import adaptation, adherence, baseline
from hipstudy.model.adaptation import SATURATING
from hipstudy.model.adherence import Completed
from hipstudy.model.baseline import Baseline
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import Cohort
from hipstudy.model.simulate import SORE, respond
from hipstudy.model.weekly_dose import Doses, doses
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol, from_dict
from hipstudy.prescription.time_matching import stretched_for

BLOCK = 50  # runners at once, so that their arrays stay near the processor
ABREAST = 64  # doses times draws carried side by side


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
    sums: dict[str, Array] = {}
    for block in cohort.blocks(BLOCK):
        scene = _Scene.of(block, values, weeks + after, seed, SORE.isdisjoint(outcomes))
        for place, truth in _runs(scene, base, grid, outcomes, shape):
            for outcome in outcomes:
                total = truth.outcomes[outcome].sum(axis=2)
                total = total.reshape(len(WORLDS), -1, values.n_draws, weeks + after + 1)
                so_far = sums.setdefault(outcome, _empty(grid, values.n_draws, weeks + after))
                so_far[:, place[0], place[1], place[2]] += total
    n_sets, n_sessions = grid.shape[2:]
    return {
        name: (total / cohort.n_limbs).reshape(
            *total.shape[:3], n_sets, n_sessions, *total.shape[4:]
        )
        for name, total in sums.items()
    }


def _empty(grid: SweepGrid, n_draws: int, weeks: int) -> Array:
    loads, stretches, n_sets, n_sessions = grid.shape
    return np.zeros((len(WORLDS), loads, stretches, n_sets * n_sessions, n_draws, weeks + 1))


@dataclass(frozen=True, eq=False)
class _Scene:
    """Everything that does not depend on the dose, for one block of runners."""

    cohort: Cohort
    values: Values
    own: adherence.Habits
    weeks: int
    seed: int
    unsore: bool

    @classmethod
    def of(cls, cohort: Cohort, values: Values, weeks: int, seed: int, unsore: bool) -> "_Scene":
        own = adherence.habits(cohort, values, weeks=weeks, seed=seed)
        return cls(cohort, values, own, weeks, seed, unsore)

    def completed(self, arm: Protocol) -> Completed:
        return adherence.attend(
            self.cohort, arm, self.values, weeks=self.weeks, seed=self.seed, own=self.own
        )

    def doses(self, arm: Protocol, completed: Completed | None = None) -> Doses:
        return doses(arm, completed or self.completed(arm), self.values, is_sore=not self.unsore)

    def starts(self, values: Values) -> dict[str, Baseline]:
        return baseline.draw_worlds(self.cohort, values, seed=self.seed)


def _runs(
    scene: _Scene, base: Protocol, grid: SweepGrid, outcomes: Sequence[str], shape: str
) -> Iterator[tuple[tuple[int, int, slice], Any]]:
    """Every load and amount of stretching, with the strength doses side by side."""
    sizes = [(s, n) for s in grid.sets for n in grid.sessions]
    width = max(1, ABREAST // scene.values.n_draws)
    plain = [scene.doses(at(base, 0, 0, "", minutes)) for minutes in grid.stretch_min_wk]
    for first in range(0, len(sizes), width):
        part = slice(first, first + width)
        n = len(sizes[part])
        many = tiled(scene.values, n)
        starts = scene.starts(many)
        for i, load in enumerate(grid.loads):
            together = _abreast([scene.doses(at(base, *one, load, 0)) for one in sizes[part]])
            arm = at(base, 1, 1, load, 0)
            states = _states(scene.cohort, arm, together, starts, many, shape)
            for j, stretched in enumerate(plain):
                dose = replace(together, **_stretching(stretched, n))
                yield (
                    (i, j, part),
                    respond(scene.cohort, starts, arm, dose, many, outcomes=outcomes,
                            shape=shape, states=states),
                )  # fmt: skip


def _states(
    cohort: Cohort,
    arm: Protocol,
    dose: Doses,
    starts: Mapping[str, Baseline],
    values: Values,
    shape: str,
) -> dict[str, Array]:
    """Gain of torque by each strength dose, world -> state; stretching does not change it."""
    aims = adaptation.targets(cohort, dose, values, shape=shape)
    gained = {
        world: adaptation.torque_gain(arm, cohort, start, aims, values).state
        for world, start in starts.items()
    }
    return {world: state for world, state in gained.items() if state is not None}


def tiled(values: Values, n: int) -> Values:
    """The same draws ``n`` times over, one set of them a dose."""
    return Values({name: np.tile(one, (n, 1)) for name, one in values.items()}, values.seed)


def _abreast(each: Sequence[Doses]) -> Doses:
    """Doses side by side in the place of draws."""
    names = [field.name for field in fields(Doses)]
    return Doses(**{n: np.concatenate([getattr(one, n) for one in each], axis=1) for n in names})


def _stretching(dose: Doses, n: int) -> dict[str, Array]:
    """Fields of a stretching dose, repeated for ``n`` strength doses."""
    return {name: np.tile(getattr(dose, name), (1, n, 1)) for name in ("stretch_min", "stretched")}
