"""Reader of ``RBDSinfo.txt``, the table of the open Running Biomechanics Data Set.

28 regular runners (Fukuchi, Fukuchi and Duarte 2017, doi:10.7717/peerj.3298). One row per recorded
file, so a runner's row is repeated; modified Thomas angles are degrees, extension positive.
"""

import csv
import re
from collections.abc import Iterator
from hashlib import sha256
from io import StringIO
from pathlib import Path

import numpy as np

from hipstudy import random_streams
from hipstudy.cohort_file.sheet import content_of
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import DataProblems, Problem
from hipstudy.model.cohort import SPEEDS, Cohort
from hipstudy.parameters import number
from hipstudy.text_files import SAVE, WrongEncoding, decoded, encoding_of

SOURCE = "RBDS"
ATTRIBUTION = "Fukuchi, Fukuchi and Duarte 2017, doi:10.7717/peerj.3298, CC BY 4.0"
_HEAD = 4096  # bytes that hold the header of the deposit several times over
COLUMNS = ("Subject", "Age", "Mass", "Gender", "RThomas", "LThomas")
# What can be true of a person who runs; past it, a value is a typing error or another unit.
POSSIBLE = {"Age": (10, 100), "Mass": (30, 200), "RThomas": (-60, 60), "LThomas": (-60, 60)}
_SHORT, _NUMBER = 3, re.compile(r"[-+]?\d{1,6}([.,]\d{1,9})?")
_UNITS = {"Age": "years", "Mass": "kg", "RThomas": "degrees", "LThomas": "degrees"}


def _refused(file: str, rule: str, row: int | None = None, **facts: object) -> DataProblems:
    return DataProblems([Problem(file, **{"value": None, **say(rule, **facts)}, row=row)])


def _table(content: bytes, file: str) -> list[list[str]]:
    """Rows of the file, its header first and held to have every column."""
    if not content.strip():
        raise _refused(file, "rbds_empty")
    try:
        text = StringIO(decoded(content, "cp1252"), newline="")
        rows = list(csv.reader(text, delimiter="\t", strict=True))
    except WrongEncoding as error:
        raise _refused(file, "wrong_encoding", error=error, save=SAVE) from None
    except csv.Error:
        raise _refused(file, "rbds_open_quotation") from None
    header = rows[0] if rows else []
    if missing := [name for name in COLUMNS if name not in header]:
        tabs = len(header) == 1 and all(name in header[0] for name in COLUMNS)
        mend = "The columns are there but not separated by tabs: save the file with tabs."
        facts = {"n": len(header), "missing": ", ".join(missing), "mend": mend if tabs else ""}
        raise _refused(file, "rbds_header", row=1, **facts)
    return rows


def _printable(cell: str) -> str | None:
    """A cell as it may be printed: a longer word may be a person's name."""
    return cell or "nothing" if len(cell) <= _SHORT or _NUMBER.fullmatch(cell) else None


def _row_problems(row: dict[str, str], file: str, line: int) -> Iterator[Problem]:
    def problem(column: str, shown: str | None, rule: str, /, **facts: object) -> Problem:
        return Problem(file, shown, **say(rule, **facts), row=line, column=column)

    if not row["Subject"]:
        yield problem("Subject", "nothing", "rbds_no_id")
    if row["Gender"] not in ("M", "F"):
        yield problem("Gender", _printable(row["Gender"]), "rbds_sex")
    for column, (low, high) in POSSIBLE.items():
        shown: str | None = row[column]
        try:
            value = float(row[column])
        except ValueError:
            value, shown = np.nan, _printable(row[column])
        if not low <= value <= high:
            facts = {"low": low, "high": high, "unit": _UNITS[column]}
            yield problem(column, shown, "rbds_number", **facts)


def is_rbds(path: Path) -> bool:
    """Whether a file starts with the header of ``RBDSinfo.txt``; anything unreadable does not."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return False
    first = head.decode(encoding_of(head), errors="replace").partition("\n")[0]
    return {"Subject", "RThomas", "LThomas"} <= set(re.split(r"[\t,;|]", first.strip()))


def read(path: Path) -> Cohort:
    """Read the runners of ``RBDSinfo.txt``.

    Parameters
    ----------
    path
        The file; it is never changed.

    Returns
    -------
    Cohort
        With measured Thomas angles. Strength and tightness are not in the file.

    Raises
    ------
    UsageProblems
        When there is no such file, or it cannot be opened.
    DataProblems
        Every row and column that breaks a rule. Ids are never printed.
    """
    content, file = content_of(path), path.name
    header, *rows = _table(content, file)
    problems: list[Problem] = []
    runners: dict[str, dict[str, str]] = {}
    wrong: dict[str, set[str | None]] = {}
    for line, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            words = say("rbds_cut_row", n=len(cells), of=len(header))
            problems.append(Problem(file, row=line, **words))
            continue
        row = {name: cells[header.index(name)].strip() for name in COLUMNS}
        first = runners.setdefault(row["Subject"], row)
        if first is row:
            first_ones = list(_row_problems(row, file, line))
            wrong[row["Subject"]] = {problem.column for problem in first_ones}
            problems += first_ones
        for name in COLUMNS:  # what is wrong in the first row is said once, there
            if row[name] != first[name] and name not in wrong[row["Subject"]]:
                old = _printable(first[name])
                words = say("rbds_other_row", first=repr(old) if old else "another")
                problems.append(
                    Problem(file, _printable(row[name]), **words, row=line, column=name)
                )
    least = int(number("cohort_least_runners"))
    if not runners and not problems:
        problems.append(Problem(file, **say("rbds_no_rows")))
    elif not problems and len(runners) < least:
        problems.append(Problem(file, **say("rbds_few_runners", n=len(runners), least=least)))
    if problems:
        raise DataProblems(problems)
    return _cohort(runners, sha256(content).hexdigest())


def _cohort(runners: dict[str, dict[str, str]], digest: str) -> Cohort:
    rows = list(runners.values())
    sides = np.array([[float(row["LThomas"]), float(row["RThomas"])] for row in rows])
    return Cohort(
        key=random_streams.keys(f"RBDS {subject}" for subject in runners),
        sex=np.array([row["Gender"] for row in rows]),
        age_y=np.array([float(row["Age"]) for row in rows]),
        mass_kg=np.array([float(row["Mass"]) for row in rows]),
        thomas_ext_deg=sides.ravel(),
        ran=np.ones((len(rows), len(SPEEDS)), dtype=bool),  # the protocol of the data set
        source=SOURCE,
        sha256=digest,
    )
