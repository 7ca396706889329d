"""What the evidence notebook shows, page by page: cases, shares of variance, the ledger."""

from hipstudy.evidence_pages.cases import (
    answer,
    calibration,
    discussed,
    forest,
    gallery,
    own,
    rules,
    validation,
)
from hipstudy.evidence_pages.ledger import ledger, provenance, studies
from hipstudy.evidence_pages.variance import (
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
