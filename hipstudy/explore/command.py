"""What ``hipstudy explore`` does, each option one call of the library."""

from pathlib import Path
from urllib.parse import urlsplit

import click

from hipstudy import clinic
from hipstudy.explore import asked
from hipstudy.explore.quick import N_RUNNERS
from hipstudy.problems import DataProblems, Problem, UsageProblems


def live(
    *,
    cohort: str | None,
    n_runners: int | None,
    link: str | None,
    browser: bool,
    port: int | None,
) -> None:
    """Open the live explorer; problems of the cohort file are said here and shown in the page.

    Raises
    ------
    UsageProblems
        When there is no such file, the link's settings cannot be used, or the port is taken.
    """
    if cohort is not None:
        _look_at(cohort)
    query = urlsplit(link).query if link else ""
    asked.read(query, asked.start())
    from hipstudy.explore.serve import open_explorer

    open_explorer(
        cohort=cohort or "",
        n_runners=n_runners or N_RUNNERS,
        query=query,
        browser=browser,
        port=port,
        say=click.echo,
    )


def _look_at(cohort: str) -> None:
    if not cohort.strip():
        rule = "a file is needed; leave --cohort out to draw runners"
        raise UsageProblems([Problem("--cohort", "nothing", rule)])
    try:
        clinic.cohort(Path(cohort), seed=0)
    except DataProblems as found:
        click.echo(f"{found}\nThe page shows the same; mend the file and reload it.", err=True)
