"""Freed memory is used again where the C library can be told so."""

import subprocess
import sys
from pathlib import Path

import pytest

from hipstudy import reused_memory

PROGRAM = """
import resource, sys, threading
import numpy as np
from hipstudy.reused_memory import reuse_memory
is_reused = len(sys.argv) > 1 and reuse_memory()
def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
one_at_a_time = threading.Lock()
def work():
    with one_at_a_time:
        rows = [np.ones(300_000) for _ in range(20)]
        del rows
def in_threads(n):
    threads = [threading.Thread(target=work) for _ in range(n)]
    with one_at_a_time:  # so that all are there at once
        for thread in threads:
            thread.start()
    for thread in threads:
        thread.join()
work(), work()
before = faults()
in_threads(18) if "threads" in sys.argv else [work() for _ in range(18)]
print(is_reused, faults() - before)
"""


def pages(*arguments):
    """Whether memory is reused, and how many pages the system gave."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, *arguments], check=True,
                          capture_output=True, text=True)  # fmt: skip
    is_reused, n_pages = done.stdout.split()
    return is_reused == "True", int(n_pages)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux counts pages so")
@pytest.mark.parametrize("more", [(), ("threads",)])
def test_arrays_come_to_lie_where_others_lay(more):
    is_reused, n_pages = pages("reuse", *more)
    if not is_reused:
        pytest.skip("this C library cannot be told")
    assert n_pages < 0.1 * pages()[1]


def test_a_library_that_cannot_be_told_is_left_alone(monkeypatch):
    monkeypatch.setattr(reused_memory.ctypes, "CDLL", lambda _: object())
    assert not reused_memory.reuse_memory()
