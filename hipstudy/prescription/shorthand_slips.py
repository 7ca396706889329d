"""Slips of typing in a one-line prescription: what may have been meant is asked, and never read."""

import re
from collections.abc import Iterator

from hipstudy.prescription.protocol import Strength

_DOSE = re.compile(r"([0-9]+)(\s*[x×*]\s*)([0-9]+)")
_MOST_WAYS = 2
# Keys beside each other or signs that look alike, between digits -> what is meant.
_SIGNS = (
    (re.compile(r"(?<=[0-9])[oO](?![^\W\d_])"), "0"),
    (re.compile(r"(?<=[0-9])[lI|](?![^\W\d_])|(?<![^\W_])[lI|](?=[0-9])"), "1"),
    (re.compile(r"([x×*])(?:\s*[x×*])+"), r"\1"),
)


def meant_dose(text: str) -> tuple[str, ...]:
    """Sets and repetitions that somebody may have meant who wrote impossible ones; two at most.

    Examples
    --------
    >>> meant_dose("31x5"), meant_dose("3x100"), meant_dose("30 x 3"), meant_dose("99x99")
    (('3x15',), ('3x10',), ('3 x 30',), ())
    """
    match = _DOSE.fullmatch(text)
    if not match:
        return ()
    sets, by, reps = match.groups()
    ways = (f"{a}{by}{b}" for a, b in _doses(sets, reps) if _is_possible(a, b))
    return tuple(dict.fromkeys(ways))[:_MOST_WAYS]


def _doses(sets: str, reps: str) -> Iterator[tuple[str, str]]:
    yield reps, sets
    digits = sets + reps
    for at in (len(sets) - 1, len(sets) + 1):
        if digits[:at] != "1":  # one set is no usual dose
            yield digits[:at], digits[at:]
    yield meant_number(sets) or sets, reps
    yield sets, meant_number(reps) or reps
    yield sets, reps[:-1] if reps.endswith("00") else reps[::-1]


def _is_possible(sets: str, reps: str) -> bool:
    numbers = {"sets": sets, "reps": reps}
    return all(
        text[:1] not in ("", "0") and int(text) <= limit.le
        for name, text in numbers.items()
        for limit in Strength.model_fields[name].metadata
        if hasattr(limit, "le")
    )


def meant_number(text: str) -> str:
    """The number in which one key was hit twice; nothing where none was.

    Examples
    --------
    >>> meant_number("33"), meant_number("12")
    ('3', '')
    """
    return text[0] if re.fullmatch(r"([1-9])\1", text) else ""


def meant_signs(text: str) -> str:
    """A text with other signs where they stand for digits, or twice; itself where none do.

    Examples
    --------
    >>> meant_signs("3x1O"), meant_signs("3xx10"), meant_signs("12 wk")
    ('3x10', '3x10', '12 wk')
    """
    for signs, to in _SIGNS:
        text = signs.sub(to, text)
    return text
