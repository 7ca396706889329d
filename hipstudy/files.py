"""Results go to a temporary folder first and take their final names together, or not at all."""

import errno
import os
import shutil
import signal
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from types import FrameType

from hipstudy.errors import Problem, UsageProblems
from hipstudy.temporary_folders import PREFIX, InUse, Stage, sweep


def end_signals() -> list[signal.Signals]:
    """Signals that ask a process to end; Windows has fewer, and other threads hear none."""
    if threading.current_thread() is not threading.main_thread():
        return []  # only the main thread may say what a signal does
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore every such signal for a moment, so that cleaning up is not itself cut short."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in end_signals()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def one_end(*, leaving: bool) -> Iterator[None]:
    """Let the first such signal end what runs, as Ctrl-C does, and no second cut short how it ends.

    Where hanging up is ignored already, as under ``nohup``, it stays so. ``leaving`` says that the
    process ends with what runs: then, once a signal has come, all stay ignored.
    """
    ends = end_signals()

    def unheard(_number: int, _frame: FrameType | None) -> None:
        """Do nothing: Python complains of a signal that came already and is ignored only now."""

    def first(number: int, _frame: FrameType | None) -> None:
        for each in ends:
            signal.signal(each, unheard)
        raise KeyboardInterrupt(number)

    ignored = {n for n in ends if signal.getsignal(n) is signal.SIG_IGN} - {signal.SIGINT}
    before = {n: signal.signal(n, first) for n in ends if n not in ignored}
    try:
        yield
    finally:
        if not leaving or signal.getsignal(signal.SIGINT) is first:
            for number, handler in before.items():
                signal.signal(number, handler)
        else:  # a handler in Python ends with Python, and this outlives it
            for number in ends:
                signal.signal(number, signal.SIG_IGN)


REPORTS = "reports"  # the usual folder, with one for each report in it

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


class FolderInUse(Exception):
    """Another report is being made for the same folder (exit code 2)."""

    exit_code = 2

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"another report is being made in {folder} at this moment. Wait until it is done, or "
            "choose another folder with --out. Nothing was written."
        )


class Results:
    """Files on their way into a folder, by a temporary folder on the same file system.

    The folder and its parents need not exist yet.
    """

    def __init__(self, folder: Path, stage: Path) -> None:
        self.folder, self.stage = folder, stage
        self._names: list[str] = []
        self._old: list[str] = []
        self._shelf = ""

    def withdraw(self, name: str) -> None:
        """Take away, when the others get their names, a file that is there and not of this run."""
        self._old.append(name)

    def add(self, name: str, content: bytes | str) -> None:
        """Write one file to the temporary folder; ``name`` may begin with a folder."""
        target = self.stage / "new" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_encoded(content))
        self._names.append(name)

    def shelve(self, shelf: str, names: Iterable[str], more: Mapping[str, bytes | str]) -> None:
        """Copy files that are there, for a new folder ``shelf`` in theirs; and some more files.

        The copy is whole before any file is replaced, and gets its name first, in one step. So
        there is no moment at which one of them is nowhere.
        """
        aside = self.stage / "aside"
        aside.mkdir()
        for name in names:
            (aside / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.folder / name, aside / name)
        for name, content in more.items():
            (aside / name).write_bytes(_encoded(content))
        self._shelf = shelf

    def place(self) -> None:
        """Give the files their final names, in the order they came; undo all if one fails."""
        for name in (*self._names, *self._old):
            old = self.stage / "old" / name
            if (self.folder / name).is_file():
                old.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(self.folder / name, old)
        made: list[Path] = []
        with ExitStack() as undo:
            undo.callback(_remove_folders, made)
            if self._shelf:
                self._place_shelf(made, undo)
            for name in self._names:
                _make_folders((self.folder / name).parent, made)
                os.replace(self.stage / "new" / name, self.folder / name)
                undo.callback(self._put_back, name)
            for name in self._old:
                (self.folder / name).unlink(missing_ok=True)
                undo.callback(self._put_back, name)
            undo.pop_all()

    def _place_shelf(self, made: list[Path], undo: ExitStack) -> None:
        shelf, aside = self.folder / self._shelf, self.stage / "aside"
        _make_folders(shelf.parent, made)
        if shelf.exists():  # an empty folder would be replaced without a word
            raise FileExistsError(errno.EEXIST, f"{shelf} is there already")
        os.replace(aside, shelf)
        undo.callback(_take_back, shelf, aside)

    def _put_back(self, name: str) -> None:
        """What had the name before, or nothing."""
        old = self.stage / "old" / name
        with suppress(OSError):
            if old.is_file():
                os.replace(old, self.folder / name)
            else:
                (self.folder / name).unlink(missing_ok=True)


def _encoded(content: bytes | str) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


@contextmanager
def results_for(folder: Path, *, alone: bool = False) -> Iterator[Results]:
    """Open a temporary folder for results; it is gone at the end, whatever happens.

    It lies in the folder for which they are, so that the final names are given by renaming. That
    one is made if need be, and is gone at the end too when nothing came into it. With ``alone``, a
    folder for which somebody else is making results at this moment is refused.

    Raises
    ------
    CannotWrite, FolderInUse
        When the folder, or the disk, does not take them, or somebody else is at it.
    """
    made: list[Path] = []
    stage = None
    try:
        with reported(folder):
            sweep(folder.parent)
            if folder.parent.name == REPORTS:
                sweep(folder.parent, f"*/{PREFIX}*")
            _make_folders(folder, made)
            stage = Stage(folder, "report" if alone else "")
        yield Results(folder, stage.folder)
    except InUse:
        raise FolderInUse(folder) from None
    finally:
        with undisturbed():
            if stage is not None:
                with suppress(OSError):
                    stage.close()
            _remove_folders(made)


@contextmanager
def reported(folder: Path) -> Iterator[None]:
    """Say an operating system's error in a sentence, with what to do."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(folder, error) from error


def _make_folders(folder: Path, made: list[Path]) -> None:
    missing = []
    while not folder.exists() and folder != folder.parent:
        missing.append(folder)
        folder = folder.parent
    if not folder.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{folder} is a file, not a folder")
    for path in reversed(missing):
        path.mkdir(exist_ok=True)  # somebody else may need it too, and be quicker
        made.append(path)


def _take_back(shelf: Path, aside: Path) -> None:
    with suppress(OSError):
        os.replace(shelf, aside)


def _remove_folders(made: list[Path]) -> None:
    """Remove the folders that this process made, as far as nothing is in them."""
    for folder in reversed(made):
        with suppress(OSError):
            folder.rmdir()


def write_new(files: Mapping[Path, bytes]) -> tuple[Path, ...]:
    """Write files of one folder that are not there yet: all of them, or none.

    Raises
    ------
    UsageProblems
        When one is there already, or the folder or disk does not take them.
    """
    if problems := [_taken(path) for path in files if os.path.lexists(path)]:
        raise UsageProblems(problems)
    path = next(iter(files))
    try:
        with ExitStack() as undo:
            with closing(Stage(path.parent)) as stage:
                for path, content in files.items():
                    (stage.folder / path.name).write_bytes(content)
                for path in files:
                    _place(stage.folder / path.name, path, undo)
            undo.pop_all()
    except OSError as error:
        raise UsageProblems([_refused(error, path)]) from error
    return tuple(files)


def _place(ready: Path, path: Path, undo: ExitStack) -> None:
    """Give a file its name; whoever has the name already keeps it."""
    try:
        os.link(ready, path)
        undo.callback(_discard, path)
    except FileExistsError:
        raise
    except OSError:  # a disk without links: take the name first, then put the file there
        path.touch(exist_ok=False)
        undo.callback(_discard, path)
        os.replace(ready, path)


def _discard(path: Path) -> None:
    with suppress(OSError):
        path.unlink()


def _taken(path: Path) -> Problem:
    rule = "this is there already, and nothing is overwritten"
    return Problem(path.name, "a file of this name", rule, "Choose another name: --out FILE")


def _refused(error: OSError, path: Path) -> Problem:
    if isinstance(error, FileExistsError):
        return _taken(path)
    rule = "the folder has to be there, with room and with leave to write in it"
    reason = error.strerror or str(error)
    return Problem(path.name, reason, rule, "Choose another place: --out FILE")
