"""The rules of a mapping file: every line that breaks one is a problem, all in one go."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from hipstudy.cohort_file.cell_words import NOTHING
from hipstudy.cohort_file.column_places import ColumnPlace, place_of
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.own_units import unit_problems
from hipstudy.cohort_file.row_kinds import KINDS
from hipstudy.cohort_file.schema import CHOICES, columns, find
from hipstudy.cohort_file.table_layout import MOST_HEADS
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import Problem, nearest

SIGNS = ("extension-positive", "extension-negative")
FIELDS = (
    "columns", "words", "thomas_sign", "sheet", "ignore", "sheets", "head_rows", "leave_out",
    "headings", "units",
)  # fmt: skip
ROW_KINDS = (*KINDS, "other_rows")  # of rows that are left out
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


def _texts(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(one, str) for one in value.values())


def mapping_problem(where: str, value: object, rule: str, /, **facts: object) -> Problem:
    """A problem of a mapping, its words those of ``findings.en.toml``."""
    return Problem(where, str(value), **say(rule, **facts))


def _columns(table: Any, file: str) -> Iterator[Problem]:
    where = f"{file}, [columns]"
    if not _texts(table):
        yield mapping_problem(where, table, "rule_of_columns")
        return
    first: dict[ColumnPlace, str] = {}
    for own, text in table.items():
        place = place_of(text)
        if place is None:
            yield mapping_problem(f"{where}, {own}", text, "rule_of_places")
        elif find(place.name) is None:
            near = nearest(place.name, columns())
            yield mapping_problem(f"{where}, {own}", place.name, "unknown_name", near=near)
        elif place.is_spread and find(place.name).kind in ("id", "side", "arm"):
            yield mapping_problem(f"{where}, {own}", text, "spread_key")
        elif place in first:
            yield mapping_problem(
                f"{where}, {own}", text, "named_twice", own=first[place], name=text
            )
        first.setdefault(place, own)


def _words(table: Any, file: str) -> Iterator[Problem]:
    if not isinstance(table, dict):
        yield mapping_problem(f"{file}, words", table, "rule_of_words")
        return
    for name, words in table.items():
        where, column = f"{file}, [words.{name}]", find(name)
        if column is None or column.kind == "id":
            near = nearest(name, [one.name for one in columns().values() if one.kind != "id"])
            yield mapping_problem(where, name, "words_of_other_column", near=near)
        elif not _texts(words):
            yield mapping_problem(where, words, "rule_of_word_lines")
        else:
            allowed = CHOICES.get(column.kind)
            for own, ours in words.items():
                if ours == NOTHING or column.kind == "arm":
                    continue
                if allowed and ours not in allowed:
                    yield mapping_problem(
                        f"{where}, {own}", ours, "one_of", words=" or ".join(allowed)
                    )
                elif column.kind == "number" and not _NUMBER.fullmatch(ours):
                    yield mapping_problem(f"{where}, {own}", ours, "number_or_missing")


def _places(table: Any, file: str, part: str) -> Iterator[Problem]:
    if not _texts(table):
        yield mapping_problem(f"{file}, [{part}]", table, f"rule_of_{part}")
        return
    for own, text in table.items():
        if part == "sheets" and not text.strip():
            continue  # a sheet whose columns say all
        if place_of(text, is_column=False) is None:
            yield mapping_problem(f"{file}, [{part}], {own}", text, f"rule_of_{part}")
        elif part == "headings" and not own.isdecimal():
            yield mapping_problem(f"{file}, [{part}]", own, f"rule_of_{part}")


def _rows(table: Mapping[str, Any], file: str) -> Iterator[Problem]:
    heads, kinds = table.get("head_rows", []), table.get("leave_out", {})
    if not _numbers(heads) or heads != sorted(set(heads)) or len(heads) > MOST_HEADS:
        yield mapping_problem(f"{file}, head_rows", heads, "rule_of_head_rows", most=MOST_HEADS)
    where = f"{file}, [leave_out]"
    if not isinstance(kinds, dict):
        yield mapping_problem(where, kinds, "rule_of_leave_out", kinds=", ".join(ROW_KINDS))
        return
    sheets = table.get("sheets") if isinstance(table.get("sheets"), dict) else {}
    of_sheets = {key: one for key, one in kinds.items() if isinstance(one, dict) and key in sheets}
    yield from _kinds({k: one for k, one in kinds.items() if k not in of_sheets}, where)
    for key, one in of_sheets.items():
        yield from _kinds(one, f"{where[:-1]}.{key}]")


def _kinds(kinds: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for kind, rows in kinds.items():
        if kind not in ROW_KINDS:
            near = nearest(kind, ROW_KINDS)
            yield mapping_problem(where, kind, "unknown_part", near=near)
        elif not _numbers(rows):
            facts = {"kinds": ", ".join(ROW_KINDS)}
            yield mapping_problem(f"{where}, {kind}", rows, "rule_of_leave_out", **facts)


def _numbers(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(one, int) and not isinstance(one, bool) and one > 0 for one in value
    )


def _rest(table: Mapping[str, Any], file: str) -> Iterator[Problem]:
    for name in table:
        if name not in FIELDS:
            yield mapping_problem(
                f"{file}, {name}", name, "unknown_part", near=nearest(name, FIELDS)
            )
    sign = table.get("thomas_sign", SIGNS[0])
    if sign not in SIGNS:
        yield mapping_problem(f"{file}, thomas_sign", sign, "one_of", words=" or ".join(SIGNS))
    if not isinstance(table.get("sheet", ""), str):
        yield mapping_problem(f"{file}, sheet", table["sheet"], "rule_of_sheet")
    ignore = table.get("ignore", [])
    if not isinstance(ignore, list) or not all(isinstance(one, str) for one in ignore):
        yield mapping_problem(f"{file}, ignore", ignore, "rule_of_ignore")
        return
    own = table["columns"] if isinstance(table.get("columns"), dict) else {}
    both = {folded(one) for one in own} & {folded(one) for one in ignore}
    for name in (one for one in ignore if folded(one) in both):
        yield mapping_problem(f"{file}, ignore", name, "named_and_ignored")


def mapping_problems(table: Mapping[str, Any], file: str) -> list[Problem]:
    """Everything that is wrong with a mapping, whatever file it is for."""
    problems = [
        *_columns(table.get("columns", {}), file),
        *_words(table.get("words", {}), file),
        *_places(table.get("sheets", {}), file, "sheets"),
        *_places(table.get("headings", {}), file, "headings"),
        *_rows(table, file),
        *unit_problems(table.get("units", {}), file),
        *_rest(table, file),
    ]
    units = table.get("units") if isinstance(table.get("units"), dict) else {}
    if table.get("thomas_sign") == SIGNS[1] and "deg flexion" in map(str, units.values()):
        problems.append(mapping_problem(f"{file}, [units]", "deg flexion", "sign_and_unit"))
    if table.get("sheets") and table.get("sheet"):
        where = f"{file}, sheet"
        problems.append(mapping_problem(where, table["sheet"], "sheet_and_sheets"))
    return problems
