"""What a report's kernel imports is imported while its settings and data are being checked."""

from collections.abc import Iterator
from contextlib import contextmanager

from hipstudy.report.absent_modules import SEABORN_WITHOUT
from hipstudy.report.catalogue import NotebookSource
from hipstudy.report.kernel_nursery import (
    KernelNursery,
    can_fork,
    has_harmless_imports_only,
    own_imports_of,
)
from hipstudy.report.kernel_surroundings import surroundings

# Parts of scipy, which loads them when they are first used; every report uses them.
_FIRST_USED = ("scipy.special", "scipy.constants")


@contextmanager
def early_nursery(source: NotebookSource) -> Iterator[KernelNursery | None]:
    """Begin the imports of a notebook's kernel, and end what is left of them afterwards.

    What is imported within functions is left to the one kernel that there is: not every report uses
    all of it, and to look for it takes longer than a check. Seaborn, with which all draw, is spared
    what they do without; all of it is there for whoever has put a magic or a module of their own
    into a cell, since those may draw anything.

    None where the system cannot fork, and for a notebook of somebody's own, which gets a kernel
    of its own.
    """
    if source.is_own or not can_fork():
        yield None
        return
    backend = {"MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    modules = (*own_imports_of(source.notebook), *_FIRST_USED)
    sparing = {"seaborn": SEABORN_WITHOUT} if has_harmless_imports_only(source.notebook) else {}
    nursery = KernelNursery(modules, surroundings() | backend, sparing)
    try:
        yield nursery
    finally:
        nursery.close()
