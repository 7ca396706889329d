"""What is being done, in one quiet line on standard error."""

import shutil
import sys
from collections.abc import Sequence
from typing import TextIO

BAR = 20


class Progress:
    """A line that renews itself on a terminal; elsewhere one short line for each stage.

    Parameters
    ----------
    stream
        Where to write; standard error by default.
    """

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._length = 0

    def stage(self, words: str) -> None:
        """Say what begins now."""
        if self._live:
            self._renew(words)
        else:
            self._write(f"{words}\n")

    def step(self, done: int, total: int, words: str) -> None:
        """Say how far a stage is; only where the line renews itself."""
        if self._live and total:
            filled = BAR * done // total
            self._renew(f"[{'#' * filled}{'.' * (BAR - filled)}] {words}")

    @property
    def width(self) -> int | None:
        """Of the terminal; None where there is none."""
        return shutil.get_terminal_size().columns if self._live else None

    def say(self, lines: Sequence[str]) -> None:
        """Say something that stays."""
        if lines:
            self.clear()
            self._length = 0
            self._write("".join(f"{line}\n" for line in lines))

    def clear(self) -> None:
        """Leave the line empty."""
        if self._live:
            self._renew("")
            self._write("\r")

    def _renew(self, words: str) -> None:
        words = words[:76]
        self._write(f"\r{words:<{self._length}}")
        self._length = len(words)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
