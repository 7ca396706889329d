"""Blocks into the data that the page template reads: words stay words, only formulas are code."""

import base64
import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime, time
from html import escape
from pathlib import Path
from typing import Any

import typst

from hipstudy.errors import DataProblems, Problem, UsageProblems, nearest
from hipstudy.report import maths
from hipstudy.report.document import (
    Document,
    FigureBlock,
    Formula,
    Maths,
    Paragraph,
    Stamp,
    TableBlock,
)
from hipstudy.report.tables import table_data
from hipstudy.report.typography import FONTS, settable


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
            "line": settable(stamp.title_line),
            "made": settable(stamp.made_line),
        },
        "blocks": _data(document.blocks),
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def _data(part: object) -> Any:
    """A block, or a part of one, as the template takes it: with its kind, every text settable."""
    match part:
        case str():
            return settable(part)
        case tuple():
            return [_data(one) for one in part]
        case frozenset():
            return sorted(part)
        case Formula() | Maths():
            own = {"typst": maths.to_typst(part.tex), "alt": settable(part.alt)}
        case FigureBlock():
            words = {name: settable(getattr(part, name)) for name in ("label", "alt", "caption")}
            own = {"svg": _svg(part), **words}
        case TableBlock():
            own = table_data(part)
        case _ if is_dataclass(part):
            own = {field.name: _data(getattr(part, field.name)) for field in fields(part)}
        case _:
            return part
    return {"kind": type(part).__name__, **own}


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
    try:
        return _compile(document, stamp, paper)
    except (typst.TypstError, maths.NotConvertibleError) as error:
        raise DataProblems(_guilty(document, stamp, paper, error)) from error


def _compile(document: Document, stamp: Stamp, paper: str) -> bytes:
    compiler = typst.Compiler(
        _TEMPLATE,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"document": page_data(document, stamp, paper)},
    )
    timestamp = datetime.combine(stamp.day, time(), tzinfo=UTC) if stamp.day else _NO_DATE
    pdf = compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=timestamp)
    if not isinstance(pdf, bytes):
        raise TypeError("the PDF came in several files")
    return pdf


def _guilty(document: Document, stamp: Stamp, paper: str, error: Exception) -> list[Problem]:
    """Find what could not be set by setting each formula and figure alone."""
    problems = []
    for part in _formulas_and_figures(document.blocks):
        block = Paragraph((part,)) if isinstance(part, Formula) else part
        try:
            _compile(Document("One block", (block,), {}), stamp, paper)
        except (typst.TypstError, maths.NotConvertibleError) as reason:
            is_figure = isinstance(part, FigureBlock)
            where = "figure" if is_figure else "formula"
            name = (part.name or part.caption) if is_figure else part.tex
            rule = f"cannot be set in the PDF ({_first_line(reason)})"
            problems.append(Problem(where, name, rule, "Write or draw it more plainly."))
    return problems or [Problem("the PDF", _first_line(error), "could not be set", "")]


def _formulas_and_figures(part: object) -> Iterator[Formula | Maths | FigureBlock]:
    """Each of them within a part of a document, however deep it lies."""
    if isinstance(part, Formula | Maths | FigureBlock):
        yield part
        return
    inner = [getattr(part, field.name) for field in fields(part)] if is_dataclass(part) else part
    if isinstance(inner, list | tuple):
        for one in inner:
            yield from _formulas_and_figures(one)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0]
