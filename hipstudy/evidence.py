"""The table of what was read: one number of one publication a row, with where it stands."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hipstudy.places import place


@dataclass(frozen=True)
class Evidence:
    """One row of ``data/evidence.csv``."""

    id: str
    quantity: str
    value: str
    interval: str
    unit: str
    population: str
    citation: str
    doi_or_url: str
    read: str


@cache
def rows() -> Mapping[str, Evidence]:
    """What was read, by id."""
    with place("data", "evidence.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: Evidence(**row) for row in csv.DictReader(file)}
