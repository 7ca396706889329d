"""Rows that are no data are found by kind, and rows of data never."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shaped_files import cohort

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.draft_from_file import draft_from
from hipstudy.cohort_file.row_kinds import row_kinds
from hipstudy.cohort_file.sheet import read_sheet
from hipstudy.cohort_file.table_layout import find_head_rows, joined_head

HEAD = "runner_id,side,arm,week,thomas_ext_deg,tightness_nrs\n"
TOTALS = ("Mean", "Gesamt", "Avg.", "MW", "SD", "gemiddelde", "\u00d8", "Median", "Group A mean")
ROWS = "K01,left,stretch_only,0,14.4,7\nK01,right,stretch_only,0,13.2,6\n"


def kinds(tmp_path, text):
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    sheet = read_sheet(path)
    return {kind: sheet.rows[list(at)].tolist() for kind, at in row_kinds(sheet).items()}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"{HEAD},,,wk,deg,0-10\n{ROWS}", {"units": [2]}),
        (f"{HEAD},,,,°,\n{ROWS}", {"units": [2]}),
        (f"{HEAD}Code?,Which side?,Which group?,When?,Angle?,How tight?\n{ROWS}",
         {"questions": [2]}),
        (f"{HEAD}{ROWS}{HEAD}{ROWS}", {"repeated_heads": [4]}),
        (f"{HEAD}Group A,,,,,\n{ROWS}Group B,,,,,\n{ROWS}", {"group_headings": [2, 5]}),
        (f"{HEAD}{ROWS}Mean,,,,13.8,6.5\nSD,,,,0.8,0.7\n", {"totals": [4, 5]}),
        (f"{HEAD}{ROWS}n = 2,,,,2,2\n", {"totals": [4]}),
        (f"{HEAD}{ROWS}* measured twice,,,,,\n", {"footnotes": [4]}),
        (f"{HEAD}{ROWS}", {}),
        ("Code,a,b,c\nDE-01,1,2,3\nSD-02,1,2,3\nN3,1,2,3\n", {}),
        (f"{HEAD}{ROWS}K02,,,,,\n", {}),  # a code alone is a row that is not filled in
        (f"{HEAD}{ROWS}Max,left,stretch_only,0,3,4\n", {}),
        *((f"{HEAD}{ROWS}{word},left,stretch_only,0,3,4\n", {"totals": [4]}) for word in TOTALS),
        (f"{HEAD}{ROWS}All,left,,,3,4\n", {"totals": [4]}),
        (f"{HEAD}{ROWS}Mean,left,stretch_only,0,3,4\nSD,left,stretch_only,0,3,4\n",
         {"totals": [4, 5]}),
        # Initials of runners are no standard deviation.
        (f"{HEAD}{ROWS}{ROWS}SD,left,stretch_only,0,3,4\n".replace("K01", "KL"), {}),
        (f"{HEAD}{ROWS}K02,left,all,0,3,4\nK03,left,mean,0,3,4\n", {}),
    ],
)  # fmt: skip
def test_each_kind(tmp_path, text, kind):
    assert kinds(tmp_path, text) == kind


@settings(max_examples=15)
@given(st.integers(0, 10_000))
def test_no_row_of_data_is_another_kind(tmp_path_factory, seed):
    path = tmp_path_factory.mktemp("rows") / "a.csv"
    cohort(seed).to_csv(path, index=False)
    sheet = read_sheet(path)
    assert row_kinds(sheet) == {}
    assert find_head_rows([n for n, _ in sheet.top], [row for _, row in sheet.top]) == ()


def test_each_kind_is_said_once_with_its_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEAD}Group A,,,,,\n{ROWS}Group B,,,,,\n{ROWS}Mean,,,,1,2\n", "utf-8")
    errors = check_file(path).errors
    assert [one.rule.split(",")[0] for one in errors] == [
        "this row is a heading for the rows below it",
        "this row has sums or means and no runner's values",
        "this runner",
        "this runner",
    ]
    assert errors[0].row == 2
    assert "Also in 1 more row: 5." in errors[0].mend


def test_an_upper_name_holds_until_the_next():
    rows = [["Code", "Pre", None, "Post", None], [None, "Thomas", "Tight", "Thomas", "Tight"]]
    assert joined_head(rows) == ["Code", "Pre Thomas", "Pre Tight", "Post Thomas", "Post Tight"]


def test_a_label_like_the_codes_is_asked_about(tmp_path):
    path = tmp_path / "a.csv"
    head = "Patient ID,Thomas L,Thomas R,Tight L,Tight R\n"
    path.write_text(f"{head}Ann,1,2,3,4\nBen,1,2,3,4\nTotal,2,4,6,8\n", encoding="utf-8")
    assert "# totals = [4]" in draft_from(path).text
    path.write_text(f"{head}K1,1,2,3,4\nK2,1,2,3,4\nTotal,2,4,6,8\n", encoding="utf-8")
    assert "\ntotals = [4]" in draft_from(path).text
