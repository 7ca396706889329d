"""Everything that is wrong with a cohort file, in one go, and the file in types."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from hipstudy.cohort_file import check_cells, check_header, check_rows, identifiers
from hipstudy.cohort_file.cell_values import WORDS, filled_in, typed
from hipstudy.cohort_file.check_cells import wrong_units
from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.identifier_words import is_person
from hipstudy.cohort_file.integrity.checks import look_at_data
from hipstudy.cohort_file.integrity.integrity_findings import integrity_findings
from hipstudy.cohort_file.integrity.result import IntegrityResult
from hipstudy.cohort_file.mapping import ColumnMapping, apply, beside, read_mapping
from hipstudy.cohort_file.named_columns import NamedColumns
from hipstudy.cohort_file.own_units import conversion_notes, lever_column, to_format_units
from hipstudy.cohort_file.reading import FileReading, understand
from hipstudy.cohort_file.row_kinds import without_rows
from hipstudy.cohort_file.schema import CHOICES, find
from hipstudy.cohort_file.shape_findings import head_finding, row_findings
from hipstudy.cohort_file.sheet import Sheet, read_sheet
from hipstudy.cohort_file.sheets_together import read_mapped
from hipstudy.cohort_file.visit_dates import with_weeks
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
    integrity
        Every look at whether its data could be; none where the file has errors.
    reading
        What was read as what, and by which rule; None when it cannot be read.
    names
        What each column of ``reading`` may be called where somebody reads it.
    doubtful_rows
        Kind of row -> row numbers that look like no data and were not read.
    """

    file: str
    findings: tuple[Finding, ...]
    sheet: Sheet | None = None
    frame: pd.DataFrame | None = None
    integrity: tuple[IntegrityResult, ...] = ()
    reading: FileReading | None = None
    names: tuple[str, ...] = ()
    doubtful_rows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

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
    more: NamedColumns | None = None,
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
    more
        What a plan asks of the file: its own outcomes may be all that is there, in a file of
        persons a side may be missing, and dates may stand for weeks.

    Raises
    ------
    UsageProblems
        When there is no such file, sheet or mapping. What is wrong with the data is returned.
    """

    def tell(stage: int) -> None:
        if progress is not None:
            progress.step(stage, len(STAGES), STAGES[stage])

    tell(0)
    if mapping is None and path.name and beside(path).is_file():
        mapping = beside(path)
    own = read_mapping(mapping) if mapping is not None else None
    try:
        as_filed = read_sheet(path, sheet=sheet) if own is None else read_mapped(path, own, sheet)
    except DataProblems as problems:
        return CheckResult(path.name, findings_of(problems))
    reading = understand(as_filed, own)
    theirs = [as_filed.own.get(name, name) for name in as_filed.header]
    names = _names(as_filed.header, theirs, has_head=_has_head(reading))
    if reading.head_rows and not reading.is_mapped:
        finding = head_finding(as_filed, reading)
        return CheckResult(path.name, (finding,), as_filed, reading=reading, names=names)
    rows = {kind: tuple(as_filed.rows[list(at)]) for kind, at in reading.doubtful.items()}
    no_data = row_findings(as_filed, reading.doubtful)
    as_filed = without_rows(as_filed, [k for at in reading.doubtful.values() for k in at])
    read = apply(as_filed, own or ColumnMapping(""))
    if own is not None and own.units:
        read = replace(read, notes=(*read.notes, *conversion_notes(own.units, read.header)))
    findings, frame, integrity = _look(read, own, reading, tell, more or NamedColumns())
    findings = [*no_data, *findings]
    findings.sort(key=lambda finding: finding.level != ERROR)  # stable: stages keep their order
    return CheckResult(path.name, tuple(findings), read, frame, integrity, reading, names, rows)


def _has_head(reading: FileReading) -> bool:
    return any(one.is_read for one in reading.columns)


def findings_of(problems: DataProblems) -> tuple[Finding, ...]:
    """Problems that somebody raised, as errors."""
    return tuple(
        Finding(ERROR, one.where, one.rule, "", one.row, one.column, one.value, one.mend)
        for one in problems.problems
    )


def _look(
    sheet: Sheet,
    mapping: ColumnMapping | None,
    reading: FileReading,
    tell: Callable[[int], None],
    more: NamedColumns,
) -> tuple[list[Finding], pd.DataFrame, tuple[IntegrityResult, ...]]:
    """Every stage in the order in which its findings should be mended."""
    own = tuple(sheet.own.get(name, name) for name in sheet.header)
    at = check_header.positions(sheet.header)
    names = _names(sheet.header, own, has_head=bool(at))
    # Rows longer than the head are left out: their cells stand below names that are not theirs.
    stay = ~np.isin(sheet.rows, sheet.long_rows)
    cells = sheet.cells if stay.all() else sheet.cells[stay].reset_index(drop=True)
    source = Source(
        sheet.file,
        sheet.name,
        cells,
        sheet.rows[stay],
        at,
        names,
        None if sheet.sheet_of_row is None else sheet.sheet_of_row[stay],
        {name: own_names[stay] for name, own_names in sheet.column_of_row.items()},
    )
    safe = dict(zip(own, names, strict=True))
    findings = [replace(one, column=safe.get(one.column, one.column)) for one in sheet.findings]
    tell(1)
    with_error = {finding.column for finding in findings if finding.level == ERROR}
    personal, refused, masks, decimals = identifiers.search(source, own)
    source = replace(source, positions=check_header.positions(sheet.header, refused))
    lever = (lever_column(mapping.units),) if mapping is not None else ()
    head = check_header.check(source, sheet.header, refused, with_error, reading, more, lever)
    findings += _by_row(head)
    findings += _by_row(personal)
    turned = mapping is not None and mapping.thomas_sign == "extension-negative"
    tell(2)
    values, no_numbers = typed(source, masks, decimals, turned=turned)
    if mapping is not None and mapping.units:
        units = to_format_units(values, source, sheet.header, mapping.units, mapping.file)
        values, source = units.values, units.source
        no_numbers += units.findings
    is_of_persons = more.needs_no_side(sheet.header) and not values["side"].notna().any()
    if is_of_persons:  # a row is of no limb: all are of one
        values = values.assign(side=CHOICES["side"][0])
        at = {name: place for name, place in source.positions.items() if name != "side"}
        source = replace(source, positions=at)
    frame = _frame(source, values, is_dated=bool(more.date))
    by_date: list[Finding] = []
    if more.date:
        frame, by_date = with_weeks(source, sheet.header, frame, more.date)
    # The columns that the file has, and those that stand for what it need not have.
    names = {*source.positions, *(("week", "day") if more.date else ())}
    names |= {"side"} if is_of_persons else set()
    there = frame[["runner", "file_row", *(name for name in frame if name in names)]]
    if not len(source.rows):
        findings += [] if sheet.long_rows else [source.once("no_rows")]
        return findings, there, ()
    if not more.has_outcome(sheet.header):
        findings += check_header.nothing_measured(source)
    findings += _by_row(no_numbers)
    findings += by_date
    tell(3)
    units, covered = wrong_units(source, values)
    findings += units
    findings += _by_row(check_cells.check(source, values, masks, covered))
    tell(4)
    findings += check_rows.check(source, frame, sheet.header, more, turned=turned)
    if reading.doubtful or any(finding.level == ERROR for finding in findings):
        return findings, there, ()  # what cannot be read cannot be judged
    integrity = look_at_data(there.assign(week=frame["week"]))
    return [*findings, *integrity_findings(source, integrity)], there, integrity


def _names(header: Sequence[str], own: Sequence[str], *, has_head: bool) -> tuple[str, ...]:
    """Names of columns as they may be written; one that is not read may be a person's name."""
    titles = check_header.display_names(own, has_head=has_head)
    return tuple(
        f"column {k + 1}" if find(header[k]) is None and is_person(own[k]) else title
        for k, title in enumerate(titles)
    )


def _by_row(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: finding.row or 0)


def _frame(source: Source, values: pd.DataFrame, *, is_dated: bool) -> pd.DataFrame:
    """Number the runners, and leave out the words that were not understood.

    Every row is at baseline in a file without weeks, or with none filled in; where dates are to
    tell them, in none. A week that was filled in and cannot be read is no baseline.
    """
    words = {}
    for name in values:
        if (kind := find(name).kind) in WORDS:
            known = values[name].isin(set(WORDS[kind].values()))
            words[name] = values[name].where(known, None).astype(object)
    codes, _ = pd.factorize(values["runner_id"].to_numpy(dtype=object))
    frame = values.assign(**words, runner=codes.astype(np.int64) + 1, file_row=source.rows)
    unread = "week" in source.positions and filled_in(source, "week").any()
    return frame if is_dated or unread else frame.assign(week=0.0)
