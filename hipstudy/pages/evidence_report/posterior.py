"""How the calibration trials moved the numbers that they bear on: before and after."""

import numpy as np
import pandas as pd

from hipstudy import show
from hipstudy.evidence.calibration import stored_frame
from hipstudy.labels import interval, percent
from hipstudy.pages.evidence_report.cases import WORDS
from hipstudy.pages.shared import options
from hipstudy.pages.table_files import table_file
from hipstudy.parameters import Parameter, calibrated, shipped
from hipstudy.studies.evidence_study import EvidenceStudy

SIGNIFICANT = 2  # digits of the width of a prior law that are shown


def _before(row: Parameter) -> str:
    return options(row, row.weights)


def _after(row: Parameter) -> str:
    draws = calibrated().columns[row.name].astype(int)
    return options(row, np.bincount(draws, minlength=len(row.weights)) / draws.size)


def posterior(_: EvidenceStudy) -> show.Table:
    """Every calibrated number, the one that the trials narrowed most first."""
    rows = stored_frame().sort_values("shrinkage", ascending=False, kind="stable")
    widths = np.log10(rows["prior_high"] - rows["prior_low"])
    digits = np.maximum(0, SIGNIFICANT - 1 - np.floor(widths)).astype(int)
    ends = {"Before": ["prior_mean", "prior_low", "prior_high"], "After": ["mean", "low", "high"]}
    choices = {"Before": _before, "After": _after}
    cells = {
        head: [
            choices[head](shipped()[name]) if shipped()[name].weights else interval(*row, n)
            for name, row, n in zip(rows["name"], rows[of].to_numpy(), digits, strict=True)
        ]
        for head, of in ends.items()
    }
    frame = pd.DataFrame(
        {
            "Number": [shipped()[name].label for name in rows["name"]],
            "Unit": [shipped()[name].unit for name in rows["name"]],
            **cells,
            "Narrower by": [
                "" if shipped()[name].weights else percent(max(0.0, one))
                for name, one in zip(rows["name"], rows["shrinkage"], strict=True)
            ],
        }
    )
    caption = WORDS("posterior_caption", calibrated().facts)
    align = dict.fromkeys(cells, "left") | {"Narrower by": "right"}
    return show.Table(frame, caption, "posterior", align=align)


def posterior_numbers(_: EvidenceStudy) -> show.Download:
    """The same at full precision, for ``tables/calibration.csv``."""
    return table_file(stored_frame(), "calibration")
