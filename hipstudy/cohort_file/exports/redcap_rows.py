"""Rows of an export of REDCap: those of a repeated instrument, with what their record's own say.

A record has one row an event, and one more each time that an instrument is repeated. What stands
in the record's own row of the event holds for these too; arm, sex and age hold at every event.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from hipstudy.cohort_file.exports.export_reading import name_list, part
from hipstudy.cohort_file.head_words import guess
from hipstudy.cohort_file.limits import Raw, count_known_names

_OF_RECORDS = ("arm", "sex", "age_y")  # the same at every event
Cells = list[str | None]


@dataclass(frozen=True, eq=False)
class RecordParts:
    """Names of the columns, and the places of REDCap's own; None where there is none."""

    names: list[str]
    event: int | None
    instrument: int | None
    instance: int | None
    complete: set[int]

    def event_of(self, row: Cells) -> str | None:
        """The event of a row."""
        return None if self.event is None else row[self.event]

    def fields(self) -> Iterator[int]:
        """Places of the columns that somebody filled in."""
        own = {0, self.event, self.instrument, self.instance, *self.complete}
        return (k for k in range(len(self.names)) if k not in own)


def joined_rows(raw: Raw, parts: RecordParts, notes: list[str]) -> Raw:
    """Rows of the repeated instrument that is ours, each with what its record's own row has.

    Parts of a sentence that say so are put into ``notes``. In a table without repeated instruments
    only arm, sex and age are written into the rows of a record's other events.
    """
    width = len(parts.names)
    rows: list[Cells] = [
        [*(cell if cell and cell.strip() else None for cell in row), *[None] * (width - len(row))]
        for row in raw.rows[1:]
    ]
    at = parts.instrument
    kinds = ["" if at is None else (row[at] or "").strip() for row in rows]
    if not any(kinds):
        held = _hold(rows, parts)
        if held:
            notes.append(part("redcap_held", names=name_list(held, of_clinic=True)))
        return replace(raw, rows=[raw.rows[0], *rows]) if held else raw
    chosen = _our_instrument(rows, kinds, parts)
    of_chosen = [row for row, kind in zip(rows, kinds, strict=True) if kind == chosen]
    repeated = {k for k in parts.fields() if any(row[k] for row in of_chosen)}
    once = [k for k in parts.fields() if k not in repeated]
    _fill(rows, kinds, chosen, once, parts)
    stay = [
        k
        for k, (row, kind) in enumerate(zip(rows, kinds, strict=True))
        if kind == chosen or (kind == "" and any(row[field] for field in repeated))
    ]
    others = Counter(kind for kind in kinds if kind not in ("", chosen))
    if taken := [parts.names[k] for k in once if any(row[k] for row in of_chosen)]:
        notes.append(
            part("redcap_joined", instrument=chosen, names=name_list(taken, of_clinic=True))
        )
    if others:
        notes.append(part("redcap_others", names=name_list([*others]), n=others.total()))
    numbers = [raw.numbers[0], *(raw.numbers[1 + k] for k in stay)]
    return replace(raw, rows=[raw.rows[0], *(rows[k] for k in stay)], numbers=numbers)


def _hold(rows: list[Cells], parts: RecordParts) -> list[str]:
    """Write arm, sex and age into the rows where a record has them not; the columns changed."""
    changed = []
    for k in parts.fields():
        if parts.event is None or guess(parts.names[k])[0] not in _OF_RECORDS:
            continue
        cells: dict[str | None, set[str | None]] = defaultdict(set)
        for row in rows:
            cells[row[0]] |= {row[k]} - {None}
        lacking = [row for row in rows if row[k] is None and len(cells[row[0]]) == 1]
        for row in lacking:
            row[k] = next(iter(cells[row[0]]))
        changed += [parts.names[k]] if lacking else []
    return changed


def _our_instrument(rows: list[Cells], kinds: list[str], parts: RecordParts) -> str:
    """The repeated instrument that has most columns of ours; of equals, the one of most rows."""
    has: dict[str, set[str]] = defaultdict(set)
    for row, kind in zip(rows, kinds, strict=True):
        if kind:
            has[kind] |= {parts.names[k] for k in parts.fields() if row[k]}
    count = Counter(kinds)
    return max(has, key=lambda kind: (count_known_names([*has[kind]]), count[kind]))


def _fill(
    rows: list[Cells], kinds: list[str], chosen: str, once: list[int], parts: RecordParts
) -> None:
    """Write what a record's own row of the same event has into the rows of the instrument."""
    here: dict[tuple[str | None, str | None], dict[int, str | None]] = defaultdict(dict)
    always: dict[tuple[str | None, int], set[str | None]] = defaultdict(set)
    for row, kind in zip(rows, kinds, strict=True):
        if kind == "":
            cells = {k: row[k] for k in once if row[k]}
            here[row[0], parts.event_of(row)] |= cells
            for k in cells:
                if guess(parts.names[k])[0] in _OF_RECORDS:
                    always[row[0], k].add(row[k])
    for row, kind in zip(rows, kinds, strict=True):
        if kind != chosen:
            continue
        for k in once:
            same = always[row[0], k]
            row[k] = here[row[0], parts.event_of(row)].get(k) or (
                next(iter(same)) if len(same) == 1 else None
            )
