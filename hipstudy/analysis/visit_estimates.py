r"""Every visit of the mixed model: differences, adjusted means of arms, and the covariance.

One fit answers all visits. At visit t the difference is a coefficient of the model. The adjusted
mean of an arm is one as well, once the intercept of a visit is exchanged for the arm that it stands
for: the model is the same. Both have Kenward and Roger's standard error and degrees of freedom, at
most those of runners. Means are at the mean of baseline, and of each column of covariates, over the
runners in the model.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis import joint_baseline, mixed, reml
from hipstudy.analysis.estimate import Estimate, Question, by_t, interval_and_p
from hipstudy.analysis.long_to_arrays import Layout, from_frame
from hipstudy.arrays import Array

if TYPE_CHECKING:
    import pandas as pd

MEANS = ("outcome", "week", "arm", "n_runners", "mean", "low", "high")


@dataclass(frozen=True, eq=False)
class VisitEstimates:
    """What the mixed model of a question says of every visit that it uses.

    Parameters
    ----------
    estimates
        Differences, treatment minus control, a visit each; empty where there is no fit.
    means
        Adjusted means of arms: columns of ``MEANS``; n_runners came to the visit.
    covariance
        Of a runner's values at the visits, a row and a column each: of one limb, or of the mean of
        the limbs, as the rung has it.
    rung
        The model that was fitted; ``none`` where there is no fit.
    note
        What was planned, why a model was left, and which was reached.
    """

    estimates: tuple[Estimate, ...]
    means: "pd.DataFrame"
    covariance: "pd.DataFrame"
    rung: str
    note: str
    # Whether baseline is a response: the covariance is then of values as they are, and else of what
    # baseline leaves.
    is_joint: bool = False


def visit_estimates(
    frame: "pd.DataFrame", question: Question, *, fewest: int = mixed.LEAST_PER_ARM
) -> VisitEstimates:
    """Estimates of every visit; the frame is as ``from_frame`` takes it.

    Parameters
    ----------
    frame, question
        As ``mixed.mixed`` takes them.
    fewest
        Nothing is told of a visit to which fewer runners of the treatment or the control came, and
        no mean of another arm of which fewer came.
    """
    import pandas as pd

    layout = from_frame(frame, question)
    layout = layout.visits(mixed.usable_visits(layout))
    trials = mixed.fit_with_fallbacks(layout, mixed.rungs_of(question))
    rung_name, note = trials.reached(0), trials.ladder(0)
    if rung_name == "none":
        return VisitEstimates((), pd.DataFrame(columns=list(MEANS)), pd.DataFrame(), "none", note)
    rung = mixed.rung_of(rung_name, layout)
    start = mixed.spread(rung.model)[:, np.newaxis] * rung.start
    fits = reml.fit(rung.model, start)
    at = [rung.end + (visit - layout.end) * rung.step for visit in range(len(layout.weeks))]
    arms = [layout.treated == 1, layout.control, *(one == 1 for one in layout.other_arms)]
    came = mixed.usable_values(layout).any(axis=-2)
    counts = np.array([(came & arm[..., np.newaxis])[0].sum(axis=0) for arm in arms])
    is_told = (counts[:2] >= fewest).all(axis=0)
    sizes, most = layout.sizes(mixed.fitted(layout)), _most_df(layout)
    estimates = []
    for visit in np.flatnonzero(is_told):
        k = at[visit]
        answer = (fits.beta[0, k] * rung.size[0], np.sqrt(fits.adjusted[0, k, k]) * rung.size[0],
                  min(fits.df[0, k], most))  # fmt: skip
        own = replace(question, week=_whole(layout.weeks[visit]))
        estimates.append(by_t(own, "mixed", answer, sizes, note))
    rows = []
    means = _by_arm(rung.model, at, len(layout.other_arms), fits.theta)
    names = [question.treatment, question.control, *layout.other_names]
    for visit in np.flatnonzero(is_told):
        # In the model the control stands for the intercept, before the treatment.
        places = [at[visit], at[visit] - 1, *range(at[visit] + 1, at[visit] + len(arms) - 1)]
        for name, k, n in zip(names, places, counts[:, visit], strict=True):
            value = means.beta[0, k] * rung.size[0] + rung.centre[0]
            se = np.sqrt(means.adjusted[0, k, k]) * rung.size[0]
            low, high, _ = interval_and_p(value, se, min(means.df[0, k], most), question.alpha)
            row = (question.outcome, _whole(layout.weeks[visit]), name, int(n), value, low, high)
            rows += [row] if n >= fewest else []
    table = pd.DataFrame(rows, columns=list(MEANS))
    is_joint = bool(joint_baseline.lacks_baseline(layout)[0])
    values = _covariance(rung.model, fits, rung.size, layout)
    return VisitEstimates(tuple(estimates), table, values, rung_name, note, is_joint)


def _whole(week: float) -> int:
    """A week as the plan has it: whole weeks are whole numbers."""
    return int(week) if float(week).is_integer() else week  # type: ignore[return-value]


def _most_df(layout: Layout) -> float:
    """Degrees of freedom are counted in runners."""
    runners = mixed.usable_values(layout)[0].any(axis=(-1, -2)).sum()
    return float(runners - mixed.between(layout))


def _by_arm(model: reml.Model, at: list[int], n_others: int, theta: Array) -> reml.Fit:
    """The same model with an arm for the intercept of each visit: coefficients are arms' means."""
    X = model.X.copy()
    for k in at:
        X[..., k - 1] -= X[..., k : k + 1 + n_others].sum(axis=-1)
    return reml.fit(replace(model, X=X), theta)


def _covariance(model: reml.Model, fits: reml.Fit, size: Array, layout: Layout) -> "pd.DataFrame":
    """Covariance of a runner's values at the visits, in the outcome's unit squared."""
    import pandas as pd

    whole = np.einsum("k,kij->ij", fits.theta[0], model.parts)
    weeks = [_whole(week) for week in layout.weeks]
    # Where baseline is a response it stands before the visits.
    first = int(joint_baseline.lacks_baseline(layout)[0])
    visits = slice(first, first + len(weeks))
    values = whole[visits, visits] * size[0] ** 2
    return pd.DataFrame(values, index=weeks, columns=weeks)
