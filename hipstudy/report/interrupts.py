"""Ending early, and still tidily: on Ctrl-C, and when told to end or when the window is closed."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


def _ends() -> list[signal.Signals]:
    """Signals that ask a process to end; Windows has fewer of them."""
    if threading.current_thread() is not threading.main_thread():
        return []  # only the main thread may say what a signal does
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    return [getattr(signal, name) for name in names if hasattr(signal, name)]


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore every such signal for a moment, so that cleaning up is not itself cut short."""
    before = {number: signal.signal(number, signal.SIG_IGN) for number in _ends()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def one_end(*, leaving: bool) -> Iterator[None]:
    """Let the first such signal end what runs, as Ctrl-C does, and no second cut short how it ends.

    Where hanging up is ignored already, as under ``nohup``, it stays so.

    Parameters
    ----------
    leaving
        Whether the process ends with what runs: then, once a signal has come, all stay ignored.
    """
    ends = _ends()

    def first(number: int, _frame: FrameType | None) -> None:
        for each in ends:
            signal.signal(each, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    ignored = {n for n in ends if signal.getsignal(n) is signal.SIG_IGN} - {signal.SIGINT}
    before = {n: signal.signal(n, first) for n in ends if n not in ignored}
    try:
        yield
    finally:
        if not leaving or signal.getsignal(signal.SIGINT) is first:
            for number, handler in before.items():
                signal.signal(number, handler)
