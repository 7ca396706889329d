"""The page around the numbers: one HTML text with its style, typeface and scripts inside it."""

import base64
import hashlib
import json
import zlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from numpy.typing import NDArray

from hipstudy import __version__
from hipstudy.explore.one_file.dose_grid import DoseGrid
from hipstudy.model.causes import WORLDS, cause_shares
from hipstudy.report.typography import FONTS

ASSETS = Path(__file__).with_name("offline")
SCRIPTS = ("numbers.js", "words.js", "page.js")
FACES = (("Regular", 400), ("Semibold", 600))
_WIDTH = 120  # letters to a line of the grid


@cache
def template(name: str) -> Template:
    """A template of the page: it escapes what it is given, and misses nothing silently."""
    return Environment(
        loader=FileSystemLoader(ASSETS),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template(name)


def filled(grid: bytes, data: dict[str, Any], facts: dict[str, Any]) -> str:
    """The page as text.

    Parameters
    ----------
    grid
        As ``pack_grid`` gives it.
    data
        For the script; no text in it can end the element that it stands in.
    facts
        What fills the gaps in ``offline/shell.html.j2``.
    """
    vega, own = _vega(), _own_script()
    letters = base64.b64encode(grid).decode()
    lines = [letters[i : i + _WIDTH] for i in range(0, len(letters), _WIDTH)]
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    mark = hashlib.sha256(grid + text.encode()).hexdigest()[:12]
    return template("shell.html.j2").render(
        facts,
        policy=_policy(vega, own),
        style=_style(),
        data=text.replace("<", "\\u003c"),
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


Array = NDArray[np.float64]
DIFFERENCED = (1, 2, 3, 4)  # loads, sets, sessions, minutes of stretching
LEVELS = tuple(np.arange(0, 10.5, 0.5).tolist())


def shares_by_level(levels: Sequence[float], n_draws: int, *, seed: int) -> Array:
    """What the causes' shares are made of, for every weight: logarithms, (levels, draws, worlds).

    Exponentials of one level a world, over their sum, are ``causes.cause_shares`` of these
    weights: the logarithms are read off its ratios, two causes at a time, up to a constant of each
    draw that the sum takes away. A weight of 0 has minus infinity, and so has one so small
    (below about 0.02) that the library's own share is too small to be held.
    """

    def ratio(world: int, weight: float, against: int) -> Array:
        concentration = np.zeros(len(WORLDS))
        concentration[[world, against]] = weight, 1
        shares = cause_shares(concentration.tolist(), n_draws, seed=seed)
        with np.errstate(divide="ignore"):
            return np.log(shares[:, world]) - np.log(shares[:, against])

    second = ratio(1, 1.0, 0)
    logs = np.full((len(levels), n_draws, len(WORLDS)), -np.inf)
    for place, weight in enumerate(levels):
        for world in range(len(WORLDS)) if weight > 0 else ():
            apart = ratio(world, weight, 0) if world else ratio(0, weight, 1) + second
            logs[place, :, world] = apart
    return logs


def pack_grid(grid: DoseGrid, logs: Array) -> bytes:
    """Squeeze a grid, and what makes the shares of the causes, in the order of ``numbers.js``."""
    numbers = [part.astype("<f8").tobytes() for part in (grid.start, grid.fixed, logs)]
    apart = grid.counts
    for axis in DIFFERENCED:
        apart = np.diff(apart, axis=axis, prepend=np.int16(0))  # wraps around, and back
    folded = (apart << 1) ^ (apart >> 15)  # small numbers of either sign are small
    low_and_high = folded.astype("<i2").reshape(-1, 1).view(np.uint8).T
    possible = grid.possible.astype("u1").tobytes()
    return zlib.compress(b"".join([*numbers, possible, low_and_high.tobytes()]), 9)
