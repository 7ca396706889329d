"""The part ``[units]`` of a drafted mapping: columns whose name says a unit that is not ours.

No unit is drafted as sure: a name such as "Kraft (kg)" is what somebody typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hipstudy.cohort_file.head_words import tokens_of
from hipstudy.cohort_file.own_units import LEVER, force_units, units_of
from hipstudy.cohort_file.word_tables import word_table

_SIGNS = word_table("vocabulary.toml")["unit_signs"]
_DEFICIT = frozenset(_SIGNS["deficit"].split())


@dataclass(frozen=True)
class UnitQuestion:
    """A column of ours that may be in another unit, or a column of the file that is a deficit."""

    name: str
    unit: str

    @property
    def lines(self) -> list[str]:
        """Lines of the mapping file that would say so."""
        line = [f'{self.name} = "{self.unit}"'] if self.unit else []
        return line + ([f"{LEVER} = 38"] if self.unit in force_units(self.name) else [])

    @property
    def question(self) -> str:
        """Its entry in ``draft.en.toml``."""
        if not self.unit:
            return "deficit"
        return "force" if self.unit in force_units(self.name) else "other_unit"


def unit_questions(columns: Mapping[str, str]) -> list[UnitQuestion]:
    """What is to be asked of names in the file, each with the column of ours that it may be, or "".

    Examples
    --------
    >>> unit_questions({"Kraft (N)": "end_range_torque_nm_kg", "Alter": "age_y"})
    [UnitQuestion(name='end_range_torque_nm_kg', unit='N')]
    """
    asked: dict[str, UnitQuestion] = {}
    for own, ours in columns.items():
        words = set(tokens_of(own))
        if not words.isdisjoint(_DEFICIT):
            asked.setdefault(own, UnitQuestion(own, ""))
            continue
        for unit in units_of(ours):
            signs = _SIGNS.get(unit, unit.casefold()).split()
            is_ours = ours.endswith("nm_kg") and {"nm", "kg"} <= words
            if not words.isdisjoint(signs) and not is_ours:
                asked.setdefault(ours, UnitQuestion(ours, unit))
    return list(asked.values())
