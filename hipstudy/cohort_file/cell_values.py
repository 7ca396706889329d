"""The columns of a cohort file as numbers and words; cells that are neither are findings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file.findings import SIDES, Source
from hipstudy.cohort_file.parse import DATE, MARKS, MISSING, TEXT, UNIT, read, week
from hipstudy.cohort_file.runner_codes import look
from hipstudy.cohort_file.schema import FAMILY, columns, find
from hipstudy.errors import ERROR, Finding
from hipstudy.prescription.protocol import preset_names

WORDS: Mapping[str, Mapping[str, object]] = {
    "side": SIDES,
    "sex": {"f": "F", "female": "F", "m": "M", "male": "M"},
    "yesno": {
        **dict.fromkeys(("yes", "y", "true", "1", "1.0"), True),
        **dict.fromkeys(("no", "n", "false", "0", "0.0"), False),
    },
}
TURNED = ("thomas_ext_deg", "torque_angle_ext_deg")  # angles of hip extension
_WEEKS = "Write weeks since baseline as a number: 0 at baseline, then 6 or 12."
_ALONE = "Write the number alone; the unit stands in the column's name."
_NO_PERCENT = (
    "Write the number alone, in the column's unit. In a workbook, give the cells the number format "
    "General first, and look whether the number is then the one that was measured."
)
_PERCENT = re.compile(r"(?<=[\d.,])\s*%\s*$")
_RULES = {
    TEXT: ("the rule is a number", "Empty the cell where nothing was measured."),
    UNIT: ("the rule is a number without a unit or sign after it", _ALONE),
    DATE: (
        "the rule is a number, not a date",
        "Spreadsheets make dates of numbers such as 7.5: format the cells as text, and type again.",
    ),
    MARKS: (
        "the rule is a number with one decimal mark and nothing between thousands",
        "Write 1234.5.",
    ),
}


@dataclass(frozen=True, eq=False)
class Typed:
    """A sheet in types.

    Parameters
    ----------
    frame
        Every column of the format; NaN or None where there is no value. Words that were not
        understood are still there as text.
    findings
        Cells that are no numbers.
    """

    frame: pd.DataFrame
    findings: tuple[Finding, ...]


def typed(source: Source, masks: Mapping[int, NDArray[np.bool_]], *, turned: bool) -> Typed:
    """Read every column of the format.

    Parameters
    ----------
    source
        The sheet.
    masks
        Cells that must not be read, by position.
    turned
        Whether angles were written extension negative: the Thomas angle and the angle at which
        torque was tested change sign here, for both are angles of hip extension.
    """
    series: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    family = [name for name in source.positions if name not in columns()]
    for name in (*(name for name in columns() if name != FAMILY), *family):
        column = find(name)
        kind = column.kind if column else ""
        if name not in source.positions:
            nothing = np.nan if kind == "number" else None
            dtype = float if kind == "number" else object
            series[name] = pd.Series(nothing, index=range(len(source.rows)), dtype=dtype)
            continue
        cells = source.cells[source.positions[name]].to_numpy(dtype=object)
        if (mask := masks.get(source.positions[name])) is not None:
            cells = np.where(mask, None, cells)
        if kind == "number":
            values, problems = _numbers(source, name, cells)
            findings += problems
            series[name] = pd.Series(-values if turned and name in TURNED else values)
        else:
            words = _words(cells, WORDS.get(kind, {}))
            spelt = {"arm": _arms, "id": _codes}.get(kind)
            series[name] = spelt(words) if spelt else words
    return Typed(pd.DataFrame(series), tuple(findings))


def _numbers(
    source: Source, name: str, cells: NDArray[np.object_]
) -> tuple[NDArray[np.float64], list[Finding]]:
    if name == "week":
        codes, distinct = pd.factorize(cells)
        cells = np.array([*map(week, distinct), None], dtype=object)[codes]
    column = find(name)
    signs = np.array([isinstance(cell, str) and "%" in cell for cell in cells], dtype=bool)
    if signs.any() and column and column.unit == "%":  # the sign says what the unit says
        cells = np.array(
            [_PERCENT.sub("", c) if sign else c for c, sign in zip(cells, signs, strict=True)],
            dtype=object,
        )
    numbers = read(pd.Series(cells, dtype=object))
    findings: list[Finding] = []
    for kind, (rule, mend) in _RULES.items():
        if kind == DATE and column and "date" in column.wrong_unit:
            mend = "Write weeks since baseline: 0 at baseline, then days divided by 7."
        elif name == "week" and kind in (TEXT, UNIT):
            mend = _WEEKS
        wrong = numbers.kind == kind
        if kind == UNIT and column and (wrong & signs).any():
            rule_of_signs = f"the rule is {column.unit}, and this is a percentage"
            at = np.flatnonzero(wrong & signs)
            findings += source.each(ERROR, rule_of_signs, _NO_PERCENT, column=name, where=at)
            wrong &= ~signs
        findings += source.each(ERROR, rule, mend, column=name, where=np.flatnonzero(wrong))
    if numbers.mixed:
        few = min(numbers.comma, numbers.point, key=np.count_nonzero)
        rule = "decimal commas and decimal points both occur in this column"
        mend = "Use one of them in the whole column."
        at = np.flatnonzero(few)
        text = source.safe_text(name, int(at[0]))
        findings.append(
            source.once(ERROR, rule, mend, column=source.name(name), where=at, value=text)
        )
    return numbers.values, findings


def _words(cells: NDArray[np.object_], words: Mapping[str, object]) -> pd.Series:
    codes, distinct = pd.factorize(cells)
    values: list[object] = []
    for text in distinct:
        plain = " ".join(text.split())
        nothing = plain.casefold() in MISSING
        values.append(None if nothing else words.get(plain.casefold(), plain))
    by_code = np.empty(len(values) + 1, dtype=object)  # the last is None, and code -1 points at it
    by_code[:-1] = values
    return pd.Series(by_code[codes], dtype=object)


def _arms(arms: pd.Series) -> pd.Series:
    """Spell arms that differ in case, spaces and dashes only as the preset, or as the first."""
    spelt = {_folded(name): name for name in preset_names()}
    table = {arm: spelt.setdefault(_folded(arm), arm) for arm in arms.dropna().unique()}
    return pd.Series([table.get(arm) for arm in arms], dtype=object)


def _codes(ids: pd.Series) -> pd.Series:
    """Codes as they look; one of nothing but marks that nobody sees is none."""
    table = {code: look(code) or None for code in ids.dropna().unique()}
    return pd.Series([table.get(code) for code in ids], dtype=object)


def _folded(arm: str) -> str:
    return re.sub(r"[\s_\u2010-\u2013-]+", "", arm.casefold()) or arm
