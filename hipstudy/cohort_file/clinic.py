"""A clinic's cohort file as runners and as observations: one format, one reader.

Baseline rows become the ``Cohort``, all rows the observations. Nothing is read that
``hipstudy.cohort_file.check`` has an error for. Runner ids serve as keys of random streams and go
no further: in everything returned, runners have run-local numbers.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy import random_streams
from hipstudy.cohort_file import rbds
from hipstudy.cohort_file.check import CheckResult, check_file
from hipstudy.cohort_file.check_rows import baseline
from hipstudy.errors import DataProblems, Problem
from hipstudy.model.cohort import SIDES, Cohort, people
from hipstudy.parameters import number
from hipstudy.short_repr import ShortRepr

if TYPE_CHECKING:
    import pandas as pd

SOURCE = "cohort file"
# Column of the file -> what the cohort calls it.
OF_LIMBS = {
    "thomas_ext_deg": "thomas_ext_deg",
    "tightness_nrs": "tightness_nrs",
    "discomfort_nrs": "discomfort_nrs",
    "end_range_torque_nm_kg": "torque_nm_kg",
    "torque_angle_ext_deg": "torque_angle_ext_deg",
}
OF_RUNNERS = ("sex", "age_y", "mass_kg")


@dataclass(frozen=True, eq=False, repr=False)
class Clinic(ShortRepr):
    """What a cohort file holds.

    Parameters
    ----------
    cohort
        Its runners at baseline.
    observations
        Every row, runners by run-local number, with the columns of ``observe.COLUMNS`` that the
        file has and the optional ones.
    """

    cohort: Cohort
    observations: "pd.DataFrame"


def read(path: Path, *, seed: int) -> Clinic:
    """Read a cohort file.

    Parameters
    ----------
    path
        CSV or XLSX; ``<stem>.mapping.toml`` beside it is used where it is.
    seed
        Of what is drawn for runners of whom it is not known.

    Raises
    ------
    UsageProblems
        When there is no such file, or it cannot be opened.
    DataProblems
        Every error that ``hipstudy check`` finds, with what it warns of the whole file; and too
        few runners.
    """
    result = check_file(path)
    problems = [finding.problem() for finding in result.errors]
    if problems:  # which sheet was read may be why
        problems += [one.problem() for one in result.warnings if one.row is one.column is None]
    else:
        problems = _too_few(result)
    if problems:
        raise DataProblems(problems)
    frame = result.frame
    return Clinic(_cohort(result, frame, seed), frame.drop(columns=["runner_id", "file_row"]))


def cohort(path: Path, *, seed: int) -> Cohort:
    """Runners of a cohort file, or of ``RBDSinfo.txt``, which is known by its header.

    Raises
    ------
    UsageProblems, DataProblems
        As ``read`` and ``rbds.read``.
    """
    return rbds.read(path) if rbds.is_rbds(path) else read(path, seed=seed).cohort


def _too_few(result: CheckResult) -> list[Problem]:
    least = int(number("cohort_least_runners"))
    runners = baseline(result.frame)["runner"].nunique()
    if runners >= least:
        return []
    rule = (
        f"{least} or more with a row at baseline (week 0) are needed: with fewer, a report would "
        "tell about single people"
    )
    return [Problem(result.file, f"runners: {runners}", rule)]


def _cohort(result: CheckResult, frame: "pd.DataFrame", seed: int) -> Cohort:
    first = baseline(frame)
    ids = first.groupby("runner", sort=True)["runner_id"].first()
    place = {runner: i for i, runner in enumerate(ids.index)}
    runner = first["runner"].map(place).to_numpy()
    limb = len(SIDES) * runner + (first["side"] == SIDES[1]).to_numpy()
    of_limbs = {}
    for column, name in OF_LIMBS.items():
        if column in first and first[column].notna().any():
            values = np.full(len(SIDES) * len(ids), np.nan)
            values[limb] = first[column].to_numpy(float)
            of_limbs[name] = values
    runners = people(
        random_streams.keys(f"cohort {own}" for own in ids),
        seed=seed,
        traits=_known(first),
        source=SOURCE,
        sha256=result.sheet.sha256 if result.sheet else "",
        **of_limbs,
    )
    return replace(runners, warnings=result.warnings)


def _known(first: "pd.DataFrame") -> dict[str, NDArray]:
    """Sex, age and body mass: the first value that a runner's baseline rows have."""
    known = {}
    for trait in OF_RUNNERS:
        if trait not in first:
            continue
        values = first.groupby("runner", sort=True)[trait].first()
        blank = values.fillna("").astype(str) if trait == "sex" else values.astype(float)
        known[trait] = blank.to_numpy()
    return known
