"""What a simulation gives: the truth over weeks, and the arm that it is of."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.arrays import Array
from hipstudy.model.adherence import Completed
from hipstudy.model.baseline import Baseline
from hipstudy.model.cohort import SIDES, Cohort
from hipstudy.parameters import Values
from hipstudy.prescription.protocol import Protocol
from hipstudy.short_repr import ShortRepr

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Recent:
    """The latest session and stretch of a limb, each (draws, limbs, weeks from 0).

    Parameters
    ----------
    strain
        Of the latest session, in sets; 0 where there was none.
    since_session_d, since_stretch_d
        Days since then at the week's end; infinite where there was none.
    """

    strain: Array
    since_session_d: Array
    since_stretch_d: Array


@dataclass(frozen=True, eq=False)
class TightnessFalls:
    """By how much tightness is lower in the last week, part by part, NRS points without ends.

    Parameters
    ----------
    course, programme
        What comes to everybody, and what any programme of exercise brings, (draws, 1).
    relief
        What closing a deficit brings, (worlds, draws, limbs).
    """

    course: Array
    programme: Array
    relief: Array


@dataclass(frozen=True, eq=False, repr=False)
class Trajectories(ShortRepr):
    """True outcomes of one arm: name -> array (worlds, draws, limbs, weeks from 0).

    Soreness, and with it discomfort, is that of a week: the mean of its days. What ``observe``
    needs (``recent``) comes with all outcomes only, ``falls`` with tightness.
    """

    worlds: tuple[str, ...]
    outcomes: Mapping[str, Array]
    recent: Recent | None
    falls: TightnessFalls | None = None

    def facts(self) -> dict[str, object]:
        """Worlds, outcomes, and how many draws, limbs and weeks."""
        _, draws, limbs, weeks = next(iter(self.outcomes.values())).shape
        return {
            "worlds": ", ".join(self.worlds),
            "outcomes": len(self.outcomes),
            "draws": draws,
            "limbs": limbs,
            "weeks": f"0 to {weeks - 1}",
        }


@dataclass(frozen=True, eq=False, repr=False)
class SimulatedArm(ShortRepr):
    """One arm as it was simulated: who did what, from where, and the truth that followed.

    Parameters
    ----------
    cohort, protocol, values
        Runners, their prescription, and the parameters of the model.
    completed
        Sessions that happened.
    starts
        World -> baseline of every limb.
    trajectories
        True outcomes in each of these worlds.
    """

    cohort: Cohort
    protocol: Protocol
    values: Values
    completed: Completed
    starts: Mapping[str, Baseline]
    trajectories: Trajectories

    def facts(self) -> dict[str, object]:
        """Who was simulated in which arm and worlds, and for how long."""
        runners = {"arm": self.protocol.name, "runners": self.cohort.n_runners}
        return runners | self.trajectories.facts()

    @property
    def start(self) -> Baseline:
        """Baseline in the first world."""
        return next(iter(self.starts.values()))

    @property
    def weeks(self) -> int:
        """Weeks that were simulated."""
        return next(iter(self.trajectories.outcomes.values())).shape[-1] - 1

    def in_world(self, world: str) -> "SimulatedArm":
        """The same arm in one of its worlds."""
        place, truth = self.trajectories.worlds.index(world), self.trajectories
        outcomes = {name: runs[place : place + 1] for name, runs in truth.outcomes.items()}
        one = replace(truth, worlds=(world,), outcomes=outcomes)
        return replace(self, starts={world: self.starts[world]}, trajectories=one)

    def truth(self, outcome: str, week: int) -> Array:
        """True value of every limb at a week in the first world and draw, (limbs,)."""
        return self.trajectories.outcomes[outcome][0, 0, :, week]

    def recent(self, name: str, week: int) -> Array:
        """Field of ``Recent`` for every limb at a week in the first draw, (limbs,)."""
        return getattr(self.trajectories.recent, name)[0, :, week]

    def frame(self) -> "pd.DataFrame":
        """The truth of drawn runners, one row per world, draw, limb and week.

        Columns: arm, world, draw, runner, side, week, then every outcome that was simulated.

        Raises
        ------
        ValueError
            When the runners are real; ``means`` has what can be given of them.
        """
        import pandas as pd

        self.cohort.check_drawn()
        outcomes = self.trajectories.outcomes
        shape = next(iter(outcomes.values())).shape
        world, draw, limb, week = (place.ravel() for place in np.indices(shape))
        rows = {
            "arm": self.protocol.name,
            "world": np.array(self.trajectories.worlds)[world],
            "draw": draw + 1,
            "runner": self.cohort.runner[limb] + 1,
            "side": np.array(SIDES)[limb % len(SIDES)],
            "week": week,
        }
        return pd.DataFrame(rows | {name: runs.ravel() for name, runs in outcomes.items()})

    def means(self) -> "pd.DataFrame":
        """Means of the truth over limbs and draws, one row per world and week.

        Columns: arm, world, week, then every outcome that was simulated.
        """
        import pandas as pd

        worlds, n = self.trajectories.worlds, self.weeks + 1
        rows = {
            "arm": self.protocol.name,
            "world": np.repeat(worlds, n),
            "week": np.tile(np.arange(n), len(worlds)),
        }
        outcomes = self.trajectories.outcomes.items()
        means = {name: runs.mean(axis=(1, 2)).ravel() for name, runs in outcomes}
        return pd.DataFrame(rows | means)
