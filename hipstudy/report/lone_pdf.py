"""A PDF without its folder: verified by the record that is attached to it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hipstudy import result_store
from hipstudy.errors import Problem, UsageProblems
from hipstudy.progress_bar import Progress
from hipstudy.report import make_report, pdf_record, run_inputs
from hipstudy.report.pdf_record import COHORT, NAMELESS, NotPdf
from hipstudy.report.run_record import RECORD_FILE, InputFile, NotRecord, RunRecord
from hipstudy.report.verification import (
    ALTERED,
    DIFFERS,
    IDENTICAL,
    MOST_LINES,
    WORDS,
    Verdict,
    changed_inputs,
    notebook_name,
    other_libraries,
    refuse_other_version,
    settings_as_typed,
)
from hipstudy.resources import file_name

_NO_TIME = datetime(2000, 1, 1, tzinfo=UTC)  # the attached record has none
_DIGITS = str.maketrans("0123456789", "0000000000")


def lone_verdict(path: Path, cohort: Path | None, progress: Progress, *, beside: bool) -> Verdict:
    """Verify a PDF by the record in it: as it was made, and the same again.

    Parameters
    ----------
    path
        Of the PDF.
    cohort
        The cohort file it was made from; None where there was none.
    progress
        Told what is being done.
    beside
        Whether a record in its folder tells of other files.

    Raises
    ------
    UsageProblems
        When there is no record in it, another version made it, or a file that it read is missing.
    """
    pdf = path.read_bytes()
    table = _table(path, pdf, beside=beside)
    try:
        record = RunRecord.of_table({**table, "time": _NO_TIME})
        results: Mapping[str, Any] = dict(table["results"])
    except (NotRecord, LookupError, TypeError, ValueError):
        return Verdict(path.stem, ALTERED, (WORDS("altered"), WORDS("edited", path.name)))
    if not pdf_record.is_unaltered(pdf, table):
        return Verdict(record.report, ALTERED, (WORDS("altered"), WORDS("edited", path.name)))
    refuse_other_version(record)
    record = _with_cohort(record, cohort)
    job = make_report.plan(notebook_name(record), settings_as_typed(path.parent, record, cohort))
    if run_inputs.notebook_sha256(job) != record.notebook_sha256:
        rule = "the notebook is another than the one that was run"
        raise UsageProblems([Problem(record.notebook, None, rule)])
    moved = changed_inputs(record.inputs, run_inputs.inputs_of(job))
    moved += _moved(pdf, replace(job, paper=record.paper), results, progress)
    libraries = other_libraries(record)
    if moved:
        more = [WORDS("more", len(moved) - MOST_LINES)] if len(moved) > MOST_LINES else []
        said = (WORDS("differs"), *moved[:MOST_LINES], *more)
        return Verdict(record.report, DIFFERS, said, libraries)
    said = (WORDS("identical", record.fingerprint), WORDS("by_attached", path.name))
    return Verdict(record.report, IDENTICAL, said, libraries)


def _table(path: Path, pdf: bytes, *, beside: bool) -> dict[str, Any]:
    try:
        table = pdf_record.attached_record(pdf)
    except NotPdf as error:
        rule = f"the PDF of a report, or its folder, is needed (this cannot be read: {error})"
        raise UsageProblems([Problem("FOLDER_or_PDF", path.name, rule)]) from None
    if table is None:
        told = f"the record {RECORD_FILE} in its folder does not tell of it"
        rule = told if beside else f"there is no record {RECORD_FILE} in its folder"
        mend = "Name the folder that hipstudy report wrote, or the PDF of the short report."
        problem = Problem("FOLDER_or_PDF", path.name, f"{rule}, and none in the file", mend)
        raise UsageProblems([problem])
    return table


def _with_cohort(record: RunRecord, cohort: Path | None) -> RunRecord:
    """The record with the name of the cohort file that is given in place of the one left out."""
    if cohort is None or record.settings.get(COHORT) != NAMELESS:
        return record
    name = file_name(str(cohort))
    own = [at for at, one in enumerate(record.inputs) if one.parameter == COHORT]
    inputs = tuple(
        InputFile(one.parameter, name, one.sha256) if at in own[:1] else one
        for at, one in enumerate(record.inputs)
    )
    return replace(record, settings={**record.settings, COHORT: name}, inputs=inputs)


def _moved(
    pdf: bytes, job: make_report.Plan, results: Mapping[str, Any], progress: Progress
) -> list[str]:
    """What a rerun shows otherwise: lines of the pages whose numbers moved, and tables."""
    from hipstudy.report.read_notebook import read

    progress.stage("running the notebook again")
    with result_store.fresh_results():  # what is kept would confirm itself
        executed = make_report.executed_notebook(job, progress)
    document = read(executed, job.language)
    now = pdf_record.result_digests(executed, document.downloads)
    if now == results:
        return []
    then_tables, now_tables = dict(results.get("tables", {})), now["tables"]
    names = sorted({*then_tables, *now_tables})
    tables = [name for name in names if then_tables.get(name) != now_tables.get(name)]
    stamp = make_report.stamp_of(job, "")
    again = make_report.short_pdf(document, stamp, job.paper)
    lines = list(_moved_lines(pdf_record.page_lines(pdf), pdf_record.page_lines(again)))
    lines += [WORDS("other_table", f"{name}.csv") for name in tables]
    return lines or [WORDS("only_words")]


def _moved_lines(then: Sequence[Sequence[str]], now: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a page that have the same words, in the same order, with other digits."""
    for page, (before, after) in enumerate(zip(then, now, strict=False), start=1):
        waiting = list(after)
        for line in before:
            shape = line.translate(_DIGITS)
            match = next((one for one in waiting if one.translate(_DIGITS) == shape), None)
            if match is None:
                continue
            waiting = waiting[waiting.index(match) + 1 :]
            if match != line:
                yield WORDS("moved_line", {"page": page, "then": line, "now": match})
