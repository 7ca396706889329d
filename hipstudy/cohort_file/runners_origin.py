"""Where runners come from: drawn, open data, the package's made-up example, or a clinic's file.

Whoever tries the package out takes rows of the example away or changes a value. What is left is as
made up as the whole, so that the example is known by its runners' codes, not by its bytes. Whoever
writes people of their own over its rows may leave the codes: their body masses are others.
"""

import csv
from functools import cache
from typing import Literal

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
    masses_kg = _example_masses_kg()
    return bool(cohort.n_runners) and all(
        masses_kg.get(int(key)) == mass_kg
        for key, mass_kg in zip(cohort.key, cohort.mass_kg, strict=True)
    )


@cache
def _example_masses_kg() -> dict[int, float]:
    """Body mass of each runner of the example, by the key of the runner's code."""
    with place("data", EXAMPLE).open(encoding="utf-8", newline="") as file:
        mass_kg = {row["runner_id"]: float(row["mass_kg"]) for row in csv.DictReader(file)}
    return dict(zip(luck_keys(list(mass_kg)).tolist(), mass_kg.values(), strict=True))
