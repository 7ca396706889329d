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


def _text(path: Path) -> tuple[str, bytes]:
    content = content_of(path)
    if not content.strip():
        rule = "the file is empty; a header and one row per recording are needed"
        raise DataProblems([Problem(path.name, "nothing", rule)])
    try:
        return decoded(content, "cp1252"), content
    except WrongEncoding as error:
        raise DataProblems([Problem(path.name, None, str(error), SAVE)]) from None


def _rows(text: str, path: Path) -> list[list[str]]:
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter="\t", strict=True))
    except csv.Error:
        rule = "the rule is one row a line; look for a quotation mark that is never closed"
        raise DataProblems([Problem(path.name, "a cell without end", rule)]) from None


def _check_header(header: list[str], path: Path) -> None:
    missing = [name for name in COLUMNS if name not in header]
    if not missing:
        return
    rule = f"the header of RBDSinfo.txt is needed, tab-separated; missing: {', '.join(missing)}"
    mend = ""
    if len(header) == 1 and all(name in header[0] for name in COLUMNS):
        mend = "The columns are there but not separated by tabs: save the file with tabs."
    raise DataProblems([Problem(path.name, f"{len(header)} columns", rule, mend, 1)])


def _printable(cell: str) -> str | None:
    """A cell as it may be printed: a longer word may be a person's name."""
    return cell or "nothing" if len(cell) <= _SHORT or _NUMBER.fullmatch(cell) else None


def _again(cell: str, first: str, file: str, line: int, column: str) -> Problem:
    old = _printable(first)
    rule = f"this runner's first row has {repr(old) if old else 'another'}"
    return Problem(file, _printable(cell), rule, "", line, column)


def _row_problems(row: dict[str, str], file: str, line: int) -> Iterator[Problem]:
    def problem(column: str, value: str | None, rule: str) -> Problem:
        return Problem(file, value, rule, "", line, column)

    if not (row["Subject"] or "").strip():
        yield problem("Subject", "nothing", "every row needs a runner's id")
    if row["Gender"] not in ("M", "F"):
        yield problem("Gender", _printable(row["Gender"]), "the rule is M or F")
    for column, (low, high) in POSSIBLE.items():
        rule = f"the rule is a number from {low} to {high} {_UNITS[column]}"
        try:
            value = float(row[column] or "")
        except ValueError:
            yield problem(column, _printable(row[column]), rule)
            continue
        if not low <= value <= high:
            yield problem(column, row[column], rule)


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
    text, content = _text(path)
    rows = _rows(text, path)
    header = rows[0] if rows else []
    _check_header(header, path)
    problems: list[Problem] = []
    runners: dict[str, dict[str, str]] = {}
    wrong: dict[str, set[str | None]] = {}
    for line, cells in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            rule = f"the header has {len(header)} columns"
            value = f"{len(cells)} columns"
            problems.append(Problem(path.name, value, rule, "Is the row cut off?", line))
            continue
        row = {name: cells[header.index(name)].strip() for name in COLUMNS}
        first = runners.setdefault(row["Subject"], row)
        if first is row:
            first_ones = list(_row_problems(row, path.name, line))
            wrong[row["Subject"]] = {problem.column for problem in first_ones}
            problems += first_ones
        problems += [
            _again(row[name], first[name], path.name, line, name)
            for name in COLUMNS
            if name not in wrong[row["Subject"]]  # said once, where it is wrong
            and row[name] != first[name]
        ]
    if not runners and not problems:
        rule = "one row or more with a runner is needed"
        problems.append(Problem(path.name, "a header and no rows", rule))
    least = int(number("cohort_least_runners"))
    if not problems and len(runners) < least:
        rule = f"{least} or more are needed: with fewer, a report would tell about single people"
        problems.append(Problem(path.name, f"runners: {len(runners)}", rule))
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
