"""What a person sees of a reading: a line a column, and the first rows as they were read.

Codes of runners are never in it: they are numbered. Nor is a value that may say who somebody is.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from hipstudy.cohort_file.check import CheckResult
from hipstudy.cohort_file.findings import brief, spans
from hipstudy.cohort_file.head_words import FORMAT
from hipstudy.cohort_file.identifier_words import MANY_WORDS, is_person
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.reading import IGNORED, PERSONAL, ColumnReading
from hipstudy.cohort_file.schema import find
from hipstudy.cohort_file.word_tables import word_table

_WORDS = word_table("reading.en.toml")
FIRST_ROWS = 3
EXPORT = "export"  # the rule of a column that the program it comes from has named


@dataclass(frozen=True)
class ReadingLine:
    """One column: what it is called, what it was read as, how, and by which rule.

    ``meaning`` is empty where it is not read.
    """

    column: str
    meaning: str
    how: str
    why: str

    def __str__(self) -> str:
        facts = {"column": self.column, "how": self.how, "why": self.why}
        if self.meaning:
            return _WORDS["line"]["read"].format(meaning=self.meaning, **facts)
        return _WORDS["line"]["not_read"].format(**facts)


def column_lines(result: CheckResult) -> list[ReadingLine]:
    """A line for each column that has a name."""
    if result.reading is None:
        return []
    return [
        _line(one, name)
        for one, name in zip(result.reading.columns, result.names, strict=True)
        if one.own
    ]


def _line(one: ColumnReading, name: str) -> ReadingLine:
    how, why = _WORDS["how"], _WORDS["why"]
    if one.rule in (IGNORED, PERSONAL):
        return ReadingLine(name, "", how[one.rule], why[one.rule])
    if one.place is None:
        return ReadingLine(name, "", how["nothing"], why["nothing"])
    meaning = _meaning(one)
    if not one.is_read:
        return ReadingLine(name, "", how["guess"].format(meaning=meaning), why[one.rule])
    column = find(one.place.name)
    kind = "week" if one.place.name == "week" else column.kind
    rule = EXPORT if one.rule == FORMAT and name != one.own else one.rule
    return ReadingLine(name, meaning, how[kind].format(unit=column.unit), why[rule])


def _meaning(one: ColumnReading) -> str:
    name, *places = str(one.place).split(", ", 1)
    return f"{name} ({places[0]})" if places else name


def shape_lines(result: CheckResult) -> list[str]:
    """A line for each thing beyond columns: the head, rows that are no data, the shape."""
    reading, sheet = result.reading, result.sheet
    if reading is None or sheet is None:
        return []
    words, kinds = _WORDS["shape"], _WORDS["kinds"]
    made = list(sheet.notes)
    if sheet.sheet_of_row is not None:
        made.append(words["sheets"].format(names=sheet.name))
    if reading.head_rows:
        rule = "head_rows" if reading.is_mapped else "likely_head_rows"
        made.append(words[rule].format(rows=spans(reading.head_rows)))
    for kind, rows in reading.rows.items():
        if rows:
            made.append(words["rows"].format(rows=spans(rows), kind=kinds[kind]))
    for kind, rows in result.doubtful_rows.items():
        made.append(words["likely_rows"].format(rows=spans(rows), kind=kinds[kind]))
    if reading.is_mapped and reading.is_wide:
        parts = [part for part in ("side", "visit") if reading.spread(part)]
        made.append(words["spread"].format(parts=" and ".join(parts)))
    return made


def first_rows(result: CheckResult) -> list[str]:
    """The first rows as they were read, a line each."""
    frame = result.frame
    if frame is None or not len(frame):
        return [_WORDS["line"]["no_rows"]] if result.reading is not None else []
    arms = {arm: _arm(str(arm), k, frame) for k, arm in enumerate(_arms(frame), start=1)}
    made = []
    for at, row in frame.head(FIRST_ROWS).iterrows():
        values = ", ".join(f"{name} {value}" for name, value in _values(row, arms))
        sheet = result.sheet.sheet_of_row if result.sheet is not None else None
        facts = {"row": int(row["file_row"]), "values": values}
        if sheet is None:
            made.append(_WORDS["line"]["row"].format(**facts))
        else:
            name = brief(str(sheet[int(str(at))]))
            made.append(_WORDS["line"]["row_of_sheet"].format(sheet=name, **facts))
    return made


def _arms(frame: pd.DataFrame) -> list[object]:
    return list(frame["arm"].dropna().unique()) if "arm" in frame else []


def _arm(arm: str, number: int, frame: pd.DataFrame) -> str:
    """An arm's name; its number where it may be a person's, a code or a text."""
    codes = {str(code).casefold() for code in frame.get("runner_id", pd.Series(dtype=object))}
    words = arm.casefold().split()
    secret = is_person(arm) or in_text(arm) or len(words) >= MANY_WORDS
    secret = bool(secret) or not codes.isdisjoint((arm.casefold(), *words))
    return _WORDS["page"]["arm"].format(number=number) if secret else brief(arm)


def _values(row: "pd.Series[object]", arms: dict[object, str]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        column = find(str(name))
        if name == "runner_id":
            number = _WORDS["page"]["runner"].format(number=row["runner"])
            yield str(name), number if row["runner"] else "-"
        elif column is None:
            continue
        elif value is None or value != value:
            yield str(name), _WORDS["page"]["no_week"] if name == "week" else "-"
        elif name == "arm":
            yield str(name), arms[value]
        elif column.kind == "yesno":
            yield str(name), "yes" if value else "no"
        elif column.kind == "number":
            low, high = column.possible
            is_possible = low <= float(str(value)) <= high
            yield str(name), f"{value:g}" if is_possible else _WORDS["page"]["hidden"]
        else:
            yield str(name), str(value)
