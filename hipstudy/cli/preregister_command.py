"""What ``hipstudy preregister PLAN`` does: the plan as a dated document, with shells and a file."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from hipstudy.cli import clinic_flags, session

REPORT = "preregistration"


@click.command(cls=session.SettingCommand, report=REPORT)
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--runners", metavar="N", help="How many are planned, in all arms [not said].")
@click.option("-p", "pairs", nargs=2, multiple=True, metavar="NAME VALUE",
              help="Set a parameter; may be given several times.")  # fmt: skip
@click.option("--out", metavar="DIR", help="Folder for the results [reports/preregistration].")
@session.clinic
@click.option("--author", metavar="NAME", help="Who made it.")
@session.logo
@click.option("--date", metavar="DATE", help="On every page: 2026-01-31 [today].")
@session.paper
@click.option("--name", "run_name", metavar="WORDS", help="What to call it, in its head.")
@session.debug
def preregister(
    plan: Path,
    runners: str | None,
    pairs: tuple[tuple[str, str], ...],
    out: str | None,
    run_name: str | None,
    **clinic: str | None,
) -> None:
    """Write the analysis PLAN as a dated document, before any data: PDF, Word, web page.

    It has the plan, its fingerprint, and the report's tables and figures filled with simulated
    runners. A later report lists every deviation: hipstudy report cohort --cohort FILE -p
    registered_plan registration.toml. An earlier one in the same folder is kept in its history.
    """
    from hipstudy.progress_bar import Progress
    from hipstudy.report import make_report

    pairs = (("analysis_plan", str(plan)), *pairs)
    pairs += (("n_runners", runners),) if runners is not None else ()
    settings = clinic_flags.of_report(clinic, pairs) | {"run_name": run_name}
    settings |= {"out": Path(out).expanduser() if out else None}
    progress = Progress()
    try:
        pdf = make_report.report(REPORT, pairs, progress=progress, **with_registration(settings))
    finally:
        progress.clear()
    click.echo(pdf)


def with_registration(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a report with its day told, and with ``registration.toml`` beside its PDF."""
    from hipstudy.analysis.registration import REGISTRATION_FILE
    from hipstudy.progress_bar import Progress

    head = settings["head"]
    if not head.report_date:
        head = head.dated(head.day.isoformat())

    def registration_file(values: Mapping[str, Any], progress: Progress) -> dict[str, str]:
        from hipstudy.studies import preregistration_study

        progress.stage("writing the registration")
        day = str(values["report_date"] or head.day.isoformat())
        fields = {**values, "report_date": day}
        return {REGISTRATION_FILE: preregistration_study.registration_of(fields).toml()}

    return {**settings, "head": head, "extra_files": registration_file}
