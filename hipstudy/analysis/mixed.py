r"""Mixed models of limbs within runners: one visit here, all visits by a ladder.

At one visit, limb j of runner i:

.. math:: y_{ij} = \beta_0 + \delta T_i + \beta_1 x_{ij} + u_i + e_{ij}

by restricted maximum likelihood (Laird and Ware 1982, doi:10.2307/2529876). The covariance of two
limbs may be negative: what is fitted is the marginal model, which has no boundary.

All visits: ``over_visits`` tries the models of ``mixed_covariances`` in turn, from limbs nested in
runners down to runner means, until one can be fitted. The note of the estimate says which.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy.analysis import least_squares, mixed_covariances, reml
from hipstudy.analysis.estimate import Estimate, Question, by_t, none
from hipstudy.analysis.long_to_arrays import Flags, Layout, from_frame
from hipstudy.arrays import Array

if TYPE_CHECKING:
    import pandas as pd


RUNGS = ("runner/limb", "runner", "runner means", "runner means, one intercept")


@dataclass(frozen=True)
class Rung:
    """A rung, and why it was left; nothing where it was reached."""

    name: str
    why_left: str


@dataclass(frozen=True)
class FallbackLog:
    """The rungs that were tried, in order."""

    rungs: tuple[Rung, ...]

    @property
    def reached(self) -> str:
        """Name of the rung that held; empty where none did."""
        return next((rung.name for rung in self.rungs if not rung.why_left), "")

    def text(self) -> str:
        """The rung reached, and every reason on the way."""
        reasons = [f"rung {r.name}: left, {r.why_left}" for r in self.rungs if r.why_left]
        return "; ".join([*reasons, f"rung reached: {self.reached or 'none'}"])


@dataclass(frozen=True, eq=False)
class ClimbedTrials:
    """Difference, SE and df of every trial, and (trials, rungs) why each rung was left."""

    value: Array
    se: Array
    df: Array
    reasons: NDArray[np.object_]

    def ladder(self, trial: int) -> FallbackLog:
        """What was tried in one trial."""
        rungs = []
        for name, why in zip(RUNGS, self.reasons[trial], strict=True):
            rungs.append(Rung(name, why))
            if not why:
                break
        return FallbackLog(tuple(rungs))


def fit_with_fallbacks(layout: Layout) -> ClimbedTrials:
    """Climb down the ladder with every trial."""
    layout = layout.visits(mixed_covariances.usable_visits(layout))
    b = len(layout.base)
    value, se, df = (np.full(b, np.nan) for _ in range(3))
    reasons = np.full((b, len(RUNGS)), "", dtype=object)
    enough = mixed_covariances.enough(layout)[:, layout.end]
    reasons[~enough] = mixed_covariances.TOO_FEW
    remaining = np.flatnonzero(enough)
    for k, attempt in enumerate(mixed_covariances.ATTEMPTS):
        if len(remaining):
            answers = attempt(layout.take(remaining))
            value[remaining], se[remaining], df[remaining], reasons[remaining, k] = answers
            remaining = remaining[reasons[remaining, k].astype(bool)]
    failed = reasons.astype(bool).all(axis=-1)
    value[failed] = se[failed] = df[failed] = np.nan
    return ClimbedTrials(value, se, df, reasons)


TREATED = 1
ASSUMES = "holds where being lost depends on arm, baseline and values seen before"


@dataclass(frozen=True)
class Mixed:
    """The mixed model over all visits, and the rungs tried on the way to it."""

    estimate: Estimate
    ladder: FallbackLog


def one_visit(layout: Layout) -> tuple[Array, Array, Array]:
    """Difference, SE and degrees of freedom of the random-intercept model of every trial.

    The SE is that of restricted maximum likelihood as every package prints it; degrees of freedom
    are runners less the three coefficients between runners.
    """
    there = layout.both
    rows = there.reshape(len(there), -1)
    flat = np.where(there, layout.base, 0).reshape(rows.shape)
    x = least_squares.centred(flat, rows).reshape(there.shape)
    treated = np.broadcast_to(layout.treated[..., np.newaxis], there.shape)
    X = np.stack([np.ones_like(x), treated, x], axis=-1)
    y, size = mixed_covariances.scaled(np.where(there, layout.later[..., layout.end], 0), there)
    m = there.shape[-1]
    model = reml.Model(y, X, there, np.stack([np.ones((m, m)), np.eye(m)]))
    fits = reml.fit(model, mixed_covariances.spread(model)[:, np.newaxis] * np.array([0.5, 0.5]))
    se = np.sqrt(fits.phi[:, TREATED, TREATED])
    return fits.beta[:, TREATED] * size, se * size, there.any(axis=-1).sum(axis=-1) - X.shape[-1]


def random_intercept(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End ~ treatment + baseline on limbs, a random intercept per runner.

    Parameters
    ----------
    frame
        Columns runner, side, arm, week and the outcome, as ``from_frame`` takes them.
    question
        What is asked.

    Returns
    -------
    Estimate
        Model ``random_intercept``, df = runners - 3.
    """
    layout = from_frame(frame, question)
    sizes = layout.sizes(layout.both)
    values, ses, dfs = one_visit(layout)
    if np.isnan(values[0]) or dfs[0] < 1:
        return none(question, "random_intercept", "the climb did not end")
    answer = (values[0], ses[0], dfs[0])
    return by_t(question, "random_intercept", answer, sizes, "baseline of limbs, end visit only")


def over_visits(frame: "pd.DataFrame", question: Question) -> Mixed:
    """All visits, limb nested in runner, by the ladder.

    Parameters
    ----------
    frame
        Columns runner, side, arm, week and the outcome, as ``from_frame`` takes them.
    question
        What is asked; visits after baseline are all used, the arms compared at ``week``.

    Returns
    -------
    Mixed
        The estimate, model ``mixed``, by Kenward and Roger with at most runners - 3 degrees of
        freedom, and the ladder, which the note repeats.
    """
    layout = from_frame(frame, question)
    trials = fit_with_fallbacks(layout)
    ladder = trials.ladder(0)
    note = f"{ladder.text()}{_left_out(layout)}"
    if np.isnan(trials.value[0]):
        return Mixed(none(question, "mixed", note), ladder)
    answer = (trials.value[0], trials.se[0], trials.df[0])
    sizes = layout.sizes(fitted(layout))
    return Mixed(by_t(question, "mixed", answer, sizes, f"{note}; {ASSUMES}"), ladder)


def fitted(layout: Layout) -> Flags:
    """Limbs that the model over all visits is fitted to, (trials, runners, limbs)."""
    return mixed_covariances.usable_values(
        layout.visits(mixed_covariances.usable_visits(layout))
    ).any(axis=-1)


def _left_out(layout: Layout) -> str:
    """Visits that the fit leaves out, in words; empty where there are none."""
    omitted = mixed_covariances.usable_values(layout).any(
        axis=(0, 1, 2)
    ) & ~mixed_covariances.usable_visits(layout)
    weeks = ", ".join(f"{layout.weeks[i]:g}" for i in np.flatnonzero(omitted))
    return f"; left out, too few runners: week {weeks}" if weeks else ""


def mixed(frame: "pd.DataFrame", question: Question) -> Estimate:
    """The estimate of ``over_visits``."""
    return over_visits(frame, question).estimate
