"""Many reports in one go: ``hipstudy report --each`` and ``--watch``, and ``hipstudy sweep``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hipstudy.cli import clinic_flags, session
from hipstudy.errors import Problem, UsageProblems, harmless

if TYPE_CHECKING:
    from hipstudy.batch.cohort_folder import CohortFolder
    from hipstudy.batch.report_batch import BatchResult, Makers
    from hipstudy.batch.report_task import ReportLook, ReportTask

_SHOWN = 5


@click.command()
@click.argument("grid", type=click.Path(path_type=Path))
@click.option("--out", metavar="DIR", help="Folder for the results [reports/NAME-GRID].")
@session.workers
@session.scheduler
@session.debug
def sweep(grid: Path, out: str | None, workers: int | None, scheduler: str | None) -> None:
    """Make a report under every combination of the settings in GRID, a TOML file."""
    from hipstudy.batch.batch_record import SWEEP, BatchRecord
    from hipstudy.batch.report_task import ReportTask
    from hipstudy.batch.setting_grid import read_grid
    from hipstudy.report import run_record

    read = read_grid(grid)
    every = tuple(read.settings.items())
    for name, texts in (*((n, (t,)) for n, t in every), *read.axes.items()):
        if name in ("protocol", "protocols"):
            for text in texts:
                session.say_readings(text)
    look = _look({}, every, None)
    tasks = [
        ReportTask(
            place=place,
            report=_whole(read.report),
            pairs=(*every, *one.items()),
            look=look,
            columns=one,
            code_sha256=run_record.code_sha256(),
        )
        for one, place in zip(read.combinations(), read.places(), strict=True)
    ]
    name = _report_name(read.report)
    batch = BatchRecord(SWEEP, name, grid.name)
    folder = _folder(out, name, grid.stem)
    with _makers(workers, scheduler) as makers:
        _end(_run(batch, tasks, folder, makers))


def each(
    name: str,
    place: Path,
    *,
    pairs: Sequence[tuple[str, str]],
    out: str | None,
    run_name: str | None,
    clinic: Mapping[str, str | None],
    workers: int | None,
    scheduler: str | None,
    watches: bool,
) -> None:
    """Make a report of each cohort file in a folder; with ``watches`` again after each change.

    Parameters
    ----------
    name
        Of the report, or the path of a notebook.
    place
        The folder.
    pairs, run_name, clinic
        As of one report; the same for all.
    out
        Folder for the results; named after report and folder when None.
    workers, scheduler
        Who makes them.
    watches
        Whether to go on until Ctrl-C.
    """
    from hipstudy.batch import folder_watch
    from hipstudy.batch.batch_pages import WORDS
    from hipstudy.batch.batch_record import EACH, BatchRecord
    from hipstudy.batch.cohort_folder import cohort_folder

    if "cohort" in dict(pairs):
        rule = "each report has a file of its own"
        raise UsageProblems([Problem("--cohort", None, rule, "Leave it out.")])
    own_name = _report_name(name)
    look = _look(clinic, pairs, run_name)
    shared = _checked(name, pairs)
    folder = _folder(out, own_name, place.resolve().name)
    batch = BatchRecord(EACH, own_name, place.resolve().name)
    with _makers(workers, scheduler) as makers:
        while True:
            found = cohort_folder(place, folder)
            stand = found.stand()
            if found.passed_over:
                click.echo(harmless(WORDS("passed_over", _few(found.passed_over))), err=True)
            result = _run(batch, _tasks(name, found, shared, look), folder, makers)
            if not watches:
                _end(result)
                return
            click.echo(harmless(WORDS("waiting", str(place))), err=True)
            try:
                folder_watch.wait_for_change(place, stand, partial(_stand, place, folder, stand))
            except KeyboardInterrupt:
                return
            click.echo(harmless(WORDS("changed", str(place))), err=True)


def _stand(place: Path, folder: Path, before: Mapping[str, tuple[int, int]]) -> Any:
    """The folder's files as they are now; as they were while it is empty or gone."""
    from hipstudy.batch.cohort_folder import cohort_folder

    try:
        return cohort_folder(place, folder).stand()
    except UsageProblems:
        return before


def _tasks(
    name: str,
    found: "CohortFolder",
    shared: Sequence[tuple[str, str]],
    look: "ReportLook",
) -> list["ReportTask"]:
    from hipstudy.batch.cohort_folder import report_places
    from hipstudy.batch.report_task import ReportTask
    from hipstudy.report import run_record

    names = [found.name(file) for file in found.files]
    places = report_places([found.place_name(file) for file in found.files])
    return [
        ReportTask(
            place=place,
            report=_whole(name),
            pairs=(*shared, ("cohort", str(file.absolute()))),
            look=look,
            columns={"file": of_file},
            seen_sha256=_sha256(file),
            code_sha256=run_record.code_sha256(),
        )
        for file, of_file, place in zip(found.files, names, places, strict=True)
    ]


def _sha256(file: Path) -> str:
    """Of a file's content; empty where it cannot be read, which its report says."""
    from hipstudy.report import run_record

    try:
        return run_record.sha256(file.read_bytes()) if file.is_file() else ""
    except OSError:
        return ""


def _whole(report: str) -> str:
    """A report's name, or the whole path of a notebook: other processes run in other folders."""
    return str(Path(report).absolute()) if report.endswith(".ipynb") else report


def _checked(name: str, pairs: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """What is set for all, once it is checked; files by their whole paths, for other processes.

    Raises
    ------
    UsageProblems
        When a setting is wrong, or the report takes no cohort file.
    """
    from hipstudy.report import catalogue, named_files, parameters_cell

    source = catalogue.find(name)
    parameters = parameters_cell.read(source.notebook, source.path.name)
    if "cohort" not in {one.name for one in parameters}:
        rule = "this report takes no cohort file, so there is none for each"
        raise UsageProblems([Problem("report", source.name, rule)])
    parameters_cell.check(parameters, pairs)
    by_name = {one.name: one for one in parameters}
    here = Path.cwd()
    return tuple((n, str(named_files.whole_paths(by_name[n], t, here))) for n, t in pairs)


def _report_name(name: str) -> str:
    from hipstudy.report import catalogue

    return catalogue.find(name).name


def _look(
    clinic: Mapping[str, str | None], pairs: Sequence[tuple[str, str]], run_name: str | None
) -> "ReportLook":
    """What is the same for all, with the clinic's file; checked with the first report."""
    from dataclasses import replace

    from hipstudy.batch.report_task import ReportLook

    own = clinic_flags.of_report(clinic, pairs)
    head = own["head"]
    if head.logo is not None:
        own["head"] = replace(head, logo=head.logo.absolute())
    return ReportLook(**own, run_name=run_name)


def _folder(out: str | None, report: str, source: str) -> Path:
    from hipstudy.files import REPORTS
    from hipstudy.report.catalogue import safe_name

    if out is not None and not out.strip():
        raise UsageProblems([Problem("--out", "nothing", "a folder is needed")])
    return Path(out).expanduser() if out else Path(REPORTS, f"{report}-{safe_name(source)}")


@contextmanager
def _makers(workers: int | None, scheduler: str | None) -> Iterator["Makers"]:
    """Who makes the reports: a scheduler's workers, or processes of this machine."""
    from hipstudy.batch.report_task import close_nurseries
    from hipstudy.batch.workers import DaskScheduler, on_this_machine

    if scheduler is not None:
        if workers is not None:
            rule = "a scheduler has workers of its own"
            raise UsageProblems([Problem("--workers", str(workers), rule, "Leave one out.")])
        dask = DaskScheduler(scheduler)
        try:
            yield dask.outcomes
        finally:
            dask.close()
        return
    n = workers or _processors()
    try:
        yield lambda tasks: on_this_machine(tasks, min(n, max(len(tasks), 1)))
    finally:
        close_nurseries()


def _processors() -> int:
    from joblib import cpu_count

    return int(cpu_count(only_physical_cores=False))


def _run(batch: Any, tasks: Any, folder: Path, makers: Callable[..., Any]) -> "BatchResult":
    from hipstudy.batch.batch_pages import WORDS, counts
    from hipstudy.batch.report_batch import BatchStopped, run_batch
    from hipstudy.progress_bar import Progress

    progress: Progress = Progress()
    progress.stage("making the reports")
    try:
        result = run_batch(batch, tasks, folder, makers, progress)
    except BatchStopped as stop:
        click.echo(WORDS("stopped", {"n_done": stop.n_done, "n": stop.n}), err=True)
        raise click.exceptions.Exit(130) from None
    finally:
        progress.clear()
    if result.other_places:
        click.echo(harmless(WORDS("left", _few(result.other_places))), err=True)
    click.echo(counts(result.rows), err=True)
    for row in result.failed:
        click.echo(f"{harmless(row.name)}:", err=True)
        for line in row.problems:
            click.echo(f"  {line}", err=True)
    if result.problem:
        click.echo(harmless(f"{WORDS('no_page')}: {result.problem}"), err=True)
    else:
        click.echo(result.index)
    return result


def _few(names: Sequence[str]) -> dict[str, Any]:
    return {"names": list(names[:_SHOWN]), "n_more": max(len(names) - _SHOWN, 0)}


def _end(result: "BatchResult") -> None:
    """Exit code 1 where one was not made, 2 where the page could not be written."""
    if result.problem:
        raise click.exceptions.Exit(2)
    if result.failed:
        raise click.exceptions.Exit(1)
