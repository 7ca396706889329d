"""Blocks into the data that the page template reads: words stay words, only formulas are code."""

import base64
import json
import re
from collections.abc import Collection, Iterator, Mapping
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
    TextRun,
)
from hipstudy.report.pdf_record import document_sha256, record_text
from hipstudy.report.pictures import UnreadablePicture, pixels
from hipstudy.report.sections import anchors, section_note
from hipstudy.report.tables import table_data
from hipstudy.report.typography import PAPERS
from hipstudy.typeface import font_folders, settable
from hipstudy.wording import Wording


def page_data(document: Document, stamp: Stamp, paper: str, *, contents: bool = False) -> str:
    """Return a document as the JSON text that the template reads.

    With ``contents`` it has a list of its sections at the front.

    Raises
    ------
    hipstudy.report.maths.NotConvertibleError
        When a formula cannot be written.
    """
    data = {
        "title": settable(document.title),
        "paper": paper,
        "stamp": {
            "running_head": settable(stamp.page_line),
            "date": settable(stamp.shown_date),
            "line": settable(stamp.title_line),
            "made": settable(stamp.made_line),
            "by": settable(stamp.by_line),
            "author": settable(stamp.author.strip() or stamp.clinic.strip()),
            "logo": stamp.logo and stamp.logo.as_data(),
        },
        "locale": stamp.words("locale").split("-"),
        "page_of": stamp.words("page_of", page=_PAGE, pages=_PAGES),
        "contents": DETAILS("contents") if contents else "",
        "blocks": _Data(stamp, anchors(document.blocks)).of(document.blocks),
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


class _Data:
    """Turns blocks into data.

    Parameters
    ----------
    stamp
        Says where the sections are that a link may name, and in which language.
    targets
        Headings of this document that can be linked to.
    """

    def __init__(self, stamp: Stamp, targets: Collection[str]) -> None:
        self.stamp = stamp
        self.targets = targets

    def of(self, part: object) -> Any:
        """A block, or a part of one, as the template takes it: its kind, its texts settable."""
        match part:
            case str():
                return settable(part)
            case tuple():
                return [self.of(one) for one in part]
            case frozenset():
                return sorted(part)
            case Formula() | Maths():
                own = {"typst": maths.to_typst(part.tex), "alt": settable(part.alt)}
            case FigureBlock():
                names = ("label", "alt", "caption")
                own = {"svg": _svg(part), **{n: settable(getattr(part, n)) for n in names}}
            case TableBlock():
                own = table_data(part, self.stamp.words)
            case TextRun():
                own = self.run(part)
            case _ if is_dataclass(part):
                own = {field.name: self.of(getattr(part, field.name)) for field in fields(part)}
            case _:
                return part
        return {"kind": type(part).__name__, **own}

    def run(self, run: TextRun) -> dict[str, Any]:
        """A stretch of text; a link to a section is followed by its number."""
        is_here = not run.target.startswith("#") or run.target[1:] in self.targets
        note = section_note(run, self.stamp.details_file, self.stamp.words)
        return {
            "text": settable(run.text + note),
            "marks": sorted(run.marks),
            "target": run.target if is_here else "",
        }


def _svg(block: FigureBlock) -> str:
    """Return the picture as SVG text; any other is put inside one, at its own size."""
    if block.mime == "image/svg+xml":
        return block.image.decode("utf-8", errors="replace")
    wide, high = pixels(block.image, block.mime)
    source = escape(base64.b64encode(block.image).decode())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" '
        f'viewBox="0 0 {wide} {high}"><image width="{wide}" height="{high}" '
        f'href="data:{block.mime};base64,{source}"/></svg>'
    )


DETAILS = Wording("hipstudy.report", "details")
_PAGE, _PAGES = "{page}", "{pages}"  # where the template puts the numbers
STANDARDS = ["a-2a", "ua-1"]
WITH_RECORD = ["a-3a", "ua-1"]  # PDF/A-2 lets nothing be attached but PDF/A

# Measure of German and Spanish text: they need a fifth more letters, and two pages are two pages.
_WIDE_MM = "152"
_TEMPLATE = Path(__file__).with_name("template.typ")
# A report without a date carries this one inside, so that tomorrow's bytes are today's.
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


def to_pdf(
    document: Document,
    stamp: Stamp,
    *,
    paper: str = "a4",
    contents: bool = False,
    record: Mapping[str, Any] | None = None,
) -> bytes:
    """Set a document as PDF/UA-1 and PDF/A-2a, or with its record attached as PDF/A-3a.

    Parameters
    ----------
    document
        As ``hipstudy.report.read_notebook.read`` gives it.
    stamp
        What is printed at the edge of every page.
    paper
        ``"a4"`` or ``"us-letter"``.
    contents
        Whether a list of the sections stands at the front.
    record
        What it was made from, as ``pdf_record.record_table`` gives it; None attaches nothing.

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
        return _compile(document, stamp, paper, contents, record)
    except (typst.TypstError, maths.NotConvertibleError, UnreadablePicture) as error:
        raise DataProblems(_guilty(document, stamp, paper, error)) from error


def _compile(
    document: Document,
    stamp: Stamp,
    paper: str,
    contents: bool = False,
    record: Mapping[str, Any] | None = None,
) -> bytes:
    own = {
        "document": page_data(document, stamp, paper, contents=contents),
        **({"measure_mm": _WIDE_MM} if stamp.is_translated else {}),
    }
    compiler = typst.Compiler(
        _TEMPLATE, font_paths=font_folders(), ignore_system_fonts=True, sys_inputs=own
    )
    timestamp = datetime.combine(stamp.day, time(), tzinfo=UTC) if stamp.day else _NO_DATE
    standards = STANDARDS if record is None else WITH_RECORD

    def compiled(more: Mapping[str, str]) -> bytes:
        how = {"format": "pdf", "pdf_standards": standards, "timestamp": timestamp}
        pdf = compiler.compile(sys_inputs=own | dict(more), **how)
        if not isinstance(pdf, bytes):
            raise TypeError("the PDF came in several files")
        return pdf

    bare = compiled({})
    if record is None:
        return bare
    text = record_text(record, document_sha256(bare))
    return compiled({"record": text, "record_words": stamp.words("record")})


_PLACE = re.compile(r"(?:file not found, )?searched at [^)]*")  # whose machine it is
_LOGO = b"""#import "look.typ": logo
#set document(title: "Logo")
#logo(json(bytes(sys.inputs.logo)))"""


def why_not_set(logo: dict[str, Any]) -> str:
    """Why a logo cannot be printed, or nothing; ``logo`` is as ``Logo.as_data`` gives it."""
    own = {"logo": json.dumps(logo)}
    compiler = typst.Compiler(
        _LOGO, root=_TEMPLATE.parent, ignore_system_fonts=True, sys_inputs=own
    )
    try:
        compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=_NO_DATE)
    except typst.TypstError as error:
        return _PLACE.sub("", _first_line(error))
    return ""


def _guilty(document: Document, stamp: Stamp, paper: str, error: Exception) -> list[Problem]:
    """Find what could not be set by setting each formula and figure alone."""
    problems = []
    for part in formulas_and_figures(document.blocks):
        block = Paragraph((part,)) if isinstance(part, Formula) else part
        try:
            _compile(Document("One block", (block,), {}), stamp, paper)
        except (typst.TypstError, maths.NotConvertibleError, UnreadablePicture) as reason:
            is_figure = isinstance(part, FigureBlock)
            where = "figure" if is_figure else "formula"
            name = (part.name or part.caption) if is_figure else part.tex
            rule = f"cannot be set in the PDF ({_first_line(reason)})"
            problems.append(Problem(where, name, rule, "Write or draw it more plainly."))
    return problems or [Problem("the PDF", _first_line(error), "could not be set", "")]


def formulas_and_figures(part: object) -> Iterator[Formula | Maths | FigureBlock]:
    """Each of them within a part of a document, however deep it lies."""
    if isinstance(part, Formula | Maths | FigureBlock):
        yield part
        return
    inner = [getattr(part, field.name) for field in fields(part)] if is_dataclass(part) else part
    if isinstance(inner, list | tuple):
        for one in inner:
            yield from formulas_and_figures(one)


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0]
