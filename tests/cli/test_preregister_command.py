"""``hipstudy preregister`` as it is typed, and the report that is held against what it wrote."""

import csv
import io
import json
import re
from pathlib import Path

import pypdf
import pytest
from files_read_back import docx_text, html_text, pdf_text
from pdf_layout import page_texts

from hipstudy.analysis.plan import read_plan
from hipstudy.analysis.registration import read_registration
from hipstudy.cli.app import main
from hipstudy.resources import place

PLAN = """# ours, <b> & *all*
primary = "tightness_nrs"
week = 12
treatment = "strength_plus_stretch"
control = "stretch_only"
margin = 0.5
secondary = ["thomas_ext_deg"]
covariates = ["age_y"]
strata = ["centre"]
[trial]
allocation = "by a computer"
"""
DAY = ("--date", "2026-01-31")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A plan that was registered, once for all."""
    home = tmp_path_factory.mktemp("registered")
    (home / "plan.toml").write_text(PLAN, encoding="utf-8")
    words = [str(home / "plan.toml"), *DAY, "--runners", "48", "--clinic", "Hill Clinic"]
    assert main(["preregister", *words, "--out", str(home / "out")]) == 0
    return home


@pytest.fixture
def say(capsys):
    def run(*words):
        return main([str(word) for word in words]), *capsys.readouterr()

    return run


def test_the_document_has_plan_fingerprint_day_and_seed_in_every_file(made):
    out = made / "out"
    plan = read_plan(made / "plan.toml")
    files = {
        "PDF": pdf_text((out / "preregistration.pdf").read_bytes()),
        "Word": docx_text((out / "preregistration.docx").read_bytes()),
        "page": html_text((out / "preregistration.html").read_text(encoding="utf-8")),
    }
    said = [
        plan.fingerprint, plan.file_sha256, "2026-01-31", "48 runners planned", "Hill Clinic",
        "SIMULATED", "# ours, <b> & *all*", "covariates", "by a computer", "seed 0", "Holm",
    ]  # fmt: skip
    missing = [(file, one) for file, text in files.items() for one in said
               if re.sub(r"\s+", "", one) not in re.sub(r"\s+", "", text)]  # fmt: skip
    assert not missing


def test_every_shell_is_marked_as_simulated(made):
    """Each table and figure of made-up runners, in its caption and in what is read aloud of it."""
    book = json.loads((made / "out" / "preregistration.ipynb").read_text(encoding="utf-8"))
    shells = [cell for cell in book["cells"] if "_shell(study)" in "".join(cell["source"])]
    assert len(shells) >= 12
    for cell in shells:
        data = cell["outputs"][0]["data"]
        page = "".join(data.get("text/html") or data["text/markdown"])
        assert "SIMULATED, nobody was measured." in page, cell["source"]
        if "<img" in page:
            assert re.search(r'alt="SIMULATED, nobody was measured\.', page), cell["source"]
    reader = pypdf.PdfReader(made / "out" / "preregistration.pdf")
    heads = ["simulated" in text for text in page_texts(reader)]
    assert all(heads)


def test_the_registration_beside_it_is_of_this_plan_and_of_nobodys_folder(made):
    one = read_registration(made / "out" / "registration.toml")
    assert one.plan.fingerprint == read_plan(made / "plan.toml").fingerprint
    assert (one.plan_text, one.n_runners, one.date) == (PLAN, 48, "2026-01-31")
    assert str(made) not in (made / "out" / "registration.toml").read_text(encoding="utf-8")


def test_a_report_as_registered_says_so_and_one_that_deviates_lists_it(made, tmp_path, say):
    """Once each on the file of the example, which lacks the stratum and has 48 runners."""
    cohort = place("data", "example_cohort.csv")
    plan = tmp_path / "plan.toml"
    text = PLAN.replace('strata = ["centre"]\n', "").replace("margin = 0.5", "margin = 1.0")
    plan.write_text(text, encoding="utf-8")
    words = ["report", "cohort", "--cohort", cohort, "-p", "registered_plan"]
    words += [
        made / "out" / "registration.toml",
        "-p",
        "analysis_plan",
        plan,
        "--out",
        tmp_path / "o",
    ]
    code, _, err = say(*words, *DAY, "--language", "de")
    assert code == 0, err
    table = (tmp_path / "o/tables/deviations.csv").read_text(encoding="utf-8")
    assert list(csv.reader(io.StringIO(table))) == [
        ["part", "item", "kind", "registered", "now"],
        ["plan", "margin", "changed", "0.5", "1"],
        ["plan", "strata", "dropped", "centre", ""],
        ["file", "column", "missing", "centre", ""],
    ]
    pdf = pypdf.PdfReader(tmp_path / "o/cohort.pdf")
    front = " ".join(pdf.pages[0].extract_text().split())
    assert "3 Abweichungen vom Plan, der am 31. Januar 2026 registriert wurde" in front
    assert len(pdf.pages) == 2
    details = pdf_text((tmp_path / "o/cohort_details.pdf").read_bytes())
    assert "Deviationsfromtheplanregisteredon2026-01-31" in "".join(details.split())


def test_a_file_that_lacks_what_was_registered_is_refused_with_the_plan_as_it_is(made, say):
    words = ["report", "cohort", "--cohort", place("data", "example_cohort.csv")]
    code, _, err = say(*words, "-p", "registered_plan", made / "out" / "registration.toml")
    assert (code, "centre" in err) == (1, True), err


def test_an_altered_registration_is_told_before_anything_runs(made, tmp_path, say):
    text = (made / "out" / "registration.toml").read_text(encoding="utf-8")
    (tmp_path / "registration.toml").write_text(text.replace("= 48", "= 40"), encoding="utf-8")
    words = ["report", "cohort", "--cohort", place("data", "example_cohort.csv")]
    code, out, err = say(*words, "-p", "registered_plan", tmp_path / "registration.toml")
    assert (code, out) == (3, "")
    assert "registration.toml: this registration was altered after it was made" in err
    assert str(tmp_path) not in err


def test_a_plan_is_no_registration(made, say):
    words = ["report", "cohort", "--cohort", place("data", "example_cohort.csv")]
    code, _, err = say(*words, "-p", "registered_plan", made / "plan.toml")
    assert (code, "hipstudy preregister wrote is needed" in err) == (2, True), err


def test_a_wrong_plan_lists_all_and_writes_nothing(tmp_path, say, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("plan.toml").write_text(
        PLAN.replace("week = 12", "week = 0").replace("tightness_nrs", "tightnes"), encoding="utf-8"
    )
    code, out, err = say("preregister", "plan.toml", "--runners", "many", "--date", "soon")
    assert (code, out) == (2, ""), err
    for told in ("week", "Did you mean tightness_nrs?", "many", "soon"):
        assert told in err
    assert not Path("reports").exists()


@pytest.mark.parametrize("words", [("nowhere.toml",), ()])
def test_without_a_plan_it_is_wrong_use(tmp_path, say, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    assert say("preregister", *words)[0] == 2
