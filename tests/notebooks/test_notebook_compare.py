"""The compare report, end to end: a real kernel, the command line, the PDF's words."""

import csv
import json
import re
import subprocess
import sys

import nbformat
import pytest
from nbclient import NotebookClient
from pdf_reading import of_both
from traitlets.config import Config

from hipstudy import result_store
from hipstudy.report.parameters_cell import read
from hipstudy.resources import place
from hipstudy.studies.settings import CompareSettings

NOTEBOOK = place("notebooks", "01_compare_protocols.ipynb")
SMALL = ["-p", "n_runners", "6", "-p", "weeks", "4"]


def report(folder, *arguments, name="compare"):
    folder.mkdir(exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "hipstudy", "report", str(name), *map(str, arguments)],
        cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def of_rbds(rbds_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rbds")
    done = report(folder, "--cohort", rbds_file)
    assert done.stdout.splitlines()[-1].endswith("compare.pdf")
    return folder / "reports" / "compare"


def test_rbds_report_says_who_they_are(of_rbds):
    text = of_both(of_rbds / "compare.pdf")
    for said in (
        "28 runners",
        "56 limbs",
        "11.2",
        "SD 8.0",
        "were not measured: those are made up",
    ):
        assert said in text


def test_an_explorer_beside_it_is_off_unless_asked_for(of_rbds):
    assert not (of_rbds / "explorer.html").exists()


def test_no_path_of_the_machine_is_passed_on(of_rbds, rbds_file):
    for file in of_rbds.rglob("*.*"):
        content = file.read_bytes()
        assert str(rbds_file.parent).encode() not in content, file.name
        assert str(of_rbds.parent).encode() not in content, file.name
    assert 'cohort = \\"RBDSinfo.txt\\"' in (of_rbds / "compare.ipynb").read_text() or (
        "cohort = 'RBDSinfo.txt'" in (of_rbds / "compare.ipynb").read_text()
    )


def test_the_order_of_what_is_said(of_rbds):
    text = of_both(of_rbds / "compare.pdf")
    assert "The sign of the unmatched comparison is assumed" in text
    assert text.index("Break-even share:") < text.index("Prior-dependent")
    assert text.index("if all runners were tight from one cause") < text.index("Prior-dependent")
    assert "Harms are not modelled; absence here is not safety." in text
    own, published = text.split("The evidence rows behind the numbers.")
    assert not re.search(r"\bp\s?[=<]\s?0", own), "no p-value for modelled runners"
    assert "10.1007" in published
    assert "import " not in text
    assert "study =" not in text


def test_nothing_drawn_is_printed_for_a_single_runner(of_rbds):
    """No table, anywhere, has a row a runner or a limb; the notebook's outputs included."""
    book = nbformat.read(of_rbds / "compare.ipynb", as_version=4)
    bodies = [
        str(output.get("data", {}).get("text/html", ""))
        for cell in book.cells
        for output in cell.get("outputs", [])
    ]
    assert all(body.count("<tr>") - 1 not in (28, 56) for body in bodies)
    for name in ("trajectories", "effects"):
        text = (of_rbds / "tables" / f"{name}.csv").read_text(encoding="utf-8")
        columns = text.splitlines()[0].split(",")
        assert not {"runner", "runner_id", "side", "Subject"} & set(columns)


def test_tables_are_the_contracts(of_rbds):
    for name, rows in {"trajectories": 5 * 6 * 9 * 13, "effects": 5 * 9 * 3}.items():
        with (of_rbds / "tables" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            found = list(csv.DictReader(file))
        assert len(found) == rows
        assert {row["n_runners"] for row in found} == {"28"}
        assert {row["n_limbs"] for row in found} == {"56"}
    assert {row["p"] for row in found} == {""}
    assert max(len(row["estimate"]) for row in found) > 15, "full precision"


def test_same_bytes_in_two_folders(tmp_path, monkeypatch):
    theirs = tmp_path / "two" / "matplotlibrc"
    theirs.parent.mkdir()
    theirs.write_text(
        "lines.linewidth: 9\nsavefig.facecolor: red\nfont.size: 30\naxes.grid: True\n"
    )
    for name in ("one", "two"):
        report(tmp_path / name, "--cohort", "rbds", "-p", "weeks", 3, "--date", "2026-03-01")
        monkeypatch.setenv(result_store.SWITCH, result_store.OFF)  # as if nothing had been kept
    endings = (".pdf", "_details.pdf", ".docx", ".xlsx", ".html", ".ipynb")
    names = [f"compare{ending}" for ending in endings]
    for file in (*names, "tables/effects.csv", "tables/trajectories.csv"):
        one, two = (tmp_path / n / "reports" / "compare" / file for n in ("one", "two"))
        assert one.read_bytes() == two.read_bytes(), file
    assert "cohort = 'rbds'" in one.parents[1].joinpath("compare.ipynb").read_text()
    text = of_both(one.parents[1] / "compare.pdf")
    assert "RBDS (Fukuchi, Fukuchi and Duarte 2017, doi:10.7717/peerj.3298, CC BY 4.0)" in text


def pictures(book):
    return [
        output["data"]["text/html"]
        for cell in book.cells
        for output in cell.get("outputs", [])
        if "<img" in str(output.get("data", {}).get("text/html", ""))
    ]


def test_what_is_edited_in_the_notebook_is_what_the_report_says(tmp_path):
    """By hand, as a copy through the command, and with -p: the same figures."""
    book = nbformat.read(NOTEBOOK, as_version=4)
    cell = next(c for c in book.cells if "parameters" in c.metadata.get("tags", []))
    cell.source = cell.source.replace("n_runners: int = 100", "n_runners: int = 6")
    cell.source = cell.source.replace("weeks: int = None", "weeks: int = 4")
    book.cells.append(nbformat.v4.new_markdown_cell("Our clinic added this sentence."))
    nbformat.write(book, tmp_path / "mine.ipynb")
    report(tmp_path, name=tmp_path / "mine.ipynb")
    report(tmp_path, *SMALL)
    sockets = Config({"KernelManager": {"transport": "ipc"}})  # no port, which another may take
    by_hand = NotebookClient(book, config=sockets, startup_timeout=600, iopub_timeout=600).execute()
    made = {
        name: nbformat.read(tmp_path / "reports" / name / f"{name}.ipynb", as_version=4)
        for name in ("mine", "compare")
    }
    assert pictures(by_hand) == pictures(made["mine"]) == pictures(made["compare"])
    assert len(pictures(by_hand)) == 10
    assert "Our clinic added this sentence." in of_both(tmp_path / "reports" / "mine" / "mine.pdf")


def test_other_arms_and_doses_make_a_report(tmp_path):
    arguments = ["-p", "protocols", "article_low, article_high", "-p", "report_date", "2026-01-31"]
    report(tmp_path, *SMALL, *arguments, "-p", "load", "5", "-p", "cause_prior", "1, 0, 0, 0")
    text = of_both(tmp_path / "reports" / "compare" / "compare.pdf")
    assert "article high" in text
    assert "2026-01-31" in text
    assert "At unequal minutes a week" in text


def test_a_wrong_parameter_leaves_nothing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "hipstudy", "report", "compare", "-p", "weaks", "3",
         "-p", "protocols", "stretch_onl"],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 2
    assert "Did you mean weeks?" in done.stderr
    assert "Did you mean stretch_only?" in done.stderr, "all problems in one go"
    assert list(tmp_path.iterdir()) == []


def test_the_parameters_cell_agrees_with_the_settings():
    book = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    found = {p.name: p for p in read(book)}
    assert list(found) == list(CompareSettings.model_fields)
    for name, field in CompareSettings.model_fields.items():
        assert found[name].default == (
            field.default if field.default != "" else found[name].default
        )
        limits = {type(m).__name__: m for m in field.metadata}
        if "Ge" in limits:
            assert (found[name].low, found[name].high) == (limits["Ge"].ge, limits["Le"].le), name


def test_the_notebook_is_narrative():
    book = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    for cell in book["cells"]:
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", []):
            assert len(cell["source"]) <= 12
            assert not any(line.lstrip().startswith(("def ", "class ")) for line in cell["source"])
