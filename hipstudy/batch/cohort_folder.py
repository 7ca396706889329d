"""Cohort files of a folder, and the names of their reports' folders."""

import hashlib
import os
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hipstudy.batch.batch_record import BATCH_FILE
from hipstudy.cohort_file.other_formats.by_content import ENDINGS
from hipstudy.companion_files import DICTIONARIES
from hipstudy.errors import Problem, UsageProblems
from hipstudy.report.catalogue import safe_name
from hipstudy.report.run_record import RECORD_FILE

_OPEN_ELSEWHERE = ("~$", ".~lock")  # what spreadsheet programs leave beside a file that is open
_LONGEST_NAME = 80
_MARK_LENGTH = 8


@dataclass(frozen=True)
class CohortFolder:
    """What of a folder a batch is of.

    Parameters
    ----------
    folder
        As it was named.
    files
        Cohort files in it and in the folders within it, in the order of their names.
    passed_over
        Names of all else, from that folder on.
    """

    folder: Path
    files: tuple[Path, ...]
    passed_over: tuple[str, ...]

    def name(self, file: Path) -> str:
        """A file's name from the folder on; letters that are none are shown as such."""
        name = file.relative_to(self.folder).as_posix()
        return os.fsencode(name).decode("utf-8", "replace")

    def place_name(self, file: Path) -> str:
        """The same as it stands on the disk, by which folders of reports are told apart."""
        return file.relative_to(self.folder).as_posix()

    def stand(self) -> dict[str, tuple[int, int]]:
        """Size and time of everything that a report may read here: so a change is noticed."""
        found = {}
        for folder in {self.folder, *(file.parent for file in self.files)}:
            for path in _entries(folder):
                try:
                    facts = path.stat()
                except OSError:
                    continue
                found[str(path)] = (facts.st_size, facts.st_mtime_ns)
        return found


def cohort_folder(folder: Path, results: Path) -> CohortFolder:
    """Look which cohort files there are.

    Hidden files and folders, links to folders, folders of results and what spreadsheet programs
    leave beside an open file are no cohort files; nor is a data dictionary of REDCap.

    Parameters
    ----------
    folder
        To look in.
    results
        Where the reports are written; nothing in it is a cohort file.

    Raises
    ------
    UsageProblems
        When it is no folder, or has no such file.
    """
    if not folder.is_dir():
        rule = "a folder of cohort files is needed"
        raise UsageProblems([Problem("--each", str(folder), rule)])
    if results.resolve() == folder.resolve():
        rule = "the reports would come among the files that they are of"
        raise UsageProblems([Problem("--out", str(results), rule, "Choose another folder.")])
    files: list[Path] = []
    others: list[str] = []
    for here, inside, names in os.walk(folder):
        place = Path(here)
        inside[:] = sorted(one for one in inside if _is_entered(place / one, results))
        for name in sorted(names):
            path = place / name
            if _is_cohort_file(path):
                files.append(path)
            elif not name.startswith((".", *_OPEN_ELSEWHERE)):
                others.append(path.relative_to(folder).as_posix())
    if not files:
        rule = "there is no cohort file in this folder"
        mend = f"Files that end in {', '.join(ENDINGS)} are looked for."
        raise UsageProblems([Problem("--each", str(folder), rule, mend)])
    return CohortFolder(folder, tuple(files), tuple(others))


def _is_entered(folder: Path, results: Path) -> bool:
    if folder.name.startswith(".") or folder.is_symlink():
        return False
    if folder.resolve() == results.resolve():
        return False
    return not any((folder / file).exists() for file in (RECORD_FILE, BATCH_FILE))


def _is_cohort_file(path: Path) -> bool:
    if path.name.startswith((".", *_OPEN_ELSEWHERE)) or path.match(DICTIONARIES):
        return False
    return path.suffix.lower() in ENDINGS


def _entries(folder: Path) -> Sequence[Path]:
    try:
        return [path for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError:
        return ()


def report_places(names: Iterable[str]) -> tuple[str, ...]:
    """A folder's name for each name: safe, short, and never the same for two.

    Two that would be the same, also for a disk that does not tell capitals apart, have the start of
    a digest of the whole name behind.

    Examples
    --------
    >>> report_places(["hill clinic.csv", "lake/march.csv"])
    ('hill-clinic-csv', 'lake-march-csv')
    """
    every = tuple(names)
    plain = [_plain(name) for name in every]
    times = Counter(one.casefold() for one in plain)
    return tuple(
        one if times[one.casefold()] == 1 and len(one) <= _LONGEST_NAME else _marked(one, name)
        for one, name in zip(plain, every, strict=True)
    )


def _plain(name: str) -> str:
    return safe_name(unicodedata.normalize("NFC", name))


def _marked(plain: str, name: str) -> str:
    mark = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:_MARK_LENGTH]
    return f"{plain[:_LONGEST_NAME]}-{mark}"
