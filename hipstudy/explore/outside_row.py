"""The outside view's row in the explorer's picture by cause: what trials elsewhere found."""

from dataclasses import asdict, dataclass
from typing import Any

from hipstudy.evidence.outside_view import OutsideView, class_of
from hipstudy.pages.trials_elsewhere import contrast_facts
from hipstudy.prescription.protocol import Protocol


@dataclass(frozen=True)
class OutsideRow:
    """Trials elsewhere of the arms' contrast, B minus A, NRS points.

    Parameters
    ----------
    estimate, low, high
        Pooled estimate of the main variant, and the prediction interval of a new trial.
    k, n_nulls
        Trials, and those of them that count as 0.
    n_tightness, n_runners
        Those of them that measured felt tightness, and those of runners.
    first, second
        Kinds of exercise of B and of A in words.
    """

    estimate: float
    low: float
    high: float
    k: int
    n_nulls: int
    n_tightness: int
    n_runners: int
    first: str
    second: str

    def facts(self) -> dict[str, Any]:
        """By name, ready for JSON."""
        return asdict(self)


def outside_row(view: OutsideView, treatment: Protocol, control: Protocol) -> OutsideRow | None:
    """The row for two arms; None where no trials compare such arms, or one trial is all."""
    kind = class_of(treatment, control)
    facts = contrast_facts(view, kind[0], is_swapped=kind[1]) if kind else None
    if facts is None or facts["effect"].k < 2:
        return None
    effect, sure = facts["effect"], facts["certainty"]
    return OutsideRow(
        estimate=effect.estimate,
        low=effect.pi_low,
        high=effect.pi_high,
        k=effect.k,
        n_nulls=sure.n_nulls,
        n_tightness=sure.n_tightness,
        n_runners=sure.n_runners,
        first=facts["first"],
        second=facts["second"],
    )
