"""What the dose report's notebook shows: words, tables and figures of a dose study."""

from hipstudy.pages.dose_report.dose_answer import (
    answer,
    load_path_by_week,
    load_path_table,
    shapes_figure,
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
from hipstudy.pages.dose_report.surfaces import (
    load_and_stretch,
    other_outcomes,
    surfaces_table,
    tightness,
    weeks,
    weeks_and_sessions,
)

__all__ = [
    "answer",
    "disagreement",
    "effect_left",
    "ends",
    "enough",
    "enough_stretching",
    "keeping",
    "load_and_stretch",
    "load_path_by_week",
    "load_path_table",
    "missed_sessions",
    "other_outcomes",
    "shapes_figure",
    "surfaces_table",
    "tables",
    "tightness",
    "weeks",
    "weeks_and_sessions",
]
