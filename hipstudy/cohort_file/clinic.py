"""A clinic's cohort file as runners and as observations: one format, one reader.

Baseline rows become the ``Cohort``, all rows the observations. Nothing is read that
``hipstudy.cohort_file.check`` has an error for. Runner ids serve as keys of random streams and go
no further: in everything returned, runners have run-local numbers.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hipstudy import random_streams
from hipstudy.cohort_file import rbds
from hipstudy.cohort_file.check import CheckResult, check_file
from hipstudy.cohort_file.check_rows import baseline
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import DataProblems, Problem
from hipstudy.model.cohort import SIDES, Cohort, people
from hipstudy.parameters import number
from hipstudy.short_repr import ShortRepr

if TYPE_CHECKING:
    import pandas as pd

SOURCE = "cohort file"
OF_LIMBS = (  # a cohort has them without end_range_
    "thomas_ext_deg",
    "tightness_nrs",
    "discomfort_nrs",
    "end_range_torque_nm_kg",
    "torque_angle_ext_deg",
)
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
    return [Problem(result.file, **say("too_few_runners", n=runners, least=least))]


def _cohort(result: CheckResult, frame: "pd.DataFrame", seed: int) -> Cohort:
    first = baseline(frame)
    by_runner = first.groupby("runner", sort=True)
    ids = by_runner["runner_id"].first()
    limb = len(SIDES) * by_runner.ngroup().to_numpy() + (first["side"] == SIDES[1]).to_numpy()
    of_limbs = {}
    for column in OF_LIMBS:
        if column in first and first[column].notna().any():
            values = np.full(len(SIDES) * len(ids), np.nan)
            values[limb] = first[column].to_numpy(float)
            of_limbs[column.removeprefix("end_range_")] = values
    # Sex, age and body mass: the first value that a runner's baseline rows have.
    known = {trait: by_runner[trait].first() for trait in OF_RUNNERS if trait in first}
    traits = {
        trait: (
            values.fillna("").astype(str) if trait == "sex" else values.astype(float)
        ).to_numpy()
        for trait, values in known.items()
    }
    runners = people(
        random_streams.keys(f"cohort {own}" for own in ids),
        seed=seed,
        traits=traits,
        source=SOURCE,
        sha256=result.sheet.sha256 if result.sheet else "",
        **of_limbs,
    )
    return replace(runners, warnings=result.warnings)
