"""How hard a set is: the lever's torque from the segment table, its angle, the support."""

import lone
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import constants

from hipstudy import parameters
from hipstudy.model import baseline, capacity, equations, intensity
from hipstudy.model.causes import WORLDS
from hipstudy.prescription import protocol

V, LEAST_KG = parameters.central(), 4.0
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


def starts_by_cause():
    runners = capacity._drawn_runners()[1]
    return runners, baseline.draw_worlds(runners, V, seed=0)


def near_failure_kg(*works, worlds=WORLDS):
    runners, starts = starts_by_cause()
    return capacity.near_failure_kg(works, runners, [starts[one] for one in worlds], V)


def test_weight_that_is_near_failure_for_most_can_be_no_less_than_more_weight():
    runners, starts = starts_by_cause()
    loads = ("unloaded", "near-failure", "1 kg", "3 kg", "7.5 kg", "9 kg")
    least = {load: near_failure_kg(with_(load=load)) for load in loads}
    assert least == dict.fromkeys(loads[:4]) | dict.fromkeys(loads[4:], LEAST_KG)

    def shares_as_full(kg):
        for start in starts.values():
            _, less = intensity.efforts(with_(load=f"{kg:g} kg"), runners, start, V)
            _, more = intensity.efforts(with_(load="9 kg"), runners, start, V)
            yield np.mean(more == less)

    assert min(shares_as_full(LEAST_KG)) > 0.5
    assert min(shares_as_full(LEAST_KG - capacity.KG_STEP)) <= 0.5


def test_weight_is_near_failure_only_where_it_is_so_under_every_cause():
    heavy = with_(load="9 kg")
    by_cause = [near_failure_kg(heavy, worlds=[world]) for world in WORLDS]
    assert near_failure_kg(heavy) == max(by_cause) > min(by_cause)


def test_weight_is_near_failure_only_where_it_is_so_in_every_arm():
    many, few = with_(load="2.5 kg", reps=30), with_(load="9 kg", reps=10)
    assert near_failure_kg(many) < near_failure_kg(few) == near_failure_kg(many, few)
    assert near_failure_kg(many, with_(load="3 kg", reps=10)) is None


def test_a_weight_that_many_limbs_cannot_hold_is_too_heavy_for_them():
    runners, starts = starts_by_cause()

    def share(load, worlds=WORLDS):
        own = [starts[world] for world in worlds]
        return capacity.too_heavy_share(with_(load=load), runners, own, V)

    by_cause = [share("9 kg", [world]) for world in WORLDS]
    assert capacity.MANY < share("9 kg") == min(by_cause) < max(by_cause)
    demand = intensity.intensity(LEG, runners, starts[WORLDS[0]], V, 9)
    assert by_cause[0] == (demand > 1).mean()
    assert share("5 kg") is share("unloaded") is None
