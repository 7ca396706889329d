"""Blocks into HTML: the same words in the same order as in the PDF, every word escaped."""

import base64
import html
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from jinja2.filters import do_mark_safe

from hipstudy.report import maths
from hipstudy.report.document import (
    DOCUMENT,
    Block,
    Document,
    FigureBlock,
    Formula,
    Heading,
    Maths,
    PageBreak,
    Stamp,
    TableBlock,
    TextRun,
)
from hipstudy.report.tables import at_decimal, place_cells
from hipstudy.typeface import FONTS
from hipstudy.wording import Wording

DETAILS = Wording("hipstudy.report", "details")
_HERE = Path(__file__).parent
_TAGS = (("strong", "strong"), ("emphasis", "em"), ("code", "code"))
_POINTS_A_REM = 10.5
_SVG_WIDTH = re.compile(rb"<svg\b[^>]*?\swidth=[\"']([\d.]+)pt[\"']")
# Kept on one line: "n = 28", "95 %", and cells as short as a unit.
_TOGETHER = re.compile(r"\bn = \d+|\d+ %")
_BRIEF = 14
_FIGURE_SPACE, _PUNCTUATION_SPACE = "\u2007", "\u2008"
_POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"


def to_html(document: Document, stamp: Stamp) -> str:
    """Write a document as an offline page, the report's sibling.

    Parameters
    ----------
    document
        As ``hipstudy.report.read_notebook.read`` gives it.
    stamp
        What stands under the title and at the foot.

    Returns
    -------
    str
        One HTML file: pictures, mathematics (MathML) and style are inside it.

    Examples
    --------
    >>> page = to_html(Document("A title", (), {}), Stamp("compare", "28 runners", "ab", "0.1.0"))
    >>> "<h1>A title</h1>" in page
    True
    """
    script, policy = "", _POLICY
    if any(isinstance(b, TableBlock) and b.sortable for b in document.all_blocks):
        script = _source("sort.js")
        policy += f"; script-src 'sha256-{_base64(sha256(script.encode()).digest())}'"
    own = {"script": script, "policy": policy, "folds": _folds(document.details)}
    said = {"said": stamp.words, "english": DOCUMENT}
    return template().render(document=document, stamp=stamp, **own, **said)


def _folds(blocks: tuple[Block, ...]) -> list[tuple[Heading, list[Block]]]:
    """The details cut at their sections; what stands before the first has a heading of its own."""
    folds: list[tuple[Heading, list[Block]]] = []
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            folds.append((block, []))
        elif not isinstance(block, PageBreak):
            if not folds:
                folds.append((Heading(2, (TextRun(DETAILS("details")),)), []))
            folds[-1][1].append(block)
    return folds


@cache
def template() -> Template:
    """The template of the page, parsed once in a process."""
    made = Environment(
        loader=FileSystemLoader(_HERE),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_escaped,
        keep_trailing_newline=True,
    )
    made.filters |= {"base64": _base64, "kind": lambda block: type(block).__name__}
    own = (_lines, _mathml, _together, _width_rem, _font, _source)
    made.globals |= {function.__name__[1:]: function for function in own} | {"tags": _TAGS}
    return made.get_template("page.html.j2")


def _escaped(value: object) -> object:
    """Text as HTML, its quotes written as the standard library does."""
    return value if hasattr(value, "__html__") else do_mark_safe(html.escape(str(value)))


def _base64(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _mathml(formula: Formula | Maths, display: bool) -> str:
    element = maths.to_mathml(formula.tex, display)
    return element.replace("<math", f'<math alttext="{html.escape(formula.alt)}"', 1)


def _together(caption: str) -> str:
    return _TOGETHER.sub(r'<span class="together">\g<0></span>', html.escape(caption))


def _width_rem(figure: FigureBlock) -> str:
    width = _SVG_WIDTH.search(figure.image[:4000])
    return f"{float(width.group(1)) / _POINTS_A_REM:.2f}" if width else ""


def _lines(block: TableBlock, scope: str) -> list[list[tuple[str, dict[str, Any], str]]]:
    """Cells of each line of the head (scope col) or body (row): tag, attributes, and text."""
    rows, pads = (block.head, {}) if scope == "col" else (block.rows, _pads(block))
    lines: list[list[tuple[str, dict[str, Any], str]]] = [[] for _ in rows]
    for line, column, cell in place_cells(rows):
        align = "center" if cell.columns > 1 else block.align[column]
        tag = "th" if cell.head and cell.text else "td"
        names = ("" if align == "left" else align, "together" if len(cell.text) <= _BRIEF else "")
        attributes = {
            "class": " ".join(filter(None, names)) or None,
            "scope": ("colgroup" if cell.columns > 1 else scope) if tag == "th" else None,
            "colspan": cell.columns if cell.columns > 1 else None,
            "rowspan": cell.rows if cell.rows > 1 else None,
        }
        lines[line].append((tag, attributes, pads.get((line, column), cell.text)))
    return lines


def _pads(block: TableBlock) -> dict[tuple[int, int], str]:
    """Numbers with spaces of a digit's width after them, so that their points stand in line."""
    cells = [
        (line, column, *at_decimal(cell.text, block.decimal_mark))
        for line, column, cell in place_cells(block.rows)
        if cell.columns == 1 and block.align[column] == "number"
    ]
    longest: dict[int, str] = {}
    for _, column, _, right in cells:
        longest[column] = max(longest.get(column, ""), right, key=len)
    return {
        (line, column): left + right + _blank(longest[column][len(right) :])
        for line, column, left, right in cells
    }


def _blank(text: str) -> str:
    return "".join(_PUNCTUATION_SPACE if c in ".,() " else _FIGURE_SPACE for c in text)


@cache
def _font(face: str) -> str:
    """The page's own typeface, as on paper."""
    return _base64((FONTS / f"SourceSans3-{face}.woff2").read_bytes())


@cache
def _source(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8").strip()
