"""Text files of any delimiter and the usual encodings, read into rows."""

import csv
from collections.abc import Collection, Iterator
from contextlib import suppress
from io import BytesIO, TextIOWrapper
from itertools import islice

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.even_rows import even_text
from hipstudy.cohort_file.limits import Raw, refuse
from hipstudy.cohort_file.word_tables import word_table
from hipstudy.text_files import WrongEncoding, decoded

DELIMITERS = (",", ";", "\t", "|")
# Text has none of these; a damaged one may have some, one in a hundred in a large file.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r")) + b"\x7f"
_STRAY = 8
_LINE = limits.MAX_COLUMNS * limits.MAX_CELL
_OTHERS = word_table("vocabulary.toml")["first_bytes"]


def _as_utf8(content: bytes, file: str) -> bytes:
    """The same text in UTF-8; a problem where the bytes are no text."""
    for magic, what in _OTHERS.items():
        if content.startswith(magic.encode("latin-1")):
            refuse(file, "no_table", what=what)
    try:
        text = decoded(content, "cp1252")
    except WrongEncoding as error:
        refuse(file, "no_text", encodings=error.encodings)
    plain = text.encode("utf-8")
    controls = len(plain) - len(plain.translate(None, _CONTROLS))
    if b"\0" in plain or controls > max(_STRAY, len(plain) // 100):
        refuse(file, "control_bytes")
    if plain.lstrip()[:1] == b"<":
        refuse(file, "no_table", what="a web page or XML")
    return plain


def _lines(plain: bytes, file: str) -> Iterator[str]:
    """Lines with their ends as they are; a cell may have line breaks of its own."""
    for number, line in enumerate(TextIOWrapper(BytesIO(plain), "utf-8", newline=""), start=1):
        if len(line) > _LINE:
            refuse(f"{file}, line {number}", "long_line", n=len(line), most=_LINE)
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


def _parsed(plain: bytes, delimiter: str, skip: int, file: str) -> Iterator[tuple[int, list[str]]]:
    lines = islice(_lines(plain, file), skip, None)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    number = skip
    try:
        for number, row in enumerate(reader, start=1 + skip):
            if row and (row[0].strip() or not limits.empty(row)):
                yield number, row
    except csv.Error as error:
        rule = "endless_cell" if "field" in str(error) else "open_quotation"
        refuse(file, rule, row=number + 1, most=limits.MAX_CELL)


def read(content: bytes, file: str, names: Collection[str] = ()) -> Raw:
    """Read the rows of a text file.

    Parameters
    ----------
    content, file
        The bytes of the file, and its name for what is said of it.
    names
        Names of columns to know beside those of the format, folded.

    Raises
    ------
    DataProblems
        When it is no text, no table, or past a limit.
    """
    plain = _as_utf8(content, file)
    first = list(islice(_lines(plain, file), 40))
    # Excel's own first line may name the delimiter: sep=;
    top = first[0].rstrip("\r\n") if first else ""
    own = top[4:] if top[:4].lower() == "sep=" and top[4:] in DELIMITERS else ""
    delimiter = own or find_delimiter(first, names)
    # Counted before cells are made: a comma is a byte on disk, and fifty in memory.
    cells = plain.count(delimiter.encode()) + plain.count(b"\n")
    if cells > limits.MAX_CELLS:
        refuse(file, "too_many_cells_in_text", n=cells, most=limits.MAX_CELLS)
    if not own and (even := even_text(plain, delimiter)) is not None:
        return Raw(*even, ragged=True)
    rows: list[limits.Row] = []
    numbers: list[int] = []
    for number, row in _parsed(plain, delimiter, 1 if own else 0, file):
        if len(rows) > limits.MAX_ROWS:
            refuse(file, "too_many_rows", most=limits.MAX_ROWS)
        rows.append(row)
        numbers.append(number)
    return Raw(rows, numbers, ragged=True)
