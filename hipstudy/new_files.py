"""New files, never in place of old ones: all of them whole, or none.

They are written beside their place first, and then given their names by the operating system in
one step that fails when the name is taken.

Guarded by (tests/test_template.py): test_nothing_is_ever_overwritten,
test_whoever_was_quicker_keeps_his_file, test_a_full_disk_leaves_nothing.
"""

import os
from collections.abc import Mapping
from contextlib import closing, suppress
from pathlib import Path

from hipstudy.problems import Problem, UsageProblems
from hipstudy.staging import Stage


def write_new(files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write files of one folder that are not there yet: all of them, or none.

    Raises
    ------
    UsageProblems
        When one is there already, or the folder or disk does not take them.
    """
    if problems := [_taken(path) for path in files if os.path.lexists(path)]:
        raise UsageProblems(problems)
    placed: list[Path] = []
    path = next(iter(files))
    try:
        with closing(Stage(path.parent)) as stage:
            for path, content in files.items():
                (stage.folder / path.name).write_bytes(content)
            for path in files:
                _place(stage.folder / path.name, path, placed)
    except BaseException as error:
        for done in placed:
            with suppress(OSError):
                done.unlink()
        if isinstance(error, OSError):
            raise UsageProblems([_refused(error, path)]) from error
        raise
    return tuple(files)


def _place(ready: Path, path: Path, placed: list[Path]) -> None:
    """Give a file its name; whoever has the name already keeps it."""
    try:
        os.link(ready, path)
        placed.append(path)
    except FileExistsError:
        raise
    except OSError:  # a disk without links: take the name first, then put the file there
        path.touch(exist_ok=False)
        placed.append(path)
        os.replace(ready, path)


def _taken(path: Path) -> Problem:
    rule = "this is there already, and nothing is overwritten"
    return Problem(path.name, "a file of this name", rule, "Choose another name: --out FILE")


def _refused(error: OSError, path: Path) -> Problem:
    if isinstance(error, FileExistsError):
        return _taken(path)
    rule = "the folder has to be there, with room and with leave to write in it"
    return Problem(
        path.name, error.strerror or str(error), rule, "Choose another place: --out FILE"
    )
