"""How sure one can be of a modelled difference, by GRADE for modelled evidence.

GRADE's domains hold for a model's outputs as well; what they ask about is the model's inputs and
the model itself (Brozek 2021, doi:10.1016/j.jclinepi.2020.09.018). What each domain takes off is
worked out here from facts by rules of this project; the reasons are put into words by the page.
Nothing is rated up: a gradient with dose, and a size, are put into a model and not found by it.
"""

from dataclasses import dataclass

from hipstudy.evidence import number_basis, trials
from hipstudy.evidence.certainty import LEVELS
from hipstudy.parameters import shipped

FELT = ("tightness_nrs", "discomfort_nrs")
DECIDING = ("link_sd_per_sd", "causal_share")  # without either no arm differs in what is felt


@dataclass(frozen=True)
class ModelledCertainty:
    """Facts of a modelled difference in tightness that GRADE asks for.

    Parameters
    ----------
    n_numbers, n_assumed
        Numbers of the model, and those that are assumptions.
    n_deciding, n_deciding_assumed
        Numbers without which no arm differs from another, and those of them that are assumptions.
    n_cases, n_felt
        Cases of published trials that the model is held against, and those of what is felt.
    lowest, highest
        Mean differences by cause, NRS points.
    n_apart
        Causes under which model and trials elsewhere differ by more than their spreads; None
        where no trial elsewhere compares such arms.
    low, high
        95 % band of the difference mixed over the causes, NRS points.
    """

    n_numbers: int
    n_assumed: int
    n_deciding: int
    n_deciding_assumed: int
    n_cases: int
    n_felt: int
    lowest: float
    highest: float
    n_apart: int | None
    low: float
    high: float

    @property
    def risk_of_bias(self) -> int:
        """Two where a deciding number is an assumption, one where any number is."""
        return 2 if self.n_deciding_assumed else int(bool(self.n_assumed))

    @property
    def indirectness(self) -> int:
        """Two where no case tests what is felt, one where not all do."""
        return 2 if not self.n_felt else int(self.n_felt < self.n_cases)

    @property
    def has_both_signs(self) -> bool:
        """Whether the mean differences lie on both sides of zero, as they are printed."""
        return round(self.lowest, 2) < 0 < round(self.highest, 2)

    @property
    def inconsistency(self) -> int:
        """One where causes differ in sign, or trials elsewhere say something else."""
        return int(self.has_both_signs or bool(self.n_apart))

    @property
    def holds_zero(self) -> bool:
        """Whether the band of the mix holds zero, as it is printed."""
        return round(self.low, 2) <= 0 <= round(self.high, 2)

    @property
    def imprecision(self) -> int:
        """One where the band of the mix holds zero."""
        return int(self.holds_zero)

    @property
    def level(self) -> str:
        """``high``, ``moderate``, ``low`` or ``very low``."""
        off = self.risk_of_bias + self.indirectness + self.inconsistency + self.imprecision
        return LEVELS[max(0, len(LEVELS) - 1 - off)]


def modelled_certainty(
    *,
    lowest: float,
    highest: float,
    n_apart: int | None,
    low: float,
    high: float,
    published: tuple[trials.Case, ...] | None = None,
) -> ModelledCertainty:
    """Certainty of a difference, with the counts of the shipped numbers and trials.

    Parameters
    ----------
    lowest, highest, n_apart, low, high
        As in ``ModelledCertainty``.
    published
        Cases to count; the shipped ones when None.
    """
    counts = number_basis.counts()
    cases = trials.shipped() if published is None else published
    return ModelledCertainty(
        n_numbers=counts.total,
        n_assumed=counts.assumed,
        n_deciding=len(DECIDING),
        n_deciding_assumed=sum(shipped()[name].assumed for name in DECIDING),
        n_cases=len(cases),
        n_felt=sum(case.outcome in FELT for case in cases),
        lowest=lowest,
        highest=highest,
        n_apart=n_apart,
        low=low,
        high=high,
    )
