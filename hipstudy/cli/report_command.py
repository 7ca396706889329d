"""What ``hipstudy report NAME`` does: one report, or one for each file of a folder."""

from pathlib import Path
from typing import Any

import click

from hipstudy.cli import (
    batch_command,
    clinic_flags,
    preregister_command,
    session,
    since_flags,
)
from hipstudy.errors import Problem, UsageProblems


def run(
    name: str,
    cohort: str | None,
    pairs: tuple[tuple[str, str], ...],
    out: str | None,
    run_name: str | None,
    explorer: bool,
    each: Path | None,
    watch: Path | None,
    workers: int | None,
    scheduler: str | None,
    since: str | None,
    since_cohort: str | None,
    show_values: bool,
    **clinic: str | None,
) -> None:
    """Make one report, or one for each file of a folder, and print where it is.

    Raises
    ------
    UsageProblems, DataProblems, CannotWrite, NotebookFailed
        As ``hipstudy.report.make_report.report`` does.
    """
    from hipstudy.progress_bar import Progress
    from hipstudy.rare_collection import collect_rarely
    from hipstudy.report import make_report

    collect_rarely()
    pairs = _pairs(cohort, pairs, out)
    if each is not None or watch is not None:
        if (each is not None and watch is not None) or explorer or cohort is not None:
            said = "--each and --watch go alone: without each other, --cohort and --explorer."
            raise click.UsageError(said)
        if since is not None or since_cohort is not None or show_values:
            said = "--since is for one report: --each and --watch make many, each of another file."
            raise click.UsageError(said)
        place, watches = (each, False) if each is not None else (watch, True)
        who = {"workers": workers, "scheduler": scheduler, "watches": watches}
        own = {"pairs": pairs, "out": out, "run_name": run_name, "clinic": clinic}
        batch_command.each(name, place, **own, **who)
        return
    if workers is not None or scheduler is not None:
        raise click.UsageError("--workers and --scheduler are for --each and --watch.")

    pairs = (*pairs, *since_flags.since_pairs(name, since, since_cohort, show_values, pairs))
    progress = Progress()
    settings: dict[str, Any] = {"out": Path(out).expanduser() if out else None}
    settings |= clinic_flags.of_report(clinic, pairs) | {"run_name": run_name}
    if explorer:
        from hipstudy.explore.one_file import export

        export.refuse_without_comparison(name)
        settings["extra_files"] = export.explorer_file
    if name == preregister_command.REPORT:
        settings = preregister_command.with_registration(settings)
    try:
        pdf = make_report.report(name, pairs, progress=progress, **settings)
    finally:
        progress.clear()
    click.echo(pdf)


def _pairs(
    cohort: str | None, pairs: tuple[tuple[str, str], ...], out: str | None
) -> tuple[tuple[str, str], ...]:
    """What is set, the cohort file among it; how prescriptions on a line are read is said."""
    if cohort is not None and not cohort.strip():
        rule = "a file is needed; leave --cohort out to draw runners"
        raise UsageProblems([Problem("--cohort", "nothing", rule)])
    if out is not None and not out.strip():
        raise UsageProblems([Problem("--out", "nothing", "a folder is needed")])
    if cohort is not None:
        pairs = (*pairs, ("cohort", cohort))
    for name_of_setting, value in pairs:
        if name_of_setting in ("protocol", "protocols"):
            session.say_readings(value)
    return pairs
