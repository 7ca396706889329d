"""What several pages of the comparison name: its size and arms, and bands of differences."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hipstudy.labels import arm_label, contrast_label
from hipstudy.model.causes import WORLDS
from hipstudy.parameters import number as parameter
from hipstudy.studies import compare_decisions, compare_tables
from hipstudy.studies.compare_study import CompareStudy
from hipstudy.wording import Wording

if TYPE_CHECKING:
    import pandas as pd

Ends = dict[str, tuple[float, float, float]]  # world -> mean difference and its band

words = Wording("hipstudy.pages", "compare")


def comparison_of(study: CompareStudy) -> dict[str, Any]:
    """What captions say of a study: its size, its primary contrast, the margin in NRS points."""
    treatment, control = map(arm_label, study.primary)
    return {
        "weeks": study.design.weeks,
        "n_runners": study.cohort.n_runners,
        "n_limbs": study.cohort.n_limbs,
        "n_draws": study.values.n_draws,
        "treatment": treatment,
        "control": control,
        "contrast": contrast_label(" - ".join(study.primary)),
        "margin": parameter("margin_small_nrs"),
        "spread_shows": compare_decisions.spread_shown(study),  # there are enough runners
    }


@dataclass(frozen=True)
class Band:
    """A number with the ends of its band."""

    label: str
    value: float
    low: float
    high: float


def in_words(what: str, bands: Sequence[Band], digits: int = 2, unit: str = "") -> str:
    """Numbers with their bands, as words that stand for a picture."""
    return words("bands", what=what, bands=bands, digits=digits, unit=unit)


def band_of(label: str, row: Any) -> Band:
    """A row of the effects, or of a mean, as a band."""
    if hasattr(row, "estimate"):
        return Band(label, row.estimate, row.ci_low, row.ci_high)
    return Band(label, row.mean, row.low, row.high)


def pick_effects(study: CompareStudy, outcome: str, *, primary: bool = False) -> "pd.DataFrame":
    """Effects on one outcome, of every contrast or of the primary one only."""
    rows = compare_tables.effects(study)
    rows = rows[rows["outcome"] == outcome]
    return rows[rows["contrast"] == " - ".join(study.primary)] if primary else rows


def ends_by_cause(study: CompareStudy, outcome: str = "tightness_nrs") -> Ends:
    """Mean difference of the primary contrast and its band, treatment minus control, by cause."""
    rows = pick_effects(study, outcome, primary=True).set_index("world")
    return {w: tuple(rows.loc[w, ["estimate", "ci_low", "ci_high"]]) for w in WORLDS}


def rounded_up(points: float) -> float:
    """A bound that is printed with two decimals and holds; what prints as zero stays zero.

    Examples
    --------
    >>> rounded_up(0.071), rounded_up(0.07), rounded_up(0.004)
    (0.08, 0.07, 0.0)
    """
    # Rounded first: 0.07 times 100 is more than 7.
    return 0.0 if points < 0.005 else math.ceil(round(points * 100, 6)) / 100
