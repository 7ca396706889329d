"""A clinic's own names: a small TOML file says which columns and words are ours.

``cohort.mapping.toml`` beside ``cohort.csv`` is used without being named::

    sheet = "visits"
    thomas_sign = "extension-negative"
    ignore = ["comments"]

    [columns]
    "Bein" = "side"

    [words.side]
    "li" = "left"

Where one row has both sides or several visits, a column says which: ``"Thomas L 6wk" =
"thomas_ext_deg, left, week 6"``. ``reshape`` puts them below each other.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from hipstudy import text_files
from hipstudy.cohort_file.cell_words import NOTHING
from hipstudy.cohort_file.column_places import ColumnPlace, likely_weeks, place_of, week_of
from hipstudy.cohort_file.head_words import meanings, same_name
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.mapping_rules import mapping_problem, mapping_problems
from hipstudy.cohort_file.reshape import spread_below
from hipstudy.cohort_file.sheet import Sheet, content_of
from hipstudy.cohort_file.table_layout import TableLayout
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.text_files import SAVE, WrongEncoding, decoded

MAX_BYTES = 1_000_000  # a mapping of 200 columns has about 10 kB


@dataclass(frozen=True, eq=False)
class ColumnMapping:
    """What a clinic calls its columns and words.

    Parameters
    ----------
    file
        Name of the mapping file.
    columns
        Name in the clinic's file -> name of ours.
    words
        Column of ours -> the clinic's word -> word of ours.
    thomas_sign
        ``extension-positive`` or ``extension-negative``; empty where nothing is said. Cells are not
        changed by it here.
    sheet
        Name of the sheet; empty for the one that fits.
    ignore
        Names in the clinic's file of columns that are never used.
    sheets
        Sheet of the workbook -> what all its rows are of; these sheets are put together.
    head_rows
        Row numbers of the head, where it is more than one row or is not found by itself.
    leave_out
        Kind of row -> row numbers that are no data.
    leave_out_of
        Sheet -> such kinds of rows of that sheet, where several are put together.
    headings
        Row number of a heading -> what the rows below are of, down to the next.
    units
        Column of ours -> the unit it is in, and the lever arm of forces.
    """

    file: str
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    thomas_sign: str = ""
    sheet: str = ""
    ignore: tuple[str, ...] = ()
    sheets: Mapping[str, str] = field(default_factory=dict)
    head_rows: tuple[int, ...] = ()
    leave_out: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    headings: Mapping[int, str] = field(default_factory=dict)
    units: Mapping[str, object] = field(default_factory=dict)

    leave_out_of: Mapping[str, Mapping[str, tuple[int, ...]]] = field(default_factory=dict)

    def layout(self, sheet: str | None = None) -> TableLayout | None:
        """Rows of the head, and rows that are no data; None where nothing is said of rows."""
        kinds = (*self.leave_out.values(), *self.leave_out_of.get(sheet or "", {}).values())
        rows = {row for kind in kinds for row in kind} | set(self.headings)
        if not (rows or self.head_rows):
            return None
        return TableLayout(self.head_rows, frozenset(rows))


def beside(path: Path) -> Path:
    """Where the mapping of a cohort file is, when it has one.

    Examples
    --------
    >>> beside(Path("cohort.xlsx")).name
    'cohort.mapping.toml'
    """
    return path.with_name(f"{path.stem}.mapping.toml")


def read_mapping(path: Path) -> ColumnMapping:
    """Read a mapping file.

    Raises
    ------
    UsageProblems
        When it cannot be read, and with every line that breaks a rule.
    """
    content, file = content_of(path, "mapping", MAX_BYTES), path.name
    try:
        table = text_files.loads(decoded(content))
    except WrongEncoding as error:
        words = say("wrong_encoding", error=error, save=SAVE)
        raise UsageProblems([Problem(file, None, **words)]) from None
    except text_files.NotToml as error:
        words = say("no_toml", error=str(error)[:200])
        raise UsageProblems([Problem(file, **words)]) from None
    if problems := mapping_problems(table, file):
        raise UsageProblems(problems)
    out = table.get("leave_out", {})
    lists = {
        "ignore": tuple(table.get("ignore", ())),
        "head_rows": tuple(table.get("head_rows", ())),
        "leave_out": {kind: tuple(rows) for kind, rows in out.items() if isinstance(rows, list)},
        "leave_out_of": {
            sheet: {kind: tuple(rows) for kind, rows in kinds.items()}
            for sheet, kinds in out.items()
            if isinstance(kinds, dict)
        },
        "headings": {int(row): text for row, text in table.get("headings", {}).items()},
    }
    return ColumnMapping(file, **table | lists)


def places_of_columns(
    sheet: Sheet, mapping: ColumnMapping
) -> tuple[dict[int, ColumnPlace], set[int]]:
    """Position -> what it holds, and positions to leave out.

    Raises
    ------
    UsageProblems
        As ``apply``.
    """
    new, left_out, problems = _positions(sheet, mapping)
    new |= _spelled(sheet, new, left_out)
    read = [k for k in range(len(sheet.header)) if k not in left_out]
    held = [str(new[k]) if k in new else sheet.header[k] for k in read]
    for ours in dict.fromkeys(map(str, new.values())):
        if held.count(ours) > 1:
            where = f"{mapping.file}, [columns]"
            facts = {"n": held.count(ours), "file": sheet.file, "name": ours}
            problems.append(mapping_problem(where, ours, "several_columns", **facts))
    problems += _spread_problems(mapping, new, held)
    names = {place.name for place in new.values()} | set(held)
    names |= {"week"} if any(place.visit for place in new.values()) else set()
    for ours in mapping.words:
        if ours not in names:
            where = f"{mapping.file}, [words.{ours}]"
            facts = {"file": sheet.file, "name": ours}
            problems.append(mapping_problem(where, ours, "no_column_of_words", **facts))
    if problems:
        raise UsageProblems(problems)
    return new, left_out


def _positions(
    sheet: Sheet, mapping: ColumnMapping
) -> tuple[dict[int, ColumnPlace], set[int], list[Problem]]:
    """Where the names of a mapping stand in the head."""
    at: dict[str, list[int]] = {}
    for position, name in enumerate(sheet.header):
        at.setdefault(folded(name), []).append(position)
    problems, new, left_out = [], {}, set()
    for own in (*mapping.columns, *mapping.ignore):
        positions = at.get(folded(own), [])
        if not positions:
            close = nearest(own, filter(None, sheet.header))
            mend = close if close.startswith("Did") else "Correct the name, or delete the line."
            facts = {"file": sheet.file, "mend": mend}
            where = f"{mapping.file}, {own}"
            problems.append(mapping_problem(where, own, "no_such_column", **facts))
        elif own not in mapping.columns:
            left_out.update(positions)
        elif (place := place_of(mapping.columns[own])) is not None:
            new.update(dict.fromkeys(positions, place))
    return new, left_out, problems


def _spelled(
    sheet: Sheet, new: Mapping[int, ColumnPlace], left_out: Collection[int]
) -> dict[int, ColumnPlace]:
    """Columns called as ours but for capitals, blanks and underscores, where one only is."""
    taken = {place.name for place in new.values()} | set(sheet.header)
    heads = meanings(sheet.header)
    names = {
        k: ours
        for k, name in enumerate(sheet.header)
        if k not in new and k not in left_out and name and (ours := same_name(name))
        if not (heads[k].side or heads[k].visit)
    }
    counts = Counter(names.values())
    return {
        k: ColumnPlace(ours)
        for k, ours in names.items()
        if ours != sheet.header[k] and ours not in taken and counts[ours] == 1
    }


def _spread_problems(
    mapping: ColumnMapping, new: Mapping[int, ColumnPlace], held: Collection[str]
) -> list[Problem]:
    """Columns of sides and visits that go together in no way."""
    problems = []
    where = f"{mapping.file}, [columns]"
    kinds: dict[str, set[tuple[bool, bool]]] = {}
    for place in new.values():
        kinds.setdefault(place.name, set()).add((bool(place.side), bool(place.visit)))
    for name, ways in kinds.items():
        if len(ways) > 1:
            problems.append(mapping_problem(where, name, "spread_two_ways", name=name))
    for name, has in (
        ("side", any(p.side for p in new.values())),
        ("week", any(p.visit for p in new.values())),
    ):
        if has and name in held:
            problems.append(mapping_problem(where, name, "spread_and_column", name=name))
    words = mapping.words.get("week", {})
    for visit in dict.fromkeys(place.visit for place in new.values() if place.visit):
        if week_of(visit, words) is None:
            facts = {"visit": visit, "weeks": likely_weeks(visit)}
            problems.append(
                mapping_problem(f"{mapping.file}, [words.week]", visit, "no_week_of_visit", **facts)
            )
    return problems


def _translated(cells: pd.Series, words: Mapping[str, str]) -> list[str | None]:
    plain = {folded(own): None if ours == NOTHING else ours for own, ours in words.items()}
    table = {
        cell: plain.get(folded(cell), cell) if cell else plain.get("") for cell in cells.unique()
    }
    return [table[cell] for cell in cells]


def apply(sheet: Sheet, mapping: ColumnMapping) -> Sheet:
    """Translate names and words, put sides and visits below each other, leave out what is ignored.

    Names and words are the same whatever their case and spaces. Columns that are called as those of
    the format but for capitals, blanks and underscores are taken as these, mapping or not.

    Returns
    -------
    Sheet
        Another one with our names; ``own`` has those of the file. Words that the mapping does not
        have, and the sign of angles, stay as they are.

    Raises
    ------
    UsageProblems
        When a name is not in the file, two columns would have one name, or columns of sides and
        visits do not go together.
    """
    new, left_out = places_of_columns(sheet, mapping)
    left = [k for k in range(len(sheet.header)) if k not in left_out]
    ignored = {sheet.header[k] for k in left_out}
    sheet = replace(
        sheet, findings=tuple(one for one in sheet.findings if one.column not in ignored)
    )
    if any(place.is_spread for place in new.values()):
        weeks = {
            p.visit: week_of(p.visit, mapping.words.get("week", {}))
            for p in new.values()
            if p.visit
        }
        sheet = spread_below(sheet, left, new, weeks)
    else:
        header = tuple(new[k].name if k in new else sheet.header[k] for k in left)
        cells = pd.DataFrame(dict(enumerate(sheet.cells[k] for k in left)), index=sheet.cells.index)
        own = dict(sheet.own) | {place.name: sheet.header[k] for k, place in new.items()}
        sheet = replace(sheet, header=header, cells=cells.astype(object), own=own)
    translated = {
        k: _translated(sheet.cells[k], mapping.words[name])
        for k, name in enumerate(sheet.header)
        if name in mapping.words
    }
    if not translated:
        return sheet
    cells = {k: translated.get(k, sheet.cells[k]) for k in range(len(sheet.header))}
    return replace(sheet, cells=pd.DataFrame(cells, index=sheet.cells.index, dtype=object))
