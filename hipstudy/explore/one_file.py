"""The explorer as one file to send on: it opens offline and carries its numbers within it."""

import re
from html import escape
from pathlib import Path

from hipstudy import parameters
from hipstudy.explore import one_file_words as words
from hipstudy.explore import packed
from hipstudy.explore.doses_grid import computed
from hipstudy.explore.listed import warned
from hipstudy.explore.moved_dose import Steps, movable
from hipstudy.explore.off_grid import measured, tries
from hipstudy.explore.one_file_data import Contents, script_data
from hipstudy.explore.one_file_shell import filled
from hipstudy.explore.quick import N_DRAWS, Bench, scene
from hipstudy.explore.words import NOT_ADVICE, title
from hipstudy.one_line import dose
from hipstudy.pages.answer import runners_of
from hipstudy.problems import Problem, UsageProblems
from hipstudy.report.interrupts import undisturbed
from hipstudy.report.progress import Progress
from hipstudy.report.results import CannotWrite, reported, results_for
from hipstudy.settings import Settings
from hipstudy.worlds import PRIOR

MOST_BYTES = 5 * 2**20
# What each outcome is rounded to, in its own unit: a fraction of the last digit that is shown.
ROUNDED = {"_nrs": 0.0005, "_deg": 0.002, "_nm_kg": 0.0001}
ROUNDED_RATIO = 0.0001


def export(
    settings: Settings,
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
    except CannotWrite as found:
        raise _unwritten(path, found) from found
    return path


def _unwritten(path: Path, found: CannotWrite) -> UsageProblems:
    cause = found.__cause__
    reason = (cause.strerror if isinstance(cause, OSError) else None) or "the system refuses"
    rule = f"the page cannot be written there ({reason}); nothing was written"
    mend = "Free some space, or choose another folder that you may write to."
    return UsageProblems([Problem("page", str(path), rule, mend)])


def page(
    settings: Settings,
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
    values = parameters.drawn(n_draws, seed=settings.seed, **settings.held)
    here = scene(cohort, values, weeks=design.weeks, seed=settings.seed)
    moved = movable(treatment)
    steps = (steps or Steps()).holding(moved.own)
    progress.stage("running every dose of the grid, and some between")
    count, n_grid, n_between = progress.counted("doses"), 0, len(tries(steps, moved))

    def on_grid(done: int, total: int) -> None:
        nonlocal n_grid
        n_grid = total
        count(done, total + n_between)

    grid = computed(here, moved, control, steps=steps, outcomes=rounding(settings), told=on_grid)
    off = measured(grid, here, moved, told=lambda done, total: count(n_grid + done, n_grid + total))
    progress.stage("putting the page together")
    levels = tuple(sorted({*packed.LEVELS, *settings.prior}))
    logs = packed.shares_by_level(levels, n_draws, seed=settings.seed)
    study = Bench(cohort, n_draws=n_draws).study(settings)
    text = filled(
        packed.packed(grid, logs),
        script_data(Contents(grid, off, moved, control, levels, settings.prior)),
        title=escape(words.TITLE),
        not_advice=escape(NOT_ADVICE),
        runners=words.runners(cohort, design.weeks),
        warnings=warned(cohort.warnings),
        label_a=escape(words.head(control, "A")),
        label_b=escape(words.head(treatment, "B")),
        dose_a=escape(dose(control)),
        dose_b=escape(dose(treatment)),
        outcomes=words.options([(str(i), title(o)) for i, o in enumerate(grid.outcomes)], "0"),
        worlds=words.options(words.causes(), PRIOR),
        weights=words.weights(),
        margin_key=escape(words.margin_key()),
        last=str(design.weeks),
        about=words.about(_bold(runners_of(study)), grid, off, here, moved, control, settings),
    )
    size = len(text.encode())
    if size > MOST_BYTES:
        rule = f"a page is at most {MOST_BYTES} bytes"
        raise UsageProblems([Problem("page", f"{size} bytes", rule, "Take fewer steps or draws.")])
    return text


def rounding(settings: Settings) -> dict[str, float]:
    """Outcomes that a page shows, and to how much each is rounded in it, in its own unit."""
    names = ("tightness_nrs", "discomfort_nrs", "thomas_ext_deg", "end_range_torque_nm_kg")
    return {
        name: next((step for end, step in ROUNDED.items() if name.endswith(end)), ROUNDED_RATIO)
        for name in (*names, settings.reserve, "soreness_nrs")
    }


def _bold(text: str) -> str:
    marked = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text))
    return re.sub(r"\\(.)", r"\1", marked)  # Markdown's own escapes, which a page has no need of
