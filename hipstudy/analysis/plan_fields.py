"""What the fields of a plan hold: names of arms and columns, weeks; and which are newer."""

from typing import Annotated, Any

from pydantic import Field
from pydantic.functional_validators import BeforeValidator

from hipstudy.cohort_file.schema import columns

ANALYSES = {
    "ancova": "ANCOVA at the visit on runner means, adjusted for baseline",
    "mixed": "mixed model over all visits",
}
# Fields that plans of earlier versions had not: they are in a plan's text only where they are used.
LATER = (
    *("outcomes", "design", "window_weeks", "covariates", "strata", "cluster", "missing"),
    *("margin_is", "model_arms", "contrasts", "covariance", "trial", "losses", "date"),
    *("window_takes", "visits"),
)
_LAST = int((columns()["week"].possible or (0, 0))[1])

PlannedWeek = Annotated[int, Field(ge=1, le=_LAST)]
Arm = Annotated[str, Field(min_length=1, max_length=80, pattern=r"^\S(.*\S)?$")]
ArmOrNone = Annotated[str, Field(max_length=80, pattern=r"^(\S(.*\S)?)?$")]


def _as_pair(pair: Any) -> Any:
    return tuple(pair) if isinstance(pair, list) else pair


Pair = Annotated[tuple[Arm, Arm], BeforeValidator(_as_pair)]
ColumnName = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]
ColumnOrNone = Annotated[str, Field(max_length=200, pattern=r"^(\S(.*\S)?)?$")]
