"""A short document and its details from one notebook: what goes where, and links between them."""

import io

import pandas as pd
import pypdf
import pytest
from browsing import browser  # noqa: F401 - a fixture
from nbformat import v4
from notebooks_in_memory import STAMP, cell, notebook, prose
from pdf_reading import pages, structure, text

from hipstudy import show
from hipstudy.errors import DataProblems
from hipstudy.report.document import Heading, PageBreak, Paragraph, Stamp
from hipstudy.report.formats import files_of
from hipstudy.report.read_markdown import plain_text
from hipstudy.report.read_notebook import read


def details(made):
    made.metadata["tags"] = ["details"]
    return made


def table(caption):
    return cell(show.Table(pd.DataFrame({"a": [1], "b": [2]}), caption, "t"))


@pytest.fixture
def document():
    return read(
        notebook(
            prose("Front, see [the size](#How-large?), [nothing](#gone)."),
            details(prose("---")),
            details(prose("## Method")),
            details(table("First shown, last counted.")),
            prose("## Page two"),
            table("On page two."),
            details(
                prose("### How large?\n\nBack to [page two](#Page-two), and [method](#Method).")
            ),
            details(prose("## Sources")),
            details(prose("---")),
        )
    )


def words(blocks):
    return [plain_text(b.runs) for b in blocks if isinstance(b, Heading | Paragraph)]


def test_tagged_cells_are_the_details_in_their_order(document):
    assert words(document.blocks) == ["Front, see the size, nothing.", "Page two"]
    heads = [b for b in document.details if isinstance(b, Heading)]
    assert [(b.number, plain_text(b.runs)) for b in heads] == [
        ("1", "Method"), ("1.1", "How large?"), ("2", "Sources"),
    ]  # fmt: skip
    assert not any(isinstance(b, PageBreak) for b in document.all_blocks)


def test_tables_are_counted_through_the_short_document_first(document):
    labels = [getattr(b, "label", "") for b in document.all_blocks]
    assert [label for label in labels if label] == ["Table 1", "Table 2"]
    assert document.blocks[-1].caption == "On page two."


def test_links_are_tied_to_sections(document):
    front = document.blocks[0].runs
    assert [(r.target, r.section) for r in front if r.target] == [("#How-large?", "1.1")]
    back = document.details[3].runs
    assert [(r.target, r.section) for r in back if r.target] == [
        ("#Page-two", ""), ("#Method", "1"),
    ]  # fmt: skip


def test_the_pdf_says_the_section_and_the_file(document):
    front = Stamp("compare", "Head", "ab", "0.1.0", details_file="compare_details.pdf",
                  pointer="The rest: compare_details.pdf")  # fmt: skip
    said = text(pages(document, front))
    assert "the size (section 1.1 of compare_details.pdf), nothing." in said
    assert "Head · The rest: compare_details.pdf" in said


def test_the_details_have_a_list_of_contents_that_leads_to_them(document):
    from hipstudy.report.formats import _details

    reader = pages(_details(document, STAMP), STAMP, contents=True)
    said = text(reader)
    assert said.startswith("A title: details")
    assert "Contents 1 Method" in said
    assert "1.1 How large?" in said
    assert "method (section 1)" in said
    tags = [tag for tag, _ in structure(reader)]
    assert "/TOC" in tags
    assert "/TOCI" in tags
    links = [a.get_object() for page in reader.pages for a in page.get("/Annots", [])]
    assert len(links) >= 4, "three lines of the contents, and one in the text"


def test_without_the_tag_all_is_one_document():
    document = read(notebook(prose("## Head"), table("T.")))
    assert document.details == ()
    assert document.blocks[0].number == ""


def test_levels_are_checked_in_each_document():
    with pytest.raises(DataProblems) as caught:
        read(notebook(prose("## One"), details(prose("### Two"))))
    (said,) = map(str, caught.value.problems)
    assert "cell 3: found '### Two'" in said


def test_what_is_left_out_is_named_in_the_details():
    loud = v4.new_code_cell("", outputs=[v4.new_output("stream", name="stderr", text="w\n")])
    document = read(notebook(loud, details(prose("## One"))))
    assert words(document.blocks) == []
    assert "Left out of this report" in words(document.details)


def test_a_link_opens_its_section_and_all_is_printed_without_a_script(tmp_path, browser):  # noqa: F811
    shown = cell(show.Lines(("folded",)))
    link = prose("See [it](#Method).")
    document = read(
        notebook(link, *map(details, (prose("## Method"), shown, prose("## More\n\nlast"))))
    )
    path = tmp_path / "page.html"
    path.write_text(files_of(document, STAMP, "a4")["compare.html"], encoding="utf-8")
    page = browser.new_page(java_script_enabled=False)
    page.goto(path.as_uri())
    assert not page.locator("code").is_visible()
    printed = text(pypdf.PdfReader(io.BytesIO(page.pdf())))
    assert "folded" in printed
    assert "last" in printed
    page.locator("a", has_text="it").click()
    assert page.locator("code").is_visible()
    assert not page.get_by_text("last").is_visible()
