"""A clinic's own names: a small TOML file says which columns and words are ours.

``cohort.mapping.toml`` beside ``cohort.csv`` is used without being named::

    sheet = "visits"
    thomas_sign = "extension-negative"
    ignore = ["comments"]

    [columns]
    "Bein" = "side"

    [words.side]
    "li" = "left"
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from hipstudy import text_files
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.mapping_draft import suggest
from hipstudy.cohort_file.schema import columns, find
from hipstudy.cohort_file.sheet import Sheet, content_of
from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.text_files import SAVE, WrongEncoding, decoded

__all__ = ["SIGNS", "ColumnMapping", "apply", "beside", "read_mapping", "suggest"]

SIGNS = ("extension-positive", "extension-negative")
FIELDS = ("columns", "words", "thomas_sign", "sheet", "ignore")
MAX_BYTES = 1_000_000  # a mapping of 200 columns has about 10 kB
OURS = {"side": ("left", "right"), "sex": ("F", "M"), "yesno": ("yes", "no"), "arm": None}
_EMPTY: Mapping[str, Any] = MappingProxyType({})


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
        One of ``SIGNS``; empty where nothing is said. Cells are not changed by it here.
    sheet
        Name of the sheet; empty for the one that fits.
    ignore
        Names in the clinic's file of columns that are never used.
    """

    file: str
    columns: Mapping[str, str] = field(default_factory=lambda: _EMPTY)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: _EMPTY)
    thomas_sign: str = ""
    sheet: str = ""
    ignore: tuple[str, ...] = ()


def beside(path: Path) -> Path:
    """Where the mapping of a cohort file is, when it has one.

    Examples
    --------
    >>> beside(Path("cohort.xlsx")).name
    'cohort.mapping.toml'
    """
    return path.with_name(f"{path.stem}.mapping.toml")


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def _columns(table: Any, file: str) -> Iterator[Problem]:
    where = f"{file}, [columns]"
    if not _texts(table):
        yield Problem(where, str(table), 'the rule is lines such as "Bein" = "side"')
        return
    first: dict[str, str] = {}
    for own, ours in table.items():
        if find(ours) is None:
            rule = "the format has no column of this name"
            yield Problem(f"{where}, {own}", ours, rule, nearest(ours, columns()))
        elif ours in first:
            rule = f"{first[ours]} is {ours} already, and one column only can be"
            yield Problem(f"{where}, {own}", ours, rule, "Delete one of the two lines.")
        first.setdefault(ours, own)


def _words(table: Any, file: str) -> Iterator[Problem]:
    if not isinstance(table, dict):
        yield Problem(f"{file}, words", str(table), "the rule is a part such as [words.side]")
        return
    for name, words in table.items():
        where, column = f"{file}, [words.{name}]", find(name)
        if column is None or column.kind not in OURS:
            named = [one.name for one in columns().values() if one.kind in OURS]
            rule = "words are for side, arm, sex, and columns of yes and no"
            yield Problem(where, name, rule, nearest(name, named))
        elif not _texts(words):
            yield Problem(where, str(words), 'the rule is lines such as "li" = "left"')
        else:
            allowed = OURS[column.kind]
            for own, ours in words.items() if allowed else ():
                if ours not in allowed:
                    rule = f"the rule is {' or '.join(allowed)}"
                    yield Problem(f"{where}, {own}", ours, rule)


def _rest(table: Mapping[str, Any], file: str) -> Iterator[Problem]:
    for name in table:
        if name not in FIELDS:
            rule = "a mapping has no such part"
            yield Problem(f"{file}, {name}", name, rule, nearest(name, FIELDS))
    sign = table.get("thomas_sign", SIGNS[0])
    if sign not in SIGNS:
        yield Problem(f"{file}, thomas_sign", str(sign), f"the rule is {' or '.join(SIGNS)}")
    if not isinstance(table.get("sheet", ""), str):
        yield Problem(f"{file}, sheet", str(table["sheet"]), "the rule is a name in quotes")
    ignore = table.get("ignore", [])
    if not isinstance(ignore, list) or not all(isinstance(one, str) for one in ignore):
        yield Problem(f"{file}, ignore", str(ignore), 'the rule is a list such as ["comments"]')
        return
    own = table["columns"] if isinstance(table.get("columns"), dict) else {}
    both = {folded(one) for one in own} & {folded(one) for one in ignore}
    for name in (one for one in ignore if folded(one) in both):
        yield Problem(f"{file}, ignore", name, "a column is named or ignored, not both")


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
        raise UsageProblems([Problem(file, None, str(error), SAVE)]) from None
    except text_files.NotToml as error:
        rule = f"it is no TOML: {str(error)[:200]}"
        mend = 'A line is "own name" = "our name"; hipstudy check FILE --suggest-mapping drafts it.'
        raise UsageProblems([Problem(file, "a line that cannot be read", rule, mend)]) from None
    problems = [
        *_columns(table.get("columns", {}), file),
        *_words(table.get("words", {}), file),
        *_rest(table, file),
    ]
    if problems:
        raise UsageProblems(problems)
    words = {name: MappingProxyType(words) for name, words in table.get("words", {}).items()}
    return ColumnMapping(
        file,
        MappingProxyType(table.get("columns", {})),
        MappingProxyType(words),
        table.get("thomas_sign", ""),
        table.get("sheet", ""),
        tuple(table.get("ignore", [])),
    )


def _match(sheet: Sheet, mapping: ColumnMapping) -> tuple[dict[int, str], set[int]]:
    """Position -> new name, and positions to leave out; every name that is not there is said."""
    at: dict[str, list[int]] = {}
    for position, name in enumerate(sheet.header):
        at.setdefault(folded(name), []).append(position)
    problems, new, left_out = [], {}, set()
    for own in (*mapping.columns, *mapping.ignore):
        places = at.get(folded(own), [])
        if not places:
            rule = f"{sheet.file} has no column of this name"
            close = nearest(own, filter(None, sheet.header))
            mend = close if close.startswith("Did") else "Correct the name, or delete the line."
            problems.append(Problem(f"{mapping.file}, {own}", own, rule, mend))
        elif own not in mapping.columns:
            left_out.update(places)
        else:
            new.update(dict.fromkeys(places, mapping.columns[own]))
    header = [new.get(k, name) for k, name in enumerate(sheet.header) if k not in left_out]
    for ours in dict.fromkeys(new.values()):
        if header.count(ours) > 1:
            rule = f"{header.count(ours)} columns of {sheet.file} would be {ours}"
            mend = "One column only can be: ignore the others, or rename them in the file."
            problems.append(Problem(f"{mapping.file}, [columns]", ours, rule, mend))
    for ours in mapping.words:
        if ours not in header:
            rule = f"{sheet.file} has no column {ours}, and none is named so"
            problems.append(Problem(f"{mapping.file}, [words.{ours}]", ours, rule))
    if problems:
        raise UsageProblems(problems)
    return new, left_out


def _translated(cells: pd.Series, words: Mapping[str, str]) -> list[str | None]:
    plain = {folded(own): ours for own, ours in words.items()}
    table = {cell: cell and plain.get(folded(cell), cell) for cell in cells.unique()}
    return [table[cell] for cell in cells]


def apply(sheet: Sheet, mapping: ColumnMapping) -> Sheet:
    """Translate names and words, whatever their case and spaces; leave out what is ignored.

    Parameters
    ----------
    sheet
        As read; it is not changed.
    mapping
        As read.

    Returns
    -------
    Sheet
        With our names; ``own`` has those of the file. Words that the mapping does not have, and
        the sign of angles, stay as they are.

    Raises
    ------
    UsageProblems
        When a name is not in the file, or two columns would have one name.
    """
    new, left_out = _match(sheet, mapping)
    columns_left = [k for k in range(len(sheet.header)) if k not in left_out]
    header = tuple(new.get(k, sheet.header[k]) for k in columns_left)
    cells: dict[int, Any] = {}
    for place, (k, name) in enumerate(zip(columns_left, header, strict=True)):
        words = mapping.words.get(name)
        cells[place] = sheet.cells[k] if words is None else _translated(sheet.cells[k], words)
    ignored = {sheet.header[k] for k in left_out}
    return replace(
        sheet,
        header=header,
        cells=pd.DataFrame(cells, dtype=object, index=sheet.cells.index),
        findings=tuple(one for one in sheet.findings if one.column not in ignored),
        own=MappingProxyType({name: sheet.header[k] for k, name in new.items()}),
    )
