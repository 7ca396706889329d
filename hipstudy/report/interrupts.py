"""Ending early, and still tidily."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore Ctrl-C for a moment, so that cleaning up is not itself cut short."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def one_ctrl_c(*, leaving: bool) -> Iterator[None]:
    """Let the first Ctrl-C end what runs, and no second one cut short how it ends.

    Parameters
    ----------
    leaving
        Whether the process ends with what runs: then, once Ctrl-C has come, it stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def first(number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        raise KeyboardInterrupt(number)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        if not leaving or signal.getsignal(signal.SIGINT) is first:
            signal.signal(signal.SIGINT, before)


@contextmanager
def every_end_as_ctrl_c() -> Iterator[None]:
    """Clean up when the window is closed, or the process is told to end, as on Ctrl-C."""
    here = threading.current_thread() is threading.main_thread()
    names = [name for name in ("SIGTERM", "SIGHUP") if here and hasattr(signal, name)]
    as_now = signal.getsignal(signal.SIGINT)
    handler = as_now if callable(as_now) else signal.default_int_handler
    before = {
        getattr(signal, name): signal.signal(getattr(signal, name), handler) for name in names
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
