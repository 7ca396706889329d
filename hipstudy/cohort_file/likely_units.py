"""Which other unit a number may be in: only one in which it would be an ordinary value."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hipstudy.cohort_file.schema import Column
from hipstudy.cohort_file.word_tables import word_table

_MOST_OF = 0.8  # of the numbers: a column has its typing errors in any unit


def likely_units(column: Column, values: ArrayLike) -> list[str]:
    """Units in which most of these numbers would be likely, each with how to convert it.

    Parameters
    ----------
    column
        The column that they stand in.
    values
        Numbers that are past what is possible or likely there.

    Examples
    --------
    >>> from hipstudy.cohort_file.schema import find
    >>> likely_units(find("mass_kg"), [154]), likely_units(find("mass_kg"), [9000])
    (['pounds: multiply by 0.4536'], [])
    """
    numbers = np.atleast_1d(np.asarray(values, dtype=float))
    units = word_table("likely_units.toml").get(column.name, ())
    return [unit["words"] for unit in units if _fit(column, unit, numbers).mean() >= _MOST_OF]


def _fit(column: Column, unit: dict, numbers: NDArray[np.float64]) -> NDArray[np.bool_]:
    low, high = unit.get("written") or column.plausible or (np.nan, np.nan)
    converted = numbers * unit.get("times", 1)
    return (converted >= low) & (converted <= high)
