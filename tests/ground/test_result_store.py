"""What is kept from run to run: as if found anew, never of other code, never in the way."""

import errno
import hashlib
import io
import itertools
import json
import os
import stat
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from hipstudy import result_store

FOUND = {
    "numbers": np.array([[0.1, np.nan], [-0.0, 1e-300]]),
    "flags": np.array([True, False]),
    "words": np.array(["share weak", "β"]),
    "one": np.array(2.5),
}


class Counted:
    """Work that says how often it was done."""

    def __init__(self, found=FOUND):
        self.found, self.times = found, 0

    def __call__(self):
        self.times += 1
        return dict(self.found)


@pytest.fixture
def store(tmp_path, monkeypatch):
    """A folder of its own, and files of the package that did not change just now."""
    folder = tmp_path / "store" / "hipstudy_results"
    monkeypatch.setenv(result_store.SWITCH, str(folder.parent))
    monkeypatch.setattr(result_store, "_LOADED", time.time() + 1000)
    result_store._basis.cache_clear()
    yield folder
    result_store._basis.cache_clear()


def entries(folder):
    return sorted(folder.glob("*")) if folder.exists() else []


def same(one, other):
    return one.keys() == other.keys() and all(
        one[name].dtype == other[name].dtype and one[name].tobytes() == other[name].tobytes()
        for name in one
    )


def test_it_is_found_once_and_is_the_same_to_the_last_bit(store):
    work = Counted()
    for _ in range(3):
        assert same(result_store.result("a", {"seed": 1}, work), FOUND)
    assert work.times == 1
    (file,) = entries(store)
    if os.name == "posix":
        assert stat.S_IMODE(store.stat().st_mode) == 0o700
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.usefixtures("store")
def test_it_lies_in_memory_as_it_lay():
    """Sums of another layout would come in another order, and differ in the last digits."""
    numbers = np.arange(24.0).reshape(2, 3, 4)
    found = {str(axes): numbers.transpose(axes) for axes in itertools.permutations(range(3))}
    found |= {"one": np.array(1.0), "none | a axes 1": numbers[0]}
    for _ in range(2):
        kept = result_store.result("a", {}, lambda: found)
        for name, array in found.items():
            assert (kept[name].shape, kept[name].strides) == (array.shape, array.strides), name
            assert (kept[name] == array).all()


@pytest.mark.usefixtures("store")
def test_another_name_or_setting_is_another_result():
    work = Counted()
    asked = [("a", {"x": 1}), ("b", {"x": 1}), ("a", {"x": 1.5}), ("a", {"x": None}), ("a", {})]
    asked += [("a", {"x": ["m", 2]}), ("a", {"x": [2, "m"]})]
    for name, settings in asked * 2:
        result_store.result(name, settings, work)
    assert work.times == len(asked)


@pytest.fixture
def package(store, tmp_path, monkeypatch):
    """A package of one module and one data file, in place of this one."""
    module, data = tmp_path / "package" / "module.py", tmp_path / "data"
    module.parent.mkdir()
    data.mkdir()
    module.write_text("a = 1\n")
    (data / "numbers.csv").write_text("1\n")
    monkeypatch.setattr(result_store, "__file__", str(module))
    monkeypatch.setattr(result_store, "place", lambda _: data)
    assert store
    return module, data / "numbers.csv"


def times_found(*changes):
    """How often it is found when it is asked for before and after each change."""
    work = Counted()
    for change in (lambda: None, *changes):
        change()
        result_store._basis.cache_clear()
        result_store.result("a", {}, work)
    return work.times


def test_nothing_is_kept_over_a_change_of_code_data_library_or_machine(package, monkeypatch):
    module, data = package
    surroundings = result_store._surroundings()

    def other(part, value):
        changed = surroundings | {part: value}
        return lambda: monkeypatch.setattr(result_store, "_surroundings", lambda: changed)

    changes = [
        lambda: module.write_text("a = 2\n"),
        lambda: module.with_name("new.py").write_text(""),
        lambda: data.write_text("2\n"),
        lambda: data.with_name("more.csv").write_text("2\n"),
        lambda: module.with_name("words.toml").write_text("a = 1\n"),
        other("libraries", {"numpy": "0"}),
        other("python", "4"),
        other("instructions", {"found": []}),
        other("processor", ["another"]),
        lambda: monkeypatch.setenv("OPENBLAS_NUM_THREADS", "7"),
    ]
    assert times_found(*changes) == 1 + len(changes)
    assert times_found(lambda: None, lambda: None) == 0, "it is kept by now, and nothing changes"


def test_the_same_again_is_the_kept_one(package):
    module, _ = package
    assert (
        times_found(lambda: module.write_text("a = 2\n"), lambda: module.write_text("a = 1\n")) == 2
    )


def test_a_process_older_than_its_files_keeps_nothing(package, store, monkeypatch):
    module, _ = package
    monkeypatch.setattr(result_store, "_LOADED", module.stat().st_ctime - 1)
    assert times_found(lambda: None) == 2
    assert entries(store) == []
    os.utime(module, (1, 1))  # as an installer that keeps the times of files leaves it
    assert times_found(lambda: None) == 2


def test_what_this_machine_is_is_said():
    said = result_store._surroundings()
    assert said["libraries"]["numpy"] == np.__version__
    assert {"scipy", "pandas", "salib", "statsmodels"} <= set(said["libraries"])
    assert all(said["processor"])
    assert "found" in said["instructions"]


def test_it_can_be_turned_off(store, monkeypatch):
    work = Counted()
    with result_store.fresh_results():
        result_store.result("a", {}, work)
        result_store.result("a", {}, work)
    assert (work.times, entries(store)) == (2, [])
    assert os.environ[result_store.SWITCH] == str(store.parent)
    monkeypatch.setenv(result_store.SWITCH, "Off")
    assert result_store.folder() is None
    monkeypatch.delenv(result_store.SWITCH)
    with result_store.fresh_results():
        assert result_store.folder() is None
    assert result_store.SWITCH not in os.environ


@pytest.mark.parametrize("said", ["0", "no", "False", " OFF "])
def test_whoever_says_no_in_other_words_names_no_folder(said, monkeypatch):
    monkeypatch.setenv(result_store.SWITCH, said)
    assert result_store.folder() is None
    assert result_store.unusable_folder() == ()


def test_a_folder_of_ones_own_in_which_nothing_can_be_kept_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv(result_store.SWITCH, str(tmp_path / "kept"))
    assert result_store.unusable_folder() == ()
    (tmp_path / "taken").write_text("a file")
    for where in (tmp_path / "taken", tmp_path / "taken" / "below"):
        monkeypatch.setenv(result_store.SWITCH, str(where))
        (warning,) = result_store.unusable_folder()
        assert (warning.file, warning.value) == (result_store.SWITCH, str(where))
        assert warning.mend
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(result_store.SWITCH, "on")
    assert result_store.folder() is None, "it would lie wherever a program runs"
    assert len(result_store.unusable_folder()) == 1
    assert not Path("on").exists()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv(result_store.SWITCH, "~/kept")
    assert result_store.folder() == tmp_path / "kept/hipstudy_results"
    monkeypatch.setenv(result_store.SWITCH, str(tmp_path / "kept"))

    def full(**_):
        raise OSError(errno.ENOSPC, "no space left")

    monkeypatch.setattr(result_store.tempfile, "TemporaryFile", full)
    assert len(result_store.unusable_folder()) == 1
    monkeypatch.delenv(result_store.SWITCH)
    assert result_store.unusable_folder() == ()  # nobody named one


def test_where_it_is_kept(monkeypatch, tmp_path):
    monkeypatch.delenv(result_store.SWITCH)
    monkeypatch.setattr(result_store.sys, "prefix", str(tmp_path / "environment"))
    assert result_store.folder() == tmp_path / "environment" / "hipstudy_results"
    monkeypatch.setattr(result_store.sys, "prefix", result_store.sys.base_prefix)
    for place, where in ((tmp_path / "home", tmp_path / "home"), (Path("not/absolute"), None)):
        own = SimpleNamespace(user_cache_path=lambda *_, place=place, **__: place)
        monkeypatch.setattr(result_store, "platformdirs", own)
        assert result_store.folder() == where


def test_a_folder_that_cannot_be_made_stands_in_nobodys_way(store):
    store.parent.write_text("a file")
    work = Counted()
    assert same(result_store.result("a", {}, work), FOUND)
    assert work.times == 1


@pytest.mark.skipif(os.name != "posix", reason="folders have other rights there")
def test_a_folder_that_others_can_write_to_is_not_used(store):
    store.mkdir(parents=True)
    store.chmod(0o777)
    work = Counted()
    result_store.result("a", {}, work)
    result_store.result("a", {}, work)
    assert (work.times, entries(store)) == (2, [])


def test_a_full_disk_stands_in_nobodys_way(store, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(result_store.os, "replace", full)
    work = Counted()
    assert same(result_store.result("a", {}, work), FOUND)
    assert entries(store) == []


def test_a_users_own_files_stay(store, monkeypatch):
    monkeypatch.setattr(result_store, "MOST_BYTES", 1)
    store.mkdir(parents=True)
    own = [store.parent / "thesis.npz", store / "thesis.npz", store / "notes.txt"]
    for file in own:
        file.write_bytes(bytes(100))
    result_store.result("a", {}, Counted())
    assert all(file.exists() for file in own)


def test_a_users_own_files_take_no_room_of_what_is_kept(store, monkeypatch):
    monkeypatch.setattr(result_store, "MOST_BYTES", 50_000)
    work = Counted()
    result_store.result("a", {}, work)
    thesis = store / "thesis.npz"
    thesis.write_bytes(bytes(100_000))
    os.utime(thesis, (time.time() + 60, time.time() + 60))  # used after whatever is kept
    result_store.result("b", {}, work)
    result_store.result("a", {}, work)
    assert work.times == 2


def test_every_flipped_bit_is_seen(store):
    work = Counted({"x": np.arange(3.0)})
    result_store.result("a", {}, work)
    (file,) = entries(store)
    content = file.read_bytes()
    for at in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[at] ^= 1 << at % 8
        file.write_bytes(damaged)
        before = work.times
        assert same(result_store.result("a", {}, work), work.found)
        assert work.times == before + 1, at


@pytest.mark.usefixtures("store")
def test_names_within_names_and_nothing_within_one():
    found = {"a": {("b", "c"): np.ones((2, 3)).T, 1: {"d": np.array(1.5)}}, "e": {}}
    for _ in range(2):
        kept = result_store.result("a", {"week": np.int64(3)}, lambda: found)
    assert kept.keys() == found.keys()
    assert kept["a"].keys() == found["a"].keys()
    assert kept["e"] == {}
    assert (kept["a"][1]["d"], kept["a"]["b", "c"].strides) == (1.5, (8, 24))
    assert result_store.result("a", {"week": 3}, Counted()).keys() == found.keys()


@pytest.mark.parametrize("damage", ["cut", "bits", "text", "empty", "pickle", "lone"])
def test_a_damaged_entry_is_found_anew_and_mended(store, damage):
    work = Counted()
    result_store.result("a", {}, work)
    (file,) = entries(store)
    content = bytearray(file.read_bytes())
    if damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    elif damage == "bits":
        at = content.index(FOUND["numbers"].tobytes())
        content[at] ^= 1
        file.write_bytes(content)
    elif damage == "pickle":
        payload = io.BytesIO()
        index = np.array(json.dumps([(["numbers"], [0])]))
        np.savez(payload, index=index, **{"0": np.array([{}], dtype=object)})
        file.write_bytes(hashlib.sha256(payload.getvalue()).digest() + payload.getvalue())
    elif damage == "lone":
        with file.open("wb") as other:
            np.save(other, FOUND["numbers"])
    else:
        file.write_bytes(b"" if damage == "empty" else b"not numbers")
    for _ in range(2):
        assert same(result_store.result("a", {}, work), FOUND)
    assert work.times == 2


def test_only_numbers_truth_values_and_words_are_kept(store):
    with pytest.raises(TypeError, match="only arrays of numbers"):
        result_store.result("a", {}, lambda: {"x": np.array([{}], dtype=object)})
    assert entries(store) == []


def test_many_at_once_leave_one_whole_entry(store):
    start, answers = threading.Barrier(8), []

    def ask():
        start.wait()
        answers.append(result_store.result("a", {}, Counted()))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert all(same(one, FOUND) for one in answers)
    assert len(entries(store)) == 1


def test_what_was_not_used_for_longest_gives_way(store, monkeypatch):
    work = Counted({"x": np.zeros(1000)})
    names, then, before = ["one", "two", "three"], time.time() - 3600, set()
    for age, name in zip((300, 200, 100), names, strict=True):
        result_store.result(name, {}, work)
        (new,) = {*entries(store)} - before
        before.add(new)
        os.utime(new, (then - age,) * 2)
    result_store.result("one", {}, work)  # used now
    left = store / "left.unfinished"
    left.write_bytes(b"")
    os.utime(left, (0, 0))
    monkeypatch.setattr(result_store, "MOST_BYTES", 3 * new.stat().st_size)
    result_store.result("four", {}, work)
    assert (work.times, len(entries(store))) == (4, 3)
    for name in ("one", "three", "four"):
        result_store.result(name, {}, work)
    assert work.times == 4
    result_store.result("two", {}, work)
    assert work.times == 5
