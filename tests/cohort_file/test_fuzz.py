"""Damaged files: an answer to each, in time, in little memory, the file as it was.

`tests/damage.py` makes the files; a failure names the seed and the number of the file.
"""

import importlib
import importlib.util
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import damage
import pytest

from hipstudy.cohort_file.sheet import Sheet, read_sheet
from hipstudy.errors import DataProblems, UsageProblems

SEED = 0
LONGEST_S = 10
MOST_BYTES = 10**9


def check_file():
    """The check of a whole file, where there is one."""
    if importlib.util.find_spec("hipstudy.cohort_file.check") is None:
        return None
    return importlib.import_module("hipstudy.cohort_file.check").check_file


def target(path):
    """What is done to each file: it gives an answer, or says in words why not."""
    check = check_file()
    try:
        answer = read_sheet(path) if check is None else check(path)
    except (DataProblems, UsageProblems) as problems:
        return said(problems)
    assert answer is not None
    assert check is not None or isinstance(answer, Sheet)
    return "answered"


def said(problems):
    assert problems.problems
    assert str(problems)
    return type(problems).__name__


def peak():
    """Most memory that this process has had, in bytes; 0 where no system says so."""
    try:
        import resource
    except ImportError:
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def run(numbers, folder, act=target):
    answers = Counter()
    before = peak()
    for number in numbers:
        path = damage.damaged(SEED, number, folder)
        content = path.read_bytes()
        told = f"seed {SEED}, file {number} ({damage.kind(number).__name__})"
        start = time.process_time()  # a machine that sleeps takes nothing of it
        try:
            answers[act(path)] += 1
        except Exception as error:
            raise AssertionError(f"{told}: {error!r}") from error
        took = time.process_time() - start
        assert took < LONGEST_S, f"{told}: {took:.1f} s"
        assert path.read_bytes() == content, f"{told}: the file was changed"
        path.unlink()
        assert not list(folder.iterdir()), f"{told}: something was left beside it"
        # What other tests hold here is not this one's; alone it has to keep to the bound.
        assert peak() <= max(MOST_BYTES, before + MOST_BYTES // 4), f"{told}: {peak():,} bytes"
    return answers


def alone(numbers, folder):
    """The same in a process of its own, whose memory nothing else has been in."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(run, numbers, folder).result()


def only_read(path):
    try:
        return type(read_sheet(path)).__name__
    except (DataProblems, UsageProblems) as problems:
        return said(problems)


def test_300_damaged_files(tmp_path):
    assert sum(alone(range(300), tmp_path).values()) == 300


def test_too_much_memory_is_seen(tmp_path, monkeypatch):
    monkeypatch.setattr("test_fuzz.MOST_BYTES", 0)
    monkeypatch.setattr("test_fuzz.peak", iter(range(1, 9)).__next__)
    with pytest.raises(AssertionError, match=r"file 1 .*: \d+ bytes"):
        run([1], tmp_path, lambda _: "read")


def test_both_answers_occur(tmp_path):
    answers = run(range(300, 500), tmp_path, only_read)
    assert set(answers) == {"Sheet", "DataProblems"}
    assert min(answers.values()) > 20


@pytest.mark.validate
def test_20_000_damaged_files(tmp_path):
    assert sum(alone(range(20_000), tmp_path).values()) == 20_000


def test_every_kind_of_damage_occurs_and_a_number_makes_one_file(tmp_path):
    kinds = {damage.kind(number) for number in range(300)}
    assert kinds == {*damage.TEXTS, *damage.WORKBOOKS}
    first = [damage.damaged(SEED, number, tmp_path).read_bytes() for number in range(100)]
    damage.zeros.cache_clear()
    time.sleep(2.1)  # a zip file tells when it was made, to two seconds
    again = [damage.damaged(SEED, number, tmp_path).read_bytes() for number in range(100)]
    assert first == again
    named = {damage.kind(number).__name__ for number in range(300)}
    assert {"bomb", "merged", "formulas", "entities", "huge_cell", "line_breaks"} <= named


def test_a_traceback_a_changed_file_and_a_slow_one_are_seen(tmp_path, monkeypatch):
    with pytest.raises(AssertionError, match=r"file 1 .*ZeroDivisionError"):
        run([1], tmp_path, lambda _: 1 // 0)
    with pytest.raises(AssertionError, match="was changed"):
        run([1], tmp_path, lambda path: path.write_bytes(b"x"))
    monkeypatch.setattr("test_fuzz.LONGEST_S", 0)
    with pytest.raises(AssertionError, match="file 1"):
        run([1], tmp_path, lambda _: "read")
