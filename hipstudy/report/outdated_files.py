"""Which files of an earlier run stand in a folder and are not written by this one.

A report's executed notebook lists, in its metadata, what was written beside it and a fingerprint of
each. So a file is known to be an earlier report's, and to be as that report left it; whatever else
stands there is somebody's own and stays.
"""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import Any

KEY = "outputs"
_SAFE_ENDS = (".csv", ".html", ".pdf")


def outdated(folder: Path, name: str, new_files: Iterable[str]) -> tuple[list[str], list[str]]:
    """Find them: first those as the earlier run left them, then those changed since.

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
    return sha256(content.encode("utf-8") if isinstance(content, str) else content).hexdigest()
