"""Results go to a temporary folder first and take their final names together, or not at all."""

import errno
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hipstudy.report.interrupts import undisturbed

REMEDIES = {
    errno.ENOSPC: "The disk is full: free some space, or choose another folder with --out.",
    errno.EDQUOT: "Your share of the disk is full: free some space, or choose another with --out.",
    errno.EACCES: "Choose a folder you may write to with --out, and close its files elsewhere.",
    errno.EPERM: "Choose a folder you may write to with --out, and close its files elsewhere.",
    errno.EROFS: "Choose a folder you may write to with --out.",
}


class CannotWrite(Exception):
    """The output folder does not take the results (exit code 2)."""

    exit_code = 2

    def __init__(self, folder: Path, error: OSError) -> None:
        reason = error.strerror or type(error).__name__
        remedy = REMEDIES.get(error.errno or 0, "Choose another folder with --out.")
        super().__init__(f"cannot write to {folder} ({reason}). {remedy} Nothing was written.")


class Results:
    """Files on their way into a folder.

    Parameters
    ----------
    folder
        Where they will be; it and its parents need not exist yet.
    stage
        Temporary folder on the same file system.
    """

    def __init__(self, folder: Path, stage: Path) -> None:
        self.folder = folder
        self.stage = stage
        self._names: list[str] = []

    def add(self, name: str, content: bytes | str) -> None:
        """Write one file to the temporary folder; ``name`` may begin with a folder."""
        target = self.stage / "new" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        self._names.append(name)

    def place(self) -> None:
        """Give the files their final names, in the order they came; undo all if one fails."""
        for name in self._names:
            self._keep(name)
        made: list[Path] = []
        placed: list[str] = []
        try:
            for name in self._names:
                _make_folders((self.folder / name).parent, made)
                os.replace(self.stage / "new" / name, self.folder / name)
                placed.append(name)
        except BaseException:
            self._undo(placed, made)
            raise

    def _keep(self, name: str) -> None:
        old = self.stage / "old" / name
        if (self.folder / name).is_file():
            old.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.folder / name, old)

    def _undo(self, placed: list[str], made: list[Path]) -> None:
        for name in reversed(placed):
            old = self.stage / "old" / name
            with suppress(OSError):
                if old.is_file():
                    os.replace(old, self.folder / name)
                else:
                    (self.folder / name).unlink()
        for folder in reversed(made):
            with suppress(OSError):
                folder.rmdir()


@contextmanager
def results_for(folder: Path) -> Iterator[Results]:
    """Open a temporary folder for results; it is gone at the end, whatever happens.

    It lies in the nearest folder that exists, so that the final names are given by renaming.

    Raises
    ------
    CannotWrite
        When the folder, or the disk, does not take them.
    """
    with reported(folder):
        nearest = folder
        while not nearest.exists() and nearest != nearest.parent:
            nearest = nearest.parent
        if not nearest.is_dir():
            raise NotADirectoryError(errno.ENOTDIR, f"{nearest} is a file, not a folder")
        stage = Path(tempfile.mkdtemp(prefix=".hipstudy-", dir=nearest))
    try:
        yield Results(folder, stage)
    finally:
        with undisturbed():
            shutil.rmtree(stage, ignore_errors=True)


@contextmanager
def reported(folder: Path) -> Iterator[None]:
    """Say an operating system's error in a sentence, with what to do."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(folder, error) from error


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    for path in reversed(missing):
        path.mkdir()
        made.append(path)
