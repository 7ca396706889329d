"""The explorer as one file to send on: it opens offline and carries its numbers within it."""

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from hipstudy import parameters
from hipstudy.errors import Problem, UsageProblems
from hipstudy.explore.arm_changes import without_exercise
from hipstudy.explore.cache import N_DRAWS, ModelCache, scene, sessions_done
from hipstudy.explore.cause_share_logs import LEVELS, shares_by_level
from hipstudy.explore.one_file import one_file_sentences, page_html
from hipstudy.explore.one_file.dose_grid import (
    MovableArm,
    Steps,
    compute_grid,
    doses_between,
    measure_error,
)
from hipstudy.explore.one_file.stretch_line import compute_line, line_errors
from hipstudy.explore.outcome_words import WORDS
from hipstudy.explore.outside_row import OutsideRow, outside_row
from hipstudy.explore.page_data import page_data
from hipstudy.files import CannotWrite, reported, results_for, undisturbed
from hipstudy.labels import count_phrase
from hipstudy.model.cohort import DRAWN
from hipstudy.pages.compare_report.runners import runners_of
from hipstudy.prescription.protocol import Protocol, preset
from hipstudy.prescription.time_matching import BOTH
from hipstudy.progress_bar import Progress
from hipstudy.report.catalogue import find
from hipstudy.report.parameters_cell import read
from hipstudy.studies.settings import CompareSettings, check

MOST_BYTES = 3_000_000


def export(
    settings: CompareSettings,
    path: Path,
    *,
    steps: Steps | None = None,
    n_draws: int = N_DRAWS,
    progress: Progress | None = None,
) -> Path:
    """Write the explorer as one offline HTML file.

    Parameters
    ----------
    settings
        Their first contrast is shown: the dose of its treatment (B) can be moved, its control (A)
        stays. ``settings.n_runners`` runners, or those of the cohort file.
    path
        Of the file; it ends in ``.html``. One that is there is replaced.
    steps
        Of the grid of doses; ``Steps()`` when None. B's own dose is always added.
    n_draws
        Of the parameters.
    progress
        Told what is being done.

    Returns
    -------
    pathlib.Path
        Of the file.

    Raises
    ------
    UsageProblems
        When a setting or prescription is wrong, or no file can be written there.
    DataProblems
        Every problem of the cohort file.
    """
    progress = progress or Progress()
    if path.suffix.lower() not in (".html", ".htm") or path.is_dir():
        rule = "a file name that ends in .html is needed, so that a browser opens it"
        raise UsageProblems([Problem("page", str(path), rule, "Write for example page.html.")])
    try:
        with results_for(path.parent) as results:
            text = page(settings, steps=steps, n_draws=n_draws, progress=progress)
            progress.stage("writing the page")
            with reported(path.parent):
                results.add(path.name, text)
            with undisturbed(), reported(path.parent):
                results.place()
    except CannotWrite as error:
        reason = getattr(error.__cause__, "strerror", None) or "the system refuses"
        rule = f"the page cannot be written there ({reason}); nothing was written"
        mend = "Free some space, or choose another folder that you may write to."
        raise UsageProblems([Problem("page", str(path), rule, mend)]) from error
    return path


def page(
    settings: CompareSettings,
    *,
    steps: Steps | None = None,
    n_draws: int = N_DRAWS,
    progress: Progress | None = None,
) -> str:
    """The page that ``export`` writes, as text; its parameters are the same.

    Raises
    ------
    UsageProblems, DataProblems
        When a setting or prescription is wrong, the cohort file has problems, or the page would
        be larger than ``MOST_BYTES``.
    """
    progress = progress or Progress()
    progress.stage("checking the settings")
    design, cohort = settings.design(), settings.runners()
    treatment, control = (design.arm(name) for name in design.contrasts[0])
    values = parameters.draw(n_draws, seed=settings.seed, **settings.parameter_values)
    here = scene(cohort, values, weeks=design.weeks, seed=settings.seed)
    movable_arm = MovableArm(treatment)
    steps = (steps or Steps()).holding(movable_arm.own)
    progress.stage("running every dose of the grid, and some between")
    count_doses, n_grid = progress.counter("doses"), 0
    n_between = len(doses_between(steps, movable_arm))

    def on_grid(count: int, total: int) -> None:
        nonlocal n_grid
        n_grid = total
        count_doses(count, total + n_between)

    grid = compute_grid(
        here, movable_arm, control, steps=steps, outcomes=outcomes(settings), on_progress=on_grid
    )

    def between_grid(count: int, total: int) -> None:
        count_doses(n_grid + count, n_grid + total)

    line = compute_line(here, control, grid)
    error_bounds = measure_error(grid, here, movable_arm, on_progress=between_grid)
    all_bounds = (error_bounds, *line_errors(line, grid, here, control, error_bounds))
    progress.stage("putting the page together")
    levels = tuple(sorted({*LEVELS, *settings.prior}))
    logs = shares_by_level(levels, n_draws, seed=settings.seed)
    study = ModelCache(cohort, n_draws=n_draws).study(settings)
    n_runners = count_phrase(cohort.n_runners, "runner")
    runners = WORDS("file_runners", {"is_drawn": cohort.source == DRAWN, "weeks": design.weeks})
    facts = {
        "title": WORDS("file_title"),
        "n_runners": n_runners,
        "runners": runners,
        "who": _bold(runners_of(study)),
        "error_caption": WORDS("file_error_caption"),
        "about": one_file_sentences.about(grid, error_bounds, here, movable_arm, control, settings),
    }
    own = page_html.script_data(
        grid, all_bounds, movable_arm, control, line, levels, settings.prior,
        outside_rows(settings, control),
    )  # fmt: skip
    data = page_data(
        "file", outcomes=one_file_sentences.keys_of(grid.outcomes), who=f"{n_runners}, {runners}",
        warnings=cohort.warnings, n_runners=cohort.n_runners, n_draws=n_draws,
        shared={"sessions_done": sessions_done(here), "adherence": settings.adherence,
                "told_weeks": grid.weeks}, **own,
    )  # fmt: skip
    text = page_html.filled(page_html.pack_grid(grid, line, logs), data, facts)
    size = len(text.encode())
    if size > MOST_BYTES:
        rule = f"a page is at most {MOST_BYTES} bytes"
        raise UsageProblems([Problem("page", f"{size} bytes", rule, "Take fewer steps or draws.")])
    return text


def outside_rows(settings: CompareSettings, control: Protocol) -> dict[str, OutsideRow | None]:
    """What trials elsewhere found against A, by what B is at a dose."""
    view, both = settings.outside(), preset(BOTH)
    kinds = {
        "strength": both,
        "stretch": both.model_copy(update={"strength": None}),
        "none": without_exercise(both),
    }
    return {kind: outside_row(view, arm, control) for kind, arm in kinds.items()}


def outcomes(settings: CompareSettings) -> tuple[str, ...]:
    """Outcomes that a page shows."""
    first = ("tightness_nrs", "discomfort_nrs", "thomas_ext_deg", "end_range_torque_nm_kg")
    return (*first, settings.reserve, "soreness_nrs")


def _bold(text: str) -> str:
    html = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))
    return re.sub(r"\\(.)", r"\1", html)  # Markdown's own escapes, which a page has no need of


NAME = "explorer.html"


def refuse_without_comparison(name: str) -> None:
    """Refuse a report that compares no prescriptions, before anything runs.

    Parameters
    ----------
    name
        Of a report, or the path of a notebook.

    Raises
    ------
    UsageProblems
        When there is no such report, or nothing in it that an explorer could move.
    """
    source = find(name)
    names = {parameter.name for parameter in read(source.notebook, source.path.name)}
    if not {"protocols", "cause_prior"} <= names:
        rule = "an explorer goes with a comparison of prescriptions"
        mend = "Leave it out, or make the report compare."
        raise UsageProblems([Problem("--explorer", name, rule, mend)])


def explorer_file(values: Mapping[str, Any], progress: Progress) -> dict[str, str]:
    """Make the explorer of a report's settings.

    Parameters
    ----------
    values
        Parameters of the report; those that no comparison has are passed over.
    progress
        Told what is being done.

    Returns
    -------
    dict
        File name -> content.
    """
    given = {
        name: value
        for name, value in values.items()
        if name in CompareSettings.model_fields and value is not None
    }
    return {NAME: page(check(**given), progress=progress)}
