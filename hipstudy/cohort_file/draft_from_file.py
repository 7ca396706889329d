"""The draft of a mapping, from the file itself: its sheets, the rows of its head, its columns."""

from collections.abc import Mapping
from pathlib import Path

from hipstudy.cohort_file.column_places import ColumnPlace, place_of
from hipstudy.cohort_file.draft_cell_words import draft_words
from hipstudy.cohort_file.draft_page import MappingDraft
from hipstudy.cohort_file.head_words import meanings
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.mapping import ColumnMapping, read_mapping
from hipstudy.cohort_file.mapping_draft import draft_mapping, heading_of, headings_of, refusal
from hipstudy.cohort_file.row_kinds import HEADINGS, row_kinds, without_rows
from hipstudy.cohort_file.sheet import Sheet, read_sheet, sheet_names
from hipstudy.cohort_file.sheets_together import (
    own_column,
    put_together,
    read_mapped,
    says_otherwise,
)
from hipstudy.cohort_file.table_layout import TableLayout, find_head_rows
from hipstudy.errors import DataProblems, UsageProblems

_ALIKE = 0.8  # of the names of the columns of two sheets that belong together


def draft_from(path: Path, sheet: str | None = None) -> MappingDraft:
    """Draft a mapping for a file.

    Parameters
    ----------
    path
        CSV or a workbook. Sheets of visits or arms that have the same columns are put together.
    sheet
        The one sheet that is meant.

    Raises
    ------
    UsageProblems, DataProblems
        When the file cannot be read, or needs no mapping.
    """
    parts = _together(path) if sheet is None else {}
    if len(parts) < 2:
        table, heads = _with_head(path, sheet)
        if (problem := refusal(table)) is not None and not heads:
            raise UsageProblems([problem])
        return draft_mapping(table, heads)
    heads = next(iter(parts.values()))[1]
    said = {name: heading_of(name)[0] for name in parts}
    no_data = {name: _no_data(table) for name, (table, _) in parts.items()}
    leave_out = {
        name: {kind: parts[name][0].rows[list(at)].tolist() for kind, at in kinds.items()}
        for name, kinds in no_data.items()
    }
    tables = {
        name: without_rows(table, [k for at in row_kinds(table).values() for k in at])
        for name, (table, _) in parts.items()
    }
    headings = [
        headings_of(table, row_kinds(table).get(HEADINGS, ())) for table, _ in parts.values()
    ]
    said, against = _beside_columns(said, tables)
    mapping = ColumnMapping("", sheets=_likely(said, tables), words={"week": _likely_weeks(said)})
    whole = put_together(tables, mapping)
    return draft_mapping(whole, heads, said, leave_out, against, headings)


def words_to_add(path: Path, mapping: Path, sheet: str | None = None) -> MappingDraft | None:
    """Words of a file that its mapping does not translate yet; None where there are none.

    Raises
    ------
    UsageProblems, DataProblems
        When the file or the mapping cannot be read, or they do not go together.
    """
    own = read_mapping(mapping)
    return draft_words(read_mapped(path, own, sheet), own)


def _with_head(path: Path, sheet: str | None) -> tuple[Sheet, tuple[int, ...]]:
    """A sheet, the rows of its head being one."""
    table = read_sheet(path, sheet=sheet)
    heads = find_head_rows([row for row, _ in table.top], [cells for _, cells in table.top])
    if heads:
        table = read_sheet(path, sheet=sheet, layout=TableLayout(heads))
    return table, heads


def _together(path: Path) -> dict[str, tuple[Sheet, tuple[int, ...]]]:
    """Sheets with the same columns, in their order; those that most have."""
    parts: dict[str, tuple[Sheet, tuple[int, ...]]] = {}
    for name in sheet_names(path):
        try:
            parts[name] = _with_head(path, name)
        except DataProblems:
            continue
    heads = {name: frozenset(map(folded, table.header)) for name, (table, _) in parts.items()}
    alike = {
        name: [
            other
            for other, theirs in heads.items()
            if len(own & theirs) >= _ALIKE * len(own | theirs) and parts[other][1] == parts[name][1]
        ]
        for name, own in heads.items()
    }
    best = max(alike.values(), key=len, default=[])
    return {name: parts[name] for name in best}


def _no_data(table: Sheet) -> dict[str, tuple[int, ...]]:
    return {kind: at for kind, at in row_kinds(table).items() if kind != HEADINGS}


def _guessed(table: Sheet) -> ColumnMapping:
    """What the columns of a table may be that say the side, week and arm of its rows."""
    names = zip(table.header, meanings(table.header), strict=True)
    columns = {own: one.name for own, one in names if one.name in ("side", "week", "arm")}
    return ColumnMapping("", columns=columns)


def _has(table: Sheet, place: ColumnPlace) -> bool:
    """Whether a table has a column of its own for what a place says."""
    said = {"side": place.side, "week": place.visit, "arm": place.arm}
    guessed = _guessed(table)
    return any(text and own_column(table, name, guessed) is not None for name, text in said.items())


def _beside_columns(
    said: Mapping[str, str], tables: Mapping[str, Sheet]
) -> tuple[dict[str, str], list[str]]:
    """What sheets say beside the columns of their tables, and sheets that these contradict.

    The name of a sheet that is no visit and no side is no arm where a column says the arms.
    """
    made, against = dict(said), []
    for name, text in said.items():
        place = place_of(text, is_column=False)
        if place is None or not _has(tables[name], place):
            continue
        if place.arm:
            made[name] = ""
        elif says_otherwise(tables[name], place, _guessed(tables[name])):
            against.append(name)
    return made, against


def _likely(said: Mapping[str, str], tables: Mapping[str, Sheet]) -> dict[str, str]:
    """What sheets may be of, with a week for each visit, to look at them together.

    Nothing where the columns say it.
    """
    places = {name: place_of(text, is_column=False) for name, text in said.items()}
    known = all(place is not None or not said[name] for name, place in places.items())
    likely = dict(said) if known else dict.fromkeys(said, "week 0")
    return {
        name: "" if place is None or _has(tables[name], place) else text
        for name, text in likely.items()
        for place in [place_of(text, is_column=False)]
    }


def _likely_weeks(said: Mapping[str, str]) -> dict[str, str]:
    places = [place_of(text, is_column=False) for text in said.values()]
    visits = [place.visit for place in places if place is not None and place.visit]
    return {visit: f"{k}" for k, visit in enumerate(dict.fromkeys(visits))}
