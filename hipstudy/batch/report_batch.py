"""A batch from its tasks to its page: what is there is left, what is made is placed, all is listed.

Only this process writes into the batch's folder, and only one batch at a time does.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from hipstudy.batch import batch_pages
from hipstudy.batch.batch_pages import INDEX, TABLE, BatchRow
from hipstudy.batch.batch_record import BATCH_FILE, BatchRecord, refuse_other_batch
from hipstudy.batch.large_reports import large_reports
from hipstudy.batch.report_task import AS_BEFORE, FAILED, MADE, ReportTask, TaskOutcome, why
from hipstudy.errors import Problem, UsageProblems
from hipstudy.files import CannotWrite, reported, results_for, undisturbed
from hipstudy.finding_list import lines
from hipstudy.progress_bar import Progress
from hipstudy.report import make_report, run_record
from hipstudy.report.run_record import NotRecord, RunRecord, sha256
from hipstudy.temporary_folders import InUse, Stage

# Makes the reports of tasks, and hands the outcomes back as they come.
Makers = Callable[[Sequence[ReportTask]], Iterator[TaskOutcome]]


class BatchInUse(Exception):
    """Another batch is at work in the same folder (exit code 2)."""

    exit_code = 2

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another batch is at work in {folder} at this moment. Wait until it is done, or "
            "choose another folder with --out. Nothing was written."
        )


class BatchStopped(KeyboardInterrupt):
    """The batch was stopped; what is done is there.

    Parameters
    ----------
    n_done, n
        How many of how many.
    """

    def __init__(self, n_done: int, n: int) -> None:
        super().__init__()
        self.n_done, self.n = n_done, n


@dataclass(frozen=True)
class BatchResult:
    """What became of a batch.

    Parameters
    ----------
    index
        Path of its page.
    rows
        Its reports, in the order of the tasks.
    other_places
        Folders of earlier reports that are of none of its tasks.
    problem
        Why page and tables could not be written, where they could not.
    """

    index: Path
    rows: tuple[BatchRow, ...]
    other_places: tuple[str, ...] = ()
    problem: str = ""

    @property
    def failed(self) -> tuple[BatchRow, ...]:
        """Those that were not made."""
        return tuple(row for row in self.rows if row.state == FAILED)


def run_batch(
    batch: BatchRecord,
    tasks: Sequence[ReportTask],
    folder: Path,
    makers: Makers,
    progress: Progress,
) -> BatchResult:
    """Make what is not there yet, then the page and the tables of all.

    Parameters
    ----------
    batch
        Of what it is.
    tasks
        Its reports.
    folder
        Where each has a folder.
    makers
        Who makes them.
    progress
        Told how many are done.

    Raises
    ------
    UsageProblems, BatchInUse, hipstudy.files.CannotWrite
        When the folder cannot be used.
    BatchStopped
        When Ctrl-C ended it.
    """
    with _alone(folder, batch):
        own = [replace(task, known_sha256=_known(folder, task)) for task in tasks]
        states: dict[str, TaskOutcome] = {}
        count = progress.counter("reports")
        count(0, len(own))
        try:
            progress.say(lines(large_reports(own), progress.width))
            outcomes = makers(own)
            for outcome in outcomes:
                states[outcome.place] = _placed(folder, outcome)
                count(len(states), len(own))
        except KeyboardInterrupt:
            progress.clear()
            n_there = sum(one.state != FAILED for one in states.values())
            raise BatchStopped(n_there, len(own)) from None
        progress.clear()
        rows = tuple(_row(folder, task, states[task.place]) for task in own)
        try:
            _write_pages(folder, batch, rows, own)
        except CannotWrite as error:  # what became of each is told all the same
            return BatchResult(folder / INDEX, rows, _left(folder, own), str(error))
        return BatchResult(folder / INDEX, rows, _left(folder, own))


@contextmanager
def _alone(folder: Path, batch: BatchRecord) -> Iterator[None]:
    """Have the folder for this batch alone, and its record in it."""
    refuse_other_batch(folder, batch)
    is_new = not folder.exists()
    with reported(folder):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        with reported(folder):
            stage = Stage(folder, "batch")
    except InUse:
        raise BatchInUse(folder) from None
    try:
        refuse_other_batch(folder, batch)  # another may have come and gone meanwhile
        with reported(folder):
            (stage.folder / BATCH_FILE).write_text(batch.text(), encoding="utf-8")
            os.replace(stage.folder / BATCH_FILE, folder / BATCH_FILE)
        yield
    finally:
        with undisturbed(), suppress(OSError):
            stage.close()
        if is_new and {path.name for path in folder.iterdir()} <= {BATCH_FILE}:
            with suppress(OSError):
                (folder / BATCH_FILE).unlink(missing_ok=True)
                folder.rmdir()


def _report_record(folder: Path, report: str) -> RunRecord | None:
    """The record of the report in a folder; None where there is none that can be read."""
    try:
        table = run_record.tables(folder).get(report)
        return None if table is None else RunRecord.of_table(table)
    except NotRecord:
        return None


def _name(task: ReportTask) -> str:
    from hipstudy.report import catalogue

    return catalogue.find(task.report).name if task.report.endswith(".ipynb") else task.report


def _known(folder: Path, task: ReportTask) -> str:
    """What the report in the task's folder was made from, where each of its files is whole."""
    place = folder / task.place
    if place.is_symlink():
        return ""
    record = _report_record(place, _name(task))
    if record is None:
        return ""
    try:
        is_whole = all(
            sha256((place / file).read_bytes()) == mark for file, mark in record.outputs.items()
        )
    except OSError:
        return ""
    return record.job_sha256 if is_whole and record.outputs else ""


def _placed(folder: Path, outcome: TaskOutcome) -> TaskOutcome:
    """The outcome once its files have their names; failed where they cannot have them."""
    if outcome.state != MADE or outcome.files is None:
        return outcome
    place = folder / outcome.place
    try:
        if place.is_symlink():
            rule = "a link stands where the folder of this report belongs"
            raise UsageProblems([Problem(outcome.place, None, rule, "Take it away.")])
        with results_for(place, alone=True) as results:
            make_report.place_files(outcome.files, results)
    except Exception as error:
        said = tuple(line.replace(str(place), outcome.place) for line in why(error))
        return replace(outcome, state=FAILED, files=None, problems=said)
    return replace(outcome, files=None)


def _row(folder: Path, task: ReportTask, outcome: TaskOutcome) -> BatchRow:
    is_there = outcome.state in (MADE, AS_BEFORE)
    record = _report_record(folder / task.place, _name(task)) if is_there else None
    return BatchRow(task.place, task.columns, outcome.state, record, outcome.problems)


def _write_pages(
    folder: Path, batch: BatchRecord, rows: Sequence[BatchRow], tasks: Sequence[ReportTask]
) -> None:
    locale = tasks[0].look.locale
    with results_for(folder) as results, reported(folder):
        tables = batch_pages.stacked_tables(folder, rows, locale)
        for name, text in tables.items():
            results.add(name, text)
        results.add(TABLE, batch_pages.table_of_reports(batch, rows, locale))
        results.add(INDEX, batch_pages.index_page(batch, rows, sorted(tables)))
        with undisturbed():
            results.place()


def _left(folder: Path, tasks: Iterable[ReportTask]) -> tuple[str, ...]:
    own = {task.place for task in tasks}
    others = (path.parent.name for path in sorted(folder.glob(f"*/{run_record.RECORD_FILE}")))
    return tuple(name for name in others if name not in own)
