"""Where runners come from: drawn, open data, the package's made-up example, or a clinic's file.

Whoever tries the package out takes rows of the example away or changes a value. What is left is as
made up as the whole, so that the example is known by its runners' codes, not by its bytes.
"""

import csv
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hipstudy.cohort_file import rbds
from hipstudy.cohort_file.clinic import luck_keys
from hipstudy.cohort_file.template import EXAMPLE
from hipstudy.model.cohort import DRAWN, Cohort
from hipstudy.resources import place

Origin = Literal["drawn", "rbds", "example", "file"]


def origin(cohort: Cohort) -> Origin:
    """Where a cohort's runners come from, as the templates of reports call it."""
    if cohort.source == DRAWN:
        return "drawn"
    if cohort.source == rbds.SOURCE:
        return "rbds"
    return "example" if is_example(cohort) else "file"


def is_example(cohort: Cohort) -> bool:
    """Whether every runner is one of the package's made-up example; some of them are enough."""
    return bool(cohort.n_runners and np.isin(cohort.key, _example_keys()).all())


@cache
def _example_keys() -> NDArray[np.uint64]:
    with place("data", EXAMPLE).open(encoding="utf-8", newline="") as file:
        return luck_keys(sorted({row["runner_id"] for row in csv.DictReader(file)}))
