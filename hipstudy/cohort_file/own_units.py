"""Columns in a unit of the clinic's own, as the part ``[units]`` of a mapping file says.

Such as::

    [units]
    end_range_torque_nm_kg = "kgf"
    lever_arm_cm = 38                # or the name of a column of the file
    mass_kg = "lb"

A conversion that lacks a number it needs is an error, and the number is never guessed.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.parse import read
from hipstudy.cohort_file.schema import find
from hipstudy.cohort_file.word_tables import say, word_table
from hipstudy.errors import Finding, Problem, nearest

LEVER = "lever_arm_cm"
_LEVERS_CM = (5, 80)  # of a dynamometer's pad on a thigh or a shin; past it, m or mm are meant
_CONVERSIONS: Mapping[str, Mapping[str, Mapping[str, Any]]] = word_table("units.toml")
_MASS = "mass_kg"
_NEVER_BESIDE = ("week", "age_y")  # what stands there may be a date of birth as a number


@dataclass(frozen=True, eq=False)
class UnitReading:
    """Numbers in the units of the format.

    Parameters
    ----------
    values
        Every column of the format.
    source
        The same cells, those that were converted with their number beside what stands there.
    findings
        Numbers that could not be converted.
    """

    values: pd.DataFrame
    source: Source
    findings: tuple[Finding, ...] = ()


def units_of(column: str) -> tuple[str, ...]:
    """Units that a mapping file may name for a column of ours."""
    return tuple(_CONVERSIONS.get(column, ()))


def force_units(column: str) -> tuple[str, ...]:
    """Those of them that are a force, and need a lever arm."""
    rules = _CONVERSIONS.get(column, {})
    return tuple(unit for unit, rule in rules.items() if rule.get("needs") == "lever")


def unit_problems(table: Any, file: str) -> Iterator[Problem]:
    """What is wrong with the part ``[units]`` of a mapping file."""
    where = f"{file}, [units]"

    def problem(entry: str, value: object, rule: str, **facts: object) -> Problem:
        return Problem(f"{where}, {entry}", str(value), **say(rule, **facts))

    if not isinstance(table, dict):
        yield Problem(where, str(table), **say("rule_of_units"))
        return
    lever = table.get(LEVER)
    if lever is not None and not _is_lever(lever):
        low, high = _LEVERS_CM
        yield problem(LEVER, lever, "rule_of_lever", low=low, high=high)
    for name, unit in table.items():
        units = units_of(name)
        if name == LEVER:
            continue
        if not units:
            yield problem(name, name, "no_units_of", near=nearest(name, _CONVERSIONS))
        elif isinstance(unit, str) and "%" in unit:
            yield problem(name, unit, "unit_of_deficit", units=", ".join(units))
        elif unit not in units:
            own = find(name).unit
            yield problem(name, unit, "unknown_unit", units=", ".join(units), own=own)
        elif lever is None and _forces({name: unit}):
            yield problem(name, unit, "no_lever", unit=unit)


def _is_lever(lever: Any) -> bool:
    if isinstance(lever, str):
        return bool(lever.strip())
    is_number = isinstance(lever, (int, float)) and not isinstance(lever, bool)
    return is_number and _LEVERS_CM[0] <= lever <= _LEVERS_CM[1]


def to_format_units(
    values: pd.DataFrame,
    source: Source,
    header: tuple[str, ...],
    units: Mapping[str, Any],
    file: str,
) -> UnitReading:
    """Convert the columns that a mapping names.

    Parameters
    ----------
    values, source
        Numbers as they stand in the file, and its cells.
    header
        Names of all columns, ours where they are translated.
    units
        The part ``[units]`` of the mapping file.
    file
        Name of the mapping file.

    Returns
    -------
    UnitReading
        A number that could not be converted is NaN there, and an error.
    """
    here = _here(units, source.positions)
    findings = [
        source.once("unit_without_column", name=name, mapping=file)
        for name in units
        if name != LEVER and name not in source.positions
    ]
    lever = _lever(units.get(LEVER), source, header, file, findings) if _forces(here) else None
    raw, values, cells = values, values.copy(), source.cells.copy()
    mass = None
    for name, unit in here.items():
        rule = _CONVERSIONS[name][unit]
        numbers = raw[name].to_numpy(dtype=float) * rule["factor"]
        if lever is not None and unit in force_units(name):
            numbers = _times(numbers, lever, source, name, "row_without_lever", findings)
        if rule.get("needs"):
            mass = _masses(values, source, findings) if mass is None else mass
            numbers = _times(numbers, 1 / mass, source, name, "row_without_mass", findings)
        values[name] = numbers
        if name not in _NEVER_BESIDE:
            at = source.positions[name]
            cells[at] = _beside(source.cells[at], numbers)
    return UnitReading(values, replace(source, cells=cells), tuple(findings))


def _here(units: Mapping[str, Any], names: Collection[str]) -> dict[str, str]:
    """Units of the columns that there are; mass first, for others are divided by it."""
    here = {name: unit for name, unit in units.items() if name != LEVER and name in names}
    return dict(sorted(here.items(), key=lambda one: one[0] != _MASS))


def _forces(here: Mapping[str, str]) -> bool:
    return any(unit in force_units(name) for name, unit in here.items())


def _beside(texts: "pd.Series[str]", numbers: NDArray[np.float64]) -> list[str | None]:
    """The number as it was converted, and what stands in the cell."""
    return [
        f"{number:.4g} (from {text})" if text is not None and np.isfinite(number) else text
        for text, number in zip(texts, numbers, strict=True)
    ]


def lever_column(units: Mapping[str, Any]) -> str:
    """Name of the column with the lever arm, folded; empty where a number says it."""
    lever = units.get(LEVER)
    return folded(lever) if isinstance(lever, str) else ""


def conversion_notes(units: Mapping[str, Any], header: Collection[str]) -> tuple[str, ...]:
    """How each column is converted, in sentences."""
    notes = []
    said = units.get(LEVER)
    lever = say("lever_of_column" if isinstance(said, str) else "lever_of_all", lever=said or 0)
    for name, unit in _here(units, header).items():
        rule = _CONVERSIONS[name][unit]
        facts = {"factor": f"{rule['factor']:.6g}", "lever": lever["rule"], "ours": find(name)}
        entry = {"": "converted_by_factor", "mass": "converted_by_mass"}.get(
            rule.get("needs", ""),
            "converted_from_newton" if unit == "N" else "converted_by_lever",
        )
        notes.append(say(entry, name=name, unit=unit, **facts)["rule"])
    return tuple(notes)


def _times(
    numbers: NDArray[np.float64],
    by: NDArray[np.float64],
    source: Source,
    name: str,
    rule: str,
    findings: list[Finding],
) -> NDArray[np.float64]:
    """A product, and an error for the rows of which the other number is not known."""
    lacking = np.flatnonzero(np.isfinite(numbers) & ~np.isfinite(by))
    if len(lacking) and not any(one.rule == say("no_column_of_mass")["rule"] for one in findings):
        findings.append(source.once(rule, column=name, where=lacking))
    return numbers * by


def _masses(values: pd.DataFrame, source: Source, findings: list[Finding]) -> NDArray[np.float64]:
    """Body mass of each row; that of the runner's other rows where these have one and the same."""
    if _MASS not in source.positions:
        findings.append(source.once("no_column_of_mass"))
        return np.full(len(values), np.nan)
    mass = values[_MASS].where(values[_MASS] > 0)
    of_runner = mass.groupby(values["runner_id"].astype(object), dropna=True)
    only = of_runner.transform("first").where(of_runner.transform("nunique") == 1)
    return mass.fillna(only).to_numpy(dtype=float)


def _lever(
    said: Any, source: Source, header: tuple[str, ...], file: str, findings: list[Finding]
) -> NDArray[np.float64]:
    """Lever arm of each row, in m."""
    if said is None or not isinstance(said, str):
        return np.full(len(source.rows), np.nan if said is None else said / 100)
    at = [k for k, name in enumerate(header) if folded(name) == folded(said)]
    if len(at) != 1:
        findings.append(source.once("no_column_of_lever", column=None, name=said, mapping=file))
        return np.full(len(source.rows), np.nan)
    lever = read(source.cells[at[0]]).values
    low, high = _LEVERS_CM
    wrong = np.flatnonzero(np.isfinite(lever) & ~((lever >= low) & (lever <= high)))
    if len(wrong):
        findings.append(source.once("lever_in_no_cm", column=said, where=wrong, low=low, high=high))
    lever[wrong] = np.nan
    return lever / 100
