"""Codes of runners are compared as people see them, and nothing of it happens in silence."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.runner_codes import look

SIDES = ("left", "right")


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def check(first, later, runners=6):
    """A file whose codes are written in one way at baseline, in another at a later visit."""
    lines = ["runner_id,side,week,thomas_ext_deg"]
    lines += [
        f'"{write(k)}",{side},{week},{5 + k}'
        for week, write in ((0, first), (6, later)) for k in range(1, 1 + runners) for side in SIDES
    ]  # fmt: skip
    Path("a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    checked = check_file(Path("a.csv"))
    assert checked.ok
    return checked.frame["runner"].nunique(), [f for f in checked.warnings if f.column]


@pytest.mark.parametrize(
    "later",
    ["P\u2011{}", "P\u2013{}", "P\u2212{}", "P-{}\u200b", "\ufeffP-{}", "\uff30-{}", "P\u00ad-{}",
     "\u0420-{}", "P\uff0d{}"],
)  # fmt: skip
def test_codes_that_look_the_same_are_one_runner_and_it_is_said(later):
    runners, (found,) = check("P-{}".format, later.format)
    assert runners == 6
    assert "6 codes look the same" in found.rule
    assert "counted as one runner" in found.rule
    assert (found.row, found.value, found.level) == (14, None, "warning")
    assert "Rows 14 and 2, 16 and 4" in found.mend
    assert "P-" not in repr(found)


@pytest.mark.parametrize(
    ("first", "later"), [("O'{}", "O\u2019{}"), ("P {}", "P\u00a0{}"), ("P-{}", "P\u2011{}\u200b")]
)
def test_quotes_and_blanks_too(first, later):
    runners, (found,) = check(first.format, later.format)
    assert runners == 6
    assert "counted as one runner" in found.rule


@pytest.mark.parametrize(
    ("first", "later", "how"),
    [
        ("{:d}", "{:03d}", "zeros only"),
        ("{:d}", "{:d}.0", "zeros only"),
        ("A{:02d}", "A{:d}", "zeros only"),
        ("P-{:d}", "p-{:d}", "capital letters only"),
        ("P-{:d}", "P {:d}", "a dash, blank"),
        ("P-{:d}", "P_{:d}", "a dash, blank"),
        ("P-{:02d}", "p{:d}", "a dash, blank"),
    ],
)
def test_codes_that_nearly_look_the_same_are_counted_apart_and_it_is_said(first, later, how):
    runners, (found,) = check(first.format, later.format)
    assert runners == 12
    assert "6 codes look like an earlier one" in found.rule
    assert how in found.rule
    assert "counted as different runners" in found.rule
    assert (found.row, found.value) == (14, None)
    assert "Rows 14 and 2" in found.mend


@pytest.mark.parametrize("code", ["2026-03-0{}", "0{}.03.2026", "{}-Mar", "{}E+05"])
def test_codes_that_a_spreadsheet_made_dates_of_are_said(code):
    runners, (found,) = check(code.format, code.format)
    assert runners == 6
    assert "a date or a power of ten" in found.rule
    assert "Also in 5 more rows" in found.mend


@pytest.mark.parametrize("code", ["P-{}", "{}", "{:03d}", "{}.0", "S1-{}", "R{}a", "\u4e2d{}"])
def test_codes_written_alike_are_not_said(code):
    assert check(code.format, code.format) == (6, [])


def test_a_code_of_marks_that_nobody_sees_is_none():
    Path("a.csv").write_text("runner_id,side,thomas_ext_deg\n\u200b,left,5\n", encoding="utf-8")
    assert [f.rule for f in check_file(Path("a.csv")).errors] == ["every row needs one"]


def test_a_number_that_a_workbook_shows_with_zeros_is_that_code():
    book = Workbook()
    sheet = book.active
    sheet.append(["runner_id", "side", "week", "thomas_ext_deg"])
    for runner in range(1, 13):
        for week in (0, 6):
            for side in SIDES:
                sheet.append([runner if week == 0 else f"{runner:03}", side, week, 7])
                if week == 0:
                    sheet.cell(sheet.max_row, 1).number_format = "000"
                sheet.cell(sheet.max_row, 4).number_format = "00"
    book.save("a.xlsx")
    checked = check_file(Path("a.xlsx"))
    assert checked.frame["runner"].nunique() == 12
    assert set(checked.frame["thomas_ext_deg"]) == {7.0}
    said = [found for found in checked.findings if found.column]
    assert all("longer in a row" in found.rule for found in said), "every angle is 7: asked of"


def test_what_looks_the_same_is_the_same_code():
    assert look("P\u2011 01") == look("P-\u00a001") == "P- 01"
    assert look("P\u00b2") != look("P2")


@pytest.mark.parametrize(
    "mark",
    ["\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u180b", "\u180e", "\u2065", "\u3164",
     "\uffa0", "\ufe0f", "\U000e0001", "\U000e0100", "\u2800"],
)  # fmt: skip
def test_marks_for_which_nothing_is_drawn_change_no_code(mark):
    runners, (finding,) = check("P{}".format, lambda k: f"P{k}{mark}")
    assert runners == 6
    assert "counted as one runner" in finding.rule
    assert look("P\u280001") == "P 01"


@pytest.mark.parametrize(
    ("first", "later"), [("P0{}1", "P0{}l"), ("P0{}1", "P0{}I"), ("P0{}", "PO{}"), ("P0{}", "Po{}")]
)
def test_letters_that_look_like_digits_are_a_warning(first, later):
    runners, (finding,) = check(first.format, later.format)
    assert runners == 12
    assert "differ in letters and digits that look alike only" in finding.rule
    assert "counted as different runners" in finding.rule


def test_capital_letters_are_said_beside_letters_that_look_like_digits():
    _, (finding,) = check("Lil{}".format, "lil{}".format)
    assert "capital letters only" in finding.rule


def test_codes_that_are_like_names_are_said_and_none_is_shown():

    def name(runner):
        return f"Quarxina {'ABCDEFG'[runner]}ebulon"

    _, (found,) = check(name, name)
    assert (found.level, found.value) == ("warning", None)
    assert "as names of persons are" in found.rule
    assert "Quarxina" not in str(found)


def test_codes_that_are_first_names_are_said_and_none_is_shown():
    names = ("", "Quarxa", "Zebulon", "Yvonk", "Wimbo", "Xandrel", "Ulfine")
    _, (found,) = check(names.__getitem__, names.__getitem__)
    assert (found.level, found.value) == ("warning", None)
    assert "as names of persons are" in found.rule
    assert not any(name in str(found) for name in names[1:])
