"""What each cause of tightness would make of a clinic's own runners, arm by arm.

Each arm's runners start where they were measured, do what the arm prescribes as modelled runners
do, and are read with the instruments' errors: the band is where the mean of an arm this large would
be. Only arms that have a prescription of the package can be modelled.
"""

from typing import TYPE_CHECKING

import numpy as np
import scipy
from numpy.typing import NDArray

from hipstudy import parameters, random_streams
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.estimate import level
from hipstudy.analysis.reliability import error_of_mean
from hipstudy.arrays import Array
from hipstudy.model import baseline, simulate
from hipstudy.model.causes import LINKS, WORLDS
from hipstudy.model.cohort import Cohort
from hipstudy.model.lane_blocks import BLOCK
from hipstudy.model.observe import instruments
from hipstudy.parameters import Values, number
from hipstudy.prescription.design import CONTRACT_ARMS, Design, build
from hipstudy.prescription.protocol import Protocol, preset_names
from hipstudy.studies.cohort_study import CohortStudy

if TYPE_CHECKING:
    import pandas as pd


def modelled_arms(study: CohortStudy) -> dict[str, Protocol]:
    """Arms of the file that have a prescription of the package."""
    known = {*preset_names(), *CONTRACT_ARMS}
    arms = [arm for arm in sorted(set(study.observations["arm"].dropna())) if arm in known]
    if not arms:
        return {}
    design: Design = build([*CONTRACT_ARMS, *(a for a in arms if a not in CONTRACT_ARMS)])
    return {arm: design.arm(arm) for arm in arms}


def _runners(study: CohortStudy, arm: str) -> NDArray[np.int64]:
    """Places in the cohort of an arm's runners, in its order."""
    frame = study.observations
    first = frame[frame["week"] == 0].groupby("runner", sort=True)["arm"].first()
    return np.flatnonzero((first == arm).to_numpy())


def predictive(study: CohortStudy, *, seed: int = 0) -> "pd.DataFrame":
    """Where the mean of each arm's primary outcome would be in each world.

    The spread holds the parameters' uncertainty, which sessions happen, how weeks fluctuate, and
    the errors of reading averaged over this many runners; baseline is taken as measured, and
    runners fall back from it towards their usual level.

    Columns: world, arm, week, low, high; every whole week up to the plan's.
    """
    import pandas as pd

    values = parameters.draw(int(number("parameter_draws")), seed=seed)
    rows = []
    for arm, protocol in modelled_arms(study).items():
        who = _runners(study, arm)
        if len(who) < least():
            continue  # a band starts at the measured mean: it would tell about single people
        means = _means(study, study.clinic.cohort.take(who), protocol, values, seed)
        error = _error_of_mean(study, arm, means) * _throws(values, means.shape[-1], seed)
        seen = means + error
        seen[..., 0] = means[..., 0]
        low, high = np.quantile(seen, ((1 - level()) / 2, (1 + level()) / 2), axis=1)
        rows += [
            (world, arm, float(week), low[i, week], high[i, week])
            for i, world in enumerate(WORLDS)
            for week in range(means.shape[-1])
        ]
    return pd.DataFrame(rows, columns=["world", "arm", "week", "low", "high"])


def _means(
    study: CohortStudy, cohort: Cohort, protocol: Protocol, values: Values, seed: int
) -> Array:
    """Mean of the primary outcome over an arm's limbs, (worlds, draws, weeks).

    How weeks fluctuate is thrown anew in every draw: it is part of what is predicted. Runners are
    carried in blocks and only the sum of the outcome stays, so that memory does not grow with the
    arm. A block is always as large, whatever the machine: the order of adding is part of the last
    digit.
    """
    outcome, weeks = study.plan.primary, study.plan.week
    total = np.zeros((len(WORLDS), values.n_draws, weeks + 1))
    for block in cohort.blocks(BLOCK):
        starts = baseline.draw_worlds(block, values, seed=seed, by_draw=True)
        run = simulate.run(
            block, protocol, values, weeks=weeks, seed=seed, starts=starts, outcomes=(outcome,)
        )
        total += run.trajectories.outcomes[outcome].sum(axis=-2)
    return total / cohort.n_limbs


def _error_of_mean(study: CohortStudy, arm: str, means: Array) -> Array | float:
    """Standard error that reading adds to the mean of an arm's runners, each by his own limbs."""
    frame, tools = study.observations, instruments(parameters.central())
    first = frame[(frame["week"] == 0) & (frame["arm"] == arm) & frame[study.plan.primary].notna()]
    counts = first.groupby("runner")["side"].nunique()
    limbs_r = tools.rating_r if study.plan.primary in LINKS else 0.0
    of_each = sum(error_of_mean(1.0, int(m), limbs_r) ** 2 for m in counts)
    share = np.sqrt(of_each) / max(len(counts), 1)
    if study.plan.primary in LINKS:
        return tools.nrs_sem * share
    if study.plan.primary == "thomas_ext_deg":
        return tools.thomas_sem_deg * share
    return tools.torque_sem_share * means * share


def _throws(values: Values, n_weeks: int, seed: int) -> Array:
    """Standard normal errors, (draws, weeks), the same in every world and arm."""
    by = [np.arange(values.n_draws)[:, np.newaxis], np.arange(n_weeks)]
    return scipy.special.ndtri(random_streams.uniform(seed=seed, stream="error of a mean", by=by))


def observed_means(study: CohortStudy) -> "pd.DataFrame":
    """Measured mean of each arm's primary outcome, runner by runner, with its interval.

    Columns: arm, week, mean, ci_low, ci_high; visits at which enough runners of an arm came.
    """
    import pandas as pd

    plan, rows = study.plan, []
    frame = study.observations[["runner", "arm", "week", plan.primary]].dropna()
    means = frame.groupby(["arm", "week", "runner"])[plan.primary].mean()
    for (arm, week), own in means.groupby(level=["arm", "week"]):
        n = len(own)
        if n < number("cohort_least_runners") or week < 0 or week > plan.week:
            continue
        half = scipy.special.stdtrit(n - 1, (1 + level(plan.alpha)) / 2) * own.std() / np.sqrt(n)
        rows.append((arm, week, own.mean(), own.mean() - half, own.mean() + half))
    return pd.DataFrame(rows, columns=["arm", "week", "mean", "ci_low", "ci_high"])
