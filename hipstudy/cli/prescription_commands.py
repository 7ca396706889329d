"""Commands on one prescription; each is one call of the library."""

import os
import sys
from pathlib import Path

import click

from hipstudy.cli.session import debug

WHICH = "PROTOCOL is a preset's name, a TOML file, or a prescription on one line, in quotes."


@click.command(help=f"Say what of a prescription is reported, by CERT. {WHICH}")
@click.argument("protocol")
@debug
def cert(protocol: str) -> None:
    """Print the CERT table of a prescription, and how complete it is."""
    from hipstudy.prescription import cert as cert_items
    from hipstudy.prescription import design
    from hipstudy.report.parameter_list import table

    arm = design.arm_of(protocol)
    width = os.get_terminal_size().columns if sys.stdout.isatty() else None
    rows = [("item", "asks", "prescribed"), *cert_items.cert_rows(arm)]
    click.echo("\n".join(table(rows, width)))
    count = cert_items.completeness(cert_items.table(arm))
    missing = f"; not filled: {', '.join(count.missing)}" if count.missing else ""
    click.echo(f"{count}{missing}")
    if count.missing:
        click.echo("to fill one in: a TOML file with a table [cert], see README", err=True)


@click.command(help=f"Write a handout of a prescription, for a runner: a page and a diary. {WHICH}")
@click.argument("protocol")
@click.option("--physio", default="", metavar="NAME", help="Who asked the screening questions.")
@click.option("--screened", is_flag=True, help="The screening questions were asked.")
@click.option(
    "--date",
    "day",
    default="",
    metavar="DATE",
    help="When they were asked: 2026-01-31; or today.",
)
@click.option("--runner", default="", metavar="NAME", help="The runner's code or name.")
@click.option("--clinic", default="", metavar="NAME", help="Whose page it is.")
@click.option("--phone", default="", metavar="NUMBER", help="The clinic's telephone.")
@click.option("--logo", default="", metavar="FILE", help="PNG, JPEG or SVG, for the head.")
@click.option("--note", default="", metavar="TEXT", help="A few words of your own.")
@click.option(
    "--paper",
    type=click.Choice(["a4", "us-letter"]),
    default="a4",
    show_default=True,
    help="Size of the page.",
)
@click.option("--out", metavar="FILE", default="handout.pdf", show_default=True, help="To write.")
@debug
def handout(
    protocol: str,
    physio: str,
    screened: bool,
    day: str,
    runner: str,
    clinic: str,
    phone: str,
    logo: str,
    note: str,
    paper: str,
    out: str,
) -> None:
    """Write the handout; refused without the physio's name and confirmation."""
    from hipstudy.handout import notices, write
    from hipstudy.prescription import design

    arm = design.arm_of(protocol)
    path = write(
        arm,
        Path(out).expanduser(),
        physio=physio,
        confirmed=screened,
        paper=paper,
        report_date=day,
        note=note,
        runner=runner,
        clinic=clinic,
        phone=phone,
        logo=Path(logo).expanduser() if logo else None,
    )
    click.echo(path)
    for line in notices(arm, phone):
        click.echo(f"for the clinician: {line}", err=True)
