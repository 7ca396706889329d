"""Visits out of order: the format has weeks and no dates, so the order is that of weeks and rows.

A file keeps to an order, or to none. Of the steps from one row of a limb to its next, most go
forward in weeks, or most go back; where so few go the other way that tossing a coin seldom has it,
the file has an order, and those steps break it. In the same way adherence, of which there is none
before baseline, stands in few first visits or in most.
"""

import numpy as np
import scipy

from hipstudy.cohort_file.integrity.reading_grid import ReadingGrid
from hipstudy.cohort_file.integrity.result import IntegrityResult, level, look

CHECK = "visit_order"
ROWS, ADHERENCE = "weeks of a limb's rows", "adherence at baseline"


def find_unordered_visits(cells: ReadingGrid) -> list[IntegrityResult]:
    """Rows against their weeks, and adherence at the first visit."""
    rows = cells.rows
    alpha = level(2)
    before = rows.groupby(["runner", "side_code"], sort=False)["week"].shift()
    step = (rows["week"] - before).to_numpy(float)
    goes = step[step != 0]
    goes = goes[np.isfinite(goes)]
    results = []
    if len(goes):
        minority = min((goes > 0).sum(), (goes < 0).sum())
        sign = 1 if (goes > 0).sum() >= (goes < 0).sum() else -1
        results.append(
            _look(("week",), ROWS, int(minority), len(goes), rows.index[step * sign < 0], alpha)
        )
    if "adherence_pct" in rows:
        first = rows[rows["week"] <= 0]
        if len(first) and rows.loc[rows["week"] > 0, "adherence_pct"].notna().any():
            early = first.index[first["adherence_pct"].notna()]
            few, n = len(early), len(first)
            results.append(_look(("adherence_pct", "week"), ADHERENCE, few, n, early, alpha))
    return results


def _look(
    columns: tuple[str, ...], where: str, few: int, n: int, places: np.ndarray, alpha: float
) -> IntegrityResult:
    """So few of so many that a coin seldom has so few, and at least one."""
    is_beyond = few > 0 and scipy.special.bdtr(few, n, 0.5) < alpha / 2
    return look(
        CHECK, columns, where, statistic=few, limit=0, n=n, places=places, is_beyond=is_beyond
    )  # fmt: skip
