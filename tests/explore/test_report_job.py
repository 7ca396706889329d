"""A report that the explorer is making, when its page is closed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest
from jupyter_client.manager import KernelManager

PRESS = """
import asyncio
from pathlib import Path
from hipstudy.explore import state
from hipstudy.explore.report_run import ReportRuns

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
            if b"hipstudy.explore.report_job" in words and int(parent) == kernel:
                found.append(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs Linux's /proc")
@pytest.mark.parametrize("by_force", [False, True], ids=["as its notebook is closed", "by force"])
def test_a_page_that_is_closed_leaves_nothing_of_its_report(tmp_path, by_force):
    folder = tempfile.TemporaryDirectory(prefix="hipstudy-")  # short: a socket's path is bounded
    kernel = KernelManager(transport="ipc", connection_file=f"{folder.name}/kernel.json")
    kernel.start_kernel(cwd=str(tmp_path))
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
        [sys.executable, "-P", "-m", "hipstudy.explore.report_job"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    job.stdin.write('{"given": [["n_runners", "20"]], "out": "%s"}\n' % (tmp_path / "out"))
    job.stdin.flush()
    wait_for(lambda: list(tmp_path.glob("out/.hipstudy-report/in-use")))
    for number in (signal.SIGTERM, signal.SIGTERM, signal.SIGHUP):
        job.send_signal(number)
    job.communicate()
    assert job.returncode == 130
    assert list(tmp_path.iterdir()) == []
