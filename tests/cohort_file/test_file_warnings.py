"""Every warning of the check is said again by everything that reads the file for a report."""

import io
import json
import re
from dataclasses import replace

import pandas as pd
import pytest
import tiny
from openpyxl import Workbook

from hipstudy.cli import explore_command
from hipstudy.cohort_file import clinic, file_warnings
from hipstudy.cohort_file.check import check_file
from hipstudy.errors import DataProblems
from hipstudy.explore.one_file import export
from hipstudy.explore.one_file.dose_grid import Steps
from hipstudy.explore.opening import opening
from hipstudy.explore.page_data import warning_lines
from hipstudy.finding_kinds import finding_kinds
from hipstudy.finding_list import lines
from hipstudy.pages import cohort_report, compare_report
from hipstudy.progress_bar import Progress
from hipstudy.report.make_report import plan, report
from hipstudy.resources import place
from hipstudy.studies import cohort_study, compare_study, dose_study, settings

ARMS = "stretch 4x30 s daily x 2 wk; name base | hip-flexor 3x8, 2/wk x 2 wk; name mine"
OLD_KG = "139"


@pytest.fixture
def file(tmp_path, monkeypatch):
    """A cohort file with warnings of a column, of single cells, and of more cells than listed."""
    monkeypatch.chdir(tmp_path)
    frame = pd.read_csv(place("data", "example_cohort.csv"), dtype=str)
    frame["<b>Schuh*</b>"] = "40"
    frame["BMI"] = "22"
    frame.loc[:29, "mass_kg"] = OLD_KG
    frame.loc[3, "adherence_pct"] = "0.9"
    path = tmp_path / "clinic.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture
def warned(file):
    found = check_file(file)
    assert found.ok
    assert len(found.warnings) > 20
    return found.warnings


def test_sentences_have_counts_and_no_value_of_a_cell(warned):
    said = file_warnings.sentences(warned)
    assert "It is possible, but seldom outside 40 to 130 kg: mass_kg (30 rows)." in said
    assert "The format has no column of this name; it is not read: <b>Schuh*</b>, BMI." in said
    assert any(line.endswith("adherence_pct (1 row).") for line in said)
    assert len(said) == 3
    assert OLD_KG not in "".join(said)
    assert "3 warnings" in file_warnings.head(warned)
    assert file_warnings.markdown(()) == ""
    assert warning_lines(()) == []


def test_what_a_row_is_compared_with_is_one_kind(warned):
    rule = "a runner's sex is the same at every visit; it is different in"
    same = [
        replace(
            warned[0], rule=f"{rule} row {k}", common=f"{rule} another row", row=9, column="sex"
        )
        for k in (4, 17)
    ]
    (said,) = file_warnings.sentences(same)
    assert said.endswith("it is different in another row: sex (2 rows).")


def _compared(file):
    return compare_report.whom_in_full(
        compare_study.run(cohort=str(file), protocols=ARMS, n_draws=3)
    )


def _analysed(file):
    return cohort_report.file_check(cohort_study.run(cohort=str(file)))


def _dosed(file, monkeypatch):
    monkeypatch.setattr(dose_study.dose_runs, "find", lambda *_, **__: ({}, {}, {}, {}))
    monkeypatch.setattr(dose_study, "number", lambda _: 3)
    return compare_report.whom_in_full(dose_study.run(cohort=str(file), weeks=1).comparison)


def test_each_report_says_them(file, warned, monkeypatch):
    box = file_warnings.markdown(warned)
    for shown in (_compared(file), _analysed(file), _dosed(file, monkeypatch)):
        assert shown.markdown.endswith(box.strip())
        assert "<b>" not in shown.markdown.replace(r"\<b", "")
        assert OLD_KG not in shown.markdown


def test_each_report_that_takes_a_cohort_begins_with_them():
    takes = 0
    for path in place("notebooks").glob("*.ipynb"):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        cells = ["".join(cell["source"]) for cell in notebook["cells"]]
        if "report" not in notebook["metadata"].get("hipstudy", {}) or not any(
            "cohort: str" in cell for cell in cells[:2]
        ):
            continue
        takes += 1
        said = r"^\w*pages\.(whom|whom_in_full|file_check)\(study(\.comparison)?\)$"
        assert any(re.search(said, cell, re.MULTILINE) for cell in cells), path.name
    assert takes == 3


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "The file was read with {} warnings, listed in the details."),
        (
            "de",
            "Beim Lesen der Datei gab es {} Warnungen; sie stehen in den Details, auf Englisch.",
        ),
        ("es", "El archivo se leyó con {} advertencias; están en los detalles, en inglés."),
    ],
)
def test_page_one_of_a_cohort_counts_them_in_its_language(file, warned, language, said):
    study = cohort_study.run(cohort=str(file), language=language)
    text = cohort_report.whom(study).markdown
    assert said.format(len(finding_kinds(warned))) in text
    assert ">" not in text


def test_page_one_of_compare_counts_them_and_the_details_list_them(file, warned):
    study = compare_study.run(cohort=str(file), protocols=ARMS, n_draws=3)
    said = f"The file was read with {len(finding_kinds(warned))} warnings, listed in the details."
    assert said in compare_report.whom(study).markdown


@pytest.mark.parametrize("name", ["compare", "cohort", "dose"])
def test_each_report_has_them_before_it_runs(file, warned, name):
    assert plan(name, [("cohort", str(file))]).warnings == warned


def test_a_report_says_them_on_the_terminal_and_in_its_files(file, warned):
    code = (
        "from hipstudy.pages import compare_report\n"
        "from hipstudy.studies import compare_study\n"
        f"study = compare_study.run(cohort=cohort, protocols={ARMS!r}, n_draws=2)\n"
        "compare_report.whom_in_full(study)"
    )
    own = tiny.write(
        file.parent / "own.ipynb", tiny.TITLE,
        ("parameters", 'cohort: str = ""  # file | | a cohort file'), ("code", code),
        preflight="hipstudy.studies.compare_study:preflight",
    )  # fmt: skip
    said = io.StringIO()
    report(str(own), [("cohort", str(file))], out=file.parent / "out", progress=Progress(said))
    for line in lines(warned):
        assert said.getvalue().count(f"{line}\n") == 1
    page = (file.parent / "out" / "own.html").read_text(encoding="utf-8")
    assert f"{len(finding_kinds(warned))} warnings" in page
    assert "mass_kg (30 rows)" in page
    assert "&lt;b&gt;Schuh*&lt;/b&gt;" in page
    assert "<b>Schuh" not in page
    assert OLD_KG not in page


def test_the_explorer_says_them_on_the_terminal(file, warned, monkeypatch, capsys):
    monkeypatch.setattr(export, "export", lambda *_, **__: file)
    explore_command.one_file(file.parent / "p.html", cohort=str(file), n_runners=None, link=None)
    assert capsys.readouterr().err.splitlines()[: len(finding_kinds(warned))] == lines(warned)


def test_the_explorer_says_them_on_its_page(file, warned):
    said = warning_lines(warned)
    assert any("<b>Schuh" in line for line in said), "it is text, and the page shows it as text"
    given = settings.check(cohort=str(file), protocols=ARMS)
    steps = Steps((0, 1), (1,), ("unloaded",), (0, 8))
    page = export.page(given, steps=steps, n_draws=2, progress=Progress(io.StringIO()))
    assert "<b>Schuh" not in page
    data = re.search(r'<script type="application/json" id="page">(.*?)</script>', page, re.S)[1]
    assert json.loads(data)["warnings"] == said
    live = opening("live", cohort=str(file), n_runners=20, seed=0)
    assert live.page["warnings"] == said


def test_a_cohort_without_warnings_has_none():
    assert settings.check().runners().warnings == ()
    assert clinic.cohort(place("data", "example_cohort.csv"), seed=0).warnings == ()


def test_a_refused_file_says_which_sheets_were_not_read(tmp_path):
    book = Workbook()
    book.active.append(["Bein", "Alter", "Kraft"])
    old = book.create_sheet("old")
    old.append(["runner_id", "side", "tightness_nrs"])
    old.append(["A", "left", 4])
    old.sheet_state = "hidden"
    book.save(tmp_path / "clinic.xlsx")
    with pytest.raises(DataProblems, match=r"'old'; hidden sheets are not read"):
        clinic.read(tmp_path / "clinic.xlsx", seed=0)
