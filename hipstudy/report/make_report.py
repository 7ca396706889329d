"""From the name of a report to its files: check, run, write, and only then give final names."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

from hipstudy import __version__
from hipstudy.errors import Finding, Problem, ProblemsFound, UsageProblems
from hipstudy.files import Results, reported, results_for, undisturbed
from hipstudy.finding_list import lines
from hipstudy.progress_bar import Progress
from hipstudy.report import parameters_cell
from hipstudy.report.catalogue import NotebookSource, find
from hipstudy.report.document import Stamp
from hipstudy.report.execute import TAG, portable
from hipstudy.report.parameters_cell import NotebookParameter, Value
from hipstudy.resources import place

# Makes more files from a report's parameters: name -> content.
ExtraFiles = Callable[[Mapping[str, Value], Progress], Mapping[str, str]]


@dataclass(frozen=True)
class Plan:
    """A report that has been checked and can be run.

    Parameters
    ----------
    source
        The notebook.
    parameters
        What it takes.
    values
        What is set differently from the notebook's parameters cell.
    warnings
        What the check of its cohort file warned of.
    """

    source: NotebookSource
    parameters: tuple[NotebookParameter, ...]
    values: dict[str, Value]
    warnings: tuple[Finding, ...] = ()

    @property
    def all_values(self) -> dict[str, Value]:
        """Every parameter's value."""
        return {p.name: self.values.get(p.name, p.default) for p in self.parameters}


def plan(name: str, pairs: Sequence[tuple[str, str]]) -> Plan:
    """Check everything that can be checked before a kernel starts.

    Parameters
    ----------
    name
        Of a report, or the path of a notebook.
    pairs
        Pairs of parameter name and text.

    Raises
    ------
    UsageProblems, DataProblems
        Listing what is wrong.
    """
    source = find(name)
    parameters = parameters_cell.read(source.notebook, source.path.name)
    problems: list[Problem] = []
    values: dict[str, Value] = {}
    try:
        values = parameters_cell.check(parameters, pairs)
    except UsageProblems as error:
        problems += error.problems
        for pair in pairs:  # what is right by itself, so that the rest is checked in the same go
            with suppress(UsageProblems):
                values |= parameters_cell.check(parameters, [pair])
    injected = parameters_cell.injected_values(source.notebook)
    earlier_values = {p.name: p.default for p in parameters if p.name in injected}
    own = {p.name: p.default for p in parameters if p.name not in injected}
    differing = {n: v for n, v in values.items() if n not in own or v != own[n]}
    result = Plan(source, parameters, {**earlier_values, **differing})
    preflight = source.preflight()
    if preflight:
        try:
            result = replace(result, warnings=tuple(preflight(result.all_values) or ()))
        except ProblemsFound as error:
            if not problems:
                raise
            problems += error.problems
    if problems:
        raise UsageProblems(problems)
    return result


def report(
    name: str,
    pairs: Sequence[tuple[str, str]] = (),
    *,
    out: Path | None = None,
    paper: str = "a4",
    progress: Progress | None = None,
    extra_files: ExtraFiles | None = None,
) -> Path:
    """Make a report.

    Parameters
    ----------
    name
        Of a report, or the path of a notebook.
    pairs
        Pairs of parameter name and text.
    out
        Folder for the results; ``reports/NAME`` under the current folder by default.
    paper
        ``a4`` or ``us-letter``.
    progress
        Told what is being done.
    extra_files
        Makes more files, which are written beside the PDF, or not at all, together with it.

    Returns
    -------
    pathlib.Path
        Of the PDF.

    Raises
    ------
    UsageProblems, DataProblems, CannotWrite, NotebookFailed
        Then nothing has been written, and earlier results are as they were.
    """
    from hipstudy.report.execute import execute

    progress = progress or Progress()
    progress.stage("checking the parameters and the data")
    job = plan(name, pairs)
    progress.say(lines(job.warnings, progress.width))
    folder = out if out is not None else Path("reports", job.source.name)
    with results_for(folder, alone=True) as results:
        mark = fingerprint(job)
        progress.stage("running the notebook")
        executed = execute(job.source.notebook, job.values, progress, _warm_up)
        progress.stage("writing the report")
        files = _files(job, executed, mark, paper)
        more = extra_files(job.all_values, progress) if extra_files else {}
        sentences = _add(results, job, executed, files | more)
        with undisturbed(), reported(folder):
            results.place()
        progress.say(sentences)
    return folder / f"{job.source.name}.pdf"


def _warm_up() -> None:
    """Import what the writing needs while the kernel is still at work."""
    with suppress(Exception):  # said where it is needed
        import hipstudy.report.write_html
        import hipstudy.report.write_pdf  # noqa: F401


def _files(job: Plan, executed: Any, mark: str, paper: str) -> dict[str, bytes | str]:
    """Everything that is made of the executed notebook, name -> content."""
    from hipstudy.report.read_notebook import read as read_document
    from hipstudy.report.write_html import to_html
    from hipstudy.report.write_pdf import to_pdf

    name = job.source.name
    document = read_document(executed)
    stamp = _stamp(job, mark)
    return {
        **{f"tables/{table}.csv": text for table, text in document.downloads.items()},
        f"{name}.html": to_html(document, stamp),
        f"{name}.pdf": to_pdf(document, stamp, paper=paper),
    }


def _add(results: Results, job: Plan, executed: Any, files: Mapping[str, bytes | str]) -> list[str]:
    """Add the files, the notebook among them; what is to be said of those of an earlier run."""
    import nbformat

    name = job.source.name
    same, edited = outdated(results.folder, name, files)
    notebook = with_outputs(portable(executed, job.parameters), files)
    with reported(results.folder):
        results.add(f"{name}.ipynb", nbformat.writes(notebook))
        for file, content in files.items():
            results.add(file, content)
    for file in same:
        results.withdraw(file)
    said = (
        ("removed, as they were of an earlier run", same),
        ("of an earlier run, and left since they were changed after it", edited),
    )
    return [f"{words}: {', '.join(names)}" for words, names in said if names]


def _stamp(job: Plan, mark: str) -> Stamp:
    values = job.all_values
    head = f"hipstudy {job.source.name} report"
    cohort = "runners of a cohort file" if values.get("cohort") else "drawn runners"
    return Stamp(
        report_name=job.source.name,
        running_head=f"{head} · {cohort}" if "cohort" in values else head,
        fingerprint=mark,
        version=__version__,
        date=str(values.get("report_date") or ""),
    )


def fingerprint(job: Plan) -> str:
    """Twelve hexadecimal digits of everything the numbers come from.

    Source notebook, parameters, the bytes of the files they name (not where these are), the
    version of hipstudy and its data.
    """
    parts: list[str | bytes] = [__version__]
    for cell in job.source.notebook["cells"]:
        if TAG not in cell.get("metadata", {}).get("tags", ()):
            parts += [cell["cell_type"], parameters_cell.cell_source(cell)]
    for parameter in job.parameters:
        if parameter.name in job.values:
            parts += [parameter.name, *_contents(parameter, job.values[parameter.name])]
    data = place("data")
    for path in sorted(data.rglob("*")):
        if path.suffix in (".csv", ".toml"):
            parts += [path.relative_to(data).as_posix(), path.read_bytes()]
    digest = hashlib.sha256()
    for part in (part if isinstance(part, bytes) else part.encode() for part in parts):
        digest.update(f"{len(part)}:".encode() + part)
    return digest.hexdigest()[:12]


def _contents(parameter: NotebookParameter, value: Value) -> list[bytes | str]:
    """A value, with the files that it names read: where they are does not matter."""
    if parameter.unit == "file" and value:
        return [parameters_cell.named_file(parameter, str(value)).read_bytes()]
    if isinstance(value, str) and ".toml" in value:
        items = [item.strip() for item in value.split(",")]
        return [Path(i).read_bytes() if i.endswith(".toml") else i for i in items]
    return [repr(value)]


# Which files of an earlier run stand in a folder and are not written by this one: a report's
# executed notebook lists, in its metadata, what was written beside it and a fingerprint of each. So
# a file is known to be an earlier report's, and to be as that report left it; whatever else stands
# there is somebody's own and stays.
KEY = "outputs"
_SAFE_ENDS = (".csv", ".html", ".pdf")


def outdated(folder: Path, name: str, new_files: Iterable[str]) -> tuple[list[str], list[str]]:
    """Find outdated files: first those as the earlier run left them, then those changed since.

    Parameters
    ----------
    folder
        Where the report is written.
    name
        Of the report.
    new_files
        Names of the files that this run writes; they and what other reports there list are not
        outdated. A file changed since its run is somebody's work.
    """
    earlier = _outputs(folder / f"{name}.ipynb")
    rest = {file: mark for file, mark in earlier.items() if file not in set(new_files)}
    if rest:
        for other in folder.glob("*.ipynb"):
            if other.stem != name:
                rest = {file: mark for file, mark in rest.items() if file not in _outputs(other)}
    there = [file for file in sorted(rest) if _is_plain(folder, file)]
    same = [file for file in there if _mark(folder / file) == rest[file]]
    return same, [file for file in there if file not in same]


def with_outputs(notebook: Any, files: Mapping[str, bytes | str]) -> Any:
    """List files in the metadata of a notebook, which is changed and returned."""
    marks = notebook["metadata"].get("hipstudy")
    own = dict(marks) if isinstance(marks, dict) else {}
    outputs = {name: _digest(content) for name, content in sorted(files.items())}
    notebook["metadata"]["hipstudy"] = own | {KEY: outputs}
    return notebook


def _outputs(path: Path) -> dict[str, str]:
    """What a notebook lists; nothing where it lists none, or is none."""
    try:
        outputs = json.loads(path.read_text(encoding="utf-8"))["metadata"]["hipstudy"][KEY]
        return {str(name): str(mark) for name, mark in outputs.items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return {}


def _is_plain(folder: Path, file: str) -> bool:
    """Whether this is such a file as a report writes, in the folder itself or in one within it."""
    parts = PurePosixPath(file).parts
    path = folder / file
    if not parts or ".." in parts or PurePosixPath(file).is_absolute() or "\\" in file:
        return False
    if path.suffix not in _SAFE_ENDS or path.is_symlink() or path.parent.is_symlink():
        return False
    return len(parts) <= 2 and path.is_file()


def _mark(path: Path) -> str:
    try:
        return _digest(path.read_bytes())
    except OSError:
        return ""


def _digest(content: bytes | str) -> str:
    data = content.encode("utf-8") if isinstance(content, str) else content
    return hashlib.sha256(data).hexdigest()
