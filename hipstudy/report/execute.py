"""Run a notebook strictly: checked parameters, this interpreter, stop at the first error."""

import logging
import re
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.progress_bar import Progress
from hipstudy.report.absent_modules import absent
from hipstudy.report.parameters_cell import NotebookParameter, Value, cell_source, injected_values
from hipstudy.resources import file_name, without_folders

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from hipstudy.report.kernel_nursery import KernelNursery

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PROBLEMS = {kind.__name__: kind.exit_code for kind in (DataProblems, UsageProblems)}
_MOST_LETTERS = 300
# A machine that sleeps or is busy is late, and that is no fault: whether the kernel is alive is
# asked meanwhile. By itself nbclient gives up outputs that come 4 s after the cell has ended.
_PATIENCE_S = 600


class NotebookFailed(Exception):
    """The notebook stopped before its end.

    Parameters
    ----------
    message
        Which cell, and why.
    exit_code
        What a command ends with.
    detail
        The kernel's own account, for ``--debug``.
    """

    def __init__(self, message: str, exit_code: int = 1, detail: str = "") -> None:
        super().__init__(message)
        self.exit_code = exit_code
        self.detail = detail


class _Headings:
    """Follows the run: says the heading above the cell that runs now."""

    def __init__(self, total: int, progress: Progress) -> None:
        self.total = total
        self.has_begun = False
        self.progress = progress
        self.heading = ""
        self.cell: Any = None

    def cell_starts(self, cell: Any, cell_index: int) -> None:
        self.has_begun = True
        if cell.cell_type == "markdown":
            titles = [s.lstrip("# ") for s in cell.source.splitlines() if re.match(r"#+ ", s)]
            self.heading = titles[-1] if titles else self.heading
        else:
            self.cell = cell
        words = f"cell {cell_index + 1} of {self.total}  {self.heading}"
        self.progress.step(cell_index, self.total, words)

    def where(self, source: str) -> str:
        """Name a cell by its first line and the heading above it."""
        first = next((line.strip() for line in source.splitlines() if line.strip()), "")[:80]
        return f"the cell `{first}`" + (f' under "{self.heading}"' if self.heading else "")


def execute(
    notebook: Mapping[str, Any],
    values: Mapping[str, Value],
    progress: Progress,
    meanwhile: Callable[[], None] = lambda: None,
    home: Path | None = None,
    nursery: "KernelNursery | None" = None,
) -> "NotebookNode":
    """Run a notebook from top to bottom in a new kernel.

    Parameters
    ----------
    notebook
        As its JSON holds it; it is not changed.
    values
        Parameters that differ from the notebook's own.
    progress
        Told which cell runs.
    meanwhile
        Called in a thread of its own while the kernel is at work.
    home
        Folder that it runs in, and in which it finds modules; the current folder when None.
    nursery
        Where its kernel is forked; None for a process of its own.

    Returns
    -------
    nbformat.NotebookNode
        The executed notebook, without times and paths.

    Raises
    ------
    NotebookFailed
        Saying which cell stopped and why.
    """
    if nursery is not None:  # which goes on importing meanwhile; a kernel of its own begins first
        _load_machinery()
    from hipstudy.report.kernel import running

    scratch = tempfile.TemporaryDirectory(prefix="hipstudy-", ignore_cleanup_errors=True)
    with scratch as folder, running(Path(folder), home, nursery) as kernel:
        _load_machinery()
        from nbclient.exceptions import DeadKernelError
        from papermill import execute_notebook
        from papermill.exceptions import PapermillExecutionError

        logging.getLogger("papermill").setLevel(logging.CRITICAL)
        node = _node(notebook)
        follow = _Headings(len(node.cells) + bool(values), progress)
        threading.Thread(target=meanwhile, daemon=True).start()
        try:
            executed = execute_notebook(
                node,
                None,
                dict(values) or None,
                kernel_name="python3",
                language="python",
                progress_bar=False,
                km=kernel,
                start_timeout=_PATIENCE_S,
                iopub_timeout=_PATIENCE_S,
                on_cell_start=follow.cell_starts,
            )
        except PapermillExecutionError as error:
            raise _failed(error, follow) from None
        except RuntimeError as error:
            if follow.has_begun and not isinstance(error, DeadKernelError):
                raise
            message = "the notebook's kernel did not start"
            if follow.has_begun:
                where = follow.where(cell_source(follow.cell or {}))
                message = f"the notebook's kernel died in {where}, most often for want of memory"
            raise NotebookFailed(message, detail=f"{error}\n{kernel.last_words}") from None
    for part in (executed, *executed.cells):
        for times in ("papermill", "execution"):
            part.metadata.pop(times, None)
    return executed


def _load_machinery() -> None:
    """Import what runs a notebook.

    jsonschema is spared a grammar of web addresses, which takes a second; notebooks hold none.
    """
    with absent("rfc3987_syntax"):
        import jsonschema  # noqa: F401
    import papermill  # noqa: F401


def _node(notebook: Mapping[str, Any]) -> "NotebookNode":
    """Make a node that any notebook gives, whatever kernel it was last saved with."""
    import nbformat

    node = nbformat.from_dict(notebook)
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3"}
    node.metadata.pop("papermill", None)
    for number, cell in enumerate(node.cells):
        cell.metadata.pop("papermill", None)
        cell.source = cell_source(cell)
        if node.get("nbformat_minor", 0) >= 5:
            cell.setdefault("id", f"cell-{number}")
    return node


def _failed(error: Any, follow: _Headings) -> NotebookFailed:
    detail = _COLOUR.sub("", "\n".join(error.traceback))
    message = _COLOUR.sub("", error.evalue).strip()
    if error.ename in _PROBLEMS:
        return NotebookFailed(message, _PROBLEMS[error.ename], detail)
    words = " ".join(message.split())
    if len(words) > _MOST_LETTERS:
        words = words[: _MOST_LETTERS - 3] + "..."
    why = f"{error.ename}: {words}" if words else error.ename
    return NotebookFailed(f"the notebook stopped in {follow.where(error.source)}: {why}", 1, detail)


TAG = "injected-parameters"


def portable(notebook: Any, parameters: Sequence[NotebookParameter]) -> Any:
    """Shorten files named in the injected parameters to their names, and fix that cell's id.

    Parameters
    ----------
    notebook
        Executed; changed in place and returned.
    parameters
        What the notebook takes; those with the unit ``file`` hold a path.
    """
    files = {parameter.name for parameter in parameters if parameter.unit == "file"}
    values = injected_values(notebook)
    for cell in notebook["cells"]:
        if TAG in cell.get("metadata", {}).get("tags", ()):
            cell["id"] = TAG
            lines = [f"{n} = {without_place(v, n in files)!r}" for n, v in values.items()]
            cell["source"] = "\n".join(["# Parameters", *lines])
    return notebook


def without_place(value: Value, is_file: bool) -> Value:
    """Shorten files that a value names to their names: a folder says whose machine it was."""
    if not isinstance(value, str):
        return value
    return file_name(value) if is_file else without_folders(value)
