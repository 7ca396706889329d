"""What weight was meant by a load that is not written as one: a comma, another word for kg."""

import re

from hipstudy.prescription.shorthand_terms import WEIGHT, weight

_COMMA = re.compile(r"[0-9]+,[0-9]+", re.ASCII)


def likely_weight(text: str, most_kg: float) -> str:
    """How to write the weight that a text may stand for; empty where nothing is likely.

    Parameters
    ----------
    text
        The load as it was typed.
    most_kg
        More than this is no weight of a prescription.

    Examples
    --------
    >>> likely_weight("9,5", 60), likely_weight("12 kilos", 60), likely_weight("heavy", 60)
    ('Write 9.5 kg.', 'Write 12 kg.', '')
    """
    text = text.strip()
    if _COMMA.fullmatch(text):
        text = f"{text} kg"
    found = WEIGHT.fullmatch(text)
    if not found:
        return ""
    meant = weight(found[1], found[2]).removeprefix("@")
    return f"Write {meant}." if 0 < float(meant.removesuffix("kg")) <= most_kg else ""
