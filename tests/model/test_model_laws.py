"""What must hold of the model, line by line; each test names its line.

Zero dose - nothing changes but how a week feels. Gains never fall with completed dose, and
saturate. A shifted protocol gives a shifted result. Luck is nobody else's. Nonspecific arms that
exercise are equal limb by limb; in every other world some arm differs. Unloaded weeks add no range
of motion at weight 0. Strength plus stretch contains stretch only. Calibration cases land inside
their intervals.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lone import alone, changed, fully

from hipstudy import parameters
from hipstudy.model import adherence, cohort, simulate
from hipstudy.model.adherence import Completed
from hipstudy.model.causes import WORLDS
from hipstudy.prescription import design, protocol

ARMS = design.CONTRACT_ARMS
STEADY = {"fluctuation_sd_nrs": 0, "natural_course_nrs_wk": 0}  # every week is as usual


def test_zero_dose_and_no_natural_course_change_nothing(small):
    values = parameters.draw(6, seed=0, **STEADY)
    runs = small("usual_running", "strength_only", values=values)
    for outcome, run in runs.arms["usual_running"].outcomes.items():
        assert np.abs(run - run[..., :1]).max() <= 1e-12, outcome
    unasked = np.zeros(84, dtype=bool)
    nothing = Completed(*(np.zeros((6, 12, 84)) for _ in range(2)), prescribed=unasked)
    arm = runs.design.arm("strength_only")
    idle = simulate.simulate(runs.cohort, runs.starts, arm, nothing, values)
    for outcome, run in idle.outcomes.items():
        assert np.abs(run - run[..., :1]).max() <= 1e-12, outcome


def test_simulation_is_the_closed_form_of_the_relaxation():
    """One session every day: from day 7 on the dose is steady and the approach exponential."""
    v = parameters.central(
        from_priors=True, test_angle_offset_deg=0, fatigue_per_set=0, soreness_cost_per_nrs=0
    )
    arm = changed(protocol.preset("strength_only"), unloaded_weeks=0)
    done = Completed(np.ones((1, 1, 84)), np.zeros((1, 1, 84)))
    torque = alone(arm, done, v, "end_range_torque_nm_kg")
    gain = torque / torque[0] - 1
    ceiling = 0.20 * 0.7 * (1 - np.exp(-3 * 7 / 2.1))
    weeks = np.arange(1, 13)
    learned = 0.04 * 0.7 * (1 - np.exp(-weeks / 0.8))  # there from the first session on
    # The first week of the slow part by hand: sets of the trailing days, one exact step a day.
    state = 0.0
    for day in range(1, 8):
        target = 0.20 * 0.7 * (1 - np.exp(-3 * day / 2.1))
        state = target + (state - target) * np.exp(-1 / 42)
    closed = learned + ceiling + (state - ceiling) * np.exp(-(weeks - 1) / 6)
    assert gain[1:] == pytest.approx(closed, abs=1e-12)


@settings(max_examples=25)
@given(st.lists(st.booleans(), min_size=84, max_size=84), st.integers(0, 83))
def test_gains_never_fall_as_completed_dose_rises(days, more):
    v = parameters.central(natural_course_nrs_wk=0, fatigue_per_set=0, soreness_cost_per_nrs=0)
    less = np.array(days, float)[None, None]
    extra = less.copy()
    extra[..., more] += 1
    none = np.zeros_like(less)
    arm = changed(protocol.preset("strength_plus_stretch"), unloaded_weeks=0)  # fixed effort
    for one, two in (
        (Completed(less, none), Completed(extra, none)),
        (Completed(none, less), Completed(none, extra)),
    ):
        rising = ("thomas_ext_deg", "end_range_torque_nm_kg", *simulate.RESERVES, "economy_pct")
        for outcome in rising:
            low, high = (alone(arm, done, v, outcome) for done in (one, two))
            assert (high - low >= -1e-12).all(), outcome
        for world in WORLDS:
            low, high = (alone(arm, done, v, "tightness_nrs", world) for done in (one, two))
            assert (low - high >= -1e-12).all()


def test_gains_saturate_with_dose():
    v = parameters.central(fatigue_per_set=0, soreness_cost_per_nrs=0)
    ends = []
    for sets in (1, 2, 4, 8):
        (arm,) = design.build(["strength_only", "usual_running"], overrides={"sets": sets}).arms[:1]
        torque = alone(arm, fully(arm, 12), v, "end_range_torque_nm_kg")
        ends.append(torque[-1] / torque[0] - 1)
    gained = np.diff(ends)
    assert (gained > 0).all()
    assert (np.diff(gained) < 0).all()


def test_a_shifted_protocol_gives_a_shifted_result():
    v = parameters.central(natural_course_nrs_wk=0)
    arm = changed(protocol.preset("strength_plus_stretch"), unloaded_weeks=0)
    done = fully(arm, 12)
    later = Completed(*(np.roll(np.pad(d, ((0, 0), (0, 0), (0, 21))), 21) for d in
                        (done.strength, done.stretch)),
                      prescribed=np.arange(105) >= 21)  # fmt: skip
    for outcome in simulate.OUTCOMES:
        early, shifted = (alone(arm, d, v, outcome) for d in (done, later))
        assert shifted[3:] == pytest.approx(early, abs=1e-12)
        assert (shifted[:4] == shifted[0]).all()


def test_no_ones_luck_depends_on_arms_horizon_or_company(small):
    alone_, many = small("stretch_only", "strength_only"), small(*ARMS)
    longer = small("stretch_only", "strength_only", weeks=20)
    fewer = small("stretch_only", "strength_only", n_runners=5)
    for name in ("stretch_only", "strength_only"):
        a = alone_.arms[name].outcomes
        for outcome, run in a.items():
            assert (run == many.arms[name].outcomes[outcome]).all()
            assert (run == longer.arms[name].outcomes[outcome][..., :13]).all()
            few = fewer.arms[name].outcomes[outcome]
            assert few == pytest.approx(run[..., :10, :], abs=1e-12)


def test_both_limbs_do_the_same_sessions_and_fewer_are_a_subset():
    runners, v = cohort.draw(40, seed=3), parameters.draw(5, seed=3)
    arm = protocol.preset("strength_only")
    chance = adherence.propensity(runners, v, 12, seed=3)
    three, two = (
        adherence._per_day("strength", n, chance, runners.key, 3).reshape(5, 40, 12, 7).sum(-1)
        for n in (3, 2)
    )
    assert (two <= three).all()
    assert (three - two <= 1).all()
    more = adherence.attend(runners, arm, v, weeks=12, seed=3)
    assert more.strength.sum(-1).max() <= 36


def test_stopping_is_for_good_and_nothing_is_done_after_the_weeks():
    runners, v = cohort.draw(300, seed=1), parameters.central(stop_hazard_per_wk=0.2)
    chance = adherence.propensity(runners, v, 12, seed=1)[0]
    stopped = chance == 0
    assert (stopped[:, 1:] >= stopped[:, :-1]).all()
    arm = protocol.preset("stretch_only").model_copy(update={"weeks": 4})
    done = adherence.attend(runners, arm, v, weeks=12, seed=1)
    assert done.stretch[..., :28].sum() > 0
    assert done.stretch[..., 28:].sum() == 0


def test_recovery_of_adherence():
    """Mean and SD of the beta law in the reference week, 5 Monte Carlo standard errors."""
    n = 4000
    v = parameters.central(stop_hazard_per_wk=0, adherence_fall_per_wk=0)
    chance = adherence.propensity(cohort.draw(n, seed=8), v, 8, seed=8)[0]
    assert chance[:, 6].mean() == pytest.approx(0.6, abs=5 * 0.25 / np.sqrt(n))
    assert chance[:, 6].std() == pytest.approx(0.25, abs=5 * 0.25 / np.sqrt(2 * n))
    falling = adherence.propensity(
        cohort.draw(n, seed=8), parameters.central(stop_hazard_per_wk=0), 12, seed=8
    )[0]
    assert (np.diff(falling, axis=1) <= 0).all()


def test_nonspecific_arms_are_equal_and_others_are_not(small):
    runs = small(*ARMS, values=parameters.draw(8, seed=1, causal_share=0.5))
    place = WORLDS.index("nonspecific")
    tight = {n: run.outcomes["tightness_nrs"] for n, run in runs.arms.items() if n != ARMS[0]}
    first = tight["stretch_only"]
    assert len(tight) == len(ARMS) - 1
    for name, run in tight.items():
        assert np.abs(run[place] - first[place]).max() <= 1e-9, name
    for world in set(WORLDS) - {"nonspecific"}:
        apart = max(np.abs(run - first)[WORLDS.index(world)].max() for run in tight.values())
        assert apart > 0.01, world
    for outcome in ("thomas_ext_deg", "end_range_torque_nm_kg"):
        runs_ = [runs.arms[n].outcomes[outcome][place] for n in ("stretch_only", "strength_only")]
        assert np.abs(runs_[0] - runs_[1]).max() > 0.01


def test_strength_plus_stretch_contains_stretch_only(small):
    """Done as faithfully it cannot be worse on tightness in any world: assumed, not found."""
    values = parameters.draw(6, seed=0, burden_per_min_wk=0)
    runs = small("stretch_only", "strength_plus_stretch", values=values)
    less, more = (runs.arms[n].outcomes["tightness_nrs"] for n in
                  ("stretch_only", "strength_plus_stretch"))  # fmt: skip
    assert (more <= less + 1e-12).all()
    assert min(less.min(), more.min()) >= 0


@pytest.mark.parametrize(
    ("sets", "pauses", "gains"), [(0.0, 0.0, False), (0.3, 0.0, True), (0.0, 0.3, True)]
)
def test_unloaded_weeks_add_range_only_as_their_sets_or_pauses_count(sets, pauses, gains):
    v = parameters.central(unloaded_rom_weight=sets, pause_weight=pauses)
    arm = protocol.preset("strength_only")
    thomas = alone(arm, fully(arm, 12), v, "thomas_ext_deg")
    assert (thomas[3] > thomas[0]) == gains
    assert thomas[12] > thomas[3] + 0.5


def test_contact_alone_changes_nothing():
    """Minutes with a therapist are part of a prescription, and no dose of anything."""
    v = parameters.central()
    arm = protocol.preset("usual_running")
    seen = arm.model_copy(update={"contact_min_wk": 30.0})
    for outcome in simulate.OUTCOMES:
        one, two = (alone(a, fully(a, 12), v, outcome) for a in (arm, seen))
        assert (one == two).all(), outcome


def test_kg_loads_lie_between_none_and_near_failure():
    v = parameters.central()
    ends = []
    for load in ("unloaded", "2", "20", "near-failure"):
        arm = design.build(["strength_only", "usual_running"], overrides={"load": load}).arms[0]
        torque = alone(arm, fully(arm, 12), v, "end_range_torque_nm_kg")
        ends.append(torque[-1])
    assert ends[0] < ends[1] < ends[2] <= ends[3]
