"""The main question: every arm in every world, over draws of the parameters and over runners.

Two kinds of spread are carried and kept apart. Parameter uncertainty: the same runners, with the
same luck, under each draw of the parameters. Spread between runners: one run with every parameter
at its value.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters
from hipstudy.model import adherence, baseline, rated_change, simulate
from hipstudy.model.causes import PRIOR, WORLDS, cause_shares
from hipstudy.model.cohort import Cohort
from hipstudy.model.simulate import OUTCOMES
from hipstudy.model.trajectories import SimulatedArm, Trajectories
from hipstudy.parameters import Values, number
from hipstudy.prescription.design import Design
from hipstudy.short_repr import ShortRepr
from hipstudy.studies.settings import CompareSettings
from hipstudy.studies.table_methods import table

if TYPE_CHECKING:
    from hipstudy.studies.made_up_runners import MadeUpAnswer

preflight = CompareSettings.preflight
Array = NDArray[np.float64]
BLOCK = 50  # runners carried at once: small enough for a processor's cache


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
        Arm -> every limb's trajectories with parameters at their values, one draw.
    reporting
        (arm, criterion) -> share of runners who report less at the end, as the parts of
        ``rated_change.PARTS`` are added one by one, (parts, worlds, draws).
    """

    settings: CompareSettings
    design: Design
    cohort: Cohort
    values: Values
    shares: Array
    means: Mapping[tuple[str, str], Array]
    improved: Mapping[tuple[str, str], Array]
    central: Mapping[str, Trajectories]
    reporting: Mapping[tuple[str, str], Array] = field(default_factory=dict)

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
) -> dict[str, Trajectories]:
    """The truth of every arm on the same runners with the same luck."""
    runs = simulate_arms(cohort, design, values, seed=seed)
    return {name: run.trajectories for name, run in runs.items()}


def simulate_arms(
    cohort: Cohort, design: Design, values: Values, *, seed: int
) -> dict[str, SimulatedArm]:
    """Simulate every arm on the same runners with the same luck."""
    weeks, starts = design.weeks, baseline.draw_worlds(cohort, values, seed=seed)
    own = adherence.habits(cohort, values, weeks=weeks, seed=seed)
    return {
        arm.name: simulate.run(cohort, arm, values, weeks=weeks, seed=seed, starts=starts, own=own)
        for arm in design.arms
    }


def _reporting(
    runs: Mapping[str, SimulatedArm], design: Design, *, seed: int, mcid_nrs: float
) -> dict[tuple[str, str], Array]:
    """(arm, criterion) -> number of runners who report less, (parts, worlds, draws)."""
    first = next(iter(runs.values()))
    luck = rated_change.draw_luck(first.cohort, first.values, seed=seed)
    counts = {}
    for name, run in runs.items():
        other = runs[design.held_against(name)].trajectories.falls
        by_criterion = rated_change.count_responders(
            run.cohort, run.start, run.trajectories.falls, other, run.values, luck,
            weeks=design.weeks, mcid_nrs=mcid_nrs,
        )  # fmt: skip
        counts |= {(name, criterion): count for criterion, count in by_criterion.items()}
    return counts


def _improved(run: Trajectories, mcid_nrs: float) -> dict[str, Array]:
    """Number of runners whose mean over both limbs fell by each rule's MCID, (worlds, draws)."""
    tight = run.outcomes["tightness_nrs"]
    fall = tight[..., 0] - tight[..., -1]
    per_runner = fall.reshape(*fall.shape[:-1], -1, 2).mean(axis=-1)
    start = tight[..., 0].reshape(*fall.shape[:-1], -1, 2).mean(axis=-1)
    share = per_runner >= number("mcid_share") * start
    reached = {"points": per_runner >= mcid_nrs, "share": share & (per_runner > 0)}
    return {rule: hit.sum(axis=-1).astype(float) for rule, hit in reached.items()}


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
        Every wrong setting or prescription.
    DataProblems
        Every problem of the cohort file.
    """
    if settings is None:
        settings = CompareSettings.check(by_name)
    design, cohort = settings.design(), settings.runners(runners)
    n_draws = n_draws or int(number("parameter_draws"))
    seed, at = settings.seed, settings.parameter_values
    values = parameters.draw(n_draws, seed=seed, **at)
    sums: dict[tuple[str, str], Array] = {}
    improved: dict[tuple[str, str], Array] = {}
    reporting: dict[tuple[str, str], Array] = {}
    for block in cohort.blocks(BLOCK):
        runs = simulate_arms(block, design, values, seed=seed)
        for arm, run_of_arm in runs.items():
            truth = run_of_arm.trajectories
            for outcome in OUTCOMES:
                total = truth.outcomes[outcome].sum(axis=2)
                sums[arm, outcome] = sums.get((arm, outcome), 0) + total
            for rule, count in _improved(truth, settings.mcid_nrs).items():
                improved[arm, rule] = improved.get((arm, rule), 0) + count
        counts = _reporting(runs, design, seed=seed, mcid_nrs=settings.mcid_nrs)
        reporting = {key: reporting.get(key, 0) + count for key, count in counts.items()}
    return CompareStudy(
        settings=settings,
        design=design,
        cohort=cohort,
        values=values,
        shares=cause_shares(settings.prior, values.n_draws, seed=settings.seed),
        means={key: total / cohort.n_limbs for key, total in sums.items()},
        improved={key: count / cohort.n_runners for key, count in improved.items()},
        central=run_arms(cohort, design, parameters.central(**at), seed=seed),
        reporting={key: count / cohort.n_runners for key, count in reporting.items()},
    )
