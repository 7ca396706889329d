"""The process that starts kernels by forking: ``python -m hipstudy.report.nursery_process``.

It has imported what the kernels need and read their templates of words, and has done nothing else:
no thread, no socket, nothing set. So each kernel begins as a new process does, without importing
for seconds. Typst is never imported here, since a fork after it has run can wait for ever.

A line of JSON on standard input is a wish, a line on standard output the answer. At the end of the
input it ends its kernels and itself.
"""

import gc
import importlib
import importlib.util
import json
import os
import signal
import sys
import traceback
from contextlib import suppress
from typing import Any, NoReturn

from hipstudy.rare_collection import collect_rarely
from hipstudy.report.absent_modules import absent

_LAUNCHER = ("IPython", "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell")
_DEBUGGER = "ipykernel.debugger"  # a kernel always imports it


def _import_all(names: list[str], sparing: dict[str, list[str]]) -> None:
    """Import what can be imported; what cannot is said by the kernel that needs it.

    Then what is imported without others. Templates of words are read too.
    """
    gc.disable()  # an import leaves next to nothing that can go, and takes a tenth less without
    with absent("debugpy"), suppress(Exception):  # nobody debugs a report; it takes half a second
        importlib.import_module(_DEBUGGER)
    for name in (*_LAUNCHER, *names):
        with suppress(Exception):
            importlib.import_module(name)
    for name, others in sparing.items():
        with suppress(Exception), absent(*others):
            importlib.import_module(name)
    with suppress(Exception):
        from hipstudy.wording import read_templates

        read_templates()
    gc.enable()
    collect_rarely()
    gc.freeze()  # what is imported stays: no kernel looks through it for what can go


def _launcher_file() -> str:
    """What stands first among the arguments of a kernel that is no fork."""
    spec = importlib.util.find_spec("ipykernel_launcher")
    return (spec.origin if spec else None) or "ipykernel_launcher"


def _begin_kernel(wish: dict[str, Any]) -> NoReturn:
    """Become a kernel; what is wrong goes to its log."""
    code = 1
    try:
        os.setsid()
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        nothing = os.open(os.devnull, os.O_RDWR)
        log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        for descriptor, target in ((nothing, 0), (nothing, 1), (log, 2)):
            os.dup2(descriptor, target)
        os.environ.clear()
        os.environ.update(wish["env"])
        os.environ["JPY_PARENT_PID"] = str(os.getppid())  # the kernel ends when this process does
        os.chdir(wish["cwd"])
        sys.argv = [_launcher_file(), *wish["arguments"]]
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    except BaseException:
        traceback.print_exc()
    finally:
        with suppress(Exception):
            sys.stderr.flush()
        os._exit(code)


class _Kernels:
    """The kernels of this process and how they ended."""

    def __init__(self) -> None:
        self._ends: dict[int, int | None] = {}

    def start(self, wish: dict[str, Any], answers: int) -> int:
        pid = os.fork()
        if pid == 0:
            os.close(answers)
            _begin_kernel(wish)
        self._ends[pid] = None
        return pid

    def poll(self, pid: int) -> int | None:
        """How one ended, as ``subprocess`` says it; None while it runs."""
        if self._ends[pid] is None:
            ended, status = os.waitpid(pid, os.WNOHANG)
            self._ends[pid] = os.waitstatus_to_exitcode(status) if ended else None
        return self._ends[pid]

    def signal(self, pid: int, number: int) -> None:
        if self.poll(pid) is None:
            os.kill(pid, number)
            if number == signal.SIGKILL:  # it is gone in a moment: whoever asks next need not wait
                self._ends[pid] = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def end(self) -> None:
        for pid in self._ends:
            with suppress(OSError):
                self.signal(pid, signal.SIGKILL)


def main() -> None:
    """Do one wish after the other: import modules, fork a kernel, look after it."""
    answers = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what an import prints is no answer
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    kernels = _Kernels()
    try:
        for line in sys.stdin.buffer:
            wish = json.loads(line)
            answer = None
            if wish["do"] == "import":
                _import_all(wish["modules"], wish["sparing"])
            elif wish["do"] == "start":
                answer = kernels.start(wish, answers)
            elif wish["do"] == "poll":
                answer = kernels.poll(wish["pid"])
            else:
                kernels.signal(wish["pid"], wish["number"])
            os.write(answers, json.dumps(answer).encode() + b"\n")
    finally:
        kernels.end()


if __name__ == "__main__":
    main()
