"""How long 100,000 rows are read, as CSV against pandas' reader and as XLSX against calamine."""

import tempfile
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
from python_calamine import CalamineWorkbook

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.sheet import read_sheet

ROWS = 100_000
MEASURED = {  # least and most; every number is another, so that nothing is read by being known
    "thomas_ext_deg": (-20, 20),
    "tightness_nrs": (0, 10),
    "discomfort_nrs": (0, 10),
    "end_range_torque_nm_kg": (0.6, 1.8),
    "adherence_pct": (40, 100),
}


def plain_cohort():
    """Eight rows a runner: two sides at four visits."""
    at = np.arange(ROWS)
    runner, chance = at // 8, np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "runner_id": [f"R{one:05d}" for one in runner],
            "arm": np.where(runner % 2, "stretch_only", "strength_only"),
            "week": 4 * (at // 2 % 4),
            "side": np.where(at % 2, "right", "left"),
            "sex": np.where(runner % 3, "F", "M"),
            "age_y": np.round(chance.uniform(20, 60, ROWS // 8), 1)[runner],
            "mass_kg": np.round(chance.uniform(50, 90, ROWS // 8), 1)[runner],
        }
    )
    numbers = {name: np.round(chance.uniform(*ends, ROWS), 3) for name, ends in MEASURED.items()}
    return frame.assign(**numbers)


def seconds(work, *arguments, times=5):
    """The least CPU time of some runs; what was read is let go of afterwards."""
    least = float("inf")
    for _ in range(times):
        start = process_time()
        what_was_read = work(*arguments)
        least = min(least, process_time() - start)
        del what_was_read
    return least


def by_calamine(file):
    return CalamineWorkbook.from_path(file).get_sheet_by_index(0).to_python()


def main():
    with tempfile.TemporaryDirectory() as folder:
        text, book = Path(folder) / "plain.csv", Path(folder) / "plain.xlsx"
        cohort = plain_cohort()
        cohort.to_csv(text, index=False)
        cohort.to_excel(book, index=False)
        assert len(read_sheet(text).cells) == len(read_sheet(book).cells) == ROWS
        print(f"{ROWS:,} rows x {cohort.shape[1]} columns, seconds of CPU")
        for kind, other, file in (("pandas", pd.read_csv, text), ("calamine", by_calamine, book)):
            once, ours = seconds(other, file), seconds(read_sheet, file)
            print(f"{file.suffix[1:]:5} {kind:9} {once:6.2f}   1 x")
            print(f"{'':5} {'hipstudy':9} {ours:6.2f} {ours / once:4.1f} x")
        for file in (text, book):
            print(f"{file.suffix[1:]:5} all checks {seconds(check_file, file, times=2):5.2f}")


if __name__ == "__main__":
    main()
