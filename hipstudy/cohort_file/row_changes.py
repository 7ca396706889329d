"""What changed between two states of a cohort file: rows and runners new and gone, cells changed.

Both are compared as they are read, not as they are written: another order of rows or columns,
another format of numbers, dates or of the file is no change. A row is that of a runner, a side and
a visit. Codes of runners are in what is returned, for the owner of the files.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.cohort_file.runner_codes import nearly_alike

if TYPE_CHECKING:
    import pandas as pd

NEW, GONE, CHANGED = "new", "gone", "changed"
COLUMNS = ("runner", "visit", "column", "kind", "side")
VALUES = ("then", "now")
_KEYS = ["runner_id", "side", "visit", "turn"]
_NO_CONTENT = frozenset(("runner", "file_row", "runner_id", "side", "week", "day"))
_ALIKE = 1e-9  # of a value: what conversions of units leave


@dataclass(frozen=True, eq=False)
class RowChanges:
    """What changed between two states of a file.

    Parameters
    ----------
    edits
        One row for each row of the file that is new or gone, for each column that is, and for each
        cell that changed: ``COLUMNS``, and its values then and now. ``column`` is empty where a
        whole row is told, runner and visit where a whole column is.
    is_old
        By the index of the rows now: whether a row was there then, whatever its cells.
    n_then, n_now
        Rows of both states.
    new_runners, gone_runners
        How many have rows in one of the states only.
    respelled
        How many codes that are new differ from a code that is gone in capitals, zeros or signs
        only: they may be the same runners.
    """

    edits: "pd.DataFrame"
    is_old: "pd.Series"
    n_then: int
    n_now: int
    new_runners: int
    gone_runners: int
    respelled: int

    def of_kind(self, kind: str) -> "pd.DataFrame":
        """Edits of rows and cells of one kind."""
        return self.edits[(self.edits["kind"] == kind) & (self.edits["runner"] != "")]

    def n_runners(self, kind: str) -> int:
        """How many runners edits of one kind are of."""
        return int(self.of_kind(kind)["runner"].nunique())

    @property
    def other_columns(self) -> "pd.DataFrame":
        """Columns that only one of the states has."""
        return self.edits[self.edits["runner"] == ""]

    def owners_table(self, *, show_values: bool) -> "pd.DataFrame":
        """The edits as their owner gets them, the values in it only where they are asked for."""
        columns = [*COLUMNS, *VALUES] if show_values else list(COLUMNS)
        return self.edits[columns]


def row_changes(
    then: "pd.DataFrame",
    now: "pd.DataFrame",
    names_then: Collection[str],
    names_now: Collection[str],
) -> RowChanges:
    """Compare two states of a cohort file.

    Parameters
    ----------
    then, now
        Rows with codes, as ``clinic.read_with_codes`` gives them.
    names_then, names_now
        Columns that each file has.
    """
    import pandas as pd

    old, new = _by_key(then), _by_key(now)
    both = old.index.intersection(new.index, sort=False)
    left, right = old.loc[both], new.loc[both]
    content = [name for name in dict.fromkeys([*then, *now]) if name not in _NO_CONTENT]
    in_then, in_now = ({*names} & {*content} for names in (names_then, names_now))
    parts = [
        _of_rows(new.index.difference(both, sort=False), NEW),
        _of_rows(old.index.difference(both, sort=False), GONE),
    ]
    for name in content:
        if name in in_then and name in in_now:
            parts.append(_of_cells(name, left[name], right[name]))
        elif name in in_then or name in in_now:
            kind = NEW if name in in_now else GONE
            parts.append(_rows(((("", "", "", 0), name, kind, None, None),)))
    edits = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    codes_then, codes_now = ({*frame["runner_id"]} for frame in (then, now))
    gone, come = codes_then - codes_now, codes_now - codes_then
    is_old = pd.Series(new.index.isin(both), index=new["row_"])
    return RowChanges(
        edits=edits,
        is_old=is_old.reindex(now.index),
        n_then=len(then),
        n_now=len(now),
        new_runners=len(come),
        gone_runners=len(gone),
        respelled=nearly_alike(come, gone),
    )


def _by_key(rows: "pd.DataFrame") -> "pd.DataFrame":
    """Rows by runner, side, visit, and their turn where a file has several of the same."""
    visit = rows["day"] / 7 if "day" in rows else rows["week"]
    frame = rows.assign(
        row_=rows.index,
        side=rows["side"].fillna("").astype(str),
        visit=visit.round(6).map(lambda week: "" if np.isnan(week) else f"{week:g}"),
    )
    turn = frame.groupby(["runner_id", "side", "visit"], sort=False).cumcount()
    return frame.assign(turn=turn).set_index(_KEYS, drop=False)


def _of_rows(keys: "pd.MultiIndex", kind: str) -> "pd.DataFrame":
    return _rows((key, "", kind, None, None) for key in keys)


def _of_cells(name: str, then: "pd.Series", now: "pd.Series") -> "pd.DataFrame":
    """Cells of a column that say something else now."""
    import pandas as pd

    if all(pd.api.types.is_numeric_dtype(one.dtype) for one in (then, now)):
        old, new = then.to_numpy(float), now.to_numpy(float)
        is_alike = np.isclose(old, new, rtol=_ALIKE, atol=0, equal_nan=True)
    else:
        pairs = zip(map(_plain, then), map(_plain, now), strict=True)
        is_alike = np.array([old == new for old, new in pairs], dtype=bool)
    at = np.flatnonzero(~is_alike)
    keys = then.index[at]
    cells = zip(keys, then.iloc[at], now.iloc[at], strict=True)
    return _rows((key, name, CHANGED, old, new) for key, old, new in cells)


def _plain(value: object) -> str:
    """A cell of words without what is no difference to the reader of the file."""
    if value is None or value != value:
        return ""
    return " ".join(str(value).split()).casefold()


def _rows(found: "Iterable[tuple[tuple[str, str, str, int], str, str, object, object]]",
          ) -> "pd.DataFrame":  # fmt: skip
    import pandas as pd

    lines = [
        (str(runner), visit, column, kind, side, _text(old), _text(new))
        for (runner, side, visit, _), column, kind, old, new in found
    ]
    return pd.DataFrame(lines, columns=[*COLUMNS, *VALUES], dtype=object)


def _text(value: object) -> str:
    """A value of a cell as text, empty where there is none."""
    if value is None or value != value:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
