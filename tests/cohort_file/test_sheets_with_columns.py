"""Sheets of one workbook whose tables say the side, arm or week of their rows themselves."""

import pytest
from openpyxl import Workbook

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.draft_from_file import draft_from
from hipstudy.errors import UsageProblems

HEAD = ("runner_id", "side", "arm", "week", "thomas_ext_deg", "tightness_nrs")


def book(folder, sheets, head=HEAD):
    """A workbook of sheets with the same head, its runners named after the sheet."""
    made = Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        sheet.append(head)
        for row in rows:
            sheet.append(row)
    path = folder / "a.xlsx"
    made.save(path)
    return path


def rows(code, side=("left", "right"), week=(0, 6), arm="stretch_only"):
    return [(code, s, arm, w, -3 + w / 6, 8 - w / 6) for w in week for s in side]


def mapped(path, text):
    path.with_name("a.mapping.toml").write_text(text, encoding="utf-8")
    return check_file(path)


def test_sheets_whose_columns_say_all_are_read_when_somebody_says_so(tmp_path):
    path = book(tmp_path, {"Clinic A": rows("R1"), "Clinic B": rows("R2")})
    text = draft_from(path).text
    assert '# "Clinic A" = ""' in text
    result = mapped(path, text.replace('# "Clinic', '"Clinic'))
    assert not result.errors
    assert sorted(result.frame["runner_id"].unique()) == ["R1", "R2"]
    assert len(result.frame) == 8


@pytest.mark.parametrize("column", ["week", "Week", "Woche"])
def test_a_column_that_agrees_with_its_sheet_is_read(tmp_path, column):
    head = tuple(column if name == "week" else name for name in HEAD)
    sheets = {"Week 0": rows("R1", week=(0,)), "Week 6": rows("R1", week=(6,))}
    path = book(tmp_path, sheets, head)
    text = draft_from(path).text
    assert '\n"Week 6" = "week 6"' in text
    result = mapped(path, text)
    assert not result.errors
    assert sorted(result.frame["week"]) == [0, 0, 6, 6]


def test_what_is_empty_in_a_column_is_of_its_sheet(tmp_path):
    sheets = {"Left": rows("R1", side=("left",)), "Right": rows("R1", side=(None,))}
    result = mapped(book(tmp_path, sheets), '[sheets]\nLeft = "left"\nRight = "right"\n')
    assert not result.errors
    assert sorted(result.frame["side"]) == ["left", "left", "right", "right"]


@pytest.mark.parametrize(
    ("sheets", "said"),
    [
        (
            {"Week 0": rows("R1", week=(0,)), "Week 6": rows("R1", week=(0,))},
            '"Week 0" = "week 0"\n"Week 6" = "week 6"',
        ),
        (
            {"Left": rows("R1", side=("L",)), "Right": rows("R2", side=("R", "L"))},
            'Left = "left"\nRight = "right"',
        ),
        (
            {"One": rows("R1"), "Two": rows("R2")},
            'One = "arm stretch_only"\nTwo = "arm strength_plus_stretch"',
        ),
    ],
)
def test_a_column_that_contradicts_its_sheet_is_an_error(tmp_path, sheets, said):
    path = book(tmp_path, sheets)
    last = list(sheets)[-1]
    with pytest.raises(UsageProblems) as raised:
        mapped(path, f"[sheets]\n{said}\n")
    (problem,) = raised.value.problems
    assert f"of {last} says otherwise" in str(problem)
    assert "row " in str(problem)


def test_a_sheet_that_its_columns_contradict_is_asked_about(tmp_path):
    sheets = {"Left": rows("R1", side=("right",)), "Right": rows("R1", side=("left",))}
    text = draft_from(book(tmp_path, sheets)).text
    assert "say otherwise" in text
    assert '# Left = "left"' in text


def test_two_columns_of_one_name_crash_nothing(tmp_path):
    head = (*HEAD, "shoe", "Shoe")
    sheets = {name: [(*row, 1, 2) for row in rows(name)] for name in ("R1", "R2")}
    path = book(tmp_path, sheets, head)
    assert '# R1 = ""' in draft_from(path).text
