"""Tables of counts and means, and which of their cells are hidden.

Counts of flow and of harms are shown as they are: a report must have them. What characterises
runners tells about five or more of them, unless the owner of the data asks for all
(``small_cells``). The number is ``cohort_least_runners``. A hidden number is NaN, and the column
``instead`` says why: ``<5``, ``not shown`` (one of several parts of a known whole, hidden so that
none follows from the others; which of them is small is not said) or ``not recorded``.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from hipstudy.labels import format_number as as_text
from hipstudy.labels import percent
from hipstudy.parameters import number

if TYPE_CHECKING:
    from pandas import DataFrame, Series

NOT_RECORDED, NOT_SHOWN = "not recorded", "not shown"
NUMBERS = ("n", "n_runners", "n_limbs", "share", "mean", "sd", "median", "q1", "q3")
OF = "of"  # the runners that n or share is a part of


def least() -> int:
    """Fewest runners that a number may tell about."""
    return int(number("cohort_least_runners"))


def runners_revealed(n: float, whole: int) -> float:
    """Whom a count tells about: in a group that is small itself, 0 and all tell about everybody.

    Examples
    --------
    >>> runners_revealed(0, 12), runners_revealed(0, 3)
    (0, 3)
    """
    return n if whole >= least() or np.isnan(n) else whole


def fewest_at_both(
    observations: "DataFrame", outcome: str, week: float, arms: tuple[str, ...]
) -> int:
    """Runners with a limb measured at baseline and at a visit, in the smallest of some arms."""
    frame = observations[observations[outcome].notna()]
    keys = ["arm", "runner", "side"]
    both = frame.loc[frame["week"] == 0, keys].merge(frame.loc[frame["week"] == week, keys])
    return min(both.loc[both["arm"] == arm, "runner"].nunique() for arm in arms)


def too_small(n: int, of: int) -> bool:
    """Whether a part of a group, or the rest of the group, is so small that it is not told."""
    return 0 < n < least() or 0 < of - n < least()


def part(n: int, of: int, *, small_cells: bool = False) -> str:
    """A part of a group in words, without a number that would tell about few runners.

    With ``small_cells`` the number is told all the same.

    Examples
    --------
    >>> part(9, 20), part(3, 20), part(18, 20)
    ('45 % (9 of 20)', 'fewer than 5 of 20', 'all but a few of 20')
    """
    if too_small(n, of) and not small_cells:
        return f"fewer than {least()} of {of}" if n < least() else f"all but a few of {of}"
    return f"{percent(n / of)} ({n} of {of})"


@dataclass(frozen=True)
class Row:
    """One row of a table."""

    values: tuple[Any, ...]  # in the order of the columns
    behind: float  # runners whom its numbers tell about; NaN where nothing was recorded
    whole: str = ""  # rows with the same are parts of a number of runners that is known


def table(rows: Iterable[Row], names: str, *, small_cells: bool = False) -> "DataFrame":
    """Rows as a frame, without the numbers that would tell about few runners.

    ``names`` has the columns, with blanks between. Those in ``NUMBERS`` are hidden where they must
    be, unless ``small_cells`` hides nothing, and ``instead`` is added. 0 is told: it is about
    nobody.
    """
    import pandas as pd

    rows = list(rows)
    frame = pd.DataFrame([row.values for row in rows], columns=names.split())
    behind = pd.Series([row.behind for row in rows], dtype=float)
    whole = pd.Series([row.whole for row in rows], dtype=object)
    why = [behind.isna(), behind.between(1, least() - 1) & (not small_cells)]
    frame["instead"] = np.select(why, [NOT_RECORDED, f"<{least()}"], "").astype(object)
    if not small_cells:
        for name in sorted(set(whole) - {""}):
            frame.loc[_not_shown(behind[whole == name]), "instead"] = NOT_SHOWN
    numeric = [name for name in (*NUMBERS, OF, "week") if name in frame]
    frame[numeric] = frame[numeric].astype(float)
    frame.loc[frame["instead"] != "", [name for name in numeric if name in NUMBERS]] = np.nan
    return frame


def _not_shown(parts: "Series") -> list[Any]:
    """Parts of a whole to hide, so that the small ones do not follow from it and from the rest.

    Two at least, five runners at least in them, and of equal ones all: which of two equal ones is
    hidden would tell that the small one is no smaller.
    """
    parts = parts[parts > 0].sort_values(kind="stable")
    n = int((parts < least()).sum())
    while 0 < n < len(parts) and (
        parts.iloc[:n].sum() < least() or parts.iloc[n] == parts.iloc[n - 1]
    ):
        n += 1
    return list(parts.index[:n]) if n > 1 else []


def printable(frame: "DataFrame") -> "DataFrame":
    """A table as it is printed: the same rows, with their numbers as one text, ``printable``.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"item": "age_y", "n": 12, "mean": 31.46, "sd": 6.2, "instead": ""}
    >>> printable(pd.DataFrame([row])).to_dict("records")
    [{'item': 'age_y', 'shown': '31.5 (6.2)'}]
    """
    texts = [_said(row) for row in frame.to_dict("records")]
    return frame.drop(columns=[*NUMBERS, OF, "instead"], errors="ignore").assign(shown=texts)


def _said(row: dict[str, Any]) -> str:
    """Mean (SD), n (share), or what is said instead; of how many where that is known."""
    n, share, mean, whole = (row.get(name, np.nan) for name in ("n", "share", "mean", OF))
    whole = "" if np.isnan(whole) else f" of {whole:.0f}"
    if row["instead"]:
        return row["instead"] + (whole if row["instead"] != NOT_RECORDED else "")
    if not np.isnan(mean):
        digits = 2 if row.get("unit") == "Nm/kg" else 1
        return f"{as_text(mean, digits)} ({as_text(row['sd'], digits)})"
    if np.isnan(n):
        return f"{percent(share)}{whole}"
    return f"{n:.0f}{whole}" + ("" if np.isnan(share) else f" ({percent(share)})")
