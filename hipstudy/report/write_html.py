"""Blocks into HTML: the same words in the same order as in the PDF, every word escaped."""

import base64
import re
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from hipstudy.report import maths
from hipstudy.report.document import (
    AnswerBlock,
    Block,
    Cell,
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
    made_line,
    title_line,
)
from hipstudy.report.tables import at_decimal, place_cells
from hipstudy.report.typography import FONTS

_TAGS = {"code": "code", "emphasis": "em", "strong": "strong"}
_POINTS_A_REM = 10.5
_SVG_WIDTH = re.compile(rb"<svg\b[^>]*?\swidth=[\"']([\d.]+)pt[\"']")
# Kept on one line: "n = 28", "95 %", and cells as short as a unit.
_TOGETHER = re.compile(r"\bn = \d+|\d+ %")
_BRIEF = 14
_FIGURE_SPACE, _PUNCTUATION_SPACE = "\u2007", "\u2008"


def block_html(block: Block) -> str:
    """Return one block as HTML."""
    return _WRITERS[type(block)](block)


def words(runs: tuple[Inline, ...]) -> str:
    """Return runs of a line as HTML.

    Examples
    --------
    >>> from hipstudy.report.document import TextRun
    >>> words((TextRun("<b>", frozenset({"strong"})),))
    '<strong>&lt;b&gt;</strong>'
    """
    return "".join(_run(run) for run in runs)


def _run(run: Inline) -> str:
    if isinstance(run, Formula):
        return _mathml(run.tex, run.alt, display=False)
    html = "<br>" if "break" in run.marks else escape(run.text)
    for mark, tag in _TAGS.items():
        if mark in run.marks:
            html = f"<{tag}>{html}</{tag}>"
    return f'<a href="{escape(run.target)}">{html}</a>' if run.target else html


def _mathml(tex: str, alt: str, display: bool) -> str:
    element = maths.to_mathml(tex, display)
    return element.replace("<math", f'<math alttext="{escape(alt)}"', 1)


def _heading(block: Heading) -> str:
    return f"<h{block.level}>{words(block.runs)}</h{block.level}>"


def _paragraph(block: Paragraph) -> str:
    return f"<p>{words(block.runs)}</p>"


def _list(block: ListBlock) -> str:
    items = "".join(f"<li>{_item(item)}</li>" for item in block.items)
    if not block.ordered:
        return f"<ul>{items}</ul>"
    start = f' start="{block.start}"' if block.start != 1 else ""
    return f"<ol{start}>{items}</ol>"


def _item(item: tuple[Block, ...]) -> str:
    first = item[0] if item else None
    if isinstance(first, Paragraph) and not any(isinstance(b, Paragraph) for b in item[1:]):
        return words(first.runs) + "".join(block_html(block) for block in item[1:])
    return "".join(block_html(block) for block in item)


def _quote(block: Quote) -> str:
    return f"<blockquote>{''.join(block_html(inner) for inner in block.blocks)}</blockquote>"


def _maths(block: Maths) -> str:
    return f'<div class="maths">{_mathml(block.tex, block.alt, display=True)}</div>'


def _caption(label: str, caption: str) -> str:
    numbered = f'<span class="label">{escape(label)}.</span> ' if label else ""
    return numbered + _TOGETHER.sub(r'<span class="together">\g<0></span>', escape(caption))


def _figure(block: FigureBlock) -> str:
    source = base64.b64encode(block.image).decode()
    width = _SVG_WIDTH.search(block.image[:4000])
    # As wide beside the text as on paper, so that the figure grows with the words on a projector.
    style = f' style="width:{float(width.group(1)) / _POINTS_A_REM:.2f}rem"' if width else ""
    return (
        f'<figure><img src="data:{block.mime};base64,{source}" alt="{escape(block.alt)}"{style}>'
        f"<figcaption>{_caption(block.label, block.caption)}</figcaption></figure>"
    )


def _table(block: TableBlock) -> str:
    caption = _caption(block.label, block.caption)
    name = escape(block.caption or "Table")
    head = _rows(block, block.head, scope="col")
    body = _rows(block, block.rows, scope="row")
    caption_html = f"<caption>{caption}</caption>" if block.caption else ""
    sorts = ' data-sortable="true"' if block.sortable else ""
    # A table wider than a phone is scrolled by itself, also with the keyboard.
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{name}"><table{sorts}>'
        f"{caption_html}"
        f"<thead>{head}</thead><tbody>{body}</tbody></table></div>"
    )


def _rows(block: TableBlock, rows: tuple[tuple[Cell, ...], ...], scope: str) -> str:
    pads = _pads(block) if scope == "row" else {}
    lines: list[list[str]] = [[] for _ in rows]
    for line, column, cell in place_cells(rows):
        align = "center" if cell.columns > 1 else block.align[column]
        text = escape(pads.get((line, column), cell.text))
        lines[line].append(_cell(cell, text, align, scope))
    return "".join(f"<tr>{''.join(cells)}</tr>" for cells in lines)


def _cell(cell: Cell, text: str, align: str, scope: str) -> str:
    tag = "th" if cell.head and cell.text else "td"
    names = ("" if align == "left" else align, "together" if len(cell.text) <= _BRIEF else "")
    spans = {
        "class": " ".join(name for name in names if name),
        "scope": ("colgroup" if cell.columns > 1 else scope) if tag == "th" else "",
        "colspan": str(cell.columns) if cell.columns > 1 else "",
        "rowspan": str(cell.rows) if cell.rows > 1 else "",
    }
    attributes = "".join(f' {key}="{value}"' for key, value in spans.items() if value)
    return f"<{tag}{attributes}>{text}</{tag}>"


def _pads(block: TableBlock) -> dict[tuple[int, int], str]:
    """Numbers with spaces of a digit's width after them, so that their points stand in line."""
    cells = [
        (line, column, *at_decimal(cell.text))
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


def _answer(block: AnswerBlock) -> str:
    numbers = "".join(
        "<li>"
        + "".join(
            f'<span class="{name}">{escape(text)}</span> '
            for name, text in zip(("value", "interval", "label"), number, strict=True)
            if text
        )
        + "</li>"
        for number in block.numbers
    )
    html = f'<ul class="numbers">{numbers}</ul>' if numbers else ""
    basis = f'<p class="basis">{escape(block.basis)}</p>' if block.basis else ""
    sentence = f'<p class="sentence">{escape(block.sentence)}</p>'
    return f'<section class="answer" aria-label="Answer">{sentence}{html}{basis}</section>'


def _lines(block: LinesBlock) -> str:
    lines = "".join(f"<code>{escape(line)}</code>" for line in block.lines)
    return f'<div class="lines">{lines}</div>'


def _break(_block: PageBreak) -> str:
    return "<hr>"


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

_STYLE = Path(__file__).with_name("style.css")
_SORT = Path(__file__).with_name("sort.js")
_POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
_FACES = (("Regular", 400, "normal"), ("Semibold", 600, "normal"), ("It", 400, "italic"))


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
    title = escape(document.title)
    blocks = "\n".join(block_html(block) for block in document.blocks)
    sorts = any(isinstance(b, TableBlock) and b.sortable for b in document.blocks)
    script, allowance = _script() if sorts else ("", "")
    return f"""<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}{allowance}">
<title>{title}</title>
<style>
{_style()}
</style>
</head>
<body>
<header>
<h1>{title}</h1>
<p class="line">{escape(title_line(stamp))}</p>
</header>
<main>
{blocks}
</main>
<footer>
<p>{escape(made_line(stamp))}</p>
</footer>
{script}</body>
</html>
"""


def _script() -> tuple[str, str]:
    """The script that sorts, and what the page's policy has to allow for it."""
    source = _SORT.read_text(encoding="utf-8").strip()
    digest = base64.b64encode(sha256(source.encode()).digest()).decode()
    return f"<script>{source}</script>\n", f"; script-src 'sha256-{digest}'"


@lru_cache(maxsize=1)
def _style() -> str:
    """Return the style sheet with the page's own typeface inside, as on paper."""
    faces = []
    for name, weight, slant in _FACES:
        source = base64.b64encode((FONTS / f"SourceSans3-{name}.woff2").read_bytes()).decode()
        faces.append(
            f'@font-face {{ font-family: "Source Sans 3"; font-weight: {weight}; '
            f"font-style: {slant}; src: url(data:font/woff2;base64,{source}); }}"
        )
    return "\n".join([*faces, _STYLE.read_text(encoding="utf-8").strip()])
