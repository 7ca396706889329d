"""An executed notebook as it may be passed on: no path of a machine, the same bytes each time."""

from collections.abc import Sequence
from typing import Any

from hipstudy.places import file_name, without_folders
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
    return file_name(value) if is_file else without_folders(value)
