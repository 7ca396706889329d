"""What is understood of a file before anything is read from it: one model for all who ask.

The check reads by it, the draft of a mapping writes it down, ``--show-reading`` and the page show
it. A guess is never read: it waits for a mapping that says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from hipstudy.cohort_file import cell_words, head_words
from hipstudy.cohort_file.column_places import ColumnPlace
from hipstudy.cohort_file.head_words import FORMAT, SPELLING, HeadMeaning, meanings
from hipstudy.cohort_file.identifier_words import by_name
from hipstudy.cohort_file.mapping import ColumnMapping, places_of_columns
from hipstudy.cohort_file.parse import NUMBER, read, week
from hipstudy.cohort_file.row_kinds import row_kinds
from hipstudy.cohort_file.schema import CHOICES, find
from hipstudy.cohort_file.sheet import Sheet
from hipstudy.cohort_file.table_layout import find_head_rows
from hipstudy.cohort_file.visit_words import read_visit

MAPPING, IGNORED, PERSONAL = "mapping", "ignored", "personal"
# Why a guess is not sure.
UNIT, NAME, SEVERAL, CELLS, NEGATED = "unit", "name", "several", "cells", "negated"
_MOSTLY, _NUMBERS, _WITHIN = 0.8, 0.64, 0.9  # of cells: visits, numbers, possible ones
_LEAST = 3  # different numbers; fewer say nothing about a column
_FEW_ARMS, _CODES = 12, 5  # different cells: at most of arms, and at least of runners' codes


@dataclass(frozen=True)
class ColumnReading:
    """What one column is read as, or may mean.

    Parameters
    ----------
    own
        Its name in the file.
    place
        What it is, or may be; None where nothing is near.
    rule
        By which rule: ``FORMAT``, ``SPELLING``, ``MAPPING``; of a guess ``WORDING``, ``WORD`` or
        ``NEAR`` of ``head_words``; ``IGNORED``, ``PERSONAL``, or empty.
    sure
        Whether a guess need not be asked about.
    doubt
        Why it is asked: ``UNIT``, ``NAME``, ``SEVERAL``, ``CELLS`` or ``NEGATED``.
    """

    own: str
    place: ColumnPlace | None = None
    rule: str = ""
    sure: bool = False
    doubt: str = ""

    @property
    def is_read(self) -> bool:
        """Whether it is read, and not only guessed."""
        return self.rule in (FORMAT, SPELLING, MAPPING)


@dataclass(frozen=True)
class FileReading:
    """What is understood of a sheet, as it stands in the file.

    Parameters
    ----------
    columns
        Of each column of the sheet, in order.
    rows
        Kind of row -> row numbers that a mapping leaves out as no data.
    doubtful
        Kind of row -> places in the sheet, from 0, of rows that look like no data and are not left
        out.
    head_rows
        Row numbers of a head of several rows; empty where it is one.
    is_mapped
        Whether a mapping says what the columns are.
    """

    columns: tuple[ColumnReading, ...]
    rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    doubtful: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    head_rows: tuple[int, ...] = ()
    is_mapped: bool = False

    def spread(self, part: str) -> tuple[ColumnReading, ...]:
        """Columns that are of one side, or of one visit, only: ``part`` is side or visit."""
        held = (one for one in self.columns if one.place is not None)
        return tuple(one for one in held if getattr(one.place, part))

    @property
    def is_wide(self) -> bool:
        """Whether left and right, or several visits, stand side by side."""
        sides = {one.place.side for one in self.spread("side")}
        visits = {one.place.visit for one in self.spread("visit")}
        return len(sides) > 1 or len(visits) > 1


def understand(sheet: Sheet, mapping: ColumnMapping | None = None) -> FileReading:
    """Understand a sheet as it was read, its names and words not yet translated.

    Parameters
    ----------
    sheet
        As ``read_sheet`` gives it, rows that a mapping leaves out being left out already.
    mapping
        What the clinic has said; None guesses, and takes only the format's own names.

    Raises
    ------
    UsageProblems
        Where a mapping and the file do not go together.
    """
    if mapping is not None:
        return _mapped(sheet, mapping)
    found = row_kinds(sheet)
    heads = find_head_rows([n for n, _ in sheet.top], [row for _, row in sheet.top])
    data = np.ones(len(sheet.rows), dtype=bool)
    data[[k for at in found.values() for k in at]] = False
    return FileReading(_guessed(sheet, data), doubtful=found, head_rows=heads)


def _mapped(sheet: Sheet, mapping: ColumnMapping) -> FileReading:
    places, left_out = places_of_columns(sheet, mapping)
    said = {name.casefold() for name in mapping.columns}
    columns = []
    for k, own in enumerate(sheet.header):
        if k in left_out:
            columns.append(ColumnReading(own, rule=IGNORED))
        elif k in places:
            rule = MAPPING if _is_said(own, said) else SPELLING
            columns.append(ColumnReading(own, places[k], rule, sure=True))
        elif own in ("side", "week", "arm") and (mapping.sheets or mapping.headings):
            columns.append(ColumnReading(own, ColumnPlace(own), MAPPING, sure=True))
        elif find(own) is not None:
            columns.append(ColumnReading(own, ColumnPlace(own), FORMAT, sure=True))
        else:
            columns.append(ColumnReading(own, rule=PERSONAL if by_name(own) else ""))
    rows = dict(mapping.leave_out)
    if mapping.headings:
        rows["group_headings"] = tuple(sorted(mapping.headings))
    return FileReading(tuple(columns), rows, row_kinds(sheet), mapping.head_rows, is_mapped=True)


def _is_said(own: str, said: set[str]) -> bool:
    plain = own.casefold().replace(" ", "")
    return any(one.replace(" ", "") == plain for one in said)


def _guessed(sheet: Sheet, data: np.ndarray) -> tuple[ColumnReading, ...]:
    heads = _bare_visits(meanings(sheet.header))
    exact = {name for name in sheet.header if find(name) is not None}
    heads = [
        HeadMeaning(own, rule=FORMAT, sure=True)
        if find(own) is not None
        and ((one.side and "side" in exact) or (one.visit and "week" in exact))
        else one
        for own, one in zip(sheet.header, heads, strict=True)
    ]
    made = [
        _column(own, one, sheet.cells[k][data], exact)
        for k, (own, one) in enumerate(zip(sheet.header, heads, strict=True))
    ]
    return tuple(_alone(made))


def _bare_visits(heads: Sequence[HeadMeaning]) -> list[HeadMeaning]:
    """Meanings in which a bare number is a week only if all numbers together look so.

    "L0", "L1" and "L2" are visits of which somebody must say the week, as T1 is.
    """
    read_ = [read_visit(one.visit) if one.visit else None for one in heads]
    weeks = [one.week for one in read_ if one is not None and one.sure]
    bare = {float(one.visit) for one in heads if one.visit.isdecimal()}
    if _are_weeks([*bare, *weeks]):
        return list(heads)
    return [
        replace(one, visit=f"visit {one.visit}") if one.visit.isdecimal() else one for one in heads
    ]


def _column(own: str, head: HeadMeaning, cells: pd.Series, exact: set[str]) -> ColumnReading:
    if not own:
        return ColumnReading(own)
    is_spread = bool(head.side or head.visit)
    if find(own) is not None and not is_spread:
        return ColumnReading(own, ColumnPlace(own), FORMAT, sure=True)
    if by_name(own):
        return ColumnReading(own, rule=PERSONAL)
    if not head.name:
        return ColumnReading(own)
    place = ColumnPlace(head.name, head.side, _visit_text(head.visit))
    if head.rule == SPELLING and not is_spread and head.name not in exact:
        return ColumnReading(own, place, SPELLING, sure=True)
    rule = head_words.WORD if head.rule in (FORMAT, SPELLING) else head.rule
    if head.negated:
        return ColumnReading(own, place, rule, doubt=NEGATED)
    likely = fits(cells, head.name)
    sure, doubt = head.sure and likely, "" if head.sure and likely else CELLS
    if not head.sure:
        sure = likely and _cells_tell(cells, head)
        doubt = "" if sure else UNIT if find(head.name).unit else NAME
    return ColumnReading(own, place, rule, sure, doubt)


def _visit_text(visit: str) -> str:
    """A visit of a name as a mapping writes it: its weeks where these are sure."""
    read = read_visit(visit) if visit else None
    if read is not None and read.sure:
        return f"{read.week:g}"
    return re.sub(r"(?<=\d) (?=\d)", "-", visit).replace(" ", "")


def _alone(columns: list[ColumnReading]) -> list[ColumnReading]:
    """Two columns that may be the same are asked about, where none of them is the likelier.

    Beside a column with the format's own name a guess is none, and a name that is only near is none
    beside a clinic's word for it.
    """
    places = [str(one.place) for one in columns if one.place is not None]
    names = {one.place.name for one in columns if one.place and one.is_read}
    words = {str(one.place) for one in columns if one.place and one.rule != head_words.NEAR}
    made = []
    for one in columns:
        if one.place is None or one.rule == FORMAT:
            made.append(one)
            continue
        is_near = one.rule == head_words.NEAR and str(one.place) in words
        if is_near or (not one.is_read and one.place.name in names):
            made.append(ColumnReading(one.own))
        elif places.count(str(one.place)) > 1 and not _is_only_word(one, columns):
            rule = head_words.WORD if one.rule == SPELLING else one.rule
            made.append(replace(one, rule=rule, sure=False, doubt=SEVERAL))
        else:
            made.append(one)
    return made


def _is_only_word(one: ColumnReading, columns: Sequence[ColumnReading]) -> bool:
    same = [other for other in columns if str(other.place) == str(one.place)]
    return sum(other.rule != head_words.NEAR for other in same) == 1


def fits(cells: pd.Series, name: str) -> bool:
    """Whether most cells of a column can be what its name is taken for.

    Examples
    --------
    >>> cells = pd.Series(["21", "33", "45"])
    >>> fits(cells, "thomas_ext_deg"), fits(cells, "tightness_nrs")
    (True, False)
    """
    column = find(name)
    texts = [t for t in cells.dropna().unique() if not cell_words.is_missing_word(t)]
    if not texts:
        return True
    if column.kind == "number" and name != "week" and len(texts) < _LEAST:
        return True
    if column.kind in ("side", "sex", "yesno"):
        return _are_words(texts, column.kind)
    if column.kind == "id":
        return not all("." in text or "," in text for text in texts)
    if column.kind == "arm":
        return len({text.casefold() for text in texts}) <= _FEW_ARMS
    if name == "week":
        known = [read_visit(text) is not None or _is_number(text) for text in texts]
        return sum(known) >= _MOSTLY * len(texts)
    numbers = read(pd.Series([week(t).rstrip("% ") for t in texts], dtype=object))
    values = numbers.values[numbers.kind == NUMBER]
    low, high = column.possible
    # One that is possible for nobody may be a code for "not measured".
    within = np.count_nonzero((values >= low) & (values <= high))
    enough = len(values) >= _NUMBERS * len(texts)
    return bool(enough and within >= _WITHIN * max(len(values) - 1, 1))


def _is_number(text: str) -> bool:
    return text.replace(",", ".").lstrip("-").replace(".", "", 1).isdecimal()


def _are_words(texts: Sequence[str], kind: str) -> bool:
    if len({text.casefold() for text in texts}) > cell_words.MANY:
        return False
    known = cell_words.known_words(kind)
    return all(cell_words.plain_word(text) in known for text in texts) or len(texts) <= 2


def _cells_tell(cells: pd.Series, head: HeadMeaning) -> bool:
    """Whether the cells make sure what a name leaves open: codes like codes, visits like weeks.

    Sides where both stand in the column and each is sure; sexes likewise.
    """
    texts = [str(text) for text in cells.dropna().unique()]
    if head.rule != head_words.WORD or not texts:
        return False
    if head.name == "runner_id":
        return len(texts) >= _CODES and all(cell_words.is_code(text) for text in texts)
    if head.name == "week":
        read_ = [read_visit(text) for text in texts]
        # Of which week a visit is, its words are asked; that all are visits makes the column sure.
        names = all(
            one is not None and not _is_number(text) for one, text in zip(read_, texts, strict=True)
        )
        numbers = [float(t.replace(",", ".")) for t in texts if _is_number(t)]
        return names or (len(numbers) == len(texts) and _are_weeks(numbers))
    if (kind := find(head.name).kind) in ("side", "sex"):
        words = cell_words.choices(texts, kind)
        ours = {one.ours for one in words} | set(CHOICES[kind]).intersection(texts)
        return ours == set(CHOICES[kind]) and all(one.sure for one in words)
    return False


def _are_weeks(numbers: Sequence[float]) -> bool:
    """Whether numbers are weeks and no numbers of visits: 0 and then wider than one apart."""
    steps = sorted(set(numbers))
    return 0 in steps and len(steps) > 1 and steps[-1] > len(steps)
