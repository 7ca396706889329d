"""Association of changes: the correction for errors by hand, in simulation, and what moves it."""

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from hipstudy import parameters
from hipstudy.analysis import change_association
from hipstudy.analysis.change_association import (
    STEP,
    TOO_COARSE,
    TOO_FEW,
    Rows,
    associate,
    disattenuated_slope,
    noise,
    rows,
)
from hipstudy.cohort_file import clinic
from hipstudy.model.observe import instruments, perfect
from hipstudy.resources import place

TOOLS = instruments(parameters.central())
FINE = replace(TOOLS, torque_sem_share=0.01, thomas_sem_deg=0.3, nrs_sem=0.3)


def drawn(seed=3, n=30):
    """A long frame of two arms in which 10 % more torque goes with one point less."""
    rng = np.random.default_rng(seed)
    grown, opened = rng.normal(1, 0.8, (n, 1)), rng.normal(2, 1.5, (n, 1))
    base = rng.uniform(3, 8, (n, 1)) + np.zeros((n, 2))
    tight = base - grown + 0.2 * opened + rng.normal(0, 0.5, (n, 2))
    torque, angle = rng.uniform(1.5, 2.5, (n, 2)), rng.normal(10, 6, (n, 2))
    at_0 = (base, torque, angle, np.full((n, 2), np.nan))
    reported = np.round(rng.uniform(20, 100, (n, 1))) + np.zeros((n, 2))
    at_12 = (tight, torque * np.exp(STEP * grown), angle + opened, reported)
    names = [*change_association.MEASURED, "adherence_pct"]
    frames = [
        pd.DataFrame(
            {
                "runner": np.repeat(np.arange(n), 2),
                "side": np.tile(["left", "right"], n),
                "arm": np.repeat(np.where(np.arange(n) % 2, "a", "b"), 2),
                "week": week,
                **{name: part.ravel() for name, part in zip(names, parts, strict=True)},
            }
        )
        for week, parts in ((0, at_0), (12, at_12))
    ]
    return pd.concat(frames, ignore_index=True)


@pytest.fixture(scope="module")
def example():
    return clinic.read(place("data", "example_cohort.csv"), seed=0).observations


def test_the_correction_is_the_formula_done_by_hand():
    """x = 0, 1, 2, 3, 4 has variance 2.5 and covariance 5 with y = 2x: 5 / (2.5 - 0.5) = 2.5."""
    x = np.arange(5.0)
    of_x, of_xy = np.full((1, 5, 1, 1), 0.5), np.zeros((1, 5, 1))
    beta, _ = disattenuated_slope(2 * x[None], x[None, :, None], np.ones((1, 5, 1)), of_x, of_xy)
    assert beta[0, 0] == pytest.approx(2.5)
    beta, _ = disattenuated_slope(
        2 * x[None], x[None, :, None], np.ones((1, 5, 1)), of_x, of_xy - 1
    )
    assert beta[0, 0] == pytest.approx((5 + 1) / (2.5 - 0.5))


def by_hand(data, of_x, of_xy, keep):
    """(Sxx - Se)^-1 (Sxy - Sey) of what z leaves, with n - q degrees of freedom."""
    y, x, z = data.y[0][keep], data.x[0][keep], data.z[0][keep]
    out = np.eye(len(y)) - z @ np.linalg.pinv(z)
    df = len(y) - z.shape[1]
    Sxx, Sxy = x.T @ out @ x / df, x.T @ out @ y / df
    return np.linalg.solve(Sxx - of_x[keep].mean(axis=0), Sxy - of_xy[keep].mean(axis=0))


def test_with_covariates_it_is_the_same_formula_and_the_jackknife_leaves_out_each():
    frame = drawn().drop(index=3)  # a runner with one limb has a larger error
    data = rows(change_association.per_runner(frame, 12))
    of_x, of_xy = noise(data.limbs, FINE)
    beta, se = disattenuated_slope(data.y, data.x, data.z, of_x, of_xy)
    n = data.y.shape[1]
    everybody = np.ones(n, bool)
    assert beta[0] == pytest.approx(by_hand(data, of_x[0], of_xy[0], everybody))
    each = np.array([by_hand(data, of_x[0], of_xy[0], np.arange(n) != i) for i in range(n)])
    assert se[0] == pytest.approx(np.sqrt((n - 1) / n * ((each - each.mean(0)) ** 2).sum(0)))


def test_without_errors_both_are_least_squares_and_the_ordinary_one_is_the_textbook_one():
    frame = drawn()
    found = associate(frame, 12, perfect())
    data = rows(change_association.per_runner(frame, 12))
    other = sm.OLS(data.y[0], np.hstack([data.z[0], data.x[0]])).fit()
    at = data.z.shape[-1]
    raw = found.raw
    assert raw.value == pytest.approx(other.params[at])
    assert (raw.se, raw.p) == (pytest.approx(other.bse[at]), pytest.approx(other.pvalues[at]))
    assert (raw.ci_low, raw.ci_high) == pytest.approx(tuple(other.conf_int()[at]))
    assert found.corrected.value == pytest.approx(raw.value)
    assert found.dosed
    assert found.n_runners == 30


def noisy(slope, cohorts=600, n=120, seed=8):
    """Cohorts with true slopes, an arm, and errors of known size in x, shared with y in base."""
    rng = np.random.default_rng(seed)
    sem = np.array([0.7, 0.8, 0.9])
    arm = np.broadcast_to(np.arange(n) % 2, (cohorts, n))
    mix = np.array([[1, 0.5, 0.2], [0, 1, 0.3], [0, 0, 1]])
    true = rng.normal(size=(cohorts, n, 3)) @ mix + arm[..., None]
    error = rng.normal(size=true.shape) * sem
    y = true @ np.array([slope, 0.4, 0.0]) + 0.3 * arm + rng.normal(0, 0.8, arm.shape)
    z = np.stack([np.ones(arm.shape), arm], axis=-1)
    of_x = np.broadcast_to(np.diag(sem**2), (cohorts, n, 3, 3))
    of_xy = np.broadcast_to([0.0, 0.0, -(sem[2] ** 2)], (cohorts, n, 3))
    return Rows(y - error[..., 2], true + error, z, np.full(arm.shape, 2.0)), of_x, of_xy


@pytest.mark.parametrize("slope", [-0.8, 0.0])
def test_the_true_slope_is_recovered_where_the_ordinary_one_is_flattened(slope):
    """Median over 600 cohorts within four standard errors of a median, 1.25 SD / sqrt(600)."""
    data, of_x, of_xy = noisy(slope)
    beta, se = (found[:, 0] for found in disattenuated_slope(data.y, data.x, data.z, of_x, of_xy))
    assert np.isfinite(beta).all()
    off = 4 * 1.2533 * beta.std() / np.sqrt(len(beta))
    assert abs(np.median(beta) - slope) < off
    raw, _ = change_association.ordinary(data)
    assert abs(np.median(raw) - slope) > 0.05, "errors in the angle bend it even where it is none"
    if slope:
        assert abs(np.median(raw)) < abs(slope) - 0.2, "flattened"
    inside = np.abs(beta - slope) < 1.98 * se
    assert 0.92 < inside.mean() < 0.985, "95 %, four standard errors either side and skew"


def test_the_error_of_a_baseline_rating_is_in_both_and_handled():
    """Tightness at baseline has no part in the change; its error makes it look as if."""
    data, of_x, of_xy = noisy(-0.8)
    beta, _ = disattenuated_slope(data.y, data.x, data.z, of_x, of_xy)
    ignored, _ = disattenuated_slope(data.y, data.x, data.z, of_x, 0 * of_xy)
    off = 4 * 1.2533 * beta[:, 2].std() / np.sqrt(len(beta))
    assert abs(np.median(beta[:, 2])) < off
    assert np.median(ignored[:, 2]) < -0.5


def test_errors_of_means_follow_limbs():
    of_x, of_xy = noise(np.array([1.0, 2.0]), TOOLS)
    nrs = TOOLS.nrs_sem**2
    torque, thomas = 2 * (TOOLS.torque_sem_share / STEP) ** 2, 2 * TOOLS.thomas_sem_deg**2
    assert np.diagonal(of_x[0]) == pytest.approx([torque, thomas, nrs])
    both = (1 + TOOLS.rating_r) / 2
    assert np.diagonal(of_x[1]) == pytest.approx([torque / 2, thomas / 2, nrs * both])
    assert of_xy[:, 2] == pytest.approx([-nrs, -nrs * both])
    assert not of_xy[:, :2].any()


def test_instruments_too_coarse_give_no_correction_and_say_so(example):
    found = associate(example, 12, TOOLS)
    assert math.isnan(found.corrected.value)
    assert found.note == TOO_COARSE
    assert found.answer == found.raw
    coarse = associate(drawn(), 12, replace(FINE, torque_sem_share=0.5))
    assert math.isnan(coarse.corrected.value)
    fine = associate(drawn(), 12, FINE)
    assert fine.answer == fine.corrected
    assert not fine.note


def near(one, other):
    for name in ("raw", "corrected"):
        a, b = getattr(one, name), getattr(other, name)
        for field in ("value", "se", "ci_low", "ci_high", "p"):
            assert getattr(a, field) == pytest.approx(getattr(b, field), rel=1e-6), (name, field)
    assert one.n_runners == other.n_runners


def test_order_names_and_sides_change_nothing():
    frame = drawn()
    found = associate(frame, 12, FINE)
    names = np.random.default_rng(1).permutation(500)
    changed = frame.sample(frac=1, random_state=2)
    changed = changed.assign(
        runner=names[changed["runner"]],
        side=changed["side"].map({"left": "right", "right": "left"}),
        arm=changed["arm"].map({"a": "z", "b": "b"}),
    )
    near(associate(changed, 12, FINE), found)


def test_zeros_of_angle_and_units_of_torque_change_nothing():
    frame = drawn()
    moved = frame.assign(
        thomas_ext_deg=frame["thomas_ext_deg"] + 5,
        end_range_torque_nm_kg=frame["end_range_torque_nm_kg"] * 70,
    )
    near(associate(moved, 12, FINE), associate(frame, 12, FINE))


def test_two_hips_are_never_two_people():
    """The second limb the same as the first: the ordinary answer is that of the first alone."""
    one = drawn()[lambda f: f["side"] == "left"]
    twice = pd.concat([one, one.assign(side="right")])
    assert associate(twice, 12, perfect()) == associate(one, 12, perfect())


def test_dose_is_held_equal_where_it_is_reported():
    frame = drawn()
    means = change_association.per_runner(frame, 12)
    assert rows(means).z[0, :, 2] == pytest.approx(means["dose"])
    assert means["dose"].between(0, 1).all()
    assert not associate(frame.drop(columns="adherence_pct"), 12, FINE).dosed
    silent = frame.assign(adherence_pct=frame["adherence_pct"].where(frame["arm"] == "a"))
    means = change_association.per_runner(silent, 12)
    assert (rows(means).z[0, means["arm"] == "b", 2] == 0).all(), "nothing to report"
    few = frame.assign(adherence_pct=frame["adherence_pct"].where(frame["runner"] != 4))
    means = change_association.per_runner(few, 12)
    same_arm = means[means["arm"] == "b"]["dose"].mean()
    assert rows(means).z[0, means.index == 4, 2] == pytest.approx(same_arm)


def test_what_was_not_measured_at_both_is_not_there():
    frame = drawn()
    assert change_association.per_runner(frame.drop(columns="thomas_ext_deg"), 12).empty
    assert change_association.per_runner(frame, 6).empty
    one = frame["runner"].eq(0) & frame["week"].eq(12)
    gone = frame.assign(thomas_ext_deg=frame["thomas_ext_deg"].mask(one))
    assert associate(gone, 12, FINE).n_runners == 29
    angle = frame.assign(torque_angle_ext_deg=np.where(one, 0.0, 10.0))
    assert associate(angle, 12, FINE).n_runners == 29, "torques at two angles are no change"
    few = associate(frame[frame["runner"] < 5], 12, FINE)
    assert (few.note, few.n_runners) == (TOO_FEW, 5)
    assert math.isnan(few.raw.value)
    assert associate(frame, 6, FINE).n_runners == 0
