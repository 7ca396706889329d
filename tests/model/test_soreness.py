"""Soreness, fatigue, and protection from the next bout: known answers and what must hold."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lone import changed, fully, simulated

from hipstudy import parameters
from hipstudy.model import equations, soreness
from hipstudy.model.weekly_dose import doses
from hipstudy.prescription import protocol

V = parameters.central(from_priors=True)  # the numbers of the table
DAYS = 84


def sets_on(*days, n_sets=3.0):
    sets = np.zeros((DAYS, 1, 1))
    sets[list(days)] = n_sets
    return sets


def followed(sets, reach=10.0, values=V):
    """Strain and fatigue of each day, (days,)."""
    reach = np.broadcast_to(np.asarray(reach, float), DAYS)
    course = soreness.BoutCourse((1, 1), np.ones((DAYS, 1, 1)), reach, values)
    strain, fatigue = np.zeros(DAYS), np.zeros(DAYS)
    for day, today in enumerate(sets):
        fatigue[day] = course.fatigue().item()
        done = course.strain(day, today if today.any() else None)
        strain[day] = 0 if done is None else done.item()
    return strain, fatigue


def test_soreness_peaks_and_goes_when_it_should():
    """Most after 24-72 h, gone after 5-7 days (row S080); 3 first sets of 0.6 NRS each."""
    course, sore = soreness.SorenessCourse((1, 1), V), np.zeros(DAYS)
    for day, strain in enumerate(followed(sets_on(10))[0]):
        sore[day] = course.today(np.empty((1, 1))).item()
        course.add(np.array([[strain]]) if strain else None)
    assert (sore[:11] == 0).all(), "nothing on the day itself"
    assert sore.argmax() == 12
    assert sore.max() == pytest.approx(1.8)
    assert (sore[16:] == 0).all()
    assert sore[11] == pytest.approx(0.9)
    assert sore[14] == pytest.approx(0.9)


@given(st.floats(1, 3), st.floats(5, 7))
def test_the_shape_keeps_its_bounds_whatever_the_days(peak, gone):
    lag = np.linspace(0, 9, 91)
    shape = equations.soreness_shape(lag, peak_d=peak, gone_d=gone)
    assert (shape[[0, -1]] == 0).all()
    assert (shape[lag >= gone] == 0).all()
    assert equations.soreness_shape(peak, peak_d=peak, gone_d=gone) == pytest.approx(1)
    assert ((shape >= 0) & (shape <= 1)).all()


def test_second_bout_is_the_share_of_the_first():
    """0.4 of it, but for a floor of 0.05; lost over 13 weeks (row S078: little in 6 to 9)."""
    for apart in (3, 63):
        strain, _ = followed(sets_on(5, 5 + apart))
        shield = 0.6 * np.exp(-apart / 91)
        assert strain[5] == 3
        assert strain[5 + apart] == pytest.approx(3 * (1 - 0.95 * shield)), apart


def test_soreness_of_an_unchanged_prescription_falls_to_nearly_nothing_and_comes_back():
    arm = changed(protocol.preset("strength_only"), unloaded_weeks=0)
    steady = doses(arm, fully(arm, 12), V).soreness[:, 0, 0].reshape(12, 7).mean(axis=1)
    assert (np.diff(steady[1:]) < 0).all(), "from week 2 on"
    assert steady[-1] < 0.2 * steady.max()
    done = fully(arm, 40)
    done.strength[..., 12 * 7 : 38 * 7] = 0  # half a year off
    after = doses(arm, done, V).soreness[:, 0, 0].reshape(40, 7).mean(axis=1)
    assert after[38] > 5 * after[11]


def test_a_sore_runner_does_less():
    arm = changed(protocol.preset("strength_only"), unloaded_weeks=0, sets=10)
    done = fully(arm, 2)
    spared, hardy = (
        doses(arm, done, parameters.central(soreness_cost_per_nrs=cost)).loaded_sets[8][0, 0]
        for cost in (0.08, 0)
    )
    assert spared < 0.9 * hardy


LIKE = 1 - 0.95 * 0.6 * np.exp(-10 / 91)  # ten days after a like bout


def test_protection_is_specific_to_muscle_length():
    """A bout at short length does not protect at long length (row S073); the other way it does."""
    for first, second, share in ((-40.0, 20.0, 1.0), (20.0, -40.0, LIKE), (20.0, 20.0, LIKE)):
        reach = np.where(np.arange(DAYS) < 10, first, second)
        strain, _ = followed(sets_on(5, 15), reach)
        assert strain[15] == pytest.approx(3 * share, abs=1e-6), (first, second)
    # One SD past its length: exp(-1/2) of the protection holds.
    reach = np.where(np.arange(DAYS) < 10, 0.0, 10.0)
    strain, _ = followed(sets_on(5, 15), reach)
    assert strain[15] == pytest.approx(3 * (1 - (1 - LIKE) * np.exp(-0.5)))


def test_fatigue_is_what_a_first_bout_costs_and_comes_back():
    """0.03 a set: 3 sets leave 9 % missing, exp(-1) of it after its time constant of 2 days."""
    _, tired = followed(sets_on(4))
    assert tired[4] == 0
    assert tired[6] == pytest.approx(0.09 * np.exp(-1))
    _, most = followed(sets_on(*range(DAYS), n_sets=2000.0))
    assert most.max() == 1, "never more than all"


def test_fatigue_off_leaves_every_set_whole():
    arm = changed(protocol.preset("strength_only"), unloaded_weeks=0, sets=10, sessions_per_week=14)
    done = fully(arm, 12)
    rested = doses(arm, done, parameters.central(fatigue_per_set=0, soreness_cost_per_nrs=0))
    assert rested.loaded_sets[-1] == pytest.approx(140)
    tired = doses(arm, done, V)
    assert np.all(np.less(tired.loaded_sets[1:], rested.loaded_sets[1:]))
    assert np.all(np.less(tired.paused_min[6:], rested.paused_min[6:]))


def test_with_fatigue_more_sessions_can_be_too_many():
    """What the property of ever-rising gains is stated without: sets so dense that they cost."""
    v = parameters.central(fatigue_per_set=0.06)
    week = []
    for sets in (2, 4, 10):
        arm = changed(protocol.preset("strength_only"), unloaded_weeks=0, sets=sets,
                      sessions_per_week=14)  # fmt: skip
        week.append(float(doses(arm, fully(arm, 12), v).loaded_sets[6].item()))
    assert week[0] < week[1]
    assert week[2] < 140 / 2, "in the first week, before habit protects"


@pytest.mark.parametrize(
    ("strength", "weight"),
    [({}, 1.0), ({"trained_to_ext_deg": -5.0}, 0.6), ({"load": "unloaded"}, 0.4)],
)
def test_light_and_short_work_strains_less(strength, weight):
    arm = changed(protocol.preset("strength_only"), **({"unloaded_weeks": 0} | strength))
    strain = doses(arm, fully(arm, 2), V).strain[:, 0, 0]
    assert strain[0] == pytest.approx(3 * weight)


def test_soreness_never_enters_tightness():
    arm = changed(protocol.preset("strength_only"), unloaded_weeks=0)
    one, two = (
        simulated(
            arm,
            fully(arm, 12),
            parameters.central(soreness_per_set_nrs=s, soreness_cost_per_nrs=0),
        ).outcomes
        for s in (0, 1.2)
    )
    assert (one["tightness_nrs"] == two["tightness_nrs"]).all()
    assert (one["soreness_nrs"] == 0).all()
    more = two["discomfort_nrs"] - one["discomfort_nrs"]
    assert more == pytest.approx(two["soreness_nrs"], abs=1e-12)
    assert more[..., 1:].min() > 0


@given(st.lists(st.integers(0, 2), min_size=28, max_size=28))
def test_the_latest_session_is_the_latest(per_day):
    held, since = soreness.latest(np.array(per_day, float)[:, None, None])
    assert np.isinf(since[0]).all()
    for week in range(1, 5):
        before = [day for day in range(7 * week) if per_day[day]]
        if not before:
            assert (held[week], since[week]) == (0, np.inf)
        else:
            assert held[week, 0, 0] == per_day[before[-1]]
            assert since[week, 0, 0] == 7 * week - 1 - before[-1]
