"""Prescriptions: minutes by hand, round trips, all errors at once, arms matched in time."""

import subprocess
import sys
import tomllib

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hipstudy.errors import UsageProblems
from hipstudy.prescription import design, protocol
from hipstudy.studies import settings

BASE = protocol.preset("strength_plus_stretch").model_dump()


def test_clock_minutes_by_hand():
    both = protocol.preset("strength_plus_stretch")
    # A session: 2 sides x 3 sets x 10 reps x (2 + 2 + 3) s = 420 s, and 5 rests of 60 s: 12 min.
    assert both.strength.session_min == 12
    # A bout: 2 sides x 4 holds x 30 s = 4 min; one limb 2 min; daily: 28 and 14 min a week.
    assert (both.strength_min_wk, both.stretch_min_wk, both.stretch_limb_min_wk) == (36, 28, 14)
    assert both.clock_min_wk == 64


def test_presets_are_the_printed_dose_and_the_contract():
    low, high = protocol.preset("article_low").strength, protocol.preset("article_high").strength
    assert (low.sets, low.reps, low.sessions_per_week) == (2, 8, 2)
    assert (high.sets, high.reps, high.sessions_per_week) == (3, 12, 3)
    assert low.unloaded_weeks == 3
    assert set(design.CONTRACT_ARMS) <= set(design.presets_frame()["name"])
    assert {protocol.preset(name).weeks for name in protocol.preset_names()} == {12}


@pytest.mark.parametrize("name", design.presets_frame()["name"])
def test_an_arm_goes_to_toml_and_back(name, tmp_path):
    text = design.to_toml(name)
    file = tmp_path / "arm.toml"
    file.write_text(text, encoding="utf-8")
    back = protocol.read(file)
    assert back.model_dump(exclude_none=True) == tomllib.loads(text)
    assert back.name == name


def test_every_wrong_field_is_listed_with_the_nearest_name():
    wrong = {
        "name": "Mine!",
        "label": "x",
        "weeks": 0,
        "strenght": {},
        "strength": {
            "sets": "3", "reps": 10, "rest_min": 1, "sessions_per_week": 3, "load": "12 lb",
            "trained_from_ext_deg": 5, "trained_to_ext_deg": 1,
        },
        "stretch": {"holds": 4, "hold_s": "30 s", "times_per_week": 7},
    }  # fmt: skip
    with pytest.raises(UsageProblems) as caught:
        protocol.from_dict(wrong, "mine.toml")
    text = str(caught.value)
    assert len(caught.value.problems) == 7
    for said in (
        "mine.toml, name: found 'Mine!'",
        "mine.toml, weeks: found '0'",
        "mine.toml, strength.sets: found '3'",
        "mine.toml, strength.rest_min: found '1'; there is no field rest_min. Did you mean rest_s?",
        "mine.toml, strength.load: found '12 lb'",
        "kilograms, not pounds",
        "mine.toml, stretch.hold_s: found '30 s'",
        "in seconds",
        "there is no field strenght. Did you mean strength?",
    ):
        assert said in text


def test_a_range_upside_down_and_a_week_too_full_are_refused():
    upside = BASE["strength"] | {"trained_from_ext_deg": 20.0}
    with pytest.raises(UsageProblems, match="trained_from_ext_deg must be below"):
        protocol.from_dict(BASE | {"strength": upside}, "x")
    full = {"holds": 100, "hold_s": 600.0, "times_per_week": 21}
    with pytest.raises(UsageProblems, match="hours a week; the rule is at most 14"):
        protocol.from_dict(BASE | {"stretch": full}, "x")


def test_a_missing_or_broken_file_is_said(tmp_path):
    with pytest.raises(UsageProblems, match=r"protocol file: found 'no\.toml'"):
        protocol.read(tmp_path / "no.toml")
    (tmp_path / "bad.toml").write_text("weeks = = 3")
    with pytest.raises(UsageProblems, match=r"found 'bad\.toml'; a prescription in TOML is needed"):
        protocol.read(tmp_path / "bad.toml")


@given(
    sets=st.integers(1, 10),
    reps=st.integers(1, 30),
    sessions=st.integers(1, 14),
)
def test_time_matched_arms_take_exactly_as_long(sets, reps, sessions):
    given_ = {"sets": sets, "reps": reps, "sessions_per_week": sessions}
    try:
        made = design.build(design.CONTRACT_ARMS, overrides=given_)
    except UsageProblems as problems:
        assume("hours a week" not in str(problems))
        assert "cannot be made to take as long" in str(problems)  # noqa: PT017
        return
    minutes = {arm.name: arm.clock_min_wk for arm in made.arms}
    assert minutes[design.STRETCH_MATCHED] == pytest.approx(minutes[design.BOTH], abs=1e-6)
    assert minutes[design.BOTH_MATCHED] == pytest.approx(minutes[design.STRETCH], abs=1e-6)
    cut = made.arm(design.BOTH_MATCHED)
    assert cut.strength.sets <= sets
    assert cut.strength.sessions_per_week <= sessions
    assert cut.stretch_min_wk >= 0
    if (cut.strength.sets, cut.strength.sessions_per_week) != (sets, sessions):
        assert "cut from" in cut.note


def test_what_was_cut_by_default_is_said():
    cut = design.build(design.CONTRACT_ARMS).arm(design.BOTH_MATCHED)
    assert cut.note == ("sessions per week cut from 3 to 2; stretching cut from 28 to 4 min a week")


def test_strength_that_cannot_be_cut_to_the_time_is_refused(tmp_path):
    short = design.to_toml("stretch_only").replace("hold_s = 30.0", "hold_s = 0.2")
    (tmp_path / "short.toml").write_text(short)
    names = ["short.toml", design.BOTH, design.BOTH_MATCHED]
    with pytest.raises(UsageProblems, match="cannot be made to take as long as stretch_only"):
        design.build(names, overrides={"reps": 30}, folder=tmp_path)


def test_a_file_takes_the_place_of_the_arm_it_names(tmp_path):
    mine = design.to_toml("strength_plus_stretch").replace("sets = 3", "sets = 2")
    (tmp_path / "mine.toml").write_text(mine)
    made = design.build(["stretch_only", "mine.toml", design.STRETCH_MATCHED], folder=tmp_path)
    assert [arm.name for arm in made.arms][1] == "strength_plus_stretch"
    minutes = [arm.clock_min_wk for arm in made.arms]
    assert minutes[2] == pytest.approx(minutes[1])
    assert made.arms[1].strength.sets == 2


def test_an_arm_may_be_written_out_on_one_line():
    lines = ["hip-flexor 2x8, 2/wk x 6 wk", "stretch 2x60 s daily x 6 wk", "no exercise x 6 wk"]
    made = design.build(["stretch_only", *lines, f"{lines[0]}; name mine"], weeks=6)
    assert [arm.name for arm in made.arms] == ["stretch_only", "own", "own_2", "own_3", "mine"]
    assert made.contrasts[0] == ("own", "stretch_only")
    assert made.arm("own").label == "Own"
    assert made.arm("own").strength == made.arm("mine").strength
    assert made.arm("own_2").stretch.hold_s == 60


def test_a_line_takes_the_place_of_the_preset_it_names():
    line = "hip-flexor 2x10, 3/wk x 12 wk; stretch 4x30 s daily; name strength_plus_stretch"
    made = design.build(["stretch_only", line, design.STRETCH_MATCHED])
    assert [arm.name for arm in made.arms] == ["stretch_only", design.BOTH, design.STRETCH_MATCHED]
    assert made.arms[2].clock_min_wk == pytest.approx(made.arms[1].clock_min_wk)
    assert made.arms[1].strength.sets == 2
    assert made.contrasts[0] == (design.BOTH, design.STRETCH_MATCHED)
    with pytest.raises(UsageProblems, match="each named once"):
        design.build([line, design.BOTH])


def test_all_wrong_lines_and_names_are_said_at_once():
    with pytest.raises(UsageProblems) as caught:
        design.build(["stretch_onl", "stretch 4x30 daily x 6 wk", "stretch 4x30 s x 6 wk"])
    assert [str(problem).partition(";")[0] for problem in caught.value.problems] == [
        "protocols: found 'stretch_onl'",
        "own, character 11: found '30'",
        "own, mended: stretch 4x30 s daily x 6 wk",
        "own_2, character 22: found 'nothing'",
    ]


def test_arms_in_one_text():
    line = 'hip-flexor 3x10, 3/wk x 12 wk; stretch 4x30 s daily, note "a | b"'
    assert design.split_arms(f"stretch_only | {line} | mine.toml |") == [
        "stretch_only",
        line,
        "mine.toml",
    ]
    assert design.split_arms(" stretch_only,mine.toml, ") == ["stretch_only", "mine.toml"]
    short = "stretch 4x30 s daily x 12 wk"
    assert design.split_arms(f"{short}, stretch_only, {short}") == [short, "stretch_only", short]
    several = "hip-flexor 3x10, 3/wk x 12 wk"
    for commas in (f"stretch_only, {line}", several, f"{short}, left", f"{short}, arm, 3/wk"):
        with pytest.raises(UsageProblems, match=r"written out has \| before and after it"):
            design.split_arms(commas)


def test_arms_in_one_text_with_bars_and_commas():
    line = "hip-flexor 3x10, daily x 12 wk, left"
    assert design.split_arms(f"stretch_only, strength_plus_stretch | {line}") == [
        "stretch_only",
        "strength_plus_stretch",
        line,
    ]
    assert design.split_arms(f"arm_2, my 2.toml, {line}; label 'a | b, c' | a,b, |,c|,") == [
        *("arm_2", "my 2.toml", f"{line}; label 'a | b, c'"),
        *("a", "b", "c"),
    ]
    assert design.split_arms(f"strech, 4x30 s | {line}") == ["strech, 4x30 s", line]


def test_a_load_that_is_a_number_is_wanted_in_quotes():
    for load in (5, 2.5):
        with pytest.raises(UsageProblems) as caught:
            protocol.from_dict(BASE | {"strength": BASE["strength"] | {"load": load}}, "mine.toml")
        assert [str(problem) for problem in caught.value.problems] == [
            (
                f"mine.toml, strength.load: found '{load}'; text is wanted, with its unit. "
                'Write it in quotes, such as load = "5 kg".'
            )
        ]


def test_a_comparison_takes_arms_written_out():
    arms = "stretch_only | hip-flexor 3x10 @5 kg, 3/wk x 12 wk; name heavy"
    made = settings.check(protocols=arms, weeks=4, sets=2).design()
    assert [(arm.name, arm.weeks) for arm in made.arms] == [("stretch_only", 4), ("heavy", 4)]
    assert (made.arm("heavy").strength.sets, made.arm("heavy").strength.load) == (2, "5 kg")


def test_unknown_and_repeated_arms_are_refused():
    with pytest.raises(UsageProblems, match="Did you mean stretch_only"):
        design.build(["stretch_onl", "strength_only"])
    with pytest.raises(UsageProblems, match="two arms or more, each named once"):
        design.build(["stretch_only", "stretch_only"])


def test_the_command_lists_presets_and_prints_one():
    def hipstudy(*arguments):
        command = [sys.executable, "-m", "hipstudy", "protocols", *arguments]
        return subprocess.run(command, capture_output=True, text=True)

    listed = hipstudy()
    assert listed.returncode == 0, listed.stderr
    for name in design.presets_frame()["name"]:
        assert f"\n{name} " in listed.stdout
    one = hipstudy("article_low")
    assert tomllib.loads(one.stdout)["strength"]["sets"] == 2
    wrong = hipstudy("article_lo")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "Did you mean article_low" in wrong.stderr


def test_a_file_of_ones_own_is_checked_and_printed(tmp_path):
    mine = tmp_path / "mine.toml"
    mine.write_text(design.to_toml("article_low").replace('"article_low"', '"my_arm"'))
    assert tomllib.loads(design.to_toml(str(mine)))["name"] == "my_arm"
    mine.write_text("weeks = 0\n")
    with pytest.raises(UsageProblems, match=r"mine\.toml, weeks: found '0'"):
        design.to_toml(str(mine))


def test_an_empty_cohort_or_folder_is_wrong_use(tmp_path):
    for option in ("--cohort", "--out"):
        done = subprocess.run(
            [sys.executable, "-m", "hipstudy", "report", "compare", option, ""],
            cwd=tmp_path, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 2
        assert f"{option}: found 'nothing'" in done.stderr
        assert list(tmp_path.iterdir()) == []
