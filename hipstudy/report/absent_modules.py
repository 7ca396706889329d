"""Modules of others that take long to load and that no report has a use for."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def absent(name: str) -> Iterator[None]:
    """As if a module were not installed: for what is imported within, and goes on without it.

    A module that is loaded already stays.
    """
    if name in sys.modules:
        yield
        return
    sys.modules[name] = None  # type: ignore[assignment]  # makes the import fail at once
    try:
        yield
    finally:
        del sys.modules[name]
