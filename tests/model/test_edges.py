"""The edges of the model: what is absurd is refused, bounded or reported."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lone import alone, changed, fully, runner, simulated

from hipstudy import parameters
from hipstudy.errors import UsageProblems
from hipstudy.model import adherence, baseline, capacity, cohort
from hipstudy.model.adherence import Completed
from hipstudy.model.causes import WORLDS
from hipstudy.model.simulate import simulate
from hipstudy.model.weekly_dose import doses
from hipstudy.prescription import protocol
from hipstudy.studies.dose_study import DoseSettings
from hipstudy.studies.settings import CompareSettings

V = parameters.central()
BOTH = protocol.preset("strength_plus_stretch")


def test_a_load_above_capacity_is_refused_with_the_largest_that_is_possible():
    """60 kg at the ankle is over four times what a limb holds: it is no near-failure set."""
    with pytest.raises(UsageProblems, match=r"% of what runners can hold.*weight that is possible"):
        CompareSettings(load="60").design()
    largest = capacity.heaviest_kg(BOTH.strength)
    CompareSettings(load=f"{largest:g}").design()
    with pytest.raises(UsageProblems, match=f"is {largest:g} kg"):
        CompareSettings(load=f"{largest + capacity.KG_STEP:g}").design()
    with pytest.raises(UsageProblems, match="parameter loads"):
        DoseSettings(loads="unloaded, 60").grid()


def test_a_weight_that_is_never_added_is_not_refused():
    work = changed(BOTH, load="60 kg", unloaded_weeks=12).strength
    assert capacity.too_heavy(work, 12, "load") == []
    assert len(capacity.too_heavy(work, 13, "load")) == 1


def test_two_years_of_nothing_stay_within_the_bound():
    nothing = Completed(*(np.zeros((1, 1, 104 * 7)) for _ in range(2)))
    usual = protocol.preset("usual_running")
    for world in WORLDS:
        tight = alone(usual, nothing, V, "tightness_nrs", world)
        assert 0 < tight[0] - tight[-1] <= V["natural_course_most_nrs"][0, 0]
        assert tight[12] - tight[-1] > 0


def test_very_many_sets_cost_work_and_adherence_and_their_soreness_is_reported():
    dense = changed(BOTH, sets=10, sessions_per_week=14, unloaded_weeks=0)
    dose = doses(dense, fully(dense, 12), V)
    assert dose.loaded_sets[6].item() < 0.7 * 140, "not what was prescribed"
    sore = simulated(dense, fully(dense, 12), V).outcomes["soreness_nrs"][0, 0, 0]
    assert 2 < sore.max() <= 10
    runners = cohort.draw(200, seed=1)
    few, many = (
        adherence.attend(runners, arm, V, weeks=12, seed=1).stretch.mean() for arm in (BOTH, dense)
    )
    assert many < 0.9 * few


def test_no_training_takes_a_hip_past_its_anatomy():
    most = parameters.central(rom_reservoir_deg=60)
    long = BOTH.model_copy(update={"weeks": 104})
    thomas = alone(long, fully(long, 104), most, "thomas_ext_deg")
    assert thomas[-1] == V["hip_extension_limit_deg"][0, 0]


@pytest.mark.parametrize("world", ["short", "guarded"])
def test_a_hip_at_its_anatomy_gains_no_driver_either(world):
    """Ten degrees to go of sixty: a sixth of the driver, and nothing once they are used up."""
    long = BOTH.model_copy(update={"weeks": 104})
    runners, start = runner()
    given = {"causal_share": 1, "link_sd_per_sd": 0.05, "programme_effect_nrs": 0,
             "natural_course_nrs_wk": 0, "rom_tolerance_share": 0.6}  # fmt: skip

    def relief(most_deg, begins_deg):
        values = parameters.central(rom_reservoir_deg=most_deg, **given)
        there = replace(start, thomas_ext_deg=np.full((1, 2), float(begins_deg)))
        run = simulate(runners, {world: there}, long, fully(long, 104), values)
        tight = run.outcomes["tightness_nrs"][0, 0, 0]
        return tight[0] - tight

    free, bound = relief(60, -200), relief(60, 20)
    gained = parameters.central(rom_reservoir_deg=60, **given)
    run = simulate(
        runners, {"short": replace(start, thomas_ext_deg=np.full((1, 2), -200.0))}, long,
        fully(long, 104), gained, outcomes=("thomas_ext_deg",),
    )  # fmt: skip
    degrees = run.outcomes["thomas_ext_deg"][0, 0, 0] + 200
    assert degrees[-1] > 30
    assert bound == pytest.approx(free * np.minimum(10 / np.maximum(degrees, 1e-9), 1), abs=1e-12)
    assert (relief(60, 30) == 0).all()
    assert (relief(60, 35) == 0).all()


def test_long_pauses_without_weight_move_range_and_guarding_together():
    """One tolerance, two consequences: 10 s pauses with body weight."""
    one, other = (
        changed(protocol.preset("strength_only"), load="unloaded", pause_s=pause)
        for pause in (10.0, 0.0)
    )
    for values in (V, parameters.central(pause_weight=1)):
        more, less = (simulated(arm, fully(arm, 12), values, "guarded") for arm in (one, other))
        range_deg = [run.outcomes["thomas_ext_deg"][0, 0, 0] for run in (more, less)]
        tight = [run.outcomes["tightness_nrs"][0, 0, 0] for run in (more, less)]
        assert range_deg[0][-1] > range_deg[1][-1] + 0.5
        assert tight[0][-1] < tight[1][-1] - 0.05


@given(st.integers(1, 8), st.integers(0, 1000))
def test_after_the_last_session_range_only_falls(weeks, seed):
    values, runners = parameters.draw(3, seed=seed), cohort.draw(3, seed=seed)
    arm = BOTH.model_copy(update={"weeks": weeks})
    done = adherence.attend(runners, arm, values, weeks=weeks + 8, seed=seed)
    start = baseline.draw(runners, "short", values, seed=seed)
    truth = simulate(runners, {"short": start}, arm, done, values, outcomes=("thomas_ext_deg",))
    after = truth.outcomes["thomas_ext_deg"][..., weeks:]
    assert (np.diff(after, axis=-1) <= 1e-12).all()


@settings(max_examples=40)
@given(
    st.integers(1, 10),
    st.integers(1, 14),
    st.floats(0, 60),
    st.integers(1, 21),
    st.floats(1, 300),
    st.integers(0, 2**32 - 1),
)
def test_every_value_stays_inside_scale_and_anatomy(sets, sessions, pause, often, hold, seed):
    work = {"sets": sets, "reps": 3, "sessions_per_week": sessions, "pause_s": pause}
    data = {"name": "any", "label": "any", "weeks": 10, "strength": work,
            "stretch": {"holds": 2, "hold_s": hold, "times_per_week": often}}  # fmt: skip
    try:
        arm = protocol.from_dict(data, "any")
    except UsageProblems:
        assume(False)  # a week has no room for it
    values, runners = parameters.draw(4, seed=seed), cohort.draw(4, seed=seed)
    starts = baseline.draw_worlds(runners, values, seed=seed)
    done = adherence.attend(runners, arm, values, weeks=10, seed=seed)
    truth = simulate(runners, starts, arm, done, values).outcomes
    for name in ("tightness_nrs", "discomfort_nrs", "soreness_nrs"):
        assert ((truth[name] >= 0) & (truth[name] <= 10)).all(), name
    thomas = truth["thomas_ext_deg"]
    limit = np.maximum(thomas[..., :1], values["hip_extension_limit_deg"][:, :, None])
    assert (thomas <= limit + 1e-12).all()
    assert (truth["end_range_torque_nm_kg"] >= 0).all()
