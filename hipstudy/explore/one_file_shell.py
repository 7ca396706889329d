"""The page around the numbers: one HTML text with its style, typeface and scripts inside it."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from string import Template
from typing import Any

from hipstudy import __version__
from hipstudy.report.plain import FONTS

ASSETS = Path(__file__).with_name("offline")
SCRIPTS = ("numbers.js", "words.js", "page.js")
FACES = (("Regular", 400), ("Semibold", 600))
_WIDTH = 120  # letters to a line of the grid


def filled(grid: bytes, data: dict[str, Any], **html: str) -> str:
    """The page as text.

    Parameters
    ----------
    grid
        As ``packed.packed`` gives it.
    data
        For the script; no text in it can end the element that it stands in.
    **html
        What fills the gaps in ``offline/shell.html``, as HTML.
    """
    vega, own = _vega(), _own_script()
    letters = base64.b64encode(grid).decode()
    lines = [letters[i : i + _WIDTH] for i in range(0, len(letters), _WIDTH)]
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    mark = hashlib.sha256(grid + told.encode()).hexdigest()[:12]
    return Template(_asset("shell.html")).substitute(
        html,
        policy=_policy(vega, own),
        style=_style(),
        data=told.replace("<", "\\u003c"),
        grid="\n".join(lines),
        vega=vega,
        script=own,
        made=f"hipstudy {__version__} · explorer in one file · fingerprint {mark}",
    )


def _policy(*scripts: str) -> str:
    """What a browser may do with the page: run these scripts, and ask for nothing."""
    hashes = (base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in scripts)
    run = " ".join(f"'sha256-{digest}'" for digest in hashes)
    return (
        f"default-src 'none'; script-src {run}; style-src 'unsafe-inline'; font-src data:; "
        "img-src data:; form-action 'none'; base-uri 'none'"
    )


def _asset(name: str) -> str:
    return (ASSETS / name).read_text(encoding="utf-8").strip()


def _own_script() -> str:
    parts = "\n\n".join(_asset(name) for name in SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();'


@cache
def _vega() -> str:
    """Vega, Vega-Lite and what puts them on a page, with nothing left to fetch."""
    import vl_convert

    return vl_convert.javascript_bundle().replace("</script", "<\\/script")


@cache
def _style() -> str:
    faces = []
    for name, weight in FACES:
        source = base64.b64encode((FONTS / f"SourceSans3-{name}.woff2").read_bytes()).decode()
        faces.append(
            f'@font-face {{ font-family: "Source Sans 3"; font-weight: {weight}; '
            f"src: url(data:font/woff2;base64,{source}); }}"
        )
    return "\n".join([*faces, _asset("page.css")])
