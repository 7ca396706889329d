"""Tables for the owner of a cohort file: they name runners, and no notebook or page has them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hipstudy.cohort_file.row_changes import row_changes
from hipstudy.spreadsheet import as_csv
from hipstudy.studies.cohort_settings import CohortSettings, rows_by_plan

EDITS = "tables/edits.csv"


def owners_files(parameters: Mapping[str, Any]) -> dict[str, str]:
    """The list of every row and cell that changed since an older file, as CSV text by its name.

    Nothing where no older file is compared with.

    Parameters
    ----------
    parameters
        Settings of the cohort report, name -> value; None stands for the default.
    """
    settings = CohortSettings.check(parameters)
    if not settings.earlier_cohort:
        return {}
    plan = settings.plan()
    (clinic_then, then), (clinic_now, now) = (
        rows_by_plan(Path(file), plan) for file in (settings.earlier_cohort, settings.cohort)
    )
    changes = row_changes(then, now, clinic_then.names, clinic_now.names)
    return {EDITS: as_csv(changes.owners_table(show_values=settings.show_values))}
