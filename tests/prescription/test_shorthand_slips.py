"""Slips of typing in a prescription: asked about, with the line as it may have been meant."""

import pytest

from hipstudy.errors import UsageProblems
from hipstudy.prescription.shorthand import dose, parse


def offered(text):
    """Doses of the lines that are offered; each can be read."""
    with pytest.raises(UsageProblems) as caught:
        parse(text)
    return [dose(parse(one.rule)) for one in caught.value.problems if "mended" in one.where]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("31x5", "3x15"),
        ("12x3", "3x12"),
        ("30x3", "3x30"),
        ("3x100", "3x10"),
        ("5x31", "5x13"),
        ("33x10", "3x10"),
        ("3x1O", "3x10"),
        ("3xx10", "3x10"),
    ],
)
def test_a_dose_that_nobody_does_is_asked_about(typed, meant):
    assert offered(f"hip-flexor {typed}, 3/wk x 12 wk") == [f"hip-flexor {meant}, 3/wk x 12 wk"]


def test_two_ways_are_both_offered():
    assert offered("hip-flexor 21x5, 3/wk x 12 wk") == [
        f"hip-flexor {meant}, 3/wk x 12 wk" for meant in ("5x21", "2x15")
    ]


def test_a_key_hit_twice_and_a_letter_for_a_digit():
    line = "hip-flexor 3x10, 3/wk x 12 wk"
    assert offered("hip-flexor 3x10, 33/wk x 12 wk") == [line]
    assert offered("hip-flexor 3x10, 3/wk x l2 wk") == [line]


@pytest.mark.parametrize("typed", ["100x40", "99x99", "3x10 @99 kg"])
def test_what_looks_like_no_slip_is_refused_without_a_guess(typed):
    assert offered(f"hip-flexor {typed}, 3/wk x 12 wk") == []


def test_an_x_may_stand_close_behind_a_word():
    assert dose(parse("hip-flexor 3x10 3/wkx12wk")) == "hip-flexor 3x10, 3/wk x 12 wk"
    assert offered("stretch 4x30 s dailyx12/52") == ["stretch 4x30 s daily x 12 wk"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("3x10 hip-flexor, 3/wk x 12 wk", "hip-flexor 3x10, 3/wk x 12 wk"),
        ("left 3x10 @5 kg hip flexor 3/wk, 12 weeks",
         "hip-flexor 3x10 @5 kg, left only, 3/wk x 12 wk"),
        ("3x10 hip-flexor 3/wk x 12 wk; 4x30 s stretch daily",
         "hip-flexor 3x10, 3/wk x 12 wk; stretch 4x30 s daily"),
    ],
)  # fmt: skip
def test_an_exercise_may_stand_behind_its_dose(written, read):
    assert dose(parse(written)) == read


@pytest.mark.parametrize(
    ("asked", "doses"),
    [
        ("2 min daily", ["1x2 min daily", "4x30 s daily"]),
        ("for 90 seconds twice a day", ["1x90 s 14/wk", "3x30 s 14/wk"]),
        ("30 s daily", ["1x30 s daily"]),
    ],
)
def test_a_time_without_holds_is_asked_about(asked, doses):
    meant = [dose(parse(f"stretch {one} x 12 wk")) for one in doses]
    assert offered(f"stretch {asked} x 12 wk") == meant


def test_once_per_day_is_daily():
    assert dose(parse("stretch 4x30 s per day x 12 wk")) == "stretch 4x30 s daily x 12 wk"
