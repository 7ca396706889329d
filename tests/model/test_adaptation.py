"""What training builds: one state for the whole curve, the other side, technique, detraining."""

import lone
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipstudy import parameters
from hipstudy.model import adaptation, adherence, baseline, cohort, equations, relaxation
from hipstudy.model.adherence import Completed
from hipstudy.model.weekly_dose import doses
from hipstudy.prescription import protocol

ARM = protocol.preset("strength_plus_stretch")


def aims_and_gain(arm, done, values, runners, start):
    aims = adaptation.targets(doses(arm, done, values), values)
    return aims, adaptation.torque_gain(arm, runners, start, aims, values)


@settings(max_examples=20)
@given(st.floats(-105, 40), st.integers(0, 10_000))
def test_one_state_carries_every_angle(angle, seed):
    """The state of the trained range times an angle's kernel is that angle's own state, stepped."""
    values, runners = parameters.draw(3, seed=seed), cohort.draw(3, seed=seed)
    start = baseline.draw(runners, "weak", values, seed=seed)
    arm = protocol.preset("strength_only")
    done = adherence.attend(runners, arm, values, weeks=12, seed=seed)
    aims, gain = aims_and_gain(arm, done, values, runners, start)
    sd = values["trained_range_sd_deg"] * values["long_length_sd_factor"]
    kernel = equations.angle_kernel(angle, low_deg=-10, high_deg=10, sd_deg=sd)
    easy, _ = adaptation.efforts(arm.strength, runners, start, values)
    heavy = np.array(aims.by_load)
    light = np.array([0 * heavy[0] if day is None else day for day in aims.by_light])
    target = heavy[..., runners.runner] + easy * light[..., runners.runner]
    learned = aims.learned[..., runners.runner]
    down = equations.step_share(values["loss_time_constant_d"])
    up = equations.step_share(values["gain_time_constant_wk"] * 7)
    own = relaxation.carry(kernel * target, up, down) + kernel * learned
    assert gain.at(angle) == pytest.approx(own, abs=1e-12)


@given(st.floats(0, 1), st.floats(-1, 1), st.floats(0.1, 100), st.integers(1, 400))
def test_relaxation_is_its_closed_form(start, target, tau, days):
    share = equations.step_share(tau)
    course = relaxation.Relaxation((1,), share, share)
    course.state[:] = start
    for _ in range(days):
        course.step(np.array([target]))
    closed = target + (start - target) * np.exp(-days / tau)
    assert course.state[0] == pytest.approx(closed, abs=1e-12)


def test_rise_and_fall_have_their_own_time():
    course = relaxation.Relaxation((2,), np.float64(0.3), np.float64(0.1))
    course.state[:] = [0, 1]
    course.step(np.array([1.0, 0.0]))
    assert course.state == pytest.approx([0.3, 0.9])


@given(st.integers(0, 10_000))
def test_carrying_by_weeks_is_one_relaxation_after_another(seed):
    rng = np.random.default_rng(seed)
    targets, state = rng.random((21, 4)), np.zeros(4)
    weekly = relaxation.carry(targets, np.float64(0.1), np.float64(0.02))
    for day, target in enumerate(targets, start=1):
        gap = target - state
        state = state + gap * np.where(gap > 0, 0.1, 0.02)
        if day % 7 == 0:
            assert weekly[day // 7] == pytest.approx(state, abs=1e-15)


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_untrained_side_gains_its_share_of_strength_and_no_range(side):
    """Cross-education 0.5 (assumed): torque on the other side; range and ease on none but its own.

    Stretching is done on both.
    """
    v = parameters.central()
    arm = lone.changed(protocol.preset("strength_only"), sides=side)
    found = lone.simulated(arm, lone.fully(arm, 12), v).outcomes
    trained, other = (0, 1) if side == "left" else (1, 0)
    torque = found["end_range_torque_nm_kg"][0, 0]
    gain = torque[:, -1] / torque[:, 0] - 1
    assert gain[other] == pytest.approx(0.5 * gain[trained])
    thomas = found["thomas_ext_deg"][0, 0]
    assert thomas[trained, -1] > thomas[trained, 0]
    assert thomas[other, -1] == thomas[other, 0]
    guarded = lone.simulated(arm, lone.fully(arm, 12), v, "guarded").outcomes["tightness_nrs"][0, 0]
    assert guarded[trained, -1] < guarded[other, -1]
    whole = protocol.preset("strength_only")
    both = lone.simulated(whole, lone.fully(whole, 12), v).outcomes["end_range_torque_nm_kg"][0, 0]
    assert torque[trained] == pytest.approx(both[trained])


@pytest.mark.parametrize("sides", ["left", "right", "both"])
def test_the_gain_of_a_course_is_the_same_however_often_it_is_asked_for(sides):
    """Of one trained side too, whose share reaches the other side once."""
    values, runners = parameters.draw(2, seed=3), cohort.draw(3, seed=3)
    start = baseline.draw(runners, "weak", values, seed=3)
    done = adherence.attend(runners, ARM, values, weeks=4, seed=3)
    aims = adaptation.targets(doses(ARM, done, values), values, every_d=1)

    def course(arm):
        found = adaptation.TorqueCourse(arm, runners, start, values, len(aims.by_load))
        for day, today in enumerate(zip(aims.by_load, aims.by_light, strict=True), start=1):
            found.step(*today, aims.learned[day])
        return found

    mine = course(lone.changed(ARM, sides=sides))
    first = mine.gain(aims.stretched).state.copy()
    assert np.array_equal(mine.gain(aims.stretched).state, first)
    by_hand = course(ARM).gain(aims.stretched).state.copy()
    if sides != "both":
        other = slice(1 if sides == "left" else 0, None, 2)
        by_hand[..., other] *= values["cross_education_share"]
    assert np.array_equal(first, by_hand)


def test_one_side_takes_half_the_work_and_not_half_the_rest():
    both, left = (lone.changed(ARM, sides=sides).strength for sides in ("both", "left"))
    # 3 sets of 10 x 7 s with 60 s between: 330 s on one side; 6 sets on both: 720 s.
    assert (left.session_min, both.session_min) == (pytest.approx(330 / 60), pytest.approx(12))


@settings(max_examples=25)
@given(st.floats(0, 1), st.floats(0, 1))
def test_poorer_technique_never_brings_more(one, two):
    """Momentum and arching cost end-range work: strength, range, ease and their followers."""
    arm, v = ARM, parameters.central(natural_course_nrs_wk=0)
    done = lone.fully(arm, 12)
    poor, good = (
        lone.simulated(arm, Completed(done.strength, 0 * done.stretch, np.array([[q]])), v).outcomes
        for q in sorted((one, two))
    )
    for name in ("end_range_torque_nm_kg", "thomas_ext_deg", "reserve_4_5"):
        assert (good[name] >= poor[name] - 1e-12).all()
    assert (good["tightness_nrs"] <= poor["tightness_nrs"] + 1e-12).all()


def test_technique_costs_what_it_is_said_to():
    """Cost 0.5 at technique 0.6: four fifths of every set count."""
    v = parameters.central(fatigue_per_set=0)
    arm = lone.changed(ARM, unloaded_weeks=0)
    done = lone.fully(arm, 3)
    less = doses(arm, Completed(done.strength, done.stretch, np.array([[0.6]])), v)
    whole = doses(arm, done, v)
    assert np.array(less.loaded_sets) == pytest.approx(0.8 * np.array(whole.loaded_sets))
    assert np.array(less.paused_min) == pytest.approx(0.8 * np.array(whole.paused_min))
    assert np.array_equal(less.stretch_min, whole.stretch_min)


def test_after_stopping_all_is_lost_at_its_own_rate():
    """Torque over 150 d once the trailing week is empty, tolerance with a half-life of 4 wk."""
    v = parameters.central(from_priors=True, test_angle_offset_deg=0)
    arm = ARM.model_copy(update={"weeks": 8})
    done = lone.fully(arm, 8)
    later = Completed(
        *(np.pad(d, ((0, 0), (0, 0), (0, 84))) for d in (done.strength, done.stretch))
    )
    found = lone.simulated(arm, later, v).outcomes
    torque, thomas = (found[n][0, 0, 0] for n in ("end_range_torque_nm_kg", "thomas_ext_deg"))
    left = (torque / torque[0] - 1)[9:]
    assert left[1:] / left[:-1] == pytest.approx(np.exp(-7 / 150))
    left = (thomas - thomas[0])[9:]
    assert left[1:] / left[:-1] == pytest.approx(0.5 ** (1 / 4))
    assert left[0] > 1
    assert found["soreness_nrs"][..., 10:].max() == 0


def test_stretching_and_strength_share_the_ceiling():
    """The larger of the two counts: strength on top of stretching adds, but never their sum."""
    v = parameters.central()
    done = lone.fully(ARM, 12)
    zero = np.zeros_like(done.stretch)
    both, one, two = (
        lone.simulated(ARM, Completed(*parts), v).outcomes["end_range_torque_nm_kg"][0, 0, 0]
        for parts in ((done.strength, done.stretch), (done.strength, zero), (zero, done.stretch))
    )
    assert both == pytest.approx(np.maximum(one, two), abs=1e-12)
    assert two[-1] > two[0]


def test_economy_follows_strength_work_alone():
    v = parameters.central(economy_full_pct=1)
    for name, rises in (("stretch_only", False), ("strength_only", True)):
        arm = protocol.preset(name)
        economy = lone.alone(arm, lone.fully(arm, 40), v, "economy_pct")
        assert (economy[-1] > 0) == rises
        assert economy.max() <= 1
