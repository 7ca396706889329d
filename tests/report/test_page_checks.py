"""The checks of pages see what they are for: each is shown a page that is wrong in one way."""

import io

import figure_texts
import numpy as np
import pdf_layout
import pypdf
import pytest
import typst
from matplotlib.figure import Figure as Canvas
from pdf_reading import pages
from plain_sentences import sentences, texts, words
from pypdf.generic import ContentStream

from hipstudy import show
from hipstudy.report.document import Cell, Document, Paragraph, TableBlock, TextRun

SIDE_PT = 25 * pdf_layout.MM


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("It is 0.27 less (0.08 to 0.61 less), p = 0.01.", 1),
        ("The 95 % band holds 0.5. It is wide! Is it so? Yes.", 4),
        ("Some, e.g. NRS, i.e. A, vs. B, no. 5, ca. 12 weeks, stay one.", 1),
        ("See doi 10.1519/JSC.0b013e and https://a.org/B.C for more. Then stop.", 2),
        ("At week 12. 28 runners came. “So it is.” (Nobody left.) The end", 5),
        ("z. B. Laufen, d. h. Sport, bzw. Nr. 5 und 0,5 mehr. Am 3. Mai und in der 12. Woche.", 2),
        ("P. ej. así, aprox. 0,5 más. ¿Qué cuesta? “Nada.”", 3),
        ("Lo superó en 5, y en 6 no. Sus intervalos contuvieron el 60 %.", 2),
        ("no full stop", 1),
        ("", 0),
    ],
)
def test_sentences(text, count):
    assert len(sentences(text)) == count, sentences(text)
    assert "".join(sentences(text)).split() == text.split() or count > 1


def test_words_are_what_has_a_letter_or_a_digit():
    assert words("0.27 points less (95 % band 0.08 to 0.61)") == 8
    assert words("sets × repetitions – a week · 3") == 5


def test_cells_and_heads_are_no_sentences_and_captions_are():
    table = TableBlock(((Cell("Head. Two"),),), ((Cell("One. Two. Three"),),), ("left",), "Said.")
    assert texts(table) == ["Said."]


def set_page(body):
    """A page by a few lines of Typst, with the body's margins."""
    head = '#set document(title: "t")\n#set page(margin: (x: 25mm, y: 24mm))\n'
    compiler = typst.Compiler((head + body).encode(), ignore_system_fonts=True)
    return compiler.compile(format="pdf")


GOOD = 'One line.\n\nAnother "line" of words.\n\n#table(columns: 2, [1.0], [2.0], [3], [4])'


def test_a_page_as_it_should_be_has_no_faults():
    pdf = set_page(GOOD)
    assert pdf_layout.faults(pdf, SIDE_PT) == []
    said = [box.words for box in pdf_layout.text_boxes(pdf)]
    assert said == ["One line.", "Another “line” of words.", "1.0", "2.0", "3", "4"]


def test_points_of_paths_are_not_read_and_words_beside_them_are():
    paths = "#curve(stroke: 1pt, curve.move((0pt, 1pt)), curve.line((9pt, 8pt)), "
    paths += "curve.cubic((1pt, 2pt), (3.5pt, 4pt), (5pt, 6pt)))"
    pdf = set_page(f"12 l 3 m and 4 5 c\n\n{paths}\n\n7 8 l")
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    whole = [page.extract_text() for page in reader.pages]
    assert any(operator in (b"m", b"l", b"c") for operator in operators(reader))
    assert pdf_layout.page_texts(reader) == whole
    assert not [one for one in operators(reader) if one in (b"m", b"l", b"c")]
    said = [box.words for box in pdf_layout.text_boxes(pdf)]
    assert said == ["12 l 3 m and 4 5 c", "7 8 l"]


def operators(reader):
    (page,) = reader.pages
    return [operator for _, operator in ContentStream(page["/Contents"], reader).operations]


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ("#place(dy: 1mm)[Over it] One line.", "lies over"),
        ("One line.#v(-2em)\n\nAnother.", "lies over"),
        ("#place(dx: 155mm)[Too far to the right]", "leaves the margins"),
        ("#place(dx: -10mm)[Left of it]", "leaves the margins"),
        ("#place(dy: 248mm)[Below it]", "leaves the margins"),
        ('#box(width: 20mm, "a" * 120)', "leaves the margins"),
        ("\u4e2d\u6587", "printed as squares"),
    ],
)
def test_what_is_wrong_with_a_page_is_seen(body, fault):
    (*_, last) = pdf_layout.faults(set_page(body), SIDE_PT)
    assert fault in last


def test_words_are_counted_as_a_reader_counts_them():
    pdf = set_page("Five words stand here. Yes")
    assert pdf_layout.word_count(pdf) == 5


def test_how_far_a_page_is_printed():
    page = np.zeros((297, 210), dtype=bool)  # a millimetre each
    assert pdf_layout.body_end(page, 25.4) == 0
    page[5], page[290] = True, True  # head and foot count for nothing
    assert pdf_layout.body_end(page, 25.4) == 0
    page[24 + 83] = True
    assert pdf_layout.body_end(page, 25.4) == pytest.approx(84 / 249)


def drawn(*placed):
    canvas = Canvas(figsize=(3, 1))
    for x, y, words_ in placed:
        canvas.text(x, y, words_, fontsize=10)
    with figure_texts.recorded_texts() as found:
        show.Figure(canvas, "A caption.", "In words.", "name").svg()
    return figure_texts.faults(found)


def test_texts_of_a_figure_that_keep_clear_have_no_faults():
    assert drawn((0.1, 0.1, "one"), (0.5, 0.1, "two"), (0.1, 0.6, "three")) == []
    canvas = Canvas(figsize=(3, 2), layout="constrained")
    canvas.subplots().plot([0, 1], [1, 0])
    with figure_texts.recorded_texts() as found:
        show.Figure(canvas, "A caption.", "In words.", "name").svg()
    assert len(found) > 8, "ticks are texts"
    assert figure_texts.faults(found) == []


def test_texts_of_a_figure_that_do_not_are_seen():
    assert drawn((0.1, 0.1, "one"), (0.12, 0.15, "two")) == ["'one' lies over 'two'"]
    assert drawn((0.9, 0.1, "far too long")) == ["'far too long' leaves the figure"]
    assert drawn((0.1, 0.95, "high")) == ["'high' leaves the figure"]


def test_a_quote_with_a_list_does_not_lie_over_itself():
    from notebooks_in_memory import STAMP, notebook, prose

    from hipstudy.report.read_notebook import read
    from hipstudy.report.write_pdf import to_pdf

    long = "Words that run on. " * 9
    pdf = to_pdf(read(notebook(prose(f"> {long}\n>\n> - one\n> - two\n\nAfter it."))), STAMP)
    assert pdf_layout.faults(pdf, SIDE_PT) == []


def section(n):
    from hipstudy.report.document import Heading, PageBreak

    return PageBreak(), Heading(2, (TextRun(f"Section {n}"),), str(n), f"s{n}")


@pytest.mark.parametrize(("lines", "begins_on"), [(3, 1), (20, 2)])
def test_the_details_begin_a_new_page_only_after_a_third_of_one(lines, begins_on):
    from notebooks_in_memory import STAMP

    filler = tuple(Paragraph((TextRun("Filler."),)) for _ in range(lines))
    _, heading = section(1)
    document = Document("T", (heading, *filler, *section(2), *filler), {})
    texts_ = [page.extract_text() for page in pages(document, STAMP, contents=True).pages]
    said = [n for n, text in enumerate(texts_, 1) for _ in range(text.count("Section 2"))]
    assert said == [1, begins_on], "once in the list of contents"
