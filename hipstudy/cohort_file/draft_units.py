"""The part ``[units]`` of a drafted mapping: columns whose name says a unit that is not ours.

No unit is drafted as sure: a name such as "Kraft (kg)" is what somebody typed.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from hipstudy.cohort_file.draft_page import toml_line
from hipstudy.cohort_file.head_words import tokens_of
from hipstudy.cohort_file.own_units import LEVER, force_units, units_of
from hipstudy.cohort_file.word_tables import word_table

_SIGNS = word_table("vocabulary.toml")["unit_signs"]
_DEFICIT, _FLEXED, _LEVERS = (
    frozenset(_SIGNS[of].split()) for of in ("deficit", "flexed", "lever")
)
_FLEXION = "deg flexion"
_DEGREES = frozenset(("deg", "degree", "degrees", "grad"))


@dataclass(frozen=True)
class UnitQuestion:
    """A column of ours that may be in another unit, or a column of the file that is a deficit.

    Parameters
    ----------
    name
        Of the column.
    unit
        That it may be in; empty for a deficit in per cent.
    levers
        Columns of the file that may have the lever arm.
    """

    name: str
    unit: str
    levers: tuple[str, ...] = ()

    @property
    def lines(self) -> list[str]:
        """Lines of the mapping file that would say so."""
        line = [toml_line(self.name, self.unit)] if self.unit else []
        if self.unit not in force_units(self.name):
            return line
        lever = self.levers[0] if len(self.levers) == 1 else "..." if self.levers else 38
        return [*line, toml_line(LEVER, lever)]

    @property
    def question(self) -> str:
        """Its entry in ``draft.en.toml``."""
        if not self.unit:
            return "deficit"
        if self.unit == _FLEXION:
            return "flexion"
        if self.unit not in force_units(self.name):
            return "other_unit"
        return "levers" if len(self.levers) > 1 else "force"


def unit_said(own: str, ours: str, beside: str = "") -> str:
    """The unit of the file's own that a name says, or the cell below it in a row of units.

    Parameters
    ----------
    own, ours
        Name in the file, and of the column of ours that it may be.
    beside
        What stands below it in a row of units.

    Returns
    -------
    str
        One of ``units_of``; empty where none is said.

    Examples
    --------
    >>> unit_said("Kraft", "end_range_torque_nm_kg", "N"), unit_said("Alter", "age_y")
    ('N', '')
    >>> unit_said("Extension deficit (°)", "thomas_ext_deg")
    'deg flexion'
    """
    words = {*tokens_of(own), *tokens_of(beside)}
    if ours.endswith("nm_kg") and {"nm", "kg"} <= words:
        return ""
    if _FLEXION in units_of(ours) and not words.isdisjoint(_FLEXED):
        return _FLEXION
    said = [
        unit
        for unit in units_of(ours)
        if not words.isdisjoint(_SIGNS.get(unit, unit.casefold()).split())
    ]
    return said[0] if said else ""


def unit_questions(
    columns: Mapping[str, str], beside: Mapping[str, str] | None = None
) -> list[UnitQuestion]:
    """What is to be asked of names in the file, each with the column of ours that it may be, or "".

    ``beside`` has what stands below each name in a row of units.

    Examples
    --------
    >>> unit_questions({"Kraft (N)": "end_range_torque_nm_kg", "Alter": "age_y"})
    [UnitQuestion(name='end_range_torque_nm_kg', unit='N', levers=())]
    """
    asked: dict[str, UnitQuestion] = {}
    levers = tuple(own for own, ours in columns.items() if not ours and is_lever(own))
    for own, ours in columns.items():
        words = set(tokens_of(own))
        unit = unit_said(own, ours, (beside or {}).get(own, ""))
        if unit:
            asked.setdefault(ours, UnitQuestion(ours, unit, levers))
        elif not words.isdisjoint(_DEFICIT) and words.isdisjoint(_DEGREES):
            asked.setdefault(own, UnitQuestion(own, ""))
    return list(asked.values())


def is_lever(own: str) -> bool:
    """Whether a name is of a lever arm.

    Examples
    --------
    >>> is_lever("Hebelarm (cm)"), is_lever("arm")
    (True, False)
    """
    return not _LEVERS.isdisjoint(tokens_of(own))
