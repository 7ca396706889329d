"""What stands outside the cells of a table: sheets of one visit or arm, and headings over rows.

Read by a mapping file only: it says what each sheet, and each heading, is of.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from hipstudy.cohort_file.cell_words import is_missing_word, known_words, plain_word
from hipstudy.cohort_file.column_places import ColumnPlace, likely_weeks, place_of, week_of
from hipstudy.cohort_file.head_words import same_name
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.mapping import ColumnMapping
from hipstudy.cohort_file.mapping_rules import mapping_problem
from hipstudy.cohort_file.sheet import Sheet, read_sheet
from hipstudy.cohort_file.table_layout import headings_below
from hipstudy.cohort_file.word_tables import word_table
from hipstudy.errors import UsageProblems

_UNSURE_SIDES = frozenset(word_table("vocabulary.toml")["unsure_cell_words"]["side"].split())


def read_mapped(path: Path, mapping: ColumnMapping, sheet: str | None = None) -> Sheet:
    """Read a cohort file as a mapping says: its sheets, its head, and rows that are no data.

    Names and words are not yet translated.

    Parameters
    ----------
    path, sheet
        As of ``hipstudy.cohort_file.sheet.read_sheet``; a sheet that is named is read alone.
    mapping
        What the clinic has said.
    """
    # Names of ours too: an export gives them to no other column.
    names = (*mapping.columns, *mapping.columns.values(), *mapping.ignore)

    def read(name: str | None) -> Sheet:
        one = read_sheet(path, sheet=name, names=names, layout=mapping.layout(name))
        return _with_headings(one, mapping) if mapping.headings else one

    if not mapping.sheets or sheet is not None:
        return read(sheet or mapping.sheet or None)
    return put_together({name: read(name) for name in mapping.sheets}, mapping)


def _with_headings(sheet: Sheet, mapping: ColumnMapping) -> Sheet:
    """Give rows below the headings of a sheet what the headings say."""
    said = headings_below(sheet.rows.tolist(), mapping.headings)
    return _with_places(sheet, [place_of(text, is_column=False) for text in said], mapping)


def put_together(sheets: Mapping[str, Sheet], mapping: ColumnMapping) -> Sheet:
    """Put the sheets of a workbook below each other, each row with what its sheet is of.

    Columns of one name, whatever its case and spaces, are one column.
    """
    parts, problems = [], []
    for name, sheet in sheets.items():
        place = place_of(mapping.sheets[name], is_column=False)
        try:
            parts.append(_with_places(sheet, [place] * len(sheet.rows), mapping))
        except UsageProblems as error:
            problems += error.problems
    if problems:
        raise UsageProblems(problems)
    names: dict[tuple[str, int], str] = {}
    for part in parts:
        for key, name in zip(_keys(part.header), part.header, strict=True):
            names.setdefault(key, name)
    places = {key: k for k, key in enumerate(names)}
    frames = [
        part.cells.rename(columns={k: places[key] for k, key in enumerate(_keys(part.header))})
        for part in parts
    ]
    cells = pd.concat([frame.reindex(columns=range(len(names))) for frame in frames])
    cells = cells.astype(object).where(cells.notna(), None).reset_index(drop=True)
    of_row = np.repeat([part.name for part in parts], [len(part.rows) for part in parts])
    return replace(
        parts[0],
        name=", ".join(part.name for part in parts),
        header=tuple(names.values()),
        cells=cells,
        rows=np.concatenate([part.rows for part in parts]),
        findings=tuple(one for part in parts for one in part.findings),
        long_rows=tuple(row for part in parts for row in part.long_rows),
        sheet_of_row=of_row.astype(object),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )


def _keys(header: Sequence[str]) -> list[tuple[str, int]]:
    """Each name and which of that name it is: a sheet may have two columns of one name."""
    seen: Counter[str] = Counter()
    keys = []
    for name in map(folded, header):
        keys.append((name, seen[name]))
        seen[name] += 1
    return keys


def _with_places(
    sheet: Sheet, places: Sequence[ColumnPlace | None], mapping: ColumnMapping
) -> Sheet:
    """A sheet with the columns side, week and arm that something outside its cells says.

    A column of its own stays, and what is empty in it is filled.

    Raises
    ------
    UsageProblems
        Where the week of a visit is not known, or a column of its own says otherwise.
    """
    words = mapping.words.get("week", {})
    visits = {p.visit: week_of(p.visit, words) for p in places if p is not None and p.visit}
    if unknown := [visit for visit, week in visits.items() if week is None]:
        where = f"{mapping.file}, [words.week]"
        raise UsageProblems(
            [
                mapping_problem(where, one, "no_week_of_visit", visit=one, weeks=likely_weeks(one))
                for one in unknown
            ]
        )
    said = {
        "side": [p.side if p else "" for p in places],
        "week": [f"{visits[p.visit]:g}" if p and p.visit else "" for p in places],
        "arm": [p.arm if p else "" for p in places],
    }
    header, columns = list(sheet.header), {k: sheet.cells[k] for k in range(len(sheet.header))}
    problems = []
    for name, values in said.items():
        if not any(values):
            continue
        own = own_column(sheet, name, mapping)
        if own is None:
            header.append(name)
            columns[len(header) - 1] = _cells([value or None for value in values], sheet)
            continue
        against = _against(sheet.cells[own], name, values, mapping)
        if against.any():
            facts = {
                "name": sheet.name or sheet.file,
                "column": sheet.header[own],
                "row": sheet.rows[against][0],
                "n": f"{np.count_nonzero(against):,}",
            }
            part = "headings" if mapping.headings else "sheets"
            where = f"{mapping.file}, [{part}], {sheet.name or sheet.header[own]}"
            text = values[int(np.flatnonzero(against)[0])]
            problems.append(mapping_problem(where, f"{name} {text}", "column_against", **facts))
        cells = zip(sheet.cells[own], values, strict=True)
        columns[own] = _cells(
            [value or cell if _no(cell) else cell for cell, value in cells], sheet
        )
    if problems:
        raise UsageProblems(problems)
    cells = pd.DataFrame(columns, index=sheet.cells.index, dtype=object)
    return replace(sheet, header=tuple(header), cells=cells)


def _cells(values: Sequence[str | None], sheet: Sheet) -> pd.Series:
    return pd.Series(values, dtype=object, index=sheet.cells.index)


def _no(cell: str | None) -> bool:
    return cell is None or is_missing_word(cell)


def own_column(sheet: Sheet, name: str, mapping: ColumnMapping) -> int | None:
    """Place of the column of a sheet that has a side, week or arm of each row; None without."""
    said = {folded(own): place_of(text) for own, text in mapping.columns.items()}
    ignored = {folded(own) for own in mapping.ignore}
    for k, own in enumerate(sheet.header):
        key = folded(own)
        if key == name:
            return k
        place = said.get(key)
        if place is not None and place.name == name:
            return k
        if place is None and key not in ignored and same_name(own) == name:
            return k
    return None


def says_otherwise(sheet: Sheet, place: ColumnPlace, mapping: ColumnMapping) -> bool:
    """Whether columns of a sheet itself contradict what all its rows are said to be of."""
    week = week_of(place.visit, mapping.words.get("week", {})) if place.visit else None
    said = {"side": place.side, "week": "" if week is None else f"{week:g}", "arm": place.arm}
    for name, value in said.items():
        own = own_column(sheet, name, mapping) if value else None
        if own is not None:
            values = [value] * len(sheet.rows)
            if _against(sheet.cells[own], name, values, mapping).any():
                return True
    return False


def _against(
    cells: pd.Series, name: str, values: Sequence[str], mapping: ColumnMapping
) -> np.ndarray:
    """Which cells are of another side, week or arm than is said; not those nobody can read."""
    words = {folded(own): ours for own, ours in mapping.words.get(name, {}).items()}
    ours = {cell: None if _no(cell) else _plain(cell, name, words) for cell in cells.unique()}
    said = {value: _plain(value, name, words) if value else None for value in set(values)}
    pairs = zip((ours[cell] for cell in cells), (said[value] for value in values), strict=True)
    return np.array([None not in (a, b) and a != b for a, b in pairs], dtype=bool)


def _plain(text: str, name: str, words: Mapping[str, str]) -> str | float | None:
    """A side, week or arm to compare with another; None where nobody can tell."""
    if name == "week":
        return week_of(text, words)
    said = words.get(folded(text), text)
    if name == "arm":
        return folded(said)
    word = plain_word(said)
    return None if said == text and word in _UNSURE_SIDES else known_words("side").get(word)
