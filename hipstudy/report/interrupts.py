"""Ending early, and still tidily."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


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
def every_end_as_ctrl_c() -> Iterator[None]:
    """Clean up when the window is closed, or the process is told to end, as on Ctrl-C."""
    here = threading.current_thread() is threading.main_thread()
    names = [name for name in ("SIGTERM", "SIGHUP") if here and hasattr(signal, name)]
    before = {
        getattr(signal, name): signal.signal(getattr(signal, name), signal.default_int_handler)
        for name in names
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
