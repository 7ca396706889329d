"""Cells into numbers: every way in which people write them, and what is none."""

import numpy as np
import pandas as pd
import pytest

from hipstudy.cohort_file import parse
from hipstudy.cohort_file.parse import DATE, MARKS, NUMBER, TEXT, UNIT


def read(*cells):
    return parse.read(pd.Series(cells, dtype=object))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("7", 7),
        (" 7.5 ", 7.5),
        ("7,5", 7.5),
        ("-3", -3),
        ("\u22123", -3),
        ("+2", 2),
        (".5", 0.5),
        ("5.", 5),
        (",5", 0.5),
        ("1e2", 100),
        ("\u00a07\u00a0", 7),
    ],
)
def test_a_number_is_read(text, value):
    found = read(text)
    assert found.values.tolist() == [value]
    assert (found.kind == NUMBER).all()


@pytest.mark.parametrize(
    "text", ["", " ", "NA", "n/a", "NaN", "-", "\u2013", ".", "missing", "MISSING", "#N/A", None]
)
def test_words_for_missing_are_no_problem(text):
    found = read(text)
    assert np.isnan(found.values[0])
    assert (found.kind == NUMBER).all()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("abc", TEXT),
        ("~7", TEXT),
        ("7 to 8", TEXT),
        ("inf", TEXT),
        ("1e999", TEXT),
        ("1_000", TEXT),
        ("0x10", TEXT),
        ("--3", TEXT),
        ("3-4", TEXT),
        ("80 %", UNIT),
        ("80%", UNIT),
        ("12°", UNIT),
        ("7.5 kg", UNIT),
        ("5/10", UNIT),
        ("1.2 Nm/kg", UNIT),
        ("2024-05-07", DATE),
        ("2024-05-07 00:00:00", DATE),
        ("07.05.2024", DATE),
        ("5/7/24", DATE),
        ("7-May", DATE),
        ("07. Mai", DATE),
        ("May-07", DATE),
        ("1,234.5", MARKS),
        ("1.234,5", MARKS),
        ("1 234.5", MARKS),
        ("1'234", MARKS),
    ],
)
def test_what_is_no_number_says_why(text, kind):
    found = read(text)
    assert found.kind.tolist() == [kind]
    assert np.isnan(found.values[0])


@pytest.mark.parametrize(
    ("text", "weeks"),
    [("Baseline", "0"), ("BL", "0"), ("pre", "0"), (" baseline ", "0")]
    + [(f"6{unit}", "6") for unit in (" weeks", " wk", "w", " Wochen", " Wo", " WEEK", " wo.")],
)
def test_a_visit_is_a_number_of_weeks(text, weeks):
    assert parse.week(text) == weeks


@pytest.mark.parametrize("text", ["6", "6 months", "post", "follow-up", "6 wobbles", ""])
def test_other_visits_stay_as_they_are(text):
    assert parse.week(text) == text


def test_decimal_commas_and_points_in_one_column_are_told():
    assert read("7,5", "7.5").mixed
    assert not read("7,5", "8", "7,25").mixed
    assert not read("7.5", "8", ".", "7.5 kg").mixed
    assert read("7,5", "7.5").values.tolist() == [7.5, 7.5]


def test_a_column_without_cells():
    assert read().values.shape == (0,)


def test_wrong_cells_do_not_hide_numbers_below_them():
    found = read("abc", None, "900", "7-May", "1")
    assert found.kind.tolist() == [TEXT, NUMBER, NUMBER, DATE, NUMBER]
    assert found.values[[2, 4]].tolist() == [900, 1]
