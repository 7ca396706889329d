"""Results of long checks: each run leaves a table in reports/, and a copy of it is stored.

Tests of every day hold the copies in ``tests/stored/`` to the same bounds, and to have every cell.
"""

from pathlib import Path

import pandas as pd

REPORTS = Path(__file__).resolve().parents[1] / "reports"
STORED = Path(__file__).resolve().parent / "stored"


def leave(rows, name):
    """Write what a run found: six digits are all that chance leaves."""
    REPORTS.mkdir(exist_ok=True)
    pd.DataFrame(rows).to_csv(REPORTS / f"{name}.csv", index=False, float_format="%.6g")


def stored(name):
    """The copy of a run's table."""
    return pd.read_csv(STORED / f"{name}.csv", keep_default_na=False)
