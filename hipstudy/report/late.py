"""Progress that is shown only when there is something to wait for."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hipstudy.report.progress import Progress

SECONDS = 1.0


class Late:
    """Hand on what a task says of its progress, once it has taken a while.

    Parameters
    ----------
    progress
        To hand it on to.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._last: tuple[int, int, str] | None = None
        self._waited = False
        self._ended = False

    def step(self, done: int, total: int, words: str) -> None:
        """Say how far a task is."""
        with self._lock:
            self._last = (done, total, words)
            if self._waited:
                self._progress.step(done, total, words)

    def show(self) -> None:
        """Begin to show, with the latest that was said."""
        with self._lock:
            self._waited = True
            if self._last is not None and not self._ended:
                self._progress.step(*self._last)

    def end(self) -> None:
        """Leave the line empty."""
        with self._lock:
            self._ended = True
            if self._waited:
                self._progress.clear()


@contextmanager
def late(progress: Progress, seconds: float = SECONDS) -> Iterator[Late]:
    """Show progress after ``seconds``, and take it away at the end."""
    shown = Late(progress)
    timer = threading.Timer(seconds, shown.show)
    timer.daemon = True
    timer.start()
    try:
        yield shown
    finally:
        timer.cancel()
        shown.end()
