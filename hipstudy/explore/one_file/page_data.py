"""The data that the script of the one-file explorer reads, beside the grid itself."""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hipstudy.explore.one_file import one_file_sentences
from hipstudy.explore.one_file.dose_grid import DoseGrid, MovableArm, Steps
from hipstudy.explore.one_file.interpolation_error import InterpolationError, in_percent
from hipstudy.explore.one_file.page_html import template
from hipstudy.explore.sentences import change_unit, title, unit
from hipstudy.figures.style import ARM_COLOURS, GREY, INK, PALE, WORLD_MARKS
from hipstudy.labels import WORLD_LABELS
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.parameters import number
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies.compare_tables import margins

Array = NDArray[np.float64]
SLIDE_MIN = 2.0  # minutes of stretching between two places of the slider
ROOM = 0.05  # of a picture's range, left free at either end
SHAPES = {"o": "circle", "s": "square", "^": "triangle-up", "D": "diamond", "X": "cross"}


def script_data(
    grid: DoseGrid,
    error_bounds: InterpolationError,
    movable_arm: MovableArm,
    fixed: Protocol,
    levels: tuple[float, ...],
    prior: tuple[float, ...],
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
    """
    steps, own = grid.steps, movable_arm.own
    half = (1 - number("band_level")) / 2
    band = half, 1 - half
    _, worlds, draws, weeks = grid.fixed.shape
    places = positions(steps)
    return {
        "shape": {
            "outcomes": len(grid.outcomes), "worlds": worlds, "draws": draws, "weeks": weeks,
            "levels": len(levels), "steps": steps.shape,
        },
        "rounds": grid.rounds.tolist(),
        "weeks": grid.weeks,
        "last": grid.weeks[-1],
        "outcomes": [_outcome(grid, error_bounds, name, band) for name in grid.outcomes],
        "worlds": [{"name": world, "label": WORLD_LABELS[world]} for world in WORLDS],
        "prior": {"name": PRIOR, "label": WORLD_LABELS[PRIOR]},
        "sets": steps.sets,
        "sessions": steps.sessions,
        "loads": [one_file_sentences.load(load) for load in steps.loads],
        "nodes": steps.stretch_min,
        "positions": places,
        "levels": levels,
        "minutes_a": fixed.clock_min_wk,
        "strength_min": _strength_min(movable_arm, steps),
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
        "labels": [WORLD_LABELS[world] for world in worlds],
        "shapes": [SHAPES[WORLD_MARKS[world]] for world in worlds],
        "ink": INK,
        "grey": GREY,
        "pale": PALE,
    }
    drawn = template("pictures.vl.json.j2").module
    return {name: json.loads(getattr(drawn, name)(facts)) for name in ("weeks", "causes")}


def positions(steps: Steps) -> list[float]:
    """Minutes of stretching that the slider stops at: even steps, and those of the grid."""
    top = steps.stretch_min[-1]
    return sorted({*np.arange(0, top, SLIDE_MIN).tolist(), *steps.stretch_min})


def _strength_min(movable_arm: MovableArm, steps: Steps) -> list[list[float]]:
    """Clock minutes a week of strength work, by sets and sessions."""
    session_min = [
        movable_arm.work.model_copy(update={"sets": sets}).session_min if sets else 0.0
        for sets in steps.sets
    ]
    return np.outer(session_min, steps.sessions).tolist()


def _outcome(
    grid: DoseGrid, error_bounds: InterpolationError, name: str, band: tuple[float, float]
) -> dict[str, Any]:
    change, difference = _ranges(grid, name, band)
    is_tightness = name == "tightness_nrs"
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
    grid: DoseGrid, name: str, band: tuple[float, float]
) -> tuple[list[float], list[float]]:
    """Ends of all bands at every dose of the grid: of the change, and of the difference at last.

    One range a picture, so that what moves with a dose is the picture and not its axis.
    """
    place = grid.outcomes.index(name)
    start = grid.start[place][..., np.newaxis]
    scale = 100 / start if in_percent(name) else np.ones_like(start)
    changes_b = grid.counts[place][grid.possible] * grid.rounds[place]
    changes_a = grid.fixed[place]
    bands = [np.quantile(runs * scale, band, axis=-2) for runs in (changes_b, changes_a)]
    apart = np.quantile(changes_b[..., -1] - changes_a[..., -1], band, axis=-1)
    return _around(*bands), _around(apart)


def _around(*values: Array) -> list[float]:
    """A range around values and zero, with some room."""
    low = min(0.0, *(float(each.min()) for each in values))
    high = max(0.0, *(float(each.max()) for each in values))
    room = ROOM * (high - low) or 1.0
    return [low - room, high + room]
