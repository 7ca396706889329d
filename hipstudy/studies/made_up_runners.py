"""Whether the runners of a file change the answer: the same two arms on as many made-up runners.

The made-up runners are drawn from published averages, with the seed, the draws of the parameters
and the luck of the comparison itself, so that nothing else differs.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.model import adherence, baseline, simulate
from hipstudy.model import cohort as runners
from hipstudy.model.causes import LINKS, WORLDS
from hipstudy.model.cohort import DRAWN
from hipstudy.model.lane_blocks import BLOCK, lane_blocks
from hipstudy.studies.compare_study import Array, CompareStudy

if TYPE_CHECKING:
    import pandas as pd

FELT = tuple(LINKS)  # what is felt: tightness and discomfort while running


@dataclass(frozen=True, eq=False)
class MadeUpAnswer:
    """Differences of a comparison beside those of made-up runners, at the last week.

    Parameters
    ----------
    own, made_up
        Outcome -> treatment minus control by cause, NRS points, (worlds, draws).
    n_runners
        Made-up runners: as many as were compared.
    """

    own: dict[str, Array]
    made_up: dict[str, Array]
    n_runners: int

    def shifts(self) -> dict[tuple[str, str], float]:
        """(outcome, world) -> own mean difference less that of made-up runners, NRS points."""
        return {
            (outcome, world): float(self.own[outcome][at].mean() - self.made_up[outcome][at].mean())
            for outcome in FELT
            for at, world in enumerate(WORLDS)
        }


def of_study(study: CompareStudy) -> MadeUpAnswer | None:
    """The primary contrast on made-up runners; None where the compared ones are made up."""
    if study.cohort.source == DRAWN:
        return None
    n, seed = study.cohort.n_runners, study.settings.seed
    others = runners.draw(n, seed=seed)
    weeks, values = study.design.weeks, study.values
    sums = {outcome: np.zeros((len(WORLDS), values.n_draws)) for outcome in FELT}
    for block, parts in lane_blocks(others, values.n_draws, weeks=weeks, size=BLOCK):
        for draws in parts:
            some = values.take(draws)
            starts = baseline.draw_worlds(block, some, seed=seed)
            own = adherence.habits(block, some, weeks=weeks, seed=seed)
            for name, sign in zip(study.primary, (1, -1), strict=True):
                run = simulate.run(
                    block, study.design.arm(name), some,
                    weeks=weeks, seed=seed, outcomes=FELT, starts=starts, own=own,
                )  # fmt: skip
                for outcome in FELT:
                    ends = run.trajectories.outcomes[outcome][..., -1]
                    sums[outcome][:, draws] += sign * ends.sum(axis=2)
    return MadeUpAnswer(
        own={
            outcome: np.stack(
                [study.difference(study.primary, outcome, world)[:, -1] for world in WORLDS]
            )
            for outcome in FELT
        },
        made_up={outcome: total / others.n_limbs for outcome, total in sums.items()},
        n_runners=n,
    )


def beside_made_up(study: CompareStudy) -> "pd.DataFrame":
    """Both beside each other, a row an outcome and cause; empty for made-up runners.

    Columns: outcome, world, own, own_low, own_high, made_up, made_up_low, made_up_high (NRS
    points, treatment minus control, 95 % bands over draws), n_runners.
    """
    import pandas as pd

    columns = ["outcome", "world"]
    columns += [f"{who}{end}" for who in ("own", "made_up") for end in ("", "_low", "_high")]
    answer, rows = study.made_up, []
    for outcome in FELT if answer else ():
        for at, world in enumerate(WORLDS):
            cells = []
            for draws in (answer.own[outcome][at], answer.made_up[outcome][at]):
                cells += [draws.mean(), *np.quantile(draws, study.band)]
            rows.append((outcome, world, *cells))
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(n_runners=study.cohort.n_runners)


def ends(frame: "pd.DataFrame", who: str, outcome: str) -> dict[str, tuple[float, float, float]]:
    """World -> mean and band, of ``own`` or ``made_up``, in rows of ``beside_made_up``."""
    rows = frame[frame["outcome"] == outcome].set_index("world")
    return {
        world: tuple(rows.loc[world, [who, f"{who}_low", f"{who}_high"]].astype(float))
        for world in WORLDS
    }
