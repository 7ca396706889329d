"""What was meant by a number that is not written as one: with its unit, per cent, a comma."""

import re
from collections.abc import Callable

SHARE = "share"  # a unit: a part of 1, which many write per cent
_NUMBER = r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)"
_WITH_WORDS = re.compile(rf"({_NUMBER})\s*([^\d\s.,+_-][^\d_]*)\Z", re.ASCII)
_NUMBER_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
_IN_WORDS = re.compile(rf"\b({'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}([ ,.'’\u00a0\u202f]\d{3})+\Z", re.ASCII)
_TWO = re.compile(rf"({_NUMBER})\s*(?:-|–|to|or)\s*({_NUMBER})\Z", re.ASCII)
_PER_CENT = re.compile(rf"({_NUMBER})\s*(%|per ?cent|percent|pct)?\Z", re.ASCII | re.IGNORECASE)
# How a unit is written behind its number; another unit is another number.
_UNIT_WORDS = {
    "weeks": r"w|wks?|weeks?",
    "sessions/wk": r"sessions?|times|x|(?:sessions? ?|times |x ?)?(?:/|per|a) ?(?:wk|week)",
    "sets": r"sets?",
    "reps": r"reps?|repetitions?",
    "min/wk": r"mins?|minutes?|(?:mins?|minutes?) ?(?:/|per|a) ?(?:wk|week)",
    "deg extension": r"°|degs?|degrees?",
    "NRS points": r"points?|pts?|nrs",
    "m/s": r"m ?/ ?s",
    "runners": r"runners?",
}


def likely_number(text: str, unit: str, fits: Callable[[str], bool]) -> str:
    """How to write the number that a text may stand for; empty where nothing is likely.

    Parameters
    ----------
    text
        As it was typed, without blanks around it.
    unit
        Of the parameter.
    fits
        Whether a number, as a text, is one that the parameter takes.

    Examples
    --------
    >>> likely_number("80%", "share", lambda one: 0 <= float(one) <= 1)
    'Write 0.8.'
    >>> likely_number("12 weeks", "weeks", lambda one: True)
    'Write 12.'
    >>> likely_number("three", "sets", lambda one: True)
    'Write 3.'
    >>> likely_number("3 months", "weeks", lambda one: True)
    'Write the number of weeks alone.'
    """
    text = _IN_WORDS.sub(lambda one: str(_NUMBER_WORDS.index(one[1].lower()) + 1), text)
    told = [one for one in dict.fromkeys(_meant(text.replace("−", "-"), unit, fits)) if fits(one)]
    if told:
        return f"Write {' or '.join(told)}."
    if unit and unit != SHARE and _WITH_WORDS.match(text):
        return f"Write the number {'of' if unit.isalpha() else 'in'} {unit} alone."
    return ""


def share_rule(text: str, low: float, high: float) -> str:
    """The rule of a share, with what per cent are, by the number that was typed where it can be.

    Examples
    --------
    >>> share_rule("25 %", 0.05, 1)
    'a share from 0.05 to 1 is needed, where 0.25 is 25 %'
    >>> share_rule("much", 0.05, 1)
    'a share from 0.05 to 1 is needed, where 0.8 is 80 %'
    """
    share = next((one for one in _meant(text, SHARE) if low <= float(one) <= high), "0.8")
    return f"a share from {low:g} to {high:g} is needed, where {share} is {float(share) * 100:g} %"


def _meant(text: str, unit: str, fits: Callable[[str], bool] = bool) -> list[str]:
    """Numbers that a text may stand for, with a decimal point.

    Whoever writes 2,000 where 2000 is too much never means 2.
    """
    if unit == SHARE:
        found = _PER_CENT.match(text)
        number = _pointed(found[1]) if found else ""
        is_share = found and not found[2] and float(number) <= 1
        return [] if not found else [number] if is_share else [f"{float(number) / 100:g}"]
    if found := _TWO.match(text):
        return [_pointed(found[1]), _pointed(found[2])]
    if found := _WITH_WORDS.match(text):
        is_own = re.fullmatch(_UNIT_WORDS.get(unit, "(?!)"), found[2].strip(" ."), re.IGNORECASE)
        return [_pointed(found[1])] if is_own else []
    numbers = [_pointed(text)] if re.fullmatch(_NUMBER, text, re.ASCII) else []
    whole = [one.partition(".")[0] for one in numbers if float(one).is_integer()]
    if _THOUSANDS.match(text):
        joined = re.sub(r"[^\d+-]", "", text)
        return [*numbers, *(whole if fits(joined) else ()), joined]
    return numbers + whole


def _pointed(number: str) -> str:
    return number.replace(",", ".")
