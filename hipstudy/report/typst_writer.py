"""Blocks into the data that the page template reads: words stay words, only formulas are code."""

import base64
import json
from html import escape
from typing import Any

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
)
from hipstudy.report.plain import settable
from hipstudy.report.stamped import made_line, title_line
from hipstudy.report.table_data import table_data

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
