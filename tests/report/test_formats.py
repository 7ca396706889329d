"""The files of one report: which there are, and that one fact is one number in all of them."""

import csv
import io
import re
import threading

import docx
import openpyxl
import pandas as pd
import pypdf
import pytest
import tiny
from bs4 import BeautifulSoup
from docx.oxml.ns import qn
from notebooks_in_memory import STAMP, cell, notebook, prose
from pdf_reading import figure

from hipstudy import show
from hipstudy.errors import DataProblems, Problem
from hipstudy.report import formats
from hipstudy.report.formats import files_of
from hipstudy.report.make_report import report
from hipstudy.report.read_notebook import read

FRAME = pd.DataFrame({"Arm": ["a", "b"], "Points": [-0.2539, 1.75]})


def details(*made):
    for one in made:
        one.metadata["tags"] = ["details"]
    return made


@pytest.fixture(scope="module")
def files():
    shown = FRAME.assign(Points=[f"{v:.2f}" for v in FRAME["Points"]])
    document = read(
        notebook(
            cell(show.Answer("It is -0.25 points less.", (("-0.25", "-1 to 1", "points"),), "B.")),
            cell(figure(), show.Table(shown, "On page one.", "t")),
            *details(
                prose("## Method\n\nIt is so."),
                cell(show.Table(shown, "In the details.", "u"), show.Download(FRAME, "effects")),
            ),
        )
    )
    return files_of(document, STAMP, "a4")


def words(pdf):
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_files_have_their_names_and_the_short_pdf_comes_last(files):
    assert list(files) == [
        "tables/effects.csv", "compare_details.pdf", "compare.xlsx", "compare.docx",
        "compare.html", "compare.pdf",
    ]  # fmt: skip


def test_each_document_has_what_belongs_to_it(files):
    short, more = words(files["compare.pdf"]), words(files["compare_details.pdf"])
    assert "On page one." in short
    assert "Methods, tables and sources: compare_details.pdf" in short
    assert "In the details." not in short
    assert "In the details." in more
    assert "Details of compare.pdf" in more
    assert "On page one." not in more
    word = docx.Document(io.BytesIO(files["compare.docx"]))
    said = " ".join(one.text or "" for one in word.element.body.iter(qn("w:t")))
    assert "On page one." in said
    assert "In the details." not in said


def test_the_page_has_both_and_the_details_folded(files):
    page = BeautifulSoup(files["compare.html"], "html.parser")
    (fold,) = page.select("main > details")
    assert fold.summary.h2.get_text() == "1 Method"
    assert "open" not in fold.attrs
    assert "In the details." in fold.get_text()
    assert "On page one." not in fold.get_text()
    assert "::details-content" in page.style.string, "so that it can be printed"
    assert page.script is None


def numbers(text):
    return set(re.findall(r"-?\d+\.\d\d\b", text.replace("\u2212", "-")))


def test_a_number_is_the_same_wherever_it_stands(files):
    shown = {"-0.25", "1.75"}
    assert numbers(words(files["compare.pdf"])) == shown
    assert numbers(words(files["compare_details.pdf"])) == shown
    page = BeautifulSoup(files["compare.html"], "html.parser")
    assert numbers(page.main.get_text(" ")) == shown
    word = docx.Document(io.BytesIO(files["compare.docx"]))
    assert numbers(" ".join(one.text or "" for one in word.element.body.iter(qn("w:t")))) == shown
    book = openpyxl.load_workbook(io.BytesIO(files["compare.xlsx"]))
    for name in ("Table 1", "Table 2"):
        column = [row[1] for row in book[name].iter_rows(min_row=4)]
        assert [f"{one.value:.2f}" for one in column] == ["-0.25", "1.75"]
    rows = list(csv.reader(io.StringIO(files["tables/effects.csv"])))
    values = [row[1].value for row in book["effects"].iter_rows(min_row=4)]
    assert values == [float(row[1]) for row in rows[1:]] == list(FRAME["Points"])


def test_the_tables_follow_a_locale_and_the_workbook_holds_numbers():
    document = read(notebook(cell(show.Download(FRAME, "effects"))))
    made = files_of(document, STAMP, "a4", "de")
    assert made["tables/effects.csv"] == "\ufeffArm;Points\na;-0,2539\nb;1,75\n"
    book = openpyxl.load_workbook(io.BytesIO(made["compare.xlsx"]))
    values = [row[1].value for row in book["effects"].iter_rows(min_row=4)]
    assert values == list(FRAME["Points"])


def test_the_same_document_gives_the_same_bytes():
    again = read(notebook(cell(figure())))
    assert files_of(again, STAMP, "a4") == files_of(again, STAMP, "a4")


def test_a_notebook_without_details_has_one_pdf(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    pdf = report(str(tiny.write(tmp_path / "mine.ipynb", *tiny.GOOD)))
    made = {one.name for one in pdf.parent.iterdir()}
    assert made == {"mine.pdf", "mine.docx", "mine.xlsx", "mine.html", "mine.ipynb", "run.toml",
                    "ro-crate-metadata.json", "tables"}  # fmt: skip
    assert "details" not in words(pdf.read_bytes())


def test_what_is_left_out_is_said_on_the_terminal(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    code = ("code", "import sys; print('not me'); print('but me', file=sys.stderr)")
    pdf = report(str(tiny.write(tmp_path / "mine.ipynb", tiny.TITLE, code)))
    line = "cell 2: 1 line of warnings or errors"
    assert line in capsys.readouterr().err.splitlines()
    said = words(pdf.read_bytes())
    assert "Left out of this report The notebook has these too." in said
    assert line in said
    assert "not me" in said
    assert "but me" not in said


def test_what_is_wrong_is_told_in_the_order_of_the_files(monkeypatch):
    def refuse(what):
        def refused(*_, **__):
            raise DataProblems([Problem(what, None, "cannot be made")])

        return refused

    monkeypatch.setattr(formats, "to_docx", refuse("word"))
    monkeypatch.setattr(formats, "to_pdf", refuse("pdf"))
    short = notebook(cell(show.Table(FRAME, "On page one.", "t")))
    with pytest.raises(DataProblems, match="word"):
        files_of(read(short), STAMP, "a4")
    whole = notebook(cell(show.Text("One.")), *details(prose("## Method\n\nIt is so.")))
    with pytest.raises(DataProblems, match="pdf"):
        files_of(read(whole), STAMP, "a4")


def test_what_uses_lxml_is_made_in_one_thread(monkeypatch):
    threads = {}
    docx_waits = threading.Event()

    def writer(name):
        def write(*_, **__):
            threads[name] = threading.get_ident()
            if name == "to_xlsx":
                docx_waits.wait(0.2)  # in which a second thread would begin with the Word file
            if name == "to_docx":
                docx_waits.set()
            return name

        return write

    for name in ("to_docx", "to_xlsx", "to_html", "to_pdf"):
        monkeypatch.setattr(formats, name, writer(name))
    files_of(read(notebook(prose("It is so."))), STAMP, "a4")
    assert threads["to_docx"] == threads["to_xlsx"] == threads["to_html"] != threads["to_pdf"]
