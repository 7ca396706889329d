"""The one-file explorer's account of itself: who, what is fixed, how far its numbers can be off.

The words are ``explore/words/explorer.en.j2``; here are the facts that they are made from.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from math import floor, log10

import numpy as np

from hipstudy.errors import harmless
from hipstudy.evidence import number_basis
from hipstudy.explore.cache import Scene
from hipstudy.explore.one_file.dose_grid import DoseGrid, MovableArm
from hipstudy.explore.one_file.interpolation_error import InterpolationError, in_percent
from hipstudy.explore.sentences import (
    WORDS,
    NamedText,
    change_unit,
    gap_break_even,
    gap_sentences,
    title,
    unit,
)
from hipstudy.explore.state import ARMS
from hipstudy.labels import ARM_LABELS, WORLD_LABELS, count_phrase
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.model.cohort import DRAWN, Cohort
from hipstudy.prescription.protocol import MAX_HOURS_WK, Protocol, Strength
from hipstudy.studies.compare_tables import margins
from hipstudy.studies.settings import CompareSettings

LOADS = {"unloaded": "no added weight", "near-failure": "near failure"}


@dataclass(frozen=True)
class ScriptFacts:
    """What stays the same in the sentences of an outcome that the page's script fills."""

    title: str
    unit: str
    change_unit: str
    weeks: int
    n_draws: int
    error: str


@dataclass(frozen=True)
class ExportedRunnersFacts:
    """Whether the runners are drawn, and for how long they are modelled."""

    is_drawn: bool
    weeks: int


@dataclass(frozen=True)
class FixedDoseFacts:
    """What of both arms no slider moves; ``contacts`` are minutes of contact by arm."""

    work: Strength
    unloaded_weeks: int
    has_stretch: bool
    weeks_a: int
    weeks_b: int
    weeks: int
    contacts: tuple[NamedText, ...]

    @property
    def horizon_differs(self) -> bool:
        """Whether the weeks that are looked at are not those of both arms."""
        return not self.weeks == self.weeks_a == self.weeks_b


@dataclass(frozen=True)
class ModelFacts:
    """Runners and draws that every dose shares."""

    sessions_done: float
    is_adherence_set: bool
    start_rom_deg: float
    is_rom_set: bool
    seed: int
    n_draws: int


@dataclass(frozen=True)
class GridFacts:
    """The doses that were run, as texts, and how many were tried between them."""

    n_doses: int
    sets: str
    sessions: str
    loads: str
    minutes: str
    n_between: int


@dataclass(frozen=True)
class BasisFacts:
    """What the numbers rest on, and what every report says of harms."""

    basis: str
    closing: str


def head(arm: Protocol, letter: str) -> str:
    """What an arm is called on the page."""
    own = harmless(arm.label.removeprefix(f"{letter}: "))
    return own if arm.name in ARMS else ARM_LABELS.get(arm.name, own)


def runners(cohort: Cohort, weeks: int) -> str:
    """How many runners, drawn or of a file, and for how long; the rest is under "Who"."""
    n = count_phrase(cohort.n_runners, "runner")
    return (
        f"<b>{n}</b>, {WORDS('file_runners', ExportedRunnersFacts(cohort.source == DRAWN, weeks))}"
    )


def load(words: str) -> str:
    """A load in words."""
    return LOADS.get(words, f"{words} added")


def options(labels: Iterable[tuple[str, str]], current: str) -> str:
    """Options of a select, from pairs of value and words."""
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == current else ""}>'
        f"{escape(words)}</option>"
        for value, words in labels
    )


def weights() -> str:
    """A slider for the weight of each cause."""
    return "\n".join(
        f'<div class="control"><label for="weight-{world}">{WORLD_LABELS[world]}</label> '
        f'<output for="weight-{world}" id="weight-{world}-said" aria-live="off"></output>\n'
        f'<input type="range" id="weight-{world}" aria-describedby="no-prior"></div>'
        for world in WORLDS
    )


def margin_key() -> str:
    """What the shade about zero is, where there is one."""
    return WORDS("file_margin_key", margins()[1])


def script_sentences(
    error_bounds: InterpolationError, outcome: str, weeks: int, n_draws: int
) -> dict[str, object]:
    """The sentences about an outcome that the page's script fills: ``[[name]]`` is a gap."""
    error = how_far_off(error_bounds, outcome)
    facts = ScriptFacts(title(outcome), unit(outcome), change_unit(outcome), weeks, n_draws, error)
    return {
        "weeks": WORDS("file_weeks", facts),
        "between": WORDS("file_between", facts),
        "now": WORDS("file_now", facts),
        "now_same": WORDS("file_now_same", facts),
        "now_range": WORDS("file_now_range", facts),
        "differences": gap_sentences(outcome, weeks),
    }


def common_sentences() -> dict[str, object]:
    """The sentences of the page's script that are the same for every outcome."""
    names = (
        "mixed one_cause no_break_even minutes_equal minutes_more minutes_fewer on_grid no_weights"
    )
    sentences: dict[str, object] = {name: WORDS(f"file_{name}") for name in names.split()}
    sentences["no_dose"] = WORDS("file_no_dose", MAX_HOURS_WK)
    sentences["break_even"] = gap_break_even(margins()[:2])
    return sentences


def causes() -> list[tuple[str, str]]:
    """The causes and their mix, as they are chosen from."""
    mix = "all four, mixed as you weigh them"
    return [(PRIOR, mix), *((world, WORLD_LABELS[world].lower()) for world in WORLDS)]


def about(
    who: str,
    grid: DoseGrid,
    error_bounds: InterpolationError,
    here: Scene,
    movable_arm: MovableArm,
    fixed: Protocol,
    settings: CompareSettings,
) -> str:
    """The page's own account of itself: who, what is fixed, the grid, how far it can be off."""
    return "\n".join(
        [
            "<h3>Who</h3>",
            f"<p>{who}</p>",
            "<h3>What stays as it was when the page was made</h3>",
            f"<p>{_fixed(movable_arm, fixed, here)} {_model(grid, here, settings)}</p>",
            "<h3>How exact its numbers are</h3>",
            f"<p>{_grid(grid, error_bounds)}</p>",
            _errors(grid, error_bounds),
            "<h3>What they rest on</h3>",
            f"<p>{_basis(settings)}</p>",
        ]
    )


def _fixed(movable_arm: MovableArm, fixed: Protocol, here: Scene) -> str:
    b = movable_arm.arm
    contacts = tuple(
        NamedText(letter, f"{arm.contact_min_wk:g}")
        for letter, arm in (("A", fixed), ("B", b))
        if arm.contact_min_wk
    )
    facts = FixedDoseFacts(
        work=movable_arm.work,
        unloaded_weeks=min(movable_arm.work.unloaded_weeks, b.weeks),
        has_stretch=b.stretch is not None,
        weeks_a=fixed.weeks,
        weeks_b=b.weeks,
        weeks=here.weeks,
        contacts=contacts,
    )
    return escape(WORDS("file_fixed", facts))


def _model(grid: DoseGrid, here: Scene, settings: CompareSettings) -> str:
    chances = [own.chance.mean(axis=(1, 2)) for _, _, own in here.blocks]
    sizes = [block.n_runners for block, _, _ in here.blocks]
    sums = sum(each.mean() * n for each, n in zip(chances, sizes, strict=True))
    facts = ModelFacts(
        sessions_done=sums / sum(sizes),
        is_adherence_set=settings.adherence is not None,
        start_rom_deg=float(grid.start[grid.outcomes.index("thomas_ext_deg")].mean()),
        is_rom_set=settings.start_rom_deg is not None,
        seed=here.seed,
        n_draws=here.values.n_draws,
    )
    return escape(WORDS("file_model", facts))


def _grid(grid: DoseGrid, error_bounds: InterpolationError) -> str:
    steps = grid.steps
    alone = np.array(steps.sets) == 0  # of these, load and sessions make no other dose
    facts = GridFacts(
        n_doses=int(grid.possible[:, ~alone].sum() + grid.possible[0, alone, 0].sum()),
        sets=_number_list(steps.sets),
        sessions=_number_list(steps.sessions),
        loads=", ".join(map(load, steps.loads)),
        minutes=", ".join(f"{round(node, 1):g}" for node in steps.stretch_min),
        n_between=error_bounds.n_tried,
    )
    return escape(WORDS("file_grid", facts))


def _number_list(values: tuple[int, ...]) -> str:
    whole = values == tuple(range(values[0], values[-1] + 1)) and len(values) > 2
    return f"{values[0]} to {values[-1]}" if whole else ", ".join(map(str, values))


def _errors(grid: DoseGrid, error_bounds: InterpolationError) -> str:
    """The table of how far off each outcome can be."""
    rows = []
    for name in grid.outcomes:
        cells = [(title(name), unit(name), error_bounds.rounding[name], error_bounds.between[name])]
        if in_percent(name):
            pair = error_bounds.rounding_change[name], error_bounds.between_change[name]
            cells.append((f"{title(name)}, change", change_unit(name), *pair))
        rows += cells
    body = "".join(
        f'<tr><th scope="row">{escape(words)}{escape(f", {of}" if of else "")}</th>'
        f"<td>{at_most(rounding)}</td><td>{at_most(between)}</td></tr>"
        for words, of, rounding, between in rows
    )
    return (
        '<div class="table" role="region" tabindex="0" aria-labelledby="off"><table>'
        f'<caption id="off">{WORDS("file_error_caption")}</caption>'
        '<thead><tr><th scope="col">Outcome</th><th scope="col">On the grid</th>'
        f'<th scope="col">Between</th></tr></thead><tbody>{body}</tbody></table></div>'
    )


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


def _basis(settings: CompareSettings) -> str:
    facts = BasisFacts(number_basis.sentence(settings.parameter_values), number_basis.CLOSING)
    return escape(WORDS("file_basis", facts))
