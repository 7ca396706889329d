"""Processes that hear what a terminal says, however the tests were started.

What runs in the background of a shell ignores Ctrl-C, and under ``nohup`` that it is hung up.
"""

import os
import signal


def _hear():
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


HEARING = {} if os.name == "nt" else {"preexec_fn": _hear}  # to be given to ``subprocess.Popen``
