"""The explorer's report job with a notebook that never comes to its end.

What becomes of a report that is being made is tried with it: any other, however large, may be made
by the time at which a test looks.
"""

import sys
from pathlib import Path

from hipstudy.explore import report_job
from hipstudy.report import execute as execution

NAME = Path(__file__).stem
FOUND = {"PYTHONPATH": str(Path(__file__).parent)}  # of the environment of whoever starts it
_ENDLESS = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None,
            "source": "import threading\nthreading.Event().wait()"}  # fmt: skip


def _hold():
    """From now on, notebooks of this process wait in their first cell for ever."""
    execute = execution.execute

    def held(notebook, *more):
        return execute({**notebook, "cells": [_ENDLESS, *notebook["cells"]]}, *more)

    execution.execute = held


if __name__ == "__main__":
    _hold()
    sys.exit(report_job.main())
