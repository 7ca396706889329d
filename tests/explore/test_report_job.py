"""A report that the explorer is making, when its page is closed."""

import io
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import held_report_job
import pytest
from jupyter_client.manager import KernelManager
from terminal import HEARING

from hipstudy.explore import report_job

PRESS = f"""
import asyncio
from pathlib import Path
from hipstudy.explore import report_run, state
from hipstudy.explore.report_run import ReportRuns
report_run.MODULE = {held_report_job.NAME!r}

async def _made():
    async for _ in ReportRuns(Path("reports").resolve()).steps(state.start(n_runners=20), ""):
        pass

making = asyncio.ensure_future(_made())
"""


def wait_for(condition, seconds=600):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
    return value


def jobs(kernel):
    """Report processes that a kernel has started, by Linux's own list."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            words = (entry / "cmdline").read_bytes()
            parent = (entry / "stat").read_text().rsplit(")", 1)[1].split()[1]
            if held_report_job.NAME.encode() in words and int(parent) == kernel:
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("by_force", [False, True], ids=["as its notebook is closed", "by force"])
def test_a_page_that_is_closed_leaves_nothing_of_its_report(tmp_path, by_force):
    folder = tempfile.TemporaryDirectory(prefix="hipstudy-")  # short: a socket's path is bounded
    kernel = KernelManager(transport="ipc", connection_file=f"{folder.name}/kernel.json")
    kernel.start_kernel(cwd=str(tmp_path), env=os.environ | held_report_job.FOUND)
    client = kernel.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=600)
        client.execute_interactive(PRESS, timeout=600, output_hook=lambda _: None)
        (job,) = wait_for(lambda: jobs(kernel.provisioner.process.pid))
        wait_for(lambda: list(tmp_path.glob("reports/*/.hipstudy-report/in-use")))
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=by_force)
        folder.cleanup()
    wait_for(lambda: not Path(f"/proc/{job}").exists())
    assert not (tmp_path / "reports").exists()


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise on Windows")
def test_a_job_that_is_told_to_end_tidies(tmp_path):
    job = subprocess.Popen(
        [sys.executable, "-P", "-m", held_report_job.NAME], env=os.environ | held_report_job.FOUND,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **HEARING,
    )  # fmt: skip
    job.stdin.write('{"given": [["n_runners", "20"]], "out": "%s"}\n' % (tmp_path / "out"))
    job.stdin.flush()
    wait_for(lambda: list(tmp_path.glob("out/.hipstudy-report/in-use")))
    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGHUP):
        job.send_signal(number)
    job.communicate()
    assert job.returncode == 130
    assert list(tmp_path.iterdir()) == []


def test_time_at_which_the_machine_stands_still_is_none_of_the_grace(monkeypatch):
    """However long one of its sleeps takes: it would take what is left half-made along."""
    naps, ends = [], []
    monkeypatch.setattr(report_job.sys, "stdin", io.StringIO())
    monkeypatch.setattr(report_job._thread, "interrupt_main", lambda: ends.append("asked"))
    monkeypatch.setattr(report_job.time, "sleep", naps.append)
    monkeypatch.setattr(report_job.os, "_exit", ends.append)
    report_job._leave_with_asker()
    assert ends == ["asked", 1]
    assert sum(naps) == pytest.approx(report_job.GRACE_S)
    assert max(naps) < 1
