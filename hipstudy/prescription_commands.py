"""Commands on one prescription; each is one call of the library."""

import os
import sys

import click

from hipstudy.session import debug

WHICH = "PROTOCOL is a preset's name, a TOML file, or a prescription on one line, in quotes."


@click.command(help=f"Say what of a prescription is reported, by CERT. {WHICH}")
@click.argument("protocol")
@debug
def cert(protocol: str) -> None:
    """Print the CERT table of a prescription, and how complete it is."""
    from hipstudy import cert as library
    from hipstudy import cert_shown, design
    from hipstudy.report.listing import table

    arm = design.arm_of(protocol)
    width = os.get_terminal_size().columns if sys.stdout.isatty() else None
    rows = [("item", "asks", "prescribed"), *cert_shown.rows(arm)]
    click.echo("\n".join(table(rows, width)))
    count = library.completeness(library.table(arm))
    missing = f"; not filled: {', '.join(count.missing)}" if count.missing else ""
    click.echo(f"{count}{missing}")
    if count.missing:
        click.echo("to fill one in: a TOML file with a table [cert], see README", err=True)
