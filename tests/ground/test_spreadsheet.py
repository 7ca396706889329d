"""No text that is written for a spreadsheet program is run by it as a formula."""

import csv
import io
import re
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy import show, spreadsheet
from hipstudy.cohort_file import template
from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.clinic import read
from hipstudy.studies.cohort_study import effects, run

PACKAGE = Path(spreadsheet.__file__).parent
FORMULAS = (
    "=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "\rx", " =1+1", "\u00a0=1", "\u200b=1", "\ufeff@a",
    "\uff1d1+1", "\uff0bA", "\uff0dA", "\uff20SUM(A1)", "\ufe66A1", "-0.21 (-0.38 to -0.05)",
)  # fmt: skip
PLAIN = (
    "stretch_only - none",
    "-0.5",
    "+3",
    "1e-5",
    "-2,5",
    "",
    "a=b",
    "a@b",
    "12 %",
    "'a'",
    "-5 %",
)


def runs(text):
    """The rule, written down once more: whether a program takes a cell for a formula."""
    bare = text.strip("\t\r\n \u00a0\u200b\ufeff\u3000")
    number = re.fullmatch(r"[+-]?[\d.,]+([eE][+-]?\d+)? ?%?", bare)
    return not number and (
        text[:1] in ("\t", "\r") or bare[:1] in tuple("=+-@\uff1d\uff0b\uff0d\uff20\ufe66")
    )


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_are_made_text_and_read_back(text):
    assert runs(text)
    written = spreadsheet.harmless(text)
    assert written.startswith("'")
    assert not runs(written)
    assert spreadsheet.read_back(written) == text


@pytest.mark.parametrize("text", PLAIN)
def test_other_texts_and_numbers_stay(text):
    assert spreadsheet.harmless(text) == spreadsheet.read_back(text) == text


@given(st.text(alphabet="'=+-@;\t\r\n a1\uff1d\u200b"))
def test_every_text_comes_back_and_no_part_of_it_runs(text):
    written = spreadsheet.harmless(text)
    assert spreadsheet.read_back(written) == text
    for cell in re.split(r"[;\n]", written):
        assert not cell.lstrip("\r").startswith(("=", "@", "\uff1d"))


def test_a_frame_keeps_its_numbers():
    frame = pd.DataFrame({"@n": ["=a", None], "x": [-0.1 - 0.2, np.nan], "k": [-1, 2]})
    frame["mixed"] = pd.Series([-1, "=b"], dtype=object)
    frame["kind"] = pd.Categorical(["=c", "d"])
    assert spreadsheet.as_csv(frame) == (
        "'@n,x,k,mixed,kind\n'=a,-0.30000000000000004,-1,-1,'=c\n,,2,'=b,d\n"
    )
    assert show.Download(frame, "a").csv() == spreadsheet.as_csv(frame)
    assert next(iter(frame.columns)) == "@n"


def test_a_workbook_has_text_where_a_formula_was(tmp_path):
    book = openpyxl.Workbook()
    spreadsheet.append(book.active, ["=1+1", -2, "@a"])
    book.save(tmp_path / "a.xlsx")
    cells = openpyxl.load_workbook(tmp_path / "a.xlsx").active[1]
    assert [(one.value, one.data_type) for one in cells] == [
        ("'=1+1", "s"), (-2, "n"), ("'@a", "s"),
    ]  # fmt: skip


def test_every_table_is_written_in_one_place():
    ways = re.compile(
        r"\.to_csv\(|\.to_excel\(|ExcelWriter|csv\.(?:Dict)?[Ww]riter|\b(?:sheet|book\.active)\.append\(|\.cell\("
    )
    for file in PACKAGE.rglob("*.py"):
        if file.name != "spreadsheet.py":
            assert not ways.search(file.read_text(encoding="utf-8")), file.name


def cells_of(text):
    return [cell for row in csv.reader(io.StringIO(text)) for cell in row]


@pytest.mark.parametrize("kind", template.KINDS)
def test_files_to_start_from_have_no_formula(tmp_path, kind):
    for path in (
        *template.write_template(tmp_path / f"a.{kind}"), template.copy_example(tmp_path / "e.csv"),
    ):  # fmt: skip
        if path.suffix == ".csv":
            assert not [one for one in cells_of(path.read_text(encoding="utf-8-sig")) if runs(one)]
        else:
            for sheet in openpyxl.load_workbook(path):
                texts = [c for row in sheet for c in row if isinstance(c.value, str)]
                assert not [c for c in texts if c.data_type == "f" or runs(c.value)]


def clinic(path, arms):
    lines = ["runner_id,side,arm,week,tightness_nrs"]
    lines += [
        f"R{runner:02},{side},{arms[runner % 2]},{week},{4 + (runner * 7 + week) % 5}"
        for runner in range(24) for week in (0, 12) for side in ("left", "right")
    ]  # fmt: skip
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_arms_that_look_like_formulas_make_none_and_come_back(tmp_path):
    raw, marked = ("@SUM(A1)", "=1+1"), ("'@SUM(A1)", "'=1+1")
    found = [read(clinic(tmp_path / f"{k}.csv", a), seed=0) for k, a in enumerate((raw, marked))]
    for one in found:
        assert set(one.observations["arm"]) == set(raw)
    plan = tmp_path / "plan.toml"
    plan.write_text(
        'primary = "tightness_nrs"\nweek = 12\ntreatment = "@SUM(A1)"\ncontrol = "=1+1"\n'
        "margin = 0.5\n"
    )
    study = run(cohort=str(tmp_path / "0.csv"), analysis_plan=str(plan))
    text = show.Download(effects(study), "effects").csv()
    assert "'@SUM(A1) - =1+1" in text
    assert not [cell for cell in cells_of(text) if runs(cell)]


def test_a_head_that_was_made_harmless_is_known_again(tmp_path):
    path = clinic(tmp_path / "a.csv", ("a", "b"))
    path.write_text(path.read_text().replace("runner_id,side,arm", "runner_id,side,'=x"))
    assert check_file(path).sheet.header[2] == "=x"


def test_a_cell_longer_than_a_sheet_s_is_read_whole_and_cut_in_the_sheet():
    long = "1, 3, " * 40_000
    text = spreadsheet.as_csv(pd.DataFrame({"where": [long], "n": [2]}))
    head, row = spreadsheet.rows_of_csv(text)
    assert (head, row) == (["where", "n"], [long, "2"])
    written = spreadsheet.rows_of_sheet([row], 2).decode()
    (cell,) = re.findall(r'preserve">(.*?)</t>', written)
    assert len(cell) == spreadsheet.LONGEST_CELL
    assert cell.endswith("…")
