"""One sheet of a cohort file as text cells with their row numbers.

What kind of file it is, its content tells, never its name alone. The file is read once and never
changed. What the cells mean is not known here.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, MutableSequence, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.even_rows import EvenRows, body_of
from hipstudy.cohort_file.exports.by_export import read_export
from hipstudy.cohort_file.limits import Raw, Row, refuse
from hipstudy.cohort_file.other_formats.by_content import ENDINGS, raw_of, visible_names
from hipstudy.cohort_file.table_layout import TableLayout, lay_out
from hipstudy.cohort_file.word_tables import say, word_table
from hipstudy.errors import Finding, Problem, UsageProblems, nearest
from hipstudy.spreadsheet import read_back

_LISTED = 5  # ranges of merged cells
_FORMULA_ERRORS = frozenset(word_table("vocabulary.toml")["cells"]["formula_errors"].split())


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
        Name in the file of each column that has another here; of several, with " / " between.
    top
        The first rows of the file, head included, each with its row number.
    sheet_of_row, column_of_row
        Where rows are of several sheets, the sheet of each; where a column was put together of
        several, by its name here, the name in the file of the one that each row's cell is from.
    notes
        What the file was read as, in sentences.
    """

    file: str
    name: str
    header: tuple[str, ...]
    cells: pd.DataFrame
    rows: NDArray[np.int64]
    sha256: str
    findings: tuple[Finding, ...] = ()
    long_rows: tuple[int, ...] = ()
    own: Mapping[str, str] = field(default_factory=dict)
    top: tuple[tuple[int, Row], ...] = ()
    sheet_of_row: NDArray[np.object_] | None = None
    column_of_row: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def content_of(path: Path, what: str = "cohort", limit: int = limits.MAX_BYTES) -> bytes:
    """Bytes of a file; a problem where there is none, it cannot be read, or it is too large."""

    def refused(rule: str, name: str = path.name, **facts: object) -> UsageProblems:
        return UsageProblems([Problem(what, name, **say(rule, **facts))])

    try:
        if path.is_dir():
            raise refused("folder", path.name or str(path))
        if path.exists() and not path.is_file():
            raise refused("no_file")
        with path.open("rb") as file:
            content = file.read(limit + 1)
    except FileNotFoundError:
        there = [one.name for one in path.parent.glob("*") if one.suffix.lower() in ENDINGS]
        close = nearest(path.name, there) if there else ""
        # A folder's list helps nobody.
        raise refused("no_such_file", close=close if close.startswith("Did") else "") from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        why = getattr(error, "strerror", None) or "its name has a character that no name has"
        raise refused("unreadable_file", why=why) from None
    if len(content) > limit:
        if what != "cohort":
            raise refused("other_file_too_large", what=what, megabytes=limit // 10**6)
        refuse(path.name, "file_too_large", megabytes=limit // 10**6)
    return content


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
    facts = {"width": width, "named": " that have a name" if column else ""}
    findings = [*limits.capped("long_row", longer, file, raw.name, **facts)]
    if not longer and body and len(body[0]) > len(head):  # all alike, and empty there
        words = say("empty_last_cells", n=len(body[0]), head=len(head))
        findings.append(Finding(file=file, sheet=raw.name, **words))
    findings += limits.capped("short_row", shorter, file, raw.name, width=width)
    return findings, tuple(number for number, _ in longer)


def _columns(raw: Raw, at: int, width: int) -> list[list[str | None]]:
    body = raw.rows[at + 1 :]
    if any(len(row) > width for row in body):
        body = [row[:width] for row in body]
    columns = list(zip_longest(*body))
    columns += [(None,) * len(body)] * (width - len(columns))
    return [[read_back(cell.strip()) or None if cell else None for cell in c] for c in columns]


def _cell_findings(
    column: list[str | None], name: str, numbers: list[int], raw: Raw, file: str
) -> Iterator[Finding]:
    """Cells too long or with an error of a formula; both are taken out of the column."""
    uniques = set(filter(None, column))
    wrong = {cell for cell in uniques if cell[0] == "#" and cell.upper() in _FORMULA_ERRORS}
    long = {cell for cell in uniques if len(cell) > limits.MAX_CELL}
    for rule, bad in (("failed_formula", wrong), ("long_cell", long)):
        at = [k for k, cell in enumerate(column) if cell in bad] if bad else []
        where = [(numbers[k], name) for k in at]
        yield from limits.capped(rule, where, file, raw.name, most=limits.MAX_CELL)
        for k in at:
            column[k] = None


def _name_findings(
    header: list[str],
    columns: Sequence[MutableSequence[str | None] | NDArray[np.object_]],
    numbers: list[int],
    row: int,
    raw: Raw,
    file: str,
) -> Iterator[Finding]:
    def finding(rule: str, column: str, **facts: object) -> Finding:
        return Finding(file=file, sheet=raw.name, row=row, column=column, **say(rule, **facts))

    for name, count in Counter(filter(None, header)).items():
        if count > 1:
            yield finding("same_name", name, n=count)
        if len(name) >= limits.MAX_NAME:
            yield finding("long_name", name, most=limits.MAX_NAME)
    for k, column in enumerate(columns):
        if header[k] or not any(column):
            continue
        if raw.ragged and k:  # nothing can have moved into the first column
            below = [(numbers[i], _letter(k)) for i, cell in enumerate(column) if cell]
            yield from limits.capped("cells_may_have_moved", below, file, raw.name)
        else:
            yield finding("cells_below_no_name", _letter(k))


def _merged(raw: Raw, at: int, file: str) -> Iterator[Finding]:
    """Merged cells whose value may be missing in others.

    Not those above the head, nor those in a head of several rows, which was read with them.
    """
    head = raw.numbers[at]
    below = [one for one in raw.merged if not _is_above(one, head, raw.head is not None)]
    if below:
        ranges = ", ".join(below[:_LISTED]) + (", ..." if len(below) > _LISTED else "")
        words = say("merged_cells", n=len(below), ranges=ranges)
        yield Finding(file=file, sheet=raw.name, **words)


def _is_above(cells: str, head: int, is_read: bool) -> bool:
    """Whether a range of merged cells ends above the head, or in one that was read with it."""
    last = re.search(r"(\d+)$", cells)
    return last is not None and int(last[1]) < head + is_read


def _table(raw: Raw, file: str, digest: str, names: Collection[str]) -> Sheet:
    if not raw.rows:
        refuse(file, "empty_rows")
    at = limits.head_at(raw.rows, names) if raw.head is None else raw.head
    head, numbers = raw.rows[at], raw.numbers[at + 1 :]
    is_even = isinstance(raw.rows, EvenRows)
    width = len(head) if raw.ragged or is_even else max(len(row) for row in raw.rows[at:])
    if width > limits.MAX_COLUMNS:
        most = limits.MAX_COLUMNS
        refuse(file, "too_many_columns", row=raw.numbers[at], n=width, most=most)
    if width * len(numbers) > limits.MAX_CELLS:
        refuse(file, "too_many_cells", n=width * len(numbers), most=limits.MAX_CELLS)
    header = [clean(cell) for cell in (*head, *[None] * (width - len(head)))]
    if raw.ragged:  # separators at the end of the head name no column
        width = max((k for k, name in enumerate(header, start=1) if name), default=width)
        header = header[:width]
    findings = [*_merged(raw, at, file), *raw.findings]
    if at:
        words = say("rows_above_head", row=raw.numbers[at])
        findings.append(Finding(file=file, sheet=raw.name, **words))
    columns: Sequence[MutableSequence[str | None] | NDArray[np.object_]]
    long_rows: tuple[int, ...] = ()
    if (even := body_of(raw, at, width)) is not None:
        columns = list(even.T)
    else:
        ragged, long_rows = _ragged(raw, at, width, file) if raw.ragged else ([], ())
        findings += ragged
        columns = _columns(raw, at, width)
        for k, column in enumerate(columns):
            name = header[k] or _letter(k)
            findings += _cell_findings(column, name, numbers, raw, file)
    used = [k for k in range(width) if header[k] or any(columns[k])]
    findings += _name_findings(header, columns, numbers, raw.numbers[at], raw, file)
    below = [(row, k) for row, k in raw.no_value if row > raw.numbers[at] and k < width]
    cells = [(row, header[k] or _letter(k)) for row, k in below]
    findings += limits.capped("formula_without_value", cells, file, raw.name)
    if even is not None and len(used) == width:
        frame = pd.DataFrame(even, dtype=object, copy=False)
    else:
        frame = pd.DataFrame({new: columns[k] for new, k in enumerate(used)}, dtype=object)
    where = np.array(numbers, dtype=np.int64)
    header = tuple(header[k] for k in used)
    top = tuple(zip(raw.numbers[: limits.HEAD_ROWS], raw.rows, strict=False))
    return Sheet(file, raw.name, header, frame, where, digest, tuple(findings), long_rows, top=top)


def clean(cell: str | None) -> str:
    """A column's name, cleaned and no longer than it may be."""
    text = read_back(cell[: 2 * limits.MAX_NAME].strip()) if cell else cell
    return limits.clean_name(text)[: limits.MAX_NAME]


def read_sheet(
    path: Path,
    *,
    sheet: str | None = None,
    names: Collection[str] = (),
    layout: TableLayout | None = None,
) -> Sheet:
    """Read one sheet of a cohort file.

    Parameters
    ----------
    path
        CSV of any delimiter, a workbook (XLSX, XLS, XLSB, ODS), SPSS, Stata, or records in JSON;
        it is never changed.
    sheet
        Name of the sheet of a workbook; None takes the only one that fits the format.
    names
        A clinic's own column names, which a mapping knows: they help to find head and sheet.
    layout
        Which rows are the head, and which no data; None looks for the head.

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
    export = read_export(raw_of(content, path.name, sheet, folded), folded, path)
    raw = lay_out(export.raw, layout) if layout is not None else export.raw
    table = _table(raw, path.name, sha256(content).hexdigest(), folded)
    return replace(table, own=export.own, notes=export.notes)


def sheet_names(path: Path) -> tuple[str, ...]:
    """Names of the sheets of a workbook that are seen and have cells; none of a text file.

    Raises
    ------
    UsageProblems, DataProblems
        As ``read_sheet``.
    """
    return visible_names(content_of(path), path.name)
