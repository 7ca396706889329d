"""Small batches: a tiny notebook that reads a file of its own, and files for it."""

from pathlib import Path

import tiny

READS = """\
import numpy as np
import pandas as pd
from hipstudy import show
values = pd.read_csv(cohort)["tightness_nrs"].to_numpy(dtype=float)
singular = np.linalg.svd(np.outer(values, values + 0.1))[1]
frame = pd.DataFrame({"arm": ["all"], "mean": [values.mean()], "singular": [singular.sum()]})
show.Table(frame, "The mean.", "mean")"""
CELLS = (tiny.TITLE, tiny.SETTINGS, ("code", READS), ("code", 'show.Download(frame, "effects")'))


def notebook(folder, *more):
    """The notebook in a folder; further cells come before its first."""
    return str(tiny.write(Path(folder) / "mine.ipynb", tiny.TITLE, *more, *CELLS[1:]))


def cohort(path, first=0):
    """A file with forty ratings, another for each ``first``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [str((first * 7 + k * 3) % 11) for k in range(40)]
    path.write_text("\n".join(["tightness_nrs", *rows]) + "\n", encoding="utf-8")
    return path


def contents(folder):
    """Every file of a batch's reports with its bytes; what has the time in it apart."""
    timed = ("run.toml", "ro-crate-metadata.json", "reports.csv")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(Path(folder).rglob("*"))
        if path.is_file() and path.name not in timed
    }
