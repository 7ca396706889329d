"""What a kernel finds in its environment."""

import os

from hipstudy import reused_memory

# Sums of many threads come in another order: how many processors there are would move last digits,
# and reports that are made side by side would wait for each other.
ONE_THREAD = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), "1"
)

# A forgotten ``breakpoint()`` stops no report: nobody is there to answer.
NO_BREAKPOINT = {"PYTHONBREAKPOINT": "0"}


def surroundings() -> dict[str, str]:
    """Environment of a kernel: this process's, with one thread for linear algebra."""
    return {**reused_memory.ENVIRONMENT, **os.environ, **ONE_THREAD, **NO_BREAKPOINT}
