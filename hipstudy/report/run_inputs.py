"""What a run is made from: the digests of its settings and files, and its record."""

import platform
import re
from datetime import datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from hipstudy import __version__
from hipstudy.companion_files import companions
from hipstudy.errors import DataProblems, Problem
from hipstudy.report import letterhead, parameters_cell, run_record
from hipstudy.report.execute import TAG, without_place
from hipstudy.report.parameters_cell import NotebookParameter, Value
from hipstudy.report.run_record import InputFile, RunRecord, sha256
from hipstudy.resources import is_open_data, toml_files

if TYPE_CHECKING:
    from hipstudy.report.make_report import Plan

COHORT = "cohort"
_COHORTS = (COHORT, "since", "since_cohort")  # parameters that may name a cohort file
# Whatever may move a digit, or a byte of a page.
_LIBRARIES = "ipykernel matplotlib numpy pandas scipy seaborn statsmodels typst".split()


@cache
def library_versions() -> dict[str, str]:
    """Versions of Python and of the libraries by which numbers and pages are made."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # installed in a way that left no version
            found[name] = "unknown"
    return found


def fingerprint(job: "Plan") -> str:
    """Twelve hexadecimal digits of everything the numbers come from.

    Source notebook, parameters, the bytes of the files they name (not where these are) and of those
    read with them, the version of hipstudy and its data.
    """
    parts: list[str | bytes] = [__version__, *_source_parts(job)]
    for parameter in job.parameters:
        if parameter.name in job.values:
            parts += [parameter.name, *_contents(parameter, job.values[parameter.name])]
    return run_record.joint_sha256([*parts, *run_record.data_parts()])[:12]


def job_sha256(job: "Plan") -> str:
    """Digest of all that the files of a run come from: two runs of one digest are the same.

    Beside what the numbers come from: code, versions of libraries, and what is printed at the head.
    The date counts only where it was told; else it is the day on which the run was made.
    """
    head = job.head
    told = head.report_date if letterhead.is_date(head.report_date) else ""
    look = [head.clinic, head.author, told, job.paper, job.locale, job.language, job.run_name]
    picture = head.logo.read_bytes() if head.logo is not None and job.logo is not None else b""
    own = [f"{name} {number}" for name, number in library_versions().items()]
    return run_record.joint_sha256(
        [fingerprint(job), run_record.code_sha256(), *look, picture, *own]
    )


def notebook_sha256(job: "Plan") -> str:
    """Digest of the notebook's cells as they are before a run."""
    return run_record.joint_sha256(_source_parts(job))


def _source_parts(job: "Plan") -> list[str]:
    """The notebook's cells as they are before a run."""
    parts = []
    for cell in job.source.notebook["cells"]:
        if TAG not in cell.get("metadata", {}).get("tags", ()):
            parts += [cell["cell_type"], parameters_cell.cell_source(cell)]
    return parts


def _contents(parameter: NotebookParameter, value: Value) -> list[bytes | str]:
    """A value, with the files that it names read: where they are does not matter."""
    paths = _paths(parameter, value)
    if parameter.unit == "file":
        beside = [path.read_bytes() for path in _read_with(parameter, value)]
        return [path.read_bytes() for path in paths.values()] + beside or [repr(value)]
    if not paths:
        return [repr(value)]
    items = (item.strip() for item in re.split(r"[,|]", str(value)))
    return [paths[item].read_bytes() if item in paths else item for item in items]


def _paths(parameter: NotebookParameter, value: Value) -> dict[str, Path]:
    """Every file that a value names: what stands there, and its path."""
    if not isinstance(value, str) or not value:
        return {}
    if parameter.unit == "file":
        return {value: parameters_cell.named_file(parameter, value)}
    return {item: Path(item) for item in toml_files(value) if Path(item).is_file()}


def _read_with(parameter: NotebookParameter, value: Value) -> tuple[Path, ...]:
    """Files that are read with a cohort file without being named."""
    is_file = parameter.name in _COHORTS and isinstance(value, str) and value
    return companions(Path(value)) if is_file and not is_open_data(value) else ()


def inputs_of(job: "Plan") -> tuple[InputFile, ...]:
    """Every file that the settings name, and those read with one, by its name and its digest."""
    return tuple(
        InputFile(parameter.name, path.name, sha256(path.read_bytes()))
        for parameter in job.parameters
        for value in (job.all_values[parameter.name],)
        for path in (*_paths(parameter, value).values(), *_read_with(parameter, value))
    )


def refuse_changed(job: "Plan", inputs: tuple[InputFile, ...]) -> None:
    """Refuse what was made from a file that somebody changed while it was being read.

    Raises
    ------
    DataProblems
        Naming the files.
    """
    try:
        now = inputs_of(job)
    except OSError:
        now = ()
    changed = [one for one in inputs if one not in now]
    if changed or len(now) != len(inputs):
        rule = "this file was changed while the report was made from it"
        names = [one.file for one in changed] or [one.file for one in now if one not in inputs]
        mend = "Make the report again once the file is saved."
        raise DataProblems([Problem(name, None, rule, mend) for name in names or ["a file"]])


def record_of(job: "Plan", mark: str, inputs: tuple[InputFile, ...], time: datetime) -> RunRecord:
    """What the run is made from; its files are not known yet."""
    files = {parameter.name for parameter in job.parameters if parameter.unit == "file"}
    seed = job.all_values.get("seed")
    return RunRecord(
        report=job.source.name,
        time=time,
        run_name=job.run_name,
        version=__version__,
        fingerprint=mark,
        code_sha256=run_record.code_sha256(),
        data_sha256=run_record.joint_sha256(run_record.data_parts()),
        job_sha256=job_sha256(job),
        notebook=job.source.path.name,
        notebook_sha256=notebook_sha256(job),
        paper=job.paper,
        seed=seed if isinstance(seed, int) else None,
        settings={n: without_place(v, n in files) for n, v in job.all_values.items()},
        differing=tuple(job.values),
        inputs=inputs,
        versions=library_versions(),
    )
