"""What ``hipstudy diff A B`` does: say what differs between two runs, and what moved numbers."""

import math
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hipstudy.cli import session
from hipstudy.errors import harmless
from hipstudy.labels import format_number

if TYPE_CHECKING:
    from hipstudy.batch.two_runs import RunComparison

_SHOWN = 12
_FIRST = 6
_FILE = click.Path(path_type=Path)


@click.command()
@click.argument("a")
@click.argument("b")
@click.option(
    "--cohort-a", metavar="FILE", type=_FILE, help="Cohort file of A [found by its name]."
)
@click.option(
    "--cohort-b", metavar="FILE", type=_FILE, help="Cohort file of B [found by its name]."
)
@click.option("--show-values", is_flag=True, help="Changed values in edits.csv, for the owner.")
@click.option("--out", metavar="DIR", type=_FILE, help="Folder for the tables [reports/diff].")
@session.debug
def diff(
    a: str,
    b: str,
    cohort_a: Path | None,
    cohort_b: Path | None,
    show_values: bool,
    out: Path | None,
) -> None:
    """Say what differs between the runs A and B of one report, and what moved each headline.

    A run is its name, its number in hipstudy runs, its folder, or its PDF.
    """
    from hipstudy.batch import two_runs
    from hipstudy.batch.comparison_tables import EDITS, comparison_tables, is_edits
    from hipstudy.files import REPORTS, reported, results_for, undisturbed
    from hipstudy.progress_bar import Progress
    from hipstudy.report.named_run import named_run

    then, now = named_run(a, "A"), named_run(b, "B")
    click.echo(harmless(f"A: {then.sentence}"))
    click.echo(harmless(f"B: {now.sentence}"))
    progress = Progress()
    try:
        found = two_runs.compare_runs(
            then.stored,
            now.stored,
            progress,
            cohorts=(cohort_a, cohort_b),
            show_values=show_values,
        )
    finally:
        progress.clear()
    if then.stored.record.time > now.stored.record.time:
        click.echo(two_runs.WORDS("newer"), err=True)
    _say(found)
    folder = out if out is not None else Path(REPORTS) / "diff"
    with results_for(folder) as results, reported(folder):
        for name, text in comparison_tables(found).items():
            results.add(name, text)
        if not found.edits and is_edits(folder / EDITS):  # of an earlier comparison
            results.withdraw(EDITS)
        with undisturbed():
            results.place()
    click.echo(folder / "tables" / "since.csv")


def _say(found: "RunComparison") -> None:
    from hipstudy.batch.two_runs import WORDS

    rows = [*found.settings, *found.inputs, *found.versions]
    if rows:
        session.say_table([("what", "A", "B"), *(tuple(map(harmless, row)) for row in rows)])
    else:
        click.echo(WORDS("same_record"))
    for name in found.altered:
        click.echo(harmless(WORDS("altered", name)), err=True)
    moved = found.since[found.since["then"] != found.since["now"]].head(_FIRST)
    if len(moved):
        click.echo(WORDS("split"))
        cells = [(harmless(str(row[0])), *map(_number, row[1:])) for row in moved.to_numpy()]
        session.say_table([tuple(moved.columns), *cells])
    if not found.moved_numbers:
        click.echo(WORDS("nothing_moved"))
    else:
        tables = {one.table for one in found.moved_numbers}
        click.echo(WORDS("moved", n=len(found.moved_numbers), n_tables=len(tables)))
        shown = [
            (one.name, one.then or "none", one.now or "none")
            for one in found.moved_numbers[:_SHOWN]
        ]
        session.say_table([("number", "A", "B"), *(tuple(map(harmless, row)) for row in shown)])
        if len(found.moved_numbers) > _SHOWN:
            click.echo(WORDS("more", len(found.moved_numbers) - _SHOWN))
    for code, what in found.notes:
        click.echo(harmless(WORDS("note", code=code, what=what)), err=True)


def _number(value: float) -> str:
    return "" if math.isnan(value) else format_number(value, 3)
