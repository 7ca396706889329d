"""Results that follow from no file, kept for one session of tests, for its commands and kernels.

These run the package as it lies on the disk. In a process of tests, where a test may have changed
a part of the model for itself, nothing is kept and nothing read, except where ``shared`` says so.
"""

import os
import shutil
import tempfile
from contextlib import contextmanager
from contextvars import ContextVar

from hipstudy import result_store

_MARK = "HIPSTUDY_TESTS_SHARE"  # of the environment: the folder, for workers of the same session
_is_shared = ContextVar("_is_shared", default=False)
_plain = result_store.folder


def begin():
    """Name a folder for this session; its first process makes it."""
    if _MARK not in os.environ:
        os.environ[_MARK] = tempfile.mkdtemp(prefix="hipstudy-tests-")
    is_broken = os.environ.get("HIPSTUDY_BREAK")  # what is broken on purpose shares nothing
    os.environ[result_store.SWITCH] = result_store.OFF if is_broken else os.environ[_MARK]
    result_store.folder = _folder


def end():
    """Remove the folder; workers of the session do not."""
    if "PYTEST_XDIST_WORKER" not in os.environ:
        shutil.rmtree(os.environ.pop(_MARK), ignore_errors=True)


@contextmanager
def shared():
    """Keep and read here too: for what no test has changed."""
    token = _is_shared.set(True)
    try:
        yield
    finally:
        _is_shared.reset(token)


def _folder():
    is_of_session = os.environ.get(result_store.SWITCH) == os.environ.get(_MARK)
    return None if is_of_session and not _is_shared.get() else _plain()
