"""Shapes of dose-response: one anchor, each its own formula, and the default as it was."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy import parameters
from hipstudy.model import adaptation, simulate
from hipstudy.model.adaptation import LINEAR, SATURATING, SHAPES, THRESHOLD, dose_response
from hipstudy.prescription import protocol

VALUES = parameters.draw(20, seed=3)
ANCHOR = parameters.number("dose_anchor_sets_wk")


def test_the_anchor_is_the_calibration_cases_dose():
    """Thorborg 2016 (doi:10.1007/s00167-015-3583-y) as tests/test_calibration.py has it."""
    case = protocol.preset("strength_only").strength
    assert case.sets * case.sessions_per_week == ANCHOR


def test_all_shapes_agree_at_the_anchor():
    found = [dose_response(shape, np.full((1, 1), ANCHOR), VALUES) for shape in SHAPES]
    assert found[0] == pytest.approx(found[1], abs=1e-14)
    assert found[0] == pytest.approx(found[2], abs=1e-14)
    assert np.ptp(found[0]) > 0.01, "draws differ, so agreement is no accident"


def test_each_is_its_formula_by_hand():
    values = parameters.central(sets_constant_wk=2, dose_threshold_sets_wk=4)
    top = 1 - np.exp(-ANCHOR / 2)
    for sets in (0, 1, 3.999, 4, 9, 20):
        by_hand = {
            SATURATING: 1 - np.exp(-sets / 2),
            LINEAR: min(top * sets / ANCHOR, 1),
            THRESHOLD: top if sets >= 4 else 0,
        }
        for shape, expected in by_hand.items():
            assert dose_response(shape, np.array([[sets]]), values)[0, 0] == pytest.approx(expected)


@given(st.sampled_from(SHAPES), st.lists(st.floats(0, 200), min_size=2, max_size=9))
def test_no_shape_falls_or_leaves_its_range(shape, sets):
    found = dose_response(shape, np.sort(sets)[np.newaxis], VALUES)
    assert (np.diff(found, axis=-1) >= -1e-15).all()
    assert found.min() >= 0
    assert found.max() <= 1


def test_the_default_changes_nothing(small):
    run = small("strength_plus_stretch", "strength_only")
    for arm in run.design.arms:
        again = simulate.simulate(run.cohort, run.starts, arm, run.done[arm.name], run.values,
                                  shape=SATURATING)  # fmt: skip
        for name, truth in run.arms[arm.name].outcomes.items():
            assert (again.outcomes[name] == truth).all(), name
        other = simulate.simulate(run.cohort, run.starts, arm, run.done[arm.name], run.values,
                                  shape=LINEAR)  # fmt: skip
        assert (other.outcomes["end_range_torque_nm_kg"]
                != run.arms[arm.name].outcomes["end_range_torque_nm_kg"]).any()  # fmt: skip


def test_an_unknown_shape_is_said():
    with pytest.raises(ValueError, match="found 'round'; the rule is one of saturating, linear"):
        adaptation.dose_response("round", np.ones((1, 1)), VALUES)
