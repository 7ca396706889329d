"""The one-file explorer's account of itself: who, what is fixed, how far its numbers can be off.

The words are ``explore/words/explorer.en.j2``; here are the facts that they are made from.
"""

from collections.abc import Sequence
from math import floor, log10
from typing import Any

import numpy as np

from hipstudy.errors import harmless
from hipstudy.evidence import number_basis
from hipstudy.explore.cache import Scene
from hipstudy.explore.one_file.dose_grid import DoseGrid, InterpolationError, MovableArm, in_percent
from hipstudy.explore.outcome_words import WORDS, change_unit, title, unit
from hipstudy.explore.page_data import load_words
from hipstudy.explore.state import ARMS, OUTCOMES, RESERVE
from hipstudy.labels import ARM_LABELS
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies.settings import CompareSettings


def head(arm: Protocol, letter: str) -> str:
    """What an arm is called on the page."""
    own = harmless(arm.label.removeprefix(f"{letter}: "))
    return own if arm.name in ARMS else ARM_LABELS.get(arm.name, own)


def keys_of(outcomes: Sequence[str]) -> list[str]:
    """Outcomes as an address names them: a reserve without its speed."""
    return [name if name in OUTCOMES else RESERVE for name in outcomes]


def about(
    grid: DoseGrid,
    error_bounds: InterpolationError,
    here: Scene,
    movable_arm: MovableArm,
    fixed: Protocol,
    settings: CompareSettings,
) -> dict[str, Any]:
    """The page's own account of itself: what is fixed, the grid, how far it can be off."""
    return {
        "fixed": f"{_fixed(movable_arm, fixed, here)} {_model(grid, here, settings)}",
        "grid": _grid(grid, error_bounds),
        "errors": _errors(grid, error_bounds),
        "basis": basis(settings),
    }


def _fixed(movable_arm: MovableArm, fixed: Protocol, here: Scene) -> str:
    b = movable_arm.arm
    facts = {
        "work": movable_arm.work,
        "unloaded_weeks": min(movable_arm.work.unloaded_weeks, b.weeks),
        "has_stretch": b.stretch is not None,
        "weeks_a": fixed.weeks,
        "weeks_b": b.weeks,
        "weeks": here.weeks,
        "contacts": [("A", fixed.contact_min_wk), ("B", b.contact_min_wk)],
    }
    return WORDS("file_fixed", facts)


def _model(grid: DoseGrid, here: Scene, settings: CompareSettings) -> str:
    chances = [own.chance.mean(axis=(1, 2)).mean() for _, _, own in here.blocks]
    sizes = [block.n_runners for block, _, _ in here.blocks]
    facts = {
        "sessions_done": np.average(chances, weights=sizes),
        "is_adherence_set": settings.adherence is not None,
        "start_rom_deg": float(grid.start[grid.outcomes.index("thomas_ext_deg")].mean()),
        "is_rom_set": settings.start_rom_deg is not None,
        "seed": here.seed,
        "n_draws": here.values.n_draws,
    }
    return WORDS("file_model", facts)


def _grid(grid: DoseGrid, error_bounds: InterpolationError) -> str:
    steps = grid.steps
    alone = np.array(steps.sets) == 0  # of these, load and sessions make no other dose
    facts = {
        "n_doses": int(grid.possible[:, ~alone].sum() + grid.possible[0, alone, 0].sum()),
        "sets": _number_list(steps.sets),
        "sessions": _number_list(steps.sessions),
        "loads": ", ".join(map(load_words, steps.loads)),
        "minutes": ", ".join(f"{round(node, 1):g}" for node in steps.stretch_min),
        "n_between": error_bounds.n_tried,
    }
    return WORDS("file_grid", facts)


def _number_list(values: tuple[int, ...]) -> str:
    whole = values == tuple(range(values[0], values[-1] + 1)) and len(values) > 2
    return f"{values[0]} to {values[-1]}" if whole else ", ".join(map(str, values))


def _errors(grid: DoseGrid, error_bounds: InterpolationError) -> list[tuple[str, str, str, str]]:
    """How far off each outcome can be: its name, its unit, on the grid, between."""
    rows = []
    for name in grid.outcomes:
        on_grid, between = error_bounds.rounding[name], error_bounds.between[name]
        rows.append((title(name), unit(name), at_most(on_grid), at_most(between)))
        if in_percent(name):
            pair = error_bounds.rounding_change[name], error_bounds.between_change[name]
            rows.append((f"{title(name)}, change", change_unit(name), *map(at_most, pair)))
    return rows


def how_far_off(error_bounds: InterpolationError, name: str) -> str:
    """How far off an outcome can be between the doses that were run, with its unit."""
    error = f"{at_most(error_bounds.between[name])} {unit(name)}".strip()
    if in_percent(name):
        error += f" ({at_most(error_bounds.between_change[name])} {change_unit(name)})"
    return error


def at_most(value: float) -> str:
    """A bound with two figures, never rounded down.

    Examples
    --------
    >>> at_most(0.01715), at_most(0.00025), at_most(0.165), at_most(1.21), at_most(0.1)
    ('0.018', '0.00025', '0.17', '1.3', '0.10')
    """
    digits = max(0, 1 - floor(log10(value)))
    step = 10.0**-digits
    whole = round(value / step, 6)  # what is exact stays so
    return f"{-(-whole // 1) * step:.{digits}f}"


def basis(settings: CompareSettings) -> str:
    """What the numbers rest on, and what every report says of harms."""
    said = number_basis.sentence(settings.parameter_values)
    return WORDS("file_basis", {"basis": said, "closing": number_basis.CLOSING})
