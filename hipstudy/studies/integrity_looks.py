"""Every look at whether a clinic's data could be, as a tidy table."""

from typing import TYPE_CHECKING

from hipstudy.cohort_file.findings import spans
from hipstudy.studies.cohort_study import CohortStudy

if TYPE_CHECKING:
    import pandas as pd

MOST_SPANS = 1_000  # of rows in a cell: a spreadsheet's cell holds 32,767 letters
COLUMNS = ("check", "what", "where", "statistic", "limit", "n")


def integrity(study: CohortStudy) -> "pd.DataFrame":
    """Every look, in the columns of ``integrity.csv``; ``where`` has rows beyond a limit only.

    Of more than ``MOST_SPANS`` spans of rows it has the first ones, and how many rows more.
    """
    import pandas as pd

    rows = [
        {
            "check": one.check,
            "what": f"{' '.join(one.columns)}, {one.where}",
            "where": spans(its_rows, MOST_SPANS) if its_rows else "",
            "statistic": one.statistic,
            "limit": one.limit,
            "n": one.n,
        }
        for one, its_rows in study.clinic.integrity
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))
