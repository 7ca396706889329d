"""Ctrl-C ends the explorer whatever it is doing, also where code swallows all that is raised."""

import signal
import subprocess
import sys

import pytest
from terminal import HEARING

SWALLOWING = """
import asyncio, sys, time
from hipstudy.cli import app
from hipstudy.explore.live import server

def busy():
    try:
        time.sleep(0.05)
    except BaseException:
        pass
    asyncio.get_running_loop().call_soon(busy)

hand_over = server._hand_over

def begin(*arguments):
    hand_over(*arguments)
    busy()

server._hand_over = begin
sys.exit(app.main())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no handlers in a loop")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_ends_where_what_is_raised_is_swallowed(tmp_path, number):
    command = [sys.executable, "-c", SWALLOWING, "explore", "--no-browser", "--runners", "20"]
    with subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **HEARING
    ) as process:
        try:
            while "Ctrl-C" not in process.stdout.readline():
                assert process.poll() is None
            process.send_signal(number)
            assert process.wait(600) == 130
            assert process.stderr.read() == "stopped; nothing was written\n"
        finally:
            process.kill()
