"""How hard a set is: the lever's torque from the segment table, its angle, the support."""

import lone
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import constants

from hipstudy import parameters
from hipstudy.model import capacity, equations, intensity
from hipstudy.prescription import protocol

V = parameters.central()
LEG = protocol.preset("strength_only").strength


def with_(**fields):
    return LEG.model_copy(update=fields)


def asked(strength, added_kg=0.0, values=V, norm=2.0):
    runners, start = lone.runner(norm)
    return float(intensity.intensity(strength, runners, start, values, added_kg)[0, 0])


def test_segment_table_by_hand():
    """Winter 2009 after Dempster: leg 0.161 M, centre 0.447 of 0.491 H; trunk 0.678, 0.626, 0.288.

    At 1.76 m: 0.161 x 9.80665 x 0.447 x 0.491 x 1.76 = 0.610 Nm/kg, and 2.110 for the trunk.
    """
    leg, ankle, tilt, turns = intensity.lever(LEG, V)
    assert (float(leg.item()), turns) == (pytest.approx(0.610, abs=5e-4), 1)
    assert float(ankle.item()) == pytest.approx(0.491 * 1.76)
    assert float(tilt.item()) == 0
    trunk, chest, _, turns = intensity.lever(with_(lever="trunk-lever"), V)
    assert (float(trunk.item()), turns) == (pytest.approx(2.110, abs=5e-4), -1)
    assert float(chest.item()) == pytest.approx(0.9 * 0.288 * 1.76)


def test_what_a_lever_asks_without_weight():
    """The trunk lever is near-maximal without any weight; the leg lever is about a third."""
    assert 0.25 < asked(LEG) < 0.45
    assert asked(with_(lever="trunk-lever")) > 0.9
    runners, start = lone.runner()
    effort, near_failure = intensity.efforts(LEG, runners, start, V)
    assert near_failure == 1
    assert 0.3 < effort[0, 0] < 0.7
    effort, _ = intensity.efforts(with_(lever="trunk-lever"), runners, start, V)
    assert effort == pytest.approx(1)


def test_a_higher_support_asks_less_of_the_leg_lever():
    """Trunk 0.288 x 1.76 = 0.507 m, raised 25.3 cm at its end: 30 deg; cos 40 over cos 10."""
    high = 0.288 * 1.76 / 2 * 100
    assert asked(with_(support_height_cm=high)) / asked(LEG) == pytest.approx(
        np.cos(np.radians(40)) / np.cos(np.radians(10))
    )
    trunk = with_(lever="trunk-lever")
    lower = 0.245 * 1.76 / 2 * 100
    assert asked(trunk.model_copy(update={"support_height_cm": lower})) / asked(
        trunk
    ) == pytest.approx(np.cos(np.radians(20)) / np.cos(np.radians(10)))


@given(st.floats(0, 40), st.floats(0, 40))
def test_raising_the_support_never_makes_the_leg_harder(one, two):
    low, high = sorted((one, two))
    assert asked(with_(support_height_cm=high)) <= asked(with_(support_height_cm=low)) + 1e-12


@given(st.floats(0.1, 60), st.floats(0.5, 3))
def test_a_weight_adds_its_own_torque(kg, norm):
    runners, start = lone.runner(norm)
    capacity = float(start.torque(10, V)[0, 0])
    arm = 0.491 * 1.76
    torque = kg * constants.g * arm / runners.mass_kg[0] * np.cos(np.radians(10))
    assert asked(LEG, kg, norm=norm) - asked(LEG, norm=norm) == pytest.approx(torque / capacity)


def test_no_capacity_makes_every_load_too_much_and_none_no_load():
    found = equations.lever_intensity(
        10, horizontal_nm_kg=np.array([0.6, 0.0]), capacity_nm_kg=np.array([0.0, 0.0])
    )
    assert found.tolist() == [np.inf, 0]


def test_weight_that_is_near_failure_for_most_can_be_no_less_than_more_weight():
    runners, start = capacity._drawn_runners()[1:]
    is_full = {
        load: intensity.is_near_failure_for_most(with_(load=load), runners, start, V)
        for load in ("unloaded", "near-failure", "1 kg", "3 kg", "7.5 kg", "9 kg")
    }
    assert [load for load in is_full if is_full[load]] == ["7.5 kg", "9 kg"]
    _, less = intensity.efforts(with_(load="7.5 kg"), runners, start, V)
    _, more = intensity.efforts(with_(load="9 kg"), runners, start, V)
    assert np.mean(more == less) > 0.5
