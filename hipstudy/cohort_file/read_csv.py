"""Text files of any delimiter and the usual encodings, read into rows."""

import csv
from collections.abc import Collection, Iterator
from contextlib import suppress
from io import BytesIO, TextIOWrapper
from itertools import islice

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.limits import Raw, refuse
from hipstudy.text_files import WrongEncoding, decoded

DELIMITERS = (",", ";", "\t", "|")
# Text has none of these; a damaged one may have some, one in a hundred in a large file.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r")) + b"\x7f"
_STRAY = 8
_LINE = limits.MAX_COLUMNS * limits.MAX_CELL
_AS_CSV = "Save the table as CSV (UTF-8) or XLSX."
_OTHERS = {
    b"%PDF-": "a PDF document",
    b"{\\rtf": "a document with formatted text",
    b"\x1f\x8b": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"Rar!": "a compressed file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}


def as_utf8(content: bytes, file: str) -> bytes:
    """The same text in UTF-8; a problem where the bytes are no text."""
    for magic, what in _OTHERS.items():
        if content.startswith(magic):
            refuse(file, what, "a table is needed, as CSV or XLSX", _AS_CSV)
    try:
        text = decoded(content, "cp1252")
    except WrongEncoding as error:
        rule = f"neither is it XLSX; tried: {error.encodings}"
        refuse(file, "bytes that are no text", rule, _AS_CSV)
    plain = text.encode("utf-8")
    controls = len(plain) - len(plain.translate(None, _CONTROLS))
    if b"\0" in plain or controls > max(_STRAY, len(plain) // 100):
        refuse(file, "bytes that are no text", "a text file has no NUL or control bytes", _AS_CSV)
    if plain.lstrip()[:1] == b"<":
        refuse(file, "a web page or XML", "a table is needed, as CSV or XLSX", _AS_CSV)
    return plain


def _lines(plain: bytes, file: str) -> Iterator[str]:
    """Lines with their ends as they are; a cell may have line breaks of its own."""
    for number, line in enumerate(TextIOWrapper(BytesIO(plain), "utf-8", newline=""), start=1):
        if len(line) > _LINE:
            rule = f"a line has {_LINE:,} characters at most"
            refuse(f"{file}, line {number}", f"{len(line):,} characters", rule, _AS_CSV)
        yield line


def _score(head: list[list[str]], names: Collection[str]) -> tuple[int, bool, float]:
    """How well a delimiter does: known names, a head of several cells, rows of the same width."""
    full = [row for row in head if not limits.empty(row)]
    if not full:
        return 0, True, float("inf")  # the lines have nothing but this delimiter
    top = full[limits.head_at(full, names)]
    widths = [len(row) for row in full]
    usual = max(set(widths), key=lambda width: (widths.count(width), width))
    share = widths.count(usual) / len(widths)
    return limits.count_known_names(top, names), len(top) > 1, usual * share


def _first(lines: list[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    with suppress(csv.Error):  # said where the whole file is read, with its row
        rows.extend(islice(csv.reader(lines, delimiter=delimiter, skipinitialspace=True), 40))
    return rows


def find_delimiter(lines: list[str], names: Collection[str] = ()) -> str:
    r"""The delimiter under which the first lines look most like a table.

    Examples
    --------
    >>> find_delimiter(["runner_id;side;age_y\n", "1;left;31,5\n"])
    ';'
    """
    scores = {one: _score(_first(lines, one), names) for one in DELIMITERS}
    return max(DELIMITERS, key=lambda one: scores[one])  # the first of equals: a comma


def _own_delimiter(lines: list[str]) -> str | None:
    """The delimiter that Excel's own first line names: ``sep=;``."""
    first = lines[0].rstrip("\r\n") if lines else ""
    return first[4:] if first[:4].lower() == "sep=" and first[4:] in DELIMITERS else None


def _parsed(plain: bytes, delimiter: str, skip: int, file: str) -> Iterator[tuple[int, list[str]]]:
    lines = islice(_lines(plain, file), skip, None)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    number = skip
    try:
        for number, row in enumerate(reader, start=1 + skip):
            if row and (row[0].strip() or not limits.empty(row)):
                yield number, row
    except csv.Error as error:
        if "field" in str(error):
            rule = f"a cell has {limits.MAX_CELL:,} characters at most"
            mend = "Is a quotation mark never closed?"
            refuse(file, "a cell that is too long", rule, mend, row=number + 1)
        rule = "a cell that begins with a quotation mark ends with one"
        value = "a quotation mark that is not closed, or text after it"
        refuse(file, value, rule, row=number + 1)


def read(content: bytes, file: str, names: Collection[str] = ()) -> Raw:
    """Read the rows of a text file.

    Parameters
    ----------
    content
        The bytes of the file.
    file
        Its name, for what is said of it.
    names
        Names of columns to know beside those of the format, folded.

    Raises
    ------
    DataProblems
        When it is no text, no table, or past a limit.
    """
    plain = as_utf8(content, file)
    first = list(islice(_lines(plain, file), 40))
    own = _own_delimiter(first)
    delimiter = own or find_delimiter(first, names)
    # Counted before cells are made: a comma is a byte on disk, and fifty in memory.
    cells = plain.count(delimiter.encode()) + plain.count(b"\n")
    if cells > limits.MAX_CELLS:
        rule = f"{limits.MAX_CELLS:,} cells at most"
        refuse(file, f"about {cells:,} cells", rule, "Keep the columns of the format only.")
    rows: list[limits.Row] = []
    numbers: list[int] = []
    for number, row in _parsed(plain, delimiter, 1 if own else 0, file):
        if len(rows) > limits.MAX_ROWS:
            rule = f"{limits.MAX_ROWS:,} rows at most"
            refuse(file, "more rows", rule, "One row is a runner, a side and a visit.")
        rows.append(row)
        numbers.append(number)
    return Raw(rows, numbers, ragged=True)
