"""Whoever makes a batch's reports, the numbers are the same; a dead worker takes none along."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from pathlib import Path

import batched
import pytest
import tiny

from hipstudy.batch import workers
from hipstudy.batch.report_task import FAILED, MADE, ReportTask, outcome_of
from hipstudy.cli.app import main
from hipstudy.errors import UsageProblems
from hipstudy.report.execute import NotebookFailed

N = 2
KILLS_ONCE = """\
import os, pathlib, signal
mark = pathlib.Path(label)
if mark.parent.is_dir() and not mark.exists():
    mark.touch()
    worker = int(pathlib.Path("/proc", str(os.getppid()), "stat").read_text().split()[3])
    os.kill(worker, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("batch")
    batched.notebook(folder)
    for k in range(N):
        batched.cohort(folder / "clinics" / f"f {k}.csv", k)
    return folder


@pytest.fixture(scope="module")
def alone(home):
    """The reports as one process makes them, each file's contents by its place."""
    return made(home, "alone", "--workers", "1")


def made(home, out, *more, code=0, label="x"):
    """Contents of a batch's folder, which other folders' names are no part of."""
    path = str(home / "mine.ipynb")
    words = ["report", path, "--each", str(home / "clinics"), "--out", str(home / out)]
    words += ["--date", "2031-04-09", "-p", "label", label]
    assert main([*words, *more]) == code
    return batched.contents(home / out)


@pytest.mark.parametrize("n", [2, pytest.param(4, marks=pytest.mark.validate)])
def test_any_number_of_workers_gives_the_same_bytes(home, alone, n):
    assert made(home, f"with {n}", "--workers", str(n)) == alone


def test_a_single_command_gives_the_same_bytes_too(home, alone):
    words = ["--cohort", str(home / "clinics/f 0.csv"), "--out", str(home / "single")]
    words += ["--date", "2031-04-09", "-p", "label", "x"]
    assert main(["report", str(home / "mine.ipynb"), *words]) == 0
    place = "f-0-csv/"
    batch = {n.removeprefix(place): c for n, c in alone.items() if n.startswith(place)}
    assert batched.contents(home / "single") == batch


# A Dask cluster of separate processes


@contextmanager
def process(*words, cwd):
    command = [sys.executable, "-W", "ignore", "-m", "distributed.cli." + words[0], *words[1:]]
    with subprocess.Popen(
        command, cwd=cwd, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as started:
        try:
            yield started
        finally:
            os.killpg(started.pid, signal.SIGKILL)
            started.stderr.close()


@contextmanager
def cluster(folder, n=2):
    """The address of a scheduler with ``n`` workers."""
    with ExitStack() as ends:
        how = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
        scheduler = ends.enter_context(process("dask_scheduler", *how, cwd=folder))
        address = awaited(scheduler, r"Scheduler at:\s+(tcp://\S+)")
        for _ in range(n):
            own = (address, "--nthreads", "1", "--no-dashboard", "--no-nanny")
            awaited(ends.enter_context(process("dask_worker", *own, cwd=folder)), "Starting estab")
        yield address


def awaited(started, pattern):
    """What a process says of itself once it is at work."""
    for line in started.stderr:
        if match := re.search(pattern, line):
            return match[1] if match.groups() else ""
    raise AssertionError("it ended before it was at work")


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    with cluster(tmp_path_factory.mktemp("dask")) as address:
        yield address


@pytest.fixture
def patient(monkeypatch):
    """A busy machine is slow, and that is no fault: whoever is there is waited for."""
    for name in ("_FOR_ANSWER_S", "_FOR_CLIENT_S"):
        monkeypatch.setattr(workers, name, 600)


@pytest.mark.usefixtures("patient")
def test_on_a_cluster_of_other_processes_the_bytes_are_the_same(home, alone, scheduler):
    assert made(home, "dask", "--scheduler", scheduler) == alone


KILLABLE = pytest.mark.skipif(not Path("/proc").is_dir(), reason="it finds the worker by /proc")


def with_a_kill(home, folder, *who):
    """Make the reports while a kernel kills its worker, once: its parent's parent, which asked.

    The tables are then those of one process, to the byte.
    """
    path = str(folder / "mine.ipynb")
    cells = (*batched.CELLS[:2], ("code", KILLS_ONCE), *batched.CELLS[2:])
    tiny.write(Path(path), *cells)
    mark = folder / "killed"
    words = ["report", path, "--each", str(home / "clinics"), "--date", "2031-04-09"]
    words += ["-p", "label", str(mark), *who, "--out", str(folder / "out")]
    assert main(words) == 0
    assert mark.exists(), "a worker was killed"
    for k in range(N):
        table = f"f-{k}-csv/tables/effects.csv"
        assert (folder / "out" / table).read_bytes() == (home / "alone" / table).read_bytes()


@pytest.mark.validate
@pytest.mark.usefixtures("alone")
@KILLABLE
def test_a_worker_that_is_killed_takes_no_report_with_it(home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with_a_kill(home, tmp_path, "--workers", "2")


@pytest.mark.validate
@pytest.mark.usefixtures("alone", "patient")
@KILLABLE
def test_a_worker_of_a_cluster_that_is_killed_takes_no_report_with_it(home, tmp_path, monkeypatch):
    """The scheduler gives what it had in hand to the other, which makes the same numbers."""
    monkeypatch.chdir(tmp_path)
    with cluster(tmp_path) as address:
        with_a_kill(home, tmp_path, "--scheduler", address)


def no_listener():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"tcp://127.0.0.1:{free.getsockname()[1]}"


def test_a_scheduler_that_is_not_there_is_refused(home, capsys):
    words = ["report", str(home / "mine.ipynb"), "--each", str(home / "clinics")]
    for address in (no_listener(), "tcp://", "no where", "tcp://127.0.0.1:99999999"):
        assert main([*words, "--scheduler", address, "--out", str(home / "none")]) == 2
        assert "--scheduler: found" in capsys.readouterr().err
    assert not (home / "none").exists()


def test_what_listens_and_is_no_scheduler_is_refused(home, capsys, monkeypatch):
    monkeypatch.setattr(workers, "_FOR_ANSWER_S", 0.5)
    words = ["report", str(home / "mine.ipynb"), "--each", str(home / "clinics")]
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        assert main([*words, "--scheduler", address, "--out", str(home / "none")]) == 2
    assert "no Dask scheduler answers there (no answer in 0.5 s)" in capsys.readouterr().err


def test_a_time_limit_of_the_step_itself_has_the_same_words(monkeypatch):
    def end_of_its_limit(*_, **__):
        raise TimeoutError("timed out")

    monkeypatch.setattr(workers.socket, "create_connection", end_of_its_limit)
    with pytest.raises(UsageProblems, match=r"\(no answer in 2\.5 s\)"):
        workers.DaskScheduler("tcp://127.0.0.1:8786")


def test_whatever_never_ends_before_an_answer_is_refused_within_five_seconds(monkeypatch):
    """A name that is looked up forever has no time limit of its own, so that it needs one here."""
    assert workers._FOR_ANSWER_S + workers._FOR_CLIENT_S < 5
    assert workers._FOR_ANSWER_S <= 3
    ends = threading.Event()
    monkeypatch.setattr(workers, "_FOR_ANSWER_S", 0.2)
    monkeypatch.setattr(workers.socket, "create_connection", lambda *_, **__: ends.wait())
    try:
        with pytest.raises(UsageProblems, match=r"no answer in 0\.2 s"):
            workers.DaskScheduler("tcp://nowhere.invalid:8786")
    finally:
        ends.set()


def test_a_client_that_never_gets_through_is_refused(monkeypatch):
    import distributed

    ends = threading.Event()
    monkeypatch.setattr(workers, "_FOR_CLIENT_S", 0.2)
    monkeypatch.setattr(workers, "_refuse_other_listener", lambda *_: None)
    monkeypatch.setattr(distributed, "Client", lambda *_, **__: ends.wait())
    try:
        with pytest.raises(UsageProblems, match=r"no answer in 0\.2 s"):
            workers.DaskScheduler("tcp://127.0.0.1:8786")
    finally:
        ends.set()


@pytest.mark.usefixtures("patient")
def test_a_server_of_something_else_is_refused():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        address = f"tcp://127.0.0.1:{other.getsockname()[1]}"

        def says():
            with other.accept()[0] as caller:
                caller.sendall(b"HTTP/1.1 400 no")

        answer = threading.Thread(target=says)
        answer.start()
        with pytest.raises(UsageProblems, match="something else answers"):
            workers.DaskScheduler(address)
        answer.join()


@pytest.mark.parametrize("of_workers", [{}, {"a": {"numpy": "1"}}, {"a": ImportError("none")}])
def test_workers_that_are_none_or_have_something_else_are_refused(of_workers):
    client = type("Client", (), {"run": lambda *_, **__: of_workers})()
    dask = object.__new__(workers.DaskScheduler)
    dask.address, dask._client = "tcp://there:8786", client
    with pytest.raises(UsageProblems, match=r"no workers|numpy 1 and|no hipstudy"):
        dask._refuse_unlike_workers()
    client.run = lambda *_, **__: {"a": workers._installation()}
    dask._refuse_unlike_workers()


# What makes a report in a worker


def task_of(home, k=0, **more):
    file = home / "clinics" / f"f {k}.csv"
    pairs = (("cohort", str(file)),)
    return ReportTask(f"f-{k}", str(home / "mine.ipynb"), pairs, **more)


def test_a_file_that_was_changed_since_or_another_code_is_no_report(home):
    none = "0" * 64
    for more, said in (({"seen_sha256": none}, "changed after the batch had begun"),
                       ({"code_sha256": none}, "is another than the one that asks")):  # fmt: skip
        outcome = outcome_of(task_of(home, **more))
        assert outcome.state == FAILED
        assert said in outcome.problems[0]


def test_why_it_failed_names_no_folder(home, monkeypatch):
    def fails(*_, **__):
        file = home / "clinics" / "f 0.csv"
        raise NotebookFailed(f"no such file in the folder {file.parent}: {file}, {home}/x.csv")

    monkeypatch.setattr("hipstudy.report.make_report.plan", fails)
    (said,) = outcome_of(task_of(home)).problems
    assert said == "no such file in the folder …: f 0.csv, x.csv"
    (said,) = outcome_of(task_of(home, k=9, seen_sha256="0" * 64)).problems
    assert said == "f 9.csv: this file is not there any more"


def test_who_kills_whoever_takes_it_is_told_and_the_rest_is_made(monkeypatch):
    tasks = [ReportTask(name, "compare", ()) for name in ("poison", "a", "b", "c")]

    def in_processes(some, _):
        for task in some:
            if task.place == "poison":
                raise workers._dead_worker()("a process died")
            yield workers.TaskOutcome(task.place, MADE)

    monkeypatch.setattr(workers, "_in_processes", in_processes)
    states = {one.place: one.state for one in workers.on_this_machine(tasks, 2)}
    assert states == {"poison": FAILED, "a": MADE, "b": MADE, "c": MADE}
