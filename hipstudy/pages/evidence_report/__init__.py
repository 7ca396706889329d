"""What the evidence notebook shows, page by page: cases, shares of variance, the ledger."""

from hipstudy.pages.evidence_report.assumptions import ledger, provenance, studies
from hipstudy.pages.evidence_report.cases import (
    answer,
    calibration,
    discussed,
    forest,
    gallery,
    own,
    rules,
    validation,
)
from hipstudy.pages.evidence_report.variance_shares import (
    hangs_on,
    indices,
    morris,
    screen,
    sobol,
    variance,
)

__all__ = [
    "answer",
    "calibration",
    "discussed",
    "forest",
    "gallery",
    "hangs_on",
    "indices",
    "ledger",
    "morris",
    "own",
    "provenance",
    "rules",
    "screen",
    "sobol",
    "studies",
    "validation",
    "variance",
]
