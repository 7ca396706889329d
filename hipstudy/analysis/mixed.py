r"""Mixed models of limbs within runners: one visit, and all visits by a ladder.

At one visit, limb j of runner i:

.. math:: y_{ij} = \beta_0 + \delta T_i + \beta_1 x_{ij} + u_i + e_{ij}

by restricted maximum likelihood (Laird and Ware 1982, doi:10.2307/2529876). The covariance of two
limbs may be negative: what is fitted is the marginal model, which has no boundary.

Over all visits the models of ``RUNGS`` are tried in turn: limbs nested in runners, runners only,
runner means with a free covariance over visits, and runner means with one intercept. A model whose
variance ends at zero, or whose fit does not end, is left. The note of the estimate says why each
was left, and which was reached. Where a runner who was seen later has no baseline, the models are
those of ``joint_baseline``, in which baseline is a response.
"""

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy.analysis import joint_baseline, least_squares, reml
from hipstudy.analysis.ancova import TREATED
from hipstudy.analysis.covariances import COVARIANCES, LADDER
from hipstudy.analysis.estimate import Estimate, Question, by_t, none
from hipstudy.analysis.least_squares import centred, centred_columns
from hipstudy.analysis.long_to_arrays import Layout, from_frame, mean_where
from hipstudy.analysis.marginal_models import (
    Rung,
    by_visit,
    centre_of,
    free_covariance,
    scaled_trial,
)
from hipstudy.analysis.missing_baseline import baseline_or_mean
from hipstudy.arrays import Array, Flags

if TYPE_CHECKING:
    import pandas as pd

BETWEEN = 3  # coefficients between runners, without covariates
BOUNDARY = 1e-6  # share of the whole variance below which a variance counts as zero
LEAST_PER_ARM = 2
LEAST_RUNNERS = BETWEEN + 2
NO_CLIMB = "the climb did not end"
ON_BOUNDARY = "ended on the boundary, a variance of zero"
NO_PAIRS = "limbs of a runner never differ, or never come in pairs"
ONE_VISIT = "with one visit, the limb within the runner is the residual"
TOO_MANY = "too few runners for a free covariance of so many visits"
TOO_FEW = f"fewer than {LEAST_RUNNERS} runners, or than {LEAST_PER_ARM} in an arm, at the end visit"
ASSUMES = "holds where being lost depends on arm, baseline and values seen before"


def random_intercept(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End ~ treatment + baseline (+ covariates) on limbs, a random intercept per runner.

    The frame is as ``from_frame`` takes it. Model ``random_intercept``: the SE is that of
    restricted maximum likelihood as every package prints it, df = runners - coefficients.
    """
    layout = baseline_or_mean(from_frame(frame, question))
    there = layout.both
    rows = there.reshape(len(there), -1)
    x = centred(np.where(there, layout.base, 0).reshape(rows.shape), rows).reshape(there.shape)
    columns = [np.ones_like(x), *_arms_by_limb(layout), x, *_on_each_limb(layout, there)]
    X = np.stack(columns, axis=-1)
    y, size = scaled_trial(np.where(there, layout.later[..., layout.end], 0), there)
    m = there.shape[-1]
    model = reml.Model(y, X, there, np.stack([np.ones((m, m)), np.eye(m)]))
    fits = reml.fit(model, spread(model)[:, np.newaxis] * np.array([0.5, 0.5]))
    value = fits.beta[0, TREATED] * size[0]
    sizes = layout.sizes(there)
    df = sizes[0] - X.shape[-1]
    if np.isnan(value) or df < 1:
        return none(question, "random_intercept", NO_CLIMB)
    answer = (value, np.sqrt(fits.phi[0, TREATED, TREATED]) * size[0], df)
    return by_t(question, "random_intercept", answer, sizes, "baseline of limbs, end visit only")


def mixed(frame: "pd.DataFrame", question: Question) -> Estimate:
    """All visits after baseline, by the first rung of the ladder that is reached: the note has it.

    The frame is as ``from_frame`` takes it. Model ``mixed``: by Kenward and Roger, with at most
    runners - 3 degrees of freedom, less one for each column of covariates.
    """
    layout = from_frame(frame, question)
    trials = fit_with_fallbacks(layout, rungs_of(question))
    omitted = usable_values(layout).any(axis=(0, 1, 2)) & ~usable_visits(layout)
    weeks = ", ".join(f"{layout.weeks[i]:g}" for i in np.flatnonzero(omitted))
    planned = (
        "" if question.covariance == LADDER else f"covariance planned: {question.covariance}; "
    )
    note = (
        planned + trials.ladder(0) + (f"; left out, too few runners: week {weeks}" if weeks else "")
    )
    if joint_baseline.lacks_baseline(layout.visits(usable_visits(layout)))[0]:
        note = f"{note}; {joint_baseline.NOTE}"
    if np.isnan(trials.value[0]):
        return none(question, "mixed", note)
    answer = (trials.value[0], trials.se[0], trials.df[0])
    return by_t(question, "mixed", answer, layout.sizes(fitted(layout)), f"{note}; {ASSUMES}")


@dataclass(frozen=True, eq=False)
class ClimbedTrials:
    """Difference, SE and df of every trial, and (trials, rungs) why each rung was left."""

    value: Array
    se: Array
    df: Array
    reasons: NDArray[np.object_]
    rungs: tuple[str, ...]

    def _left(self, trial: int) -> dict[str, str]:
        return {rung: why for rung, why in zip(self.rungs, self.reasons[trial], strict=True) if why}

    def reached(self, trial: int) -> str:
        """The rung reached in one trial; ``none`` where each was left."""
        left = self._left(trial)
        return next((rung for rung in self.rungs if rung not in left), "none")

    def ladder(self, trial: int) -> str:
        """The rung reached in one trial, and every reason on the way."""
        left, reached = self._left(trial), self.reached(trial)
        reasons = [f"rung {rung}: left, {why}" for rung, why in left.items()]
        return "; ".join([*reasons, f"rung reached: {reached}"])


def rungs_of(question: Question) -> tuple[str, ...]:
    """The rungs that a question allows: one where the plan chose a covariance, else all."""
    return COVARIANCES[question.covariance] or tuple(RUNGS)


def fit_with_fallbacks(layout: Layout, rungs: tuple[str, ...] = ()) -> ClimbedTrials:
    """Climb down the ladder with every trial, or those of its rungs that are given."""
    rungs = rungs or tuple(RUNGS)
    layout = layout.visits(usable_visits(layout))
    value, se, df = np.full((3, len(layout.base)), np.nan)
    reasons = np.full((len(layout.base), len(rungs)), "", dtype=object)
    is_enough = enough(layout)[:, layout.end]
    reasons[~is_enough] = TOO_FEW
    remaining = np.flatnonzero(is_enough)
    for k, rung in enumerate(rungs):
        if len(remaining):
            answers = attempt(rung, layout.take(remaining))
            value[remaining], se[remaining], df[remaining], reasons[remaining, k] = answers
            remaining = remaining[reasons[remaining, k].astype(bool)]
    failed = reasons.astype(bool).all(axis=-1)
    value[failed] = se[failed] = df[failed] = np.nan
    return ClimbedTrials(value, se, df, reasons, rungs)


def between(layout: Layout) -> int:
    """Coefficients between runners at one visit."""
    return BETWEEN + len(layout.other_arms) + layout.adjusting.shape[-1]


def usable_values(layout: Layout) -> Flags:
    """Values that the model uses, (trials, runners, limbs, visits): their limb has a baseline.

    All of them in a trial whose model has baseline as a response.
    """
    is_joint = joint_baseline.lacks_baseline(layout)[:, np.newaxis, np.newaxis]
    return ~np.isnan(layout.later) & (~np.isnan(layout.base) | is_joint)[..., np.newaxis]


def enough(layout: Layout) -> Flags:
    """Visits with enough runners in each arm, (trials, visits)."""
    runners = usable_values(layout).any(axis=-2)
    treated = (runners & (layout.treated == 1)[..., np.newaxis]).sum(axis=-2)
    control = (runners & layout.control[..., np.newaxis]).sum(axis=-2)
    least = np.minimum(treated, control) >= LEAST_PER_ARM
    enough_for = LEAST_RUNNERS - BETWEEN + between(layout)
    return least & (runners.sum(axis=-2) >= enough_for) & _tells_all_apart(layout, runners)


def _tells_all_apart(layout: Layout, runners: Flags) -> Flags:
    """Visits whose runners differ in each covariate by itself, (trials, visits)."""
    b, _, visits = runners.shape
    found = np.ones((b, visits), dtype=bool)
    if layout.other_arms or layout.adjusting.shape[-1]:
        arms = np.stack([layout.treated, *layout.other_arms], axis=-1)
        columns = np.concatenate([arms, layout.adjusting], axis=-1)
        for trial, visit in np.ndindex(b, visits):
            there = columns[trial, runners[trial, :, visit]]
            spread = np.linalg.matrix_rank(there - there.mean(axis=0)) if len(there) else 0
            found[trial, visit] = spread == columns.shape[-1]
    return found


def usable_visits(layout: Layout) -> Flags:
    """Visits that are used: the end, and those with enough runners, (visits,)."""
    return enough(layout).all(axis=0) | (np.arange(len(layout.weeks)) == layout.end)


def fitted(layout: Layout) -> Flags:
    """Limbs that the model over all visits is fitted to, (trials, runners, limbs).

    In a trial whose model has baseline as a response, those too of which only it is known.
    """
    used = layout.visits(usable_visits(layout))
    is_joint = joint_baseline.lacks_baseline(used)[:, np.newaxis, np.newaxis]
    return usable_values(used).any(axis=-1) | (is_joint & ~np.isnan(used.base))


def limbs_in_model(frame: "pd.DataFrame", question: Question, analysis: str) -> Flags:
    """Limbs that a planned analysis, ``ancova`` or ``mixed``, is fitted to, (runners, limbs)."""
    layout = from_frame(frame, question)
    return (baseline_or_mean(layout).both if analysis == "ancova" else fitted(layout))[0]


def kept_by_arm(frame: "pd.DataFrame", question: Question, analysis: str) -> tuple[int, int]:
    """Runners whom a planned analysis is fitted to without a baseline on any limb, by arm.

    Treatment, then control.
    """
    layout = from_frame(frame, question)
    limbs = baseline_or_mean(layout).both if analysis == "ancova" else fitted(layout)
    kept = limbs[0].any(axis=-1) & np.isnan(layout.base[0]).all(axis=-1)
    n_treatment = int((kept & (layout.treated[0] == 1)).sum())
    return n_treatment, int((kept & layout.control[0]).sum())


def spread(model: reml.Model) -> Array:
    """Residual variance by ordinary least squares, to start from; 1 where there is none."""
    b, p = len(model.y), model.X.shape[-1]
    rows = model.there.reshape(b, -1)
    variance = least_squares.fit(model.y.reshape(b, -1), model.X.reshape(b, -1, p), rows).variance
    return np.where(variance > 0, variance, 1.0)


def _runner_base(layout: Layout, limbs: Flags) -> tuple[Array, Array]:
    """Scaled baseline of runners, the mean over the limbs given, and distances of limbs from it."""
    rows = usable_values(layout).any(axis=(-1, -2))
    limbs = limbs & rows[..., np.newaxis]
    base = mean_where(layout.base, limbs)
    off = np.where(limbs, layout.base - base[..., np.newaxis], 0)
    flat = off.reshape(len(off), -1)
    size = np.sqrt((flat**2).sum(axis=-1) / np.maximum(limbs.sum(axis=(-1, -2)), 1))
    return centred(base, rows), off / np.where(size > 0, size, 1)[:, np.newaxis, np.newaxis]


def _arms_by_limb(layout: Layout) -> list[Array]:
    """1 in treatment, and in each arm beside the two, else 0: (trials, runners, limbs) each."""
    arms = (layout.treated, *layout.other_arms)
    return [np.broadcast_to(one[..., np.newaxis], layout.base.shape) for one in arms]


def _on_each_limb(layout: Layout, there: Flags) -> list[Array]:
    """Columns of covariates by limb, scaled over runners who are there."""
    columns = centred_columns(layout.adjusting, there.any(axis=-1))
    return [np.broadcast_to(one[..., np.newaxis], there.shape) for one in columns]


def _on_limbs(layout: Layout, *, nested: bool) -> Rung:
    there = usable_values(layout)
    b, r, s, v = there.shape
    base, off = _runner_base(layout, ~np.isnan(layout.base))
    covariates = [np.ones_like(off), *_arms_by_limb(layout)]
    if v == 1:
        flat = np.where(there[..., 0], layout.base, 0).reshape(b, -1)
        covariates += [centred(flat, there.reshape(b, -1)).reshape(off.shape)]
    else:
        covariates += [np.broadcast_to(base[..., np.newaxis], off.shape)]
        covariates += [off] if off.any() else []
    covariates += _on_each_limb(layout, there.any(axis=-1))
    X = by_visit(np.stack(covariates, axis=-1), v).reshape(b, r, s * v, -1)
    y, size = scaled_trial(np.where(there, layout.later, 0), there)
    units = np.kron(np.ones((s, s)), free_covariance(v))
    limb = [np.kron(np.eye(s), np.ones((v, v)))] if nested else []
    parts = np.stack([*units, *limb, np.eye(s * v)])
    model = reml.Model(y.reshape(b, r, -1), X, there.reshape(b, r, -1), parts)
    diagonal = np.einsum("kii->k", units) > 0
    start = [*np.where(diagonal, 0.5, 0.25), *([0.2] if nested else []), 0.3]
    end = layout.end * len(covariates) + TREATED
    return Rung(
        model,
        np.array(start),
        size,
        len(units),
        end,
        len(covariates),
        centre_of(layout.later, there),
    )


def _means(layout: Layout) -> Array:
    """Means over the limbs of a runner at each visit, (trials, runners, visits)."""
    there = usable_values(layout)
    return mean_where(np.swapaxes(layout.later, -1, -2), np.swapaxes(there, -1, -2))


def _on_means(layout: Layout, *, free: bool) -> Rung:
    there = usable_values(layout)
    v = there.shape[-1]
    # Of a limb never seen again, baseline says nothing about the mean of those that were.
    base, _ = _runner_base(layout, there.any(axis=-1))
    covariates = centred_columns(layout.adjusting, there.any(axis=(-1, -2)))
    columns = [np.ones_like(base), layout.treated, *layout.other_arms, base, *covariates]
    X = by_visit(np.stack(columns, axis=-1), v)
    has_value = there.any(axis=-2)
    y, size = scaled_trial(np.where(has_value, _means(layout), 0), has_value)
    units = free_covariance(v) if free else np.stack([np.ones((v, v)), np.eye(v)])
    diagonal = np.einsum("kii->k", units) > 0
    start = np.where(diagonal, 1.0, 0.5) if free else np.array([0.5, 0.5])
    end = layout.end * len(columns) + TREATED
    model = reml.Model(y, X, has_value, units)
    return Rung(model, start, size, 0, end, len(columns), centre_of(_means(layout), has_value))


RUNGS = {
    "runner/limb": partial(_on_limbs, nested=True),
    "runner": partial(_on_limbs, nested=False),
    "runner means": partial(_on_means, free=True),
    "runner means, one intercept": partial(_on_means, free=False),
}


def _refused(rung: str, layout: Layout) -> NDArray[np.object_]:
    """Why a rung is not tried, (trials,); empty where it is."""
    there = usable_values(layout)
    reasons = np.full(len(there), "", dtype=object)
    if rung != "runner means, one intercept":
        runners = there.any(axis=(-1, -2)).sum(axis=-1)
        reasons[runners - between(layout) <= len(layout.weeks)] = TOO_MANY
    if rung in ("runner/limb", "runner"):
        off = np.where(there, layout.later - _means(layout)[:, :, np.newaxis], 0)
        size = np.nanstd(np.where(there, layout.later, np.nan), axis=(1, 2, 3))
        reasons[(off**2).mean(axis=(1, 2, 3)) <= BOUNDARY**2 * size**2] = NO_PAIRS
    if rung == "runner/limb" and len(layout.weeks) == 1:
        reasons[:] = ONE_VISIT
    return reasons


def _on_boundary(rung: Rung, theta: Array, visits: int) -> Flags:
    """Whether a variance, or an eigenvalue of the covariance between runners, is zero or less."""
    if not rung.free:
        return np.zeros(len(theta), dtype=bool)
    between = np.einsum(
        "bk,kij->bij", np.nan_to_num(theta)[:, : rung.free], free_covariance(visits)
    )
    within = theta[:, rung.free :]
    whole = np.einsum("bii->b", between) / visits + within.sum(axis=-1)
    least = np.minimum(np.linalg.eigvalsh(between)[:, 0], within.min(axis=-1))
    return ~(least > BOUNDARY * np.abs(whole))


def rung_of(name: str, layout: Layout) -> Rung:
    """One of ``RUNGS`` for trials that are alike in whether baseline is a response."""
    rungs = joint_baseline.RUNGS if joint_baseline.lacks_baseline(layout).any() else RUNGS
    return rungs[name](layout)


def attempt(name: str, layout: Layout) -> tuple[Array, Array, Array, NDArray[np.object_]]:
    """Difference, SE and df of every trial by one of ``RUNGS``, and why it is left, else empty."""
    reasons = _refused(name, layout)
    value, se, df = np.full((3, len(reasons)), np.nan)
    is_joint = joint_baseline.lacks_baseline(layout)
    runners = usable_values(layout).any(axis=(-1, -2)).sum(axis=-1)
    for joint in (False, True):
        at = np.flatnonzero(~reasons.astype(bool) & (is_joint == joint))
        if not len(at):
            continue
        rung = rung_of(name, layout.take(at))
        fits = reml.fit(rung.model, spread(rung.model)[:, np.newaxis] * rung.start)
        ended = np.where(_on_boundary(rung, fits.theta, len(layout.weeks) + joint), ON_BOUNDARY, "")
        reasons[at] = np.where(fits.converged, ended, NO_CLIMB)
        value[at] = fits.beta[:, rung.end] * rung.size
        # On a boundary, where there is no answer, the adjusted variance may be below zero.
        variance = np.where(reasons[at] == "", fits.adjusted[:, rung.end, rung.end], np.nan)
        se[at] = np.sqrt(variance) * rung.size
        df[at] = np.minimum(fits.df[:, rung.end], runners[at] - between(layout))
    return value, se, df, reasons
