"""Everything that is wrong with a cohort file, in one go, and the file in types."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from hipstudy.cohort_file import check_cells, check_header, check_rows, identifiers
from hipstudy.cohort_file.cell_values import WORDS, Typed, typed
from hipstudy.cohort_file.check_cells import wrong_units
from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.identifier_words import is_person
from hipstudy.cohort_file.mapping import ColumnMapping, apply, beside, read_mapping
from hipstudy.cohort_file.schema import find
from hipstudy.cohort_file.sheet import Sheet, read_sheet
from hipstudy.errors import ERROR, WARNING, DataProblems, Finding

STAGES = (
    "reading the file",
    "looking for what must not be in it",
    "reading numbers and words",
    "checking every cell",
    "checking visits",
)


class ProgressListener(Protocol):
    """Whoever is told how far the check is, such as ``hipstudy.progress_bar.Progress``."""

    def step(self, count: int, total: int, words: str) -> None:
        """Say how far it is."""


@dataclass(frozen=True, eq=False)
class CheckResult:
    """A cohort file that was looked at.

    Parameters
    ----------
    file
        Its name without its folder.
    findings
        Errors first, in the order in which they should be mended; warnings after.
    sheet
        As it was read, own column names translated; None when it cannot be read.
    frame
        The columns that the file has, in types: NaN or None where there is no value. ``runner`` is
        a run-local number from 1 in the order of appearance (0 where a row has no id), ``file_row``
        the row in the file. ``runner_id`` is for keys and is never to be written.
    """

    file: str
    findings: tuple[Finding, ...]
    sheet: Sheet | None = None
    frame: pd.DataFrame | None = None

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be mended."""
        return tuple(finding for finding in self.findings if finding.level == ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What somebody should look at."""
        return tuple(finding for finding in self.findings if finding.level == WARNING)

    @property
    def ok(self) -> bool:
        """Whether the file can be used."""
        return not self.errors


def check_file(
    path: Path,
    *,
    mapping: Path | None = None,
    sheet: str | None = None,
    progress: ProgressListener | None = None,
) -> CheckResult:
    """Check a cohort file.

    Parameters
    ----------
    path
        CSV or XLSX; it is never changed.
    mapping
        File with own column names; ``<stem>.mapping.toml`` beside the file when it is there.
    sheet
        Name of the sheet.
    progress
        Told about each stage.

    Raises
    ------
    UsageProblems
        When there is no such file, sheet or mapping. What is wrong with the data is returned.
    """
    tell = _teller(progress)
    tell(0)
    if mapping is None and path.name and beside(path).is_file():
        mapping = beside(path)
    own = read_mapping(mapping) if mapping is not None else None
    try:
        if own is None:
            read = read_sheet(path, sheet=sheet)
        else:
            theirs = (*own.columns, *own.ignore)
            read = apply(read_sheet(path, sheet=sheet or own.sheet or None, names=theirs), own)
    except DataProblems as problems:
        return CheckResult(path.name, findings_of(problems))
    findings, frame = _look(read, own, tell)
    findings.sort(key=lambda finding: finding.level != ERROR)  # stable: stages keep their order
    return CheckResult(path.name, tuple(findings), read, frame)


def findings_of(problems: DataProblems) -> tuple[Finding, ...]:
    """Problems that somebody raised, as errors."""
    return tuple(
        Finding(ERROR, one.where, one.rule, "", one.row, one.column, one.value, one.mend)
        for one in problems.problems
    )


def _teller(progress: ProgressListener | None) -> Callable[[int], None]:
    def tell(stage: int) -> None:
        if progress is not None:
            progress.step(stage, len(STAGES), STAGES[stage])

    return tell


def _look(
    sheet: Sheet, mapping: ColumnMapping | None, tell: Callable[[int], None]
) -> tuple[list[Finding], pd.DataFrame]:
    """Every stage in the order in which its findings should be mended."""
    own = tuple(sheet.own.get(name, name) for name in sheet.header)
    at = check_header.positions(sheet.header)
    names = _names(sheet.header, own, has_head=bool(at))
    source = Source(sheet.file, sheet.name, sheet.cells, sheet.rows, at, names)
    safe = dict(zip(own, names, strict=True))
    findings = [replace(one, column=safe.get(one.column, one.column)) for one in sheet.findings]
    sheet, has_long_rows = _without_long_rows(sheet)
    source = replace(source, cells=sheet.cells, rows=sheet.rows)
    tell(1)
    with_error = {finding.column for finding in findings if finding.level == ERROR}
    secret = identifiers.search(source, own)
    source = replace(source, positions=check_header.positions(sheet.header, secret.refused))
    findings += _by_row(check_header.check(source, sheet.header, secret.refused, with_error))
    findings += _by_row(secret.findings)
    turned = mapping is not None and mapping.thomas_sign == "extension-negative"
    tell(2)
    cells = typed(source, secret.masks, turned=turned)
    if not len(sheet.rows):
        rule, mend = "no rows yet", "Fill in one row for each runner, side and visit."
        findings += [] if has_long_rows else [source.once(ERROR, rule, mend)]
        return findings, _without_missing(source, _frame(source, cells))
    findings += check_header.nothing_measured(source)
    findings += _by_row(cells.findings)
    tell(3)
    units = wrong_units(source, cells.frame)
    findings += units.findings
    findings += _by_row(check_cells.check(source, cells.frame, secret.masks, units.covered))
    tell(4)
    frame = _with_week(_frame(source, cells))
    findings += check_rows.check(source, frame, turned=turned)
    return findings, _without_missing(source, frame)


def _names(header: Sequence[str], own: Sequence[str], *, has_head: bool) -> tuple[str, ...]:
    """Names of columns as they may be written; one that is not read may be a person's name."""
    titles = check_header.display_names(own, has_head=has_head)
    return tuple(
        f"column {k + 1}" if find(header[k]) is None and is_person(own[k]) else title
        for k, title in enumerate(titles)
    )


def _without_long_rows(sheet: Sheet) -> tuple[Sheet, bool]:
    """Leave out rows longer than the head: their cells stand below names that are not theirs."""
    stay = ~np.isin(sheet.rows, sheet.long_rows)
    if stay.all():
        return sheet, False
    return replace(
        sheet, cells=sheet.cells[stay].reset_index(drop=True), rows=sheet.rows[stay]
    ), True


def _by_row(findings: "list[Finding] | tuple[Finding, ...]") -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.row or 0)


def _without_missing(source: Source, frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out the columns that the file has not."""
    return frame[["runner", "file_row", *(name for name in frame if name in source.positions)]]


def _frame(source: Source, cells: Typed) -> pd.DataFrame:
    """Number the runners, and leave out the words that were not understood."""
    frame, words = cells.frame, {}
    for name in frame:
        column = find(str(name))
        if column is not None and column.kind in WORDS:
            known = frame[name].isin(list(set(WORDS[column.kind].values())))
            words[name] = frame[name].where(known, None).astype(object)
    codes, _ = pd.factorize(frame["runner_id"].to_numpy(dtype=object))
    return frame.assign(**words, runner=codes.astype(np.int64) + 1, file_row=source.rows)


def _with_week(frame: pd.DataFrame) -> pd.DataFrame:
    """Every row is at baseline in a file without weeks, or with none filled in."""
    return frame.assign(week=0.0) if check_rows.baseline(frame) is frame else frame
