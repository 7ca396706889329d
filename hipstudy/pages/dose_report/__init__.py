"""What the dose report's notebook shows: words, tables and figures of a dose study."""

from hipstudy.pages.dose_report.dose_answer import (
    answer,
    one_more_session,
    shapes_differ,
    shapes_figure,
    whom,
)
from hipstudy.pages.dose_report.enough_and_after import (
    disagreement,
    effect_left,
    ends,
    enough,
    enough_stretching,
    keeping,
    missed_sessions,
    tables,
)
from hipstudy.pages.dose_report.prescription_and_weeks import (
    enough_in_short,
    prescription,
    weeks_figure,
)
from hipstudy.pages.dose_report.surfaces import (
    load_and_stretch,
    other_outcomes,
    surfaces_table,
    tightness,
    weeks,
    weeks_and_sessions,
)
from hipstudy.pages.dose_report.weekly_load import load_path_by_week, load_path_table

__all__ = [
    "answer",
    "disagreement",
    "effect_left",
    "ends",
    "enough",
    "enough_in_short",
    "enough_stretching",
    "keeping",
    "load_and_stretch",
    "load_path_by_week",
    "load_path_table",
    "missed_sessions",
    "one_more_session",
    "other_outcomes",
    "prescription",
    "shapes_differ",
    "shapes_figure",
    "surfaces_table",
    "tables",
    "tightness",
    "weeks",
    "weeks_and_sessions",
    "weeks_figure",
    "whom",
]
