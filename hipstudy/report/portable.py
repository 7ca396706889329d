"""An executed notebook as it may be passed on: no path of a machine, the same bytes each time."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from hipstudy.report.settings import Parameter, Value, carried

TAG = "injected-parameters"


def portable(notebook: Any, parameters: Sequence[Parameter]) -> Any:
    """Shorten files named in the injected parameters to their names, and fix that cell's id.

    Parameters
    ----------
    notebook
        Executed; changed in place and returned.
    parameters
        What the notebook takes; those with the unit ``file`` hold a path.
    """
    files = {parameter.name for parameter in parameters if parameter.unit == "file"}
    given = carried(notebook)
    for cell in notebook["cells"]:
        if TAG in cell.get("metadata", {}).get("tags", ()):
            cell["id"] = TAG
            lines = [f"{name} = {_short(value, name in files)!r}" for name, value in given.items()]
            cell["source"] = "\n".join(["# Parameters", *lines])
    return notebook


def _short(value: Value, is_file: bool) -> Value:
    if not isinstance(value, str):
        return value
    if is_file:
        return _name(value)
    parts = (part.strip() for part in value.split(","))
    return ", ".join(_name(part) if part.lower().endswith(".toml") else part for part in parts)


def _name(path: str) -> str:
    r"""Last part of a path, of whichever system.

    Examples
    --------
    >>> _name("/data/clinic/runners.csv"), _name(r"C:\clinic\runners.csv")
    ('runners.csv', 'runners.csv')
    """
    return PurePath(path.replace("\\", "/")).name
