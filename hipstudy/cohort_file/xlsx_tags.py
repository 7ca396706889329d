"""Rows and cells of a plain sheet by the places of their tags, a whole stretch of XML at a time."""

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hipstudy.cohort_file.xlsx_xml import SHEET_ROWS

Places = NDArray[np.int64]
Mask = NDArray[np.bool_]

_MOST_HEADS = 200  # different attributes of cells in a stretch; a sheet has a few
_MOST_DIGITS = 24  # of a number that is looked at here
_KEPT = 9, 6  # digits before and after the point, of a number that is shown as it is kept
_ATTRIBUTES = re.compile(rb'(?: s="([0-9]{1,6})")?(?: t="(n|s|b|inlineStr)")?(/?)')
# Tags of a cell, from its own on, with how many bytes each has after its first; 0 for any number.
_OF_VALUE = ((b"<v>", 2), (b"</v", 3), (b"</c", 3))
_OF_TEXT = ((b"<is", 3), (b"<t>", 2), (b"</t", 3), (b"</i", 4), (b"</c", 3))
_AFTER_TEXT = b"</v", b"</t"  # what may stand before these is the text, and before others nothing


class NotPlain(Exception):
    """Something that has to be read cell by cell."""


@dataclass(frozen=True, eq=False)
class SheetTags:
    """Cells of a stretch of XML that has whole rows, in their order.

    Parameters
    ----------
    numbers
        Row number of each row.
    rows, columns
        Row of each cell in ``numbers``, and its column; both from 0.
    attributes
        Style and kind of cells, empty where there is none.
    which
        Of each cell in ``attributes``.
    starts, ends
        Place of the text of each cell; the same where it is empty.
    as_kept
        Cells with a number that a spreadsheet shows as it is kept: of 15 digits at most, and none
        that a power is written for.
    is_decimal
        Cells with any other number of digits and a point.
    """

    numbers: Places
    rows: Places
    columns: Places
    attributes: tuple[tuple[str, str], ...]
    which: Places
    starts: Places
    ends: Places
    as_kept: Mask
    is_decimal: Mask


def sheet_tags(piece: bytes) -> SheetTags:
    """Find rows and cells in a stretch of XML.

    Raises
    ------
    NotPlain
        Where there is anything else.

    Examples
    --------
    >>> tags = sheet_tags(b'<row r="3"><c r="A3"><v>7</v></c><c r="C3" t="s"><v>0</v></c></row>')
    >>> tags.numbers.tolist(), tags.columns.tolist(), tags.attributes
    ([3], [0, 2], (('', ''), ('', 's')))
    """
    codes = np.frombuffer(piece + bytes(2 * _MOST_DIGITS), dtype=np.uint8)
    opens, closes = np.flatnonzero(codes == ord("<")), np.flatnonzero(codes == ord(">"))
    _require(len(opens) == len(closes) and bool(np.all(opens < closes)))
    _require(bool(np.all(closes[:-1] < opens[1:])))
    first = codes[opens + 1]
    rows, cells = np.flatnonzero(first == ord("r")), np.flatnonzero(first == ord("c"))
    numbers, row_of_cell = _rows(codes, opens, closes, rows, cells)
    columns, after = _columns(codes, opens[cells])
    which, spellings = _spellings(codes, after, closes[cells])
    matches = [_ATTRIBUTES.fullmatch(one) for one in spellings]
    _require(None not in matches)
    attributes = [(one[1] or b"", one[2] or b"", one[3]) for one in matches if one is not None]
    is_empty = np.array([one[2] == b"/" for one in attributes], dtype=bool)[which]
    within = cells + np.where(is_empty, 0, len(_OF_VALUE)) < len(opens)
    _require(bool(within.all()))
    is_inline = ~is_empty & (first[np.minimum(cells + 1, len(opens) - 1)] == ord("i"))
    says_inline = np.array([one[1] == b"inlineStr" for one in attributes], dtype=bool)[which]
    _require(bool(np.all(is_empty | (is_inline == says_inline))))
    value = ~is_empty & ~is_inline
    tags = codes, opens, closes
    starts, ends = np.zeros((2, len(cells)), dtype=np.int64)
    starts[value], ends[value] = _text(*tags, cells[value], _OF_VALUE)
    starts[is_inline], ends[is_inline] = _text(*tags, cells[is_inline], _OF_TEXT)
    n_tags = 2 * len(rows) + int(is_empty.sum())
    n_tags += (1 + len(_OF_VALUE)) * int(value.sum()) + (1 + len(_OF_TEXT)) * int(is_inline.sum())
    _require(n_tags == len(opens))
    as_kept, is_decimal = np.zeros((2, len(cells)), dtype=bool)
    as_kept[value], is_decimal[value] = _numbers(codes, starts[value], ends[value])
    styles = tuple((style.decode(), kind.decode()) for style, kind, _ in attributes)
    return SheetTags(
        numbers, row_of_cell, columns, styles, which, starts, ends, as_kept, is_decimal
    )


def _require(is_so: bool) -> None:
    """Leave a stretch in which something is not as it is here to be read cell by cell."""
    if not is_so:
        raise NotPlain


def _stands_at(codes: NDArray[np.uint8], starts: Places, text: bytes) -> bool:
    """Whether this text stands at every one of these places."""
    return all(bool(np.all(codes[starts + k] == one)) for k, one in enumerate(text))


def _digits(codes: NDArray[np.uint8], starts: Places, most: int) -> tuple[Places, Places]:
    """Whole numbers of so many digits at most, and the places after them."""
    numbers, at = np.zeros(len(starts), dtype=np.int64), starts.copy()
    for _ in range(most):
        digit = codes[at] - np.uint8(ord("0"))
        is_digit = digit < 10
        numbers = np.where(is_digit, 10 * numbers + digit, numbers)
        at += is_digit
    return numbers, at


def _rows(
    codes: NDArray[np.uint8], opens: Places, closes: Places, rows: Places, cells: Places
) -> tuple[Places, Places]:
    """Row numbers, and in which row, from 0, each cell is."""
    starts = opens[rows]
    _require(_stands_at(codes, starts, b'<row r="'))
    numbers, after = _digits(codes, starts + len('<row r="'), 7)
    _require(_stands_at(codes, after, b'"') and not np.any(codes[closes[rows] - 1] == ord("/")))
    _require(bool(np.all((numbers >= 1) & (numbers <= SHEET_ROWS))))
    ends = np.flatnonzero((codes[opens + 1] == ord("/")) & (codes[opens + 2] == ord("r")))
    _require(len(ends) == len(rows) and _stands_at(codes, opens[ends], b"</row>"))
    of_cell = np.searchsorted(rows, cells)
    _require(bool(np.all(of_cell - np.searchsorted(ends, cells) == 1)))
    return numbers, of_cell - 1


def _columns(codes: NDArray[np.uint8], starts: Places) -> tuple[Places, Places]:
    """Columns of cells, from 0, and the places after their names."""
    _require(_stands_at(codes, starts, b'<c r="'))
    columns, at = np.zeros(len(starts), dtype=np.int64), starts + len('<c r="')
    names = at
    for _ in range(3):
        letter = codes[at] - np.uint8(ord("A"))
        is_letter = letter < 26
        columns = np.where(is_letter, 26 * columns + letter + 1, columns)
        at = at + is_letter
    _, after = _digits(codes, at, 7)
    _require(bool(np.all((at > names) & (after > at))) and _stands_at(codes, after, b'"'))
    return columns - 1, after + 1


def _spellings(
    codes: NDArray[np.uint8], starts: Places, ends: Places
) -> tuple[Places, list[bytes]]:
    """Each different text from a start to its end, and which of them each is."""
    which, lengths = np.zeros(len(starts), dtype=np.int64), ends - starts
    rest, texts = np.arange(len(starts)), list[bytes]()
    while len(rest):
        _require(len(texts) < _MOST_HEADS)
        text = codes[starts[rest[0]] : ends[rest[0]]].tobytes()
        same = lengths[rest] == len(text)
        for k, one in enumerate(text):
            same &= codes[np.minimum(starts[rest] + k, len(codes) - 1)] == one
        which[rest[same]] = len(texts)
        texts.append(text)
        rest = rest[~same]
    return which, texts


def _text(
    codes: NDArray[np.uint8],
    opens: Places,
    closes: Places,
    cells: Places,
    tags: tuple[tuple[bytes, int], ...],
) -> tuple[Places, Places]:
    """Where the text of cells with just these tags is."""
    starts = ends = cells
    _require(not len(cells) or int(cells[-1]) + len(tags) < len(opens))
    for k, (tag, size) in enumerate(tags, start=1):
        begin, before = opens[cells + k], closes[cells + k - 1] + 1
        _require(_stands_at(codes, begin, tag) and bool(np.all(closes[cells + k] - begin == size)))
        if tag in _AFTER_TEXT:
            starts, ends = before, begin
        else:
            _require(bool(np.all(before == begin)))
    return starts, ends


def _numbers(codes: NDArray[np.uint8], starts: Places, ends: Places) -> tuple[Mask, Mask]:
    """Numbers that are shown as they are kept, and the other ones with a point."""
    zero, point = np.uint8(ord("0")), np.uint8(ord("."))
    has_minus = codes[starts] == ord("-")
    begin = starts + has_minus
    n_whole, n_part, n_points = np.zeros((3, len(starts)), dtype=np.int64)
    for k in range(min(_MOST_DIGITS, int((ends - begin).max(initial=0)))):
        one = codes[begin + k]
        inside, is_digit = begin + k < ends, one - zero < 10
        n_part += inside & is_digit & (n_points > 0)
        n_whole += inside & is_digit & (n_points == 0)
        n_points += inside & (one == point)
    is_number = (n_whole + n_part + n_points == ends - begin) & (n_whole >= 1) & (n_points <= 1)
    is_zero = codes[begin] == zero
    is_small = is_zero & (n_part > 4)
    for k in range(2, 6):
        is_small &= codes[begin + k] == zero
    whole = np.where(is_zero, n_whole == 1, n_whole <= _KEPT[0])
    last = codes[ends - 1]
    part = (n_part >= 1) & (n_part <= _KEPT[1]) & (last != zero) & ~is_small
    as_kept = is_number & whole & np.where(n_points == 1, part, ~(is_zero & has_minus))
    return as_kept, is_number & (n_part >= 1) & ~as_kept
