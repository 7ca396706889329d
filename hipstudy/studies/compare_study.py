"""The main question: every arm in every world, over draws of the parameters and over runners.

Two kinds of spread are carried and kept apart. Parameter uncertainty: the same runners, with the
same luck, under each draw of the parameters. Spread between runners: one run with every parameter
at its value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters, result_store
from hipstudy.model import adherence, baseline, rated_change, simulate
from hipstudy.model.causes import PRIOR, WORLDS, cause_shares
from hipstudy.model.cohort import Cohort
from hipstudy.model.lane_blocks import BLOCK, lane_blocks, most_lanes
from hipstudy.model.paired_limbs import runner_means
from hipstudy.model.simulate import OUTCOMES
from hipstudy.model.trajectories import SimulatedArm, TightnessFalls, Trajectories
from hipstudy.parameters import Values, number
from hipstudy.prescription.design import Design
from hipstudy.short_repr import ShortRepr
from hipstudy.studies.memory_need import check_memory
from hipstudy.studies.settings import CompareSettings
from hipstudy.studies.table_methods import table

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.studies.made_up_runners import MadeUpAnswer

preflight = CompareSettings.preflight
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class CompareStudy(ShortRepr):
    """Everything a comparison found.

    Parameters
    ----------
    settings, design, cohort
        What was compared, on whom.
    values
        Draws of the parameters.
    shares
        Draws of the causes' shares, (draws, worlds).
    means
        (arm, outcome) -> mean over limbs, (worlds, draws, weeks from 0).
    improved
        (arm, rule) -> share of runners whose tightness fell by ``mcid_nrs`` points or more
        (rule ``points``), or by ``mcid_share`` of their own baseline (``share``), (worlds, draws).
    central
        Arm -> outcome -> every limb at the start and in the last week, with parameters at their
        values, (worlds, limbs, 2).
    reporting
        (arm, criterion) -> share of runners who report less at the end, as the parts of
        ``rated_change.PARTS`` are added one by one, (parts, worlds, draws).
    run_settings
        All settings that follow from no file, where nothing else was given: what comes of them
        alone can be kept from one run to the next. None elsewhere.
    """

    settings: CompareSettings
    design: Design
    cohort: Cohort
    values: Values
    shares: Array
    means: Mapping[tuple[str, str], Array]
    improved: Mapping[tuple[str, str], Array]
    central: Mapping[str, Mapping[str, Array]]
    reporting: Mapping[tuple[str, str], Array] = field(default_factory=dict)
    run_settings: Mapping[str, Any] | None = None

    def mean(self, arm: str, outcome: str, world: str) -> Array:
        """Mean over limbs of one arm in one world, or mixed over the prior; (draws, weeks)."""
        runs = self.means[arm, outcome]
        if world == PRIOR:
            return np.einsum("dw,wdt->dt", self.shares, runs)
        return runs[WORLDS.index(world)]

    def difference(self, pair: tuple[str, str], outcome: str, world: str) -> Array:
        """Treatment minus control, (draws, weeks)."""
        treatment, control = pair
        return self.mean(treatment, outcome, world) - self.mean(control, outcome, world)

    def facts(self) -> dict[str, object]:
        """What was compared, and counts."""
        return {
            "arms": ", ".join(arm.name for arm in self.design.arms),
            "weeks": self.design.weeks,
            "runners": self.cohort.n_runners,
            "source": self.cohort.source,
            "draws": self.values.n_draws,
            "seed": self.settings.seed,
        }

    effects = table("compare_tables", "effects")
    trajectories = table("compare_tables", "trajectories")
    break_even = table("compare_tables", "break_even")
    chances = table("compare_tables", "chances")
    regret = table("compare_decisions", "regret")
    trial_sizes = table("compare_decisions", "trial_sizes")
    noticed = table("responder_sources", "noticed")

    @cached_property
    def made_up(self) -> "MadeUpAnswer | None":
        """The primary contrast on as many made-up runners; None where these are made up."""
        return import_module("hipstudy.studies.made_up_runners").of_study(self)

    @cached_property
    def shared_effects(self) -> "pd.DataFrame":
        """Table of effects, worked out once, not to be changed: a report reads it forty times."""
        return import_module("hipstudy.studies.compare_tables").effects_anew(self)

    @property
    def primary(self) -> tuple[str, str]:
        """The contrast that is answered first."""
        return self.design.contrasts[0]

    @property
    def band(self) -> tuple[float, float]:
        """Probabilities of the band's two ends."""
        half = (1 - number("band_level")) / 2
        return half, 1 - half


def run_arms(
    cohort: Cohort, design: Design, values: Values, *, seed: int
) -> Iterator[tuple[str, SimulatedArm]]:
    """Simulate every arm on the same runners with the same luck, one after the other.

    Without ``recent``: nobody is looked at.
    """
    weeks, starts = design.weeks, baseline.draw_worlds(cohort, values, seed=seed)
    own = adherence.habits(cohort, values, weeks=weeks, seed=seed)
    for arm in design.arms:
        yield (
            arm.name,
            simulate.run(
                cohort,
                arm,
                values,
                weeks=weeks,
                seed=seed,
                starts=starts,
                own=own,
                with_recent=False,
            ),
        )


@dataclass(frozen=True, eq=False)
class _RunnerSums:
    """Sums over runners, as ``CompareStudy`` has their means; nothing else of a run is held."""

    means: dict[tuple[str, str], Array] = field(default_factory=dict)  # (worlds, draws, weeks)
    improved: dict[tuple[str, str], Array] = field(default_factory=dict)  # (worlds, draws)
    reporting: dict[tuple[str, str], Array] = field(default_factory=dict)  # (parts, worlds, draws)

    def add(self, parts: Sequence["_RunnerSums"]) -> None:
        """Add those of a block of runners, whose draws were run in parts."""
        for name, axis in (("means", 1), ("improved", 1), ("reporting", 2)):
            mine, others = getattr(self, name), [getattr(one, name) for one in parts]
            for key in others[0]:
                whole = np.concatenate([one[key] for one in others], axis=axis)
                mine[key] = mine.get(key, 0) + whole


def _sums(
    block: Cohort, design: Design, values: Values, *, seed: int, mcid_nrs: float, first_draw: int
) -> _RunnerSums:
    """Run every arm on some runners under some draws."""
    sums = _RunnerSums()
    falls: dict[str, TightnessFalls] = {}
    for arm, run in run_arms(block, design, values, seed=seed):
        truth, start = run.trajectories, run.start
        for outcome in OUTCOMES:
            sums.means[arm, outcome] = truth.outcomes[outcome].sum(axis=2)
        for rule, count in _improved(truth, mcid_nrs).items():
            sums.improved[arm, rule] = count
        falls[arm] = truth.falls
        del run, truth  # before the next arm is simulated
    luck = rated_change.draw_luck(block, values, seed=seed, first_draw=first_draw)
    for arm, own in falls.items():
        by_criterion = rated_change.count_responders(
            block, start, own, falls[design.held_against(arm)], values, luck,
            weeks=design.weeks, mcid_nrs=mcid_nrs,
        )  # fmt: skip
        for criterion, count in by_criterion.items():
            sums.reporting[arm, criterion] = count
    return sums


def _ends(
    cohort: Cohort, design: Design, values: Values, *, seed: int
) -> dict[str, dict[str, Array]]:
    """Arm -> outcome -> every limb at the start and in the last week, (worlds, limbs, 2)."""
    ends: dict[str, dict[str, list[Array]]] = {}
    size = most_lanes(design.weeks)
    for block in cohort.blocks(size):
        for arm, run in run_arms(block, design, values, seed=seed):
            for outcome, truth in run.trajectories.outcomes.items():
                both = truth[:, 0, :, [0, -1]]
                ends.setdefault(arm, {}).setdefault(outcome, []).append(np.moveaxis(both, 0, -1))
            del run, truth
    return {
        arm: {outcome: np.concatenate(parts, axis=1) for outcome, parts in outcomes.items()}
        for arm, outcomes in ends.items()
    }


def _improved(run: Trajectories, mcid_nrs: float) -> dict[str, Array]:
    """Number of runners whose mean over both limbs fell by each rule's MCID, (worlds, draws)."""
    tight = run.outcomes["tightness_nrs"]
    fall = tight[..., 0] - tight[..., -1]
    per_runner, start = runner_means(fall), runner_means(tight[..., 0])
    share = per_runner >= number("mcid_share") * start
    reached = {"points": per_runner >= mcid_nrs, "share": share & (per_runner > 0)}
    return {rule: hit.sum(axis=-1).astype(float) for rule, hit in reached.items()}


# What is only printed, weighs causes afterwards, or is in the arms themselves.
_NOT_OF_RUNS = {"cause_prior", "cohort", "combine_views", "language", "protocols", "report_date",
                "symptom_trials"}  # fmt: skip


def run(
    settings: CompareSettings | None = None,
    *,
    n_draws: int | None = None,
    runners: Cohort | None = None,
    **by_name: Any,
) -> CompareStudy:
    """Compare the arms.

    Parameters
    ----------
    settings
        Checked settings; or give them as keywords.
    n_draws
        Of the parameters; ``parameter_draws`` of them when None.
    runners
        Runners, in place of those that the settings read or draw.
    **by_name
        Settings by name, as in the notebook's first cell; None stands for the default.

    Raises
    ------
    UsageProblems
        Every wrong setting or prescription, or less free memory than the comparison needs.
    DataProblems
        Every problem of the cohort file.
    """
    if settings is None:
        settings = CompareSettings.check(by_name)
    design, cohort = settings.design(), settings.runners(runners)
    n_draws = n_draws or int(number("parameter_draws"))
    check_memory(
        weeks=design.weeks, n_runners=cohort.n_runners, n_arms=len(design.arms), n_draws=n_draws,
        block=BLOCK,
    )  # fmt: skip
    seed, at = settings.seed, settings.parameter_values
    values = parameters.draw(n_draws, seed=seed, **at)

    places = {arm.name: place for place, arm in enumerate(design.arms)}

    def find() -> result_store.Arrays:  # names of arms are the user's, and not kept
        return _renamed(_results(settings, design, cohort, values), places)

    asked = None
    if runners is None and not settings.cohort:  # drawn: all follows from the settings
        asked = settings.model_dump(mode="json", exclude=_NOT_OF_RUNS) | {
            "arms": [arm.model_dump(mode="json") for arm in design.arms],
            "contrasts": design.contrasts, "weeks": design.weeks, "n_draws": n_draws,
        }  # fmt: skip
        found = _renamed(
            result_store.result("comparison", asked, find),
            {place: name for name, place in places.items()},
        )
    else:
        found = _results(settings, design, cohort, values)
    return CompareStudy(
        settings=settings,
        design=design,
        cohort=cohort,
        values=values,
        shares=cause_shares(settings.prior, values.n_draws, seed=settings.seed),
        run_settings=asked,
        **found,
    )


StudyFields = dict[str, dict[Any, Any]]  # what runs of the model fill in


def _results(
    settings: CompareSettings, design: Design, cohort: Cohort, values: Values
) -> StudyFields:
    """Run every arm, block by block, under each draw and once with parameters at their values."""
    seed, at = settings.seed, settings.parameter_values
    sums = _RunnerSums()
    for block, parts in lane_blocks(cohort, values.n_draws, weeks=design.weeks, size=BLOCK):
        sums.add([
            _sums(
                block, design, values.take(draws),
                seed=seed, mcid_nrs=settings.mcid_nrs, first_draw=draws.start,
            )
            for draws in parts
        ])  # fmt: skip
    return {
        "means": {key: total / cohort.n_limbs for key, total in sums.means.items()},
        "improved": {key: count / cohort.n_runners for key, count in sums.improved.items()},
        "central": _ends(cohort, design, parameters.central(**at), seed=seed),
        "reporting": {key: count / cohort.n_runners for key, count in sums.reporting.items()},
    }


def _renamed(found: Mapping[str, Any], names: Mapping[Any, Any]) -> StudyFields:
    """Results with other names for their arms, which are a key or the first part of one."""
    return {
        field_name: {
            (names[key[0]], *key[1:]) if isinstance(key, tuple) else names[key]: one
            for key, one in of_field.items()
        }
        for field_name, of_field in found.items()
    }
