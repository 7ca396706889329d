"""Blocks into the data that the page template reads: words stay words, only formulas are code."""

import base64
import json
from datetime import UTC, datetime, time
from html import escape
from pathlib import Path
from typing import Any

from hipstudy.errors import DataProblems, Problem, UsageProblems, nearest
from hipstudy.report import maths
from hipstudy.report.document import (
    AnswerBlock,
    Block,
    Document,
    FigureBlock,
    Formula,
    Heading,
    Inline,
    LinesBlock,
    ListBlock,
    Maths,
    PageBreak,
    Paragraph,
    Quote,
    Stamp,
    TableBlock,
    date_of,
    made_line,
    title_line,
    walk,
)
from hipstudy.report.tables import table_data
from hipstudy.report.typography import FONTS, settable

Data = dict[str, Any]


def page_data(document: Document, stamp: Stamp, paper: str) -> str:
    """Return a document as the JSON text that the template reads.

    Raises
    ------
    hipstudy.report.maths.NotConvertibleError
        When a formula cannot be written.
    """
    data = {
        "title": settable(document.title),
        "paper": paper,
        "stamp": {
            "running_head": settable(stamp.running_head),
            "date": settable(stamp.date),
            "line": settable(title_line(stamp)),
            "made": settable(made_line(stamp)),
        },
        "blocks": [block_data(block) for block in document.blocks],
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def block_data(block: Block) -> Data:
    """Return one block as data, with its kind."""
    writer = _WRITERS[type(block)]
    return writer(block)


def _run(run: Inline) -> Data:
    if isinstance(run, Formula):
        return {"typst": maths.to_typst(run.tex), "alt": settable(run.alt)}
    return {"text": settable(run.text), "marks": sorted(run.marks), "target": settable(run.target)}


def _heading(block: Heading) -> Data:
    return {"kind": "heading", "level": block.level, "runs": [_run(run) for run in block.runs]}


def _paragraph(block: Paragraph) -> Data:
    return {"kind": "paragraph", "runs": [_run(run) for run in block.runs]}


def _list(block: ListBlock) -> Data:
    items = [[block_data(inner) for inner in item] for item in block.items]
    tight = not any(isinstance(b, Paragraph) for item in block.items for b in item[1:])
    ordered = {"ordered": block.ordered, "start": block.start}
    return {"kind": "list", "items": items, "tight": tight, **ordered}


def _quote(block: Quote) -> Data:
    return {"kind": "quote", "blocks": [block_data(inner) for inner in block.blocks]}


def _maths(block: Maths) -> Data:
    return {"kind": "maths", "typst": maths.to_typst(block.tex), "alt": settable(block.alt)}


def _figure(block: FigureBlock) -> Data:
    words = {"alt": settable(block.alt), "caption": settable(block.caption)}
    return {"kind": "figure", "svg": _svg(block), "label": block.label, **words}


def _svg(block: FigureBlock) -> str:
    """Return the picture as SVG text; a PNG is put inside one, at its own size."""
    if block.mime == "image/svg+xml":
        return block.image.decode("utf-8", errors="replace")
    wide, high = (int.from_bytes(block.image[at : at + 4], "big") for at in (16, 20))
    source = escape(base64.b64encode(block.image).decode())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}"><image width="{wide}" height="{high}" '
        f'href="data:image/png;base64,{source}"/></svg>'
    )


def _table(block: TableBlock) -> Data:
    return {"kind": "table", **table_data(block)}


def _answer(block: AnswerBlock) -> Data:
    numbers = [
        {"value": settable(value), "interval": settable(interval), "label": settable(label)}
        for value, interval, label in block.numbers
    ]
    words = {"sentence": settable(block.sentence), "basis": settable(block.basis)}
    return {"kind": "answer", "numbers": numbers, **words}


def _lines(block: LinesBlock) -> Data:
    return {"kind": "lines", "lines": [settable(line) for line in block.lines]}


def _break(_block: PageBreak) -> Data:
    return {"kind": "break"}


_WRITERS: dict[type, Any] = {
    Heading: _heading,
    Paragraph: _paragraph,
    ListBlock: _list,
    Quote: _quote,
    Maths: _maths,
    FigureBlock: _figure,
    TableBlock: _table,
    AnswerBlock: _answer,
    LinesBlock: _lines,
    PageBreak: _break,
}

PAPERS = ("a4", "us-letter")
STANDARDS = ["a-2a", "ua-1"]

_TEMPLATE = Path(__file__).with_name("template.typ")
# A report without a date carries this one inside, so that tomorrow's bytes are today's.
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


def to_pdf(document: Document, stamp: Stamp, *, paper: str = "a4") -> bytes:
    """Set a document as PDF/UA-1 and PDF/A-2a.

    Parameters
    ----------
    document
        As ``hipstudy.report.read_notebook.read`` gives it.
    stamp
        What is printed at the edge of every page.
    paper
        ``"a4"`` or ``"us-letter"``.

    Returns
    -------
    bytes
        The file; the same for the same document, stamp and paper.

    Raises
    ------
    hipstudy.errors.DataProblems
        Naming the formula or figure that cannot be set.
    hipstudy.errors.UsageProblems
        When the paper is not one of the two.
    """
    if paper not in PAPERS:
        raise UsageProblems([Problem("paper", paper, "not a paper", nearest(paper, PAPERS))])
    import typst

    try:
        return _compile(document, stamp, paper)
    except (typst.TypstError, maths.NotConvertibleError) as error:
        raise DataProblems(_guilty(document, stamp, paper, error)) from error


def _compile(document: Document, stamp: Stamp, paper: str) -> bytes:
    import typst

    day = date_of(stamp)
    compiler = typst.Compiler(
        _TEMPLATE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": page_data(document, stamp, paper)},
    )
    timestamp = datetime.combine(day, time(), tzinfo=UTC) if day else _NO_DATE
    pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=timestamp)
    if not isinstance(pdf, bytes):
        raise TypeError("the PDF came in several files")
    return pdf


def _guilty(document: Document, stamp: Stamp, paper: str, error: Exception) -> list[Problem]:
    """Find what could not be set by setting each formula and figure alone."""
    import typst

    problems = []
    for where, name, block in walk(document.blocks):
        alone = Document("One block", (block,), {})
        try:
            _compile(alone, stamp, paper)
        except (typst.TypstError, maths.NotConvertibleError) as reason:
            rule = f"cannot be set in the PDF ({_first_line(reason)})"
            problems.append(Problem(where, name, rule, "Write or draw it more plainly."))
    return problems or [Problem("the PDF", _first_line(error), "could not be set", "")]


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0]
