"""The equations against closed forms and known answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy.model import equations

CURVE = {
    "neutral_to_max": 0.65,
    "max_flexion_deg": 105,
    "reference_flexion_deg": 30,
    "beyond_slope_ratio": 1.0,
}


def test_torque_is_weakest_at_neutral_and_strongest_at_105_of_the_tested_angles():
    # Ito 2024, doi:10.3233/ies-240003: order over 0, 30, 60, 90, 105 deg of flexion.
    torque = equations.flexed_curve(-np.array([0, 30, 60, 90, 105]), **CURVE)
    assert (np.diff(torque) > 0).all()
    assert torque[[0, -1]] == pytest.approx([1, 1 / 0.65])


def test_past_neutral_the_slope_of_the_first_30_deg_goes_on():
    torque = equations.flexed_curve(np.array([-30, 0, 10]), **CURVE)
    assert (torque[1] - torque[2]) / 10 == pytest.approx((torque[0] - torque[1]) / 30)
    flat = equations.flexed_curve(10, **(CURVE | {"beyond_slope_ratio": 0}))
    assert flat == pytest.approx(1)
    assert equations.flexed_curve(40, **(CURVE | {"beyond_slope_ratio": 9})) == 0


def test_the_cosine_curve_is_that_of_young_men():
    """Row TA01: cos(0.738 (q + 0.214)), q flexion in rad; its optimum is 12 deg of extension."""
    young = {"optimum_ext_deg": np.degrees(0.214), "width": 0.738}
    angles = np.array([-60.0, -30.0, 0.0, 10.0, 20.0])
    by_hand = np.cos(0.738 * (np.radians(-angles) + 0.214)) / np.cos(0.738 * 0.214)
    assert equations.cosine_curve(angles, **young) == pytest.approx(by_hand)
    everywhere = np.linspace(-105, 40, 1451)
    assert everywhere[equations.cosine_curve(everywhere, **young).argmax()] == pytest.approx(12.3)
    assert equations.cosine_curve(-170.0, **young) == pytest.approx(0, abs=1e-12)


def test_the_bell_is_highest_at_its_optimum_and_one_at_neutral():
    everywhere = np.linspace(-105, 40, 146)
    bell = equations.bell_curve(everywhere, optimum_flexion_deg=42, width_rad=1.22)
    assert everywhere[bell.argmax()] == -42
    assert bell[everywhere == 0] == pytest.approx(1)
    one_sd = -42 + np.degrees(1.22)
    at_sd = equations.bell_curve(one_sd, optimum_flexion_deg=42, width_rad=1.22)
    assert at_sd / bell.max() == pytest.approx(np.exp(-0.5))


@pytest.mark.parametrize(
    ("angle", "torque"),
    [(10, 3.5), (20, 11.0)],  # row TA07, men of 18 to 25
)
def test_passive_torque_of_young_men(angle, torque):
    found = equations.two_exponentials(np.radians(angle), 1.21, 6.351, 0.476, 5.91)
    assert found == pytest.approx(torque, abs=0.06)


@pytest.mark.parametrize(
    ("hip", "knee", "torque"),
    [(0, 0, 8.6), (10, 0, 14.4), (20, 0, 25.4), (0, 90, 10.8), (10, 90, 14.5)],  # row TA09
)
def test_passive_torque_with_the_knee(hip, knee, torque):
    rise, fall = np.exp(1.4655 - 0.0034 * knee), np.exp(1.3403 - 0.0226 * knee)
    found = 8.072 + equations.two_exponentials(hip, rise, 0.0750, fall, 0.0305)
    assert found == pytest.approx(torque, abs=0.06)


def test_a_bounded_change_starts_steadily_and_never_passes_its_end():
    assert equations.bounded(1e-6, 0.5) == pytest.approx(1e-6, rel=1e-5)
    assert equations.bounded(np.array([2.08, 50.0]), 0.5) == pytest.approx([0.4922, 0.5], abs=1e-4)
    assert equations.bounded(3.0, 0.0) == 0


def test_the_middle_trial_has_the_effect_itself():
    assert equations.among_trials(0.4, [-1, 0, 1]) == pytest.approx(
        [1 / 1.4918, 1, 1.4918], rel=1e-4
    )
    assert (equations.among_trials(0, np.linspace(-9, 9, 19)) == 1).all()


def test_nearness_to_failure_is_all_with_three_repetitions_left():
    assert equations.nearness([10, 12, 20, 5], 15, reps_left=3) == pytest.approx(
        [10 / 12, 1, 1, 5 / 12]
    )
    assert equations.nearness(10, np.inf, reps_left=3) == 0


@given(st.lists(st.none() | st.floats(0, 9), min_size=8, max_size=40), st.integers(1, 7))
def test_trailing_sums_the_window_and_keeps_the_row_of_a_day_like_the_one_before(doses, window):
    course, before = equations.TrailingSum(window, (1,)), None
    for day, dose in enumerate(doses):
        found = course.step(None if dose is None else np.array([dose]))
        by_hand = sum(one or 0 for one in doses[max(0, day - window + 1) : day + 1])
        assert found == pytest.approx(by_hand, abs=1e-9)
        gone = doses[day - window] if day >= window else None
        if before is not None:
            assert (found is before) == (dose is None and gone is None)
        before = found


@pytest.mark.parametrize("every_d", [1, 2, 3])
def test_trailing_is_a_difference_of_running_totals_to_the_last_digit(every_d):
    doses = np.random.default_rng(1).uniform(0, 9, (60, 4))
    doses *= (np.arange(60) % every_d == 0)[:, None]
    total = np.cumsum(doses, axis=0)
    total[7:] -= total[:-7].copy()
    course = equations.TrailingSum(7, (4,))
    for row, by_hand in zip(doses, total, strict=True):
        assert np.array_equal(course.step(row if row.any() else None), by_hand)


def test_effort_runs_through_its_points():
    line = {"low_intensity": 0.2, "full_intensity": 0.6, "effort_at_low": 0.2}
    at = equations.effort(np.array([0, 0.1, 0.2, 0.4, 0.6, 2]), **line)
    assert at == pytest.approx([0, 0.1, 0.2, 0.6, 1, 1])


def test_intensity_of_the_lever_by_hand():
    # 0.6 Nm/kg horizontal, cos 60 deg = 0.5, capacity 1.5: 0.2 of capacity.
    found = equations.lever_intensity(60, horizontal_nm_kg=0.6, capacity_nm_kg=1.5)
    assert found == pytest.approx(0.2)


def test_kernel_is_one_inside_and_gaussian_outside():
    at = equations.angle_kernel(np.array([-10, 0, 10, 30]), low_deg=-10, high_deg=10, sd_deg=20)
    assert at == pytest.approx([1, 1, 1, np.exp(-0.5)])


@given(st.lists(st.floats(0, 200), min_size=2, max_size=20))
def test_fills_never_fall_with_dose_and_stay_in_range(doses):
    dose = np.sort(doses)
    for filled in (equations.gated(dose, low=15, full=45), equations.saturating(dose, 2.1)):
        assert (np.diff(filled) >= -1e-15).all()
        assert filled.min() >= 0
        assert filled.max() <= 1


def test_ten_minutes_bring_nearly_all_tolerance_and_tissue_needs_more():
    """95 % at 10 minutes a week (row ROM036); tissue from large volumes only."""
    assert equations.saturating(10, 3.34) == pytest.approx(0.95, abs=0.001)
    assert equations.gated([0, 15, 30, 45, 60], low=15, full=45) == pytest.approx([0, 0, 0.5, 1, 1])
