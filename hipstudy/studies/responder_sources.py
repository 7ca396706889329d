"""What a physio sees in patients: who reports less tightness at the end, and where it comes from.

Parts and their order are those of ``model.rated_change``; causes are mixed by the prior.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy.model.rated_change import CRITERIA, PARTS
from hipstudy.studies.compare_study import CompareStudy

if TYPE_CHECKING:
    import pandas as pd

OF = 10  # runners: a number that a clinician can picture
COLUMNS = ("arm", "criterion", "anyway", "programme", "choice", "wobble")
TOTAL = "total"


@dataclass(frozen=True)
class OfTen:
    """Of ten runners so many, with the band over draws of the parameters."""

    mean: float
    low: float
    high: float


def part_draws(study: CompareStudy, arm: str, criterion: str) -> dict[str, NDArray[np.float64]]:
    """Runners of 10 by part, and ``total``, each (draws,); the parts add up to the total."""
    runs = OF * np.einsum("dw,pwd->pd", study.shares, study.reporting[arm, criterion])
    steps = dict(zip(PARTS, np.diff(runs, axis=0, prepend=0), strict=True))
    return steps | {TOTAL: runs[-1]}


def parts_of_ten(study: CompareStudy, arm: str, criterion: str) -> dict[str, OfTen]:
    """The same as means with their bands."""
    return {
        part: OfTen(float(draws.mean()), *map(float, np.quantile(draws, study.band)))
        for part, draws in part_draws(study, arm, criterion).items()
    }


def gap_of_ten(study: CompareStudy, criterion: str) -> OfTen:
    """How many more of 10 report less under the primary contrast's treatment than its control."""
    first, second = (part_draws(study, arm, criterion)[TOTAL] for arm in study.primary)
    gap = first - second
    return OfTen(float(gap.mean()), *map(float, np.quantile(gap, study.band)))


def noticed(study: CompareStudy) -> "pd.DataFrame":
    """Runners of 10 who report less tightness, by arm, criterion and where it comes from.

    Columns: arm, criterion (``points``: ``mcid_nrs`` points or more; ``share``: ``mcid_share`` of
    their own first rating or more), anyway, programme, choice, wobble. Means over draws, causes
    mixed by the prior; the four add up to all who report it.
    """
    import pandas as pd

    rows = []
    for arm in study.design.arms:
        for criterion in CRITERIA:
            parts = part_draws(study, arm.name, criterion)
            rows.append((arm.name, criterion, *(parts[name].mean() for name in COLUMNS[2:])))
    return pd.DataFrame(rows, columns=list(COLUMNS))
