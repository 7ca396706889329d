"""What the explorer calls an outcome, its unit and its digits, and what it says of itself."""

from hipstudy.evidence.number_basis import CLOSING
from hipstudy.labels import OUTCOME_LABELS
from hipstudy.wording import Wording

WORDS = Wording("hipstudy.explore", "explorer")
_UNITS = {"_nrs": "NRS points", "_deg": "deg", "_nm_kg": "Nm/kg", "_pct": "%"}
_NAMES = {
    "soreness_nrs": "Soreness",
    "economy_pct": "Running economy",
    "end_range_reserve": "End-range reserve",
}


def not_advice() -> str:
    """What every page of the explorer says of itself."""
    return f"{WORDS('not_advice')} {CLOSING}"


def unit(outcome: str) -> str:
    """Unit of an outcome; a reserve has none."""
    return next((words for end, words in _UNITS.items() if outcome.endswith(end)), "")


def title(outcome: str) -> str:
    """Name of an outcome without its unit."""
    return _NAMES.get(outcome) or OUTCOME_LABELS[outcome].rsplit(" (", 1)[0]


def name_within(outcome: str) -> str:
    """Name of an outcome within a sentence: a person's name in it keeps its capital."""
    name = title(outcome)
    return name[0].lower() + name[1:]


def change_unit(outcome: str) -> str:
    """Unit of a change since the start: torque's is per cent of it."""
    return "% of the start" if outcome.endswith("_nm_kg") else unit(outcome)


def digits(outcome: str) -> int:
    """Decimals of an outcome's differences."""
    return 1 if outcome.endswith(("_deg", "_pct")) else 2
