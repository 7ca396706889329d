"""The one file as HTML text: style, typeface, script, data and the packed grid inside it."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from numpy.typing import NDArray

from hipstudy import __version__
from hipstudy.explore.arm_changes import fold_counts
from hipstudy.explore.front_end import script, style, word_table
from hipstudy.explore.one_file import one_file_sentences
from hipstudy.explore.one_file.dose_grid import DoseGrid, InterpolationError, MovableArm
from hipstudy.explore.one_file.stretch_line import StretchLine
from hipstudy.explore.outside_row import OutsideRow
from hipstudy.explore.page_data import MOST, load_words
from hipstudy.prescription.protocol import MAX_HOURS_WK, Protocol
from hipstudy.prescription.shorthand import dose

Array = NDArray[np.float64]
SLIDE_MIN = 2.0  # minutes of stretching between two places of the slider
DIFFERENCED = (1, 2, 3, 4)  # loads, sets, sessions, minutes of stretching
KEYS = ("sets", "sessions_per_week", "load", "stretch_min_wk", "stretch_a", "outcome", "prior")
_WIDTH = 120  # letters to a line of the grid


@cache
def _shell() -> Template:
    """The page around it: it escapes what it is given, and misses nothing silently."""
    return Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    ).get_template("shell.html.j2")


def filled(grid: bytes, data: dict[str, Any], facts: dict[str, Any]) -> str:
    """The page as text.

    Parameters
    ----------
    grid
        As ``pack_grid`` gives it.
    data
        For the script; no text in it can end the element that it stands in.
    facts
        What fills the gaps in ``shell.html.j2``.
    """
    own = f'(() => {{\n"use strict";\n{script("file_host")}\nopenFile();\n}})();'
    letters = base64.b64encode(grid).decode()
    lines = [letters[i : i + _WIDTH] for i in range(0, len(letters), _WIDTH)]
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    mark = hashlib.sha256(grid + text.encode()).hexdigest()[:12]
    return _shell().render(
        facts,
        policy=_policy(own),
        style=style(),
        noscript=word_table()["labels"]["no_script"],
        data=text.replace("<", "\\u003c"),
        grid="\n".join(lines),
        script=own,
        made=f"hipstudy {__version__} · explorer in one file · fingerprint {mark}",
    )


def _policy(own: str) -> str:
    """What a browser may do with the page: run its script, and ask for nothing."""
    digest = base64.b64encode(hashlib.sha256(own.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; "
        "font-src data:; img-src data:; form-action 'none'; base-uri 'none'"
    )


def pack_grid(grid: DoseGrid, line: StretchLine, logs: Array) -> bytes:
    """Squeeze both arms, and what makes the causes' shares, in the order of ``file_host.js``."""
    numbers = [part.astype("<f8").tobytes() for part in (grid.start, logs)]
    apart = grid.counts
    for axis in DIFFERENCED:
        apart = np.diff(apart, axis=axis, prepend=np.int16(0))  # wraps around, and back
    fixed = np.diff(line.counts, axis=1, prepend=np.int16(0))
    possible = grid.possible.astype("u1").tobytes()
    return zlib.compress(
        b"".join(
            [*numbers, possible, *map(fold_counts, (grid.others, fixed, apart))],
        ),
        9,
    )


def slider_places(nodes: Sequence[float]) -> list[float]:
    """Where the slider of stretching stops: at even steps, and at the minutes of the grid.

    Not between nothing and the least stretching, where the model jumps (``DoseGrid.changes``).
    """
    even = np.arange(0, nodes[-1], SLIDE_MIN).tolist()
    return sorted({*nodes, *(at for at in even if not nodes[0] < at < nodes[1])})


def arm_facts(arm: Protocol, letter: str) -> dict[str, Any]:
    """What an arm is called, and what it takes."""
    return {
        "label": one_file_sentences.head(arm, letter),
        "line": "",
        "dose": dose(arm),
        "has_work": arm.strength is not None,
        "minutes": {
            "strength": arm.strength_min_wk,
            "stretch": arm.stretch_min_wk,
            "both": arm.clock_min_wk,
        },
    }


def _among(steps: Sequence[int], usual: Sequence[int]) -> list[int]:
    """Those of the grid that any host would plan with; all where there are none."""
    return [step for step in steps if step in usual] or [*steps]


def script_data(
    grid: DoseGrid,
    error_bounds: Sequence[InterpolationError],
    movable_arm: MovableArm,
    fixed: Protocol,
    line: StretchLine,
    levels: tuple[float, ...],
    prior: tuple[float, ...],
    outside: Mapping[str, OutsideRow | None],
) -> dict[str, Any]:
    """What of the page's data is the file's own: its grid, and what stands on it.

    Parameters
    ----------
    grid, error_bounds
        The doses, and how far off the numbers can be: of that arm, the other, and both.
    movable_arm, fixed
        The arm whose dose they are, and the other arm.
    line
        The other arm at other minutes of stretching.
    levels, prior
        What a weight of a cause can be set to, and what the four are at first.
    outside
        What trials elsewhere found, by what B is: ``strength``, ``stretch`` or ``none``.
    """
    steps, own = grid.steps, movable_arm.own
    _, worlds, draws, weeks = grid.others.shape[1:]
    places = {
        "sets": steps.sets,
        "sessions_per_week": steps.sessions,
        "stretch_min_wk": slider_places(steps.stretch_min),
    }
    labels = word_table()["labels"]
    names = dict(zip(places, ("sets", "sessions_per_week", "stretch"), strict=True))
    session_min = {
        sets: movable_arm.work.model_copy(update={"sets": sets}).session_min if sets else 0.0
        for sets in steps.sets
    }
    return {
        "shape": {
            "outcomes": len(grid.outcomes), "worlds": worlds, "draws": draws, "weeks": weeks,
            "steps": steps.shape,
        },
        "rounds": grid.rounds.tolist(),
        "weeks": grid.weeks,
        "levels": levels,
        "weights": prior,
        "keys": KEYS,
        "steps": {
            "load": steps.loads, "sets": steps.sets, "sessions_per_week": steps.sessions,
            "stretch_min_wk": steps.stretch_min,
        },
        "dials": {n: {"label": labels[names[n]], "places": of} for n, of in places.items()},
        "loads": [{"value": load, "words": load_words(load)} for load in steps.loads],
        "most": {
            "sets": _among(steps.sets, MOST["sets"]),
            "sessions": _among(steps.sessions, MOST["sessions"]),
        },
        "own": {
            "sets": own.sets, "sessions_per_week": own.sessions, "load": own.load,
            "stretch_min_wk": own.stretch_min,
        },
        "arm_a": arm_facts(fixed, "A"),
        "work_a": dose(fixed.model_copy(update={"stretch": None})) if fixed.strength else "",
        "minutes_a": line.minutes,
        "arm_b": arm_facts(movable_arm.arm, "B"),
        "reps": movable_arm.work.reps,
        "session_min": session_min,
        "max_hours_wk": MAX_HOURS_WK,
        "outside": {kind: row.facts() if row else None for kind, row in outside.items()},
        "errors": [
            {
                key: one_file_sentences.how_far_off(bounds, name)
                for key, name in zip(
                    one_file_sentences.keys_of(grid.outcomes), grid.outcomes, strict=True
                )
            }
            for bounds in error_bounds
        ],
    }  # fmt: skip
