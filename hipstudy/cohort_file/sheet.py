"""One sheet of a cohort file, CSV or XLSX, as text cells with their row numbers.

What kind of file it is, its content tells, never its name alone. The file is read once and never
changed. What the cells mean is not known here.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file import limits, read_csv
from hipstudy.cohort_file.limits import Raw, refuse
from hipstudy.errors import ERROR, WARNING, Finding, Problem, UsageProblems, nearest
from hipstudy.spreadsheet import read_back

_ZIP, _OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0"
_KINDS = (".csv", ".tsv", ".txt", ".xlsx")
_MAY_HAVE_MOVED = (
    "Is a decimal comma, or a comma in a text, taken for the end of a cell? Write decimal points, "
    "put such cells in quotation marks, or save the file with semicolons between cells."
)


@dataclass(frozen=True, eq=False)
class Sheet:
    """A table of text.

    Parameters
    ----------
    file, name
        File name without its folder; sheet name, empty for text files.
    header
        Names of the columns, white space cleaned; empty for a column that has none.
    cells
        Column k under ``header[k]``: text, or None where missing.
    rows
        Row number in the file of each row, from 1, as a spreadsheet program shows it.
    sha256
        Fingerprint of the file.
    findings
        What there is to say after reading it.
    long_rows
        Row numbers of the rows that have more cells than the head: their cells may have moved.
    own
        Name in the file of each column that a mapping has renamed.
    """

    file: str
    name: str
    header: tuple[str, ...]
    cells: pd.DataFrame
    rows: NDArray[np.int64]
    sha256: str
    findings: tuple[Finding, ...] = ()
    long_rows: tuple[int, ...] = ()
    own: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def content_of(path: Path, what: str = "cohort", limit: int = limits.MAX_BYTES) -> bytes:
    """Bytes of a file; a problem where there is none, it cannot be read, or it is too large."""
    try:
        if path.is_dir():
            rule = "a file is needed, and this is a folder"
            raise UsageProblems([Problem(what, path.name or str(path), rule)])
        if path.exists() and not path.is_file():
            raise UsageProblems([Problem(what, path.name, "a file is needed")])
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError:
        there = [one.name for one in path.parent.glob("*") if one.suffix.lower() in _KINDS]
        close = nearest(path.name, there) if there else ""
        mend = close if close.startswith("Did") else ""  # a folder's list helps nobody
        problem = Problem(what, path.name, "there is no such file", mend)
        raise UsageProblems([problem]) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = getattr(error, "strerror", None) or "its name has a character that no name has"
        raise UsageProblems([Problem(what, path.name, f"it cannot be read ({why})")]) from None
    if len(content) > limit:
        rule = f"a {what} file has {limit // 10**6} MB at most"
        if what != "cohort":
            raise UsageProblems([Problem(what, path.name, rule, "Is it the right file?")])
        refuse(path.name, "a larger file", rule, "Keep the columns of the format only.")
    return content


def _raw(content: bytes, file: str, sheet: str | None, names: Collection[str]) -> Raw:
    if not content.strip():
        refuse(file, "nothing", "the file is empty; a head and one row or more are needed")
    if content.startswith(_OLE):
        what = "an old .xls workbook, or one with a password"
        refuse(file, what, "it cannot be read", "Save it as .xlsx without a password, or as CSV.")
    if content.startswith(_ZIP):
        from hipstudy.cohort_file import read_xlsx  # a text file is read without openpyxl

        return read_xlsx.read(content, file, sheet, names)
    if sheet is not None:
        rule = "a text file has no sheets"
        raise UsageProblems([Problem(f"{file}, sheet", sheet, rule, "Leave --sheet out.")])
    return read_csv.read(content, file, names)


def _letter(column: int) -> str:
    """A column as a spreadsheet program names it, for one without a name."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column + 1)} (no name)"


def _ragged(raw: Raw, at: int, width: int, file: str) -> tuple[list[Finding], tuple[int, ...]]:
    """Rows of a text file that are longer or shorter than the named part of its head.

    The findings, and the row numbers of the longer ones.

    Empty cells past the head are harmless where the whole head has them. Where some rows have
    them and others not, a comma has moved the cells of some.
    """
    head, body = raw.rows[at], raw.rows[at + 1 :]
    uneven = len({len(row) for row in body}) > 1
    longer, shorter = [], []
    column = _letter(width) if len(head) > width else ""
    for number, row in zip(raw.numbers[at + 1 :], body, strict=True):
        if len(row) < width:
            shorter.append((number, ""))
        elif len(row) > width and not limits.empty(row[width:]):
            longer.append((number, column))
        elif len(row) > len(head) and uneven:
            longer.append((number, ""))
    named = " that have a name" if column else ""
    rule = f"the row has more cells than the {width} of the head{named}: cells may have moved"
    findings = [*limits.capped(longer, file, raw.name, rule, level=ERROR, mend=_MAY_HAVE_MOVED)]
    if not longer and body and len(body[0]) > len(head):  # all alike, and empty there
        rule = f"rows have {len(body[0])} cells, the last empty, and the head has {len(head)}"
        findings.append(Finding(WARNING, file, rule, raw.name, mend=_MAY_HAVE_MOVED))
    rule = f"the row has fewer cells than the {width} of the head; the others are missing"
    findings += limits.capped(shorter, file, raw.name, rule, mend="Is the row cut off?")
    return findings, tuple(number for number, _ in longer)


def _columns(raw: Raw, at: int, width: int) -> list[list[str | None]]:
    body = raw.rows[at + 1 :]
    if any(len(row) != width for row in body):
        body = [row[:width] for row in body]
        columns = list(zip_longest(*body)) if body else []
        columns += [(None,) * len(body)] * (width - len(columns))
    else:
        columns = list(zip(*body, strict=True)) if body else [()] * width
    return [[read_back(cell.strip()) or None if cell else None for cell in c] for c in columns]


def _cell_findings(
    column: list[str | None], name: str, numbers: list[int], raw: Raw, file: str
) -> Iterator[Finding]:
    """Cells too long or with an error of a formula; both are taken out of the column."""
    uniques = set(column)
    uniques.discard(None)
    wrong = {cell for cell in uniques if cell[0] == "#" and cell.upper() in limits.ERROR_VALUES}
    long = {cell for cell in uniques if len(cell) > limits.MAX_CELL}
    for bad, level, rule, mend in (
        (wrong, WARNING, "a formula failed; it is taken as missing", "Mend the formula."),
        (long, ERROR, f"a cell has {limits.MAX_CELL:,} characters at most", "Shorten it."),
    ):
        at = [k for k, cell in enumerate(column) if cell in bad] if bad else []
        where = [(numbers[k], name) for k in at]
        yield from limits.capped(where, file, raw.name, rule, level=level, mend=mend)
        for k in at:
            column[k] = None


def _name_findings(
    header: list[str],
    used: list[int],
    columns: list[list[str | None]],
    numbers: list[int],
    row: int,
    raw: Raw,
    file: str,
) -> Iterator[Finding]:
    def finding(level: str, rule: str, column: str, value: str | None, mend: str) -> Finding:
        return Finding(level, file, rule, raw.name, row, column, value, mend)

    counts = Counter(header[k] for k in used if header[k])
    for name, count in counts.items():
        if count > 1:
            rule = "every column has a name of its own"
            value = f"{count} columns of this name"
            yield finding(ERROR, rule, name, value, "Rename or delete all but one.")
        if len(name) >= limits.MAX_NAME:
            rule = f"a name has fewer than {limits.MAX_NAME} characters; it is cut"
            yield finding(ERROR, rule, name, None, "Shorten it.")
    for k in used:
        if header[k]:
            continue
        if raw.ragged and k:  # nothing can have moved into the first column
            rule = "cells of a text file stand below no name: they may have moved there"
            mend = f"Name the column, or delete it. {_MAY_HAVE_MOVED}"
            below = [(numbers[i], _letter(k)) for i, cell in enumerate(columns[k]) if cell]
            yield from limits.capped(below, file, raw.name, rule, level=ERROR, mend=mend)
            continue
        rule = "cells below no name are not used"
        yield finding(WARNING, rule, _letter(k), None, "Name the column, or delete it.")


def _table(raw: Raw, file: str, digest: str, names: Collection[str]) -> Sheet:
    if not raw.rows:
        refuse(file, "nothing but empty rows", "a head and one row or more are needed")
    at = limits.head_at(raw.rows, names)
    head, numbers = raw.rows[at], raw.numbers[at + 1 :]
    width = len(head) if raw.ragged else max(len(row) for row in raw.rows[at:])
    if width > limits.MAX_COLUMNS:
        rule, mend = f"{limits.MAX_COLUMNS} columns at most", "Delete those that are not needed."
        refuse(file, f"{width:,} columns", rule, mend, row=raw.numbers[at])
    if width * len(numbers) > limits.MAX_CELLS:
        refuse(file, f"{width * len(numbers):,} cells", f"{limits.MAX_CELLS:,} cells at most")
    header = [clean(cell) for cell in (*head, *[None] * (width - len(head)))]
    if raw.ragged:  # separators at the end of the head name no column
        width = max((k for k, name in enumerate(header, start=1) if name), default=width)
        header = header[:width]
    findings = list(raw.findings)
    if at:
        rule = f"row {raw.numbers[at]} is the first with names of columns; rows above are not read"
        findings.append(Finding(WARNING, file, rule, raw.name, mend="Delete the rows above it."))
    ragged, long_rows = _ragged(raw, at, width, file) if raw.ragged else ([], ())
    findings += ragged
    columns = _columns(raw, at, width)
    for k, column in enumerate(columns):
        name = header[k] or _letter(k)
        findings += _cell_findings(column, name, numbers, raw, file)
    used = [k for k in range(width) if header[k] or any(columns[k])]
    findings += _name_findings(header, used, columns, numbers, raw.numbers[at], raw, file)
    below = [(row, k) for row, k in raw.no_value if row > raw.numbers[at] and k < width]
    rule = "a formula without a stored value is reported as missing"
    mend = "Open the file in a spreadsheet program and save it."
    cells = [(row, header[k] or _letter(k)) for row, k in below]
    findings += limits.capped(cells, file, raw.name, rule, mend=mend)
    frame = pd.DataFrame({new: columns[k] for new, k in enumerate(used)}, dtype=object)
    where = np.array(numbers, dtype=np.int64)
    header = tuple(header[k] for k in used)
    return Sheet(file, raw.name, header, frame, where, digest, tuple(findings), long_rows)


def clean(cell: str | None) -> str:
    """A column's name, cleaned and no longer than it may be."""
    text = read_back(cell[: 2 * limits.MAX_NAME].strip()) if cell else cell
    return limits.clean_name(text)[: limits.MAX_NAME]


def read_sheet(path: Path, *, sheet: str | None = None, names: Collection[str] = ()) -> Sheet:
    """Read one sheet of a cohort file.

    Parameters
    ----------
    path
        CSV of any delimiter, or XLSX; it is never changed.
    sheet
        Name of the sheet of a workbook; None takes the only one that fits the format.
    names
        A clinic's own column names, which a mapping knows: they help to find head and sheet.

    Returns
    -------
    Sheet
        As read; columns without name or cells are left out.

    Raises
    ------
    UsageProblems
        When there is no such file or sheet, or the file cannot be opened.
    DataProblems
        When it holds no table, or more than the limits of ``limits`` and ``xlsx_safety``.
    """
    content = content_of(path)
    folded = frozenset(limits.folded(name) for name in names)
    raw = _raw(content, path.name, sheet, folded)
    return _table(raw, path.name, sha256(content).hexdigest(), folded)
