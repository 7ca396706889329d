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
from typing import Any

import pandas as pd

from hipstudy import text_files
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.schema import CHOICES, columns, find
from hipstudy.cohort_file.sheet import Sheet, content_of
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import Problem, UsageProblems, nearest
from hipstudy.text_files import SAVE, WrongEncoding, decoded

SIGNS = ("extension-positive", "extension-negative")
FIELDS = ("columns", "words", "thomas_sign", "sheet", "ignore")
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
        One of ``SIGNS``; empty where nothing is said. Cells are not changed by it here.
    sheet
        Name of the sheet; empty for the one that fits.
    ignore
        Names in the clinic's file of columns that are never used.
    """

    file: str
    columns: Mapping[str, str] = field(default_factory=dict)
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
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


def _problem(where: str, value: object, rule: str, /, **facts: object) -> Problem:
    return Problem(where, str(value), **say(rule, **facts))


def _columns(table: Any, file: str) -> Iterator[Problem]:
    where = f"{file}, [columns]"
    if not _texts(table):
        yield _problem(where, table, "rule_of_columns")
        return
    first: dict[str, str] = {}
    for own, ours in table.items():
        if find(ours) is None:
            near = nearest(ours, columns())
            yield _problem(f"{where}, {own}", ours, "unknown_name", near=near)
        elif ours in first:
            yield _problem(f"{where}, {own}", ours, "named_twice", own=first[ours], name=ours)
        first.setdefault(ours, own)


def _words(table: Any, file: str) -> Iterator[Problem]:
    if not isinstance(table, dict):
        yield _problem(f"{file}, words", table, "rule_of_words")
        return
    kinds = (*CHOICES, "arm")
    for name, words in table.items():
        where, column = f"{file}, [words.{name}]", find(name)
        if column is None or column.kind not in kinds:
            near = nearest(name, [one.name for one in columns().values() if one.kind in kinds])
            yield _problem(where, name, "words_of_other_column", near=near)
        elif not _texts(words):
            yield _problem(where, words, "rule_of_word_lines")
        elif allowed := CHOICES.get(column.kind):
            for own, ours in words.items():
                if ours not in allowed:
                    yield _problem(f"{where}, {own}", ours, "one_of", words=" or ".join(allowed))


def _rest(table: Mapping[str, Any], file: str) -> Iterator[Problem]:
    for name in table:
        if name not in FIELDS:
            yield _problem(f"{file}, {name}", name, "unknown_part", near=nearest(name, FIELDS))
    sign = table.get("thomas_sign", SIGNS[0])
    if sign not in SIGNS:
        yield _problem(f"{file}, thomas_sign", sign, "one_of", words=" or ".join(SIGNS))
    if not isinstance(table.get("sheet", ""), str):
        yield _problem(f"{file}, sheet", table["sheet"], "rule_of_sheet")
    ignore = table.get("ignore", [])
    if not isinstance(ignore, list) or not all(isinstance(one, str) for one in ignore):
        yield _problem(f"{file}, ignore", ignore, "rule_of_ignore")
        return
    own = table["columns"] if isinstance(table.get("columns"), dict) else {}
    both = {folded(one) for one in own} & {folded(one) for one in ignore}
    for name in (one for one in ignore if folded(one) in both):
        yield _problem(f"{file}, ignore", name, "named_and_ignored")


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
    problems = [
        *_columns(table.get("columns", {}), file),
        *_words(table.get("words", {}), file),
        *_rest(table, file),
    ]
    if problems:
        raise UsageProblems(problems)
    return ColumnMapping(file, **table | {"ignore": tuple(table.get("ignore", ()))})


def _match(sheet: Sheet, mapping: ColumnMapping) -> tuple[dict[int, str], set[int]]:
    """Position -> new name, and positions to leave out; every name that is not there is said."""
    at: dict[str, list[int]] = {}
    for position, name in enumerate(sheet.header):
        at.setdefault(folded(name), []).append(position)
    problems, new, left_out = [], {}, set()
    for own in (*mapping.columns, *mapping.ignore):
        places = at.get(folded(own), [])
        if not places:
            close = nearest(own, filter(None, sheet.header))
            mend = close if close.startswith("Did") else "Correct the name, or delete the line."
            facts = {"file": sheet.file, "mend": mend}
            problems.append(_problem(f"{mapping.file}, {own}", own, "no_such_column", **facts))
        elif own not in mapping.columns:
            left_out.update(places)
        else:
            new.update(dict.fromkeys(places, mapping.columns[own]))
    header = [new.get(k, name) for k, name in enumerate(sheet.header) if k not in left_out]
    for ours in dict.fromkeys(new.values()):
        if header.count(ours) > 1:
            where = f"{mapping.file}, [columns]"
            facts = {"n": header.count(ours), "file": sheet.file, "name": ours}
            problems.append(_problem(where, ours, "several_columns", **facts))
    for ours in mapping.words:
        if ours not in header:
            where = f"{mapping.file}, [words.{ours}]"
            facts = {"file": sheet.file, "name": ours}
            problems.append(_problem(where, ours, "no_column_of_words", **facts))
    if problems:
        raise UsageProblems(problems)
    return new, left_out


def _translated(cells: pd.Series, words: Mapping[str, str]) -> list[str | None]:
    plain = {folded(own): ours for own, ours in words.items()}
    table = {cell: cell and plain.get(folded(cell), cell) for cell in cells.unique()}
    return [table[cell] for cell in cells]


def apply(sheet: Sheet, mapping: ColumnMapping) -> Sheet:
    """Translate names and words, whatever their case and spaces; leave out what is ignored.

    Returns
    -------
    Sheet
        Another one with our names; ``own`` has those of the file. Words that the mapping does not
        have, and the sign of angles, stay as they are.

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
        own=dict(sheet.own) | {name: sheet.header[k] for k, name in new.items()},
    )
