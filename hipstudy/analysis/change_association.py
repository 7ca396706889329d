"""Association of changes: end-range torque and tightness, at equal change of the Thomas angle.

A runner is one row: means over the limbs that have tightness, torque and angle at baseline and at
the visit. With :math:`y` the change of tightness, :math:`x` the change of torque (log ratio, in
steps of 10 %), the change of the Thomas angle and tightness at baseline, and :math:`z` what has no
error (intercept, arm, completed dose as reported), ordinary least squares gives slopes that errors
of measurement pull towards none; ``disattenuated_slope`` corrects them by the instruments' errors.
The error of a baseline rating is in y and in x: their error covariance is minus its variance.
Intervals are from Student's t. Nobody was given a change by chance: this is no effect of strength.
"""

from dataclasses import dataclass
from math import log, nan
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.estimate import interval_and_p
from hipstudy.analysis.least_squares import LEAST_CONDITION, fit
from hipstudy.arrays import Array
from hipstudy.model.observe import Instruments

if TYPE_CHECKING:
    import pandas as pd

MEASURED = ("tightness_nrs", "end_range_torque_nm_kg", "thomas_ext_deg")
ANGLE = "torque_angle_ext_deg"
STEP = log(1.1)  # torque counts in steps of 10 %
TOO_COARSE = "the instruments are too coarse for a correction here"
TOO_FEW = "too few runners were measured at both visits, or their changes do not differ"


def disattenuated_slope(
    y: Array, x: Array, z: Array, of_x: Array, of_xy: Array
) -> tuple[Array, Array]:
    """Corrected slopes and their jackknife standard errors, (cohorts, p) each.

    ``y`` is (cohorts, n); ``x`` has errors, (cohorts, n, p), and ``z`` none, the intercept among
    it, (cohorts, n, q). The error covariance of every row's x is ``of_x``, (cohorts, n, p, p), that
    of its x with y ``of_xy``, (cohorts, n, p). NaN where the corrected matrix is not positive
    definite, with everybody or without any single row.
    """
    n, q = z.shape[1:]
    W = np.concatenate([z, x - x.mean(axis=1, keepdims=True)], axis=-1)
    y = y - y.mean(axis=1, keepdims=True)
    M = _without_each(W[..., :, np.newaxis] * W[..., np.newaxis, :])
    v = _without_each(W * y[..., np.newaxis])
    size = np.array([n, *[n - 1] * n])[:, np.newaxis]  # everybody, then without each
    df_share = (size - q) / size
    scale = np.sqrt(np.maximum(np.diagonal(M, axis1=-2, axis2=-1), LEAST_CONDITION))
    M[..., q:, q:] -= df_share[..., np.newaxis] * _without_each(of_x)
    v[..., q:] -= df_share * _without_each(of_xy)
    M /= scale[..., :, np.newaxis] * scale[..., np.newaxis, :]
    fine = (np.linalg.eigvalsh(M)[..., 0] > LEAST_CONDITION).all(axis=1) & (n - 1 > W.shape[-1])
    M = np.where(fine[:, np.newaxis, np.newaxis, np.newaxis], M, np.eye(W.shape[-1]))
    beta = (np.linalg.solve(M, (v / scale)[..., np.newaxis])[..., 0] / scale)[..., q:]
    spread = beta[:, 1:] - beta[:, 1:].mean(axis=1, keepdims=True)
    se = np.sqrt((n - 1) / n * (spread**2).sum(axis=1))
    nothing = np.where(fine, 0, np.nan)[:, np.newaxis]
    return beta[:, 0] + nothing, se + nothing


def _without_each(values: Array) -> Array:
    """Sum over rows, then the sums without each of them, along axis 1."""
    total = values.sum(axis=1, keepdims=True)
    return np.concatenate([total, total - values], axis=1)


@dataclass(frozen=True, eq=False)
class Rows:
    """Runners of many cohorts, a row each."""

    y: Array  # change of tightness, NRS points, (cohorts, runners)
    # What is measured with error, (cohorts, runners, 3): change of torque in steps of 10 %, change
    # of the Thomas angle, tightness at baseline.
    x: Array
    # What is not, (cohorts, runners, q): intercept, arms but the first, dose where recorded.
    z: Array
    limbs: Array  # limbs behind each mean, (cohorts, runners)


@dataclass(frozen=True)
class Slope:
    """Points of tightness that go with 10 % more torque; NaN where there is no answer."""

    value: float = nan
    se: float = nan
    ci_low: float = nan
    ci_high: float = nan
    p: float = nan


@dataclass(frozen=True)
class ChangesAssociation:
    """Whether change of torque goes with change of tightness, at equal change of the angle."""

    # Slope by ordinary least squares, and after correction for errors of measurement.
    raw: Slope
    corrected: Slope
    n_runners: int  # runners with all three measured at both visits
    dosed: bool  # whether completed dose, as reported by the runners, is held equal too
    note: str = ""  # what a reader must know, or why a slope is missing

    @property
    def answer(self) -> Slope:
        """The corrected slope where there is one, else the ordinary one: fixed in advance."""
        return self.raw if np.isnan(self.corrected.value) else self.corrected


def per_runner(frame: "pd.DataFrame", week: float) -> "pd.DataFrame":
    """Means over a runner's limbs that have everything at both visits, week 0 and the one given.

    The frame has columns runner, side, arm, week, ``MEASURED``, and adherence_pct where it was
    recorded. Columns of the answer: arm, y, torque, thomas, base, limbs, dose (a share; NaN where
    not recorded); a row per runner, sorted by number. Empty where something was not measured at
    both visits.
    """
    import pandas as pd

    columns = ["arm", "y", "torque", "thomas", "base", "limbs", "dose"]
    if not {*MEASURED, "week"} <= set(frame):
        return pd.DataFrame(columns=columns)
    complete = frame.dropna(subset=[*MEASURED, "arm"]).set_index(["runner", "side"])
    first, last = (complete[complete["week"] == at] for at in (0, week))
    both = first.join(last.add_suffix("_end"), how="inner")
    if ANGLE in both:  # torques at two angles are no change
        both = both[~((both[ANGLE] - both[f"{ANGLE}_end"]).abs() > 0)]
    tightness, torque, thomas = MEASURED
    limbs = both[["arm"]].assign(
        y=both[f"{tightness}_end"] - both[tightness],
        torque=np.log(both[f"{torque}_end"] / both[torque]) / STEP,
        thomas=both[f"{thomas}_end"] - both[thomas],
        base=both[tightness],
        limbs=1.0,
        dose=both["adherence_pct_end"] / 100 if "adherence_pct_end" in both else nan,
    )
    how = dict.fromkeys(columns, "mean") | {"arm": "first", "limbs": "sum"}
    return limbs.groupby("runner", sort=True).agg(how)


def rows(means: "pd.DataFrame") -> Rows:
    """One cohort's runners as arrays.

    Where a runner reported no dose he is given the mean of his arm; an arm without any report has
    nothing to report. A dose that differs within no arm says nothing, and is left out.
    """
    arms = sorted(set(means["arm"]))
    exact = [np.ones(len(means)), *(means["arm"].eq(arm).to_numpy(float) for arm in arms[1:])]
    by_arm = means["dose"].groupby(means["arm"])
    dose = means["dose"].fillna(by_arm.transform("mean")).fillna(0.0)
    if (dose.groupby(means["arm"]).agg(np.ptp) > 0).any():
        exact.append(dose.to_numpy(float))
    x = means[["torque", "thomas", "base"]].to_numpy(float)
    y, limbs = (means[name].to_numpy(float) for name in ("y", "limbs"))
    return Rows(y[None], x[None], np.stack(exact, axis=-1)[None], limbs[None])


def noise(limbs: Array, tools: Instruments) -> tuple[Array, Array]:
    """Error covariance of a runner's ``x``, (..., 3, 3), and of ``x`` with ``y``, (..., 3).

    Errors of torque and angle are each limb's own; those of a runner's ratings go together at
    ``rating_r``. A stable bias of the Thomas test is in no change.
    """
    rating = tools.nrs_sem**2 * (1 + (limbs - 1) * tools.rating_r) / limbs
    torque = 2 * (tools.torque_sem_share / STEP) ** 2 / limbs
    thomas = 2 * tools.thomas_sem_deg**2 / limbs
    nothing = np.zeros_like(rating)
    of_x = np.stack([torque, thomas, rating], axis=-1)[..., np.newaxis] * np.eye(3)
    return of_x, np.stack([nothing, nothing, -rating], axis=-1)


def ordinary(data: Rows) -> tuple[Array, Array]:
    """Least squares: slope of torque and its standard error, (cohorts,) each."""
    off = data.x - data.x.mean(axis=1, keepdims=True)
    fits = fit(data.y, np.concatenate([data.z, off], axis=-1), np.ones(data.y.shape, bool))
    at = data.z.shape[-1]
    return fits.beta[:, at], fits.se(at)


def unflattened(data: Rows, tools: Instruments) -> tuple[Array, Array]:
    """Slope of torque corrected for the instruments' errors, and its standard error.

    (cohorts,) each; NaN where they are too coarse for it.
    """
    beta, se = disattenuated_slope(data.y, data.x, data.z, *noise(data.limbs, tools))
    return beta[:, 0], se[:, 0]


def associate(
    frame: "pd.DataFrame", week: float, tools: Instruments, alpha: float | None = None
) -> ChangesAssociation:
    """Association of changes in one cohort, all arms together, of what ``per_runner`` takes."""
    means = per_runner(frame, week)
    n = len(means)
    if not n:
        return ChangesAssociation(Slope(), Slope(), 0, False, TOO_FEW)
    data = rows(means)
    df = n - data.z.shape[-1] - data.x.shape[-1]
    dosed = data.z.shape[-1] > means["arm"].nunique()
    raw = _slope(*ordinary(data), df, alpha) if df > 0 else Slope()
    if np.isnan(raw.value):
        return ChangesAssociation(raw, Slope(), n, dosed, TOO_FEW)
    mended = _slope(*unflattened(data, tools), df, alpha)
    note = TOO_COARSE if np.isnan(mended.value) else ""
    return ChangesAssociation(raw, mended, n, dosed, note)


def _slope(value: Array, se: Array, df: int, alpha: float | None) -> Slope:
    slope, error = float(value[0]), float(se[0])
    if np.isnan(slope) or not error > 0:
        return Slope()
    return Slope(slope, error, *interval_and_p(slope, error, df, alpha))
