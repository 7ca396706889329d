"""Legs that are written as people are refused, or said loudly; never counted in silence."""

from pathlib import Path

import pytest

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.clinic import read
from hipstudy.cohort_file.runner_codes import side_in_code
from hipstudy.errors import DataProblems

SIDES = ("left", "right")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def check(code, runners=10, weeks=(0, 12), **traits):
    """A file of one code a leg; traits by the runner and the side."""
    lines = [",".join(["runner_id", "side", "week", "thomas_ext_deg", *traits])]
    for runner in range(1, 1 + runners):
        for side in SIDES:
            own = [str(of(runner, side)) for of in traits.values()]
            lines += [
                ",".join([code(runner, side), side, str(week), str(5 + runner), *own])
                for week in weeks
            ]
    Path("a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return check_file(Path("a.csv"))


@pytest.mark.parametrize(
    ("left", "right"),
    [("-L", "-R"), ("_left", "_right"), (" links", " rechts"), ("l", "r"), ("-g", "-d"),
     (" (L)", " (R)"), (".li", ".re")],
)  # fmt: skip
@pytest.mark.parametrize("first", [False, True])
def test_codes_alike_but_for_the_side_are_refused(left, right, first):
    def code(runner, side):
        mark = left if side == "left" else right
        return f"{mark.strip(' -_.()')}-{runner:03}" if first else f"X{runner:03}{mark}"

    checked = check(code)
    (found,) = checked.errors
    assert "10 pairs of codes are alike but for left and right" in found.rule
    assert "same runner_id" in found.mend
    assert "Rows 4 and 2, 8 and 6" in found.mend
    assert found.value is None
    assert "X0" not in repr(checked.findings)
    with pytest.raises(DataProblems):
        read(Path("a.csv"), seed=0)


def test_one_such_pair_is_enough_and_the_same_traits_do_not_speak_against_it():
    traits = {"age_y": lambda runner, _: 30 + runner, "sex": lambda *_: "F"}
    (found,) = check(lambda r, side: f"X{r}-{side[0]}" if r == 3 else f"X{r}", **traits).errors
    assert found.rule.startswith("1 pair of codes is")


def test_two_people_who_differ_are_a_loud_warning():
    age = lambda runner, side: 30 + runner + (side == "left")  # noqa: E731
    checked = check(lambda r, side: f"X{r}-{side[0]}", age_y=age)
    assert checked.ok
    (found,) = [f for f in checked.warnings if f.column == "runner_id"]
    assert "20 runners are too many" in found.rule


def test_codes_that_say_nothing_pair_up_by_what_is_known():
    traits = {"age_y": lambda r, _: 20 + r, "mass_kg": lambda r, _: 60.5 + r, "sex": lambda *_: "M"}
    checked = check(lambda r, side: f"X{2 * r + (side == 'left')}", **traits)
    (found,) = [f for f in checked.warnings if f.column == "runner_id"]
    assert "20 of 20 runners have one side only and pair up" in found.rule


def test_runners_of_one_side_each_are_never_silent():
    checked = check(lambda r, side: f"X{2 * r + (side == 'left')}")
    (found,) = checked.warnings
    assert "one side only: 20 of 20 runners, each counted as one more person" in found.rule
    assert "same runner_id" in found.mend


@pytest.mark.parametrize(
    "code", [lambda r, _: f"R{r:02}", lambda r, _: f"{r:02}-L", lambda r, _: f"{r}r"]
)
def test_runners_with_both_sides_are_left_alone(code):
    assert check(code).findings == ()


@pytest.mark.parametrize("code", ["Karl", "left", "R", "-", "MAL", "SEAR", "x"])
def test_words_that_end_like_a_side_are_no_mark(code):
    assert side_in_code(code) is None
