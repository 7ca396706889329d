"""What the one-file explorer says in words: who, what is fixed, how far its numbers can be off."""

from collections.abc import Iterable
from html import escape
from math import floor, log10

import numpy as np

from hipstudy.errors import harmless
from hipstudy.evidence import number_basis
from hipstudy.explore.cache import Scene
from hipstudy.explore.one_file.dose_grid import DoseGrid, MovableArm
from hipstudy.explore.one_file.interpolation_error import Off, in_percent
from hipstudy.explore.sentences import change_unit, title, unit
from hipstudy.explore.state import ARMS
from hipstudy.labels import ARM_LABELS, WORLD_LABELS, count_phrase, format_number, percent
from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.model.cohort import DRAWN, Cohort
from hipstudy.prescription.protocol import MAX_HOURS_WK, Protocol, Strength
from hipstudy.studies.compare_tables import margins
from hipstudy.studies.settings import CompareSettings

TITLE = "Tight hips in runners: move the dose, see what each cause would make of it"
NO_DOSE = (
    "There are no numbers at this dose: it breaks a rule of prescriptions (at most "
    f"{MAX_HOURS_WK} hours a week; whole holds of a possible length). Move a slider back."
)
LOADS = {"unloaded": "no added weight", "near-failure": "near failure"}


def head(arm: Protocol, letter: str) -> str:
    """What an arm is called on the page."""
    own = harmless(arm.label.removeprefix(f"{letter}: "))
    return own if arm.name in ARMS else ARM_LABELS.get(arm.name, own)


def runners(cohort: Cohort, weeks: int) -> str:
    """How many runners, drawn or of a file, and for how long; the rest is under "Who"."""
    n = count_phrase(cohort.n_runners, "runner")
    kind = (
        "all drawn, none a real person"
        if cohort.source == DRAWN
        else "of a file; what was not measured of them is drawn"
    )
    return f"<b>{n}</b>, {kind}. Modelled over {count_phrase(weeks, 'week')}."


def load(words: str) -> str:
    """A load in words."""
    return LOADS.get(words, f"{words} added")


def options(labels: Iterable[tuple[str, str]], chosen: str) -> str:
    """Options of a select, from pairs of value and words."""
    return "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
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
    return f"; shade, for tightness: less than {count_phrase(margins()[1], 'point')} either way"


def causes() -> list[tuple[str, str]]:
    """The causes and their mix, as they are chosen from."""
    mix = "all four, mixed as you weigh them"
    return [(PRIOR, mix), *((world, WORLD_LABELS[world].lower()) for world in WORLDS)]


def about(
    who: str,
    grid: DoseGrid,
    off: Off,
    here: Scene,
    moved: MovableArm,
    fixed: Protocol,
    given: CompareSettings,
) -> str:
    """The page's own account of itself: who, what is fixed, the grid, how far it can be off."""
    return "\n".join(
        [
            "<h3>Who</h3>",
            f"<p>{who}</p>",
            "<h3>What stays as it was when the page was made</h3>",
            f"<p>{_fixed(moved, fixed, here)} {_model(grid, here, given)}</p>",
            "<h3>How exact its numbers are</h3>",
            f"<p>{_grid(grid, off)}</p>",
            _errors(grid, off),
            "<h3>What they rest on</h3>",
            f"<p>{_basis(given)}</p>",
        ]
    )


def _fixed(moved: MovableArm, fixed: Protocol, here: Scene) -> str:
    b = moved.arm
    bouts = (
        " Its stretching is held as near to what it was as the minutes allow."
        if b.stretch
        else " Its stretching is held as in the preset for stretching."
    )
    ends = [count_phrase(arm.weeks, "week") for arm in (fixed, b)]
    last = f"both arms {ends[0]}" if ends[0] == ends[1] else f"A {ends[0]}, B {ends[1]}"
    whole = "" if here.weeks == fixed.weeks == b.weeks else f", looked at for {here.weeks} weeks"
    contact = "".join(
        f"; {letter} with {arm.contact_min_wk:g} min of contact a week"
        for letter, arm in (("A", fixed), ("B", b))
        if arm.contact_min_wk
    )
    return escape(
        f"All of A. Of B: {work(moved.work, b.weeks)}.{bouts} For how long: {last}{whole}{contact}."
    )


def work(s: Strength, weeks: int) -> str:
    """What of strength work no slider moves."""
    ends = [format_number(angle, 0) for angle in (s.trained_from_ext_deg, s.trained_to_ext_deg)]
    lowered = f"lowered for {s.lower_s:g}, paused for {s.pause_s:g}, raised for {s.raise_s:g} s"
    words = [
        f"{s.exercise} work with the {s.lever.replace('-', ' ')}",
        *([f"{s.sides} side only"] if s.sides != "both" else []),
        *([f"support raised {s.support_height_cm:g} cm"] if s.support_height_cm else []),
        f"{count_phrase(s.reps, 'repetition')} a set, {lowered}, {s.rest_s:g} s between sets",
        f"from {ends[0]} to {ends[1]} deg of hip extension",
    ]
    first = min(s.unloaded_weeks, weeks)
    if first:
        words.append(f"in the first {count_phrase(first, 'week')} without weight whatever the load")
    return ", ".join(words)


def _model(grid: DoseGrid, here: Scene, given: CompareSettings) -> str:
    done = [own.chance.mean(axis=(1, 2)) for _, _, own in here.blocks]
    sizes = [block.n_runners for block, _, _ in here.blocks]
    share = sum(d.mean() * n for d, n in zip(done, sizes, strict=True)) / sum(sizes)
    as_set = ", as was set" if given.adherence is not None else ", fewer as the weeks go by"
    angle = format_number(float(grid.start[grid.outcomes.index("thomas_ext_deg")].mean()), 1)
    set_too = " (set)" if given.start_rom_deg is not None else ""
    return escape(
        f"The runners, who do {percent(share)} of the sessions on average{as_set}, and start at a "
        f"mean modified Thomas angle of {angle} deg{set_too}; their luck (seed {here.seed}); and "
        f"{count_phrase(here.values.n_draws, 'draw')} of the parameters."
    )


def _grid(grid: DoseGrid, off: Off) -> str:
    steps = grid.steps
    minutes = ", ".join(f"{round(node, 1):g}" for node in steps.stretch_min)
    alone = np.array(steps.sets) == 0  # of these, load and sessions make no other dose
    n_doses = grid.possible[:, ~alone].sum() + grid.possible[0, alone, 0].sum()
    return escape(
        f"The model was run at every one of {n_doses} doses of B: "
        f"{_listed(steps.sets)} sets, {_listed(steps.sessions)} sessions, "
        f"{', '.join(map(load, steps.loads))}, and {minutes} min of stretching. At these the page "
        "has the model's own numbers but for rounding. Between those minutes it draws a straight "
        f"line, draw by draw; {off.n_tried} doses between them were run too, and no draw was "
        "found further off than this, so no mean and no end of a band was. Weeks between those "
        "in the table are joined by straight lines in the picture."
    )


def _listed(values: tuple[int, ...]) -> str:
    whole = values == tuple(range(values[0], values[-1] + 1)) and len(values) > 2
    return f"{values[0]} to {values[-1]}" if whole else ", ".join(map(str, values))


def _errors(grid: DoseGrid, off: Off) -> str:
    """The table of how far off each outcome can be."""
    rows = []
    for name in grid.outcomes:
        cells = [(title(name), unit(name), off.rounding[name], off.between[name])]
        if in_percent(name):
            pair = off.rounding_change[name], off.between_change[name]
            cells.append((f"{title(name)}, change", change_unit(name), *pair))
        rows += cells
    body = "".join(
        f'<tr><th scope="row">{escape(words)}{escape(f", {of}" if of else "")}</th>'
        f"<td>{at_most(rounding)}</td><td>{at_most(between)}</td></tr>"
        for words, of, rounding, between in rows
    )
    return (
        '<div class="table" role="region" tabindex="0" aria-labelledby="off"><table>'
        '<caption id="off">The most that a number of this page was found off the model</caption>'
        '<thead><tr><th scope="col">Outcome</th><th scope="col">On the grid</th>'
        f'<th scope="col">Between</th></tr></thead><tbody>{body}</tbody></table></div>'
    )


def how_far_off(off: Off, name: str) -> str:
    """How far off an outcome can be between the doses that were run, with its unit."""
    said = f"{at_most(off.between[name])} {unit(name)}".strip()
    if in_percent(name):
        said += f" ({at_most(off.between_change[name])} {change_unit(name)})"
    return said


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


def _basis(given: CompareSettings) -> str:
    return escape(
        f"{number_basis.sentence(given.parameter_values)} Bands say what is not known about the numbers, not how "
        "runners differ. It is a model, not a trial, and not advice to a patient. "
        f"{number_basis.CLOSING} The page asks nothing of any network and keeps nothing."
    )
