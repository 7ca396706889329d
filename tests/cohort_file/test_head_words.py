"""What names of columns mean, and what is never sure."""

import pytest

from hipstudy.cohort_file.head_words import meanings, same_name
from hipstudy.cohort_file.reading import understand
from hipstudy.cohort_file.schema import own_names
from hipstudy.cohort_file.sheet import read_sheet

# Names that look like one of ours and are another thing, or are it in another unit.
DECOYS = [
    "Pain at rest", "Knee pain", "Pain", "Kraft (N)", "Force", "Torque (Nm)", "Weight (lb)",
    "Age (months)", "Hip extension strength", "Thomas sign", "Tightness (mm)", "Body fat %",
    "Time", "Stiffness", "Session", "Visit", "Leg length", "Leg press", "Age group",
    "Weight lifted", "Group size", "Code of therapist", "Stretching", "Hip", "Temps", "Tempo",
    "Physio", "Shoe size", "Thomas Schmidt", "Extension", "Rest", "Hüftextension",
]  # fmt: skip


@pytest.mark.parametrize("name", DECOYS)
def test_what_is_never_sure(name):
    assert not meanings([name, "x"])[0].sure


@pytest.mark.parametrize("name", own_names())
def test_capitals_blanks_and_underscores_make_no_other_name(name):
    for other in (name.upper(), name.replace("_", " "), name.title(), name.replace("_", "-")):
        assert same_name(other) == name
        assert meanings([other])[0].name == name


@pytest.mark.parametrize(
    ("names", "side", "visit"),
    [
        (("Thomas_L", "Thomas_R"), "left", ""),
        (("Thomas gauche", "Thomas droite"), "left", ""),
        (("Thomas D", "Thomas G"), "right", ""),
        (("Thomas 6wk", "Thomas pre"), "", "6 wk"),
        (("Thomas-Test T0", "Thomas-Test T1"), "", "t 0"),
        (("thomas_0", "thomas_12"), "", "0"),
        (("Week 6 Thomas left", "Week 6 Thomas right"), "left", "week 6"),
    ],
)
def test_sides_and_visits_in_a_name(names, side, visit):
    first = meanings(names)[0]
    assert (first.name, first.side, first.visit) == ("thomas_ext_deg", side, visit)


@pytest.mark.parametrize("name", ["Thomas L", "RPE r", "Thomas 6", "Tightness (0-10)", "Lateral"])
def test_a_side_or_a_number_alone_says_nothing(name):
    assert meanings([name])[0].side == meanings([name])[0].visit == ""


def test_two_that_may_be_the_same_are_not_sure():
    assert [one.sure for one in meanings(["Woche", "Week no", "Wochen"])] == [False, False, False]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("Tightness", ["35", "62", "81", "44"]),  # of 100 mm
        ("Age", ["1984", "1990", "1971"]),
        ("Adherence", ["yes", "no", "partly"]),
        ("Week", ["Mon", "Tue", "Wed"]),
        ("Leg", ["press", "curl", "raise"]),
        ("Visit", ["1", "2", "3"]),
        ("Code", ["A", "B"]),
    ],
)
def test_cells_that_do_not_fit_make_a_name_unsure(tmp_path, name, cells):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([f"x,{name}", *(f"1,{cell}" for cell in cells)]), encoding="utf-8")
    one = understand(read_sheet(path)).columns[1]
    assert not one.sure or one.is_read
