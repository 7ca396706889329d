"""Results that follow from no file of the user, kept from one run to the next.

A result is kept under a digest of everything that it follows from: its settings, every file and
data file of this package, the versions of Python and of the libraries, and what of this machine
moves last digits. So nothing that is kept is ever of other code or other numbers. Only arrays of
numbers and words are kept, in a folder that is the user's own; no file of it can bring code.
Whatever is wrong with the folder, the result is worked out as if it had never been kept.
"""

import hashlib
import io
import json
import os
import platform
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from hipstudy.errors import WARNING, Finding
from hipstudy.resources import place

Arrays = Mapping[Any, Any]
"""Arrays by name; a name may lead to others by name, and may be a tuple of words."""
SWITCH = "HIPSTUDY_CACHE"  # of the environment: off, or another folder
OFF = "off"
_OFF_TOO = (OFF, "0", "no", "false")  # however somebody writes it: none is meant as a folder
MOST_BYTES = 100_000_000  # kept altogether; what was not used for longest gives way
LIBRARIES = ("numpy", "scipy", "pandas", "salib", "statsmodels")
# Sums of more threads, and of other kernels of linear algebra, come in another order.
MOVES_DIGITS = (
    "OPENBLAS_NUM_THREADS OMP_NUM_THREADS MKL_NUM_THREADS VECLIB_MAXIMUM_THREADS "
    "OPENBLAS_CORETYPE NPY_DISABLE_CPU_FEATURES NPY_ENABLE_CPU_FEATURES"
).split()
# A file that was changed later than so long before this module was loaded may not be the one that
# this process runs.
_LOADED, _DOUBT_S = time.time(), 30.0
_FOLDER, _SUFFIX, _UNFINISHED = "hipstudy_results", ".result", ".unfinished"
_LEFT_BEHIND_S = 3600.0  # an unfinished file this old is nobody's any more
_INDEX = "index"  # of an entry: what each of its numbered arrays is called, and how it lies
_DIGEST_BYTES = hashlib.sha256().digest_size


@contextmanager
def fresh_results() -> Iterator[None]:
    """Keep nothing and read nothing that is kept, in this process and those it starts."""
    before = os.environ.get(SWITCH)
    os.environ[SWITCH] = OFF
    try:
        yield
    finally:
        if before is None:
            del os.environ[SWITCH]
        else:
            os.environ[SWITCH] = before


def result(name: str, settings: Mapping[str, Any], find: Callable[[], Arrays]) -> Arrays:
    """What is kept under a name and settings; it is found now, and kept, where nothing is.

    Parameters
    ----------
    name
        Of the work.
    settings
        All that the result follows from besides this package, as JSON can write it; no row of a
        cohort file. Only a digest of it is kept.
    find
        Works it out: arrays of numbers, truth values or words by name.

    Raises
    ------
    TypeError
        Where an array holds anything else.
    """
    entry = _entry(name, settings)
    if entry is None:
        return find()
    found = _read(entry)
    if found is None:
        found = find()
        _write(entry, _content(name, found))
    return found


def folder() -> Path | None:
    """Folder of what is kept; None where nothing is to be kept, or there is no home folder.

    In the environment that this runs in, with which it is removed; where it runs in none, in the
    user's own cache folder.
    """
    said = os.environ.get(SWITCH, "").strip()
    if said:
        named = Path(said).expanduser()
        # Where it begins nowhere, it would be another folder for each program.
        is_none = said.lower() in _OFF_TOO or not named.is_absolute()
        return None if is_none else named / _FOLDER
    if sys.prefix != sys.base_prefix:
        return Path(sys.prefix) / _FOLDER
    own = platformdirs.user_cache_path("hipstudy", appauthor=False)
    return own if own.is_absolute() else None


def unusable_folder() -> tuple[Finding, ...]:
    """Warn of a folder that somebody named and in which nothing can be kept."""
    said = os.environ.get(SWITCH, "").strip()
    if not said or said.lower() in _OFF_TOO:
        return ()
    where = Path(said).expanduser() / _FOLDER
    with suppress(OSError):
        if where.is_absolute() and _is_own(where):
            with tempfile.TemporaryFile(dir=where):
                return ()
    rule = "nothing can be kept in this folder, so everything is worked out anew"
    mend = "Name the whole path of a folder that is yours and can be written, or say off"
    return (Finding(WARNING, SWITCH, rule, value=said, mend=mend),)


def _entry(name: str, settings: Mapping[str, Any]) -> Path | None:
    """File of a result; None where it cannot be kept."""
    where = folder()
    if where is None or not _is_own(where) or (base := _basis()) is None:
        return None
    # A number of numpy's is the number that it is.
    asked = [base, _threads(), name, settings]
    text = json.dumps(asked, sort_keys=True, default=lambda number: number.item())
    return where / f"{hashlib.sha256(text.encode()).hexdigest()}{_SUFFIX}"


def _is_own(where: Path) -> bool:
    """Whether a folder is there, made now if need be, in which nobody else can write."""
    try:
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = where.lstat()
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    if not hasattr(os, "getuid"):
        return True
    return found.st_uid == os.getuid() and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _threads() -> dict[str, str]:
    return {name: os.environ[name] for name in MOVES_DIGITS if name in os.environ}


@cache
def _basis() -> str | None:
    """Digest of code, data, libraries and machine; None where files changed under this process."""
    package = Path(__file__).resolve().parent
    try:
        digest = hashlib.sha256(json.dumps(_surroundings(), sort_keys=True).encode())
        for root in (package, place("data")):
            for name, file in _files(root):
                state = file.stat()
                if max(state.st_mtime, state.st_ctime) > _LOADED - _DOUBT_S:
                    return None
                content = hashlib.sha256(Path(file.path).read_bytes()).hexdigest()
                digest.update(f"{name} {content}\n".encode())
    except OSError:
        return None
    return digest.hexdigest()


def _files(root: Path, within: str = "") -> Iterator[tuple[str, "os.DirEntry[str]"]]:
    """Files of a folder and of those in it, by their names from there, in their order."""
    with os.scandir(root) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if entry.is_file():
            yield f"{within}{entry.name}", entry
        elif entry.is_dir() and entry.name != "__pycache__":
            yield from _files(Path(entry.path), f"{within}{entry.name}/")


def _surroundings() -> dict[str, Any]:
    """What may move a last digit, besides this package."""
    return {
        "python": sys.version,
        "libraries": {name: version(name) for name in LIBRARIES},
        "system": [platform.system(), platform.machine(), *platform.libc_ver()],
        "processor": _processor(),
        "instructions": np.show_config(mode="dicts").get("SIMD Extensions", {}),
    }


def _processor() -> list[str]:
    """Model and features of the processor, as far as the system says them."""
    with suppress(OSError, UnicodeDecodeError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").split("\n\n")[0].splitlines()
        told = ("model name", "flags", "Features", "CPU part")
        return [line for line in lines if line.startswith(told)]
    return [platform.processor()]


def _read(entry: Path) -> Arrays | None:
    """A result that is kept; None where it is not, or not as it was written."""
    try:
        content = entry.read_bytes()
        digest, payload = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if hashlib.sha256(payload).digest() != digest:
            raise ValueError("it is not as it was written")
        with np.load(io.BytesIO(payload), allow_pickle=False) as kept:
            index = json.loads(str(kept[_INDEX]))
            found = [
                (path, {} if axes is None else kept[str(k)].transpose(np.argsort(axes)))
                for k, (path, axes) in enumerate(index)
            ]
        whole = _of_paths(found)
    except FileNotFoundError:
        return None
    except Exception:  # whatever is wrong with it: it is found anew
        with suppress(OSError):
            entry.unlink()
        return None
    with suppress(OSError):
        os.utime(entry)  # used now
    return whole


def _content(name: str, found: Arrays) -> bytes:
    """A result as it is written: a digest, and the arrays under numbers with their index.

    An array stays as it lies in memory: sums of another layout would come in another order.
    """
    index: list[tuple[list[Any], list[int] | None]] = []
    arrays = {}
    for k, (path, array) in enumerate(_paths(found)):
        if isinstance(array, Mapping):
            index.append((path, None))
            continue
        if array.dtype.hasobject:
            raise TypeError(f"{name}: only arrays of numbers, truth values and words are kept")
        axes = sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))
        index.append((path, axes))
        arrays[str(k)] = array.transpose(axes)
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **{_INDEX: np.array(json.dumps(index))}, **arrays)
    payload = file.getvalue()
    return hashlib.sha256(payload).digest() + payload


def _paths(found: Arrays) -> Iterator[tuple[list[Any], Any]]:
    """Every array, and every name that leads to none, with the names that lead there."""
    for name, one in found.items():
        if isinstance(one, Mapping) and one:
            yield from (([name, *path], array) for path, array in _paths(one))
        else:
            yield [name], one


def _of_paths(found: Iterable[tuple[list[Any], Any]]) -> Arrays:
    """Arrays by name, from the names that lead to each; a list of words was a tuple."""
    whole: dict[Any, Any] = {}
    for path, array in found:
        *names, last = (tuple(name) if isinstance(name, list) else name for name in path)
        inner = whole
        for name in names:
            inner = inner.setdefault(name, {})
        inner[last] = array
    return whole


def _write(entry: Path, content: bytes) -> None:
    """Keep a result under its name in one step, and let old ones go."""
    unfinished = None
    try:
        number, unfinished = tempfile.mkstemp(suffix=_UNFINISHED, dir=entry.parent)
        with os.fdopen(number, "wb") as file:
            file.write(content)
        os.replace(unfinished, entry)
        _let_go(entry.parent)
    except OSError:  # a full disk, say: the result is there all the same
        with suppress(OSError):
            if unfinished is not None:
                os.unlink(unfinished)  # noqa: PTH108 - as mkstemp names it


def _let_go(where: Path) -> None:
    """Remove what was not used for longest until the rest is small enough, and what is left over.

    Other processes may do the same at this moment.
    """
    states = []
    for file in where.iterdir():
        with suppress(OSError):
            states.append((file.stat().st_mtime, file.stat().st_size, file))
    total = 0
    for used, size, file in sorted(states, reverse=True):
        if file.suffix == _SUFFIX:
            total += size
        is_left = file.suffix == _UNFINISHED and used < time.time() - _LEFT_BEHIND_S
        if is_left or (file.suffix == _SUFFIX and total > MOST_BYTES):
            with suppress(OSError):
                file.unlink()
