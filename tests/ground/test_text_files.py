"""Text files of every kind a user gives, in the encodings that Windows and its editors write."""

import codecs
import json
import tracemalloc

import pytest

from hipstudy.analysis import plan
from hipstudy.cohort_file import mapping, rbds, sheet
from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.evidence import trials
from hipstudy.prescription import protocol
from hipstudy.report import catalogue
from hipstudy.resources import place
from hipstudy.text_files import (
    DEEPEST,
    LONGEST_NUMBER,
    MAX_BYTES,
    NotToml,
    WrongEncoding,
    decoded,
    encoding_of,
    loads,
)

SAVED = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with BOM": lambda text: text.encode("utf-8-sig"),
    "UTF-16 LE with BOM": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "UTF-16 BE with BOM": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "UTF-16 LE": lambda text: text.encode("utf-16-le"),
    "UTF-16 BE": lambda text: text.encode("utf-16-be"),
    "UTF-32 with BOM": lambda text: codecs.BOM_UTF32_LE + text.encode("utf-32-le"),
}
PROTOCOL = 'name = "mine"\r\nlabel = "Mine, dehnen für später"\r\nweeks = 6\r\n'
MAPPING = '[columns]\r\n"Schlüssel" = "runner_id"\r\n'
TABLE = "runner_id,side,age_y\nZoë-1,left,31\n"
NOTEBOOK = json.dumps({"nbformat": 4, "cells": [{"cell_type": "markdown", "source": "# Hüfte"}]})


@pytest.fixture(params=SAVED, ids=list(SAVED))
def save(request, tmp_path):
    def write(text, name):
        path = tmp_path / name
        path.write_bytes(SAVED[request.param](text))
        return path

    return write


def test_a_prescription(save):
    assert protocol.read(save(PROTOCOL, "mine.toml")).label == "Mine, dehnen für später"


def test_a_plan(save):
    text = place("data", "analysis_plan.toml").read_text(encoding="utf-8")
    assert plan.read_plan(save(text, "plan.toml")).primary == plan.shipped_plan().primary


def test_trials(save):
    text = place("data", "trials.toml").read_text(encoding="utf-8")
    assert len(trials.read(save(text, "trials.toml"))) == len(trials.shipped())


def test_a_mapping(save):
    assert mapping.read_mapping(save(MAPPING, "a.mapping.toml")).columns == {
        "Schlüssel": "runner_id"
    }


def test_a_table(save):
    read = sheet.read_sheet(save(TABLE, "cohort.csv"))
    assert read.header == ("runner_id", "side", "age_y")
    assert read.cells[0].tolist() == ["Zoë-1"]


def test_the_table_of_rbds(save):
    rows = [f"{k}\t30\t70\tF\t5\t6" for k in range(1, 7)]
    text = "\n".join(["\t".join(rbds.COLUMNS), *rows])
    path = save(text, "RBDSinfo.txt")
    assert rbds.is_rbds(path)
    assert rbds.read(path).n_runners == 6


def test_a_notebook(save):
    assert catalogue.find(str(save(NOTEBOOK, "mine.ipynb"))).title == "Hüfte"


READERS = {
    "mine.toml": protocol.read,
    "plan.toml": plan.read_plan,
    "trials.toml": trials.read,
    "a.mapping.toml": mapping.read_mapping,
    "mine.ipynb": lambda path: catalogue.find(str(path)),
    "cohort.csv": sheet.read_sheet,
}


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("content", [b'note = "f\xfcr \x81"\n', codecs.BOM_UTF16_LE + b"\x00\xd8a"])
def test_what_cannot_be_read_names_the_encoding_and_how_to_save(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises((UsageProblems, DataProblems)) as error:
        READERS[name](path)
    (one,) = error.value.problems
    assert "utf-" in one.rule
    assert "tried" in one.rule
    assert "UTF-8" in one.mend


def test_an_older_encoding_is_tried_only_where_it_is_asked_for():
    assert decoded("für".encode("cp1252"), "cp1252") == "für"
    with pytest.raises(WrongEncoding, match=r"utf-8$"):
        decoded("für".encode("cp1252"))


def test_bytes_that_are_no_text_are_not_taken_for_utf_16():
    assert encoding_of(b"") == encoding_of(b"\0") == "utf-8"
    assert encoding_of(b"\0" * 100) == "utf-8"
    assert encoding_of(b"PK\x03\x04\0\0\x08\0" * 10) == "utf-8"


DEEP = "lists or tables stand within each other more than 20 deep"
LONG = "a number has more than 100 digits"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a" + ".a" * 20_000 + " = 1", DEEP),
        ("a" + ".a" * 100_000 + " = 1", DEEP),
        ("'a'" + ' . "a"' * 100_000 + " = 1", DEEP),
        ("x = {a" + ".a" * DEEPEST + ".a = 1}", DEEP),
        ("[a" + ".a" * 20_000 + "]", DEEP),
        ("[[a" + ".a" * 20_000 + "]]", DEEP),
        ("x = " + "[" * 100_000, DEEP),
        ("x = " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), DEEP),
        ("x = " + "{a = " * 20_000 + "1" + "}" * 20_000, DEEP),
        ("x = " + "9" * 100_000, LONG),
        ("x = 0x" + "f" * 100_000, LONG),
        ("x = -1." + "9" * 100_000, LONG),
        ("x = [1, " + "1_0" * 20_000 + "]", LONG),
        ("x = 1 # " + "é" * MAX_BYTES, "1 MB at most"),
        ("x = 2024-02-31", "Invalid date or datetime"),
    ],
)
def test_toml_is_refused_before_it_takes_memory(text, words):
    tracemalloc.start()
    with pytest.raises(NotToml, match=words):
        loads(text)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 30 * MAX_BYTES


def test_long_texts_and_comments_are_no_numbers_and_not_deep():
    long = "." * 99 + "[" * 99 + "9" * 999
    text = f'a = "\\"{long}"  # it\'s {long}\nb = \'{long}\'\nc = """\n{long}\'"\n"""\n'
    text += f"d = '''\n{long}\"\n'''\ne = {'9' * LONGEST_NUMBER}\nf{'.g' * 19} = 1\n"
    text += "h = " + "[" * DEEPEST + "]" * DEEPEST
    tables = loads(text)
    assert tables["a"] == '"' + long
    assert tables["e"] == int("9" * LONGEST_NUMBER)


@pytest.mark.parametrize("name", ["mine.toml", "plan.toml", "trials.toml", "a.mapping.toml"])
def test_a_toml_file_has_a_largest_size(tmp_path, name):
    path = tmp_path / name
    path.write_text("# " + "x" * MAX_BYTES, encoding="utf-8")
    with pytest.raises(UsageProblems, match="has 1 MB at most"):
        READERS[name](path)
