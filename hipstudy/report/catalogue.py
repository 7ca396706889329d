"""Which reports there are: notebooks that say they are one, and any notebook given by its path."""

import importlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hipstudy.errors import Finding, Problem, UsageProblems, nearest
from hipstudy.report.parameters_cell import Value, cell_source, nearest_file
from hipstudy.resources import place
from hipstudy.text_files import SAVE, WrongEncoding, read_text

# Makes files that are for the owner of the data and go into no report, name -> content.
OwnersFiles = Callable[[Mapping[str, Value]], Mapping[str, str]]
# What was warned of is returned; what is wrong is raised.
Preflight = Callable[[Mapping[str, Value]], Sequence[Finding] | None]

_FUNCTION = re.compile(r"(hipstudy(?:\.[a-z]\w*)*):([a-z]\w*)\Z", re.ASCII)


@dataclass(frozen=True)
class NotebookSource:
    """A notebook that makes a report.

    Parameters
    ----------
    name
        Of the report; fit for a file name.
    path
        Of the notebook.
    notebook
        As its JSON holds it.
    is_own
        Whether it was given by its path: then it runs in its folder, as in JupyterLab.
    """

    name: str
    path: Path
    notebook: dict[str, Any] = field(repr=False)
    is_own: bool = False

    @property
    def home(self) -> Path | None:
        """Folder that it runs in; None stands for the current one."""
        return self.path.resolve().parent if self.is_own else None

    @property
    def title(self) -> str:
        """What the notebook's mark or its first heading says; its name where there is neither."""
        if mark := title_mark(self.notebook):
            return mark
        cells = (cell for cell in self.notebook["cells"] if cell["cell_type"] == "markdown")
        lines = (line for cell in cells for line in cell_source(cell).splitlines())
        return next((line[2:].strip() for line in lines if line.startswith("# ")), self.name)

    @property
    def is_simulated(self) -> bool:
        """Whether the notebook's mark says that what it shows was never measured."""
        return bool(_marks(self.notebook).get("simulated"))

    def preflight(self) -> Preflight | None:
        """Return the check that comes before any kernel starts; None where there is none.

        Raises
        ------
        UsageProblems
            When the notebook names a function that is not part of hipstudy.
        """
        return self._function("preflight")

    def owners_files(self) -> OwnersFiles | None:
        """Return what makes tables for the owner of the data; None where there is none.

        Raises
        ------
        UsageProblems
            When the notebook names a function that is not part of hipstudy.
        """
        return self._function("owners_files")

    def _function(self, mark: str) -> Any:
        """The function of hipstudy that a mark of the notebook names."""
        name = _marks(self.notebook).get(mark)
        if not name:
            return None
        match = _FUNCTION.match(str(name))
        if match:
            try:
                function = getattr(importlib.import_module(match[1]), match[2])
            except (ModuleNotFoundError, AttributeError):
                function = None
            if str(getattr(function, "__module__", "")).split(".")[0] == "hipstudy":
                return function
        where = f"{self.path.name}, metadata, {mark}"
        raise UsageProblems([Problem(where, str(name), "a function of hipstudy is needed")])


def package_reports() -> dict[str, NotebookSource]:
    """Read the reports that come with the package, by name.

    Where two notebooks have one name, the shorter file name has it: a copy made in JupyterLab
    keeps the mark of the original and is run by its path.
    """
    reports: dict[str, NotebookSource] = {}
    paths = place("notebooks").glob("*.ipynb")
    for path in sorted(paths, key=lambda path: (len(path.name), path.name)):
        notebook = load(path)
        name = _marks(notebook).get("report")
        if name and str(name) not in reports:
            reports[str(name)] = NotebookSource(str(name), path, notebook)
    return dict(sorted(reports.items()))


def find(name: str) -> NotebookSource:
    """Find a report by its name, or a notebook by its path.

    Raises
    ------
    UsageProblems
        When there is none; the nearest name is given.
    """
    if not name.endswith(".ipynb"):
        reports = package_reports()
        if name not in reports:
            mend = nearest(name, reports) if reports else ""
            raise UsageProblems([Problem("report", name, "there is no such report", mend)])
        return reports[name]
    path = Path(name)
    if not path.is_file():
        rule = f"no such file in the folder {path.parent}"
        mend = nearest_file(path, ".ipynb")
        raise UsageProblems([Problem("notebook", path.name, rule, mend)])
    return NotebookSource(safe_name(path.stem), path, load(path), is_own=True)


def safe_name(text: str) -> str:
    """Keep what is safe in a file name.

    Examples
    --------
    >>> safe_name("my copy (2)")
    'my-copy-2'
    """
    return re.sub(r"\W+", "-", text).strip("-") or "report"


def load(path: Path) -> dict[str, Any]:
    """Read a notebook file.

    Raises
    ------
    UsageProblems
        When it is not one.
    """
    try:
        notebook = json.loads(read_text(path))
        if notebook["nbformat"] != 4 or not all(cell["cell_type"] for cell in notebook["cells"]):
            raise ValueError("another format")
    except WrongEncoding as error:
        raise UsageProblems([Problem("notebook", path.name, str(error), SAVE)]) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        mend = "Open it in JupyterLab, save it, and try again."
        problem = Problem("notebook", path.name, "this is no notebook of format 4", mend)
        raise UsageProblems([problem]) from None
    except OSError as error:
        rule = f"it cannot be read ({error.strerror})"
        raise UsageProblems([Problem("notebook", path.name, rule)]) from None
    return notebook


def title_mark(notebook: Mapping[str, Any]) -> str:
    """What a notebook is listed as whose title is put out by a cell; empty where it has none."""
    return str(_marks(notebook).get("title", ""))


def _marks(notebook: Mapping[str, Any]) -> Mapping[str, Any]:
    marks = notebook.get("metadata", {}).get("hipstudy", {})
    return marks if isinstance(marks, dict) else {}
