"""Further readings of a comparison: regret, who improves, the same runner twice, a trial's size."""

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hipstudy import parameters
from hipstudy.analysis.sample_size import runners_per_arm
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.model.cohort import DRAWN
from hipstudy.model.observe import instruments, rated
from hipstudy.parameters import number, shipped
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.studies.compare_tables import ALL_WORLDS, margins

if TYPE_CHECKING:
    import pandas as pd

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


def look_improved(study: CompareStudy) -> NDArray[np.float64]:
    """Share of runners who would look improved although nothing that training moves has changed.

    The *nonspecific* world, parameters at their values, in whole-number ratings with their error,
    both limbs' mean; over as many throws of the error as there are draws of the parameters.

    Returns
    -------
    numpy.ndarray
        One share a throw.
    """
    tools = instruments(parameters.central())
    arm = study.design.arms[0].name
    tight = study.central[arm].outcomes["tightness_nrs"][WORLDS.index("nonspecific"), 0]
    shares = []
    for throw in range(study.values.n_draws):
        before, after = (
            rated(
                tight[:, week], "tightness_nrs", study.cohort, tools, week=week, step=1, seed=throw
            )
            for week in (0, tight.shape[-1] - 1)
        )
        fall = (before - after).reshape(-1, 2).mean(axis=-1)
        shares.append((fall >= study.settings.mcid_nrs).mean())
    return np.array(shares)


def per_runner(study: CompareStudy, arm: str, outcome: str) -> NDArray[np.float64]:
    """Last week's outcome, mean of a runner's two limbs, parameters at their values.

    Returns
    -------
    numpy.ndarray
        Shape (worlds, runners).
    """
    ends = study.central[arm].outcomes[outcome][:, 0, :, -1]
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
        for outcome, runs in limbs.outcomes.items():
            start, end = runs[:, 0, :, 0], runs[:, 0, :, -1]
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


def trial_sizes(study: CompareStudy) -> "pd.DataFrame":
    """Runners per arm that a real trial would need, for what each world predicts and for margins.

    Columns: basis (world or margin), difference (NRS points), n_per_arm (infinite where no size
    would do), fewest, most (rating error and correlation with baseline at the ends of their
    ranges). Runners without loss to follow-up, one tightness rating each.
    """
    import pandas as pd

    rows = []
    for world in WORLDS:
        mean = float(study.difference(study.primary, "tightness_nrs", world)[:, -1].mean())
        rows.append((world, mean))
    rows += [(f"margin {margin:g}", -margin) for margin in margins()[1:]]
    frame = pd.DataFrame(rows, columns=["basis", "difference"])
    error, r = shipped()["nrs_sem"], shipped()["trial_baseline_r"]
    cases = {
        "n_per_arm": (error.value, r.value),
        "fewest": (error.low, r.high),
        "most": (error.high, r.low),
    }
    for column, (sem, correlation) in cases.items():
        sd = float(np.hypot(number("tightness_sd_nrs"), sem))
        frame[column] = [runners_per_arm(d, sd, correlation) for d in frame["difference"]]
    return frame
