"""Percentages: what a spreadsheet shows is what is read, and fractions are not taken for them."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.xlsx_xml import is_percent_format

SHOWN = [60.0, 60.5, 100.0, 72.0]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def book(column, cells):
    """A workbook whose last column has these pairs of value and number format."""
    made = Workbook()
    sheet = made.active
    sheet.append(["runner_id", "side", "week", "thomas_ext_deg", column])
    for at, (value, code) in enumerate(cells):
        sheet.append([f"R{at // 2:02}", ("left", "right")[at % 2], 0, 5 + at, value])
        sheet.cell(at + 2, 5).number_format = code
    made.save("a.xlsx")
    return check_file(Path("a.xlsx"))


def text(column, cells):
    rows = [f"R{at // 2:02},{('left', 'right')[at % 2]},0,{5 + at},{cell}\n"
            for at, cell in enumerate(cells)]  # fmt: skip
    Path("a.csv").write_text(
        f"runner_id,side,week,thomas_ext_deg,{column}\n" + "".join(rows), encoding="utf-8"
    )
    return check_file(Path("a.csv"))


def test_a_cell_that_is_shown_as_a_percentage_is_what_it_shows():
    cells = [(0.6, "0%"), (0.605, "0.00 %"), (1, "0%"), ("72 %", "@")]
    checked = book("adherence_pct", cells)
    assert checked.frame["adherence_pct"].tolist() == SHOWN
    assert checked.ok


def test_percentages_and_numbers_in_one_column_mean_the_same():
    checked = book("adherence_pct", [(0.6, "0%"), (60.5, "General"), ("100%", "@"), (72, "0")])
    assert checked.frame["adherence_pct"].tolist() == SHOWN
    checked = text("adherence_pct", ["60", "60.5 %", "100%", "72"])
    assert checked.frame["adherence_pct"].tolist() == SHOWN


def test_a_percent_sign_that_only_stands_there_changes_nothing():
    checked = book("adherence_pct", [(60, '0"%"'), (60.5, r"0.0\%"), (100, "0"), (72, "0")])
    assert checked.frame["adherence_pct"].tolist() == SHOWN
    assert not is_percent_format("0.0_%")


@pytest.mark.parametrize("column", ["tightness_nrs", "hagos_sport", "discomfort_nrs"])
def test_a_percentage_in_another_column_is_an_error(column):
    checked = book(column, [(0.6, "0%")] + [(6, "General")] * 3)
    (wrong,) = checked.errors
    assert (wrong.row, wrong.column, wrong.value) == (2, column, "60%")
    assert "and this is a percentage" in wrong.rule
    assert "number format General" in wrong.mend


@pytest.mark.parametrize("column", ["adherence_pct", "hagos_sport"])
def test_what_may_be_a_fraction_is_a_warning(column):
    for cells in (["0.85", "0.9", "", ""], ["85", "0.9", "90", "0"] * 3):
        checked = text(column, cells)
        (warned,) = [one for one in checked.warnings if one.column == column]
        assert "may be fractions" in warned.rule
        assert warned.row == (2 if cells[0] == "0.85" else 3)
    assert not [one for one in text(column, ["85", "0", "90"]).warnings if one.column == column]
    errors = text(column, ["0.85", "0.9", "0.7", "1", "0.5", "0.6"]).errors
    assert "another unit" in errors[0].rule
