"""How sure one can be of a pooled effect, by GRADE, as far as its domains follow from facts.

Trials that were randomised start at high; each domain takes off a level or two (Guyatt 2011,
doi:10.1016/j.jclinepi.2010.04.026, and the guidelines after it). What a domain takes off is worked
out here from the rows; the reasons are put into words by the page.
"""

from dataclasses import dataclass

from hipstudy.evidence.outside_view import OutsideView
from hipstudy.evidence.pooling import PooledEffect
from hipstudy.evidence.symptom_trials import FULL_TEXT, NULL, TIGHTNESS

LEVELS = ("very low", "low", "moderate", "high")
# Fewer people than that, or an interval that holds zero, and an estimate is imprecise: the usual
# number for a continuous outcome (Guyatt 2011, doi:10.1016/j.jclinepi.2011.01.012).
PEOPLE_NEEDED = 400
TRIALS_FOR_BIAS = 10  # with a number of their own, before a funnel can be read


@dataclass(frozen=True)
class Certainty:
    """Facts of one pooled effect that GRADE asks for, and the levels that each domain takes off.

    ``n_unread`` are trials of which no full text was read, ``n_nulls`` those entered as 0,
    ``n_low_quality`` those of low quality; ``n_tightness`` measured felt tightness, ``n_runners``
    were of runners; ``n_people`` counts arms whose size was read, of ``n_sized`` trials.
    """

    contrast: str
    effect: PooledEffect
    n_unread: int
    n_nulls: int
    n_low_quality: int
    n_tightness: int
    n_runners: int
    n_people: int
    n_sized: int

    @property
    def risk_of_bias(self) -> int:
        """One where a trial is of low quality, was entered as 0, or could not be judged."""
        return int(bool(self.n_unread or self.n_nulls or self.n_low_quality))

    @property
    def inconsistency(self) -> int:
        """One where a new trial's truth could lie on either side of zero, or there is only one."""
        return int(not (self.effect.pi_low > 0 or self.effect.pi_high < 0))

    @property
    def indirectness(self) -> int:
        """Two where no trial measured felt tightness, one where not all did or none had runners."""
        if not self.n_tightness:
            return 2
        return int(self.n_tightness < self.effect.k or not self.n_runners)

    @property
    def imprecision(self) -> int:
        """One where the interval holds zero or there are too few people."""
        return int(not self.effect.excludes_zero or self.n_people < PEOPLE_NEEDED)

    @property
    def is_bias_judged(self) -> bool:
        """Whether there are trials enough to look for those that were never published."""
        return self.effect.k - self.n_nulls >= TRIALS_FOR_BIAS

    @property
    def level(self) -> str:
        """``high``, ``moderate``, ``low`` or ``very low``."""
        off = self.risk_of_bias + self.inconsistency + self.indirectness + self.imprecision
        return LEVELS[max(0, len(LEVELS) - 1 - off)]


def certainty(view: OutsideView, contrast: str) -> Certainty | None:
    """Certainty of a class's main estimate; None where it has no trial."""
    main = view.main(contrast)
    if not main:
        return None
    rows = view.rows(contrast, main)
    return Certainty(
        contrast=contrast,
        effect=view.pooled(contrast, main),
        n_unread=sum(one.reading != FULL_TEXT for one in rows),
        n_nulls=sum(one.use == NULL for one in rows),
        n_low_quality=sum(one.is_low_quality == "yes" for one in rows),
        n_tightness=sum(one.sensation == TIGHTNESS for one in rows),
        n_runners=sum(one.are_runners == "yes" for one in rows),
        n_people=sum(one.n_people for one in rows),
        n_sized=sum(one.n_people > 0 for one in rows),
    )
