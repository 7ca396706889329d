"""What the dose report's notebook shows: words, tables and figures of a dose study."""

from hipstudy.dose_pages.after import (
    disagreement,
    ends,
    enough,
    enough_stretching,
    keeping,
    kept,
    missed,
    tables,
)
from hipstudy.dose_pages.answer import answer, shapes_figure
from hipstudy.dose_pages.closing import cert, known, lines, prescription, provenance, whom
from hipstudy.dose_pages.load_path import load_path, load_path_table
from hipstudy.dose_pages.surfaces import (
    load_and_stretch,
    others,
    over_weeks,
    table,
    tightness,
    weeks,
)
from hipstudy.pages import held, sources

__all__ = [
    "answer",
    "cert",
    "disagreement",
    "ends",
    "enough",
    "enough_stretching",
    "held",
    "keeping",
    "kept",
    "known",
    "lines",
    "load_and_stretch",
    "load_path",
    "load_path_table",
    "missed",
    "others",
    "over_weeks",
    "prescription",
    "provenance",
    "shapes_figure",
    "sources",
    "table",
    "tables",
    "tightness",
    "weeks",
    "whom",
]
