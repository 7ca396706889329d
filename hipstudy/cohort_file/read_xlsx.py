"""XLSX workbooks: which sheet is meant, and its rows as a spreadsheet program shows them.

``xlsx_safety`` looks at the zip before ``xlsx_xml`` parses it.
"""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from itertools import islice
from pathlib import PurePath
from typing import Protocol

from hipstudy.cohort_file import limits, xlsx_safety
from hipstudy.cohort_file.identifier_words import is_person
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.limits import Raw, refuse
from hipstudy.cohort_file.word_tables import say
from hipstudy.cohort_file.xlsx_even_rows import even_sheet
from hipstudy.cohort_file.xlsx_xml import Book, GridRow, open_book
from hipstudy.errors import DataProblems, Finding, Problem, UsageProblems, nearest

DICTIONARY = "dictionary"  # the template's own second sheet
FITS = 0.5  # of the names that the best sheet has: another with so many may be meant too
_LISTED = 500  # characters of the names of sheets


class SheetBook(Protocol):
    """A workbook of any format: its sheets in order, those that nobody sees, and their rows."""

    @property
    def sheets(self) -> Mapping[str, object]:
        """What there is of each sheet, by its name."""

    @property
    def unseen(self) -> frozenset[str]:
        """Names of sheets that a spreadsheet program does not show."""

    def rows(self, name: str, merged: list[str] | None = None) -> Iterator[GridRow]:
        """Rows of a sheet, from the top; ``merged`` takes in its merged ranges."""


def _sheets(book: SheetBook) -> list[str]:
    return [name for name in book.sheets if name.strip().lower() != DICTIONARY]


def _safe_names(book: SheetBook) -> dict[str, str]:
    """What each sheet is called in findings: its place, where its name may be a person's."""
    return {
        name: f"sheet {place}" if is_person(name) or in_text(name) else name
        for place, name in enumerate(book.sheets, start=1)
    }


def _find_sheet(book: SheetBook, sheet: str, file: str) -> str:
    there, safe = _sheets(book), _safe_names(book)
    same = [name for name in there if limits.folded(name) == limits.folded(sheet)]
    same = same or [name for name in there if limits.folded(safe[name]) == limits.folded(sheet)]
    if sheet in there or len(same) == 1:
        return sheet if sheet in there else same[0]
    names = [safe[name] for name in there]
    near = nearest(sheet, names)[:_LISTED] if there else "The workbook has no other sheet."
    raise UsageProblems([Problem(f"{file}, sheet", sheet, **say("no_such_sheet", near=near))])


def visible_sheets(book: SheetBook) -> tuple[str, ...]:
    """Names of the sheets that are seen and have cells, as they may be written."""
    safe = _safe_names(book)
    names = [name for name in _sheets(book) if name not in book.unseen]
    return tuple(safe[name] for name in names if _has_cells(book, name))


def visible_sheets_of(content: bytes, file: str) -> tuple[str, ...]:
    """The same of an XLSX file.

    Raises
    ------
    DataProblems
        As ``read``.
    """
    xlsx_safety.check(content, file)
    try:
        book = open_book(content)
        with book.archive:
            return visible_sheets(book)
    except Exception:  # as below
        return refuse(file, "unreadable_workbook")


def _has_cells(book: SheetBook, name: str) -> bool:
    return any(not limits.empty(row.cells) for row in book.rows(name))


def _choose_sheet(book: SheetBook, file: str, names: Collection[str]) -> tuple[str, list[str]]:
    """The sheet that is meant, and those others that have something.

    A hidden sheet is never meant: nobody who looks at the workbook sees it.
    """
    filled = {}  # the first rows that are not empty, of each sheet that has any
    for name in _sheets(book):
        rows = (row.cells for row in book.rows(name) if not limits.empty(row.cells))
        if top := list(islice(rows, limits.HEAD_ROWS)):
            filled[name] = top
    if not filled:
        refuse(file, "no_cells")
    tops = {name: top for name, top in filled.items() if name not in book.unseen}
    safe = _safe_names(book)
    if not tops:
        hidden = [safe[name] for name in filled]
        facts = {"names": ", ".join(hidden)[:_LISTED], "choice": _choice(hidden[0], file)}
        refuse(file, "only_hidden_sheets", **facts)
    heads = {name: top[limits.head_at(top, names)] for name, top in tops.items()}
    fits = {name: limits.count_known_names(head, names) for name, head in heads.items()}
    if not any(fits.values()):  # a table is wider than notes
        fits = {name: limits.filled(head) for name, head in heads.items()}
    best = max(fits.values())
    candidates = [name for name, count in fits.items() if count >= FITS * best]
    if len(candidates) > 1:
        # In the rule, not as the value: that is shortened, and all must be named.
        listed = ", ".join(safe[name] for name in candidates)[:_LISTED]
        facts = {"names": listed, "choice": _choice(safe[candidates[0]], file)}
        refuse(file, "several_sheets", n=len(candidates), **facts)
    return candidates[0], [name for name in filled if name != candidates[0]]


def _choice(name: str, file: str) -> str:
    """How to say that this sheet is meant."""
    quoted = json.dumps(name, ensure_ascii=False)
    argument = quoted if re.search(r"[^\w.-]", name) else name
    mapping = f"{PurePath(file).stem}.mapping.toml"
    return f"--sheet {argument}, or write sheet = {quoted} in {mapping} beside it"


def _about(
    book: SheetBook, name: str, others: list[str], n_hidden: int, file: str
) -> Iterator[Finding]:
    """What is said of the sheet that is read and of the others, those that nobody sees first."""
    safe = _safe_names(book)

    def finding(rule: str, /, **facts: object) -> Finding:
        return Finding(file=file, sheet=safe[name], **say(rule, **facts))

    if name in book.unseen:
        yield finding("hidden_sheet_read")
    if hidden := [safe[one] for one in others if one in book.unseen]:
        yield finding("hidden_sheets", names=", ".join(hidden), choice=_choice(hidden[0], file))
    if seen := [safe[one] for one in others if one not in book.unseen]:
        yield finding("other_sheets", names=", ".join(seen))
    if n_hidden:
        yield finding("hidden_rows", n=n_hidden)


def _checked_part(book: Book, name: str, file: str) -> bytes:
    """A sheet's part, refused where it has too many cells, formatted and empty ones too."""
    xml = xlsx_safety.text_of(book.archive, book.sheets[name])
    cells = xml.count(b"<c")  # and a few tags more, such as that of columns
    if cells > limits.MAX_CELLS:
        cells = sum(xml.count(tag) for tag in (b"<c ", b"<c>", b"<c/>"))
    if cells > limits.MAX_CELLS:
        refuse(file, "too_many_formatted_cells", n=cells, most=limits.MAX_CELLS)
    return xml


def _raw(book: SheetBook, name: str, others: list[str], file: str) -> Raw:
    if isinstance(book, Book):  # those of other formats are counted while they are read
        part = _checked_part(book, name, file)
        if (even := even_sheet(book, part)) is not None:
            about = tuple(_about(book, name, others, 0, file))
            return Raw(*even, False, _safe_names(book)[name], (), about)
    rows: list[limits.Row] = []
    numbers: list[int] = []
    without: list[tuple[int, int]] = []
    merged: list[str] = []
    n_hidden = total = characters = 0
    for row in book.rows(name, merged):
        without += [(row.number, column) for column in row.no_value]
        cells = row.cells
        total += len(cells)  # formatted and empty ones take time too
        while cells and not (cells[-1] and cells[-1].strip()):
            cells.pop()
        characters += sum(map(len, filter(None, cells)))
        if characters > limits.MAX_TEXT:
            refuse(file, "too_much_text", most=limits.MAX_TEXT)
        if len(rows) > limits.MAX_ROWS or total > limits.MAX_CELLS:
            most = {"rows": limits.MAX_ROWS, "cells": limits.MAX_CELLS}
            refuse(file, "too_many_rows_or_cells", **most)
        if len(cells) > limits.MAX_COLUMNS:
            facts = {"n": len(cells), "most": limits.MAX_COLUMNS}
            refuse(file, "too_many_columns", row=row.number, **facts)
        if cells or row.no_value:
            rows.append(cells)
            numbers.append(row.number)
            n_hidden += row.is_hidden
    about = tuple(_about(book, name, others, n_hidden, file))
    safe = _safe_names(book)[name]
    return Raw(rows, numbers, False, safe, tuple(without), about, merged=tuple(merged))


def read_book(book: SheetBook, file: str, sheet: str | None, names: Collection[str] = ()) -> Raw:
    """Read the rows of one sheet of an open workbook; arguments and errors as of ``read``."""
    if sheet is not None:
        return _raw(book, _find_sheet(book, sheet, file), [], file)
    return _raw(book, *_choose_sheet(book, file, names), file)


def read(content: bytes, file: str, sheet: str | None, names: Collection[str] = ()) -> Raw:
    """Read the rows of one sheet of a workbook.

    Parameters
    ----------
    content, file
        The bytes of the file, and its name for what is said of it.
    sheet
        Name of the sheet; None takes the only one that has columns of the format.
    names
        Names of columns to know beside those of the format, folded.

    Raises
    ------
    UsageProblems
        When there is no sheet of that name.
    DataProblems
        When it is no workbook, damaged, past a limit, or several sheets may be meant.
    """
    xlsx_safety.check(content, file)
    try:
        book = open_book(content)
        with book.archive:
            return read_book(book, file, sheet, names)
    except (DataProblems, UsageProblems):
        raise
    except Exception:  # a damaged part can break a parser anywhere, in any way
        return refuse(file, "unreadable_workbook")
