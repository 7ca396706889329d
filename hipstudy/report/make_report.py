"""From the name of a report to its files: check, run, write, and only then give final names."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy import __version__
from hipstudy.errors import Finding, Problem, ProblemsFound, UsageProblems
from hipstudy.files import Results, reported, results_for, undisturbed
from hipstudy.finding_list import lines
from hipstudy.progress_bar import Progress
from hipstudy.report.catalogue import NotebookSource, find
from hipstudy.report.execute import portable
from hipstudy.report.outdated_files import outdated, with_outputs
from hipstudy.report.parameters_cell import (
    NotebookParameter,
    Value,
    carried,
    cell_source,
    check,
    named_file,
    read,
)
from hipstudy.resources import place

if TYPE_CHECKING:
    from hipstudy.report.document import Stamp

PAPERS = ("a4", "us-letter")
# Makes more files from a report's parameters: name -> content.
Beside = Callable[[Mapping[str, Value], Progress], Mapping[str, str]]


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


def plan(name: str, given: Sequence[tuple[str, str]]) -> Plan:
    """Check everything that can be checked before a kernel starts.

    Parameters
    ----------
    name
        Of a report, or the path of a notebook.
    given
        Pairs of parameter name and text.

    Raises
    ------
    UsageProblems, DataProblems
        Listing what is wrong.
    """
    source = find(name)
    parameters = read(source.notebook, source.path.name)
    problems: list[Problem] = []
    try:
        values = check(parameters, given)
    except UsageProblems as found:
        problems += found.problems
        values = _sound(parameters, given)
    kept = {p.name: p.default for p in parameters if p.name in carried(source.notebook)}
    own = {p.name: p.default for p in parameters if p.name not in kept}
    differing = {n: v for n, v in values.items() if n not in own or v != own[n]}
    result = Plan(source, parameters, {**kept, **differing})
    preflight = source.preflight()
    if preflight:
        try:
            result = replace(result, warnings=tuple(preflight(result.all_values) or ()))
        except ProblemsFound as found:
            if not problems:
                raise
            problems += found.problems
    if problems:
        raise UsageProblems(problems)
    return result


def _sound(
    parameters: Sequence[NotebookParameter], given: Sequence[tuple[str, str]]
) -> dict[str, Value]:
    """Values of what is right by itself, so that the rest can be checked in the same go."""
    values: dict[str, Value] = {}
    for pair in given:
        with suppress(UsageProblems):
            values |= check(parameters, [pair])
    return values


def report(
    name: str,
    given: Sequence[tuple[str, str]] = (),
    *,
    out: Path | None = None,
    paper: str = "a4",
    progress: Progress | None = None,
    beside: Beside | None = None,
) -> Path:
    """Make a report.

    Parameters
    ----------
    name
        Of a report, or the path of a notebook.
    given
        Pairs of parameter name and text.
    out
        Folder for the results; ``reports/NAME`` under the current folder by default.
    paper
        ``a4`` or ``us-letter``.
    progress
        Told what is being done.
    beside
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
    checked = plan(name, given)
    progress.say(lines(checked.warnings, progress.width))
    folder = out if out is not None else Path("reports", checked.source.name)
    with results_for(folder, alone=True) as results:
        mark = fingerprint(checked)
        progress.stage("running the notebook")
        executed = execute(checked.source.notebook, checked.values, progress, _warm_up)
        progress.stage("writing the report")
        files = _files(checked, executed, mark, paper)
        more = beside(checked.all_values, progress) if beside else {}
        said = _add(results, checked, executed, files | more)
        with undisturbed(), reported(folder):
            results.place()
        progress.say(said)
    return folder / f"{checked.source.name}.pdf"


def _warm_up() -> None:
    """Import what the writing needs while the kernel is still at work."""
    with suppress(Exception):  # said where it is needed
        import hipstudy.report.write_html
        import hipstudy.report.write_pdf  # noqa: F401


def _files(checked: Plan, executed: Any, mark: str, paper: str) -> dict[str, bytes | str]:
    """Everything that is made of the executed notebook, name -> content."""
    from hipstudy.report.read_notebook import read as read_document
    from hipstudy.report.write_html import to_html
    from hipstudy.report.write_pdf import to_pdf

    name = checked.source.name
    document = read_document(executed)
    stamp = _stamp(checked, mark)
    tables = {f"tables/{table}.csv": text for table, text in document.downloads.items()}
    return {
        **tables,
        f"{name}.html": to_html(document, stamp),
        f"{name}.pdf": to_pdf(document, stamp, paper=paper),
    }


def _add(
    results: Results, checked: Plan, executed: Any, files: Mapping[str, bytes | str]
) -> list[str]:
    """Add the files, the notebook among them; what is to be said of those of an earlier run."""
    import nbformat

    name = checked.source.name
    earlier = outdated(results.folder, name, files)
    notebook = with_outputs(portable(executed, checked.parameters), files)
    with reported(results.folder):
        results.add(f"{name}.ipynb", nbformat.writes(notebook))
        for file, content in files.items():
            results.add(file, content)
    for file in earlier.ours:
        results.withdraw(file)
    return earlier.sentences()


def _stamp(checked: Plan, mark: str) -> "Stamp":
    from hipstudy.report.document import Stamp

    values = checked.all_values
    head = f"hipstudy {checked.source.name} report"
    cohort = "runners of a cohort file" if values.get("cohort") else "drawn runners"
    return Stamp(
        report_name=checked.source.name,
        running_head=f"{head} · {cohort}" if "cohort" in values else head,
        fingerprint=mark,
        version=__version__,
        date=str(values.get("report_date") or ""),
    )


def fingerprint(checked: Plan) -> str:
    """Twelve hexadecimal digits of everything the numbers come from.

    Source notebook, parameters, the bytes of the files they name (not where these are), the
    version of hipstudy and its data.
    """
    digest = hashlib.sha256()
    for part in _ingredients(checked):
        digest.update(f"{len(part)}:".encode() + part)
    return digest.hexdigest()[:12]


def _ingredients(checked: Plan) -> list[bytes]:
    parts: list[Any] = [__version__]
    for cell in checked.source.notebook["cells"]:
        if "injected-parameters" not in _tags(cell):
            parts += [cell["cell_type"], cell_source(cell)]
    for parameter in checked.parameters:
        if parameter.name in checked.values:
            parts += [parameter.name, *_contents(parameter, checked.values[parameter.name])]
    data = place("data")
    for path in sorted(data.rglob("*")):
        if path.suffix in (".csv", ".toml"):
            parts += [path.relative_to(data).as_posix(), path.read_bytes()]
    return [part if isinstance(part, bytes) else part.encode() for part in parts]


def _contents(parameter: NotebookParameter, value: Value) -> list[bytes | str]:
    """A value, with the files that it names read: where they are does not matter."""
    if parameter.unit == "file" and value:
        return [named_file(parameter, str(value)).read_bytes()]
    if isinstance(value, str) and ".toml" in value:
        items = [item.strip() for item in value.split(",")]
        return [Path(i).read_bytes() if i.endswith(".toml") else i for i in items]
    return [repr(value)]


def _tags(cell: Mapping[str, Any]) -> Sequence[str]:
    return cell.get("metadata", {}).get("tags", ())
