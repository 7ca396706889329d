"""The equations against closed forms and known answers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy.model import equations

CURVE = {
    "neutral_nm_kg": 2.0,
    "neutral_to_max": 0.65,
    "max_flexion_deg": 105,
    "reference_flexion_deg": 30,
    "beyond_slope_ratio": 1.0,
}
POSITIVE = st.floats(0.1, 100)


def test_torque_is_weakest_at_neutral_and_strongest_at_105_of_the_tested_angles():
    # Ito 2024, doi:10.3233/ies-240003: order over 0, 30, 60, 90, 105 deg of flexion.
    torque = equations.torque_at(-np.array([0, 30, 60, 90, 105]), **CURVE)
    assert (np.diff(torque) > 0).all()
    assert torque[[0, -1]] == pytest.approx([2.0, 2.0 / 0.65])


def test_past_neutral_the_slope_of_the_first_30_deg_goes_on():
    torque = equations.torque_at(np.array([-30, 0, 10]), **CURVE)
    assert (torque[1] - torque[2]) / 10 == pytest.approx((torque[0] - torque[1]) / 30)
    flat = equations.torque_at(10, **(CURVE | {"beyond_slope_ratio": 0}))
    assert flat == pytest.approx(2.0)
    assert equations.torque_at(40, **(CURVE | {"beyond_slope_ratio": 9})) == 0


@given(st.floats(0, 1), st.floats(-1, 1), POSITIVE, st.integers(1, 400))
def test_relaxation_is_its_closed_form(start, target, tau, days):
    share = equations.step_share(tau)
    state = np.array(start)
    for _ in range(days):
        state = equations.relax(state, np.array(target), rise=share, fall=share)
    closed = target + (start - target) * np.exp(-days / tau)
    assert state == pytest.approx(closed, abs=1e-12)


def test_rise_and_fall_have_their_own_time():
    up = equations.relax(np.array(0.0), np.array(1.0), rise=0.3, fall=0.1)
    down = equations.relax(np.array(1.0), np.array(0.0), rise=0.3, fall=0.1)
    assert (up, down) == (pytest.approx(0.3), pytest.approx(0.9))


@given(st.lists(st.floats(0, 9), min_size=8, max_size=40), st.integers(1, 7))
def test_trailing_sums_the_window(doses, window):
    found = equations.trailing(np.array(doses), window)
    by_hand = [sum(doses[max(0, day - window + 1) : day + 1]) for day in range(len(doses))]
    assert found == pytest.approx(by_hand, abs=1e-9)


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
    stretch = equations.stretch_fill(dose, low_min_wk=5, full_min_wk=10, fill_at_low=0.2)
    for filled in (stretch, equations.saturating(dose, 2.1)):
        assert (np.diff(filled) >= -1e-15).all()
        assert filled.min() >= 0
        assert filled.max() <= 1


def test_stretching_fills_little_below_5_and_all_from_10_minutes():
    at = equations.stretch_fill([0, 5, 7.5, 10, 60], low_min_wk=5, full_min_wk=10, fill_at_low=0.2)
    assert at == pytest.approx([0, 0.2, 0.6, 1, 1])
