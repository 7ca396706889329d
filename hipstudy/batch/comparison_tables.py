"""The tables that a comparison of two runs leaves: what moved, and what moved it."""

from pathlib import Path

from hipstudy.batch.two_runs import RunComparison
from hipstudy.cohort_file.row_changes import COLUMNS
from hipstudy.spreadsheet import as_csv, rows_as_csv
from hipstudy.studies.owners_tables import EDITS

MOVED_COLUMNS = ("table", "row", "column", "then", "now")


def comparison_tables(comparison: RunComparison) -> dict[str, str]:
    """CSV text by its place: every number that moved, every headline, and the owner's edits.

    Parameters
    ----------
    comparison
        As ``two_runs.compare_runs`` gives it.
    """
    rows = [
        (one.table, ", ".join(one.row), one.column, one.then, one.now)
        for one in comparison.moved_numbers
    ]
    tables = {
        "tables/moved.csv": rows_as_csv([MOVED_COLUMNS, *rows]),
        "tables/since.csv": as_csv(comparison.since),
    }
    return tables | ({EDITS: comparison.edits} if comparison.edits else {})


def is_edits(path: Path) -> bool:
    """Whether a file is a list of edits that a comparison wrote."""
    try:
        head = path.read_text(encoding="utf-8").partition("\n")[0]
    except (OSError, ValueError):
        return False
    return head.startswith(",".join(COLUMNS))
