"""How time and memory of the cohort report's notebook grow with the rows of its file.

Each size is a process of its own that runs every cell and makes every picture and table; seconds
are of its processor, memory is its peak. The exponents are slopes of logarithms, without what an
almost empty file takes: 1 is linear.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from hipstudy.report.parameters_cell import cell_source
from hipstudy.resources import place

SIZES = (252, 2_500, 10_000, 40_000)  # rows; the first is the example itself
NOTEBOOK = "02_cohort.ipynb"


def large(rows, folder):
    """The example's runners again and again, with unlike decimals, under other codes."""
    example = pd.read_csv(place("data", "example_cohort.csv"), dtype={"runner_id": str})
    chance, parts = np.random.default_rng(1), []
    for copy in range(-(-rows // len(example))):
        part = example.assign(runner_id=example["runner_id"] + f"-{copy}")
        for name, width in (("thomas_ext_deg", 0.5), ("end_range_torque_nm_kg", 0.02)):
            part[name] = (part[name] + chance.uniform(0, width, len(part))).round(3)
        parts.append(part)
    file = Path(folder) / f"rows_{rows}.csv"
    pd.concat(parts).head(rows).to_csv(file, index=False)
    return file


def run_cells(cohort):
    """Every code cell as a kernel runs and shows it."""
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell.instance()
    book = json.loads(place("notebooks", NOTEBOOK).read_text(encoding="utf-8"))
    for cell in (one for one in book["cells"] if one["cell_type"] == "code"):
        shell.run_cell(cell_source(cell)).raise_error()
        if "parameters" in cell["metadata"].get("tags", ()):
            shell.push({"cohort": cohort})
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([time.process_time(), peak]))


def main():
    results = []
    with tempfile.TemporaryDirectory() as folder:
        for rows in SIZES:
            command = [sys.executable, __file__, str(large(rows, folder))]
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            seconds, peak = json.loads(done.stdout.splitlines()[-1])
            results.append((rows, seconds, peak))
            print(f"{rows:7,} rows {seconds:7.1f} s of processor {peak:7.0f} MB", flush=True)
    rows, seconds, peak = (np.array(column) for column in zip(*results, strict=True))
    for name, values in (("time", seconds), ("memory", peak)):
        slope = np.polyfit(np.log(rows[1:]), np.log(values[1:] - values[0]), 1)[0]
        print(f"{name} grows with rows to the power of {slope:.2f}")


if __name__ == "__main__":
    os.environ["HIPSTUDY_CACHE"] = "off"  # what is timed is worked out
    if len(sys.argv) > 1:
        run_cells(sys.argv[1])
    else:
        main()
