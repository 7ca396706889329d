"""Plain decimals are told at once, and would be told the same one by one."""

import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hipstudy.cohort_file import parse
from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.plain_decimals import plain_decimals

PLAIN = re.compile(r"-?(0|[1-9][0-9]{0,5})(\.[0-9]+)?")
DECIMALS = st.from_regex(r"-?[0-9]{1,8}(\.[0-9]{1,20})?", fullmatch=True)
OTHERS = st.sampled_from(
    (None, "", "-", ".5", "5.", "--1", "1-2", "1.2.3", "1,5", "+4", "1e5", " 1", "1\n2", "é", "٣",
     "12.05.1984", "1984-05-12", "7700 900123", "n/a", "\u22122", "12.5 kg", "P01")
)  # fmt: skip
CELLS = st.lists(st.one_of(DECIMALS, OTHERS), max_size=12) | st.lists(DECIMALS, max_size=12)


@given(CELLS)
def test_cells_are_told_together_as_one_by_one(cells):
    column = plain_decimals(np.array(cells, dtype=object))
    plain = [text is not None and PLAIN.fullmatch(text) is not None for text in cells]
    assert column.is_plain.tolist() == plain
    point = [is_plain and "." in text for text, is_plain in zip(cells, plain, strict=True)]
    assert column.has_point.tolist() == point
    numbers = [float(text) for text, is_plain in zip(cells, plain, strict=True) if is_plain]
    assert column.values[column.is_plain].tolist() == numbers
    assert np.isnan(column.values[~column.is_plain]).all()
    says_nothing = [is_plain or not text for text, is_plain in zip(cells, plain, strict=True)]
    assert column.is_whole == all(says_nothing)


@given(CELLS)
def test_a_column_is_read_as_each_of_its_texts(cells):
    together = parse.read(pd.Series(cells, dtype=object))
    alone = [parse.read(pd.Series([text, "x"], dtype=object)) for text in cells]
    assert np.array_equal(together.values, [one.values[0] for one in alone], equal_nan=True)
    for part in ("kind", "comma", "point"):
        assert getattr(together, part).tolist() == [getattr(one, part)[0] for one in alone]


def test_numbers_of_more_digits_than_divide_exactly_are_the_nearest():
    """Divided by a power of ten, one in four of 16 and 17 digits is off by its last bit."""
    digits = np.random.default_rng(1).integers(10**15, 10**17, 300)
    cells = [f"{whole // 10**14}.{whole % 10**14:014}" for whole in digits]
    assert plain_decimals(np.array(cells, dtype=object)).values.tolist() == [*map(float, cells)]


def test_whole_numbers_have_no_negative_zero_and_decimals_have_one():
    whole, decimal = (np.array(cells, dtype=object) for cells in (["-0", "5"], ["-0.0", "5"]))
    assert not np.signbit(plain_decimals(whole).values).any()
    assert np.signbit(plain_decimals(decimal).values).tolist() == [True, False]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_line_break_in_one_cell_hides_no_other(tmp_path, kind):
    """A line of its own in a cell, by Alt and Enter, and somebody's date of birth below it."""
    rows = [[f"P{k:02}", "left", k + 0.25] for k in range(12)]
    rows[3][2], rows[7][2] = "a@x.org\nsecond line", "12.05.1984"
    frame = pd.DataFrame(rows, columns=["runner_id", "side", "thomas_ext_deg"])
    path = tmp_path / f"clinic.{kind}"
    frame.to_csv(path, index=False) if kind == "csv" else frame.to_excel(path, index=False)
    found = check_file(path).errors
    assert {one.row for one in found} >= {5, 9}, found
    assert "x.org" not in str(found)
    assert "1984" not in str(found)


@given(DECIMALS)
@example("0000.00000")
@example("0176.12345678")
def test_a_plain_decimal_says_nothing_of_a_person(text):
    if plain_decimals(np.array([text], dtype=object)).is_plain[0]:
        # A record's number of thirteen digits is none behind a point.
        assert in_text(text) == "" or "." in text[:-13], text
        assert not parse.is_date(text)


@pytest.mark.parametrize(
    "number",
    ["19840512", "7700900", "07700900123", "756.1234.5678.97", "12.05.1984", "1234567.0",
     "0176.12345678"],
)  # fmt: skip
def test_a_number_that_may_be_of_a_person_is_found_among_plain_ones(tmp_path, number):
    rows = [f"P{k:02},left,{k}.25,{k}.5" for k in range(12)]
    rows[7] = f"P07,left,{number},7.5"
    path = tmp_path / "clinic.csv"
    path.write_text("\n".join(["runner_id,side,thomas_ext_deg,step_mark", *rows]))
    found = [one for one in check_file(path).errors if one.row == 9]
    assert found[0].column == "thomas_ext_deg"
    assert found[0].value is None
    assert number not in str(found)
