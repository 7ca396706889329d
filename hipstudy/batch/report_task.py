"""One report of a batch: what it is made from, and what came of it, in whatever process it runs."""

import atexit
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from hipstudy import csv_locale
from hipstudy.errors import DataProblems, Problem, ProblemsFound, harmless
from hipstudy.progress_bar import Progress
from hipstudy.report.letterhead import NOBODY, Letterhead
from hipstudy.report.run_record import sha256

if TYPE_CHECKING:
    from hipstudy.report.catalogue import NotebookSource
    from hipstudy.report.kernel_nursery import KernelNursery
    from hipstudy.report.make_report import Plan, ReportFiles

MADE, AS_BEFORE, FAILED = "made", "as before", "failed"
_MOST_PROBLEMS = 5


@dataclass(frozen=True)
class ReportLook:
    """What is the same for every report of a batch, beside the report itself."""

    head: Letterhead = NOBODY
    paper: str = "a4"
    locale: str = csv_locale.PLAIN
    language: str = ""
    run_name: str | None = None


@dataclass(frozen=True)
class ReportTask:
    """One report to be made.

    Parameters
    ----------
    place
        Name of its folder within the batch's.
    report
        Its name, or the path of a notebook.
    pairs
        Pairs of parameter name and text; files by their whole paths.
    look
        What is the same for all.
    columns
        What tells it from the others: the file, or the settings of the grid. No folders.
    known_sha256
        ``job_sha256`` of what stands whole in its folder; empty where nothing does.
    seen_sha256
        Of the file that it is of, as the batch saw it; empty where it is of none.
    code_sha256
        Of the hipstudy that plans the batch; another one must not run it.
    """

    place: str
    report: str
    pairs: tuple[tuple[str, str], ...]
    look: ReportLook = ReportLook()
    columns: Mapping[str, str] = field(default_factory=dict)
    known_sha256: str = ""
    seen_sha256: str = ""
    code_sha256: str = ""


@dataclass(frozen=True)
class TaskOutcome:
    """What came of a task.

    Parameters
    ----------
    place
        As in the task.
    state
        ``MADE``, ``AS_BEFORE`` or ``FAILED``.
    files
        Its files, where it was made; they are written by whoever asked for them.
    problems
        Why it failed, a line each.
    """

    place: str
    state: str
    files: "ReportFiles | None" = None
    problems: tuple[str, ...] = ()


class _SilentProgress(Progress):
    """Shows nothing: what a check warns of stands in the report itself."""

    def step(self, count: int, total: int, words: str) -> None:
        """Pass over how far it is."""

    def stage(self, words: str) -> None:
        """Pass over where it is."""

    def say(self, lines: Sequence[str]) -> None:
        """Pass over what is said."""

    def clear(self) -> None:
        """Leave the line to whoever has it."""


_NURSERIES: dict[tuple[str, ...], "KernelNursery"] = {}
_ALONE = threading.Lock()  # a Dask worker may have several threads


def outcome_of(task: ReportTask) -> TaskOutcome:
    """Make the report of a task, in this process; nothing is written but temporary files.

    Whatever goes wrong with it is told, and nothing is raised.
    """
    with _ALONE:
        try:
            files = _files(task)
        except Exception as error:
            return TaskOutcome(task.place, FAILED, problems=_portable(task, why(error)))
        return TaskOutcome(task.place, AS_BEFORE if files is None else MADE, files)


def _portable(task: ReportTask, lines: Sequence[str]) -> tuple[str, ...]:
    """Lines without the folders of a task's files: they go to a page that others may read."""
    paths = [Path(text) for text in (task.report, *(text for _, text in task.pairs))]
    folders = {str(path.parent) for path in paths if path.is_absolute()} | {str(Path.cwd())}
    for folder in sorted(folders - {"/"}, key=len, reverse=True):
        lines = [line.replace(f"{folder}{os.sep}", "").replace(folder, "…") for line in lines]
    return tuple(lines)


def why(error: Exception) -> tuple[str, ...]:
    """What went wrong in lines, the first few where there are many."""
    if isinstance(error, ProblemsFound):
        every = [str(problem) for problem in error.problems]
        more = len(every) - _MOST_PROBLEMS
        rest = [f"and {more} more: hipstudy check lists all of a file"] if more > 0 else []
        return (*every[:_MOST_PROBLEMS], *rest)
    if hasattr(error, "exit_code"):
        return (harmless(str(error)),)
    words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return (f"this was not foreseen: {harmless(words)}",)


def _files(task: ReportTask) -> "ReportFiles | None":
    from hipstudy.report import make_report, run_record

    if task.code_sha256 and task.code_sha256 != run_record.code_sha256():
        rule = "the hipstudy of this worker is another than the one that asks"
        raise DataProblems([Problem("worker", None, rule, "Install the same on both.")])
    _refuse_other_file(task)
    if (job := job_of(task)) is None:
        return None
    return make_report.report_files(job, _SilentProgress(), nursery=_nursery(job.source))


def job_of(task: ReportTask) -> "Plan | None":
    """The checked report of a task; None where the very same stands whole in its folder.

    Raises
    ------
    UsageProblems, DataProblems
        Listing what is wrong.
    """
    from hipstudy.report import make_report, run_inputs

    look = task.look
    job = make_report.plan(
        task.report,
        task.pairs,
        head=look.head,
        paper=look.paper,
        locale=look.locale,
        language=look.language,
        run_name=look.run_name,
    )
    is_there = bool(task.known_sha256) and task.known_sha256 == run_inputs.job_sha256(job)
    return None if is_there else job


def _refuse_other_file(task: ReportTask) -> None:
    """A worker elsewhere may see another file at the same path, or none."""
    path = Path(dict(task.pairs).get("cohort", ""))
    if task.seen_sha256 and not path.is_file():
        raise DataProblems([Problem(path.name, None, "this file is not there any more")])
    if task.seen_sha256 and path.is_file() and sha256(path.read_bytes()) != task.seen_sha256:
        rule = "this file was changed after the batch had begun"
        mend = "Run the same command again once it is saved."
        raise DataProblems([Problem(path.name, None, rule, mend)])


def _nursery(source: "NotebookSource") -> "KernelNursery | None":
    """The one of this process for this notebook; None where this system cannot fork."""
    from hipstudy.report.kernel_nursery import KernelNursery, can_fork, imports_of
    from hipstudy.report.kernel_surroundings import surroundings

    if not can_fork():
        return None
    modules = imports_of(source.notebook)
    if modules not in _NURSERIES:
        close_nurseries()
        backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
        _NURSERIES[modules] = KernelNursery(modules, surroundings() | backend)
    return _NURSERIES[modules]


@atexit.register
def close_nurseries() -> None:
    """End the processes from which this one forks kernels."""
    while _NURSERIES:
        _NURSERIES.popitem()[1].close()
