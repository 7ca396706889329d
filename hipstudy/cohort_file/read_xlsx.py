"""XLSX workbooks: which sheet is meant, and its rows as a spreadsheet program shows them.

``xlsx_safety`` looks at the zip before ``xlsx_xml`` parses it.
"""

import json
import re
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import PurePath

from hipstudy.cohort_file import limits, xlsx_safety
from hipstudy.cohort_file.identifier_words import is_person
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.limits import Raw, refuse
from hipstudy.cohort_file.xlsx_xml import Book, GridRow, grid, open_book
from hipstudy.errors import WARNING, DataProblems, Finding, Problem, UsageProblems, nearest

DICTIONARY = "dictionary"  # the template's own second sheet
FITS = 0.5  # of the names that the best sheet has: another with so many may be meant too
_LISTED = 500  # characters of the names of sheets
_SAVE = "Open it in a spreadsheet program and save it again as XLSX, or as CSV."


def _sheets(book: Book) -> list[str]:
    return [name for name in book.sheets if name.strip().lower() != DICTIONARY]


def _safe_names(book: Book) -> dict[str, str]:
    """What each sheet is called in findings: its place, where its name may be a person's."""
    return {
        name: f"sheet {place}" if is_person(name) or in_text(name) else name
        for place, name in enumerate(book.sheets, start=1)
    }


def _find_sheet(book: Book, sheet: str, file: str) -> str:
    there, safe = _sheets(book), _safe_names(book)
    same = [name for name in there if limits.folded(name) == limits.folded(sheet)]
    same = same or [name for name in there if limits.folded(safe[name]) == limits.folded(sheet)]
    if sheet in there or len(same) == 1:
        return sheet if sheet in there else same[0]
    names = [safe[name] for name in there]
    mend = nearest(sheet, names)[:_LISTED] if there else "The workbook has no other sheet."
    raise UsageProblems([Problem(f"{file}, sheet", sheet, "there is no such sheet", mend)])


def _top(book: Book, name: str) -> list[limits.Row]:
    """The first rows that are not empty."""
    rows = (row.cells for row in grid(book, name) if not limits.empty(row.cells))
    return list(islice(rows, limits.HEAD_ROWS))


def _choose_sheet(book: Book, file: str, names: Collection[str]) -> tuple[str, list[str]]:
    """The sheet that is meant, and those others that have something.

    A hidden sheet is never meant: nobody who looks at the workbook sees it.
    """
    filled = {name: top for name in _sheets(book) if (top := _top(book, name))}
    if not filled:
        refuse(file, "a workbook without cells", "a head and one row or more are needed")
    tops = {name: top for name, top in filled.items() if name not in book.unseen}
    safe = _safe_names(book)
    if not tops:
        names_there = [safe[name] for name in filled]
        rule = "only hidden sheets have cells, and none of them is read: "
        mend = f"Unhide the sheet that is meant, or check with {_choice(names_there[0], file)}."
        refuse(file, "no visible sheet with cells", rule + ", ".join(names_there)[:_LISTED], mend)
    heads = {name: top[limits.head_at(top, names)] for name, top in tops.items()}
    fits = {name: limits.count_known_names(head, names) for name, head in heads.items()}
    if not any(fits.values()):  # a table is wider than notes
        fits = {name: limits.filled(head) for name, head in heads.items()}
    best = max(fits.values())
    candidates = [name for name, count in fits.items() if count >= FITS * best]
    if len(candidates) > 1:
        # In the rule, not as the value: that is shortened, and all must be named.
        choice = ", ".join(safe[name] for name in candidates)[:_LISTED]
        rule = f"one sheet is read, and more than one may be meant: {choice}"
        mend = f"Choose one with --sheet, such as {_choice(safe[candidates[0]], file)}."
        refuse(file, f"{len(candidates)} sheets", rule, mend)
    return candidates[0], [name for name in filled if name != candidates[0]]


def _choice(name: str, file: str) -> str:
    """How to say that this sheet is meant."""
    quoted = json.dumps(name, ensure_ascii=False)
    argument = quoted if re.search(r"[^\w.-]", name) else name
    mapping = f"{PurePath(file).stem}.mapping.toml"
    return f"--sheet {argument}, or write sheet = {quoted} in {mapping} beside it"


def _about_hidden_sheets(book: Book, name: str, others: list[str], file: str) -> Iterator[Finding]:
    """What is said of sheets that nobody sees, read or not."""
    safe = _safe_names(book)
    if name in book.unseen:
        rule = "this sheet is hidden, and it is read because it was asked for by name"
        mend = "Is it the one that is meant? A spreadsheet program does not show it."
        yield Finding(WARNING, file, rule, sheet=safe[name], mend=mend)
    if not_read := [safe[one] for one in others if one in book.unseen]:
        rule = "hidden sheets are not read"
        mend = f"If it is meant, unhide it, or check with {_choice(not_read[0], file)}."
        value = ", ".join(not_read)
        yield Finding(WARNING, file, rule, sheet=safe[name], value=value, mend=mend)


def _about(
    name: str, others: list[str], merged: list[str], n_hidden: int, file: str
) -> Iterator[Finding]:
    def warning(value: str, rule: str, mend: str) -> Finding:
        return Finding(WARNING, file, rule, sheet=name, value=value, mend=mend)

    if others:
        rule = "one sheet is read; these others are not"
        yield warning(", ".join(others), rule, "Put all visits below each other in one sheet.")
    if merged:
        rule = "of merged cells only the first has the value; the others are missing"
        ranges = ", ".join(merged[:5]) + (", ..." if len(merged) > 5 else "")
        yield warning(f"{len(merged)} merged: {ranges}", rule, "Unmerge them; fill in every row.")
    if n_hidden:
        rule = "hidden rows are read like the others"
        yield warning(f"{n_hidden} hidden", rule, "Delete those that do not belong to the data.")


def _trimmed(row: GridRow) -> list[str | None]:
    cells = row.cells
    while cells and not (cells[-1] and cells[-1].strip()):
        cells.pop()
    return cells


def _check_cells(book: Book, name: str, file: str) -> None:
    """Refuse a sheet of too many cells, formatted and empty ones too, before it is parsed."""
    xml = xlsx_safety.text_of(book.archive, book.sheets[name])
    cells = sum(xml.count(tag) for tag in (b"<c ", b"<c>", b"<c/>"))
    if cells > limits.MAX_CELLS:
        rule = f"{limits.MAX_CELLS:,} cells at most, empty ones with a format too"
        mend = "Delete the columns and rows that are not needed, or save the sheet as CSV."
        refuse(file, f"{cells:,} cells", rule, mend)


def _raw(book: Book, name: str, others: list[str], file: str) -> Raw:
    _check_cells(book, name, file)
    rows: list[limits.Row] = []
    numbers: list[int] = []
    without: list[tuple[int, int]] = []
    merged: list[str] = []
    n_hidden = total = characters = 0
    safe_name = _safe_names(book)[name]
    for row in grid(book, name, merged):
        without += [(row.number, column) for column in row.no_value]
        total += len(row.cells)  # formatted and empty ones take time too
        cells = _trimmed(row)
        characters += sum(map(len, filter(None, cells)))
        if characters > limits.MAX_TEXT:
            rule = f"all cells together have {limits.MAX_TEXT:,} characters at most"
            refuse(file, "more text", rule, "Keep the columns of the format only.")
        if len(rows) > limits.MAX_ROWS or total > limits.MAX_CELLS:
            rule = f"{limits.MAX_ROWS:,} rows and {limits.MAX_CELLS:,} cells at most"
            refuse(file, "more", rule, "One row is a runner, a side and a visit.")
        if len(cells) > limits.MAX_COLUMNS:
            rule, mend = (
                f"{limits.MAX_COLUMNS} columns at most",
                "Delete those that are not needed.",
            )
            refuse(file, f"{len(cells):,} columns", rule, mend, row=row.number)
        if not cells and not row.no_value:
            continue
        rows.append(cells)
        numbers.append(row.number)
        n_hidden += row.is_hidden
    others_in_sight = [_safe_names(book)[one] for one in others if one not in book.unseen]
    about = (
        *_about_hidden_sheets(book, name, others, file),
        *_about(safe_name, others_in_sight, merged, n_hidden, file),
    )
    return Raw(rows, numbers, False, safe_name, tuple(without), about)


def read(content: bytes, file: str, sheet: str | None, names: Collection[str] = ()) -> Raw:
    """Read the rows of one sheet of a workbook.

    Parameters
    ----------
    content
        The bytes of the file.
    file
        Its name, for what is said of it.
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
            if sheet is not None:
                return _raw(book, _find_sheet(book, sheet, file), [], file)
            return _raw(book, *_choose_sheet(book, file, names), file)
    except (DataProblems, UsageProblems):
        raise
    except Exception:  # a damaged part can break a parser anywhere, in any way
        return refuse(file, "a workbook that cannot be read", "a part of it is damaged", _SAVE)
