"""Modules of others that take long to load and that no report has a use for."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

# Seaborn goes on without these: its densities, trees of clusters and widgets, of which no picture
# of a report has one. They take twenty times as long to load as the rest of it.
SEABORN_WITHOUT = ("scipy.stats", "scipy.cluster", "ipywidgets")


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """As if modules were not installed: for what is imported within, and goes on without them.

    A module that is loaded already stays.
    """
    hidden = [name for name in names if name not in sys.modules]
    with ExitStack() as back:
        for name in hidden:
            sys.modules[name] = None  # type: ignore[assignment]  # makes the import fail at once
            back.callback(sys.modules.pop, name, None)
        yield
