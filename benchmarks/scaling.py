"""How time and memory of a comparison grow with weeks, draws and runners, in one run.

Each size is run in a process of its own, so that its peak is its own. The slope of the logarithm of
time on that of the size is 1 where time is linear, and of memory near 0 where nothing is held.
Memory is what is above an empty process; what `memory_need` says of each run stands beside it.
"""

import json
import subprocess
import sys

import numpy as np

from hipstudy.model.lane_blocks import BLOCK
from hipstudy.studies import memory_need

LINES = {
    "weeks": (13, 26, 52, 104),
    "n_draws": (100, 200, 400, 800),
    "n_runners": (100, 200, 400, 800),
}
MIDDLE = {"weeks": 12, "n_draws": 200, "n_runners": 100}
PROGRAM = """
import json, resource, sys
from time import process_time
from hipstudy.studies import compare_study
asked = json.loads(sys.argv[1])
compare_study.run(weeks=1, n_runners=2, n_draws=2)
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
empty, start = peak(), process_time()
arms = len(compare_study.run(**asked).design.arms)
print(json.dumps([process_time() - start, peak(), empty, arms]))
"""


def measure(**asked):
    """Seconds of CPU, peak and empty MB, and arms, of a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(asked)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def main():
    for name, sizes in LINES.items():
        seconds, above = [], []
        for size in sizes:
            asked = MIDDLE | {name: size}
            cpu, peak, empty, arms = measure(**asked)
            said = memory_need.comparison_mb(**asked, n_arms=arms, block=BLOCK) * 1e6 / 2**20
            seconds.append(cpu)
            above.append(peak - empty)
            print(f"{name} {size:5}: {cpu:6.1f} s of CPU, peak {peak:5.0f} MB (said {said:.0f})")
        slopes = [np.polyfit(np.log(sizes), np.log(one), 1)[0] for one in (seconds, above)]
        print(f"  exponent of time {slopes[0]:.2f}, of memory above the program {slopes[1]:.2f}")


if __name__ == "__main__":
    main()
