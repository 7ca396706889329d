"""What stands at a place of a one-line prescription: a term, a variant of one, or a range."""

import re

from hipstudy.prescription.shorthand_terms import (
    COUNT,
    FLAGS,
    GRAMMAR,
    UNIT_WANTED,
    Term,
    factor,
    number,
)
from hipstudy.prescription.shorthand_variants import RANGE, VARIANTS, Variant

# Part of the line -> what can be said in it. A plan is what belongs to no exercise.
TERMS = {kind: [Term(**row) for row in rows] for kind, rows in GRAMMAR["terms"].items()}
# What may stand between two terms.
BETWEEN = re.compile(
    r"(?:[\s,()]|/(?:side|leg|hip|limb)\b|\.(?=[\s,]|\Z)|(?:and|then|reps?|(?:on\s+)?(?:a|per|each)\s+(?:side|leg|hip|limb))(?![\w-])"
    rf"|(?:with|plus|[&+])(?=\s+(?!{COUNT})[a-z]))*",
    FLAGS,
)


def in_its_units(term: Term, match: re.Match[str]) -> bool:
    """Whether the numbers of a term are written as they have to be."""
    wanted = {} if term.fixed else {f: u for f, u in term.units.items() if u in UNIT_WANTED}
    plain = (field for field in match.groupdict() if field in term.units)
    return all(factor(unit, match[f"{f}_unit"]) is not None for f, unit in wanted.items()) and all(
        "," not in match[field] for field in plain if term.units[field] not in ("word", "text")
    )


def term_at(kind: str, text: str, at: int, end: int) -> tuple[Term, re.Match[str]] | None:
    """The term that stands here, its numbers as they may be."""
    matches = ((term, term.pattern.match(text, at, end)) for term in TERMS[kind])
    return next(((term, match) for term, match in matches if match), None)


def variant_at(kind: str, text: str, at: int, end: int) -> tuple[Variant, re.Match[str]] | None:
    """The variant that stands here, unless it is a term as it stands."""
    matches = ((one, one.pattern.match(text, at, end)) for one in VARIANTS if kind in one.of)
    pair = next(((variant, match) for variant, match in matches if match), None)
    term = term_at(kind, text, at, end)
    is_term = pair and term and in_its_units(*term) and term[1].end() >= pair[1].end()
    return None if is_term else pair


def in_terms(kind: str, text: str) -> list[tuple[Term, re.Match[str]]] | None:
    """The terms that a text consists of; None when it has anything else."""
    terms, at = [], 0
    while (at := BETWEEN.match(text, at).end()) < len(text):
        pair = term_at(kind, text, at, len(text))
        if pair is None or not in_its_units(*pair):
            return None
        terms.append(pair)
        at = pair[1].end()
    return terms


def read_first(kind: str, text: str) -> tuple[int, str]:
    """Where the first thing that a text says ends, and how that is written in terms.

    Zero when it cannot be read as it stands.
    """
    if other := variant_at(kind, text, 0, len(text)):
        variant, match = other
        ways = variant.ways(match)
        return (0, "") if ways.question else (match.end(), ways.texts[0])
    if (pair := term_at(kind, text, 0, len(text))) and in_its_units(*pair):
        return pair[1].end(), pair[1][0]
    return 0, ""


def range_at(kind: str, text: str, at: int, end: int) -> tuple[str, str, int] | None:
    """What stands here with its ranges' low ends, with their high ends, and where it ends."""
    stop = next((at + m.start() for m in re.finditer(r"[,;](?![0-9])", text[at:end])), end)
    window, low, high, done = text[at:stop], "", "", 0
    ranges = list(RANGE.finditer(window))
    if not ranges or read_first(kind, window)[0] >= ranges[0].end():
        return None
    for match in ranges:
        first, last = sorted((match[1], match[2]), key=number)
        low += window[done : match.start()] + first
        high += window[done : match.start()] + last
        done = match.end()
        rest = window[done:]
        low_end, high_end = (read_first(kind, one + rest)[0] for one in (low, high))
        after = low_end - len(low)
        if after >= 0 and high_end - len(high) == after and not RANGE.search(rest[:after]):
            return low + rest[:after], high + rest[:after], at + done + after
    return None
