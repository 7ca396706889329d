"""The PDF: same bytes, tagged, every word as text, nothing executed, and pages that hold."""

import base64
import dataclasses
import datetime
import hashlib
import inspect
import io
import json
import os
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
import typst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notebooks_in_memory import STAMP, cell, notebook, prose, put_out
from pdf_reading import NASTY, full_notebook, pages, structure, text, with_text
from PIL import Image

from hipstudy import show
from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.report import write_pdf
from hipstudy.report.document import (
    Cell,
    Document,
    FigureBlock,
    Maths,
    Paragraph,
    Stamp,
    TableBlock,
    TextRun,
)
from hipstudy.report.read_notebook import read
from hipstudy.report.write_pdf import to_pdf
from hipstudy.typeface import font_folders


@pytest.fixture(scope="module")
def reader():
    return pages(read(full_notebook()))


def test_the_file_says_its_title_language_and_tags(reader):
    root = reader.trailer["/Root"]
    assert reader.metadata.title == "A title"
    assert root["/Lang"].startswith("en")
    assert root["/MarkInfo"]["/Marked"]
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"pdfuaid:part>1<", xmp)
    assert re.search(r"pdfaid:part>2<", xmp)
    assert re.search(r"pdfaid:conformance>A<", xmp)


def test_headings_tables_figures_and_formulas_are_tagged(reader):
    found = structure(reader)
    tags = [tag for tag, _ in found]
    assert [tag for tag in tags if re.fullmatch(r"/H\d", tag)] == ["/H1", "/H2", "/H3"]
    assert tags.count("/TH") >= 2
    assert "/THead" in tags
    assert {"/Table", "/Figure", "/Formula", "/L", "/Caption", "/BlockQuote"} <= {*tags}
    assert tags.count("/P") >= 8, "the answer, its numbers and the lines are paragraphs"
    alts = [str(node.get("/Alt", "")) for _, node in found]
    for alt in ("A line that falls.", r"\theta", "a falls with b"):
        assert alt in alts


def test_every_figure_and_formula_has_alt_text(reader):
    for tag, node in structure(reader):
        if tag == "/Formula" or (tag == "/Figure" and "/Alt" in node):
            assert node["/Alt"]


def test_all_words_are_there_and_no_code(reader):
    words = text(reader)
    for said in (
        *("No difference.", "0.1", "\u22121 to 1", "Figure 1. A line.", "Table 1. A table."),
        *("3x10", "\u221211.5", "page 1 of", "fingerprint 3f2a9c41", "28 runners"),
    ):
        assert said in words
    assert "secret_code" not in words


def test_all_letters_are_in_the_file(reader):
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            (below,) = font.get_object()["/DescendantFonts"]
            descriptor = below.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & descriptor.keys()


def test_the_same_words_give_the_same_bytes_in_another_process_and_folder(tmp_path):
    script = """
import hashlib, json, sys
from hipstudy.report.document import Stamp
from hipstudy.report.write_pdf import to_pdf
from hipstudy.typeface import font_folders
from hipstudy.report.read_notebook import read
notebook, stamp = json.load(sys.stdin)
print(hashlib.sha256(to_pdf(read(notebook), Stamp(**stamp))).hexdigest())
"""
    hashes = {hashlib.sha256(to_pdf(read(full_notebook()), STAMP)).hexdigest()}
    for name, seed in (("one", "1"), ("another", "2")):
        (tmp_path / name).mkdir()
        done = subprocess.run(
            [sys.executable, "-c", script],
            input=json.dumps([full_notebook(), dataclasses.asdict(STAMP)]),
            cwd=tmp_path / name,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        hashes.add(done.stdout.strip())
    assert len(hashes) == 1


def test_the_date_is_printed_and_stamped_only_when_given():
    document = Document("T", (Paragraph((TextRun("x"),)),), {})
    dated = pages(document, Stamp("compare", "Head", "ab", "0.1.0", "2026-03-01"))
    assert "2026-03-01" in text(dated)
    assert dated.metadata.creation_date.date() == datetime.date(2026, 3, 1)
    assert to_pdf(document, STAMP) == to_pdf(document, STAMP)


@pytest.mark.parametrize(("paper", "wide"), [("a4", 595.28), ("us-letter", 612)])
def test_paper(paper, wide):
    reader = pages(Document("T", (), {}), paper=paper)
    assert float(reader.pages[0].mediabox.width) == pytest.approx(wide, abs=0.1)


def test_an_unknown_paper_is_wrong_use():
    with pytest.raises(UsageProblems, match="Did you mean a4"):
        to_pdf(Document("T", (), {}), STAMP, paper="a44")


def test_no_text_is_ever_source():
    words = text(pages(with_text(NASTY)))
    assert words.replace(" ", "").count(NASTY.replace(" ", "")) == 4


QUICK = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(st.text(max_size=200))
def test_any_text_can_be_set(words):
    assert to_pdf(with_text(words or "x"), STAMP).startswith(b"%PDF")


@QUICK
@given(st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40))
def test_plain_letters_come_back_as_they_were(words):
    assert text(pages(with_text(words))).replace(" ", "").count(words) >= 3


def test_a_formula_that_typst_refuses_is_named(monkeypatch):
    from hipstudy.report import maths

    monkeypatch.setattr(maths, "to_typst", lambda tex: "unknown(" if tex == "b" else tex)
    with pytest.raises(DataProblems) as caught:
        to_pdf(Document("T", (Maths("a", "a"), Maths("b", "b")), {}), STAMP)
    assert [problem.value for problem in caught.value.problems] == ["b"]


def test_a_figure_that_cannot_be_read_is_named():
    broken = FigureBlock(b"<svg", "image/svg+xml", "alt", "caption", "broken")
    with pytest.raises(DataProblems, match="broken"):
        to_pdf(Document("T", (broken,), {}), STAMP)


def test_a_long_table_repeats_its_head_and_starts_with_a_row():
    frame = pd.DataFrame({"Number": [f"row {i}" for i in range(90)], "Value": range(90)})
    table = cell(show.Table(frame, "Many rows.", "many"))
    for filler in range(34, 41):
        words = prose("\n\n".join(["Filler."] * filler))
        seen = [page.extract_text() for page in pages(read(notebook(words, table))).pages]
        (first,) = [page for page in seen if "Many rows." in page]
        assert "row 0" in first
        with_rows = [page for page in seen if re.search(r"row \d", page)]
        assert all("Value" in page for page in with_rows)
        assert sum(page.count("row ") for page in with_rows) == 90


def test_an_interval_stays_whole_when_columns_are_crowded():
    interval = "(0.15 to 0.85)"
    columns = {f"Cause number {i}": [f"0.4{i} {interval}"] * 2 for i in range(6)}
    frame = pd.DataFrame({"Arm": ["stretch", "strength"], "Minutes a week": [28, 56], **columns})
    document = read(notebook(cell(show.Table(frame, "Crowded.", "crowded"))))
    lines = pages(document).pages[0].extract_text().splitlines()
    assert sum(line.count(interval) for line in lines) == 12


def pixels():
    held = io.BytesIO()
    Image.new("RGB", (300, 120), "red").save(held, "PNG")
    return put_out({"image/png": base64.b64encode(held.getvalue()).decode()})


def test_a_figure_keeps_its_caption():
    where = set()
    for filler in range(20, 36, 3):
        words = prose("\n\n".join(["Filler."] * filler))
        for number, page in enumerate(pages(read(notebook(words, pixels()))).pages):
            drawn = bool(page.images)
            assert drawn == ("Figure added in the notebook" in page.extract_text())
            where |= {number} if drawn else set()
    assert where == {0, 1}, "no figure came near the page's end: the test looked at nothing"


def drawn(document):
    """The pages as pictures, with the width of a side margin in pixels."""
    compiler = typst.Compiler(
        write_pdf._TEMPLATE,
        font_paths=font_folders(),
        ignore_system_fonts=True,
        sys_inputs={"document": write_pdf.page_data(document, STAMP, "a4")},
    )
    pages = compiler.compile(format="png", ppi=72)
    pages = [pages] if isinstance(pages, bytes) else pages
    return [np.asarray(Image.open(io.BytesIO(page)).convert("L")) for page in pages], 70 - 2


WIDE = [f"end_range_torque_nm_kg_week_{w}_{s}" for w in range(9) for s in ("left", "right")]
LONG = "A" * 400


@pytest.mark.parametrize(
    "block",
    [
        cell(show.Table(pd.DataFrame(-1.234, range(3), WIDE), "Wide.", "t")),
        cell(show.Table(pd.DataFrame({LONG: [LONG], "b": ["9" * 90]}), LONG, "t")),
        cell(show.Answer(LONG, ((LONG, LONG, LONG),), LONG)),
        cell(show.Lines((LONG, "x  " * 90))),
        prose(
            f"## {LONG}\n\n{LONG}\n\n- {LONG}\n\n> {LONG}\n\n`{LONG}`\n\n[a{LONG}](https://a.org)"
        ),
    ],
    ids=["wide table", "long cells", "answer", "lines", "prose"],
)
def test_nothing_leaves_the_page_at_its_side(block):
    pages, margin = drawn(read(notebook(block)))
    for page in pages:
        assert (page[:, :margin] > 250).all()
        assert (page[:, -margin:] > 250).all()


def test_a_wide_table_is_cut_between_columns_and_every_part_has_its_heads():
    frame = pd.DataFrame({name: [f"{at}.{at:03}", "0.5"] for at, name in enumerate(WIDE)})
    frame.insert(0, "who", ["row one", "row two"])
    document = read(notebook(cell(show.Table(frame, "Wide.", "t"))))
    reader = pages(document)
    seen = text(reader)
    assert "Table 1, part 1 of 2. Wide." in seen
    assert "Table 1, part 2 of 2. Wide." in seen
    assert seen.count("who") == seen.count("row one") == 2
    assert [f"{at}.{at:03}" in seen for at in range(len(WIDE))] == [True] * len(WIDE)
    assert [tag for tag, _ in structure(reader)].count("/THead") == 2


def test_spans_are_cut_with_the_columns_they_cover():
    heads = [Cell(name, head=True) for name in WIDE]
    head = ((Cell("who", rows=2, head=True), Cell("all weeks", columns=18, head=True)), heads)
    rows = ((Cell("a"), *(Cell(str(at)) for at in range(18))), (Cell("whole", columns=19),))
    block = TableBlock(head, rows, ("left", *["number"] * 18), "Wide.", label="Table 1")
    seen = text(pages(Document("T", (block,), {})))
    parts = seen.count("Wide.")
    assert parts > 1
    assert seen.count("all weeks") == seen.count("who") - seen.count("whole") == parts
    assert seen.count("whole") == parts


def test_a_photo_is_in_the_pdf():
    held = io.BytesIO()
    Image.new("RGB", (300, 120), "red").save(held, "JPEG")
    photo = put_out({"image/jpeg": base64.b64encode(held.getvalue()).decode()})
    (page,) = pages(read(notebook(photo))).pages
    assert len(page.images) == 1


def test_letters_of_the_other_face_are_set_with_it():
    reader = pages(with_text("\u2713 and \u0531"))
    assert "\u2713 and \u0531" in text(reader)
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert any("DejaVuSans" in name for name in fonts)


def test_the_heads_of_rows_cannot_be_tagged_yet():
    """Fails once the Python package of Typst can: then ``tables.typ`` is to use it."""
    source = b'#table(columns: 2, table.header[A][B], pdf.header-cell(scope: "row")[r], [2])'
    with pytest.raises(typst.TypstError, match="does not contain `header-cell`"):
        typst.compile(source, format="pdf")
    assert "features" not in inspect.signature(typst.Compiler).parameters
