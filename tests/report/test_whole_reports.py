"""Whole reports, details and all: every page looked at, and one fact one number in every file.

A few stand for all; `make validate` looks at all of them.
"""

import csv
import io
import re

import figure_texts
import openpyxl
import pdf_layout
import pytest
from files_read_back import bare, html_text, pdf_text
from reports_in_memory import LETTER, SETTINGS, WHOLE, made
from two_page_facts import CHECKS

from hipstudy.report.document import FigureBlock, TableBlock
from hipstudy.report.write_xlsx import HEAD_ROW, table_sheets

SIDE_MM = {"a4": (210 - 160) / 2, LETTER: (215.9 - 160) / 2}
PPI = 36
LEAST_FULL = 1 / 3


@pytest.fixture(
    scope="module",
    params=[n if n in WHOLE else pytest.param(n, marks=pytest.mark.validate) for n in SETTINGS],
)
def one(request):
    """The whole report of one setting; all tests of it run before the next is made."""
    return made(request.param, whole=True)


def test_every_text_has_its_place_on_the_page(one):
    side = SIDE_MM[SETTINGS[one.name].paper] * pdf_layout.MM
    assert not pdf_layout.faults(one.file("_details.pdf"), side)
    assert not {figure: said for figure in one.texts
                if (said := figure_texts.faults(one.texts[figure]))}  # fmt: skip


def test_no_page_is_nearly_empty_and_nothing_is_printed_in_a_margin(one):
    """The last may end early, and so may one before a figure or table that is kept in one piece."""
    inches = SIDE_MM[SETTINGS[one.name].paper] / 25.4
    margin = int(inches * PPI) - 1
    for ending in one.inputs:
        pages = [pdf_layout.ink(page) for page in one.pictures(ending, PPI)]
        for number, page in enumerate(pages, 1):
            assert not page[:, :margin].any(), (ending, number)
            assert not page[:, -margin:].any(), (ending, number)
        ends = [float(pdf_layout.body_end(page, PPI)) for page in pages]
        starts = first_words(one.file(ending))
        empty = [
            (number, round(end, 2), starts[number])
            for number, end in enumerate(ends[:-1], 1)
            if end < LEAST_FULL and not kept_together(starts[number], one.document)
        ]
        assert not empty, ending


def first_words(pdf):
    """How the body of each page begins."""
    boxes = [box for box in pdf_layout.text_boxes(pdf) if box.part == "body"]
    pages = max(box.page for box in boxes)
    return [next((box.words for box in boxes if box.page == n), "") for n in range(1, pages + 1)]


def kept_together(words, document):
    """Whether a page begins with a figure: all its text on the page is its caption."""
    labels = [b.label for b in document.all_blocks if isinstance(b, FigureBlock)]
    return any(words.startswith(f"{label}.") for label in labels if label)


def table_cells(document):
    blocks = (block for block in document.all_blocks if isinstance(block, TableBlock))
    return [cell.text for block in blocks for row in block.rows for cell in row]


def test_cells_of_tables_are_the_same_in_the_pdf_and_on_the_page(one):
    printed = pdf_text(one.file(".pdf")) + pdf_text(one.file("_details.pdf"))
    page = html_text(one.file(".html"), details=True)
    texts = {bare(text) for text in table_cells(one.document) if re.search(r"\d", text)}
    assert len(texts) > 40
    assert not [text for text in texts if text not in page]
    assert not [text for text in texts if text not in printed]


def test_every_table_shown_is_the_workbooks(one):
    """A cell that is a number is one in the workbook, equal at every digit that is printed."""
    book = openpyxl.load_workbook(io.BytesIO(one.file(".xlsx")), read_only=True)
    checked = 0
    for sheet in table_sheets(one.document, one.stamp):
        if sheet.is_file:
            continue
        rows = list(book[sheet.name].iter_rows(min_row=HEAD_ROW + 1, values_only=True))
        assert len(rows) == len(sheet.rows), sheet.name
        for row, texts in zip(rows, sheet.rows, strict=True):
            for value, text in zip(row, texts, strict=False):
                checked += 1
                assert same(value, text, sheet.decimal_mark), (sheet.name, value, text)
    assert checked > 50


def same(value, text, mark):
    """Whether a workbook's value is what is printed, with the decimal mark of its language."""
    text = text.replace("\u2212", "-").strip()
    if value is None:
        return text == ""
    if isinstance(value, str):  # a text that a program would take for a formula has a ' before it
        return re.sub(r"^'(?=[-+=@])", "", value).replace("\u2212", "-").strip() == text
    digits = len(text.partition(mark)[2])
    plain_text = text.replace({".": ",", ",": "."}[mark], "").replace(mark, ".")
    return f"{value:.{digits}f}" == plain_text


def test_every_file_of_a_table_is_the_workbooks(one):
    book = openpyxl.load_workbook(io.BytesIO(one.file(".xlsx")), read_only=True)
    files = {file: text for file, text in one.files.items() if file.endswith(".csv")}
    assert files
    for sheet in table_sheets(one.document, one.stamp):
        if not sheet.is_file:
            continue
        rows = list(csv.reader(io.StringIO(files[sheet.origin])))
        held = list(book[sheet.name].iter_rows(min_row=HEAD_ROW, values_only=True))
        assert len(held) == len(rows), sheet.name
        for row, texts in zip(held, rows, strict=True):
            assert [plain(value) for value in row[: len(texts)]] == [plain(t) for t in texts]


def plain(value):
    """A cell as a number where it is one."""
    try:
        return float(value)
    except (TypeError, ValueError):
        return "" if value is None else str(value)


def test_the_two_pages_say_what_the_files_hold(one):
    if one.language != "en":
        pytest.skip("passages are found by English words; test_front_languages compares numbers")
    assert [said for check in CHECKS[one.stamp.report_name] for said in check(one)] == []
