"""Files to start from: what is in them, and that nothing is lost for them."""

import csv
import errno
import os
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import load_workbook

from hipstudy import files
from hipstudy.cohort_file import schema, template
from hipstudy.cohort_file.template import copy_example, write_template
from hipstudy.errors import UsageProblems
from hipstudy.model import cohort
from hipstudy.resources import place


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(path=None, kind=None):
    with pytest.raises(UsageProblems) as found:
        write_template(path, kind)
    assert found.value.exit_code == 2
    return [str(problem) for problem in found.value.problems]


def rows(sheet):
    return [tuple(value or "" for value in row) for row in sheet.iter_rows(values_only=True)]


def test_the_sheet_to_fill_in_is_a_head_and_nothing_else():
    assert write_template() == (Path("cohort.xlsx"),)
    book = load_workbook("cohort.xlsx")
    assert book.sheetnames == ["cohort", "dictionary"]
    assert book.active.title == "cohort"
    sheet = book["cohort"]
    head = [name for name in schema.columns() if name != schema.FAMILY]
    assert rows(sheet) == [tuple(head)]
    assert sheet.freeze_panes == "A2"
    assert all(cell.font.bold for cell in sheet[1])
    for cell in sheet[1]:
        shape = sheet.column_dimensions[cell.column_letter]
        assert shape.width > len(cell.value), "no name is cut"
        formats = {
            "runner_id": "@",
            "end_range_torque_nm_kg": "0.00",
            "week": "0",
            "arm": "General",
        }
        assert shape.number_format == formats.get(cell.value, shape.number_format)


def test_what_can_be_chosen_is_a_list():
    write_template()
    sheet = load_workbook("cohort.xlsx")["cohort"]
    letters = {cell.column_letter: cell.value for cell in sheet[1]}
    found = {}
    for rule in sheet.data_validations.dataValidation:
        assert rule.type == "list"
        assert rule.allow_blank
        assert rule.showErrorMessage
        for cells in rule.sqref.ranges:
            name = letters[cells.coord.split("2:")[0]]
            assert cells.bounds[1::2] == (2, 1_048_576), "every row but the head"
            found[name] = rule.formula1
    kinds = {"side": '"left,right"', "sex": '"F,M"', "yesno": '"yes,no"'}
    every = schema.columns().values()
    assert found == {c.name: kinds[c.kind] for c in every if c.kind in kinds}
    assert template.CHOICES["side"] == cohort.SIDES


def test_the_dictionary_says_of_every_column_what_the_table_says():
    write_template()
    write_template(kind="csv")
    head, *table = rows(load_workbook("cohort.xlsx")["dictionary"])
    assert head == ("name", "meaning", "unit", "possible", "likely", "how to measure", "needed")
    known = list(schema.columns().values())
    assert [schema.find(row[0]) for row in table] == known
    for row, column in zip(table, known, strict=True):
        assert row[1].startswith(column.meaning)
        assert (row[2], row[5]) == (column.unit, column.how)
        for words, ends in ((row[3], column.possible), (row[4], column.plausible)):
            numbers = words.replace("\u2212", "-").split(" to ") if words else []
            assert [float(n) for n in numbers] == list(ends or ())
    by_name = {row[0]: row for row in table}
    assert "any column that begins with hagos_" in by_name["hagos_sport"][1]
    needed = {name: by_name[name][6] for name in ("side", "tightness_nrs", "sex")}
    assert list(needed.values()) == ["required", "one outcome at least", "optional"]
    with Path("cohort_dictionary.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [tuple(row) for row in csv.reader(file)] == [head, *table], "the same in both"
    cells = [cell for row in table for cell in row if cell]
    assert not [cell for cell in cells if cell[0] in "=+-@\t"], "nothing a sheet could calculate"


def test_csv_is_two_files_that_excel_reads_as_utf_8():
    written = write_template(kind="csv")
    assert written == (Path("cohort.csv"), Path("cohort_dictionary.csv"))
    for path in written:
        assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    head = ",".join(name for name in schema.columns() if name != schema.FAMILY)
    assert Path("cohort.csv").read_text(encoding="utf-8-sig") == head + "\n"


@pytest.mark.parametrize(
    ("path", "kind", "made"),
    [
        ("mine.csv", None, ["mine.csv", "mine_dictionary.csv"]),
        ("mine.XLSX", None, ["mine.XLSX"]),
        ("a b.c.csv", "csv", ["a b.c.csv", "a b.c_dictionary.csv"]),
    ],
)
def test_the_ending_chooses_the_kind(folder, path, kind, made):
    assert [p.name for p in write_template(Path(path), kind)] == made
    assert sorted(p.name for p in folder.iterdir()) == sorted(made)


@pytest.mark.parametrize(
    ("path", "kind", "rule"),
    [
        ("mine.csv", "xlsx", "has to end in .xlsx. For example --out mine.xlsx"),
        ("mine.xlsx", "csv", "has to end in .csv. For example --out mine.csv"),
        ("mine", None, "has to end in .xlsx or .csv"),
        ("mine.txt", "csv", "has to end in .csv"),
        ("", None, "found 'nothing'"),
    ],
)
def test_a_contradiction_is_wrong_use(folder, path, kind, rule):
    (problem,) = said(Path(path), kind)
    assert rule in problem
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("taken", ["cohort.csv", "cohort_dictionary.csv"])
def test_nothing_is_ever_overwritten(folder, taken):
    Path(taken).write_bytes(b"mine")
    Path("cohort.xlsx").mkdir()
    Path("example_cohort.csv").symlink_to("nowhere")
    (problem,) = said(kind="csv")
    assert problem.startswith(f"{taken}: ")
    assert problem.endswith("nothing is overwritten. Choose another name: --out FILE")
    assert said()[0].startswith("cohort.xlsx: ")
    with pytest.raises(UsageProblems, match="example_cohort"):
        copy_example()
    assert Path(taken).read_bytes() == b"mine"
    assert {p.name for p in folder.iterdir()} == {taken, "cohort.xlsx", "example_cohort.csv"}


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("taken", ["cohort.csv", "cohort_dictionary.csv"])
def test_whoever_was_quicker_keeps_his_file(folder, monkeypatch, taken, links):
    """Somebody takes a name after it was looked for, on disks with and without links."""
    link = os.link

    def late(ready, path):
        if path.name == taken:
            path.write_bytes(b"theirs")
        if not links:
            raise OSError(errno.EPERM, "Operation not permitted")
        link(ready, path)

    monkeypatch.setattr(files.os, "link", late)
    (problem,) = said(kind="csv")
    assert problem.startswith(f"{taken}: found 'a file of this name'")
    assert {p.name: p.read_bytes() for p in folder.iterdir()} == {taken: b"theirs"}


def test_a_disk_without_links_takes_them_too(folder, monkeypatch):
    def no(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(files.os, "link", no)
    write_template(kind="csv")
    assert {p.name for p in folder.iterdir()} == {"cohort.csv", "cohort_dictionary.csv"}
    assert Path("cohort.csv").read_bytes().startswith(b"\xef\xbb\xbfrunner_id,")


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
@pytest.mark.parametrize("nth", [1, 2])
def test_a_full_disk_leaves_nothing(folder, monkeypatch, step, nth):
    calls = []

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    def fills(works):
        def once(*given):
            calls.append(given)
            return full() if len(calls) == nth else works(*given)

        return once

    if step == "replace":
        monkeypatch.setattr(files.os, "link", full)
        monkeypatch.setattr(files.os, "replace", fills(os.replace))
    else:
        monkeypatch.setattr(Path, "write_bytes", fills(Path.write_bytes))
    (problem,) = said(kind="csv")
    assert "found 'No space left on device'" in problem
    assert "with room" in problem
    assert list(folder.iterdir()) == []


def test_a_folder_that_is_not_there_or_takes_nothing_is_said(folder, monkeypatch):
    assert "the folder has to be there" in said(Path("no/cohort.xlsx"))[0]
    Path("file").touch()
    assert "the folder has to be there" in said(Path("file/cohort.csv"))[0]

    def refuse(*_, **__):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(files, "Stage", refuse)
    assert "cohort.xlsx: found 'Permission denied'" in said()[0]
    assert [p.name for p in folder.iterdir()] == ["file"]


def test_ctrl_c_leaves_nothing(folder, monkeypatch):
    def stop(ready, path):
        if "dictionary" in path.name:
            raise KeyboardInterrupt
        ready.rename(path)

    monkeypatch.setattr(files.os, "link", stop)
    with pytest.raises(KeyboardInterrupt):
        write_template(kind="csv")
    assert list(folder.iterdir()) == []


def test_the_same_bytes_twice():
    write_template(Path("a.xlsx"))
    time.sleep(1.1)  # a workbook has its time to the second
    write_template(Path("b.xlsx"))
    assert Path("a.xlsx").read_bytes() == Path("b.xlsx").read_bytes()
    assert {one.date_time for one in zipfile.ZipFile("a.xlsx").infolist()} == {
        (2000, 1, 1, 0, 0, 0)
    }
    properties = load_workbook("a.xlsx").properties
    assert properties.created == properties.modified
    assert properties.creator == "hipstudy"


def test_others_may_read_what_was_written():
    """As any file of theirs: not closed to all but the writer, as temporary files are."""
    Path("plain").touch()
    write_template()
    assert Path("cohort.xlsx").stat().st_mode == Path("plain").stat().st_mode


def test_the_example_is_copied_as_it_is():
    assert copy_example() == Path("example_cohort.csv")
    shipped = place("data", "example_cohort.csv").read_bytes()
    assert Path("example_cohort.csv").read_bytes() == shipped
    with pytest.raises(UsageProblems, match=r"has to end in \.csv"):
        copy_example(Path("mine.xlsx"))
