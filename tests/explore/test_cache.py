"""The explorer's quick model gives the numbers of the library, and its state survives a link."""

from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipstudy import parameters
from hipstudy.errors import UsageProblems
from hipstudy.explore import dose_controls as dose
from hipstudy.explore import state
from hipstudy.explore.cache import ModelCache, means, scene, sessions_done
from hipstudy.explore.torque_rows import torque_rows
from hipstudy.model import capacity, cohort
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.prescription.protocol import preset
from hipstudy.studies import compare_study, compare_tables

FEW = 12
START = state.start(n_runners=FEW)
SPARE = preset("strength_plus_stretch").strength
CHANGES = {
    "as it opens": {},
    "another prior": {"prior": (3.0, 0.0, 1.0, 0.5)},
    "set for the page": {"adherence": 0.85, "start_rom_deg": 4.0, "running_speed": 2.5},
}


def model_cache(n_draws=10):
    return ModelCache(START.settings().runners(), n_draws=n_draws)


@pytest.mark.parametrize("changes", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("outcome", state.OUTCOMES)
def test_every_number_is_the_library_s(outcome, changes):
    asked = replace(START, outcome=outcome, **changes)
    here = model_cache().study(asked.settings())
    whole = compare_study.run(asked.settings(), n_draws=10)
    name = here.settings.reserve if outcome == state.RESERVE else outcome
    assert set(here.means) == set(whole.means)
    for arm in state.ARMS:
        for world in (*WORLDS, PRIOR):
            np.testing.assert_allclose(
                here.mean(arm, name, world), whole.mean(arm, name, world), atol=1e-12
            )
    np.testing.assert_allclose(
        compare_tables.break_even_draws(here, here.primary, 0.5),
        compare_tables.break_even_draws(whole, whole.primary, 0.5),
    )


def test_what_is_kept_is_told_apart():
    """Nothing that was found for other settings, weeks or doses is shown for these."""
    desk = model_cache()
    trials = [
        START,
        replace(START, adherence=0.9),
        replace(START, start_rom_deg=0.0),
        replace(START, a=START.a.model_copy(update={"weeks": 4}),
                b=START.b.model_copy(update={"weeks": 4})),
        replace(START, b=dose.arm_from_controls(START.b, SPARE, {"sets": 5})),
        START,
    ]  # fmt: skip
    for asked in trials:
        given, fresh = asked.settings(), model_cache()
        here, there = desk.study(given), fresh.study(given)
        for outcome in ("thomas_ext_deg", "end_range_torque_nm_kg"):
            for arm in state.ARMS:
                assert np.array_equal(
                    here.mean(arm, outcome, PRIOR), there.mean(arm, outcome, PRIOR)
                )
        assert torque_rows(asked, desk) == torque_rows(asked, fresh)
        weeks = asked.a.weeks
        assert sessions_done(desk.scene(given, weeks)) == sessions_done(fresh.scene(given, weeks))


doses = st.fixed_dictionaries(
    {
        "sets": st.integers(0, 10),
        "reps": st.integers(1, 15),
        "sessions_per_week": st.integers(1, 5),
        "load": st.sampled_from(["unloaded", "near-failure", "5 kg", "2.5 kg"]),
        "lever": st.sampled_from(["leg-lever", "trunk-lever"]),
        "unloaded_weeks": st.integers(0, 6),
        "support_height_cm": st.integers(0, 30),
        "stretch_min_wk": st.integers(0, 60),
    }
)


@settings(max_examples=60)
@given(doses)
def test_controls_make_the_prescription_and_stand_at_it(controls):
    made = dose.arm_from_controls(START.b, SPARE, controls)
    stands = dose.control_values(made, SPARE)
    assert stands["sets"] == controls["sets"]
    assert stands["stretch_min_wk"] == pytest.approx(controls["stretch_min_wk"])
    if controls["sets"]:
        kept = {k: v for k, v in controls.items() if k != "stretch_min_wk"}
        assert {name: stands[name] for name in kept} == kept
    asked = replace(START, b=made)
    if made.strength and capacity.too_heavy(made.strength, made.weeks, "b"):
        with pytest.raises(UsageProblems, match="of what runners can hold"):
            state.read(asked.address(), START)
    else:
        assert state.read(asked.address(), START) == asked


def test_blocks_that_run_at_once_give_the_same_numbers():
    runners = cohort.draw(150, seed=1)
    here = scene(runners, parameters.draw(3, seed=1), weeks=4, seed=1)
    assert len(here.blocks) == 2
    one, other = (
        means(here, START.b, ("tightness_nrs",), at_once=is_so)["tightness_nrs"]
        for is_so in (False, True)
    )
    assert np.array_equal(one, other)


def test_an_added_weight_is_a_load():
    made = dose.arm_from_controls(START.b, SPARE, {"added_kg": 7.5})
    assert made.strength.load == "7.5 kg"
    assert dose.is_weighted(made.strength.load)


def test_even_minutes_are_even():
    before = state.arm_with_letter(preset("stretch_only"), "arm_a")
    after = dose.match_minutes(START.b, before)
    assert after.clock_min_wk == pytest.approx(START.b.clock_min_wk)
    assert dose.match_minutes(START.b, after) is after


def test_a_line_of_99_weeks_is_refused_as_the_slider_would():
    with pytest.raises(UsageProblems, match=r"99 weeks.*1 to 52 weeks"):
        state.read("a=stretch+4x30+s+daily+x+99+wk&b=no+exercise+x+99+wk", START)


def test_a_link_brings_everything_back_and_no_more():
    asked = replace(
        START, outcome="reserve", week=3, prior=(0.5, 2.0, 0.0, 1.0), adherence=0.45,
        start_rom_deg=-2.5, running_speed=3.5,
    )  # fmt: skip
    address = asked.address()
    assert state.read(address, START) == asked
    assert "cohort" not in parse_qs(address)
    assert "token" not in parse_qs(address)
    assert state.read("token=abc&utm=1", START) == START


def test_a_wrong_link_lists_all_its_problems():
    query = "a=stretch+4x&outcome=tightnes_nrs&rom=much&adherence=2&prior=0,0,0,0"
    with pytest.raises(UsageProblems) as caught:
        state.read(query, START)
    said = str(caught.value)
    assert "arm_a, character 9: found '4x'; this is not understood." in said
    assert "'tightnes_nrs'; there is no such outcome. Did you mean tightness_nrs?" in said
    assert "address, rom: found 'much'; a number is needed" in said
    assert "parameter adherence: found '2.0'; the rule: should be less than or equal to 1" in said
    assert "parameter cause_prior" in said


def test_the_report_s_parameters_are_the_page_s_settings():
    asked = replace(START, adherence=0.8, start_rom_deg=2.0, prior=(2.0, 1.0, 1.0, 0.0))
    given = asked.report_values()
    typed = {"n_runners": int, "seed": int, "adherence": float, "start_rom_deg": float}
    typed |= {"running_speed": float}
    from hipstudy.studies.settings import check

    again = check(**{name: typed.get(name, str)(value) for name, value in given.items()})
    assert again == asked.settings()
    assert [arm.name for arm in again.design().arms] == list(state.ARMS)
    assert again.design().contrasts == (("arm_b", "arm_a"),)
