"""Earlier runs of a report: moved aside whole before a new one takes their place, and listed.

A run's record lists the files that it wrote and a digest of each. So a file is known to be an
earlier run's, and to be as that run left it; whatever else stands in the folder is somebody's own
and stays.
"""

import errno
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from hipstudy.errors import Problem
from hipstudy.files import Results
from hipstudy.report import run_record
from hipstudy.report.run_crate import CRATE_FILE, crate_text
from hipstudy.report.run_record import RECORD_FILE, NotRecord, RunRecord, sha256

HISTORY = "history"
_SAFE_ENDS = (".csv", ".docx", ".html", ".ipynb", ".pdf", ".xlsx")


@dataclass(frozen=True)
class EarlierRun:
    """What of earlier runs stands in a folder before a new run takes its place there.

    Parameters
    ----------
    shelf
        Folder within that folder to which it goes.
    files
        All that go there, the record apart.
    record
        Text of the record to put with them; empty where none tells of them.
    crate
        Text of the same as an RO-Crate.
    other_tables
        Records of other reports in the same folder, which stay.
    leaving
        Those of the files that the new run does not write, as the earlier run left them.
    staying
        Those that the new run does not write and somebody has changed since: they also stay.
    """

    shelf: str
    files: tuple[str, ...]
    record: str
    crate: str
    other_tables: Mapping[str, Mapping[str, Any]]
    leaving: tuple[str, ...]
    staying: tuple[str, ...]

    def set_aside(self, results: Results) -> None:
        """Have the files moved when the new ones get their names."""
        if self.files or self.record:
            more = {RECORD_FILE: self.record, CRATE_FILE: self.crate} if self.record else {}
            results.shelve(self.shelf, self.files, more)
        for file in self.leaving:
            results.withdraw(file)

    def sentences(self, folder: Path) -> list[str]:
        """What is to be said of them, once they are there."""
        if not self.files and not self.record:
            return []
        what = "the earlier report" if self.record else "what stood in the way"
        said = [f"{what} is kept in {folder / self.shelf}"]
        if self.leaving:
            said.append(f"only there, since this run did not make them: {', '.join(self.leaving)}")
        if self.staying:
            words = "of an earlier run, and left since they were changed after it"
            said.append(f"{words}: {', '.join(self.staying)}")
        return said


def refuse_file(folder: Path) -> None:
    """Refuse a folder in which earlier runs could not be kept, before anything runs.

    Raises
    ------
    NotADirectoryError
        When a file has the name of the folder for them.
    """
    if (folder / HISTORY).exists() and not (folder / HISTORY).is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{folder / HISTORY} is a file, not a folder")


def earlier_run(folder: Path, name: str, new_files: Iterable[str]) -> EarlierRun:
    """Look what a new run of a report meets in its folder.

    Parameters
    ----------
    folder
        Where the report is written.
    name
        Of the report.
    new_files
        Names of the files that the run writes, the record apart. Whatever has one of these names
        is set aside. Files that another report there lists as well are not moved otherwise.
    """
    new = set(new_files)
    foreign: tuple[str, ...] = ()
    try:
        every = dict(run_record.tables(folder))
    except NotRecord:  # somebody's own file of this name
        every, foreign = {}, (RECORD_FILE,)
    own = every.pop(name, None)
    listed = dict(own["outputs"]) if own else _listed_by_notebook(folder / f"{name}.ipynb")
    rest = {file: mark for file, mark in listed.items() if file not in new}
    for others in _listed_by_others(folder, name, every) if rest else ():
        rest = {file: mark for file, mark in rest.items() if file not in others}
    outdated = [file for file in sorted(rest) if _is_plain(folder, file)]
    leaving = tuple(file for file in outdated if _mark(folder / file) == rest[file])
    files = (*sorted(file for file in new if (folder / file).is_file()), *outdated, *foreign)
    if own is None and (folder / f"{name}.pdf").is_file():
        own = _made_afterwards(folder, name, files).table()
    record = run_record.text({name: own}) if own and not foreign else ""
    day = own["time"].date() if own else date.today()  # noqa: DTZ011 - by the clock of this place
    crate = crate_text({name: own}) if own and record else ""
    if not record and not every and (folder / CRATE_FILE).is_file():  # somebody's own
        files = (*files, CRATE_FILE)
    staying = tuple(file for file in outdated if file not in leaving)
    return EarlierRun(_next_shelf(folder, day), files, record, crate, every, leaving, staying)


def _made_afterwards(folder: Path, name: str, files: Iterable[str]) -> RunRecord:
    """A record of a run by a version of hipstudy that left none: what can still be told."""
    moment = datetime.fromtimestamp((folder / f"{name}.pdf").stat().st_mtime).astimezone()
    outputs = {file: _mark(folder / file) for file in files if file != RECORD_FILE}
    return RunRecord(name, moment.replace(microsecond=0), outputs=outputs)


def _next_shelf(folder: Path, day: date) -> str:
    """The next free place of a day: numbers are not used again while a later one is there."""
    pattern = re.compile(rf"{day}-(\d{{1,9}})", re.ASCII)
    there = (folder / HISTORY).iterdir() if (folder / HISTORY).is_dir() else ()
    numbers = [int(match[1]) for path in there if (match := pattern.fullmatch(path.name))]
    return f"{HISTORY}/{day}-{max(numbers, default=0) + 1}"


def _listed_by_others(
    folder: Path, name: str, other_tables: Mapping[str, Mapping[str, Any]]
) -> Iterator[Mapping[str, str]]:
    yield from (table["outputs"] for table in other_tables.values())
    for path in folder.glob("*.ipynb"):
        if path.stem != name and path.stem not in other_tables:
            yield _listed_by_notebook(path)


def _listed_by_notebook(path: Path) -> dict[str, str]:
    """What a report's notebook lists that was made before there were records; else nothing."""
    try:
        outputs = json.loads(path.read_text(encoding="utf-8"))["metadata"]["hipstudy"]["outputs"]
        return {str(name): str(mark) for name, mark in outputs.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _is_plain(folder: Path, file: str) -> bool:
    """Whether this is such a file as a report writes, in the folder itself or in one within it."""
    parts = PurePosixPath(file).parts
    path = folder / file
    if not parts or ".." in parts or PurePosixPath(file).is_absolute() or "\\" in file:
        return False
    if path.suffix not in _SAFE_ENDS or path.is_symlink() or path.parent.is_symlink():
        return False
    return len(parts) <= 2 and path.is_file()


def _mark(path: Path) -> str:
    try:
        return sha256(path.read_bytes())
    except OSError:
        return ""


@dataclass(frozen=True)
class StoredRun:
    """A run whose record stands in a folder."""

    record: RunRecord
    folder: Path

    @property
    def pdf(self) -> Path:
        """Path of its PDF, whether or not that is still there."""
        return self.folder / f"{self.record.report}.pdf"


# Of one report, of a folder of them, and of batches in that: each with its history.
_WHERE = [f"{place}{history}" for place in ("", "*/", "*/*/") for history in ("", f"{HISTORY}/*/")]


def stored_runs(folder: Path) -> tuple[list[StoredRun], list[Problem]]:
    """Runs in a folder of reports, of batches or of one report, with their histories, newest first.

    The second part says which record files could not be read, and why.
    """
    paths = sorted({path for where in _WHERE for path in folder.glob(f"{where}{RECORD_FILE}")})
    runs: list[StoredRun] = []
    problems: list[Problem] = []
    for path in paths:
        try:
            every = run_record.tables(path.parent)
            runs += [StoredRun(RunRecord.of_table(one), path.parent) for one in every.values()]
        except NotRecord as error:
            rule = f"this is no record of a run ({error})"
            problems.append(Problem(str(path.parent), RECORD_FILE, rule))
    return sorted(runs, key=_age, reverse=True), problems


def _age(run: StoredRun) -> tuple[datetime, bool, int, str]:
    """For runs of one second: the one that took the other's place is the newer."""
    is_latest = run.folder.parent.name != HISTORY
    number = run.folder.name.rpartition("-")[2]
    return (run.record.time, is_latest, int(number) if number.isdigit() else 0, str(run.folder))
