"""Kernels for many runs of one notebook, each a fork of a process that has imported what it needs.

A kernel imports for as long as a small report takes. Here that is done once. No kernel sees what
another did: each is a fork of a process that has imported and done nothing else.
"""

import ast
import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import hipstudy
from hipstudy.report.parameters_cell import cell_source

_HARMLESS = frozenset("hipstudy matplotlib numpy pandas scipy seaborn statsmodels warnings".split())


def can_fork() -> bool:
    """Whether this system starts processes so; Windows does not, and macOS not safely."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def own_imports_of(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """Modules that a notebook's cells import and that are known to do nothing by being imported.

    Cells that cannot be parsed import nothing.
    """
    own = [name for source in _sources(notebook) for name in _imports(source)]
    return tuple(dict.fromkeys(name for name in own if _is_harmless(name)))


def has_harmless_imports_only(notebook: Mapping[str, Any]) -> bool:
    """Whether all that a notebook's cells import is known, and none of them holds a magic.

    What a module of somebody's own imports, or a cell that cannot be parsed, nobody knows.
    """
    try:
        return all(map(_is_harmless, (n for one in _sources(notebook) for n in _parsed(one))))
    except (SyntaxError, ValueError):
        return False


def _sources(notebook: Mapping[str, Any]) -> list[str]:
    cells = notebook.get("cells", ())
    return [cell_source(cell) for cell in cells if cell.get("cell_type") == "code"]


def _is_harmless(name: str) -> bool:
    return name.split(".")[0] in _HARMLESS


def imports_of(notebook: Mapping[str, Any]) -> tuple[str, ...]:
    """Modules that a notebook's cells import, and what those of hipstudy import, wherever they do.

    Of the cells' own imports only those that are known to do nothing by being imported. The floor
    that writes reports is left out: it brings Typst.
    """
    return _reached(own_imports_of(notebook))


@cache  # a third of a second, for each report of a batch
def _reached(modules: tuple[str, ...]) -> tuple[str, ...]:
    waiting = list(modules)
    names: dict[str, None] = {}
    while waiting:
        name = waiting.pop()
        if name not in names and not name.startswith("hipstudy.report"):
            names[name] = None
            if name.split(".")[0] == "hipstudy":
                waiting += _imports(_source(name))
    return tuple(sorted(names))


def _imports(source: str) -> list[str]:
    """Modules that a source imports; none where it cannot be parsed."""
    with suppress(SyntaxError, ValueError):
        return _parsed(source)
    return []


def _parsed(source: str) -> list[str]:
    """Modules that a source imports; a name that is taken from a module may be one itself."""
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names += [node.module]
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def _source(name: str) -> str:
    """Source of a module of hipstudy; nothing where there is no such module."""
    path = Path(hipstudy.__file__).parent.joinpath(*name.split(".")[1:])
    for file in (path.with_suffix(".py"), path / "__init__.py"):
        with suppress(OSError, ValueError):
            return file.read_text(encoding="utf-8")
    return ""


class KernelNursery:
    """A process that forks kernels; it ends with this object, or with this process.

    Parameters
    ----------
    modules
        To be imported once for all kernels.
    env
        Environment for that process.
    sparing
        Modules to be imported after those, each with others that it is to go on without.
    """

    def __init__(
        self,
        modules: Sequence[str],
        env: Mapping[str, str],
        sparing: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.modules = tuple(modules)
        command = [sys.executable, "-P", "-m", "hipstudy.report.nursery_process"]
        self._lock = threading.Lock()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=dict(env),
            start_new_session=True,
        )
        own = [name for name in self.modules if "typst" not in name]
        self._imports = True  # and goes on while this process does something else
        with suppress(OSError):  # that it is gone is said when something is asked of it
            self._tell(do="import", modules=own, sparing=sparing or {})

    def start(self, arguments: Sequence[str], env: Mapping[str, str], cwd: str, log: Path) -> int:
        """Start a kernel; its process number."""
        own = {"arguments": list(arguments), "env": dict(env), "cwd": cwd, "log": str(log)}
        return int(self.answer(do="start", **own))

    def answer(self, **wish: Any) -> Any:
        """What the process answers to a wish.

        Raises
        ------
        ProcessLookupError
            When it is gone.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise ProcessLookupError("the process that starts kernels has no pipes")
        with self._lock:
            try:
                if self._imports:
                    self._process.stdout.readline()
                    self._imports = False
                self._tell(**wish)
                line = self._process.stdout.readline()
            except (OSError, ValueError) as error:
                raise ProcessLookupError(f"the process that starts kernels: {error}") from None
        if not line:
            raise ProcessLookupError("the process that starts kernels is gone")
        return json.loads(line)

    def _tell(self, **wish: Any) -> None:
        if self._process.stdin is not None:
            self._process.stdin.write(json.dumps(wish).encode() + b"\n")
            self._process.stdin.flush()

    def close(self) -> None:
        """End it, and the kernels that it started."""
        if self._imports:  # there is none, and nobody waits for what it imports
            self._process.kill()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
