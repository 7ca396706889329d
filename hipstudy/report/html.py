"""A document as one HTML file that needs nothing else and no network.

It runs no script, unless a table in it can be sorted: then this package's own, named by its hash in
the page's policy, so that no other can run.
"""

import base64
from functools import lru_cache
from hashlib import sha256
from html import escape
from pathlib import Path

from hipstudy.report.document import Document, Stamp, TableBlock
from hipstudy.report.html_blocks import block_html
from hipstudy.report.plain import FONTS
from hipstudy.report.stamped import made_line, title_line

_STYLE = Path(__file__).with_name("style.css")
_SORT = Path(__file__).with_name("sort.js")
_POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
_FACES = (("Regular", 400, "normal"), ("Semibold", 600, "normal"), ("It", 400, "italic"))


def to_html(document: Document, stamp: Stamp) -> str:
    """Write a document as an offline page, the report's sibling.

    Parameters
    ----------
    document
        As ``hipstudy.report.reading.read`` gives it.
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
    script, allowed = _script() if sorts else ("", "")
    return f"""<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}{allowed}">
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
