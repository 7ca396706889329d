"""Watching a folder: a change is noticed, and what is half-written is waited for."""

import threading

import batched

from hipstudy.batch import folder_watch
from hipstudy.batch.cohort_folder import cohort_folder
from hipstudy.batch.folder_watch import wait_for_change, wait_for_rest


def test_a_file_that_grows_is_left_alone_until_it_rests():
    sizes = iter([10, 20, 30, 30])
    waits = []
    wait_for_rest(lambda: {"a.csv": (next(sizes), 0)}, waits.append)
    assert waits == [folder_watch.QUIET_S] * 3
    assert next(sizes, None) is None


def test_a_change_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(folder_watch, "QUIET_S", 0)
    monkeypatch.setattr(folder_watch, "_LOOK_AGAIN_MS", 200)
    batched.cohort(tmp_path / "in/a.csv")
    stand = cohort_folder(tmp_path / "in", tmp_path / "out").stand
    before = stand()
    later = threading.Timer(0.3, batched.cohort, [tmp_path / "in/a.csv", 3])
    (tmp_path / "in/a.csv").write_text("shorter")
    wait_for_change(tmp_path / "in", before, stand)  # it was changed while nobody watched
    before = stand()
    later.start()
    wait_for_change(tmp_path / "in", before, stand)
    later.join()
    assert stand() != before
