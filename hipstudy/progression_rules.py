"""Rules of progression as part of a prescription: when to make work harder, and by what.

In a TOML file they stand in a table ``[strength.progression]``. What is made harder has an order:
the lever first, then the support's height, and plates last.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MAX_STEP_KG, MAX_PLATES_KG, MAX_STEP_CM = 20, 60, 40


class Progression(BaseModel):
    """When all sets reach the top of the range, go one step on; hold when sore; step back.

    Parameters
    ----------
    reps_low, reps_top
        Rep range; the prescription's own repetitions are within it.
    sore_limit_nrs
        Soreness above which a week is held, NRS.
    step_back
        Whether a week without a session is followed by one step back.
    lever
        Lever to change to as the first step; None keeps the one there is.
    support_step_cm
        By how much the support is lowered at a step, down to the floor of its range; 0 leaves it.
    step_kg, max_kg
        Plates added at a step, and in all.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    reps_low: int = Field(ge=1, le=30)
    reps_top: int = Field(ge=1, le=30)
    sore_limit_nrs: Annotated[float, Field(ge=0, le=10)]
    step_back: bool = True
    lever: Literal["leg-lever", "trunk-lever"] | None = None
    support_step_cm: Annotated[float, Field(ge=0, le=MAX_STEP_CM)] = 0
    step_kg: Annotated[float, Field(gt=0, le=MAX_STEP_KG)]
    max_kg: Annotated[float, Field(gt=0, le=MAX_PLATES_KG)]

    @model_validator(mode="after")
    def _ordered(self) -> "Progression":
        if self.reps_low > self.reps_top:
            raise ValueError("reps_low must not be above reps_top")
        if self.step_kg > self.max_kg:
            raise ValueError("step_kg must not be above max_kg")
        return self
