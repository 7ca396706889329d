"""Files that settings name, where the notebook runs in another folder than the command.

A file named on the command line is the one that is seen from there. A file named in a notebook is
looked for beside the notebook first, as JupyterLab does, and then where the command was typed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hipstudy.report.parameters_cell import NotebookParameter, Value
from hipstudy.resources import is_open_data

_ITEM = re.compile(r"[^,|]+")


def beside(parameters: Sequence[NotebookParameter], home: Path | None) -> dict[str, Value]:
    """Values of the notebook's own settings whose files stand beside it, with their whole paths."""
    if home is None or home == Path.cwd():
        return {}
    return _changed(parameters, {p.name: p.default for p in parameters}, home)


def absolute(
    parameters: Sequence[NotebookParameter], values: Mapping[str, Value], home: Path | None
) -> dict[str, Value]:
    """The same values for a notebook that runs in ``home``: files by their whole paths."""
    if home is None or home == Path.cwd():
        return dict(values)
    defaults = {p.name: p.default for p in parameters if p.name not in values}
    return {**_changed(parameters, defaults, Path.cwd()), **values,
            **_changed(parameters, values, Path.cwd())}  # fmt: skip


def whole_paths(parameter: NotebookParameter, value: Value, folder: Path) -> Value:
    """A value whose files are looked for in a folder, with their whole paths."""
    return _changed([parameter], {parameter.name: value}, folder).get(parameter.name, value)


def _changed(
    parameters: Sequence[NotebookParameter], values: Mapping[str, Value], folder: Path
) -> dict[str, Value]:
    def whole(name: str) -> str:
        path = folder / name
        return str(path.resolve()) if path.is_file() else name

    made = {p.name: _with_paths(p, values[p.name], whole) for p in parameters if p.name in values}
    return {name: value for name, value in made.items() if value != values[name]}


def _with_paths(parameter: NotebookParameter, value: Value, whole: Callable[[str], str]) -> Value:
    """A value with each file that it names replaced; other values as they are."""
    if not isinstance(value, str) or not value:
        return value
    if parameter.unit == "file":
        is_word = parameter.name == "cohort" and is_open_data(value)
        return value if is_word else whole(value)

    def item(match: re.Match[str]) -> str:
        name = match[0].strip()
        is_file = name.lower().endswith(".toml")
        return match[0].replace(name, whole(name)) if is_file else match[0]

    return _ITEM.sub(item, value)
