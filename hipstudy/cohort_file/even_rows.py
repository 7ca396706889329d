"""Rows of a plain file, all as wide, held as one table: quick to read where nothing needs care.

A file is plain where no cell needs more than to be taken as it stands: no quotation marks, no white
space around cells, no line of another width. Everything else is read cell by cell, and both ways
give the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
from numpy.typing import NDArray

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.limits import Raw, Row

_LINE_END = 10
_TOGETHER = 500  # lines: their texts are still near the processor when they are put in place
# Marks for which a text is read cell by cell: quotation marks, the apostrophe before what could be
# a formula, failed formulas, and white space that is more than one byte long.
_CAREFUL = (b'"', b"'", b"#", b"\n\n")
BLANKS = (b"\xc2\x85", b"\xc2\xa0", b"\xe1\x9a\x80", b"\xe2\x80", b"\xe2\x81\x9f", b"\xe3\x80\x80")


@dataclass(frozen=True, eq=False)
class EvenRows(Sequence[Row]):
    """Rows of as many cells each; a part of them is a list of rows as any other.

    Parameters
    ----------
    cells
        One row a row: text without white space around it, None where there is none. No text is
        longer than ``limits.MAX_CELL``, begins with ``#`` or has an apostrophe.
    """

    cells: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | Sequence[Row]:
        """One row as a list, or several as lists."""
        rows: list[Row] | Row = self.cells[at].tolist()
        return rows

    def __iter__(self) -> Iterator[Row]:
        return (row.tolist() for row in self.cells)


def even_text(plain: bytes, delimiter: str) -> tuple[EvenRows, list[int]] | None:
    r"""Rows of a plain text and their line numbers; None where it has to be read cell by cell.

    Parameters
    ----------
    plain
        The text in UTF-8.
    delimiter
        Between cells.

    Examples
    --------
    >>> rows, numbers = even_text(b"runner_id,side\nP01,\n,\n", ",")
    >>> list(rows), numbers
    ([['runner_id', 'side'], ['P01', None]], [1, 2])
    >>> even_text(b"runner_id,side\nP01, left\n", ",") is None
    True
    """
    body = plain.replace(b"\r\n", b"\n")
    body = body if body.endswith(b"\n") else body + b"\n"
    mark = delimiter.encode()
    around = (b"\n ", b" \n", mark + b" ", b" " + mark) if b" " in body else ()
    blanks = () if body.isascii() else BLANKS
    if body[:1] in b" \n" or any(one in body for one in (*_CAREFUL, *around, *blanks)):
        return None
    codes = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero((codes == _LINE_END) | (codes == mark[0]))
    n_lines = body.count(b"\n")
    controls = np.count_nonzero(codes < ord(" ")) - n_lines
    controls -= np.count_nonzero(codes == mark[0]) if mark < b" " else 0
    width, rest = divmod(len(ends), n_lines)
    even = not rest and width > 1 and bool(np.all(codes[ends[width - 1 :: width]] == _LINE_END))
    if controls or not even or n_lines > 1 + limits.MAX_ROWS or width > limits.MAX_COLUMNS:
        return None
    lengths = np.diff(ends, prepend=-1) - 1
    if lengths.max() > limits.MAX_CELL:
        return None
    cells = np.empty(len(ends), dtype=object)
    begin = 0
    for at in range(0, len(ends), width * _TOGETHER):
        until = min(at + width * _TOGETHER, len(ends))
        lines = body[begin : ends[until - 1]].decode()
        cells[at:until] = lines.replace("\n", delimiter).split(delimiter)
        begin = ends[until - 1] + 1
    empty = (lengths == 0).reshape(-1, width)
    return filled_rows(cells.reshape(-1, width), empty, np.arange(1, n_lines + 1))


def filled_rows(
    cells: NDArray[np.object_], empty: NDArray[np.bool_], numbers: NDArray[np.int64]
) -> tuple[EvenRows, list[int]]:
    """Rows that are not all empty, with their row numbers."""
    cells[empty] = None
    if empty[:, 0].any() and (nothing := empty.all(axis=1)).any():
        cells, numbers = cells[~nothing], numbers[~nothing]
    return EvenRows(cells), numbers.tolist()


def body_of(raw: Raw, at: int, width: int) -> NDArray[np.object_] | None:
    """Cells below the head, one row a row, where rows are even and as wide as they should be."""
    if not isinstance(raw.rows, EvenRows) or raw.rows.cells.shape[1] != width:
        return None
    return raw.rows.cells[at + 1 :]
