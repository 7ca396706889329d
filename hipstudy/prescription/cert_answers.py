"""Answers in free text to what a report of exercise asks and the dose does not say.

The fields are the items of CERT (Slade 2016, doi:10.1136/bjsports-2016-096651) and those of TIDieR
(Hoffmann 2014, doi:10.1136/bmj.g1687) that CERT does not have; ``data/cert_items.csv`` lists both.
In a TOML file they stand in a table ``[cert]``.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

TEXT_LENGTH = 300


def one_line_of_text(text: str) -> str:
    """Refuse a text that is blank, or that would not stay on one line as it was typed.

    Raises
    ------
    ValueError
        Saying the rule.

    Examples
    --------
    >>> one_line_of_text("a bench")
    'a bench'
    """
    if not text.strip():
        raise ValueError("some words, or leave the field out")
    if not text.isprintable():
        raise ValueError("one line of text, without tabs or other marks that are not seen")
    return text


Text = Annotated[str, Field(min_length=1, max_length=TEXT_LENGTH), AfterValidator(one_line_of_text)]


class CertFields(BaseModel):
    """Answers in the therapist's own words; None where nothing was said."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    equipment: Text | None = None
    instructor: Text | None = None
    individual_or_group: Text | None = None
    supervision: Text | None = None
    adherence_measure: Text | None = None
    motivation: Text | None = None
    progression_rule: Text | None = None
    progression_made: Text | None = None
    exercises: Text | None = None
    home_programme: Text | None = None
    non_exercise: Text | None = None
    adverse_events: Text | None = None
    setting: Text | None = None
    generic_or_tailored: Literal["generic", "tailored"] | None = None
    how_tailored: Text | None = None
    starting_level_rule: Text | None = None
    fidelity_measure: Text | None = None
    delivered_as_planned: Text | None = None
    why: Text | None = None
    modifications: Text | None = None


def _said(fields: CertFields | None) -> CertFields | None:
    """None where nothing is answered, so that an empty table is the same as no table."""
    return fields if fields and fields.model_dump(exclude_none=True) else None


Answers = Annotated[CertFields | None, AfterValidator(_said)]
