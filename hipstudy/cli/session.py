"""What every command of the command line shares."""

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click


@dataclass
class Session:
    """Whether an error is shown with where it arose."""

    debug: bool = False


def _debug(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value:
        context.ensure_object(Session).debug = True


debug = click.option(
    "--debug",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_debug,
    help="Show where an error arose.",
)


def command_line(*words: str) -> str:
    """A command of this program as it runs when it is typed: as it was called, words in quotes."""
    every = [*_program(), *words]
    return subprocess.list2cmdline(every) if os.name == "nt" else shlex.join(every)


def _program() -> Sequence[str]:
    """How this program was called; by its name where the shell finds that very one by it."""
    name = Path(sys.argv[0])
    if name.parts[-2:] == ("hipstudy", "__main__.py"):
        return [sys.executable, "-m", "hipstudy"]
    by_name = shutil.which("hipstudy")
    is_same = by_name is not None and name.exists() and Path(by_name).samefile(name)
    return ["hipstudy"] if is_same or name.stem != "hipstudy" else [sys.argv[0]]
