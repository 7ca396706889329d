"""The executed notebook as blocks: what is read, what is refused, and how it is said."""

import base64
import io

import pandas as pd
import pytest
from fontTools.ttLib import TTFont
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure as Canvas
from nbformat import v4
from notebooks_in_memory import cell, notebook, output, prose, put_out
from PIL import Image

from hipstudy import show
from hipstudy.errors import DataProblems
from hipstudy.report.document import (
    AnswerBlock,
    Cell,
    FigureBlock,
    Formula,
    Heading,
    LinesBlock,
    ListBlock,
    Maths,
    PageBreak,
    Paragraph,
    Quote,
    TableBlock,
    TextRun,
)
from hipstudy.report.read_markdown import plain_text
from hipstudy.report.read_notebook import read
from hipstudy.typeface import FONTS, font_folders, settable

STAND_IN, BOLD = (font_folders()[1] / f"DejaVuSans{face}.ttf" for face in ("", "-Bold"))


def paragraph(words):
    return Paragraph((TextRun(words),))


def blocks(*cells):
    return read(notebook(*cells)).blocks


def problems(*cells, title="# A title"):
    with pytest.raises(DataProblems) as caught:
        read(notebook(*cells, title=title))
    return [str(problem) for problem in caught.value.problems]


def figure(caption="A caption."):
    return show.Figure(Canvas(figsize=(2, 1)), caption, "Nothing is drawn.", "empty")


def test_markdown_becomes_blocks_in_order():
    text = (
        "## Two\n\na **b** `c` $x_1$\n\n- one\n- two\n\n3. three\n\n> said\n\n---\n\n```\nx  y\n```"
    )
    found = blocks(prose(text))
    assert [type(block) for block in found] == [
        Heading,
        Paragraph,
        ListBlock,
        ListBlock,
        Quote,
        PageBreak,
        LinesBlock,
    ]
    assert TextRun("b", frozenset({"strong"})) in found[1].runs
    assert Formula("x_1", "x_1") in found[1].runs
    assert found[3].ordered
    assert found[3].start == 3
    assert found[6].lines == ("x  y",)


def test_outputs_and_prose_keep_the_order_of_the_cells():
    frame = pd.DataFrame({"Arm": ["a"], "n": [28]})
    found = blocks(
        cell(show.Answer("No.", (("1", "0 to 2", "points"),), "Basis.")),
        prose("Between."),
        cell(figure(), show.Table(frame, "A table.", "t"), show.Lines(("x  y", "<b>"))),
        cell(show.Text("After, *said*.")),
    )
    assert [type(block) for block in found] == [
        AnswerBlock,
        Paragraph,
        FigureBlock,
        TableBlock,
        LinesBlock,
        Paragraph,
    ]
    assert found[0] == AnswerBlock("No.", (("1", "0 to 2", "points"),), "Basis.")
    assert (found[2].label, found[2].alt) == ("Figure 1", "Nothing is drawn.")
    assert (found[3].label, found[3].align) == ("Table 1", ("left", "number"))
    assert found[4].lines == ("x  y", "<b>")


def test_code_is_left_out_and_what_it_puts_out_is_not():
    loud = v4.new_code_cell(
        "x = 1",
        outputs=[
            v4.new_output("stream", name="stdout", text="printed"),
            v4.new_output("execute_result", data={"text/plain": "1"}),
            v4.new_output("display_data", data={"text/html": "<p>said</p>"}),
        ],
    )
    assert blocks(loud) == (LinesBlock(("printed",)), LinesBlock(("1",)), paragraph("said"))


def test_a_display_formula_takes_its_words_from_its_comment():
    (found,) = blocks(prose("$$\n% alt: strain grows with torque\n\\dot S = k \\tau\n$$"))
    assert found == Maths("\\dot S = k \\tau", "strain grows with torque")


def test_a_download_is_kept_beside_the_report():
    document = read(notebook(cell(show.Download(pd.DataFrame({"a": [0.1 + 0.2]}), "effects"))))
    assert document.blocks == ()
    assert document.downloads == {"effects": "a\n0.30000000000000004\n"}


def test_raw_html_is_text_and_never_markup():
    found = blocks(prose("a <b>c</b>\n\n<script>alert(1)</script>"))
    assert plain_text(found[0].runs) == "a <b>c</b>"
    assert plain_text(found[1].runs) == "<script>alert(1)</script>"


@given(st.text(st.characters(min_codepoint=32, exclude_categories=("C", "Z")), min_size=1))
def test_escaped_text_comes_back_whole(text):
    found, *_ = blocks(prose("Before " + show.escape(text)))
    assert plain_text(found.runs) == "Before " + text


def test_only_links_to_the_web_and_to_mail_are_links():
    (found,) = blocks(prose("[a](https://a.org) [b](javascript:alert(1)) [c](file:///x)"))
    assert [run.target for run in found.runs if run.text.strip()] == ["https://a.org", "", ""]


def test_what_a_physio_adds_is_printed_too():
    frame = pd.DataFrame({"x": [1.5, -2.0]}, index=pd.Index(["a", "b"], name="who"))
    made = io.BytesIO()
    Image.new("RGB", (2, 2)).save(made, "PNG")
    png = base64.b64encode(made.getvalue()).decode()
    found = blocks(put_out({"text/html": frame.to_html()}), put_out({"image/png": png}))
    assert found[0].caption == ""
    assert found[0].head[-1][0] == Cell("who", head=True)
    assert [row[1].text for row in found[0].rows] == ["1.5", "\u22122.0"]
    assert found[1].caption == "Figure added in the notebook"
    assert found[1].alt


def test_spans_and_short_rows_make_an_even_grid():
    html = (
        "<table><thead><tr><th rowspan=9>a</th><th colspan=2>b</th></tr>"
        "<tr><th>c</th><th>d</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>"
    )
    (table,) = blocks(put_out({"text/html": html}))
    assert table.head[0][0].rows == 2
    assert len(table.rows[0]) == len(table.align) == 3


def test_every_problem_is_said_at_once_with_its_cell():
    broken = v4.new_code_cell(
        "1/0", outputs=[v4.new_output("error", ename="ZeroDivisionError", evalue="by zero")]
    )
    unnamed = {"text/html": '<figure><img alt="" src="data:image/png;base64,"></figure>'}
    said = problems(
        prose("### Too deep"),
        broken,
        put_out(unnamed),
        prose("# Another title"),
        prose("$\\notacommand{x}$ ![a](b.png)"),
    )
    expected = [
        ("cell 3", "ZeroDivisionError: by zero", "stopped with an error"),
        ("cell 4", "needs alt text"),
        ("cell 6", "notacommand", "cannot be set"),
        ("cell 6", "b.png", "no caption"),
        ("cell 5", "Another title", "one title"),
        ("cell 2", "Too deep", "level is skipped", "Use ##."),
    ]
    assert len(said) == len(expected)
    for line, parts in zip(said, expected, strict=True):
        assert all(part in line for part in parts), line


@pytest.mark.parametrize(
    ("title", "said"),
    [("No title here", "no title"), ("", "no title"), ("#", "an empty title")],
)
def test_a_report_needs_its_title(title, said):
    assert said in problems(title=title)[0]


def test_the_title_stands_in_the_first_markdown_cell():
    assert "Move it to cell 1" in problems(prose("# Late"), title="Before the title.")[0]


@pytest.mark.parametrize("quiet", [[], [cell()]])
def test_a_cell_shows_the_title_before_all_else(quiet):
    """So its words stand in a template, and can be in another language."""
    title, lead = show.Text("# Arm A against arm B"), show.Text("Words.")
    made = read(notebook(*quiet, cell(title, lead), prose("## Two"), title=""))
    assert made.title == "Arm A against arm B"
    assert made.blocks[0] == paragraph("Words.")
    said = problems(cell(lead), cell(title), title="")
    assert "Move it to cell 1" in said[0]
    said = problems(cell(lead), cell(title), prose("## Two"), title="")
    assert "Move it to cell 3" in said[0]
    assert "one title" in problems(cell(title))[0]


@pytest.mark.parametrize(
    "tex", ['\\text{" #import "x}', "x # y", "\\operatorname*{a\\,b} x", "\\frac{"]
)
def test_formulas_that_could_be_read_two_ways_are_refused_by_name(tex):
    (said,) = problems(prose(f"$${tex}$$"))
    assert tex.split("{")[0][:5] in said
    assert "cannot be set" in said


def test_downloads_need_safe_and_single_names():
    bad, first, other = (
        v4.new_output(
            "display_data", data={show.CSV_MIME: text}, metadata={show.CSV_MIME: {"name": n}}
        )
        for text, n in (("a\n", "../../x"), ("a\n", "t"), ("b\n", "t"))
    )
    said = problems(v4.new_code_cell("", outputs=[bad, first, other]))
    assert "../../x" in said[0]
    assert "two different tables" in said[1]


def test_the_list_of_letters_is_that_of_the_typeface():
    for path in FONTS.glob("*.ttf"):
        own = {code for code in TTFont(path).getBestCmap() if code >= 32}
        letters = own | set(TTFont(STAND_IN).getBestCmap()) & set(TTFont(BOLD).getBestCmap())
        shown = {code for code in range(0x20, 0x30000) if chr(code) != "\u25a1"
                 and settable(chr(code)) == chr(code)}  # fmt: skip
        assert shown - letters == set()
        assert all(0xE000 <= code <= 0xF8FF or code == 0x25A1 for code in own - shown)


def test_own_output_is_what_a_kernel_stores():
    assert output(show.Text("x")).data["text/markdown"] == "x"
