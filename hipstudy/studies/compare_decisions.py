"""Further readings of a comparison: regret, who improves, the same runner twice, a trial's size."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters, result_store
from hipstudy.analysis.sample_size import runners_per_arm
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.model.cohort import DRAWN
from hipstudy.model.lane_blocks import BLOCK, lane_blocks
from hipstudy.model.usual_level import before_after
from hipstudy.parameters import number
from hipstudy.prescription.protocol import Protocol, preset
from hipstudy.studies.compare_study import CompareStudy, run_arms
from hipstudy.studies.compare_tables import ALL_WORLDS, margins

if TYPE_CHECKING:
    import pandas as pd

NO_EXERCISE = "usual_running"
SPREAD_COLUMNS = ["world", "arm", "outcome", "low", "middle", "high"]
QUANTILES = (0.025, 0.25, 0.5, 0.75, 0.975)


def regret(study: CompareStudy) -> "pd.DataFrame":
    """How much more tightness an arm leaves than the best arm, were a cause known; by draws.

    Columns: arm, clock_min_wk, world, regret, low, high (NRS points at the last week).
    """
    import pandas as pd

    rows = []
    for world in ALL_WORLDS:
        ends = np.stack(
            [study.mean(a.name, "tightness_nrs", world)[:, -1] for a in study.design.arms]
        )
        lost = ends - ends.min(axis=0)
        low, high = np.quantile(lost, study.band, axis=1)
        rows += [
            (arm.name, arm.clock_min_wk, world, lost[i].mean(), low[i], high[i])
            for i, arm in enumerate(study.design.arms)
        ]
    return pd.DataFrame(rows, columns=["arm", "clock_min_wk", "world", "regret", "low", "high"])


def improved(study: CompareStudy) -> "pd.DataFrame":
    """Share of runners whose own tightness falls by the MCID or more, per arm and world.

    Columns: arm, world, rule (``points``: ``mcid_nrs`` points; ``share``: that part of their own
    baseline), share, low, high, n_runners. A share of runners, never a mean held against the MCID.
    """
    import pandas as pd

    rows = []
    for (arm, rule), runs in study.improved.items():
        for world in ALL_WORLDS:
            if world == PRIOR:
                draws = (study.shares * runs.T).sum(axis=1)
            else:
                draws = runs[WORLDS.index(world)]
            low, high = np.quantile(draws, study.band)
            rows.append((arm, world, rule, draws.mean(), low, high))
    frame = pd.DataFrame(rows, columns=["arm", "world", "rule", "share", "low", "high"])
    return frame.assign(n_runners=study.cohort.n_runners)


def least_exercise(study: CompareStudy) -> Protocol:
    """An arm that asks for no exercise, where there is one; else the first."""
    arms = study.design.arms
    return next((arm for arm in arms if not (arm.strength or arm.stretch)), arms[0])


def with_no_exercise(study: CompareStudy) -> CompareStudy:
    """The study with usual running among its arms: its own, or run now on the same runners."""
    if not (least_exercise(study).strength or least_exercise(study).stretch):
        return study
    idle, design = preset(NO_EXERCISE), study.design
    alone = replace(design, arms=(idle.model_copy(update={"weeks": design.weeks}),))
    sums: dict[tuple[str, str], Any] = {}
    n_draws, seed = study.values.n_draws, study.settings.seed
    for block, parts in lane_blocks(study.cohort, n_draws, weeks=design.weeks, size=BLOCK):
        of_draws = []
        for draws in parts:
            ((_, run),) = run_arms(block, alone, study.values.take(draws), seed=seed)
            of_draws.append(
                {outcome: truth.sum(axis=2) for outcome, truth in run.trajectories.outcomes.items()}
            )
        for outcome in of_draws[0]:
            total = np.concatenate([sums_of[outcome] for sums_of in of_draws], axis=1)
            sums[NO_EXERCISE, outcome] = sums.get((NO_EXERCISE, outcome), 0) + total
    means = {key: total / study.cohort.n_limbs for key, total in sums.items()}
    return replace(
        study,
        design=replace(design, arms=(*design.arms, *alone.arms)),
        means={**study.means, **means},
    )


def per_runner(study: CompareStudy, arm: str, outcome: str) -> NDArray[np.float64]:
    """Last week's outcome, mean of a runner's two limbs, parameters at their values.

    Returns
    -------
    numpy.ndarray
        Shape (worlds, runners).
    """
    ends = study.central[arm][outcome][..., -1]
    return ends.reshape(len(ends), -1, 2).mean(axis=-1)


def same_runner(study: CompareStudy) -> "pd.DataFrame":
    """The same runners under both arms of the primary contrast: spread of their own differences.

    Columns: world, quantile, difference (NRS points, treatment minus control), n_runners. Only
    quantiles over runners, never a single runner's value.
    """
    import pandas as pd

    treatment, control = study.primary
    both = [per_runner(study, arm, "tightness_nrs") for arm in (treatment, control)]
    spread = np.quantile(both[0] - both[1], QUANTILES, axis=1)
    rows = [
        (world, q, spread[j, i]) for i, world in enumerate(WORLDS) for j, q in enumerate(QUANTILES)
    ]
    frame = pd.DataFrame(rows, columns=["world", "quantile", "difference"])
    return frame.assign(n_runners=study.cohort.n_runners)


def change_spread(study: CompareStudy) -> "pd.DataFrame":
    """Spread between runners of the change since baseline, parameters at their values.

    Columns: world, arm, outcome, low, middle, high (change at the last week; middle 95 % of
    runners). Torque is in per cent of baseline. No rows for few real runners (``spread_shown``).
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    if not spread_shown(study):
        return pd.DataFrame(rows, columns=SPREAD_COLUMNS)
    for arm, limbs in study.central.items():
        for outcome, ends in limbs.items():
            start, end = ends[..., 0], ends[..., -1]
            change = (end / start - 1) * 100 if outcome.endswith("_nm_kg") else end - start
            own = change.reshape(len(change), -1, 2).mean(axis=-1)
            low, middle, high = np.quantile(own, (QUANTILES[0], 0.5, QUANTILES[-1]), axis=1)
            rows += [
                (world, arm, outcome, low[i], middle[i], high[i]) for i, world in enumerate(WORLDS)
            ]
    return pd.DataFrame(rows, columns=SPREAD_COLUMNS)


def spread_shown(study: CompareStudy) -> bool:
    """Whether there are enough runners to show how they spread; drawn ones always are."""
    few = study.cohort.n_runners < number("spread_least_runners")
    return study.cohort.source == DRAWN or not few


def change_over_weeks(study: CompareStudy, arms: tuple[str, ...]) -> "pd.DataFrame":
    """Mean change since baseline over weeks with its parameter band.

    Columns: world, arm, outcome, week, mean, low, high. Torque is in per cent of baseline.
    """
    import pandas as pd

    rows = []
    for arm in arms:
        for (name, outcome), runs in study.means.items():
            if name != arm:
                continue
            start = runs[..., :1]
            change = (runs / start - 1) * 100 if outcome.endswith("_nm_kg") else runs - start
            low, high = np.quantile(change, study.band, axis=1)
            middle = change.mean(axis=1)
            rows += [
                (world, arm, outcome, week, middle[i, week], low[i, week], high[i, week])
                for i, world in enumerate(WORLDS)
                for week in range(study.design.weeks + 1)
            ]
    return pd.DataFrame(rows, columns=["world", "arm", "outcome", "week", "mean", "low", "high"])


def rating_spread(study: CompareStudy) -> tuple[float, float]:
    """SD of a rating of one hip at the end, and its correlation with that before; by the model."""
    middle = parameters.central(**study.settings.parameter_values)
    own = before_after(middle, study.design.weeks)
    return float(own.sd_after[0, 0]), float(own.r[0, 0])


def trial_sizes(study: CompareStudy) -> "pd.DataFrame":
    """Runners per arm that a real trial would need, for what each world predicts and for margins.

    Columns: basis (world or margin), difference (NRS points), n_per_arm (infinite where no size
    would do), fewest, most (95 % band over draws of what the size hangs on). Spread and
    correlation of ratings before and after are the model's own: of drawn runners who come in by
    their tightness, their weeks and the error of rating (``usual_level.before_after``). Runners
    without loss to follow-up, one tightness rating of one hip each.
    """
    import pandas as pd

    rows = []
    for world in WORLDS:
        mean = float(study.difference(study.primary, "tightness_nrs", world)[:, -1].mean())
        rows.append((world, mean))
    rows += [(f"margin {margin:g}", -margin) for margin in margins()[1:]]
    frame = pd.DataFrame(rows, columns=["basis", "difference"])
    drawn = before_after(study.values, study.design.weeks)
    sds, rs = drawn.sd_after[:, 0], drawn.r[:, 0]
    # A size rises with the spread that baseline leaves, so its ends are those of that spread's.
    order = np.argsort(sds * np.sqrt(1 - rs**2))
    at = np.round(np.array(study.band) * (len(order) - 1)).astype(int)  # a draw's own, or infinite
    spreads = [rating_spread(study), *((float(sds[draw]), float(rs[draw])) for draw in order[at])]
    names = ("n_per_arm", "fewest", "most")
    return frame.assign(**_sizes(study, dict(zip(names, spreads, strict=True)), frame))


def _sizes(
    study: CompareStudy, spreads: dict[str, tuple[float, float]], frame: "pd.DataFrame"
) -> result_store.Arrays:
    """Runners per arm that see each difference, for each spread and its correlation.

    Those of drawn runners follow from settings alone, and are kept from one run to the next.
    """
    differences = frame["difference"].tolist()

    def find() -> result_store.Arrays:
        return {
            name: np.array([runners_per_arm(d, sd, r) for d in differences])
            for name, (sd, r) in spreads.items()
        }

    if study.cohort.source != DRAWN:
        return find()
    asked = {"differences": differences, "spreads": spreads}
    return result_store.result("sizes of trials", asked, find)
