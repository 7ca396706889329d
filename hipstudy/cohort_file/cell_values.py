"""The columns of a cohort file as numbers and words; cells that are neither are findings."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file.findings import SIDES, Source
from hipstudy.cohort_file.parse import DATE, MARKS, MISSING, TEXT, UNIT, read, week
from hipstudy.cohort_file.plain_decimals import PlainDecimals
from hipstudy.cohort_file.runner_codes import look
from hipstudy.cohort_file.schema import find, own_names
from hipstudy.errors import Finding
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
_PERCENT = re.compile(r"(?<=[\d.,])\s*%\s*$")
_RULES = {TEXT: "no_number", UNIT: "number_with_unit", DATE: "date", MARKS: "decimal_marks"}


def typed(
    source: Source,
    masks: Mapping[int, NDArray[np.bool_]],
    decimals: Mapping[int, PlainDecimals],
    *,
    turned: bool,
) -> tuple[pd.DataFrame, list[Finding]]:
    """Read every column of the format.

    Parameters
    ----------
    source
        The sheet.
    masks
        Cells that must not be read, by position.
    decimals
        Columns of plain decimals only, by position, as they were found to be.
    turned
        Whether angles were written extension negative: the Thomas angle and the angle at which
        torque was tested change sign here, for both are angles of hip extension.

    Returns
    -------
    pandas.DataFrame
        Every column of the format; NaN or None where there is no value. Words that were not
        understood are still there as text.
    list of Finding
        Cells that are no numbers.
    """
    series: dict[str, pd.Series] = {}
    findings: list[Finding] = []
    for name in dict.fromkeys((*own_names(), *source.positions)):
        kind = find(name).kind
        if name not in source.positions:
            nothing, dtype = (np.nan, float) if kind == "number" else (None, object)
            series[name] = pd.Series(nothing, index=range(len(source.rows)), dtype=dtype)
            continue
        position = source.positions[name]
        cells = source.cells[position].to_numpy(dtype=object)
        if position in masks:
            cells = np.where(masks[position], None, cells)
        if kind == "number":
            if position in decimals and name != "week":
                values = decimals[position].values
            else:
                values, problems = _numbers(source, name, cells)
                findings += problems
            series[name] = pd.Series(-values if turned and name in TURNED else values)
        else:
            words = _words(cells, WORDS.get(kind, {}))
            spelt = {"arm": _arms, "id": _codes}.get(kind)
            series[name] = spelt(words) if spelt else words
    return pd.DataFrame(series), findings


def filled_in(source: Source, name: str) -> NDArray[np.bool_]:
    """Rows in which a column of the format says something, whether or not it can be read."""
    cells = source.cells[source.positions[name]]
    codes, distinct = pd.factorize(cells.to_numpy(dtype=object))
    says = [" ".join(str(text).split()).casefold() not in MISSING for text in distinct]
    return np.array([*says, False], dtype=bool)[codes]  # code -1, of None, is the last


def _numbers(
    source: Source, name: str, cells: NDArray[np.object_]
) -> tuple[NDArray[np.float64], list[Finding]]:
    if name == "week":
        codes, distinct = pd.factorize(cells)
        cells = np.array([*map(week, distinct), None], dtype=object)[codes]
    unit = find(name).unit
    if unit == "%":  # the sign says what the unit says
        bare = [_PERCENT.sub("", cell) if cell and "%" in cell else cell for cell in cells]
        numbers = read(pd.Series(bare, dtype=object))
    else:
        numbers = read(pd.Series(cells, dtype=object))
    findings: list[Finding] = []
    for kind, rule in _RULES.items():
        if name == "week" and kind != MARKS:
            rule = f"{rule}_of_weeks"
        wrong = numbers.kind == kind
        if kind == UNIT and wrong.any():
            signs = np.array([bool(cell) and "%" in cell for cell in cells], dtype=bool)
            at = np.flatnonzero(wrong & signs)
            findings += source.each("percentage", column=name, where=at, unit=unit)
            wrong &= ~signs
        findings += source.each(rule, column=name, where=np.flatnonzero(wrong))
    if numbers.mixed:
        few = min(numbers.comma, numbers.point, key=np.count_nonzero)
        at = np.flatnonzero(few)
        text = source.safe_text(name, int(at[0]))
        findings.append(source.once("mixed_decimal_marks", column=name, where=at, value=text))
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
