"""The notebook that walks through the package in Python: it runs, and works as a report."""

import json
import subprocess
import sys

import pandas as pd
import pypdf
import pytest

from hipstudy.report.catalogue import package_reports
from hipstudy.resources import place

NOTEBOOK = place("notebooks", "05_in_python.ipynb")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("in_python")
    small = ["-p", "n_runners", "10", "-p", "cause", "guarded", "-p", "seed", "3"]
    done = subprocess.run(
        [sys.executable, "-m", "hipstudy", "report", str(NOTEBOOK), *small],
        cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "reports" / "05_in_python"


def test_it_is_a_report_of_what_its_cells_end_on(made):
    reader = pypdf.PdfReader(made / "05_in_python.pdf")
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for said in (
        "no person was measured",
        "hip-flexor 3x10, 3/wk x 12 wk; stretch 4x30 s daily",
        "worlds guarded",
        "Estimated from the clinic's readings",
        "The same two prescriptions in every cause",
    ):
        assert said.replace("'", "’") in text or said in text, said
    assert "import " not in text
    effects = pd.read_csv(made / "tables" / "effects.csv")
    assert set(effects["n_runners"]) == {20}


def test_it_is_short_and_is_not_among_the_reports_of_the_shelf():
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert len(code) < 20
    assert max(len(cell["source"]) for cell in code) <= 12
    assert "05_in_python" not in {source.path.stem for source in package_reports().values()}
