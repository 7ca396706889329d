"""What a plan says of its trial that no analysis uses: allocation, blinding, why people were lost.

What is not said is called not declared. A reason for loss is a code in a column of the file
(``loss_reasons``), and the plan has its words.
"""

from pydantic import BaseModel, ConfigDict, Field

LOSS_COLUMN = "column"  # in ``[losses]``: the key that is no code, and names the file's column
DEFAULT_COLUMN = "loss_reason"
LONGEST = 500
MOST_CODES = 30


class TrialFacts(BaseModel):
    """How the trial was done, in the words of its plan."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    allocation: str = Field(default="", max_length=LONGEST)
    blinding: str = Field(default="", max_length=LONGEST)
    registration: str = Field(default="", max_length=LONGEST)
    sample_size: str = Field(default="", max_length=LONGEST)


def losses_rules(losses: dict[str, str]) -> list[str]:
    """What is wrong with codes of loss and their words."""
    rules = []
    if len(losses) > MOST_CODES:
        rules.append(f"{MOST_CODES} codes at most")
    if long := [code for code, text in losses.items() if len(text) > LONGEST]:
        rules.append(f"{LONGEST} letters a reason at most: {', '.join(sorted(long))}")
    if blank := [code for code, text in losses.items() if not text.strip()]:
        rules.append(f"a reason in words for each code: {', '.join(sorted(blank))}")
    return rules
