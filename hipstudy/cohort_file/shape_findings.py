"""What is said of a file of another shape that no mapping explains: how it is read, in one step.

Each kind of row is said once, with its rows; sides or visits side by side once, with an example.
"""

from collections.abc import Mapping, Sequence

from hipstudy.cohort_file.findings import Source, brief, spans
from hipstudy.cohort_file.identifier_words import is_person
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.reading import ColumnReading, FileReading
from hipstudy.cohort_file.sheet import Sheet
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import Finding

_LISTED = 4  # columns side by side that are named


def row_findings(sheet: Sheet, places: Mapping[str, Sequence[int]]) -> list[Finding]:
    """One error for each kind of rows that are no data, by their places in the sheet."""
    source = Source(
        sheet.file, sheet.name, sheet.cells, sheet.rows, sheet_of_row=sheet.sheet_of_row
    )
    return [source.once(f"rows_of_{kind}", where=at) for kind, at in places.items()]


def head_finding(sheet: Sheet, reading: FileReading) -> Finding:
    """The error of a head of several rows."""
    words = say("several_head_rows", rows=spans(reading.head_rows))
    return Finding(file=sheet.file, sheet=sheet.name, row=reading.head_rows[0], **words)


def wide_findings(source: Source, reading: FileReading) -> list[Finding]:
    """The errors of sides, and of visits, that stand in columns side by side."""
    made = []
    for part, rule in (("side", "wide_sides"), ("visit", "wide_visits")):
        columns = _unread(reading, part)
        if len({getattr(one.place, part) for one in columns}) > 1:
            names = [brief(one.own) for one in columns if not _is_secret(one.own)]
            more = ", ..." if len(names) > _LISTED else ""
            made.append(source.once(rule, names=", ".join(names[:_LISTED]) + more))
    return made


def spread_names(reading: FileReading) -> frozenset[str]:
    """Names in the file of the columns that ``wide_findings`` speak of."""
    both = (*_unread(reading, "side"), *_unread(reading, "visit"))
    return frozenset(one.own for one in both) if reading.is_wide else frozenset()


def _unread(reading: FileReading, part: str) -> list[ColumnReading]:
    return [one for one in reading.spread(part) if not one.is_read]


def _is_secret(name: str) -> bool:
    return bool(is_person(name) or in_text(name))
