"""What ``hipstudy verify`` does: say whether a report is as it was made, and comes out again."""

from pathlib import Path

import click

from hipstudy.cli import session
from hipstudy.errors import harmless


@click.command()
@click.argument("folder_or_pdf", type=click.Path(path_type=Path))
@click.option("--cohort", metavar="FILE", type=click.Path(path_type=Path),
              help="The cohort file that it was made from.")  # fmt: skip
@session.debug
def verify(folder_or_pdf: Path, cohort: Path | None) -> None:
    """Say whether a report is as it was made, and whether its run gives the same again.

    Exit code 0: identical; 1: the rerun differs, and what moved is listed; 2: it cannot be verified
    here; 3: a file of it was altered after it was made. The digests are no signature: whoever
    alters a report on purpose can alter its record too.
    """
    from hipstudy.progress_bar import Progress
    from hipstudy.report import verification

    progress = Progress()
    try:
        verdicts = verification.verify(folder_or_pdf, cohort, progress)
    finally:
        progress.clear()
    for verdict in verdicts:
        first, *rest = verdict.lines
        click.echo(harmless(f"{verdict.report}: {first}"))
        for line in (*rest, *verdict.libraries):
            click.echo(harmless(f"  {line}"))
    raise click.exceptions.Exit(max(verdict.code for verdict in verdicts))
