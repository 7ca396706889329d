"""Tiny notebooks, one per situation."""

import json
from pathlib import Path
from typing import Any

TITLE = ("markdown", "# A tiny report\n\nHow far a hip goes.")
SETTINGS = (
    "parameters",
    "\n".join(
        [
            'cohort: str = ""  # file | | a cohort file; empty draws runners',
            "weeks: int = None  # weeks | 1 to 52 | empty: as prescribed",
            "mcid_nrs: float = 2.0  # NRS points | 0 to 10 | smallest change worth having",
            "paired: bool = True  # | | compare within runners",
            'label: str = "a#b = c"  # | | a text, with = and # in it',
            'report_date: str = ""  # date | | printed on the report; empty prints none',
        ]
    ),
)
TABLE = """\
import pandas as pd
from hipstudy import show
frame = pd.DataFrame({"arm": ["stretch", "strength"], "change": [weeks or 0, mcid_nrs]})
show.Table(frame, "Change in tightness.", "change")"""
DOWNLOAD = 'show.Download(frame, "effects")'
GOOD = (TITLE, SETTINGS, ("markdown", "## Change"), ("code", TABLE), ("code", DOWNLOAD))


def notebook(*cells: tuple[str, str], **marks: str) -> dict[str, Any]:
    """Build a notebook; the kind ``parameters`` is a code cell with that tag."""
    made: list[dict[str, Any]] = []
    for kind, source in cells:
        tags = [kind] if kind in ("parameters", "injected-parameters") else []
        cell = {"cell_type": "markdown", "metadata": {"tags": tags}, "source": source}
        if kind != "markdown":
            cell |= {"cell_type": "code", "execution_count": None, "outputs": []}
        cell["id"] = f"c{len(made)}"
        made.append(cell)
    return {
        "cells": made,
        "metadata": {"hipstudy": marks} if marks else {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(path: Path, *cells: tuple[str, str], **marks: str) -> Path:
    """Write such a notebook to a file."""
    path.write_text(json.dumps(notebook(*cells, **marks)), encoding="utf-8")
    return path


def executed() -> Any:
    """Return a notebook that has nothing to execute, as if executed."""
    import nbformat

    return nbformat.from_dict(notebook(TITLE))
