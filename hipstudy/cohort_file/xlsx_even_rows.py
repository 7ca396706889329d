"""A plain sheet of a workbook in one pass over its text, without a tree of its XML.

A sheet is plain where its cells are numbers, dates, shared texts, texts of one run, and yes or no,
with nothing that changes what is shown: no formula, hidden row, merged range, escape or rich text.
Every other sheet is read by ``xlsx_xml.grid``, and both ways give the same.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.even_rows import BLANKS, EvenRows, filled_rows
from hipstudy.cohort_file.xlsx_tags import NotPlain, SheetTags, sheet_tags
from hipstudy.cohort_file.xlsx_xml import Book, number_text

Cells = NDArray[np.object_]

# Marks for which a sheet is read cell by cell: escapes, apostrophes, failed formulas.
_CAREFUL = (b"&", b"_x", b"'", b"#", b"hidden")
_DATA, _DATA_END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_PIECE = 2_000_000  # bytes looked at together: what is in memory at once


def even_sheet(book: Book, xml: bytes) -> tuple[EvenRows, list[int]] | None:
    """Rows of a plain sheet and their row numbers; None where it has to be read cell by cell.

    Parameters
    ----------
    book
        Texts and styles of the workbook.
    xml
        The sheet's part, in UTF-8.
    """
    start, end = xml.find(_DATA), xml.find(_DATA_END)
    marks = _CAREFUL if xml.isascii() else (*_CAREFUL, *BLANKS)
    if start < 0 or end < 0 or any(one in xml for one in marks) or b"<mergeCell" in xml[end:]:
        return None
    if np.frombuffer(xml, dtype=np.uint8)[start:end].min() < ord(" "):
        return None
    if any(len(one) > limits.MAX_CELL or "'" in one or "#" in one for one in book.strings):
        return None
    parts: list[tuple[Cells, NDArray[np.bool_]]] = []
    numbers: list[NDArray[np.int64]] = []
    n_characters = 0
    try:
        for piece in _pieces(xml, start + len(_DATA), end):
            tags = sheet_tags(piece)
            texts = _texts(book, piece, tags)
            lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
            n_characters += int(lengths.sum())
            parts.append(_table(tags, texts, lengths == 0))
            numbers.append(tags.numbers)
    except (NotPlain, ValueError, OverflowError, IndexError):
        return None
    width = max((cells.shape[1] for cells, _ in parts), default=0)
    n_rows = sum(map(len, numbers))
    total = n_rows * width
    if not total or total > limits.MAX_CELLS or n_rows > limits.MAX_ROWS + 1:
        return None
    if n_characters > limits.MAX_TEXT:
        return None
    cells = np.empty((n_rows, width), dtype=object)
    empty = np.ones((n_rows, width), dtype=bool)
    done = 0
    for part, nothing in parts:
        here = slice(done, done + len(part)), slice(part.shape[1])
        cells[here], empty[here] = part, nothing
        done += len(part)
    rows, known = filled_rows(cells, empty, np.concatenate(numbers))
    return (rows, known) if known else None


def _pieces(xml: bytes, start: int, end: int) -> Iterator[bytes]:
    """Rows of a sheet, some thousands together."""
    while start < end:
        until = xml.find(_ROW_END, min(start + _PIECE, end), end)
        until = end if until < 0 else until + len(_ROW_END)
        yield xml[start:until]
        start = until


def _texts(book: Book, piece: bytes, tags: SheetTags) -> Cells:
    """What stands in each cell."""
    places = zip(tags.starts.tolist(), tags.ends.tolist(), strict=True)
    texts = np.empty(len(tags.starts), dtype=object)
    if piece.isascii():
        text = piece.decode()
        texts[:] = [text[a:b] for a, b in places]
    else:
        texts[:] = [piece[a:b].decode() for a, b in places]
    codes, blank = np.frombuffer(piece, dtype=np.uint8), ord(" ")
    special = {*book.dates, *book.percents, *book.zeros}
    for k, (style, kind) in enumerate(tags.attributes):
        own = (tags.which == k) & (tags.ends > tags.starts)
        if kind == "inlineStr":
            ends = tags.starts[own], tags.ends[own] - 1
            if any(np.any(codes[places] == blank) for places in ends):
                raise NotPlain
            continue
        if kind in ("", "n") and style not in special:
            own &= ~tags.as_kept
            other = own & tags.is_decimal
            numbers = map(float, texts[other])
            texts[other] = [f"{one:.15g}" if one else "0" for one in numbers]
            own &= ~other
        texts[own] = [_value(book, kind, one, style) for one in texts[own]]
    return texts


def _table(
    tags: SheetTags, texts: Cells, is_empty: NDArray[np.bool_]
) -> tuple[Cells, NDArray[np.bool_]]:
    """Cells in their rows and columns, and which of them have nothing."""
    width = int(tags.columns.max(initial=-1)) + 1
    same_row = tags.rows[1:] == tags.rows[:-1]
    if width > limits.MAX_COLUMNS or np.any(same_row & (np.diff(tags.columns) <= 0)):
        raise NotPlain
    cells = np.empty((len(tags.numbers), width), dtype=object)
    empty = np.ones(cells.shape, dtype=bool)
    cells[tags.rows, tags.columns] = texts
    empty[tags.rows, tags.columns] = is_empty
    return cells, empty


def _value(book: Book, kind: str, value: str, style: str) -> str:
    """What a value of a cell stands for, by the kind and the style of the cell."""
    if kind == "s" and value[0] != "-":
        return book.strings[int(value)]
    if " " not in value and kind in ("", "n"):
        return number_text(book, value, style or None)
    if kind == "b":
        return "yes" if value in ("1", "true") else "no"
    raise NotPlain
