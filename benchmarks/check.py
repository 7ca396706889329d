"""How long a cohort file of 100,000 rows is checked, against only reading it with pandas."""

import tempfile
from pathlib import Path
from time import perf_counter

import pandas as pd

from hipstudy.cohort_file.check import check_file
from hipstudy.resources import place

ROWS = 100_000


def large(folder):
    """The example's runners again and again under other codes, until there are enough rows."""
    example = pd.read_csv(place("data", "example_cohort.csv"), dtype=str)
    times = -(-ROWS // len(example))
    many = [example.assign(runner_id=example["runner_id"] + f"-{i}") for i in range(times)]
    file = Path(folder) / "large.csv"
    pd.concat(many).head(ROWS).to_csv(file, index=False)
    return file


def timed(work, *arguments):
    best = float("inf")
    for _ in range(3):
        start = perf_counter()
        found = work(*arguments)
        best = min(best, perf_counter() - start)
    return best, found


def main():
    with tempfile.TemporaryDirectory() as folder:
        file = large(folder)
        reading, frame = timed(pd.read_csv, file)
        checking, checked = timed(check_file, file)
    assert len(frame) == ROWS == len(checked.frame)
    print(f"{ROWS:,} rows x {frame.shape[1]} columns")
    print(f"only read by pandas {reading:6.2f} s   1 x")
    print(f"read and checked    {checking:6.2f} s {checking / reading:4.1f} x")


if __name__ == "__main__":
    main()
