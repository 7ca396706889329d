"""A clinic's cohort file as runners and as observations: one format, one reader.

Baseline rows become the ``Cohort``, all rows the observations. Nothing is read that
``hipstudy.cohort_file.check`` has an error for. Runner ids serve as keys of random streams and go
no further: in everything returned, runners have run-local numbers.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy import random_streams
from hipstudy.cohort_file import rbds
from hipstudy.cohort_file.check import CheckResult, check_file
from hipstudy.cohort_file.check_rows import baseline
from hipstudy.cohort_file.integrity.result import IntegrityResult
from hipstudy.cohort_file.named_columns import (
    NamedColumns,
    of_one_person,
    outside_of,
    read_named,
)
from hipstudy.cohort_file.word_tables import say
from hipstudy.errors import DataProblems, Finding, Problem
from hipstudy.finding_kinds import finding_kinds
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
        file has, the optional ones, and those that were asked for by name.
    names
        Columns of the file, own names translated.
    integrity
        Every look at whether the data could be, each with the rows in the file that are beyond its
        limit; empty where none is.
    """

    cohort: Cohort
    observations: "pd.DataFrame"
    names: tuple[str, ...] = ()
    integrity: tuple[tuple[IntegrityResult, tuple[int, ...]], ...] = ()


def read(path: Path, *, seed: int, more: NamedColumns | None = None) -> Clinic:
    """Read a cohort file.

    Parameters
    ----------
    path
        CSV or XLSX; ``<stem>.mapping.toml`` beside it is used where it is.
    seed
        Of what is drawn for runners of whom it is not known.
    more
        Columns to read beyond the format, and what a plan asks of the file otherwise.

    Raises
    ------
    UsageProblems
        When there is no such file, or it cannot be opened.
    DataProblems
        Every error that ``hipstudy check`` finds, with what it warns of the whole file; and too
        few runners.
    """
    return read_with_codes(path, seed=seed, more=more)[0]


def read_with_codes(
    path: Path, *, seed: int, more: NamedColumns | None = None
) -> "tuple[Clinic, pd.DataFrame]":
    """Read a cohort file as ``read`` does, and its rows with the codes of runners.

    The rows have the index of the observations, ``runner_id`` and ``file_row`` beside their
    columns. They are for the file's owner, who is told which rows changed; no report has them.
    """
    asked = more or NamedColumns()
    result = check_file(path, more=asked)
    problems = [kind.problem() for kind in finding_kinds(result.errors)]
    if problems:  # which sheet was read may be why
        problems += [one.problem() for one in result.warnings if one.row is one.column is None]
    else:
        problems = _too_few(result)
    if problems:
        raise DataProblems(problems)
    frame, sheet = result.frame, result.sheet
    rows = frame["file_row"].to_numpy()
    columns, problems = read_named(sheet, rows, asked.names, asked.words, asked.ends)
    frame = frame.assign(**columns)
    problems += outside_of(result.file, frame, asked.ends)
    problems += of_one_person(result.file, frame, asked.of_persons)
    if problems:
        raise DataProblems(problems)
    used = (*columns, asked.date)
    result = replace(result, findings=tuple(f for f in result.findings if not _is_read(f, used)))
    names = tuple(name for name in sheet.header if name)
    looks = tuple((one, tuple(rows[list(one.places)].tolist())) for one in result.integrity)
    observations = frame.drop(columns=["runner_id", "file_row"])
    return Clinic(_cohort(result, frame, seed), observations, names, looks), frame


def _is_read(finding: Finding, columns: Collection[str | None]) -> bool:
    """Whether a finding says of a column that it is not read, and it was asked for."""
    return finding.column in columns and finding.rule == say("unknown_column", near="")["rule"]


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


def luck_keys(codes: Iterable[str]) -> NDArray[np.uint64]:
    """Luck keys of a file's runners by their codes, as ``Cohort.key`` has them."""
    return random_streams.keys(f"cohort {code}" for code in codes)


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
        luck_keys(ids),
        seed=seed,
        traits=traits,
        source=SOURCE,
        sha256=result.sheet.sha256 if result.sheet else "",
        **of_limbs,
    )
    return replace(runners, warnings=result.warnings)
