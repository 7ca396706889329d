"""Where a JupyterLab that a test has started listens."""

import json
import random
import socket
import time
from contextlib import suppress

_PORTS = range(20_000, 30_000)  # none of these is given to a program that asks for any port
_PATIENCE_S = 600  # a busy machine is slow, and that is no fault


def free_port():
    """One that nobody listens on."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        with socket.socket() as one, suppress(OSError):
            one.bind(("127.0.0.1", port))
            return port


def address_of(process, runtime_folder, log):
    """Host and port of a server, as it has written them down: it takes another port where one
    was taken meanwhile."""
    end = time.monotonic() + _PATIENCE_S
    while True:
        for file in runtime_folder.glob("jpserver-*.json"):
            with suppress(ValueError, KeyError):  # half-written
                return f"127.0.0.1:{json.loads(file.read_text())['port']}"
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.1)
