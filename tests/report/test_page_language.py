"""A report's short document in another language, its details in English: every file of both."""

import io
import re

import docx
import openpyxl
import pandas as pd
import pypdf
import pytest
import tiny
from bs4 import BeautifulSoup
from docx.oxml.ns import qn
from notebooks_in_memory import cell, notebook, prose
from pdf_reading import figure
from template_branches import unrendered
from translations import LEFT_IN_ENGLISH, macros, missing

from hipstudy import show
from hipstudy.cli import main
from hipstudy.report.document import DOCUMENT, Stamp
from hipstudy.report.formats import files_of
from hipstudy.report.letterhead import Logo
from hipstudy.report.make_report import report
from hipstudy.report.page_language import translated_reports
from hipstudy.report.read_notebook import read
from hipstudy.studies.report_settings import LANGUAGES
from hipstudy.wording import ENGLISH_CODE

OTHERS = [one for one in DOCUMENT.languages() if one != ENGLISH_CODE]
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="3"><path d="M0 0h9v3z"/></svg>'
FRAME = pd.DataFrame({"Arm": ["a", "b"], "Punkte": ["-0,25", "1.250,5"]})
POINTS = pd.DataFrame({"Arm": ["a", "b"], "Points": ["-0.25", "1.75"]})


def as_details(*cells):
    for one in cells:
        one.metadata["tags"] = ["details"]
    return cells


def made_in(language):
    bare = pd.DataFrame({"Arm": ["a"]}).to_html(header=False, index=False)
    book = notebook(
        cell(show.Answer("Nada.", (("1", "0", "x"),), "B.")),
        prose("## Zwei\n\n[Wie](#Method) $x$\n\n$$x$$"),
        cell(figure(), show.Table(FRAME, "Vorne.", "t")),
        *as_details(
            prose("Loose words."), prose("## Method\n\nIt is so.\n\n$$x$$"),
            cell(figure(), show.Table(POINTS, "Behind.", "u"), show.Download(POINTS, "effects")),
        ),
    )  # fmt: skip
    book.cells[1].outputs.append(
        {"output_type": "display_data", "data": {"text/html": bare}, "metadata": {}}
    )
    own = {"head": "hipstudy compare report", "name": "compare", "whose": "", "run_name": ""}
    words = DOCUMENT.in_language(language)
    stamp = Stamp(
        "compare", words("running_head", own), "ab12", "0.1.0", "2026-03-01", "Hill Clinic",
        logo=Logo("svg", SVG, words("logo", "Hill Clinic")), language=language,
        english_head=DOCUMENT("running_head", own), english_title="Two arms compared",
    )  # fmt: skip
    return files_of(read(book, language), stamp, "a4")


@pytest.fixture(scope="module", params=OTHERS)
def made(request):
    return request.param, made_in(request.param)


SAID = {
    "de": {
        "Abbildung 1.", "Tabelle 1.", "Seite 1 von 1", "hipstudy-Bericht compare", "Prüfzahl ab12",
        "1. März 2026", "Spalte 1", "(Abschnitt 1 von compare_details.pdf)",
        "Methoden, Tabellen und Quellen, auf Englisch: compare_details.pdf",
    },
    "es": {
        "Figura 1.", "Tabla 1.", "página 1 de 1", "Informe compare de hipstudy", "código ab12",
        "1 de marzo de 2026", "Columna 1", "(apartado 1 de compare_details.pdf)",
        "Métodos, tablas y fuentes, en inglés: compare_details.pdf",
    },
}  # fmt: skip
LOGO = {"de": "Logo von Hill Clinic", "es": "Logotipo de Hill Clinic"}


def pdf(files, name):
    return pypdf.PdfReader(io.BytesIO(files[name]))


def said_in(reader):
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_short_pdf_is_in_the_language(made):
    language, files = made
    reader = pdf(files, "compare.pdf")
    said = said_in(reader)
    assert {one for one in SAID[language] if one not in said} == set()
    assert not LEFT_IN_ENGLISH.search(re.sub(r"A line that falls|A line", "", said))
    assert (
        reader.trailer["/Root"]["/Lang"].lower() == DOCUMENT.in_language(language)("locale").lower()
    )


def test_the_details_are_english_and_say_so(made):
    language, files = made
    reader = pdf(files, "compare_details.pdf")
    said = said_in(reader)
    assert "Details of compare.pdf, in English with decimal points" in said
    for wanted in ("Figure 2.", "Table 2.", "page 1 of 1", "hipstudy compare report", "2026-03-01"):
        assert wanted in said
    assert not any(one in said for one in SAID[language])
    assert reader.trailer["/Root"]["/Lang"] == "en-GB"
    assert reader.metadata.title == "Two arms compared: details"


def test_the_word_file_is_in_the_language(made):
    language, files = made
    word = docx.Document(io.BytesIO(files["compare.docx"]))
    locale = DOCUMENT.in_language(language)("locale")
    assert word.core_properties.language == locale
    assert {one.get(qn("w:val")) for one in word.styles.element.iter(qn("w:lang"))} == {locale}
    section = word.sections[0]
    parts = (word.element.body, section.header._element, section.footer._element)
    said = " ".join("".join(t.text or "" for t in part.iter(qn("w:t"))) for part in parts)
    assert {one for one in SAID[language] if one not in said} == set()
    alts = [one.get("descr") for one in word.element.body.iter(qn("wp:docPr"))]
    assert LOGO[language] in alts


def test_the_web_page_has_both_each_with_its_language(made):
    language, files = made
    page = BeautifulSoup(files["compare.html"], "html.parser")
    words = DOCUMENT.in_language(language)
    assert page.html["lang"] == words("locale")
    folds = page.select("main > details")
    assert len(folds) == 2
    assert {fold["lang"] for fold in folds} == {"en-GB"}
    assert words("details_below") in page.header.get_text()
    inside = {one["aria-label"] for fold in folds for one in fold.select("[aria-label]")}
    assert {"Formula", "Behind.", "Figure 2"} <= inside
    for fold in folds:
        fold.extract()
    outside = {one["aria-label"] for one in page.select("[aria-label]")}
    assert {words(f"region_{one}") for one in ("table", "answer", "formula")} <= outside
    assert not LEFT_IN_ENGLISH.search(page.main.get_text(" ").replace("A line that falls", ""))


def test_english_has_no_word_of_another_language():
    files = made_in(ENGLISH_CODE)
    page = BeautifulSoup(files["compare.html"], "html.parser")
    assert page.html["lang"] == "en-GB"
    assert "lang" not in page.select_one("main > details").attrs
    assert "translation" not in said_in(pdf(files, "compare_details.pdf"))
    assert "in the language" not in str(
        [
            row[0].value
            for row in openpyxl.load_workbook(io.BytesIO(files["compare.xlsx"]))["Table 1"]
        ]
    )


def test_numbers_with_decimal_commas_stand_in_line_and_are_numbers_in_the_workbook(made):
    language, files = made
    book = openpyxl.load_workbook(io.BytesIO(files["compare.xlsx"]))
    label = DOCUMENT.in_language(language)("table", 1)
    sheet = book[label]
    assert [row[1].value for row in sheet.iter_rows(min_row=4)] == [-0.25, 1250.5]
    assert sheet["B5"].number_format == "#,##0.0"
    assert "in the language of that page" in sheet["A2"].value
    assert "in the language" not in book["Table 2"]["A2"].value
    assert book.properties.language == "en-GB"
    assert book["contents"]["A1"].value == "Two arms compared: every table"
    page = BeautifulSoup(files["compare.html"], "html.parser")
    cells = [td.get_text() for td in page.select_one("table[data-sortable], table").select("td")]
    pads = [td.get_text() for td in page.find_all("td") if "," in td.get_text()]
    assert pads == ["\u22120,25", "1.250,5\u2007"], cells


def test_the_same_bytes_twice(made):
    language, files = made
    assert made_in(language) == files


@pytest.mark.parametrize("language", OTHERS)
def test_no_passage_and_no_fact_is_missing(language):
    english, other = (macros("hipstudy.report", "document", one) for one in ("en", language))
    assert missing(english, other) == []
    assert set(other) == set(english)


HEADS = [
    ("running_head", {"name": "x", "whose": whose, "run_name": run})
    for whose in ("", "file", "drawn", "simulated")
    for run in ("", "R 1")
]
RENDERINGS = [
    *HEADS,
    *(("made", {"version": "0.1", "name": "x", "fingerprint": f}) for f in ("", "ab")),
    *(("logo", clinic) for clinic in ("", "Hill")),
    *(("section", {"number": "1.2", "file": file}) for file in ("", "x.pdf")),
    ("table_part", {"label": "x", "part": 1, "parts": 2}),
    ("page_of", {"page": 1, "pages": 2}),
    *((name, "x") for name in (
        "locale", "where_the_details_are", "details_below", "figure", "table", "own_caption",
        "record",
        "own_alt", "region_table", "region_answer", "region_formula", "item", "value", "column",
    )),
]  # fmt: skip


@pytest.mark.parametrize("language", DOCUMENT.languages())
def test_every_sentence_is_reached(language):
    import datetime

    renderings = [*RENDERINGS, ("date", datetime.date(2026, 12, 1))]
    assert unrendered("hipstudy.report", "document", renderings, language) == []


NOTEBOOK = (
    tiny.TITLE,
    ("parameters", 'language: str = "en"  # | | of the page'),
    ("code", tiny.TABLE.replace("weeks or 0", "1").replace("mcid_nrs", "2")),
)


def test_a_notebook_with_the_parameter_follows_flag_file_and_parameter(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    tiny.write(tmp_path / "good.ipynb", *NOTEBOOK)

    def lang(*given):
        assert main(["report", "good.ipynb", *given]) == 0
        pdf = pypdf.PdfReader("reports/good/good.pdf")
        return pdf.trailer["/Root"]["/Lang"], "Tabelle 1." in pdf.pages[0].extract_text()

    assert lang() == ("en-GB", False)
    assert lang("--language", "de") == ("de-DE", True)
    (tmp_path / "hipstudy.toml").write_text('language = "de"\n')
    assert lang() == ("de-DE", True)
    assert lang("--language", "en")[0] == "en-GB"
    assert lang("-p", "language", "es")[0] == "es-ES"


def test_a_language_that_a_report_has_not_is_refused_before_anything_runs(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("hipstudy.report.execute.execute", None)
    for name in ("dose", "evidence"):
        assert main(["report", name, "--language", "de"]) == 2
        said = " ".join(capsys.readouterr().err.split())
        assert f"--language: found 'de'; the report {name} is written in English only." in said
        assert "Other languages have the reports cohort and compare." in said
    assert main(["report", "compare", "--language", "xx"]) == 2
    assert "one of en (English), de (German), es (Spanish)" in capsys.readouterr().err
    assert main(["report", "compare", "--language", "de", "-p", "language", "es"]) == 2
    assert "another language than that of -p language, es" in capsys.readouterr().err
    assert not (tmp_path / "reports").exists()


def test_the_clinics_language_does_not_break_a_report_that_is_english(
    tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "hipstudy.toml").write_text('language = "de"\n')
    tiny.write(tmp_path / "good.ipynb", *tiny.GOOD)
    assert main(["report", "good.ipynb"]) == 0
    said = " ".join(capsys.readouterr().err.split())
    assert "hipstudy.toml, language: the report good is written in English only" in said
    assert main(["report", "good.ipynb", "--language", "en"]) == 0
    assert "English only" not in capsys.readouterr().err
    pdf = report("good.ipynb", out=tmp_path / "own", language="en")
    assert pypdf.PdfReader(pdf).trailer["/Root"]["/Lang"] == "en-GB"


def test_what_can_be_chosen_is_written():
    assert translated_reports() == ["cohort", "compare"]
    assert set(LANGUAGES) <= set(DOCUMENT.languages())
