"""What the library answers to a page: held against the library, and its refusals."""

import base64
import json
from dataclasses import replace

import numpy as np
import pytest

from hipstudy.errors import ProblemsFound
from hipstudy.explore import state
from hipstudy.explore.arm_changes import change_counts, rounding_step, without_exercise
from hipstudy.explore.opening import opening
from hipstudy.explore.report_run import folder_for
from hipstudy.studies import compare_study

FEW = 12


@pytest.fixture(scope="module")
def here():
    return opening("live", cohort="", n_runners=FEW, seed=0)


def asked(here, **more):
    question = {"query": here.page["first"], "weights": here.page["weights"], **more}
    return here.answers.answer(json.loads(json.dumps(question)))


def array(reply, mark, kind):
    return np.frombuffer(base64.b64decode(reply["data"][mark]), kind)


@pytest.mark.parametrize("outcome", state.OUTCOMES)
def test_its_runs_are_the_library_s_but_for_their_rounding(here, outcome):
    reply = asked(here, outcome=outcome, changes=[{"arm": "b", "values": {"sets": 2}}])
    now = here.answers.page_state(reply["query"])
    whole = compare_study.run(now.settings(), n_draws=here.page["n_draws"])
    name = whole.settings.reserve if outcome == state.RESERVE else outcome
    step = rounding_step(name)
    at = state.OUTCOMES.index(outcome)
    for letter in "ab":
        runs = whole.means[f"arm_{letter}", name]
        counts = array(reply, reply["runs"][letter][outcome], "<i2")
        change = counts.reshape(*runs.shape[:2], -1) * step
        off = np.abs(change - (runs[..., 1:] - runs[..., :1])).max()
        assert off <= step / 2 * (1 + 1e-6)
        start = array(reply, reply["runs"]["start"], "<f8").reshape(len(state.OUTCOMES), 4, -1)
        np.testing.assert_allclose(start[at], runs[..., 0], atol=1e-12)


def test_without_exercise_nothing_is_prescribed(here):
    now = here.answers.start
    nobody = without_exercise(now.a)
    assert nobody.clock_min_wk == 0
    reply = asked(here)
    scene = here.answers.model_cache.scene(now.settings(), 12)
    counts = change_counts(scene, nobody, ("tightness_nrs",), range(1, 13))["tightness_nrs"]
    found = array(reply, reply["runs"]["none"]["tightness_nrs"], "<i2")
    assert np.array_equal(found, counts.ravel())


def test_what_the_page_has_is_not_sent_again(here):
    first = asked(here)
    again = asked(here, have=[*first["data"]])
    assert first["data"]
    assert again["data"] == {}
    assert again["runs"] == first["runs"]


def test_a_refused_turn_leaves_everything_as_it_was(here):
    values = {"reps": 30, "sessions_per_week": 14, "sets": 10}
    reply = asked(here, changes=[{"arm": "b", "values": values}])
    assert any("hours a week; the rule is at most 14" in one for one in reply["problems"])
    assert reply["arms"]["b"]["controls"]["sets"] == 3
    assert reply["query"] == here.page["first"]


def test_a_weight_that_no_limb_can_hold_is_refused_in_a_turn_and_in_a_link(here):
    heavy = {"load": "5 kg", "lever": "trunk-lever"}
    reply = asked(here, changes=[{"arm": "b", "values": heavy}])
    assert any("of what runners can hold" in one for one in reply["problems"])
    assert reply["arms"]["b"]["controls"]["load"] == "near-failure"
    line = "hip-flexor trunk-lever 3x10 @5 kg, 3/wk x 12 wk"
    linked = here.answers.answer({"query": {"b": line}})
    assert "the usual ones are shown" in linked["problems"][0]
    assert any("of what runners can hold" in one for one in linked["problems"])
    assert here.answers.torque({"query": {"b": line}})["rows"], "and no picture fails of it"


def test_a_changed_dose_is_called_by_what_it_was(here):
    reply = asked(here, changes=[{"arm": "b", "values": {"sets": 5}}])
    assert reply["arms"]["b"]["label"] == "Strength plus stretch, changed"
    assert reply["arms"]["b"]["preset"] == ""
    assert reply["arms"]["a"]["preset"] == "stretch_only_time_matched"
    again = here.answers.answer(
        {"query": reply["query"], "changes": [{"arm": "b", "values": {"sets": 4}}]}
    )
    assert again["arms"]["b"]["label"] == "Strength plus stretch, changed"


def test_strength_work_that_was_taken_away_comes_back_as_it_was(here):
    less = asked(here, changes=[{"arm": "b", "values": {"reps": 6}}])
    gone = here.answers.answer(
        {"query": less["query"], "changes": [{"arm": "b", "values": {"sets": 0}}]}
    )
    assert not gone["arms"]["b"]["has_work"]
    back = here.answers.answer(
        {
            "query": gone["query"],
            "changes": [{"arm": "b", "values": {"sets": 2}}],
            "spare": {"b": less["arms"]["b"]["line"]},
        }
    )
    controls = back["arms"]["b"]["controls"]
    assert (controls["sets"], controls["reps"]) == (2, 6)


def test_the_other_arm_keeps_the_minutes_equal(here):
    reply = asked(here, even=True, mover="b", changes=[{"arm": "b", "values": {"sets": 1}}])
    a, b = (reply["arms"][arm]["minutes"]["both"] for arm in "ab")
    assert a == pytest.approx(b)
    assert reply["arms"]["a"]["label"] == "Stretch only, changed"


def test_what_both_arms_have_in_common(here):
    changes = [{"shared": {"weeks": 8, "adherence": 90, "start_rom_deg": 3, "running_speed": 3.5}}]
    reply = asked(here, changes=changes)
    shared = reply["shared"]
    assert (shared["weeks"], shared["adherence"], shared["start_rom_deg"]) == (8, 0.9, 3.0)
    assert reply["weeks"] == list(range(9))
    assert shared["running_speed"] == 3.5
    usual = {"adherence": None, "start_rom_deg": None}
    back = here.answers.answer({"query": reply["query"], "changes": [{"shared": usual}]})
    assert back["shared"]["adherence"] is None
    assert back["shared"]["start_rom_deg"] is None


def test_a_line_and_a_preset_are_taken_and_a_wrong_line_is_said(here):
    reply = asked(here, changes=[{"arm": "a", "line": "stretch 3x45 s, 5/wk x 8 wk"}])
    assert reply["weeks"][-1] == 8
    assert reply["arms"]["a"]["label"] == "my own"
    reply = asked(here, changes=[{"arm": "b", "preset": "article_low"}])
    assert reply["arms"]["b"]["preset"] == "article_low"
    reply = asked(here, changes=[{"arm": "a", "line": "stretch 4x <img src=x>"}])
    assert "this is not understood" in " ".join(reply["problems"])
    assert reply["query"] == here.page["first"]
    long = asked(here, changes=[{"arm": "a", "line": "stretch 3x45 s, 5/wk x 99 wk"}])
    assert "99 weeks" in long["problems"][0]
    assert long["weeks"][-1] == 12
    assert asked(here, changes=[{"arm": "b", "preset": "none such"}])["problems"]


def test_a_wrong_link_is_said_and_the_usual_settings_are_shown(here):
    reply = here.answers.answer({"query": {"a": "stretch 4x"}})
    assert "the usual ones are shown" in reply["problems"][0]
    assert reply["query"] == here.page["first"]


def test_weights_that_are_on_no_step_are_mixed_too(here):
    reply = asked(here, weights=[30, 1, 0.3, 1])
    assert {30.0, 0.3} <= set(reply["runs"]["levels"])


def test_measured_runners_keep_their_measured_start(rbds_file):
    there = opening("live", cohort=str(rbds_file), n_runners=FEW, seed=0)
    assert there.page["is_measured"]
    assert "28 runners, 56 limbs from the open RBDS data" in there.page["who"]
    reply = there.answers.answer({"query": there.page["first"] | {"rom": "-15"}})
    assert "Thomas angles were measured; only drawn ones can be set" in " ".join(reply["problems"])
    assert reply["shared"]["start_rom_deg"] is None


def test_a_cohort_of_too_few_is_refused(tmp_path):
    file = tmp_path / "mine.csv"
    file.write_text("runner_id,side,week,thomas_ext_deg\nr1,left,0,5\nr2,left,0,6\n")
    with pytest.raises(ProblemsFound, match="runners: 2"):
        opening("live", cohort=str(file), n_runners=FEW, seed=0)


def test_one_runner_s_measured_angle_is_not_sent(tmp_path):
    file = tmp_path / "mine.csv"
    rows = [f"r{i},left,0,{'-17' if i == 1 else ''},5" for i in range(1, 7)]
    file.write_text("runner_id,side,week,thomas_ext_deg,tightness_nrs\n" + "\n".join(rows))
    there = opening("live", cohort=str(file), n_runners=FEW, seed=0)
    assert "too few runners to give a mean" in there.page["who"]
    assert "17" not in there.page["who"]
    reply = there.answers.answer({"query": there.page["first"]})
    del reply["data"]
    assert "-17" not in json.dumps(reply)
    assert str(tmp_path) not in json.dumps(reply) + json.dumps(there.page)


@pytest.mark.parametrize("change", [{"seed": 1}, {"outcome": "soreness_nrs"}])
def test_reports_of_other_settings_have_other_folders(tmp_path, change):
    start = state.start(n_runners=FEW)
    one, other = folder_for(start, tmp_path), folder_for(replace(start, **change), tmp_path)
    assert (one == other) == ("outcome" in change)  # what is only looked at makes the same report
    assert one == folder_for(start, tmp_path)
    assert one != folder_for(start, tmp_path, "data")
