"""Tables for spreadsheets with decimal commas read back to the same table, and texts stay."""

import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy import csv_locale
from hipstudy.spreadsheet import as_csv, is_formula, read_back

NUMBERS = st.one_of(st.none(), st.floats(), st.integers(-(10**9), 10**9).map(float))
TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0"), max_size=8)
ROWS = st.lists(st.tuples(NUMBERS, TEXTS, NUMBERS), min_size=1, max_size=6)


def frame_of(text, **how):
    options = {"keep_default_na": False, "na_values": [""]}
    return pd.read_csv(io.StringIO(text.removeprefix(csv_locale.MARK)), **(options | how))


@given(ROWS, st.sampled_from(csv_locale.DECIMAL_COMMA))
def test_a_table_reads_back_to_the_same(rows, locale):
    """The first letter keeps a column of texts from being one of numbers."""
    table = pd.DataFrame([(a, f"x{b}", c) for a, b, c in rows], columns=["mean", "arm", "ci_low"])
    text = as_csv(table)
    local = csv_locale.in_locale(text, locale)
    again = frame_of(local, sep=";", decimal=",", dtype={"arm": str})
    pd.testing.assert_frame_equal(again, frame_of(text, dtype={"arm": str}))
    assert csv_locale.in_locale(text, "en") == text


def test_only_numbers_get_a_comma_and_a_cell_with_a_semicolon_is_quoted():
    text = 'arm,load,n,"a.b"\n"3x10; 0.5 kg",1.5,3,1e-05\nstretch 1.5,,-2,inf\n'
    assert csv_locale.in_locale(text, "fr").splitlines() == [
        "\ufeffarm;load;n;a.b",
        '"3x10; 0.5 kg";1,5;3;1e-05',
        "stretch 1.5;;-2;inf",
    ]


def test_a_column_in_which_one_cell_is_a_text_is_one_of_texts():
    """As every reader of CSV sees it: a code such as 1.5 among words is no number."""
    text = "value\n0.5\nnot known\n"
    assert "0.5" in csv_locale.in_locale(text, "de")


@pytest.mark.parametrize("text", ["", "arm,mean\n"])
def test_an_empty_table_is_one_still(text):
    local = csv_locale.in_locale(text, "de").removeprefix(csv_locale.MARK)
    assert local.strip() == text.strip().replace(",", ";")


def test_the_locales_are_said_where_there_is_no_such():
    (problem,) = csv_locale.locale_problems("it", "hipstudy.toml, locale")
    said = "hipstudy.toml, locale: found 'it'; not a locale of the tables"
    assert str(problem) == f"{said}. One of en, de, es, fr, nl, pt."
    assert not any(map(csv_locale.locale_problems, csv_locale.LOCALES))


def test_what_was_made_harmless_stays_so_and_reads_back():
    """A text with a semicolon is one cell, and no cell begins with a formula."""
    table = pd.DataFrame({"arm": ["=1+1", "a;=2", "-0,5", "'x"], "mean": [-0.5, 1, 2, 3]})
    local = csv_locale.in_locale(as_csv(table), "de")
    again = frame_of(local, sep=";", decimal=",")
    assert [read_back(one) for one in again["arm"]] == list(table["arm"])
    assert again["mean"].tolist() == table["mean"].tolist()
    assert not any(is_formula(one) for one in again["arm"])
