"""Tables in formats beside CSV and XLSX: the same values, the same rules, garbage refused."""

import struct
import zipfile
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import export_writers as writers
import numpy as np
import pandas as pd
import pytest
import xlwt
from python_calamine import CalamineWorkbook

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.other_formats.by_content import WORKBOOKS
from hipstudy.cohort_file.schema import columns
from hipstudy.cohort_file.sheet import read_sheet
from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.resources import place

HEAD = ["runner_id", "side", "week", "adherence_pct"]
ROW = ["A1", "left", 6, 85.5]
BOOKS = ("ods", "xls", "xlsb")


@pytest.fixture
def read(tmp_path):
    def read(content, name="cohort.dat", **more):
        path = tmp_path / name
        path.write_bytes(content)
        before = path.read_bytes()
        try:
            return read_sheet(path, **more)
        finally:
            assert path.read_bytes() == before

    return read


def refused(read, content, *words, error=DataProblems, **more):
    with pytest.raises(error) as caught:
        read(content, **more)
    said = str(caught.value)
    assert all(word in said for word in words), said
    return said


def cells(sheet):
    return sheet.cells.to_numpy().tolist()


# --- the same observations, whatever the format ---------------------------------------------------


@pytest.mark.parametrize("name", [*writers.FORMATS])
def test_the_example_is_the_same_in_every_format(tmp_path, name):
    source = place("data", "example_cohort.csv")
    path = tmp_path / "cohort.txt"  # its content tells what it is
    path.write_bytes(writers.FORMATS[name](pd.read_csv(source)))
    result, right = check_file(path), check_file(source)
    assert not result.findings
    same = [frame.drop(columns="file_row") for frame in (result.frame, right.frame)]
    pd.testing.assert_frame_equal(*same)


@pytest.mark.parametrize("name", BOOKS)
def test_calamine_reads_the_same_of_what_the_tests_write(name):
    frame = pd.read_csv(place("data", "example_cohort.csv"))
    book = CalamineWorkbook.from_filelike(BytesIO(writers.FORMATS[name](frame)))
    head, *rows = book.get_sheet_by_index(0).to_python()
    assert head == list(frame.columns)
    right = [["" if writers._empty(one) else one for one in row] for row in frame.to_numpy()]
    assert [row + [""] * (len(head) - len(row)) for row in rows] == right


@pytest.mark.parametrize("name", BOOKS)
def test_a_workbook_has_sheets_and_rows_as_xlsx(read, name):
    sheet = read(writers.FORMATS[name](pd.DataFrame([ROW], columns=HEAD)), sheet="cohort")
    assert (sheet.name, sheet.header) == ("cohort", tuple(HEAD))
    assert cells(sheet) == [["A1", "left", "6", "85.5"]]
    assert sheet.rows.tolist() == [2]
    content = writers.FORMATS[name](pd.DataFrame([ROW], columns=HEAD))
    refused(read, content, "no such sheet", "cohort", sheet="visits", error=UsageProblems)


@pytest.mark.parametrize("name", ["sav", "dta", "json", "jsonl"])
def test_what_has_no_sheets_says_so(read, name):
    content = writers.FORMATS[name](pd.DataFrame([ROW], columns=HEAD))
    refused(read, content, "no sheets", sheet="visits", error=UsageProblems)
    assert read(content).rows.tolist() == [1]


# --- percentages, dates, zeros, errors, hidden and merged -----------------------------------------


def ods(*rows, **more):
    return writers.ods_of(
        {"a": "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)}, **more
    )


HEADS = "".join(map(writers.ods_cell, HEAD))


def test_cells_of_opendocument_are_as_they_are_shown(read):
    row = (
        '<table:table-cell office:value-type="float" office:value="7"><text:p>007</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
        '<table:table-cell office:value-type="date" office:date-value="2024-05-07T00:00:00"/>'
        '<table:table-cell office:value-type="percentage" office:value="0.855">'
        "<text:p>86 %</text:p>"
        "<office:annotation><text:p>a note</text:p></office:annotation></table:table-cell>"
    )
    assert cells(read(ods(HEADS, row))) == [["007", "yes", "2024-05-07", "85.5%"]]


def test_formulas_merged_and_hidden_rows_of_opendocument(read):
    row = (
        '<table:table-cell table:number-rows-spanned="2" office:value-type="string">'
        "<text:p>A<text:s text:c='2'/>1</text:p></table:table-cell>"
        '<table:table-cell table:formula="of:=1+1"/>'
        '<table:table-cell office:value-type="string"><text:p>#N/A</text:p></table:table-cell>'
    )
    sheet = writers.ods_of({
        "a": f"<table:table-row>{HEADS}</table:table-row>"
        f"<table:table-row>{row}</table:table-row>"
        '<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>'
        f'<table:table-row table:visibility="collapse">{writers.ods_cell("B")}</table:table-row>'
    })  # fmt: skip
    found = read(sheet)
    assert found.rows.tolist() == [2, 6]
    assert [row[0] for row in cells(found)] == ["A  1", "B"]
    rules = " ".join(one.rule for one in found.findings)
    assert all(w in rules for w in ("merged", "hidden rows", "without a stored", "formula failed"))
    assert "A2:A3" in next(one.value for one in found.findings if "merged" in one.rule)


def test_a_hidden_sheet_of_opendocument_is_never_meant(read):
    style = (
        '<style:style style:name="h" style:family="table"><style:table-properties '
        'table:display="false"/></style:style>'
    )
    rows = f"<table:table-row>{HEADS}</table:table-row>"
    hidden = writers.ods_of({"old": rows}, styles=style, table='table:style-name="h"')
    refused(read, hidden, "hidden", "old")
    assert "is hidden" in read(hidden, sheet="old").findings[0].rule


def test_repeated_cells_of_opendocument_are_all_there(read):
    twice = (
        '<table:table-cell table:number-columns-repeated="2" office:value-type="float" '
        'office:value="1"/>'
    )
    row = f"{writers.ods_cell('A')}{twice}<table:table-cell table:number-columns-repeated='16000'/>"
    content = writers.ods_of({
        "a": f"<table:table-row>{HEADS}</table:table-row>"
        f'<table:table-row table:number-rows-repeated="2">{row}</table:table-row>'
    })  # fmt: skip
    assert cells(read(content)) == [["A", "1", "1", None]] * 2


def test_cells_of_an_old_workbook_are_as_they_are_shown(read):
    book = xlwt.Workbook()
    sheet = book.add_sheet("a")
    for k, name in enumerate([*HEAD, "age_y"]):
        sheet.write(0, k, name)
    for k, (value, shape) in enumerate(
        [(7, "000"), (True, "General"), (45_419, "yyyy-mm-dd"), (0.855, "0.0%"), (31.5, "0")]
    ):
        sheet.write(1, k, value, xlwt.easyxf(num_format_str=shape))
    sheet.write_merge(2, 3, 0, 0, "B")
    sheet.write(3, 1, "left")
    sheet.row(3).hidden = True
    other = book.add_sheet("old")
    other.write(0, 0, "runner_id")
    other.visibility = 1
    made = BytesIO()
    book.save(made)
    found = read(made.getvalue())
    assert cells(found)[0] == ["007", "yes", "2024-05-07", "85.5%", "31.5"]
    assert found.rows.tolist() == [2, 3, 4]
    rules = " ".join(one.rule for one in found.findings)
    assert all(word in rules for word in ("hidden sheets", "hidden rows", "merged"))


STYLES = (
    writers.record(44, struct.pack("<H", 164) + writers.wide("000"))
    + writers.record(617)
    + b"".join(writers.record(47, struct.pack("<HHQ", 0, one, 0)) for one in (0, 164, 14, 10))
    + writers.record(618)
)


def test_cells_of_a_binary_workbook_are_as_they_are_shown(read):
    head = writers.xlsb_row(0) + b"".join(map(writers.xlsb_cell, range(4), HEAD))
    yes = writers.record(4, struct.pack("<IIB", 1, 0, 1))
    row = writers.xlsb_row(1, hidden=True) + writers.xlsb_cell(0, 7, 1) + yes
    row += writers.xlsb_cell(2, 45_419, 2) + writers.xlsb_cell(3, 0.855, 3)
    small = [
        struct.pack("<III", k, 0, code) for k, code in enumerate([(3150 << 2) | 3, 6 << 2 | 2])
    ]
    more = writers.xlsb_row(2) + b"".join(writers.record(2, one) for one in small)
    more += writers.record(3, struct.pack("<IIB", 2, 0, 42))
    merged = writers.record(176, struct.pack("<4I", 1, 2, 0, 0))
    found = read(writers.xlsb_of({"a": head + row + more + merged}, STYLES))
    assert cells(found) == [["007", "yes", "2024-05-07", "85.5%"], ["31.5", "6", None, None]]
    rules = " ".join(one.rule for one in found.findings)
    assert all(word in rules for word in ("hidden rows", "merged", "formula failed"))
    refused(read, writers.xlsb_of({"a": head}, state=1), "hidden")


# --- statistics programs --------------------------------------------------------------------------


def test_labels_and_missing_codes_of_spss_say_what_they_say(read):
    frame = pd.DataFrame(
        {
            "runner_id": ["A", "B", "C"],
            "side": [1.0, 2.0, np.nan],
            "tightness_nrs": [0.0, 10.0, -99.0],
        }
    )
    content = writers._through_a_file(
        writers.pyreadstat.write_sav, ".sav", frame,
        variable_value_labels={
            "side": {1: "Left", 2: "Right"},
            "tightness_nrs": {0: "not at all", 10: "as tight as can be", -99: "not asked"},
        },
        missing_ranges={"tightness_nrs": [-99]},
    )  # fmt: skip
    sheet = read(content)
    assert cells(sheet) == [["A", "Left", "0"], ["B", "Right", "10"], ["C", None, None]]
    (one,) = sheet.findings
    assert (one.level, one.column) == ("warning", "tightness_nrs")
    assert one.value == "cells: 1, with -99 (not asked)"


@pytest.mark.parametrize(
    ("name", "labels", "weeks"),
    [
        ("week", {0: "baseline", 1: "6 weeks", 2: "12 weeks"}, ["baseline", "6 weeks", "12 weeks"]),
        ("zp", {0: "Baseline", 2: "Woche 12"}, ["Baseline", "1 (no label)", "Woche 12"]),
        ("week", {0: "T0", 1: "T1", 2: "T2"}, ["T0", "T1", "T2"]),
        ("visit", {0: "first", 1: "second", 2: "third"}, ["first", "second", "third"]),
        ("week", {0: "baseline"}, ["0", "1", "2"]),
        ("week", {0: "baseline", 1: "week 1", 2: "2"}, ["0", "1", "2"]),
        ("week", {0: "0", 1: "1 month", 2: "2 months"}, ["0", "1 month", "2 months"]),
    ],
)
def test_labels_of_visits_say_when_they_were(read, name, labels, weeks):
    frame = pd.DataFrame({"runner_id": ["A", "B", "C"], name: [0.0, 1.0, 2.0]})
    content = writers._through_a_file(
        writers.pyreadstat.write_sav, ".sav", frame, variable_value_labels={name: labels}
    )
    assert [row[1] for row in cells(read(content))] == weeks


def test_numbers_of_stata_have_the_digits_they_were_typed_with(read):
    frame = pd.DataFrame({"runner_id": ["A"], "thomas_ext_deg": np.array([14.4], dtype=np.float32)})
    made = BytesIO()
    frame.to_stata(made, write_index=False)
    assert cells(read(made.getvalue())) == [["A", "14.4"]]


@pytest.mark.parametrize("version", [8, 10, 12, 13, 15])
def test_versions_of_stata(read, version):
    content = writers.as_dta(pd.DataFrame([ROW], columns=HEAD), version=version)
    assert cells(read(content)) == [["A1", "Left", "6", "85.5"]]


# --- records --------------------------------------------------------------------------------------


def test_records_keep_numbers_as_they_are_written(read):
    text = '[{"runner_id": "A", "age_y": 31.50, "pelvis_controlled": true},'
    text += '\n {"runner_id": "B", "week": null}]'
    sheet = read(text.encode())
    assert sheet.header == ("runner_id", "age_y", "pelvis_controlled", "week")
    assert cells(sheet) == [["A", "31.50", "yes", None], ["B", None, None, None]]
    assert cells(read(b'{"runner_id": "A",\n "age_y": 3}')) == [["A", "3"]]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[{"a": 1}', ["begins as JSON", "list of records"]),
        ('[{"a": 1}, 2]', ["list of records is needed"]),
        ('[{"a": 1, "a": 2}]', ["each name once"]),
        ('[{"a": 1}, {"a": [2]}]', ["row 2", "numbers, words"]),
        ('{"records": [{"a": 1}]}', ["row 1", "numbers, words"]),
        ('[{"a": ' + "[" * 90_000, ["JSON"]),
        ("[{" + "},{" * 300_000, ["100,000 rows"]),
    ],
    ids="open number twice list wrapped deep many".split(),
)
def test_records_that_are_none(read, text, words):
    refused(read, text.encode(), *words)


# --- bombs and garbage ----------------------------------------------------------------------------


CELL = writers.ods_cell("x").replace(" ", ' table:number-columns-repeated="900000000" ', 1)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (ods(HEADS, CELL), ["200"]),
        (
            writers.ods_of({"a": '<table:table-row table:number-rows-repeated="900000000">'
                            f"{HEADS}</table:table-row>"}),
            ["100,000 rows"],
        ),
        (ods(HEADS).replace(b"<manifest/>", b"<manifest/>"), []),
    ],
    ids=["columns", "rows", "none"],
)  # fmt: skip
def test_counts_of_opendocument_make_no_bomb(read, content, words):
    if words:
        refused(read, content, *words)
    else:
        read(content)


def test_an_encrypted_or_typed_opendocument_is_refused(read):
    for part, text, word in (
        ("META-INF/manifest.xml", "<m:encryption-data xmlns:m='m'/>", "password"),
        ("content.xml", '<!DOCTYPE x [<!ENTITY e "ha">]><x>&e;</x>', "entities"),
        ("content.xml", "<x>", "cannot be read"),
    ):
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            archive.writestr("mimetype", writers.ODS)
            archive.writestr(part, text)
            if part != "content.xml":
                archive.writestr("content.xml", "<x/>")
        refused(read, made.getvalue(), word)


def test_a_far_cell_of_a_binary_workbook_takes_no_memory(read):
    """Calamine lays out 9.6 GB for these 971 bytes, and the program ends."""
    rows = writers.xlsb_row(0) + writers.xlsb_cell(0, "a")
    refused(
        read,
        writers.xlsb_of({"a": rows + writers.xlsb_row(9) + writers.xlsb_cell(2_000_000_000, 1)}),
        "200 columns",
    )
    sheet = read(writers.xlsb_of({"a": rows + writers.xlsb_row(99_999) + writers.xlsb_cell(3, 1)}))
    assert sheet.rows.tolist() == [100_000]


def test_an_office_file_that_is_no_workbook_says_so(read):
    content = writers.as_xls(pd.DataFrame([ROW], columns=HEAD))
    text = content.replace("Workbook".encode("utf-16-le"), "WordDocm".encode("utf-16-le"))
    refused(read, text, "old office program", ".xlsx")


def test_a_workbook_with_a_password_says_so(read):
    content = writers.as_xls(pd.DataFrame([ROW], columns=HEAD))
    refused(read, content + "EncryptedPackage".encode("utf-16-le"), "password")


@pytest.mark.parametrize("name", [*writers.FORMATS])
def test_damaged_files_are_answered(read, name):
    content = writers.FORMATS[name](pd.DataFrame([ROW] * 9, columns=HEAD))
    rng = np.random.default_rng(1)
    draws = 8 if name in ("sav", "zsav", "dta") else 60  # those have a process of their own each
    for _ in range(draws):
        damaged = bytearray(content[: int(rng.integers(8, len(content) + 1))])
        for at in rng.integers(4, len(damaged), int(rng.choice([0, 1, 5, 50]))):
            damaged[at] = rng.integers(256)
        with suppress(DataProblems, UsageProblems):
            assert read(bytes(damaged)).header


@pytest.mark.parametrize("name", ["ods", "xlsb"])
def test_damage_inside_of_a_zip_is_answered(read, name):
    """A zip has sums of its parts, so damage of the whole file seldom comes so far."""
    content = writers.FORMATS[name](pd.DataFrame([ROW] * 9, columns=HEAD))
    with zipfile.ZipFile(BytesIO(content)) as old:
        parts = {part: old.read(part) for part in old.namelist()}
    rng = np.random.default_rng(2)
    for _ in range(100):
        damaged = {part: bytearray(data) for part, data in parts.items()}
        part = damaged[str(rng.choice([one for one in parts if one != "mimetype"]))]
        for at in rng.integers(0, len(part), int(rng.choice([1, 2, 9]))):
            part[at] = rng.integers(256)
        made = BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for one, data in damaged.items():
                archive.writestr(one, bytes(data))
        with suppress(DataProblems, UsageProblems):
            assert read(made.getvalue()).header


def test_a_head_of_spss_that_says_too_much_is_refused_before_it_is_read(read):
    content = bytearray(writers.as_zsav(pd.DataFrame([ROW], columns=HEAD)))
    struct.pack_into("<i", content, 80, 2_000_000)
    refused(read, bytes(content), "100,000 rows")
    struct.pack_into("<2i", content, 68, 4_000, 0)
    struct.pack_into("<i", content, 80, 90_000)
    refused(read, bytes(content), "30,000,000 characters")


def test_endings_are_suggested_for_every_format(tmp_path):
    for ending in (*WORKBOOKS, ".sav", ".json"):
        Path(tmp_path, f"cohort{ending}").touch()
        with pytest.raises(UsageProblems, match="Did you mean cohort"):
            read_sheet(Path(tmp_path, f"cohor{ending}"))


def test_labels_of_variables_are_names_where_their_own_say_nothing(tmp_path):
    question = columns()["tightness_nrs"].how
    frame = pd.DataFrame(
        {"v1": ["K1", "K2"], "side": ["left", "right"], "v2": [3, 4], "patient_name": ["x", "y"]}
    )
    labels = {"v1": "Runner ID", "side": "Which arm?", "v2": question, "patient_name": "Week"}
    content = writers._through_a_file(
        writers.pyreadstat.write_sav, ".sav", frame, column_labels=labels
    )
    path = tmp_path / "cohort.sav"
    path.write_bytes(content)
    sheet = read_sheet(path)
    assert sheet.header == ("Runner ID", "side", question, "patient_name")
    assert sheet.notes == ("read as a file of SPSS: the labels of v1, v2 are the names of columns",)
    assert read_sheet(path, names=["v2"]).header == ("Runner ID", "side", "v2", "patient_name")
