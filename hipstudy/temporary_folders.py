"""Temporary folders beside what is written: locked while they are in use, gone at the end.

A process that is killed outright cannot remove its own. The operating system lets go of its lock
all the same, so whoever writes there next can tell such a folder from one in use, and removes it.
"""

import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock

PREFIX = ".hipstudy-"
LOCK = "in-use"
YOUNG_S = 60  # a folder without a lock may be about to get one
_TRIES = 3


class InUse(Exception):
    """A living process has the temporary folder of this name."""


class Stage:
    """A temporary folder in a place, that belongs to this process.

    Those that dead processes left there are removed. With a name there is only one of it at a time.

    Raises
    ------
    InUse
        When there is one of this name already.
    OSError
        When the place does not take it.
    """

    def __init__(self, place: Path, name: str = "") -> None:
        for _ in range(_TRIES):
            sweep(place)
            folder = _made(place, name)
            try:
                lock = _locked(folder)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)
                raise
            # Whoever swept the new folder before it was locked has it: then there is another try.
            if lock is not None:
                self.folder, self._lock = folder, lock
                return
        raise InUse(place)

    def close(self) -> None:
        """Remove it with all that is in it."""
        _remove(self.folder, self._lock)


def sweep(place: Path, pattern: str = f"{PREFIX}*") -> None:
    """Remove the folders of this pattern that dead processes left in a place; nothing else."""
    with suppress(OSError):
        for folder in place.glob(pattern):
            with suppress(OSError):
                _sweep_one(folder)


def _sweep_one(folder: Path) -> None:
    if folder.is_symlink() or not folder.is_dir():
        return
    # Without a lock it is not ours, or made a moment ago, or left before it was locked.
    if not (folder / LOCK).is_file():
        if time.time() - folder.stat().st_mtime > YOUNG_S:
            folder.rmdir()  # which the system refuses when anything is in it
    elif (lock := _locked(folder)) is not None:
        _remove(folder, lock)


def _made(place: Path, name: str) -> Path:
    if not name:
        return Path(tempfile.mkdtemp(prefix=PREFIX, dir=place))
    folder = place / f"{PREFIX}{name}"
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        raise InUse(place) from None
    return folder


def _locked(folder: Path) -> "BaseFileLock | None":
    """The folder's lock, when no living process has it."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(blocking=False)
    except (Timeout, FileNotFoundError):
        return None
    return lock


def _remove(folder: Path, lock: "BaseFileLock") -> None:
    """Remove a folder whose lock is ours; the lock goes last, since Windows keeps open files."""
    for path in folder.iterdir():
        if path.name != LOCK:
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink()
    lock.release()
    shutil.rmtree(folder, ignore_errors=True)
