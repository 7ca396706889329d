"""The explorer's quick model gives the numbers of the library, and its state survives a link."""

from dataclasses import replace
from urllib.parse import parse_qs

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipstudy.errors import UsageProblems
from hipstudy.explore import picture_tables, sentences, state
from hipstudy.explore.cache import ModelCache
from hipstudy.explore.live import controls as dose
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.prescription.protocol import preset
from hipstudy.studies import compare_study, compare_tables
from hipstudy.studies.compare_decisions import change_over_weeks

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
    here = picture_tables.View(asked, model_cache())
    whole = compare_study.run(asked.settings(), n_draws=10)
    name = here.outcome
    assert set(here.study.means) == set(whole.means)
    for arm in here.arms:
        for world in (*WORLDS, PRIOR):
            np.testing.assert_allclose(
                here.study.mean(arm, name, world), whole.mean(arm, name, world), atol=1e-12
            )
        # How runners differ comes from the same runs at the parameters' values.
        ends = whole.central[arm].outcomes[name][:, 0, :, [0, -1]]
        ends = np.moveaxis(ends, 0, -1)
        own = ends.reshape(len(WORLDS), -1, 2, 2).mean(axis=2)
        np.testing.assert_allclose(
            np.stack(here.model_cache.ends(here.study, arm, name), axis=-1), own, atol=1e-12
        )
    np.testing.assert_allclose(
        compare_tables.break_even_draws(here.study, here.study.primary, 0.5),
        compare_tables.break_even_draws(whole, whole.primary, 0.5),
    )


def test_change_in_a_pure_world_is_that_of_the_report():
    asked = replace(START, outcome="end_range_torque_nm_kg", prior=(1.0, 0.0, 0.0, 0.0))
    frame = picture_tables.over_weeks(
        picture_tables.View(asked, model_cache()), "end_range_torque_nm_kg"
    )
    whole = compare_study.run(asked.settings(), n_draws=10)
    rows = change_over_weeks(whole, state.ARMS)
    rows = rows[(rows["world"] == "weak") & (rows["outcome"] == "end_range_torque_nm_kg")]
    np.testing.assert_allclose(frame["change"], rows["mean"], atol=1e-9)
    np.testing.assert_allclose(frame["change_high"], rows["high"], atol=1e-9)


def test_what_is_kept_is_told_apart():
    """Nothing that was found for other settings, weeks or doses is shown for these."""
    desk = model_cache()
    trials = [
        START,
        replace(START, adherence=0.9),
        replace(START, start_rom_deg=0.0),
        replace(START, a=START.a.model_copy(update={"weeks": 4}),
                b=START.b.model_copy(update={"weeks": 4})),
        replace(
            START,
            b=dose.arm_from_controls(
                START.b, SPARE, dose.control_values(START.b, SPARE) | {"sets": 5}
            ),
        ),
        START,
    ]  # fmt: skip
    for asked in trials:
        here = picture_tables.View(asked, desk)
        for outcome in ("thomas_ext_deg", "end_range_torque_nm_kg"):
            fresh = picture_tables.over_weeks(picture_tables.View(asked, model_cache()), outcome)
            assert picture_tables.over_weeks(here, outcome).equals(fresh)
            assert picture_tables.spread(here, outcome).equals(
                picture_tables.spread(picture_tables.View(asked, model_cache()), outcome)
            )
        assert picture_tables.torque(here).equals(
            picture_tables.torque(picture_tables.View(asked, model_cache()))
        )
        assert picture_tables.sessions_done(here) == picture_tables.sessions_done(
            picture_tables.View(asked, model_cache())
        )


def test_weighted_quantiles_are_those_of_repeated_values():
    values, times = np.array([3.0, 1.0, 2.0]), np.array([2, 1, 3])
    low, middle = picture_tables._weighted(values, times / times.sum(), (0.1, 0.5))
    repeated = np.repeat(values, times)
    assert low == np.quantile(repeated, 0.1, method="inverted_cdf")
    assert middle == np.quantile(repeated, 0.5, method="inverted_cdf")


doses = st.fixed_dictionaries(
    {
        "sets": st.integers(0, 10),
        "reps": st.integers(1, 15),
        "sessions_per_week": st.integers(1, 5),
        "load": st.sampled_from(list(dose.LOAD_WORDS)),
        "added_kg": st.integers(1, 20).map(lambda half: half / 2),
        "lever": st.sampled_from(list(dose.LEVERS)),
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
        kept = {k: v for k, v in controls.items() if k not in ("added_kg", "stretch_min_wk")}
        assert {name: stands[name] for name in kept} == kept
        if controls["load"] == dose.ADDED:
            assert stands["added_kg"] == controls["added_kg"]
    asked = replace(START, b=made)
    assert state.read(asked.address(), START) == asked


def test_even_minutes_are_even():
    a, b = dose.match_minutes(state.arm_with_letter(preset("stretch_only"), "arm_a"), START.b)
    assert a.clock_min_wk == pytest.approx(b.clock_min_wk)
    assert b is START.b
    same = dose.match_minutes(a, b)
    assert same[0].stretch == a.stretch


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


@pytest.mark.parametrize("outcome", state.OUTCOMES)
def test_sentences_carry_their_numbers_and_uncertainty(outcome):
    here = picture_tables.View(replace(START, outcome=outcome), model_cache())
    frame = picture_tables.over_weeks(here, here.outcome)
    said = sentences.over_weeks(here, frame)
    assert "95 % band over 10 draws" in said
    assert said.count(" to ") >= 3  # both arms' bands, and that of the sessions done
    said = sentences.differences(here, picture_tables.differences(here, here.outcome))
    assert "at equal minutes a week" in said
    assert " to " in said
    uneven = replace(
        START, a=state.arm_with_letter(preset("stretch_only"), "arm_a"), outcome=outcome
    )
    there = picture_tables.View(uneven, here.model_cache)
    said = sentences.differences(there, picture_tables.differences(there, there.outcome))
    assert "at unequal minutes a week, so it holds the time too" in said
