"""PDF files made in memory and read back, and texts that a page must survive."""

import io

import pandas as pd
import pypdf
from matplotlib.figure import Figure as Canvas
from notebooks_in_memory import STAMP, cell, notebook, prose
from pdf_layout import page_texts

from hipstudy import show
from hipstudy.report.document import Cell, Document, Paragraph, TableBlock, TextRun
from hipstudy.report.write_pdf import to_pdf

NASTY = (
    '#import "x" #{panic()} =cmd() <script>alert(1)</script> @ref *x* _y_ $z$ \\u{1F600} \\ '
    "`code` // /* ~ -- --- ... [a] {b} https://a.org 'q' \"q\" <label> - + / 1. ="
)
FORMULAS = r"$\theta$ and $$% alt: a falls with b" + "\n" + r"\tau = \frac{a}{b}$$"


def figure():
    canvas = Canvas(figsize=(6.3, 1.5))
    canvas.subplots().plot([0, 1], [1, 0])
    return show.Figure(canvas, "A line.", "A line that falls.", "line")


def full_notebook():
    frame = pd.DataFrame({"Arm": ["a", "b"], "NRS points": [0.25, -11.5]})
    return notebook(
        cell(show.Answer("No difference.", (("0.1", "-1 to 1", "points"),), "Two sources.")),
        prose("## Two\n\nWords " + FORMULAS + "\n\n- one\n- two\n\n### Three\n\n> said"),
        cell(figure(), show.Table(frame, "A table.", "t"), show.Lines(("3x10  daily",))),
    )


def pages(document, stamp=STAMP, **how):
    return pypdf.PdfReader(io.BytesIO(to_pdf(document, stamp, **how)))


def pages_of(path):
    return pypdf.PdfReader(path)


def text(reader):
    return " ".join(" ".join(page_texts(reader)).split())


def of_both(pdf):
    """Words of a report's short document, and of its details where it has some."""
    both = (pdf, pdf.with_name(f"{pdf.stem}_details.pdf"))
    return " ".join(text(pypdf.PdfReader(one)) for one in both if one.exists())


def structure(reader):
    """Every element of the structure tree: tag and dictionary, in order."""
    return structure_below(reader.trailer["/Root"])


def structure_below(root):
    """The same from a document's root, of a reader or of a writer."""
    found = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, list):
            for child in node:
                walk(child)
        elif isinstance(node, dict):
            if "/S" in node:
                found.append((node["/S"], node))
            if "/K" in node:
                walk(node["/K"])

    walk(root["/StructTreeRoot"]["/K"])
    return found


def with_text(words):
    table = TableBlock(((Cell("head"),),), ((Cell(words, head=True),),), ("left",), words, "t")
    return Document("Title " + words, (Paragraph((TextRun(words),)), table), {})
