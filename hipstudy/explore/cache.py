"""A comparison that is quick enough to follow a slider, because it remembers what it worked out.

The numbers are those of ``compare.run`` with the same settings and draws; only the
outcomes that are looked at are worked out, and only for the arm that changed.
"""

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters
from hipstudy.model import adherence, baseline, simulate
from hipstudy.model.adaptation import TorqueGain
from hipstudy.model.adherence import Habits
from hipstudy.model.baseline import Baseline
from hipstudy.model.causes import LINKS, cause_shares
from hipstudy.model.cohort import Cohort
from hipstudy.model.simulate import OUTCOMES
from hipstudy.model.trajectories import Trajectories
from hipstudy.parameters import Values, number
from hipstudy.prescription.design import Design
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies import torque_curves
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.settings import CompareSettings

Array = NDArray[np.float64]
Item, Result = TypeVar("Item"), TypeVar("Result")
N_RUNNERS, N_DRAWS = 200, 50
BLOCK = 100  # runners at once: their arrays stay near the processor
MOST_RESULTS = 400  # results of arms, each of some ten kilobytes
MOST_PARTS = 4000  # of what pages were sent, each of a few kilobytes
FELT = (*LINKS, "soreness_nrs")  # a benefit in the first is shown with what it costs
MOST_THREADS = 8  # numpy lets go of the interpreter; each carries some tens of megabytes
MOST_SCENES = 4  # scenes and curves, each of some megabytes


@dataclass(frozen=True, eq=False)
class Scene:
    """Everything that no prescription changes, in blocks of runners.

    Parameters
    ----------
    cohort, values, weeks, seed
        Who, with which parameters, for how long, with whose luck.
    blocks
        Of the cohort, each with its starts in every world and its habits.
    """

    cohort: Cohort
    values: Values
    weeks: int
    seed: int
    blocks: tuple[tuple[Cohort, Mapping[str, Baseline], Habits], ...] = field(repr=False)


def _starts(cohort: Cohort, values: Values, seed: int) -> list[Mapping[str, Baseline]]:
    return [baseline.draw_worlds(block, values, seed=seed) for block in cohort.blocks(BLOCK)]


def scene(
    cohort: Cohort,
    values: Values,
    *,
    weeks: int,
    seed: int,
    starts: list[Mapping[str, Baseline]] | None = None,
) -> Scene:
    """Draw what all arms have in common; the starts of each block unless they are there already."""
    starts = starts or _starts(cohort, values, seed)
    blocks = tuple(
        (block, start, adherence.habits(block, values, weeks=weeks, seed=seed))
        for block, start in zip(cohort.blocks(BLOCK), starts, strict=True)
    )
    return Scene(cohort, values, weeks, seed, blocks)


def side_by_side(find: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """What is found for each item, in their order, by as many threads as there are processors."""
    with ThreadPoolExecutor(min(os.cpu_count() or 1, MOST_THREADS)) as pool:
        yield from pool.map(find, items)


def runs(
    here: Scene, arm: Protocol, outcomes: Sequence[str], *, at_once: bool = False
) -> Iterator[Trajectories]:
    """Simulate one arm, in blocks of runners, for the outcomes that are asked for.

    The blocks run at once where somebody waits for this one arm, else one after the other.
    """

    def one(part: tuple[Cohort, Mapping[str, Baseline], Habits]) -> Trajectories:
        block, starts, own = part
        return simulate.run(
            block, arm, here.values, weeks=here.weeks, seed=here.seed, outcomes=outcomes,
            starts=starts, own=own,
        ).trajectories  # fmt: skip

    yield from side_by_side(one, here.blocks) if at_once else map(one, here.blocks)


def means(
    here: Scene, arm: Protocol, outcomes: Sequence[str], *, at_once: bool = False
) -> dict[str, Array]:
    """Mean over limbs, outcome -> (worlds, draws, weeks from 0); blocks as ``runs`` has them."""
    sums: dict[str, Array] = {}
    for result in runs(here, arm, outcomes, at_once=at_once):
        for outcome in outcomes:
            sums[outcome] = sums.get(outcome, 0) + result.outcomes[outcome].sum(axis=2)
    return {outcome: total / here.cohort.n_limbs for outcome, total in sums.items()}


def sessions_done(here: Scene) -> tuple[float, float, float]:
    """Share of sessions done, mean over runners, weeks and draws, and its 95 % band over draws."""
    sums = sum(own.chance.mean(axis=-1).sum(axis=-1) for _, _, own in here.blocks)
    shares = sums / here.cohort.n_runners
    half = (1 - number("band_level")) / 2
    return float(shares.mean()), *map(float, np.quantile(shares, (half, 1 - half)))


class ResultCache:
    """The latest results by what they follow from; the oldest give way."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._results: OrderedDict[Any, Any] = OrderedDict()
        self._lock = Lock()

    def result(self, key: Any, find: Callable[[], Any]) -> Any:
        """The value under a key; it is found now where there is none."""
        with self._lock:
            if key in self._results:
                self._results.move_to_end(key)
                return self._results[key]
        value = find()
        with self._lock:
            self._results[key] = value
            while len(self._results) > self._most:
                self._results.popitem(last=False)
        return value


class ModelCache:
    """The scenes, results and torque curves that one page has worked out already.

    Parameters
    ----------
    cohort
        Runners, read or drawn once.
    n_draws
        Of the parameters.
    """

    def __init__(self, cohort: Cohort, *, n_draws: int = N_DRAWS) -> None:
        self.cohort = cohort
        self.n_draws = n_draws
        self._starts, self._scenes, self._gains = (ResultCache(MOST_SCENES) for _ in range(3))
        self._means, self._results = ResultCache(MOST_RESULTS), ResultCache(MOST_PARTS)

    def study(self, settings: CompareSettings) -> CompareStudy:
        """A comparison whose results are found when they are looked at.

        Parameters
        ----------
        settings
            Of the same runners as this cache's.
        """
        design = settings.design()
        return CompareStudy(
            settings=settings,
            design=design,
            cohort=self.cohort,
            values=self._values(settings),
            shares=cause_shares(settings.prior, self.n_draws, seed=settings.seed),
            means=_Means(self, settings, design),
            improved={},
            central={},
        )

    def _values(self, settings: CompareSettings) -> Values:
        return parameters.draw(self.n_draws, seed=settings.seed, **settings.parameter_values)

    def scene(self, settings: CompareSettings, weeks: int) -> Scene:
        """What all arms of a comparison have in common."""
        seed = settings.seed

        def find() -> Scene:
            values = self._values(settings)
            # Neither weeks nor adherence move a start.
            who = (seed, settings.start_rom_deg, settings.entry_nrs)
            starts = self._starts.result(who, lambda: _starts(self.cohort, values, seed))
            return scene(self.cohort, values, weeks=weeks, seed=seed, starts=starts)

        return self._scenes.result((_model_key(settings), weeks), find)

    def mean(self, settings: CompareSettings, weeks: int, arm: Protocol, outcome: str) -> Array:
        """Mean over limbs of one arm, (worlds, draws, weeks from 0)."""
        key = _model_key(settings), weeks, arm
        together = FELT if outcome in FELT else (outcome,)

        def find() -> Array:
            every = means(self.scene(settings, weeks), arm, together)
            for name in together:
                self._means.result((*key, name), lambda name=name: every[name])
            return every[outcome]

        return self._means.result((*key, outcome), find)

    def result(self, key: Any, find: Callable[[], Any]) -> Any:
        """A result of a page by what it follows from; it is found now where there is none."""
        return self._results.result(key, find)

    def gain(self, study: CompareStudy, name: str, start: Baseline, values: Values) -> TorqueGain:
        """Gain of torque of one arm, as ``torque_curves`` has it."""
        return self._gains.result(
            (_model_key(study.settings), study.design.weeks, study.design.arm(name)),
            lambda: torque_curves.torque_gain(study, name, start, values),
        )


def _model_key(settings: CompareSettings) -> tuple[Any, ...]:
    """What results follow from besides the arms and the horizon."""
    return settings.seed, tuple(sorted(settings.parameter_values.items()))


@dataclass(frozen=True, eq=False)
class _Means(Mapping[tuple[str, str], Array]):
    """Means of a study's arms, found when they are looked at."""

    model_cache: ModelCache
    settings: CompareSettings
    design: Design

    def __getitem__(self, key: tuple[str, str]) -> Array:
        name, outcome = key
        arm = self.design.arm(name)
        return self.model_cache.mean(self.settings, self.design.weeks, arm, outcome)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return ((arm.name, outcome) for arm in self.design.arms for outcome in OUTCOMES)

    def __len__(self) -> int:
        return len(self.design.arms) * len(OUTCOMES)
