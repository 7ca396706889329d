"""Temporary folders: gone at every end, and those of dead processes at the next start."""

import os
import signal
import subprocess
import sys
import time
from contextlib import closing

import pytest
from terminal import HEARING

from hipstudy import temporary_folders
from hipstudy.files import FolderInUse, results_for
from hipstudy.temporary_folders import LOCK, InUse, Stage, sweep

HOLD = (
    "import sys, pathlib\n"
    "from hipstudy.temporary_folders import Stage\n"
    "stage = Stage(pathlib.Path(sys.argv[1]), sys.argv[2])\n"
    "(stage.folder / 'new').mkdir()\n"
    "(stage.folder / 'new/x.csv').write_text('x')\n"
    "print('ready', flush=True)\n"
    "sys.stdin.read()\n"
)


@pytest.fixture
def holder(tmp_path):
    """Start a process that has a temporary folder."""
    started = []

    def start(name=""):
        process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(tmp_path), name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("name", ["", "report"])
def test_one_in_use_stays_and_one_of_a_killed_process_goes(tmp_path, holder, name):
    process = holder(name)
    (folder,) = tmp_path.iterdir()
    sweep(tmp_path)
    assert (folder / "new/x.csv").read_text() == "x"
    process.kill()
    process.wait()
    assert folder.exists(), "it was killed outright"
    with closing(Stage(tmp_path, name)) as stage:
        assert list(tmp_path.iterdir()) == [stage.folder]
        assert not (stage.folder / "new").exists()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(temporary_folders, "YOUNG_S", 3600)  # however long this takes
    mine = tmp_path / ".hipstudy-mine"
    mine.mkdir()
    (mine / "notes.txt").write_text("mine")
    (tmp_path / ".hipstudy-file").write_text("mine")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / LOCK).touch()
    (elsewhere / "notes.txt").write_text("mine")
    (tmp_path / ".hipstudy-link").symlink_to(elsewhere)
    fresh, empty = tmp_path / ".hipstudy-fresh", tmp_path / ".hipstudy-empty"
    fresh.mkdir()
    empty.mkdir()
    for folder in (mine, empty):
        os.utime(folder, (time.time() - 7200,) * 2)
    sweep(tmp_path)
    assert (mine / "notes.txt").exists()
    assert (elsewhere / "notes.txt").exists()
    assert (tmp_path / ".hipstudy-file").exists()
    assert fresh.exists(), "it may be about to be locked"
    assert not empty.exists(), "killed before it was locked"


def test_a_name_is_for_one_living_process(tmp_path, holder):
    holder("report")
    with pytest.raises(InUse):
        Stage(tmp_path, "report")
    with closing(Stage(tmp_path)):
        pass
    refused = pytest.raises(FolderInUse, match=r"another report is being made in .* --out")
    with refused, results_for(tmp_path, alone=True):
        pass
    with results_for(tmp_path) as results:  # an export beside it has a name of its own
        results.add("page.html", "x")
        results.place()
    assert (tmp_path / "page.html").read_text() == "x"


def test_what_a_killed_report_of_other_settings_left_goes_too(tmp_path, holder):
    reports = tmp_path / "reports"
    (reports / "explore-1").mkdir(parents=True)
    process = holder()
    process.kill()
    process.wait()
    (left,) = tmp_path.glob(".hipstudy-*")
    left.rename(reports / "explore-1" / left.name)
    with results_for(reports / "explore-2", alone=True):
        assert list(reports.glob("explore-1/.hipstudy-*")) == []
    assert [p.name for p in reports.iterdir()] == ["explore-1"]


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_end_cleans_up_once_and_no_second_signal_cuts_it_short(tmp_path, number):
    program = (
        "import sys, time, pathlib\n"
        "from hipstudy.files import one_end\n"
        "from hipstudy.files import results_for\n"
        "with one_end(leaving=True):\n"
        "    try:\n"
        "        with results_for(pathlib.Path(sys.argv[1])) as results:\n"
        "            results.add('x.csv', 'x')\n"
        "            try:\n"
        "                print('ready', flush=True)\n"
        "                time.sleep(3600)\n"
        "            finally:\n"
        "                print('ending', flush=True)\n"
        "                sys.stdin.readline()\n"
        "                print('went on', flush=True)\n"
        "    except KeyboardInterrupt:\n"
        "        sys.exit(130)\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path / "out")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **HEARING,
    )  # fmt: skip
    assert process.stdout.readline() == "ready\n"
    process.send_signal(number)
    assert process.stdout.readline() == "ending\n"
    for again in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        process.send_signal(again)
    out, err = process.communicate("go on\n")
    assert (process.returncode, out, err) == (130, "went on\n", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
def test_two_signals_at_the_same_moment_are_one_end():
    program = (
        "import signal, sys\n"
        "from hipstudy.files import one_end\n"
        "both = {signal.SIGHUP, signal.SIGTERM}\n"
        "with one_end(leaving=True):\n"
        "    try:\n"
        "        signal.pthread_sigmask(signal.SIG_BLOCK, both)\n"
        "        for number in both:\n"
        "            signal.raise_signal(number)\n"
        "        signal.pthread_sigmask(signal.SIG_UNBLOCK, both)\n"
        "    except KeyboardInterrupt:\n"
        "        print('ending')\n"
        "        sys.exit(130)\n"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, **HEARING)
    assert (done.returncode, done.stdout, done.stderr) == (130, "ending\n", "")


@pytest.mark.skipif(os.name == "nt", reason="no hanging up on Windows")
def test_under_nohup_hanging_up_stays_ignored():
    program = (
        "import signal\n"
        "from hipstudy.files import one_end\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "with one_end(leaving=True):\n"
        "    signal.raise_signal(signal.SIGHUP)\n"
        "print('went on')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("went on\n", "")


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
def test_no_signal_disturbs_what_must_not_be():
    program = (
        "import signal\n"
        "from hipstudy.files import undisturbed\n"
        "with undisturbed():\n"
        "    for name in ('SIGINT', 'SIGTERM', 'SIGHUP'):\n"
        "        signal.raise_signal(getattr(signal, name))\n"
        "print('went on')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "went on\n")
