"""Records in JSON: a list of objects, or an object a line; each is a row, its names the head.

Numbers stay as they are written. The first record is row 1.
"""

import json
import re
from collections.abc import Collection
from typing import Any, NoReturn

from hipstudy.cohort_file import limits
from hipstudy.cohort_file.limits import Raw, refuse
from hipstudy.errors import DataProblems
from hipstudy.text_files import WrongEncoding, decoded

_START = re.compile(r'\s*(?:\[\s*\{|\{\s*")')


def is_json(content: bytes) -> bool:
    """Whether a file begins as records in JSON do."""
    return _START.match(content[:200].removeprefix(b"\xef\xbb\xbf").decode("latin-1")) is not None


def read(content: bytes, file: str, names: Collection[str] = ()) -> Raw:
    """Read records as rows.

    Parameters
    ----------
    content, file
        The bytes of the file, and its name for what is said of it.
    names
        Not used: the names of the first row are the head.

    Raises
    ------
    DataProblems
        When it is no JSON, no list of records of plain values, or past a limit.
    """
    del names
    try:
        text = decoded(content, "cp1252").strip()
    except WrongEncoding as error:
        refuse(file, "no_text", encodings=error.encodings)
    # Counted before they are made: a record is two bytes on disk, and hundreds in memory.
    for mark, most, rule in (
        ("{", limits.MAX_ROWS, "too_many_rows"),
        (":", 2 * limits.MAX_CELLS, "too_many_cells_in_text"),
        (",", 2 * limits.MAX_CELLS, "too_many_cells_in_text"),
        ("[", limits.MAX_ROWS, "no_records"),
    ):
        if (count := text.count(mark)) > 2 * most:
            refuse(file, rule, n=count, most=most)
    try:
        records = _records(text, file)
    except DataProblems:
        raise
    except (ValueError, RecursionError) as error:
        row = getattr(error, "lineno", None)
        return refuse(file, "no_json", row=row)
    return _rows(records, file)


def _records(text: str, file: str) -> list[dict[str, Any]]:
    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        record = dict(items)
        if len(record) < len(items):
            refuse(file, "name_twice_in_record")
        return record

    # Numbers as they are written: 007 is no JSON, and 1e5 may be a code.
    keep: dict[str, Any] = dict.fromkeys(("parse_int", "parse_float", "parse_constant"), str)
    decoder = json.JSONDecoder(object_pairs_hook=pairs, **keep)
    try:
        records = decoder.decode(text)
        records = [records] if text.startswith("{") else records
    except json.JSONDecodeError:
        if text.startswith("["):
            raise
        records = [decoder.decode(line) for line in text.splitlines() if line.strip()]
    if not all(isinstance(one, dict) for one in records):
        refuse(file, "no_records")
    return records


def _rows(records: list[dict[str, Any]], file: str) -> Raw:
    if len(records) > limits.MAX_ROWS:
        refuse(file, "too_many_rows", most=limits.MAX_ROWS)
    head = list(dict.fromkeys(name for record in records for name in record))
    if len(head) > limits.MAX_COLUMNS:
        refuse(file, "too_many_columns", n=len(head), most=limits.MAX_COLUMNS)
    if len(head) * len(records) > limits.MAX_CELLS:
        refuse(file, "too_many_cells", n=len(head) * len(records), most=limits.MAX_CELLS)
    rows: list[limits.Row] = [head]
    numbers = [0]
    for number, record in enumerate(records, start=1):
        row = [_cell(record.get(name), file, number) for name in head]
        if not limits.empty(row):
            rows.append(row)
            numbers.append(number)
    return Raw(rows, numbers, ragged=False)


def _cell(value: Any, file: str, row: int) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (dict, list)):
        _nested(file, row)
    return value


def _nested(file: str, row: int) -> NoReturn:
    refuse(file, "nested_record", row=row)
