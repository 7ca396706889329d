"""The stored draws of the calibrated parameters, as ``make calibrate`` left them in ``data/``.

They are read and never made here. They are refused where the rows of ``data/parameters.csv`` that
they began from have changed since.
"""

import csv
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from hipstudy.arrays import Array
from hipstudy.errors import DataProblems, Problem

DRAWS, TABLE, FACTS = "calibrated_draws.csv", "calibration.csv", "calibration.toml"
MEND = "Run `make calibrate`, and read what it changes."


def digest(content: object) -> str:
    """SHA-256 of a value that JSON can hold, in hexadecimal digits; the order of keys is no matter.

    Examples
    --------
    >>> digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})
    True
    """
    return sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, eq=False)
class CalibratedDraws:
    """Values that the calibration trials leave likely.

    Parameters
    ----------
    columns
        Parameter -> its draws, (rows,); the draws of one row belong together.
    medians
        Parameter -> the median of what is left likely.
    facts
        What ``calibration.toml`` says: effective sample size, seed, trials, fingerprint...
    """

    columns: Mapping[str, Array]
    medians: Mapping[str, float]
    facts: Mapping[str, Any]

    @property
    def n_rows(self) -> int:
        """How many draws are stored."""
        return len(next(iter(self.columns.values())))


def read(folder: Path, priors: Mapping[str, str]) -> CalibratedDraws:
    """Read the three files.

    Parameters
    ----------
    folder
        Where they are.
    priors
        Parameter -> digest of its prior law as it is now.

    Raises
    ------
    DataProblems
        Where a prior law has changed since, or the files were not made together.
    """
    facts = tomllib.loads((folder / FACTS).read_text(encoding="utf-8"))
    problems = [
        Problem(
            f"data/{FACTS}, priors, {name}",
            "no such parameter" if name not in priors else "another value, spread or law",
            "the rule: the stored draws began from the row as it is in data/parameters.csv",
            MEND,
        )
        for name, law in facts["priors"].items()
        if priors.get(name) != law
    ]
    with (folder / DRAWS).open(encoding="utf-8") as file:
        names = file.readline().strip().split(",")
        rows = np.loadtxt(file, delimiter=",", ndmin=2)
    with (folder / TABLE).open(encoding="utf-8", newline="") as file:
        medians = {row["name"]: float(row["median"]) for row in csv.DictReader(file)}
    if not names == list(medians) == list(facts["priors"])[: len(names)]:
        rule = f"the rule: the same parameters in the same order as in {TABLE} and {FACTS}"
        problems.append(Problem(f"data/{DRAWS}", ", ".join(names), rule, MEND))
    if problems:
        raise DataProblems(problems)
    return CalibratedDraws(dict(zip(names, rows.T, strict=True)), medians, facts)
