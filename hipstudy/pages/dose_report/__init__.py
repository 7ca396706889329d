"""What the dose report's notebook shows: words, tables and figures of a dose study."""

from hipstudy.pages.compare_report import fixed_numbers, sources
from hipstudy.pages.dose_report.dose_answer import (
    answer,
    cert,
    lines,
    load_path,
    load_path_table,
    prescription,
    provenance,
    shapes_figure,
    uncertain_numbers,
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
from hipstudy.pages.dose_report.surfaces import (
    load_and_stretch,
    others,
    over_weeks,
    table,
    tightness,
    weeks,
)

__all__ = [
    "answer",
    "cert",
    "disagreement",
    "effect_left",
    "ends",
    "enough",
    "enough_stretching",
    "fixed_numbers",
    "keeping",
    "lines",
    "load_and_stretch",
    "load_path",
    "load_path_table",
    "missed_sessions",
    "others",
    "over_weeks",
    "prescription",
    "provenance",
    "shapes_figure",
    "sources",
    "table",
    "tables",
    "tightness",
    "uncertain_numbers",
    "weeks",
    "whom",
]
