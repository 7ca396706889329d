"""Whether a report is as it was made, and whether the same run gives the same numbers again."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hipstudy import __version__, result_store
from hipstudy.errors import Problem, UsageProblems
from hipstudy.progress_bar import Progress
from hipstudy.report import catalogue, make_report, run_inputs, run_record
from hipstudy.report.named_run import place_of
from hipstudy.report.run_crate import CRATE_FILE, altered_in_crate, is_within
from hipstudy.report.run_history import HISTORY
from hipstudy.report.run_record import (
    RECORD_FILE,
    SEAL,
    InputFile,
    NotRecord,
    RunRecord,
    sha256,
    table_sha256,
)
from hipstudy.resources import OPEN_DATA, file_name, is_open_data, place
from hipstudy.spreadsheet import rows_of_csv
from hipstudy.wording import Wording

IDENTICAL, DIFFERS, ALTERED = 0, 1, 3
WORDS = Wording("hipstudy.report", "verification")
MOST_LINES = 20


@dataclass(frozen=True)
class Verdict:
    """What a verification found.

    Parameters
    ----------
    report
        Name of the report.
    code
        ``IDENTICAL``, ``DIFFERS`` or ``ALTERED``.
    lines
        What is to be said of it.
    libraries
        Those that are here in another version than the run had.
    """

    report: str
    code: int
    lines: tuple[str, ...]
    libraries: tuple[str, ...] = ()


def verify(path: Path, cohort: Path | None, progress: Progress) -> list[Verdict]:
    """Verify the reports of a folder, the one of a PDF in its folder, or a PDF alone.

    Parameters
    ----------
    path
        Of the folder of a run, of a PDF in it, or of a PDF that was copied elsewhere.
    cohort
        The cohort file it was made from; None where there was none, or it lies here by its name.
    progress
        Told what is being done.

    Raises
    ------
    UsageProblems
        When there is no record, another version made it, or a file that it read is missing.
    """
    folder = path if path.is_dir() else path.parent
    if not path.exists():
        rule = "the folder of a report is needed, or its PDF"
        raise UsageProblems([Problem("FOLDER_or_PDF", str(path), rule)])
    try:
        tables = run_record.tables(folder)
    except NotRecord as error:
        return [Verdict(folder.name, ALTERED, (WORDS("no_record_any_more", str(error)),))]
    if path.is_file() and _report_of(path, tables) is None:
        from hipstudy.report.lone_pdf import lone_verdict

        return [lone_verdict(path, cohort, progress, beside=bool(tables))]
    if not tables:
        rule = f"there is no record {RECORD_FILE} in it"
        mend = "Name the folder that hipstudy report wrote, or the PDF in it."
        raise UsageProblems([Problem("FOLDER_or_PDF", path.name, rule, mend)])
    names = sorted(tables) if path.is_dir() else [str(_report_of(path, tables))]
    return [_verdict(folder, tables[name], cohort, progress) for name in names]


def _report_of(pdf: Path, tables: Mapping[str, Mapping[str, Any]]) -> str | None:
    """Which report a file is of, by its name or by its content; None where none tells of it."""
    mark = sha256(pdf.read_bytes())
    for by_content in (False, True):
        for name, table in tables.items():
            outputs = table["outputs"]
            if pdf.name in outputs if not by_content else mark in outputs.values():
                return name
    return None


def _verdict(
    folder: Path, table: Mapping[str, Any], cohort: Path | None, progress: Progress
) -> Verdict:
    record = RunRecord.of_table(table)
    if altered := _altered(folder, table, record):
        return Verdict(record.report, ALTERED, (WORDS("altered"), *altered))
    refuse_other_version(record)
    pairs = settings_as_typed(folder, record, cohort)
    job = make_report.plan(notebook_name(record), pairs)
    if run_inputs.notebook_sha256(job) != record.notebook_sha256:
        rule = "the notebook is another than the one that was run"
        raise UsageProblems([Problem(record.notebook, None, rule)])
    moved = changed_inputs(record.inputs, run_inputs.inputs_of(job))
    moved += _other_numbers(folder, record, job, progress)
    if moved:
        shown = moved[:MOST_LINES]
        more = [WORDS("more", len(moved) - len(shown))] if len(moved) > len(shown) else []
        said = (WORDS("differs"), *shown, *more)
        return Verdict(record.report, DIFFERS, said, other_libraries(record))
    said = (WORDS("identical", record.fingerprint),)
    return Verdict(record.report, IDENTICAL, said, other_libraries(record))


def _altered(folder: Path, table: Mapping[str, Any], record: RunRecord) -> list[str]:
    """What is not as the run left it."""
    lines = []
    if SEAL in table and table[SEAL] != table_sha256(table):
        lines.append(WORDS("edited", RECORD_FILE))
    for file, mark in record.outputs.items():
        try:
            if not is_within(file) or sha256((folder / file).read_bytes()) != mark:
                lines.append(WORDS("edited", file))
        except OSError:
            lines.append(WORDS("gone", file))
    if record.versions:  # earlier ones left no crate
        try:
            text = (folder / CRATE_FILE).read_text(encoding="utf-8")
        except (OSError, ValueError):
            lines.append(WORDS("gone", CRATE_FILE))
        else:
            lines += [WORDS("edited", CRATE_FILE)] if altered_in_crate(text, record) else []
    return lines


def refuse_other_version(record: RunRecord) -> None:
    """Refuse to run again what another version of hipstudy made."""
    if not record.versions:
        rule = f"the version {record.version or 'that made it'} left too little to run it again"
        raise UsageProblems([Problem(RECORD_FILE, None, rule)])
    here = (run_record.code_sha256(), run_record.joint_sha256(run_record.data_parts()))
    if (record.code_sha256, record.data_sha256) != here:
        value = f"hipstudy {record.version}, code {record.code_sha256[:12]}"
        own = f"{__version__}, code {here[0][:12]}"
        rule = f"it is run again at the version that made it, and this is {own}"
        raise UsageProblems([Problem(RECORD_FILE, value, rule, "Install that one, and verify.")])


def other_libraries(record: RunRecord) -> tuple[str, ...]:
    """Libraries that are here in another version than a run had, a line each."""
    here = run_inputs.library_versions()
    return tuple(
        WORDS("library", {"name": name, "then": then, "now": here.get(name, "none")})
        for name, then in record.versions.items()
        if here.get(name) != then
    )


def notebook_name(record: RunRecord) -> str:
    """Name of the report, or path of the notebook by its name in the current folder."""
    own = catalogue.package_reports().get(record.report)
    if own is not None and own.path.name == record.notebook:
        return record.report
    if not Path(record.notebook).is_file():
        rule = "this notebook is needed in the current folder"
        raise UsageProblems([Problem("notebook", record.notebook, rule)])
    return record.notebook


def settings_as_typed(
    folder: Path, record: RunRecord, cohort: Path | None
) -> list[tuple[str, str]]:
    """The settings as they are typed, with the files that are named found."""
    places = _files(folder, record, cohort)
    pairs = []
    for name in record.differing:
        value = record.settings.get(name, "")
        text = ("yes" if value else "no") if isinstance(value, bool) else str(value)
        own = {one.file: places[one] for one in record.inputs if one.parameter == name}
        if name == run_inputs.COHORT and own:
            text = str(next(iter(own.values())))
        elif own:
            items = re.split(r"([,|])", text)
            text = "".join(str(own.get(item.strip(), item)) for item in items)
        pairs.append((name, text))
    if cohort is not None and run_inputs.COHORT not in record.differing:
        rule = "this report was made without a cohort file"
        raise UsageProblems([Problem("--cohort", cohort.name, rule, "Leave it out.")])
    return pairs


def _files(folder: Path, record: RunRecord, cohort: Path | None) -> dict[InputFile, Path | str]:
    """Where each file that was read lies now; a word where it stood for one."""
    found: dict[InputFile, Path | str] = {}
    problems = []
    named = str(record.settings.get(run_inputs.COHORT))
    shipped = place("data", "RBDSinfo.txt").name
    for one in record.inputs:
        is_cohort = one.parameter == run_inputs.COHORT
        is_shipped = is_cohort and is_open_data(named) and one.file == shipped
        if is_cohort and not is_shipped and one.file != file_name(named):
            continue  # read with the cohort file, from beside it
        if is_cohort and cohort is not None:
            found[one] = cohort
        elif is_shipped:
            found[one] = OPEN_DATA
        elif (path := place_of(one, _folders(folder, cohort))) is not None:
            found[one] = path
        else:
            mend = "Name it with --cohort FILE." if is_cohort else "Put it into this folder."
            rule = "this file is needed as it was: its SHA-256 begins with " + one.sha256[:12]
            problems.append(Problem(one.parameter, one.file, rule, mend))
    if problems:
        raise UsageProblems(problems)
    return found


def _folders(folder: Path, cohort: Path | None) -> list[Path]:
    """Where a file that was read may lie: here, by the report, in its history, by the cohort."""
    beside = [cohort.parent] if cohort is not None else []
    return [Path(), folder, folder.parent, *beside, *sorted(folder.glob(f"{HISTORY}/*/"))]


def changed_inputs(then: Sequence[InputFile], now: Sequence[InputFile]) -> list[str]:
    """Files that are not those that the run read."""
    before = {(one.parameter, one.sha256) for one in then}
    after = {(one.parameter, one.sha256) for one in now}
    lines = [WORDS("other_file", o.file) for o in now if (o.parameter, o.sha256) not in before]
    return lines + [WORDS("not_there", o.file) for o in then if (o.parameter, o.sha256) not in after
                    and o.file not in {one.file for one in now}]  # fmt: skip


def _other_numbers(
    folder: Path, record: RunRecord, job: make_report.Plan, progress: Progress
) -> list[str]:
    """What a rerun shows otherwise than the executed notebook in the folder: numbers first."""
    import nbformat

    from hipstudy.report.read_notebook import read

    progress.stage("running the notebook again")
    with result_store.fresh_results():  # what is kept would confirm itself
        now = make_report.executed_notebook(job, progress)
    then = nbformat.read(folder / f"{record.report}.ipynb", as_version=4)
    if _shown(then) == _shown(now):
        return []
    tables = [read(one, job.language).downloads for one in (then, now)]
    lines = [
        line
        for name in dict.fromkeys([*tables[0], *tables[1]])
        for line in _moved(name, tables[0].get(name, ""), tables[1].get(name, ""))
    ]
    return lines or [WORDS("only_words")]


def _shown(notebook: Any) -> list[Any]:
    """What the cells of a notebook put out."""
    return [cell.get("outputs", []) for cell in notebook["cells"]]


def _moved(table: str, then: str, now: str) -> Iterator[str]:
    """Cells of a table that are not what they were, each with what its row begins with."""
    if then == now:
        return
    before, after = (rows_of_csv(text) for text in (then, now))
    if not before or not after or before[0] != after[0]:
        yield WORDS("other_head", f"{table}.csv")
        return
    if len(before) != len(after):
        counts = {"table": f"{table}.csv", "then": len(before) - 1, "now": len(after) - 1}
        yield WORDS("other_rows", counts)
    head = before[0]
    for old, new in zip(before[1:], after[1:], strict=False):
        for at, column in enumerate(head):
            if old[at] != new[at]:
                row = ", ".join(one for one in old[:4] if one)
                facts = {"table": f"{table}.csv", "row": row, "column": column}
                yield WORDS("moved", {**facts, "then": old[at], "now": new[at]})
