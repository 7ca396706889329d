"""The data that the script of the one-file explorer reads, beside the grid itself."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hipstudy.explore.one_file import one_file_sentences, pictures
from hipstudy.explore.one_file.dose_grid import DoseGrid, MovableArm, Steps
from hipstudy.explore.one_file.interpolation_error import InterpolationError, in_percent
from hipstudy.explore.sentences import change_unit, title, unit
from hipstudy.labels import WORLD_LABELS
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.parameters import number
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies.compare_tables import margins

Array = NDArray[np.float64]
SLIDE_MIN = 2.0  # minutes of stretching between two places of the slider
ROOM = 0.05  # of a picture's range, left free at either end


@dataclass(frozen=True, eq=False)
class Contents:
    """What a page holds.

    Parameters
    ----------
    grid, error_bounds
        The doses, and how far off the numbers can be.
    movable_arm, fixed
        The arm whose doses they are, and the other arm.
    levels, prior
        What a weight of a cause can be set to, and what the four are at first.
    """

    grid: DoseGrid
    error_bounds: InterpolationError
    movable_arm: MovableArm
    fixed: Protocol
    levels: tuple[float, ...]
    prior: tuple[float, ...]


def script_data(contents: Contents) -> dict[str, Any]:
    """Everything but the grid, ready for JSON."""
    grid, steps, own = contents.grid, contents.grid.steps, contents.movable_arm.own
    half = (1 - number("band_level")) / 2
    band = half, 1 - half
    _, worlds, draws, weeks = grid.fixed.shape
    places = positions(steps)
    return {
        "shape": {
            "outcomes": len(grid.outcomes), "worlds": worlds, "draws": draws, "weeks": weeks,
            "levels": len(contents.levels), "steps": steps.shape,
        },
        "rounds": grid.rounds.tolist(),
        "weeks": grid.weeks,
        "last": grid.weeks[-1],
        "outcomes": [_outcome(contents, name, band) for name in grid.outcomes],
        "worlds": [{"name": world, "label": WORLD_LABELS[world]} for world in WORLDS],
        "prior": {"name": PRIOR, "label": WORLD_LABELS[PRIOR]},
        "sets": steps.sets,
        "sessions": steps.sessions,
        "loads": [one_file_sentences.load(load) for load in steps.loads],
        "nodes": steps.stretch_min,
        "positions": places,
        "levels": contents.levels,
        "minutes_a": contents.fixed.clock_min_wk,
        "strength_min": _strength_min(contents.movable_arm, steps),
        "own": {
            "sets": steps.sets.index(own.sets),
            "sessions": steps.sessions.index(own.sessions),
            "load": steps.loads.index(own.load),
            "stretch": places.index(own.stretch_min),
            "levels": [contents.levels.index(weight) for weight in contents.prior],
            "weights": contents.prior,
        },
        "band": band,
        "margins": margins()[:2],
        "sentences": one_file_sentences.common_sentences(),
        "specs": {
            "weeks": pictures.over_weeks(grid.weeks),
            "causes": pictures.by_cause(),
        },
    }  # fmt: skip


def positions(steps: Steps) -> list[float]:
    """Minutes of stretching that the slider stops at: even steps, and those of the grid."""
    top = steps.stretch_min[-1]
    return sorted({*np.arange(0, top, SLIDE_MIN).tolist(), *steps.stretch_min})


def _strength_min(movable_arm: MovableArm, steps: Steps) -> list[list[float]]:
    """Clock minutes a week of strength work, by sets and sessions."""
    minutes = []
    for sets in steps.sets:
        work = movable_arm.work.model_copy(update={"sets": sets}) if sets else None
        minutes.append([work.session_min * n if work else 0.0 for n in steps.sessions])
    return minutes


def _outcome(contents: Contents, name: str, band: tuple[float, float]) -> dict[str, Any]:
    change, difference = _ranges(contents.grid, name, band)
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
            contents.error_bounds, name, contents.grid.weeks[-1], contents.grid.fixed.shape[2]
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
    changes = [
        _ends(np.quantile(runs * scale, band, axis=-2))
        for runs in (changes_b, changes_a[np.newaxis])
    ]
    apart = np.quantile(changes_b[..., -1] - changes_a[..., -1], band, axis=-1)
    return _around([end for ends in changes for end in ends]), _around(_ends(apart))


def _ends(values: Array) -> list[float]:
    return [float(values.min()), float(values.max())]


def _around(ends: list[float]) -> list[float]:
    """A range around ends and zero, with some room."""
    low, high = min(0.0, *ends), max(0.0, *ends)
    room = ROOM * (high - low) or 1.0
    return [low - room, high + room]
