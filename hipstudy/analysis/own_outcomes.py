"""Outcomes that a plan declares: a column, its unit, ends and direction, and what it is of."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hipstudy.cohort_file.schema import columns, outcomes
from hipstudy.labels import OUTCOME_LABELS
from hipstudy.model.causes import LINKS

if TYPE_CHECKING:
    import pandas as pd

# What may stand in a sentence and at an axis without being anything but a name.
NAME = re.compile(r"[^\W_][\w .%-]{0,58}[^\W_]|[^\W_]")
UNIT = r"^[^\W_][\w /%.²°-]{0,19}$|^[%°]$"


class OwnOutcome(BaseModel):
    """What a plan says of an outcome that the format has not."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    unit: str = Field(pattern=UNIT)
    # Ends of what can be measured.
    low: float
    high: float
    better: Literal["lower", "higher"]
    # The smallest change that one person calls worthwhile; 0 where nobody knows.
    worthwhile: float = Field(default=0.0, ge=0)
    of: Literal["person", "limb"] = "limb"

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.low < self.high:
            raise ValueError(f"low, {self.low:g}, is below high, {self.high:g}")
        if self.worthwhile >= self.high - self.low:
            raise ValueError(f"worthwhile is below {self.high - self.low:g}, all that it can move")
        return self


Declared = Mapping[str, OwnOutcome]


def name_rule(name: str) -> str:
    """Why a column cannot be declared as an outcome; empty where it can."""
    if name in outcomes():
        return "the format has this outcome already, with its unit and ends"
    if name == "week" or (name in columns() and columns()[name].kind != "number"):
        return "this column of the format is no outcome"
    if not NAME.fullmatch(name):
        return "a column's name of letters, digits, blanks, _, -, . and %, 60 at most"
    return ""


def label(declared: Declared, name: str) -> str:
    """What an outcome is called in tables: its name and unit."""
    own = declared.get(name)
    return f"{plain_name(name)} ({own.unit})" if own else OUTCOME_LABELS.get(name, name)


def plain_name(name: str) -> str:
    """A column's name as it stands in a sentence.

    Examples
    --------
    >>> plain_name("hagos_sport")
    'hagos sport'
    """
    return name.replace("_", " ")


def unit(declared: Declared, name: str) -> str:
    """Unit of an outcome."""
    return declared[name].unit if name in declared else columns()[name].unit


def better_sign(declared: Declared, name: str) -> int:
    """-1 for outcomes that are better lower, else 1; ratings of the format are."""
    own = declared.get(name)
    if own:
        return -1 if own.better == "lower" else 1
    return -1 if name in LINKS else 1


def once_a_person(frame: "pd.DataFrame", declared: Declared) -> "pd.DataFrame":
    """Put the outcomes of persons on one limb of a runner, the first, so that each counts once.

    Rows are as ``clinic.read`` gives them. Where that limb has no row at a visit it gets one,
    with nothing else in it.
    """
    import pandas as pd

    names = [name for name, own in declared.items() if own.of == "person" and name in frame]
    if not names or "week" not in frame:
        return frame
    limb = frame.groupby("runner")["side"].transform("min")
    visit = [frame["runner"], frame["week"]]
    values = {name: frame[name].groupby(visit).transform("first") for name in names}
    is_there = (frame["side"] == limb).groupby(visit).transform("any")
    more = frame.assign(side=limb, **values)[~is_there & frame["week"].notna()]
    more = more.drop_duplicates(["runner", "week"])
    kept = [name for name in ("runner", "side", "arm", "week", "day", *names) if name in more]
    rows = frame.assign(**{name: one.where(frame["side"] == limb) for name, one in values.items()})
    if more.empty:
        return rows
    return pd.concat([rows, more[kept]], ignore_index=True)
