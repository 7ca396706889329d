"""The first two pages of the four reports over many settings: what a hurried reader can rely on.

Each report is made once, with its details left out: at most two pages, 700 words and 25 words a
sentence, nothing beside or over anything, and the same words in every file.
"""

import re

import figure_texts
import pdf_layout
import pytest
from files_read_back import bare, decimal_points, docx_text, html_text, numbers, pdf_text
from plain_sentences import all_sentences, cells, words
from reports_in_memory import LETTER, SETTINGS, TRANSLATED, made

from hipstudy.studies.report_settings import LANGUAGES

PAGES, WORDS, SENTENCE_WORDS = 2, 700, 25
SIDE_MM = {"a4": (210 - 160) / 2, LETTER: (215.9 - 160) / 2}
each_translation = pytest.mark.parametrize("one", TRANSLATED, indirect=True)


@pytest.fixture(scope="module", params=SETTINGS)
def one(request):
    """The report of one setting; all tests of it run before the next is made."""
    return made(request.param)


def side_pt(name):
    return SIDE_MM[SETTINGS[name].paper] * pdf_layout.MM


def test_there_are_forty_settings_and_every_report_and_language_is_among_them():
    assert len(SETTINGS) >= 40
    assert {one.report for one in SETTINGS.values()} == {"compare", "cohort", "evidence", "dose"}
    assert {one.given.get("language", "en") for one in SETTINGS.values()} == set(LANGUAGES)


def test_two_pages_and_700_words(one):
    pdf = one.file(".pdf")
    found = (len(pdf_layout.page_sizes(pdf)), pdf_layout.word_count(pdf))
    assert found[0] <= PAGES, f"pages and words: {found}"
    assert found[1] <= WORDS, f"pages and words: {found}"


def test_no_sentence_is_long(one):
    lengths = {said: words(said) for said in all_sentences(one.document)}
    assert not {said: n for said, n in lengths.items() if n > SENTENCE_WORDS}


def test_every_text_has_its_place_on_the_page(one):
    assert not pdf_layout.faults(one.file(".pdf"), side_pt(one.name))


def test_texts_of_figures_keep_clear_of_each_other(one):
    texts = one.texts
    assert texts, "no figure on two pages"
    assert not {figure: said for figure in texts if (said := figure_texts.faults(texts[figure]))}


def test_numbers_are_the_same_in_pdf_word_and_page(one):
    files = {
        "PDF": pdf_text(one.file(".pdf")),
        "Word": docx_text(one.file(".docx")),
        "page": html_text(one.file(".html")),
    }
    said = [*all_sentences(one.document), *cells(one.document)]
    said = [text for text in said if re.search(r"\d", text)]
    assert len(said) > 10
    missing = [(file, text) for text in said for file, held in files.items()
               if bare(text) not in held]  # fmt: skip
    assert not missing


@each_translation
def test_another_language_has_the_same_numbers_with_decimal_commas(one):
    """Words that stand between numbers may differ in order, so that numbers are counted."""
    english = made(one.name.rpartition(",")[0])
    said = [*all_sentences(one.document), *cells(one.document)]
    assert not [text for text in said if decimal_points(text)]
    assert not [
        text.words for texts in one.texts.values() for text in texts if decimal_points(text.words)
    ]
    own = numbers(" ".join(said), mark=",")
    theirs = numbers(" ".join([*all_sentences(english.document), *cells(english.document)]))
    own, theirs = ({number for number in held if "." in number} for held in (own, theirs))
    assert own == theirs, (own - theirs, theirs - own)
