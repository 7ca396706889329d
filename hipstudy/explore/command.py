"""What ``hipstudy explore`` does, each option one call of the library."""

from pathlib import Path
from urllib.parse import urlsplit

import click

from hipstudy import clinic
from hipstudy.explore import asked
from hipstudy.explore.quick import N_RUNNERS
from hipstudy.places import cohort_file
from hipstudy.problems import DataProblems, Problem, UsageProblems


def live(
    *,
    cohort: str | None,
    n_runners: int | None,
    link: str | None,
    browser: bool,
    port: int | None,
    debug: bool = False,
) -> None:
    """Open the live explorer; problems of the cohort file are said here and shown in the page.

    Raises
    ------
    UsageProblems
        When there is no such file, the link's settings cannot be used, or the port is taken.
    """
    if cohort is not None:
        _look_at(cohort)
    query = _query(link)
    asked.read(query, asked.start())
    from hipstudy.explore.serve import open_explorer
    from hipstudy.report.interrupts import every_end_as_ctrl_c

    with every_end_as_ctrl_c():
        open_explorer(
            cohort=cohort or "",
            n_runners=n_runners or N_RUNNERS,
            query=query,
            browser=browser,
            port=port,
            debug=debug,
            say=click.echo,
        )


def one_file(path: Path, *, cohort: str | None, n_runners: int | None, link: str | None) -> Path:
    """Write the explorer as one offline file; its path.

    Raises
    ------
    UsageProblems, DataProblems
        When a setting is wrong, the cohort file has problems, or nothing can be written there.
    """
    from hipstudy.explore.one_file import export
    from hipstudy.report.interrupts import every_end_as_ctrl_c
    from hipstudy.report.progress import Progress

    _named(cohort)
    start = asked.start(n_runners=n_runners or N_RUNNERS)
    settings = asked.read(_query(link), start).settings()
    progress = Progress()
    try:
        with every_end_as_ctrl_c():
            return export(
                settings.model_copy(update={"cohort": cohort or ""}), path, progress=progress
            )
    finally:
        progress.clear()


def _look_at(cohort: str) -> None:
    _named(cohort)
    try:
        clinic.cohort(cohort_file(cohort), seed=0)
    except DataProblems as found:
        click.echo(f"{found}\nThe page shows the same; mend the file and reload it.", err=True)


def _query(link: str | None) -> str:
    """What an address asks for, also when only what follows its question mark is given."""
    if not link:
        return ""
    return urlsplit(link).query if "?" in link else link


def _named(cohort: str | None) -> None:
    if cohort is not None and not cohort.strip():
        rule = "a file is needed; leave --cohort out to draw runners"
        raise UsageProblems([Problem("--cohort", "nothing", rule)])
