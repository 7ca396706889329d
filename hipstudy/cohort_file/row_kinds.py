"""Rows below the head that are no data: units, questions, heads again, headings, totals, footnotes.

They are only looked for here. Nothing is left out unless a mapping file says so.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from hipstudy.cohort_file.head_words import meanings, tokens_of
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.sheet import Sheet
from hipstudy.cohort_file.word_tables import word_table

UNITS, QUESTIONS, HEADS = "units", "questions", "repeated_heads"
HEADINGS, TOTALS, FOOTNOTES = "group_headings", "totals", "footnotes"
KINDS = (UNITS, QUESTIONS, HEADS, HEADINGS, TOTALS, FOOTNOTES)
_VOCABULARY = word_table("vocabulary.toml")["rows"]
_UNITS = frozenset(_VOCABULARY["units"].split())
_TOTALS = frozenset(_VOCABULARY["totals"].split())
_TOTALS_SIGNS = frozenset(_VOCABULARY["totals_signs"].split())
_NUMBER = re.compile(
    r"[-+\u2212]?\s*\d+(?:[.,]\d+)?(?:\s*(?:±|\+/-|\()\s*\d+(?:[.,]\d+)?\)?)?\s*%?"
)
# As most runners have; none says that it is a sum or mean.
_CODE = re.compile(r"(?:[A-MO-Za-mo-z][A-Za-z]*)?[-_.]?[0-9]+")
_TOP = 3  # rows below the head that may have units or questions
_ALIKE, _UNIT_SHARE, _ASKING = 0.8, 0.7, 0.5
_WORDS_OF_QUESTION = 4
_INITIALS = 3  # letters; a code of so few may be somebody's
_MOST = 2_000  # rows of few cells: more are no headings, but how the file is


def row_kinds(sheet: Sheet) -> dict[str, tuple[int, ...]]:
    """Places of the rows, from 0, that are no data, by kind; only the kinds that there are."""
    cells = sheet.cells
    if len(cells) < 2 or cells.shape[1] < 3:
        return {}
    filled = cells.notna().to_numpy().sum(axis=1)
    kinds: dict[str, list[int]] = {kind: [] for kind in KINDS}
    taken: set[int] = set()

    def take(kind: str, places: Sequence[int]) -> None:
        kinds[kind] += [int(k) for k in places if k not in taken]
        taken.update(int(k) for k in places)

    take(HEADS, _repeated(sheet, filled))
    top = [k for k in range(min(_TOP, len(cells))) if k not in taken]
    take(UNITS, [k for k in top if _is_units(_row(cells, k))])
    take(QUESTIONS, [k for k in top if k not in taken and _is_questions(_row(cells, k))])
    take(TOTALS, _totals(cells))
    take(TOTALS, _full_totals(sheet))
    for kind, places in _lonely(cells, filled, taken).items():
        take(kind, places)
    return {kind: tuple(sorted(places)) for kind, places in kinds.items() if places}


def _row(cells: pd.DataFrame, k: int) -> list[str]:
    return [cell for cell in cells.iloc[k] if cell is not None]


def _repeated(sheet: Sheet, filled: np.ndarray) -> list[int]:
    """Rows of names again, or of parts of them where the head was put together of several rows."""
    places = np.flatnonzero(filled >= 2)
    other = np.zeros(len(filled), dtype=np.int64)  # filled cells that are no names
    for k, name in enumerate(sheet.header):
        cells = sheet.cells[k].to_numpy(dtype=object)[places]
        texts = {one for one in pd.unique(cells) if one and len(one) <= len(name) + 9}
        plain = folded(name)
        alike = {one for one in texts if not _NUMBER.fullmatch(one) and folded(one) in plain}
        other[places] += ~pd.isna(cells) & ~pd.Series(cells, dtype=object).isin(alike).to_numpy()
        # Most rows have been told by a few columns: the others need not be looked at.
        same = (filled - other)[places]
        places = places[(same >= 2) & (same >= _ALIKE * filled[places])]
    return places.tolist()


def _is_units(row: Sequence[str]) -> bool:
    units = [_unit(cell) in _UNITS for cell in row]
    numbers = any(_NUMBER.fullmatch(cell.strip()) for cell in row)
    least = 2 if len(row) > 1 else 1  # a unit alone heads nothing
    return bool(row) and not numbers and sum(units) >= max(least, _UNIT_SHARE * len(row))


def _unit(cell: str) -> str:
    return re.sub(r"[\s\[\]()]+", "", cell.casefold())


def _is_questions(row: Sequence[str]) -> bool:
    asking = [
        cell.strip().endswith("?") or len(cell.split()) >= _WORDS_OF_QUESTION or "ImportId" in cell
        for cell in row
    ]
    numbers = any(_NUMBER.fullmatch(cell.strip()) for cell in row)
    return len(row) > 1 and not numbers and sum(asking) >= max(2, _ASKING * len(row))


def _totals(cells: pd.DataFrame) -> list[int]:
    """Rows whose first cell says that the rest are sums or means."""
    places = []
    for column in range(min(2, cells.shape[1])):
        words = {text for text in cells[column].unique() if text and _is_total(text)}
        for k in np.flatnonzero(cells[column].isin(words)) if words else ():
            row = cells.iloc[int(k)]
            first = next((at for at, cell in enumerate(row) if cell is not None), 0)
            rest = [cell for cell in row.iloc[column + 1 :] if cell is not None]
            if first == column and rest and all(_NUMBER.fullmatch(c.strip()) for c in rest):
                places.append(int(k))
    return places


def _full_totals(sheet: Sheet) -> list[int]:
    """Rows whose runner's code is a word for sums or means, however full they are.

    Not where the codes of the column are as short and all of letters: SD may be a runner there.
    """
    names = [one.name for one in meanings(sheet.header)]
    is_known = "runner_id" in names
    column = names.index("runner_id") if is_known else 0
    if not is_known and names[0]:
        return []
    cells = sheet.cells[column]
    codes = [text for text in cells.unique() if text]
    words = [text for text in codes if _is_total(text)]
    others = [text for text in codes if text not in words]
    short = sum(text.isalpha() and len(text) <= _INITIALS for text in others)
    if others and short >= _ALIKE * len(others):
        words = [text for text in words if len(text) > _INITIALS]
    if not is_known and len(words) > len(others):
        return []  # a column of something else
    return np.flatnonzero(cells.isin(words)).tolist()


def _is_total(text: str) -> bool:
    if _CODE.fullmatch(text):
        return False
    if text.split()[:1] and text.split()[0].upper() in _TOTALS_SIGNS:
        return True
    tokens = tokens_of(text)
    if not tokens or len(tokens) > 4:
        return False
    if tokens[0] == "n":
        return "=" in text or ":" in text
    if any(token.isdecimal() for token in tokens):
        return False
    return tokens[0] in _TOTALS or (len(tokens) > 1 and tokens[-1] in _TOTALS - {"n"})


def _lonely(cells: pd.DataFrame, filled: np.ndarray, taken: set[int]) -> Mapping[str, list[int]]:
    """Rows with one text and nothing else: headings where rows follow, footnotes at the end."""
    usual = int(np.median(filled))
    few = [int(k) for k in np.flatnonzero(filled == 1) if int(k) not in taken]
    if usual < 3 or not few or len(few) > _MOST:
        return {}
    rest = [k for k in range(len(filled)) if k not in taken and filled[k] > 1]
    last = max(rest, default=-1)
    made: dict[str, list[int]] = {HEADINGS: [], FOOTNOTES: []}
    for k in few:
        column = next(at for at, cell in enumerate(cells.iloc[k]) if cell is not None)
        text = str(cells.iat[k, column])
        if not _is_code(text, cells[column], filled):
            made[FOOTNOTES if k > last else HEADINGS].append(k)
    return made


def may_be_a_runner(sheet: Sheet, place: int) -> bool:
    """Whether the first cell of a row is written like the others of its column, as codes are.

    A row of sums or means whose label is so may be a runner's, in a file of numbers only.
    """
    row = sheet.cells.iloc[place]
    column = next((k for k, cell in enumerate(row) if cell is not None), 0)
    filled = sheet.cells.notna().to_numpy().sum(axis=1)
    others = sheet.cells[column].drop(index=sheet.cells.index[place])
    return _is_code(str(row.iloc[column]), others, filled[np.arange(len(filled)) != place])


def _is_code(text: str, column: pd.Series, filled: np.ndarray) -> bool:
    """Whether a text alone in its row is a cell like the others of its column."""
    if _NUMBER.fullmatch(text.strip()):
        return True
    others = [cell for cell in column[filled > 1].dropna().unique() if cell]
    if text in others:
        return True
    shapes = Counter(_shape(cell) for cell in others)
    return bool(shapes) and shapes[_shape(text)] >= _ALIKE * len(others)


def _shape(text: str) -> str:
    return re.sub(r"\d+", "9", re.sub(r"[^\W\d_]+", "a", text.strip()))


def without_rows(sheet: Sheet, places: Iterable[int]) -> Sheet:
    """A sheet without the rows at these places, from 0."""
    places = list(places)
    if not places:
        return sheet
    stay = np.ones(len(sheet.rows), dtype=bool)
    stay[places] = False
    return replace(
        sheet,
        cells=sheet.cells[stay].reset_index(drop=True),
        rows=sheet.rows[stay],
        sheet_of_row=None if sheet.sheet_of_row is None else sheet.sheet_of_row[stay],
    )
