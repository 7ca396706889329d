"""What an export was read as: its rows under other names, and sentences that say what was done."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from hipstudy.cohort_file.even_rows import EvenRows
from hipstudy.cohort_file.identifier_words import is_person
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.limits import Raw, Row, clean_name, folded
from hipstudy.cohort_file.schema import find
from hipstudy.cohort_file.word_tables import say

_LISTED = 8


@dataclass(frozen=True, eq=False)
class ExportReading:
    """An export.

    Parameters
    ----------
    raw
        Its rows, the head first; columns that are no data left out.
    own
        Name in the file of each column that has one of ours here.
    notes
        What it was read as, in sentences.
    """

    raw: Raw
    own: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def names_of(row: Row) -> list[str]:
    """Cells of a head, cleaned."""
    return [clean_name(cell) for cell in row]


def fits(raw: Raw) -> bool:
    """Whether no row is longer than the head: else cells may have moved, and nothing is changed."""
    if isinstance(raw.rows, EvenRows):
        return bool(raw.rows)
    return bool(raw.rows) and all(len(row) <= len(raw.rows[0]) for row in raw.rows)


def column(raw: Raw, at: int) -> list[str | None]:
    """Cells of a column below the head; None where they have nothing."""
    if isinstance(raw.rows, EvenRows):
        below: list[str | None] = raw.rows.cells[1:, at].tolist()
        return below
    cells = (row[at] if at < len(row) else None for row in raw.rows[1:])
    return [cell.strip() or None if cell else None for cell in cells]


def free(names: Sequence[str], at: Collection[int], mapped_names: Collection[str]) -> set[int]:
    """Those of some positions whose names no mapping file knows: what it names stays as it is."""
    return {k for k in at if folded(names[k]) not in mapped_names}


def with_head(raw: Raw, *, drop: Collection[int] = (), rename: Mapping[int, str]) -> Raw:
    """Rows without some columns, and with other names in the head."""
    width = len(raw.rows[0])
    stay = [k for k in range(width) if k not in set(drop)]
    new = {old: k for k, old in enumerate(stay)}
    head = [rename.get(k, raw.rows[0][k]) for k in stay]
    below = ([row[k] if k < len(row) else None for k in stay] for row in raw.rows[1:])
    no_value = tuple((row, new[k]) for row, k in raw.no_value if k in new)
    return replace(raw, rows=[head, *below], no_value=no_value)


def name_list(names: Sequence[str], *, of_clinic: bool = False) -> str:
    """Names of columns in a list; of a clinic's, those that may be a person's are counted only."""
    safe = [
        name
        for name in dict.fromkeys(names)
        if not (in_text(name) or (of_clinic and find(name) is None and is_person(name)))
    ]
    more = len(dict.fromkeys(names)) - len(safe[:_LISTED])
    return ", ".join(safe[:_LISTED]) + (f" and {more} more" if more and safe else "")


def note(what: str, parts: Sequence[str]) -> str:
    """One sentence: what an export was read as, and what was done."""
    return say("read_as_export", what=what, parts="; ".join(parts))["rule"]


def part(entry: str, **facts: object) -> str:
    """One part of such a sentence, of its entry in ``findings.en.toml``."""
    return say(entry, **facts)["rule"]
