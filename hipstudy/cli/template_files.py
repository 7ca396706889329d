"""What ``hipstudy template`` writes beside a cohort file: for REDCap, or to write on."""

from pathlib import Path

import click

from hipstudy.cli import clinic_flags, session


def write(out: Path | None, *, redcap: bool, paper: str | None) -> None:
    """Write a data dictionary for REDCap, or a test sheet, and say what comes next."""
    if redcap:
        from hipstudy.cohort_file.exports.redcap_template import write_redcap_template

        click.echo(write_redcap_template(out))
        click.echo(
            "in REDCap: upload it as data dictionary, and let the instrument hip repeat, once a "
            "side and visit; an export with this file beside it is read as it is:\n"
            f"{session.command_line('check', 'export.csv')}",
            err=True,
        )
        return
    from hipstudy.handout.visit_sheet import write_sheet
    from hipstudy.report import clinic_file

    own = clinic_file.entries({"paper": paper})
    click.echo(write_sheet(out, paper=own.get("paper") or clinic_flags.PAPER))
