"""What ``hipstudy explore`` does, each option one call of the library."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import click

from hipstudy.cohort_file import clinic
from hipstudy.errors import DataProblems, Problem, UsageProblems
from hipstudy.explore import state
from hipstudy.explore.cache import N_RUNNERS
from hipstudy.finding_list import lines
from hipstudy.progress_bar import Progress
from hipstudy.resources import cohort_path
from hipstudy.temporary_folders import PREFIX, sweep


def live(*, cohort: str | None, n_runners: int | None, link: str | None, **serving: Any) -> None:
    """Open the live explorer; problems of the cohort file are said here and shown in the page.

    How it is served (``browser``, ``port``, ``debug``) goes to the server as it is.

    Raises
    ------
    UsageProblems
        When there is no such file, the link's settings cannot be used, or the port is taken.
    """
    if cohort is not None:
        try:
            _warn(cohort)
        except DataProblems as error:
            click.echo(f"{error}\nThe page shows the same; mend the file and reload it.", err=True)
    query = _query(link)
    state.read(query, state.start())
    sweep(Path("reports"), f"*/{PREFIX}*")  # what a report left whose page was closed by force
    from hipstudy.explore.live.server import open_explorer

    open_explorer(
        cohort=cohort or "",
        n_runners=n_runners or N_RUNNERS,
        query=query,
        say=click.echo,
        **serving,
    )


def one_file(path: Path, *, cohort: str | None, n_runners: int | None, link: str | None) -> Path:
    """Write the explorer as one offline file; its path.

    Raises
    ------
    UsageProblems, DataProblems
        When a setting is wrong, the cohort file has problems, or nothing can be written there.
    """
    from hipstudy.explore.one_file.export import export

    if cohort is not None:
        _warn(cohort)
    start = state.start(n_runners=n_runners or N_RUNNERS)
    settings = state.read(_query(link), start).settings()
    progress = Progress()
    try:
        return export(settings.model_copy(update={"cohort": cohort or ""}), path, progress=progress)
    finally:
        progress.clear()


def _warn(cohort: str) -> None:
    """Say what the check of the cohort file warns of; problems are raised."""
    if not cohort.strip():
        rule = "a file is needed; leave --cohort out to draw runners"
        raise UsageProblems([Problem("--cohort", "nothing", rule)])
    terminal = Progress()
    terminal.say(lines(clinic.cohort(cohort_path(cohort), seed=0).warnings, terminal.width))


def _query(link: str | None) -> str:
    """What an address asks for, also when only what follows its question mark is given.

    A shell ends a command at the first ``&`` of an address that is not in quotes.

    Raises
    ------
    UsageProblems
        When it has no settings in it.
    """
    if not link:
        return ""
    query = urlsplit(link).query if "?" in link else link
    if len(query) > state.LONGEST_ADDRESS:
        return query  # refused where it is read
    there = {key for key, _ in parse_qsl(query)}
    missing = [key for key in state.ALWAYS if key not in there]
    mend = 'Copy it whole from an open page, and put it in quotes: --link "ADDRESS".'
    if not there & set(state.KEYS):
        rule = "settings stand after the question mark of a page's address"
        raise UsageProblems([Problem("--link", "an address without settings", rule, mend)])
    if missing:
        rest = f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} not in it and"
        click.echo(
            f"--link: {rest} stay as the explorer opens. If the address was cut off: {mend}",
            err=True,
        )
    return query
