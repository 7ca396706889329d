"""A batch of reports against as many single commands, and two workers against one, in one run.

``python benchmarks/batch.py 20`` makes 20 of each; ``... 20 compare`` those of the compare report
on 20 runners, and without a name those of a small notebook, where what is shared counts most.
Processor time is printed beside the clock's: on a machine that others use too, only its ratios say
how much less work a batch is.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

PROGRAM = [sys.executable, "-m", "hipstudy"]
CELLS = (
    ("parameters", "seed: int = 0  # | 0 to 999 | of the numbers\nn_runners: int = 20  # | | none"),
    ("code", "import numpy as np\nimport pandas as pd\nimport seaborn\nfrom hipstudy import show"),
    ("code", "import statsmodels.formula.api as smf"),
    ("code", "frame = pd.DataFrame({'x': np.random.default_rng(seed).normal(size=40)})"),
    ("code", "show.Table(frame.describe(), 'Of forty numbers.', 'numbers')"),
    ("code", "show.Download(frame, 'numbers')"),
)


def notebook(path):
    cells = [{"cell_type": "markdown", "metadata": {}, "id": "a", "source": "# Forty numbers"}]
    for at, (kind, source) in enumerate(CELLS):
        tags = [kind] if kind == "parameters" else []
        cells.append({"cell_type": "code", "metadata": {"tags": tags}, "id": f"c{at}",
                      "execution_count": None, "outputs": [], "source": source})  # fmt: skip
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book), encoding="utf-8")
    return str(path)


def timed(commands, folder):
    """Seconds by the clock and of the processors, for commands one after the other."""
    before, start = os.times(), perf_counter()
    for command in commands:
        subprocess.run([*PROGRAM, *command], cwd=folder, check=True, capture_output=True)
    after = os.times()
    used = sum(after[2:4]) - sum(before[2:4])
    return perf_counter() - start, used


def main(n, name):
    with tempfile.TemporaryDirectory() as folder:
        report = name or notebook(Path(folder) / "small.ipynb")
        seeds = list(range(1, n + 1))
        grid = Path(folder) / "grid.toml"
        grid.write_text(
            f"report = {json.dumps(report)}\n[settings]\nn_runners = 20\n[grid]\nseed = {seeds}\n",
            encoding="utf-8",
        )
        one = [["report", report, "-p", "n_runners", "20", "-p", "seed", str(k), "--out", f"s{k}"]
               for k in seeds]  # fmt: skip
        timed(one[:1], folder)  # warm the disk
        rows = {"single commands": timed(one, folder)}
        for workers in (1, 2):
            batch = ["sweep", str(grid), "--out", f"b{workers}", "--workers", str(workers)]
            rows[f"a batch, {workers} at once"] = timed([batch], folder)
    single, alone, both = rows.values()
    print(f"{n} reports {name or 'of a small notebook'}, {os.cpu_count()} processors")
    for words, (clock, used) in rows.items():
        print(f"{words:20} {clock:7.1f} s  {used:7.1f} s of processors")
    print(f"two at once, against single commands: {single[0] / both[0]:.2f} times the speed")
    print(f"the same by processor time: {single[1] / both[1]:.2f}")
    print(f"parallel efficiency on two: {alone[0] / both[0]:.2f} of 2")
    print(f"the same by processor time: {2 * alone[1] / both[1]:.2f}")


if __name__ == "__main__":
    os.environ["HIPSTUDY_CACHE"] = "off"  # what is timed is worked out
    given = sys.argv[1:]
    main(int(given[0]) if given else 20, given[1] if len(given) > 1 else "")
