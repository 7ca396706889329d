"""What the evidence notebook shows, page by page: cases, shares of variance, the ledger."""

from hipstudy.pages.evidence_report.assumptions import ledger, provenance, studies
from hipstudy.pages.evidence_report.cases import (
    answer,
    calibration,
    forest,
    gallery,
    misses,
    own_cases,
    predictions,
    range_sds,
    rules,
    skill_and_coverage,
    skill_file,
    validation,
    validation_file,
)
from hipstudy.pages.evidence_report.posterior import posterior, posterior_numbers
from hipstudy.pages.evidence_report.variance_shares import (
    indices,
    leading,
    morris,
    screen,
    sobol,
    variance,
)

__all__ = [
    "answer",
    "calibration",
    "forest",
    "gallery",
    "indices",
    "leading",
    "ledger",
    "misses",
    "morris",
    "own_cases",
    "posterior",
    "posterior_numbers",
    "predictions",
    "provenance",
    "range_sds",
    "rules",
    "screen",
    "skill_and_coverage",
    "skill_file",
    "sobol",
    "studies",
    "validation",
    "validation_file",
    "variance",
]
