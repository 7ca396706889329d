"""The one file as HTML text: style, typeface, scripts, data and the packed grid inside it."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from numpy.typing import NDArray

from hipstudy import __version__
from hipstudy.explore.one_file import one_file_sentences
from hipstudy.explore.one_file.dose_grid import DoseGrid, InterpolationError, MovableArm, in_percent
from hipstudy.explore.outside_row import OutsideRow
from hipstudy.explore.sentences import WORDS, change_unit, title, unit
from hipstudy.figures.style import ARM_COLOURS, GREY, INK, PALE, WORLD_MARKS
from hipstudy.labels import WORLD_LABELS
from hipstudy.model.causes import PRIOR, WORLDS, cause_shares
from hipstudy.parameters import number
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies.compare_tables import margins
from hipstudy.typeface import FONTS

ASSETS = Path(__file__).with_name("offline")
SCRIPTS = ("numbers.js", "words.js", "page.js")
FACES = (("Regular", 400), ("Semibold", 600))
_WIDTH = 120  # letters to a line of the grid
Array = NDArray[np.float64]
SLIDE_MIN = 2.0  # minutes of stretching between two places of the slider
ROOM = 0.05  # of a picture's range, left free at either end
SHAPES = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "X": "cross"}


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
    parts = "\n\n".join(_asset(name) for name in SCRIPTS)
    vega, own = _vega(), f'(() => {{\n"use strict";\n{parts}\n}})();'
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


def script_data(
    grid: DoseGrid,
    error_bounds: InterpolationError,
    movable_arm: MovableArm,
    fixed: Protocol,
    levels: tuple[float, ...],
    prior: tuple[float, ...],
    outside: Mapping[str, OutsideRow | None],
) -> dict[str, Any]:
    """Everything but the grid, ready for JSON.

    Parameters
    ----------
    grid, error_bounds
        The doses, and how far off the numbers can be.
    movable_arm, fixed
        The arm whose doses they are, and the other arm.
    levels, prior
        What a weight of a cause can be set to, and what the four are at first.
    outside
        What trials elsewhere found, by what B is: ``strength``, ``stretch`` or ``none``.
    """
    rows = {kind: asdict(row) | {"label": row.label, "sentence": row.sentence()} if row else None
            for kind, row in outside.items()}  # fmt: skip
    trials = [end for row in outside.values() if row for end in (row.low, row.high)]
    steps, own = grid.steps, movable_arm.own
    half = (1 - number("band_level")) / 2
    band = half, 1 - half
    _, worlds, draws, weeks = grid.fixed.shape
    # The slider stops at even steps, and at the minutes of the grid; not between nothing and the
    # least stretching, where the model jumps (``DoseGrid.changes``).
    nodes = steps.stretch_min
    even = np.arange(0, nodes[-1], SLIDE_MIN).tolist()
    places = sorted({*nodes, *(at for at in even if not nodes[0] < at < nodes[1])})
    session_min = [
        movable_arm.work.model_copy(update={"sets": sets}).session_min if sets else 0.0
        for sets in steps.sets
    ]
    return {
        "shape": {
            "outcomes": len(grid.outcomes), "worlds": worlds, "draws": draws, "weeks": weeks,
            "levels": len(levels), "steps": steps.shape,
        },
        "rounds": grid.rounds.tolist(),
        "weeks": grid.weeks,
        "last": grid.weeks[-1],
        "outcomes": [_outcome(grid, error_bounds, name, band, trials) for name in grid.outcomes],
        "outside": rows,
        "worlds": [{"name": world, "label": WORLD_LABELS[world]} for world in WORLDS],
        "prior": {"name": PRIOR, "label": WORLD_LABELS[PRIOR]},
        "sets": steps.sets,
        "sessions": steps.sessions,
        "loads": [one_file_sentences.load(load) for load in steps.loads],
        "nodes": steps.stretch_min,
        "positions": places,
        "levels": levels,
        "minutes_a": fixed.clock_min_wk,
        "strength_min": np.outer(session_min, steps.sessions).tolist(),
        "own": {
            "sets": steps.sets.index(own.sets),
            "sessions": steps.sessions.index(own.sessions),
            "load": steps.loads.index(own.load),
            "stretch": places.index(own.stretch_min),
            "levels": [levels.index(weight) for weight in prior],
            "weights": prior,
        },
        "band": band,
        "margins": margins()[:2],
        "sentences": one_file_sentences.common_sentences(),
        "specs": pictures(grid.weeks),
    }  # fmt: skip


def pictures(weeks: tuple[int, ...]) -> dict[str, Any]:
    """The two pictures as Vega-Lite, by name; the page feeds them with numbers."""
    worlds = (*WORLDS, PRIOR)
    facts = {
        "ticks": weeks[:: 1 if len(weeks) <= 4 else 2],
        "last": weeks[-1],
        "colours": [ARM_COLOURS["arm_a"], ARM_COLOURS["arm_b"]],
        "outside": WORDS("outside_label"),
        "labels": [WORLD_LABELS[world] for world in worlds],
        "shapes": [SHAPES[WORLD_MARKS[world]] for world in worlds],
        "ink": INK,
        "grey": GREY,
        "pale": PALE,
    }
    drawn = template("pictures.vl.json.j2").module
    return {name: json.loads(getattr(drawn, name)(facts)) for name in ("weeks", "causes")}


def _outcome(
    grid: DoseGrid,
    error_bounds: InterpolationError,
    name: str,
    band: tuple[float, float],
    trials: Sequence[float],
) -> dict[str, Any]:
    is_tightness = name == "tightness_nrs"
    change, difference = _ranges(grid, name, band, trials if is_tightness else ())
    return {
        "name": name,
        "title": title(name),
        "unit": unit(name),
        "change_unit": change_unit(name),
        "digits": 1 if name.endswith("_deg") else 2,
        "change_digits": 1 if in_percent(name) or name.endswith("_deg") else 2,
        "in_percent": in_percent(name),
        "sentences": one_file_sentences.script_sentences(
            error_bounds, name, grid.weeks[-1], grid.fixed.shape[2]
        ),
        "breaks_even": is_tightness,
        "margin": margins()[1] if is_tightness else 0,
        "change_domain": change,
        "difference_domain": difference,
    }


def _ranges(
    grid: DoseGrid, name: str, band: tuple[float, float], trials: Sequence[float]
) -> tuple[list[float], list[float]]:
    """Ends of all bands at every dose of the grid: of the change, and of the difference at last.

    The difference holds ``trials`` too, the ends of what was found elsewhere.

    One range a picture, so that what moves with a dose is the picture and not its axis.
    """
    place = grid.outcomes.index(name)
    start = grid.start[place][..., np.newaxis]
    scale = 100 / start if in_percent(name) else np.ones_like(start)
    changes_b = grid.counts[place][grid.possible] * grid.rounds[place]
    changes_a = grid.fixed[place]
    bands = [np.quantile(runs * scale, band, axis=-2) for runs in (changes_b, changes_a)]
    apart = np.quantile(changes_b[..., -1] - changes_a[..., -1], band, axis=-1)
    return _around(*bands), _around(apart, *([np.array(trials)] if trials else []))


def _around(*values: Array) -> list[float]:
    """A range around values and zero, with some room."""
    low = min(0.0, *(float(each.min()) for each in values))
    high = max(0.0, *(float(each.max()) for each in values))
    room = ROOM * (high - low) or 1.0
    return [low - room, high + room]
