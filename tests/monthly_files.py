"""Twelve monthly states of one made-up cohort file, with forty planted edits and no other change.

Each month is written in another way: order of rows and columns, decimal marks, blanks, CSV or
workbook. None of that is an edit.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from openpyxl import Workbook

from hipstudy.resources import place

MONTHS, EDITS = 12, 40
_CELLS = ("tightness_nrs", "thomas_ext_deg", "discomfort_nrs", "mass_kg", "end_range_torque_nm_kg")
KEYS = ["runner_id", "side", "week"]


@dataclass(frozen=True)
class Month:
    """A state of the file, and what changed since the month before: as ``edits.csv`` says it."""

    path: Path
    rows: pd.DataFrame
    edits: frozenset
    n_planted: int


def example():
    return pd.read_csv(place("data", "example_cohort.csv"), dtype=str, keep_default_na=False)


def whole(rows, kind):
    """New or gone rows as edits."""
    return {(r, w, "", kind, s) for r, s, w in rows[KEYS].itertuples(index=False)}


def months(folder, seed=1):
    """Write the twelve files; the first has no edits."""
    rng, every = np.random.default_rng(seed), example()
    runners = list(dict.fromkeys(every["runner_id"]))
    # Seen so far: 26 runners at first, two more a month; some second visits are entered late.
    late = every[(every["week"] != "0") & every["runner_id"].isin(runners[:26])]
    late = late.drop_duplicates(["runner_id", "week"]).sample(11, random_state=seed)
    late_keys = [tuple(one) for one in late[["runner_id", "week"]].to_numpy()]
    is_late = pd.Series([*zip(every["runner_id"], every["week"], strict=True)]).isin(late_keys)
    rows = every[every["runner_id"].isin(runners[:26]) & ~is_late.to_numpy()]
    made = [Month(_write(rows, folder, 0, rng), rows, frozenset(), 0)]
    planted = [3, 4, 4, 3, 4, 4, 3, 4, 4, 3, 4]
    assert sum(planted) == EDITS
    for at, n in enumerate(planted, start=1):
        new = every[every["runner_id"].isin(runners[26 + 2 * (at - 1) : 26 + 2 * at])]
        late_now = every[[pair == late_keys[at - 1] for pair in
                          zip(every["runner_id"], every["week"], strict=True)]]  # fmt: skip
        edits = whole(new, "new") | whole(late_now, "new")
        later = rows[(rows["week"] == "6")]
        gone = later.sample(1, random_state=at) if at % 3 == 0 else later.iloc[:0]
        edits |= whole(gone, "gone")
        rows = rows.drop(gone.index)
        changed = rows.copy()
        for index in rng.choice(rows.index, n - len(gone), replace=False):
            column = _CELLS[int(rng.integers(len(_CELLS)))]
            old = changed.loc[index, column]
            value = "" if old and rng.random() < 0.2 and changed.loc[index, "week"] != "0" else None
            value = value if value is not None else _another(column, old)
            changed.loc[index, column] = value
            r, s, w = changed.loc[index, KEYS]
            edits.add((r, w, column, "changed", s))
        rows = pd.concat([changed, new, late_now])
        made.append(Month(_write(rows, folder, at, rng), rows, frozenset(edits), n))
    return made


def _another(column, old):
    if column == "mass_kg":
        return f"{float(old or 60) + 1.5:.1f}"
    if column == "end_range_torque_nm_kg":
        return f"{float(old or 1.5) + 0.11:.2f}"
    return str(int(float(old or 4)) + 1 if float(old or 4) < 9 else 3)


def _write(rows, folder, at, rng):
    """The rows in the month's own way."""
    table = rows.sample(frac=1, random_state=at) if at % 3 == 2 else rows
    table = table[list(rng.permutation(table.columns))] if at % 2 else table
    if at % 4 == 1:
        return _workbook(table, folder / f"month {at}.xlsx")
    if at % 4 == 2:
        table = table.map(lambda cell: cell.replace(".", ",") if _is_number(cell) else cell)
        text = table.to_csv(index=False, sep=";")
    elif at % 4 == 3:
        table = table.map(lambda cell: f" {cell} " if cell else cell)
        text = table.to_csv(index=False)
    else:
        text = table.to_csv(index=False)
    path = folder / f"month {at}.csv"
    path.write_text(text, encoding="utf-8")
    return path


def _workbook(table, path):
    book = Workbook()
    book.active.append(list(table.columns))
    for row in table.itertuples(index=False):
        book.active.append([float(cell) if _is_number(cell) else cell or None for cell in row])
    book.save(path)
    return path


def _is_number(cell):
    try:
        float(cell)
    except ValueError:
        return False
    return True
