"""What ``hipstudy runs`` does: list the reports that were made, or open one of them."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from hipstudy.cli import session
from hipstudy.errors import Problem, UsageProblems, harmless
from hipstudy.files import REPORTS
from hipstudy.report.run_history import StoredRun, stored_runs
from hipstudy.report.run_record import RunRecord

HEAD = ("run", "made", "report", "name", "version", "data", "folder", "settings")
DIGEST_SHOWN = 12


def run(folder: Path | None, number: int | None) -> None:
    """List the runs in a folder, newest first, or open the PDF of one by its number there.

    Parameters
    ----------
    folder
        Of reports, or of one report; ``reports`` when None.
    number
        Of the run to open, as the list numbers it; None lists them.

    Raises
    ------
    UsageProblems
        When there is no such folder or run, or its PDF is gone.
    """
    place = folder if folder is not None else Path(REPORTS)
    if folder is not None and not folder.is_dir():
        rule = "a folder of reports is needed, or of one report"
        raise UsageProblems([Problem("FOLDER", str(folder), rule)])
    runs, problems = stored_runs(place)
    for problem in problems:
        click.echo(str(problem), err=True)
    if number is not None:
        open_pdf(runs, number, place)
    elif runs:
        session.say_table([HEAD, *(row(i, one, place) for i, one in enumerate(runs, start=1))])
    else:
        command = session.command_line("report", "compare")
        click.echo(f"there are no runs in {place} yet: {command} makes one", err=True)


def row(number: int, stored: StoredRun, place: Path) -> tuple[str, ...]:
    """A run as a row of the list; what is not known is a dash."""
    record = stored.record
    own = stored.folder.relative_to(place).as_posix()
    cells = (
        record.time.strftime("%Y-%m-%d %H:%M"),
        record.report,
        record.run_name,
        record.version,
        ", ".join(f"{one.file} {one.sha256[:DIGEST_SHOWN]}" for one in record.inputs),
        own if stored.pdf.is_file() else f"{own} (PDF gone)",
        "; ".join(_settings(record)),
    )
    return (str(number), *(harmless(cell) or "-" for cell in cells))


def _settings(record: RunRecord) -> Iterator[str]:
    """What was set differently from the notebook's own, the files apart."""
    files = {one.parameter for one in record.inputs}
    for name in record.differing:
        if name not in files:
            yield f"{name} {record.settings.get(name, 'empty')}"


def open_pdf(runs: list[StoredRun], number: int, place: Path) -> None:
    """Print the path of a run's PDF, and show it where there is a desktop."""
    if not 1 <= number <= len(runs):
        rule = f"the runs in {place} are numbered 1 to {len(runs)}" if runs else "there are no runs"
        raise UsageProblems([Problem("--open", str(number), rule)])
    pdf = runs[number - 1].pdf
    if not pdf.is_file():
        rule = "the PDF of this run is gone from its folder"
        raise UsageProblems([Problem("--open", str(pdf), rule)])
    click.echo(pdf)
    if has_desktop() and click.launch(str(pdf)):
        click.echo("no program was found to show it", err=True)


def has_desktop() -> bool:
    """Whether something can be shown: not in a test run of a server, nor without a screen."""
    if os.environ.get("CI"):
        return False
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
