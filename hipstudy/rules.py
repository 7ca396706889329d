"""The rules of single cells: what can be true, and what is likely, from the table of columns.

The schema is pandera's, made when it is first needed. Guarded by ``tests/test_check.py``.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame, Series

from hipstudy.columns import FAMILY, Column, columns, find
from hipstudy.findings import ERROR, WARNING, Finding
from hipstudy.listed import Source
from hipstudy.typed import WORDS

if TYPE_CHECKING:
    import pandera.pandas as pandera

POSSIBLE, PLAUSIBLE, WORD, GIVEN = "possible", "plausible", "word", "not_nullable"
_GIVEN = ("runner_id", "side")
_NOTHING = "Empty the cell where nothing was measured."
_MISSPELT = {
    "side": "the rule is left or right",
    "sex": "the rule is F or M",
    "yesno": "the rule is yes or no",
}


@cache
def schema() -> "pandera.DataFrameSchema":
    """The rules of every column; a family of columns is one pattern."""
    import pandera.pandas as pandera

    made = {
        f"^{FAMILY}.+$" if name == FAMILY else name: pandera.Column(
            float if column.kind == "number" else object,
            list(_checks(column)),
            nullable=name not in _GIVEN,
            required=False,
            regex=name == FAMILY,
        )
        for name, column in columns().items()
    }
    return pandera.DataFrameSchema(made)


def _checks(column: Column) -> "Iterator[pandera.Check]":
    from pandera.pandas import Check

    if column.kind in WORDS:
        yield Check.isin(list(set(WORDS[column.kind].values())), name=WORD, n_failure_cases=1)
    if column.possible is None or column.plausible is None:
        return
    low, high = column.possible
    likely = column.plausible
    yield Check.in_range(low, high, name=POSSIBLE, n_failure_cases=1)

    def fits(values: "Series[float]") -> "Series[bool]":  # what is impossible is said already
        return values.between(*likely) | ~values.between(low, high)

    yield Check(fits, name=PLAUSIBLE, n_failure_cases=1)


def broken(frame: DataFrame) -> dict[tuple[str, str], NDArray[np.int64]]:
    """Places of the cells that break each rule, by column and rule."""
    from pandera.config import config_context
    from pandera.errors import SchemaErrors

    try:
        with config_context(validation_enabled=True):
            schema().validate(frame, lazy=True)
    except SchemaErrors as errors:
        found = {}
        for error in errors.schema_errors:
            name = str(error.column_name or error.schema.name)
            rule = getattr(error.check, "name", None) or str(error.check)
            if rule == GIVEN:
                at = np.flatnonzero(frame[name].isna())
            else:
                kept = error.check_output
                at = np.sort(kept.index[~kept.to_numpy(dtype=bool)].to_numpy(dtype=np.int64))
            found[name, rule] = at
        return found
    return {}


def check(
    source: Source,
    frame: DataFrame,
    hidden: Mapping[int, NDArray[np.bool_]],
    covered: Mapping[str, NDArray[np.bool_]],
) -> list[Finding]:
    """Check every cell.

    Parameters
    ----------
    source
        The sheet.
    frame
        As ``hipstudy.typed`` gives it.
    hidden
        Cells with identifiers, said before, by position.
    covered
        Cells that a finding about their whole column covers, by name.
    """
    findings: list[Finding] = []
    for (name, rule), at in broken(frame).items():
        column = find(name)
        if column is None or name not in source.positions:
            continue
        mask = hidden.get(source.positions[name])
        if rule == GIVEN and mask is not None:
            at = at[~mask[at]]
        if name in covered:
            at = at[~covered[name][at]]
        if rule == POSSIBLE:
            nothing = frame[name].to_numpy(dtype=float)[at] == 0
            said = _range(column)
            findings += source.each(ERROR, said, _NOTHING, column=name, where=at[nothing])
            at = at[~nothing]
        findings += _said(source, column, name, rule, at)
    return findings


def _said(
    source: Source, column: Column, name: str, rule: str, at: NDArray[np.int64]
) -> list[Finding]:
    if rule == GIVEN:
        mend = "Fill it in, or delete the row."
        return source.each(ERROR, "every row needs one", mend, column=name, where=at, hide=True)
    if rule == WORD:
        mend = "Own words for it can be named in a mapping file."
        return source.each(ERROR, _MISSPELT[column.kind], mend, column=name, where=at)
    hide = name == "age_y" and rule == POSSIBLE  # it may be a date of birth as a number
    if rule == POSSIBLE:
        mend = "Look it up again"
        mend += f"; such numbers are often {column.wrong_unit}." if column.wrong_unit else "."
        return source.each(ERROR, _range(column), mend, column=name, where=at, hide=hide)
    low, high = column.plausible or (0.0, 0.0)
    said = f"it is possible, but seldom outside {low:g} to {high:g} {column.unit}"
    return source.each(WARNING, said, "Look it up again.", column=name, where=at)


def _range(column: Column) -> str:
    low, high = column.possible or (0.0, 0.0)
    return f"the rule is a number from {low:g} to {high:g} {column.unit}"
