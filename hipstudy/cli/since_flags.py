"""What ``--since`` names, as settings of the cohort report: an earlier run's files, or a file."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import click

from hipstudy.errors import Problem, UsageProblems, harmless
from hipstudy.report import named_run, run_inputs
from hipstudy.report.run_record import RECORD_FILE, RunRecord, sha256
from hipstudy.resources import file_name

_PLAN = "analysis_plan"


def since_pairs(
    name: str,
    since: str | None,
    since_cohort: str | None,
    show_values: bool,
    pairs: Sequence[tuple[str, str]],
) -> list[tuple[str, str]]:
    """The settings that the flags stand for; what they were taken for is said.

    Parameters
    ----------
    name
        Of the report, or the path of a notebook.
    since
        A run of the history, its folder or record, or an older cohort file.
    since_cohort
        The cohort file that the run read, where it is not found by itself.
    show_values
        Whether the owner's table has the values of changed cells.
    pairs
        What is set besides.

    Raises
    ------
    UsageProblems
        When there is no such run or file, or the flags go with nothing.
    """
    if since is None:
        if since_cohort is not None or show_values:
            raise click.UsageError("--since-cohort and --show-values go with --since.")
        return []
    if not since.strip():
        rule = "a run, a folder or an older cohort file is needed"
        raise UsageProblems([Problem("--since", "nothing", rule)])
    report = _report_of(name)
    values = [("show_values", "yes")] if show_values else []
    path = Path(since).expanduser()
    is_cohort = path.is_file() and path.name != RECORD_FILE and path.suffix.lower() != ".pdf"
    if is_cohort:
        if since_cohort is not None:
            rule = "it goes with a run, and --since names a file"
            raise UsageProblems([Problem("--since-cohort", since_cohort, rule, "Leave it out.")])
        return [("since", str(path)), *values]
    run = named_run.named_run(since, "--since", report)
    click.echo(harmless(f"since {run.sentence}"), err=True)
    stored = run.stored
    told = dict(pairs)
    folders = [Path(), stored.folder, *stored.folder.parents[:3]]
    folders += [Path(told[one]).parent for one in (run_inputs.COHORT, _PLAN) if told.get(one)]
    found = [("since", str(stored.folder / RECORD_FILE))]
    cohort = _cohort(stored.record, since_cohort, folders)
    if cohort is not None:
        found.append(("since_cohort", str(cohort)))
    plan = _plan(stored.record, told, folders)
    if plan is not None:
        found.append(("since_plan", str(plan)))
    return [*found, *values]


def _report_of(name: str) -> str:
    """Name of the report; refused where it cannot be compared with an earlier one."""
    from hipstudy.report import catalogue, parameters_cell

    source = catalogue.find(name)
    names = {one.name for one in parameters_cell.read(source.notebook, source.path.name)}
    if "since" not in names:
        rule = "this report has no comparison with an earlier one"
        mend = "hipstudy diff A B compares two runs of any report."
        raise UsageProblems([Problem("--since", name, rule, mend)])
    return source.name


def _cohort(record: RunRecord, given: str | None, folders: Sequence[Path]) -> Path | None:
    """The cohort file that a run read; None, and said, where it is not here."""
    if given is not None:
        path = Path(given).expanduser()
        if not path.is_file():
            rule = f"no such file in the folder {path.parent}"
            raise UsageProblems([Problem("--since-cohort", path.name, rule)])
        if not named_run.is_as_read(path, record, run_inputs.COHORT):
            said = "this is not the file that the earlier report read, or not with the same mapping"
            click.echo(harmless(f"{path.name}: {said}; the report says what follows"), err=True)
        return path
    path = named_run.cohort_of(record, folders)
    if path is not None:
        return path
    name = file_name(str(record.settings.get(run_inputs.COHORT, "")))
    said = f"the cohort file that it read, {name or 'not known'}, is not here as it was then"
    mend = "no change is split; name it with --since-cohort FILE"
    click.echo(harmless(f"{said}: {mend}"), err=True)
    return None


def _plan(
    record: RunRecord, told: Mapping[str, str], folders: Sequence[Path]
) -> Path | None:  # fmt: skip
    """The plan that a run read, by its content; None where it had none, or it is not here."""
    for one in record.inputs:
        if one.parameter != _PLAN:
            continue
        today = Path(told[_PLAN]) if told.get(_PLAN) else None
        if today is not None and today.is_file() and sha256(today.read_bytes()) == one.sha256:
            return today
        path = named_run.place_of(one, folders)
        if path is None:
            said = "is not here as it was then, so settings and code are not told apart"
            click.echo(harmless(f"the plan that it read, {one.file}, {said}"), err=True)
        return path
    return None
