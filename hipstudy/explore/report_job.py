"""Make a compare report in a process of its own and say each step as a line of JSON.

Run by ``report_run``: the job comes as one line on standard input, which stays open. When it
ends, whoever asked is gone, and so is this.
"""

import _thread
import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

from hipstudy.errors import ProblemsFound
from hipstudy.progress_bar import Progress

GRACE_S = 60  # in which it is at work: a machine that sleeps takes nothing of it
_GLANCE_S = 0.1
STAGES = 3  # checking, running, writing


class JobLines(Progress):
    """Progress as lines that another program reads."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self._stage = 0

    def stage(self, words: str) -> None:
        """Say what begins now."""
        self._stage += 1
        self.step(0, 1, words)

    def step(self, count: int, total: int, words: str) -> None:
        """Say how far a stage is."""
        share = (self._stage - 1 + count / max(total, 1)) / STAGES
        _say({"done": min(share, 1.0), "words": words})

    def clear(self) -> None:
        """Nothing is to be cleared."""


def _say(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)  # noqa: T201 - it is what this program is for


def _leave_with_asker() -> None:
    """Stop as Ctrl-C does, so that nothing half-made is left; by force if that takes too long."""
    sys.stdin.read()
    _thread.interrupt_main()
    for _ in range(round(GRACE_S / _GLANCE_S)):
        time.sleep(_GLANCE_S)
    os._exit(1)


def main() -> int:
    """Read the job, make the report, say the path of the PDF or the problems."""
    from hipstudy.files import one_end

    try:
        with one_end(leaving=True):
            return _make()
    except KeyboardInterrupt:
        return 130


def _make() -> int:
    from hipstudy.report.make_report import report

    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_leave_with_asker, daemon=True).start()
    pairs = [(name, value) for name, value in job["given"]]
    try:
        pdf = report("compare", pairs, out=Path(job["out"]), progress=JobLines())
    except ProblemsFound as error:
        _say({"problems": [str(problem) for problem in error.problems]})
        return error.exit_code
    except Exception as error:
        is_foreseen = getattr(error, "exit_code", None) is not None
        unforeseen = f"this was not foreseen: {type(error).__name__}: {error}"
        _say({"problems": [str(error) if is_foreseen else unforeseen]})
        return 1
    _say({"pdf": str(pdf)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
