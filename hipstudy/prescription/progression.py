"""Rules of progression in one sentence that reads back to the same rules, for CERT's item 7a."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from hipstudy.prescription.shorthand_terms import exact

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


def rules_in_words(rules: Progression | None) -> str:
    """The rules in words, with nothing lost; nothing where there are none.

    Examples
    --------
    >>> rules = Progression(reps_low=8, reps_top=12, sore_limit_nrs=4, step_kg=1, max_kg=9)
    >>> print(rules_in_words(rules))
    one step on when all sets reach 12 of 8 to 12 repetitions; held when soreness is above 4 of 10;
    one step back after a week without a session; steps: plates by 1 kg up to 9 kg
    """
    if rules is None:
        return ""
    back = "; one step back after a week without a session" if rules.step_back else ""
    lever = f"{rules.lever}, then " if rules.lever else ""
    step = exact(rules.support_step_cm)
    support = f"support lower by {step} cm, then " if rules.support_step_cm else ""
    return (
        f"one step on when all sets reach {rules.reps_top} of {rules.reps_low} to {rules.reps_top} "
        f"repetitions; held when soreness is above {exact(rules.sore_limit_nrs)} of 10{back}; "
        f"steps: {lever}{support}plates by {exact(rules.step_kg)} kg up to {exact(rules.max_kg)} kg"
    )
