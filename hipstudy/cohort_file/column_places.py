"""What a column or sheet of a clinic holds: "thomas_ext_deg, left, week 6".

The text of a mapping file, read and written. The first part is a column of the format; after commas
stand the side, the visit and the arm that all of its cells are of.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.schema import CHOICES
from hipstudy.cohort_file.visit_words import read_visit

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_PART = re.compile(r"(week|arm)\s+(.+)", re.IGNORECASE)


@dataclass(frozen=True)
class ColumnPlace:
    """What all cells of a column, or all rows of a sheet, are of.

    Parameters
    ----------
    name
        Column of the format; empty for a sheet or a heading.
    side
        ``left`` or ``right``; empty where rows say it.
    visit
        A number of weeks, or the clinic's own word for the visit; empty where rows say it.
    arm
        Empty where rows say it.
    """

    name: str = ""
    side: str = ""
    visit: str = ""
    arm: str = ""

    @property
    def is_spread(self) -> bool:
        """Whether the columns of one row are of several sides or visits."""
        return bool(self.side or self.visit)

    def __str__(self) -> str:
        visit, arm = self.visit and f"week {self.visit}", self.arm and f"arm {self.arm}"
        return ", ".join(filter(None, (self.name, self.side, visit, arm)))


def place_of(text: str, *, is_column: bool = True) -> ColumnPlace | None:
    """Read what a mapping file says of a column, or of a sheet or heading; None where it is wrong.

    Examples
    --------
    >>> place_of("thomas_ext_deg, left, week 6")
    ColumnPlace(name='thomas_ext_deg', side='left', visit='6', arm='')
    >>> str(place_of("arm Stretching, slow", is_column=False)), place_of("side, up")
    ('arm Stretching, slow', None)
    """
    name, _, rest = text.partition(",") if is_column else ("", "", text)
    place: dict[str, str] = {}
    rest = rest.strip()
    while rest:
        match = _PART.match(rest)
        if match and match[1].casefold() == "arm":  # an arm's own name may have commas
            part, value, rest = "arm", match[2].strip(), ""
        else:
            first, _, rest = rest.partition(",")
            first, rest = first.strip(), rest.strip()
            match = _PART.fullmatch(first)
            is_side = first.casefold() in CHOICES["side"]
            if not (match or is_side):
                return None
            part = "side" if is_side else "visit"
            value = match[2].strip() if match and not is_side else first.casefold()
        if part in place:
            return None
        place[part] = value
    if not (name.strip() or place):
        return None
    return ColumnPlace(name.strip(), **place)


def week_of(visit: str, words: Mapping[str, str]) -> float | None:
    """Weeks since baseline of a visit; None where neither it nor the words of a mapping say it.

    Examples
    --------
    >>> week_of("6", {}), week_of("6 wk", {}), week_of("T1", {"t1": "12"}), week_of("post", {})
    (6.0, 6.0, 12.0, None)
    """
    said = {folded(own): ours for own, ours in words.items()}.get(folded(visit), visit)
    if _NUMBER.fullmatch(said.strip()):
        return float(said.replace(",", "."))
    read = read_visit(said)
    return read.week if read is not None and read.sure else None


def likely_weeks(visit: str) -> str:
    """Weeks that a visit's name makes likely, as a mapping has them; dots where it says none.

    Examples
    --------
    >>> likely_weeks("6 months"), likely_weeks("6m"), likely_weeks("T2")
    ('26', '...', '...')
    """
    read = read_visit(visit)
    return "..." if read is None or read.week is None else f"{read.week:g}"
