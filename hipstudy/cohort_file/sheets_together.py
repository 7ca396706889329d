"""What stands outside the cells of a table: sheets of one visit or arm, and headings over rows.

Read by a mapping file only: it says what each sheet, and each heading, is of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from hipstudy.cohort_file.column_places import ColumnPlace, likely_weeks, place_of, week_of
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.mapping import ColumnMapping
from hipstudy.cohort_file.mapping_rules import mapping_problem
from hipstudy.cohort_file.sheet import Sheet, read_sheet
from hipstudy.cohort_file.table_layout import headings_below
from hipstudy.errors import UsageProblems


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
    parts = []
    for name, sheet in sheets.items():
        place = place_of(mapping.sheets[name], is_column=False)
        parts.append(_with_places(sheet, [place] * len(sheet.rows), mapping))
    names: dict[str, str] = {}
    for part in parts:
        for name in part.header:
            names.setdefault(folded(name), name)
    places = {key: k for k, key in enumerate(names)}
    frames = [
        part.cells.rename(columns={k: places[folded(n)] for k, n in enumerate(part.header)})
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


def _with_places(
    sheet: Sheet, places: Sequence[ColumnPlace | None], mapping: ColumnMapping
) -> Sheet:
    """A sheet with the columns side, week and arm that something outside its cells says."""
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
    added = {name: values for name, values in said.items() if any(values)}
    header = (*sheet.header, *added)
    columns = {k: sheet.cells[k] for k in range(len(sheet.header))}
    for k, values in enumerate(added.values(), start=len(sheet.header)):
        columns[k] = pd.Series(
            [value or None for value in values], dtype=object, index=sheet.cells.index
        )
    return replace(
        sheet, header=header, cells=pd.DataFrame(columns, index=sheet.cells.index, dtype=object)
    )
