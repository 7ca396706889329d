"""Parts of sentences that say what is prescribed; CERT, the reports and the handout share them."""

from hipstudy.labels import count_phrase
from hipstudy.prescription.protocol import Strength


def weight_place(strength: Strength, whose: str = "the") -> str:
    """Where an added weight is.

    Examples
    --------
    >>> weight_place(Strength(sets=3, reps=8, sessions_per_week=3), "your")
    'at your ankle'
    """
    return f"at {whose} ankle" if strength.lever == "leg-lever" else f"on {whose} chest"


def sides(strength: Strength) -> str:
    """Which sides are trained: both, or the one side only."""
    return "both sides" if strength.sides == "both" else f"{strength.sides} side only"


def no_weight_first(weeks: int, later: str) -> str:
    """Say that there is no weight for some weeks, and what the load is later.

    Examples
    --------
    >>> no_weight_first(3, "5 kg")
    'no weight for 3 weeks, then 5 kg'
    """
    return f"no weight for {count_phrase(weeks, 'week')}, then {later}"
