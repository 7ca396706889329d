"""What is being done, in one quiet line on standard error."""

import math
import shutil
import sys
import threading
import time
from collections.abc import Callable, Sequence
from typing import TextIO

BAR = 20
LINES = 10  # at most so many for one count where no line renews itself
APART_S = 10.0  # and not closer than this
_WIDE = 76  # letters of a line that renews itself: longer, it would run into the next


class Progress:
    """A line that renews itself on a terminal; elsewhere one short line for each stage.

    It is written to ``stream``, standard error by default.
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

    def step(self, count: int, total: int, words: str) -> None:
        """Say how far a stage is; only where the line renews itself."""
        if self._live and total:
            filled = BAR * count // total
            self._renew(f"[{'#' * filled}{'.' * (BAR - filled)}] {words}")

    def counter(
        self, what: str, clock: Callable[[], float] = time.monotonic
    ) -> Callable[[int, int], None]:
        """Begin to count parts, ``what`` in the plural, that take about as long as each other.

        What is returned is to be called with how many are done, and of how many: it says so, with
        the time that is left. Where no line renews itself, it says so a few times only. The clock
        gives seconds.
        """
        begin_s = last_s = clock()
        tenth = 0

        def report(count: int, total: int) -> None:
            nonlocal last_s, tenth
            now = clock()
            words = f"{what}: {count} of {total} done, {time_left(now - begin_s, count, total)}"
            if self._live:
                self.step(count, total, words)
            elif count < total and LINES * count // total > tenth and now - last_s >= APART_S:
                last_s, tenth = now, LINES * count // total
                self._write(f"  {words}\n")

        return report

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
        if len(words) > _WIDE:
            words = f"{words[: _WIDE - 1].rstrip()}…"
        self._write(f"\r{words:<{self._length}}")
        self._length = len(words)

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def time_left(passed_s: float, count: int, total: int) -> str:
    """Say in words how long the rest takes, when it takes as long as what is done.

    Examples
    --------
    >>> time_left(60, 1, 3), time_left(20, 1, 3), time_left(60, 3, 3)
    ('about 2 min left', 'less than a minute left', 'less than a minute left')
    """
    if not count:
        return "time left not known yet"
    minutes = math.ceil(passed_s / count * (total - count) / 60)
    return f"about {minutes} min left" if minutes > 1 else "less than a minute left"


class DelayedProgress:
    """Show what a task says of its progress, once it has taken ``seconds``; gone at the end."""

    def __init__(self, progress: Progress, seconds: float = 1.0) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._last: tuple[int, int, str] | None = None
        self._shows = False
        self._timer = threading.Timer(seconds, self.show)
        self._timer.daemon = True

    def __enter__(self) -> "DelayedProgress":
        self._timer.start()
        return self

    def step(self, count: int, total: int, words: str) -> None:
        """Say how far a task is."""
        with self._lock:
            self._last = (count, total, words)
            if self._shows:
                self._progress.step(count, total, words)

    def show(self) -> None:
        """Begin to show, with the latest that was said."""
        with self._lock:
            self._shows = True
            if self._last is not None:
                self._progress.step(*self._last)

    def __exit__(self, *_error: object) -> None:
        self._timer.cancel()
        with self._lock:
            self._last = None  # what the timer may still show
            if self._shows:
                self._progress.clear()
