"""The HTML page: one file, nothing loaded, the PDF's words in the PDF's order."""

import re
from html.parser import HTMLParser

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from notebooks_in_memory import STAMP, cell, notebook, prose
from pdf_reading import FORMULAS, NASTY, full_notebook, pages, text, with_text

from hipstudy import show
from hipstudy.report.read_notebook import read
from hipstudy.report.write_html import to_html

VOID = {"meta", "img", "br", "hr", "link"}


class Nesting(HTMLParser):
    """Fails where a tag is closed that is not the open one."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, _attrs):
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def source():
    return to_html(read(full_notebook()), STAMP)


@pytest.fixture(scope="module")
def page(source):
    return BeautifulSoup(source, "html.parser")


def test_it_is_well_formed(source):
    nesting = Nesting()
    nesting.feed(source)
    assert nesting.open == []


def test_it_has_language_title_and_landmarks(page):
    assert page.html["lang"].startswith("en")
    assert page.title.get_text() == page.h1.get_text() == "A title"
    assert page.select_one("meta[name=viewport]")
    assert [tag.name for tag in page.body.find_all(recursive=False)] == ["header", "main", "footer"]


def test_it_loads_nothing_and_runs_nothing(source, page):
    assert not page.find_all(["script", "link", "iframe", "object"])
    assert "default-src 'none'" in page.select_one("meta[http-equiv]")["content"]
    for tag in page.find_all(src=True):
        assert tag["src"].startswith("data:")
    assert all(url.startswith("data:") for url in re.findall(r"url\(([^)]*)\)", source))
    assert "@import" not in page.style.get_text()


def test_pictures_and_formulas_have_words(page):
    assert [image["alt"] for image in page.find_all("img")] == ["A line that falls."]
    assert [m["alttext"] for m in page.find_all("math")] == ["\\theta", "a falls with b"]


def test_what_may_be_scrolled_is_reached_by_the_keyboard_and_has_a_name(page):
    names = [tag["aria-label"] for tag in page.find_all(tabindex="0")]
    assert names == ["Formula", "Figure 1", "A table."]


def test_tables_have_caption_and_scopes(page):
    table = page.table
    assert table.caption.get_text() == "Table 1. A table."
    assert [th["scope"] for th in table.thead.find_all("th")] == ["col", "col"]
    assert [th["scope"] for th in table.tbody.find_all("th")] == ["row", "row"]


def test_the_words_are_those_of_the_pdf_in_the_same_order():
    document = read(full_notebook())
    page = BeautifulSoup(to_html(document, STAMP), "html.parser")
    for tag in page.find_all(["math", "style", "title"]):
        tag.decompose()
    here = page.body.get_text(" ").split()
    there = text(pages(document))
    at = 0
    for word in here[: here.index("hipstudy")]:
        at = there.find(word, at)
        assert at >= 0, word
    assert "secret_code" not in here


def test_no_text_is_ever_markup():
    page = BeautifulSoup(to_html(with_text(NASTY), STAMP), "html.parser")
    assert page.find("script") is None
    assert page.find("label") is None
    assert page.h1.get_text() == f"Title {NASTY}"
    for tag in (page.p.find_next("p"), page.caption, page.tbody.th):
        assert tag.get_text() == NASTY


def test_numbers_stand_in_line_on_their_points():
    frame = pd.DataFrame({"Arm": ["a", "b"], "NRS points": ["0.25", "-11"]})
    made = to_html(read(notebook(cell(show.Table(frame, "A.", "t")), prose(FORMULAS))), STAMP)
    cells = BeautifulSoup(made, "html.parser").select("td.number")
    assert [td.get_text() for td in cells] == ["0.25", "\u221211\u2008\u2007\u2007"]
