"""An earlier run by what people call it: its name, number or folder, and the files that it read."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hipstudy.companion_files import companions
from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.files import REPORTS
from hipstudy.report import run_record
from hipstudy.report.run_history import StoredRun, stored_runs
from hipstudy.report.run_inputs import COHORT
from hipstudy.report.run_record import RECORD_FILE, InputFile, NotRecord, RunRecord, sha256
from hipstudy.resources import file_name

_SHOWN = 6


@dataclass(frozen=True)
class NamedRun:
    """A run that somebody named, and what it was taken for.

    Parameters
    ----------
    stored
        The run.
    n_alike
        Runs that have the same name; this is the newest of them.
    """

    stored: StoredRun
    n_alike: int = 1

    @property
    def sentence(self) -> str:
        """Which run it is, in words, so that nobody has to guess."""
        record = self.stored.record
        name = f" “{record.run_name}”" if record.run_name else ""
        more = f", the newest of {self.n_alike} with this name" if self.n_alike > 1 else ""
        when = record.time.strftime("%Y-%m-%d %H:%M")
        return f"the {record.report} report{name} of {when}, in {self.stored.folder}{more}"


def named_run(text: str, where: str, report: str = "", place: Path | None = None) -> NamedRun:
    """Find a run.

    Parameters
    ----------
    text
        Its folder, its ``run.toml``, its PDF, the name that it was given, its number in the list of
        ``hipstudy runs``, its folder as that list has it, or its fingerprint.
    where
        Who asks, for messages, such as ``--since``.
    report
        Name of the report that it must be of; empty for any.
    place
        Folder of reports; ``reports`` by default.

    Raises
    ------
    UsageProblems
        When there is none; near names are given.
    """
    path = Path(text).expanduser()
    is_file = path.is_file() and (path.name == RECORD_FILE or path.suffix.lower() == ".pdf")
    if is_file or path.is_dir():
        return NamedRun(_in_folder(path, where, report))
    folder = place if place is not None else Path(REPORTS)
    runs = stored_runs(folder)[0] if folder.is_dir() else []
    found = _by_name(text.strip(), runs, folder)
    fitting = [one for one in found if report in ("", one.record.report)]
    if fitting:
        return NamedRun(fitting[0], len(fitting))
    if found:
        rule = f"this run is of the report {found[0].record.report}, and one of {report} is needed"
        raise UsageProblems([Problem(where, text, rule)])
    raise UsageProblems([_no_run(text, where, runs, folder)])


def _by_name(text: str, runs: Sequence[StoredRun], folder: Path) -> list[StoredRun]:
    """Runs that a text names, newest first."""
    tests = (
        lambda one: one.record.run_name == text,
        lambda one: one.record.run_name.casefold() == text.casefold(),
        lambda one: one.folder.relative_to(folder).as_posix() == text,
        lambda one: bool(one.record.fingerprint) and one.record.fingerprint == text.lower(),
    )
    for test in tests:
        if text and (found := [one for one in runs if test(one)]):
            return found
    is_number = text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= len(runs)
    return [runs[int(text) - 1]] if is_number else []


def _no_run(text: str, where: str, runs: Sequence[StoredRun], folder: Path) -> Problem:
    rule = "neither a run in the list of hipstudy runs, nor a folder or file that is there"
    names = list(dict.fromkeys(one.record.run_name for one in runs if one.record.run_name))
    mend = nearest(text, names) if names else ""
    if not mend and names:
        mend = f"Runs with names: {', '.join(names[:_SHOWN])}."
    if not runs:
        mend = f"There are no runs in {folder}."
    return Problem(where, text, rule, mend)


def _in_folder(path: Path, where: str, report: str) -> StoredRun:
    folder = path if path.is_dir() else path.parent
    try:
        tables = run_record.tables(folder)
    except NotRecord as error:
        rule = f"its {RECORD_FILE} is no record of a run ({error})"
        raise UsageProblems([Problem(where, str(path), rule)]) from None
    if not tables:
        rule = f"there is no {RECORD_FILE} in this folder"
        mend = "Name the folder that hipstudy report wrote, or a run of hipstudy runs."
        raise UsageProblems([Problem(where, str(path), rule, mend)])
    records = {name: RunRecord.of_table(table) for name, table in tables.items()}
    wanted = report or (path.stem if path.suffix.lower() == ".pdf" else "")
    if wanted in records:
        return StoredRun(records[wanted], folder)
    if not report and len(records) == 1:
        return StoredRun(next(iter(records.values())), folder)
    there = ", ".join(sorted(records))
    if report:
        rule = f"a run of the report {report} is needed, and there is {there}"
    else:
        rule = f"several reports are in this folder ({there}): name the PDF of one"
    raise UsageProblems([Problem(where, str(path), rule)])


def place_of(one: InputFile, folders: Iterable[Path]) -> Path | None:
    """Where a file that a run read lies, by its name and content, in one of some folders."""
    for folder in folders:
        with suppress(OSError):
            if sha256((folder / one.file).read_bytes()) == one.sha256:
                return folder / one.file
    return None


def is_as_read(path: Path, record: RunRecord, parameter: str) -> bool:
    """Whether a file and those beside it that are read with it are what a run read.

    Parameters
    ----------
    path
        Of the file; its name does not matter.
    record
        Of the run.
    parameter
        That named the file.
    """
    then = sorted(one.sha256 for one in record.inputs if one.parameter == parameter)
    now = [path, *companions(path)]
    return then == sorted(sha256(one.read_bytes()) for one in now)


def cohort_of(record: RunRecord, folders: Iterable[Path]) -> Path | None:
    """Where the cohort file that a run read lies; None where it read none, or it is not here."""
    name = file_name(str(record.settings.get(COHORT, "")))
    for one in record.inputs:
        if one.parameter == COHORT and one.file == name:
            return place_of(one, folders)
    return None
