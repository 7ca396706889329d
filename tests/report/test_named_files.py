"""A notebook in another folder: what stands beside it is found, and what the command names."""

import json
from pathlib import Path

import pytest
import tiny

from hipstudy.errors import UsageProblems
from hipstudy.report import named_files
from hipstudy.report.make_report import plan, report
from hipstudy.report.parameters_cell import read

LOOSE = """\
import pathlib, sys, mine
print(pathlib.Path("loose.txt").read_text(), mine.VALUE, sys.path.count(""))
import json
print(json.__name__, "os" in globals())"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A notebook's folder, and another one, from which it is called."""
    (tmp_path / "book").mkdir()
    (tmp_path / "call").mkdir()
    monkeypatch.chdir(tmp_path / "call")
    return tmp_path


def test_files_and_modules_beside_the_notebook_are_found_and_shadow_nothing(folder):
    path = tiny.write(folder / "book/mine.ipynb", tiny.TITLE, tiny.SETTINGS, ("code", LOOSE))
    (folder / "book/loose.txt").write_text("found")
    (folder / "book/mine.py").write_text("VALUE = 7")
    (folder / "book/json.py").write_text("raise ImportError('shadowed')")
    report(str(path), out=folder / "out")
    book = json.loads((folder / "out/mine.ipynb").read_text("utf-8"))
    (output,) = book["cells"][-1]["outputs"]
    assert "".join(output["text"]) == "found 7 0\njson False\n"


def test_a_file_named_on_the_command_line_is_the_one_seen_from_there(folder):
    code = ("code", "print(open(cohort).read(), label)")
    path = tiny.write(folder / "book/mine.ipynb", tiny.TITLE, tiny.SETTINGS, code)
    (folder / "call/a.csv").write_text("from here")
    (folder / "book/a.csv").write_text("from there")
    report(str(path), [("cohort", "a.csv"), ("label", "x")], out=folder / "out")
    book = json.loads((folder / "out/mine.ipynb").read_text("utf-8"))
    assert "".join(book["cells"][-1]["outputs"][0]["text"]) == "from here x\n"
    assert str(folder) not in json.dumps(book)


@pytest.mark.parametrize("places", [("book",), ("call",), ("book", "call")])
def test_a_file_named_in_the_notebook_is_looked_for_beside_it_first(folder, places):
    settings = ("parameters", 'cohort: str = "a.csv"  # file | | a file')
    code = ("code", "print(open(cohort).read())")
    path = tiny.write(folder / "book/mine.ipynb", tiny.TITLE, settings, code)
    for place in places:
        (folder / place / "a.csv").write_text(place)
    report(str(path), out=folder / "out")
    book = json.loads((folder / "out/mine.ipynb").read_text("utf-8"))
    assert "".join(book["cells"][-1]["outputs"][0]["text"]) == f"{places[0]}\n"
    assert str(folder) not in json.dumps(book)


def test_prescription_files_among_names_are_found_too(folder):
    parameters = read(tiny.notebook(tiny.TITLE, tiny.SETTINGS))
    (folder / "call/my.toml").write_text("")
    values = {"label": "stretch_only | my.toml, gone.toml", "weeks": 6, "cohort": "rbds"}
    (folder / "call/rbds").write_text("")
    found = named_files.absolute(parameters, values, folder / "book")
    assert found == values | {"label": f"stretch_only | {folder / 'call/my.toml'}, gone.toml"}
    assert named_files.absolute(parameters, values, Path.cwd()) == values
    assert named_files.absolute(parameters, values, None) == values


def test_a_file_that_is_nowhere_is_refused_before_the_run(folder):
    path = tiny.write(folder / "book/mine.ipynb", tiny.TITLE, tiny.SETTINGS)
    with pytest.raises(UsageProblems, match=r"a\.csv"):
        plan(str(path), [("cohort", "a.csv")])


def test_a_file_that_is_not_there_is_told_once_and_not_as_nothing():
    with pytest.raises(UsageProblems) as caught:
        plan("cohort", [("cohort", "nowhere.csv")])
    (told,) = caught.value.problems
    assert (told.where, told.value) == ("cohort", "nowhere.csv")
    with pytest.raises(UsageProblems) as caught:
        plan("cohort", [])
    (told,) = caught.value.problems
    assert (told.where, told.value) == ("cohort", "nothing")
