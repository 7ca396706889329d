"""The columns of a cohort file: one row per runner, side and visit.

``data/cohort_columns.csv`` is the truth: what a column means, its unit, what can be true of it and
what is likely. The template, its dictionary and every check come from there.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hipstudy.resources import place

CHOICES = {"side": ("left", "right"), "sex": ("F", "M"), "yesno": ("yes", "no")}  # of a kind
FAMILY = "hagos_"  # any column whose name starts so is one of a family


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    name
        As in the file's head; ``hagos_`` stands for a family.
    kind
        ``id``, ``arm``, ``number``, or one of those in ``CHOICES``.
    unit
        Of a number.
    need
        ``required``, ``outcome`` (one of these at least has a value somewhere), or ``optional``.
    possible, plausible
        Ends of what can be true, and of what is likely; None for what is no number.
    wrong_unit
        What a number past them often is, and how to mend it.
    meaning, how
        What it is, and how to measure or write it.
    """

    name: str
    kind: str
    unit: str
    need: str
    possible: tuple[float, float] | None
    plausible: tuple[float, float] | None
    wrong_unit: str
    meaning: str
    how: str


def _ends(row: Mapping[str, str], which: str) -> tuple[float, float] | None:
    low, high = row[f"{which}_low"], row[f"{which}_high"]
    return (float(low), float(high)) if low else None


@cache
def columns() -> Mapping[str, Column]:
    """Every column by name, in the order of the template."""
    with place("data", "cohort_columns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = ("name", "kind", "unit", "wrong_unit", "meaning", "how")
    return {
        row["name"]: Column(
            **{text: row[text] for text in texts},
            need=row["needed"],
            possible=_ends(row, "possible"),
            plausible=_ends(row, "plausible"),
        )
        for row in rows
    }


def find(name: str) -> Column | None:
    """The column that a head names; None when the format has none of this name.

    Examples
    --------
    >>> find("mass_kg").unit, find("hagos_sport").unit, find("mass")
    ('kg', 'points', None)
    """
    known = columns()
    if name in known and name != FAMILY:
        return known[name]
    return known[FAMILY] if name.startswith(FAMILY) and len(name) > len(FAMILY) else None


def own_names() -> tuple[str, ...]:
    """Columns with a name of their own: all but the family, of which a clinic names each."""
    return tuple(name for name in columns() if name != FAMILY)


def outcomes() -> tuple[str, ...]:
    """Columns of which at least one must have a value somewhere."""
    return tuple(name for name, column in columns().items() if column.need == "outcome")
