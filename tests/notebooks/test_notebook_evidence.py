"""The evidence report, end to end: a real kernel, the command line, the PDF's words, the page."""

import json
import subprocess
import sys

import pypdf
import pytest
from browsing import browser  # noqa: F401 - a fixture
from bs4 import BeautifulSoup
from pdf_reading import of_both

from hipstudy.parameters import shipped
from hipstudy.report.parameters_cell import read
from hipstudy.resources import place
from hipstudy.studies.evidence_study import EvidenceSettings

SMALL = ["-p", "samples", "16", "-p", "n_runners", "2"]
NOTEBOOK = place("notebooks", "03_evidence.ipynb")


def report(folder, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "hipstudy", "report", "evidence", *map(str, arguments)],
        cwd=folder, capture_output=True, text=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("evidence")
    done = report(folder, *SMALL, "--paper", "us-letter", "--date", "2026-03-01")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].endswith("evidence.pdf")
    return folder / "reports" / "evidence"


def test_it_says_where_the_model_is_right_and_wrong(made):
    pages = pypdf.PdfReader(made / "evidence.pdf").pages
    assert len(pages) == 2
    assert sum(len(page.extract_text().split()) for page in pages) <= 700
    text = of_both(made / "evidence.pdf")
    for said in (
        "On 11 trials and reviews that test it, the model's log score is",
        "How likely the model held what was published",
        "Thorborg 2016",
        "Each miss by its cause",
        "What people feel: trials elsewhere",
        "−0.38 (−0.85 to 0.09) points",
        "The assumption ledger",
        "Harms are not modelled; absence here is not safety.",
        "This is not advice to a patient.",
    ):
        assert said in text, said
    tested, calibrated = "Trials that test the model", "Trials that the numbers are calibrated by"
    assert text.index(tested) < text.index(calibrated)
    for word in ("weak", "p-value", "recommend"):
        assert word not in text.lower(), word
    assert {file.name for file in (made / "tables").iterdir()} == {
        "calibration.csv", "gallery.csv", "morris.csv", "outside.csv", "skill.csv", "sobol.csv",
        "validation.csv",
    }  # fmt: skip


def test_the_same_bytes_again(made, tmp_path):
    done = report(tmp_path, *SMALL, "--paper", "us-letter", "--date", "2026-03-01")
    assert done.returncode == 0, done.stderr
    endings = (".pdf", "_details.pdf", ".docx", ".xlsx", ".html", ".ipynb")
    for name in (*(f"evidence{ending}" for ending in endings), "tables/sobol.csv"):
        again = (tmp_path / "reports" / "evidence" / name).read_bytes()
        assert again == (made / name).read_bytes(), name


def test_one_trial_of_ones_own_and_a_wrong_one(tmp_path):
    text = place("data", "trials.toml").read_text(encoding="utf-8")
    one = text[text.index("[kay_2023]") : text.index("[moreside_2013]")]
    (tmp_path / "wrong.toml").write_text(
        one.replace("kay_2023", "own_2026").replace("\nhigh", "\nhi")
    )
    done = report(tmp_path, "-p", "trials", "wrong.toml", "-p", "sample", "3")
    assert done.returncode == 2
    assert "wrong.toml, own_2026, hi: found '1.08'; there is no field hi." in done.stderr
    assert "Did you mean samples?" in done.stderr, "all problems in one go"
    assert not (tmp_path / "reports").exists()


def column(page, at):
    return page.eval_on_selector_all(
        f"table[data-sortable] tbody tr > :nth-child({at})",
        "cells => cells.map(c => c.textContent)",
    )


def test_the_ledger_is_sorted_with_the_keyboard_and_offline(made, browser):  # noqa: F811
    page = browser.new_page()
    asked, problems = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.goto((made / "evidence.html").as_uri())
    assert [u for u in asked if not u.startswith(("file:", "data:"))] == []
    page.locator("details", has=page.locator("table[data-sortable]")).locator("summary").click()
    before = column(page, 1)
    head = page.locator("table[data-sortable] thead th").nth(1)
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "ascending"
    values = [t.replace("\u2212", "-").strip() for t in column(page, 2)]
    n_choices = sum(bool(row.weights) for row in shipped().values())
    assert values[-n_choices:] == sorted(["most in flexion", "by hip alone"])
    numbers = [float(value) for value in values[:-n_choices]]
    assert numbers == sorted(numbers)
    assert numbers[0] == -105
    page.keyboard.press("Enter")
    assert head.get_attribute("aria-sort") == "descending"
    shares = page.locator("table[data-sortable] thead th").nth(4)
    shares.locator("button").click()
    assert head.get_attribute("aria-sort") is None, "one column at a time"
    found = column(page, 5)
    first_word = next(i for i, t in enumerate(found) if not t[0].isdigit())
    assert all(not t[0].isdigit() for t in found[first_word:]), "words after numbers"
    assert sorted(column(page, 1)) == sorted(before), "no row is lost"
    assert problems == [], "the page's policy lets its own script run"


def test_without_a_sortable_table_a_page_runs_nothing(made):
    page = BeautifulSoup((made / "evidence.html").read_text(encoding="utf-8"), "html.parser")
    (script,) = page.find_all("script")
    policy = page.select_one("meta[http-equiv]")["content"]
    assert "script-src 'sha256-" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1]
    assert not script.get("src")


def test_the_parameters_cell_agrees_with_the_settings():
    found = {p.name: p for p in read(json.loads(NOTEBOOK.read_text(encoding="utf-8")))}
    assert list(found) == list(EvidenceSettings.model_fields)
    for name, field in EvidenceSettings.model_fields.items():
        assert found[name].default == field.default
        limits = {type(m).__name__: m for m in field.metadata}
        if "Ge" in limits:
            assert (found[name].low, found[name].high) == (limits["Ge"].ge, limits["Le"].le), name


def test_the_notebook_is_narrative():
    for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            assert len(cell["source"]) <= 12
            assert not any(line.lstrip().startswith(("def ", "class ")) for line in cell["source"])
