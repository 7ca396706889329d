"""The dose report, end to end: a real kernel, the command line, the PDF's words."""

import csv
import json
import subprocess
import sys

import pypdf
import pytest
from pdf_reading import of_both

from hipstudy.report.parameters_cell import read
from hipstudy.resources import place
from hipstudy.studies.dose_study import DoseSettings

NOTEBOOK = place("notebooks", "04_dose_response.ipynb")
SMALL = {"n_runners": 6, "weeks": 3, "sets": "1, 3", "sessions_per_week": "2, 3",
         "stretch_min_wk": "0, 28", "protocol": "hip-flexor 3x8 @5 kg, 3/wk x 12 wk; "
         "stretch 2x30 s daily; name mine"}  # fmt: skip


def hipstudy(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "hipstudy", "report", "dose", *arguments],
        cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dose")
    given = [word for name, value in SMALL.items() for word in ("-p", name, str(value))]
    done = hipstudy(folder, *given, "--paper", "us-letter")
    assert done.returncode == 0, done.stderr
    return folder / "reports" / "dose"


def test_it_says_what_it_has_to(made):
    short = "".join(page.extract_text() for page in pypdf.PdfReader(made / "dose.pdf").pages)
    assert len(short.split()) <= 700
    reader = pypdf.PdfReader(made / "dose.pdf")
    text = of_both(made / "dose.pdf")
    for said in (
        "Going from two to three weekly sessions of 3 sets raises end-range torque by",
        "Three shapes of dose-response were tried",
        "Harms are not modelled; absence here is not safety.",
        "The article's two ends: 2 sets of 8, 2 times a week against 3 sets of 12, 3 times a week",
        "What is kept after 3 weeks of the prescription",
        "Least that keeps 80 %",
        "The cost of missed sessions",
        "Consensus on Exercise Reporting Template",
        "sets = 1, 3",
    ):
        assert said in text, said
    for never in ("import ", "study =", "recommend", "you should", "p ="):
        assert never not in text
    assert len(reader.pages) == 2
    assert float(reader.pages[0].mediabox.width) == pytest.approx(612)


def test_the_tables_are_there(made):
    names = {file.stem for file in (made / "tables").glob("*.csv")}
    assert names == {"surfaces", "dose_curve", "enough", "enough_stretching", "kept", "keeping",
                     "missed", "ends"}  # fmt: skip
    with (made / "tables" / "surfaces.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["n_runners"] for row in rows} == {"6"}
    assert {row["week"] for row in rows} == {"1", "2", "3"}


def test_a_wrong_dose_leaves_nothing(tmp_path):
    done = hipstudy(tmp_path, "-p", "sets", "3, 2", "-p", "protocol", "stretch_only")
    assert done.returncode == 2
    assert "parameter sets: found '3, 2'" in done.stderr
    assert "a prescription with strength work is needed" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_parameters_cell_agrees_with_the_settings():
    found = {p.name: p for p in read(json.loads(NOTEBOOK.read_text(encoding="utf-8")))}
    assert list(found) == list(DoseSettings.model_fields)
    for name, field in DoseSettings.model_fields.items():
        assert found[name].default == field.default, name
        limits = {type(m).__name__: m for m in field.metadata}
        if "Ge" in limits:
            assert (found[name].low, found[name].high) == (limits["Ge"].ge, limits["Le"].le), name


def test_the_notebook_is_narrative():
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code" and "parameters" not in cell["metadata"].get("tags", []):
            assert len(cell["source"]) <= 12
