"""The Word file, read back: headings, lists, tables with head rows, pictures with their words."""

import io
import zipfile

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from notebooks_in_memory import STAMP, cell, notebook, prose
from pdf_reading import NASTY, figure, full_notebook, pages, text, with_text
from PIL import Image

from hipstudy import show
from hipstudy.report.document import Cell, Document, Maths, Stamp, TableBlock
from hipstudy.report.letterhead import Logo
from hipstudy.report.read_notebook import read
from hipstudy.report.write_docx import to_docx


def opened(document, stamp=STAMP, **how):
    return docx.Document(io.BytesIO(to_docx(document, stamp, **how)))


def all_text(word):
    """Words of paragraphs and cells, in order."""
    return " ".join(one.text or "" for one in word.element.body.iter(qn("w:t")))


@pytest.fixture(scope="module")
def word():
    return opened(read(full_notebook()))


def test_title_and_language_are_set(word):
    own = word.core_properties
    assert (own.title, own.language, own.author) == ("A title", "en-GB", "hipstudy")
    languages = {one.get(qn("w:val")) for one in word.styles.element.iter(qn("w:lang"))}
    assert languages == {"en-GB"}


def test_headings_are_headings_of_the_same_levels(word):
    found = [(p.style.name, p.text) for p in word.paragraphs if p.style.name.startswith("Head")]
    assert found == [("Heading 1", "A title"), ("Heading 2", "Two"), ("Heading 3", "Three")]


def test_it_has_the_words_of_the_pdf(word):
    document = read(full_notebook())
    pdf = set(text(pages(document)).split())
    for said in all_text(word).split():
        assert said.strip("()") in pdf, said
    assert [p.text for p in word.paragraphs if p.style.name == "Answer"] == ["No difference."]
    assert "0.1 (\u22121 to 1) points" in [p.text for p in word.paragraphs]


def test_every_picture_has_its_words(word):
    alts = [one.get("descr") for one in word.element.body.iter(qn("wp:docPr"))]
    assert alts == [r"\theta", "a falls with b", "A line that falls."]
    assert len(word.inline_shapes) == 3
    assert all(one.width < docx.shared.Mm(161) for one in word.inline_shapes)
    names = [part.partname for part in word.part.package.iter_parts() if "media" in part.partname]
    assert all(name.endswith(".png") for name in names)


def test_tables_have_head_rows_captions_and_all_cells(word):
    (table,) = word.tables
    assert [[c.text for c in row.cells] for row in table.rows] == [
        ["Arm", "NRS points"], ["a", "0.25"], ["b", "\u221211.5"],
    ]  # fmt: skip
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True, False, False]
    assert table._tbl.tblPr.find(qn("w:tblDescription")).get(qn("w:val")) == "A table."
    assert table.cell(1, 1).paragraphs[0].alignment == docx.enum.text.WD_ALIGN_PARAGRAPH.RIGHT
    assert "Table 1. A table." in [p.text for p in word.paragraphs if p.style.name == "Caption"]


def test_spans_are_spans():
    head = ((Cell("a", rows=2, head=True), Cell("b", columns=2, head=True)),
            (Cell("c", head=True), Cell("d", head=True)))  # fmt: skip
    block = TableBlock(head, ((Cell("1"), Cell("2"), Cell("3")),), ("left", "number", "number"))
    (table,) = opened(Document("T", (block,), {})).tables
    assert [[c.text for c in row.cells] for row in table.rows] == [
        ["a", "b", "b"], ["a", "c", "d"], ["1", "2", "3"],
    ]  # fmt: skip


def test_lists_count_on_their_own():
    word = opened(read(notebook(prose("1. a\n2. b\n\ntext\n\n1. c\n   - in\n\n- d"))))
    found = [(p.text, p.style.name) for p in word.paragraphs if p.style.name.startswith("List")]
    assert found == [
        ("a", "List Number"), ("b", "List Number"), ("c", "List Number"), ("in", "List Bullet 2"),
        ("d", "List Bullet"),
    ]  # fmt: skip
    ids = [p._p.pPr.numPr.numId.val for p in word.paragraphs if p.style.name == "List Number"]
    assert ids[0] == ids[1] != ids[2]


def test_a_wide_table_is_cut_and_keeps_its_first_column():
    frame = pd.DataFrame({f"end_range_torque_nm_kg_week_{n}": [n] for n in range(30)})
    frame.insert(0, "who", ["me"])
    word = opened(read(notebook(cell(show.Table(frame, "Wide.", "t")))))
    assert len(word.tables) > 1
    assert all(table.cell(0, 0).text == "who" for table in word.tables)
    shown = [c.text for table in word.tables for c in table.rows[0].cells if c.text != "who"]
    assert shown == list(frame.columns[1:])
    captions = [p.text for p in word.paragraphs if p.style.name == "Caption"]
    assert captions[0] == f"Table 1, part 1 of {len(word.tables)}. Wide."


def test_links_can_be_followed_and_sections_are_named():
    document = read(notebook(prose("[doi](https://doi.org/x), [size](#Size)\n\n## Size")))
    word = opened(document)
    (link,) = word.element.body.iter(qn("w:hyperlink"))
    assert word.part.rels[link.get(qn("r:id"))].target_ref == "https://doi.org/x"


def test_head_and_foot_are_on_every_page():
    stamp = Stamp("compare", "Compare, 28 runners", "3f2a", "0.1.0", "2026-03-01")
    word = opened(Document("T", (), {}), stamp)
    section = word.sections[0]
    assert section.header.paragraphs[0].text == "Compare, 28 runners\t2026-03-01"
    assert "fingerprint 3f2a" in section.footer.paragraphs[0].text
    fields = [f.get(qn("w:instr")) for f in section.footer._element.iter(qn("w:fldSimple"))]
    assert fields == ["PAGE", "NUMPAGES"]


@pytest.mark.parametrize(("paper", "wide_mm"), [("a4", 210), ("us-letter", 215.9)])
def test_paper(paper, wide_mm):
    section = opened(Document("T", (), {}), paper=paper).sections[0]
    assert section.page_width.mm == pytest.approx(wide_mm, abs=0.1)
    assert section.page_width - section.left_margin - section.right_margin == pytest.approx(
        docx.shared.Mm(160), rel=0.001
    )


def test_no_text_is_markup():
    assert all_text(opened(with_text(NASTY))).count("<script>alert(1)</script>") == 4


def test_the_same_words_give_the_same_bytes():
    document = read(notebook(cell(figure())))
    made = to_docx(document, STAMP)
    assert made == to_docx(document, STAMP)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {one.date_time[0] for one in archive.infolist()} == {2000}
        assert archive.read("docProps/core.xml").count(b"2000-01-01T00:00:00Z") == 2


def test_many_formulas_and_pictures_stand_in_their_places():
    blocks = tuple(Maths(f"x_{n}", f"x {n}") for n in range(5))
    word = opened(Document("T", blocks, {}))
    alts = [one.get("descr") for one in word.element.body.iter(qn("wp:docPr"))]
    assert alts == [f"x {n}" for n in range(5)]


def test_the_clinic_s_own_is_at_the_head():
    held = io.BytesIO()
    Image.new("RGB", (300, 60), "navy").save(held, "PNG")
    logo = Logo("png", held.getvalue(), "Logo of Hill Clinic")
    stamp = Stamp("compare", "Compare", "", "0.1.0", clinic="Hill Clinic", author="Jo Smith",
                  logo=logo)  # fmt: skip
    word = opened(Document("T", (), {}), stamp)
    assert word.core_properties.author == "Jo Smith"
    assert "Hill Clinic · Jo Smith" in [p.text for p in word.paragraphs]
    assert word.sections[0].header.paragraphs[0].text.startswith("Hill Clinic · Compare")
    (shape,) = word.inline_shapes
    assert (round(shape.width.mm), round(shape.height.mm)) == (45, 9)
    (one,) = word.element.body.iter(qn("wp:docPr"))
    assert one.get("descr") == "Logo of Hill Clinic"
