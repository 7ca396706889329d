"""Visits as people write them: "Baseline", "Week 6", "week_6_arm_1", "6. Woche", "T1", "post".

The words are those of ``vocabulary.toml``. A visit whose week its name does not say has none; a
week that is only likely is not sure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hipstudy.cohort_file.identifier_words import without_accents
from hipstudy.cohort_file.word_tables import word_table

_WORDS = {
    kind: frozenset(words.split())
    for kind, words in word_table("vocabulary.toml")["visit_words"].items()
}
# Words that tell a visit or its unit; the rest are articles and the like.
_TELLING = ("week", "day", "month", "after", "likely_baseline", "numbered")
_BASELINES = tuple(
    tuple(phrase.split()) for phrase in word_table("vocabulary.toml")["visit_phrases"]["baseline"]
)
_ARM = re.compile(r"[\s_(\[]+arm[\s_]*\d+\b.*$")  # of an event of REDCap
_TOKEN = re.compile(r"(?<![a-z\d])-\d+(?:[.,]\d+)?|\d+(?:[.,]\d+)?|[a-z]+")
_MONTH_WK, _WEEK_D = 52 / 12, 7
_LONGEST = 60  # characters; more is a sentence


@dataclass(frozen=True)
class Visit:
    """What a visit's name says.

    Parameters
    ----------
    week
        Weeks since baseline; None where the name does not say it, as in T1 or post.
    sure
        Whether nobody need be asked. Days, months, T0 and bare numbers have a week that is likely.
    """

    week: float | None
    sure: bool


def visit_tokens(text: str) -> list[str]:
    """Words and numbers of a text in small letters without accents.

    Examples
    --------
    >>> visit_tokens("6. Wöche"), visit_tokens("week-6"), visit_tokens("T0, Week -1")
    (['6', 'woche'], ['week', '6'], ['t', '0', 'week', '-1'])
    """
    return _TOKEN.findall(without_accents(text).replace("\u2212", "-").replace("_", " "))


def read_visit(text: str) -> Visit | None:
    """Read the name of a visit; None where it names none.

    Examples
    --------
    >>> read_visit("Baseline"), read_visit("week_6_arm_1")
    (Visit(week=0.0, sure=True), Visit(week=6.0, sure=True))
    >>> read_visit("post"), read_visit("3 months"), read_visit("Thomas")
    (Visit(week=None, sure=False), Visit(week=13.0, sure=False), None)
    >>> read_visit("1A"), read_visit("1a Woche")
    (None, Visit(week=1.0, sure=True))
    """
    if len(text) > _LONGEST:
        return None
    return _read(visit_tokens(_ARM.sub("", without_accents(text))))


def _read(tokens: Sequence[str]) -> Visit | None:
    rest, is_baseline = _without_baseline(list(tokens))
    numbers = [float(one.replace(",", ".")) for one in rest if one[-1].isdigit()]
    words = [one for one in rest if not one[-1].isdigit()]
    kinds = {kind: _WORDS[kind].intersection(words) for kind in _WORDS}
    if set(words).difference(*_WORDS.values()):
        return None
    if words and not is_baseline and not any(kinds[kind] for kind in _TELLING):
        return None  # "1A" is a number and an article
    if not numbers:
        return _named(is_baseline, kinds["after"] or kinds["likely_baseline"], kinds)
    if len(numbers) > 1:
        return Visit(None, sure=False)
    units = [kind for kind in ("week", "day", "month") if kinds[kind]]
    if len(units) != 1:
        return _numbered(numbers[0], is_baseline, kinds) if not units else Visit(None, sure=False)
    week = numbers[0] / {"week": 1, "day": _WEEK_D, "month": 1 / _MONTH_WK}[units[0]]
    if is_baseline and week and not kinds["after"]:
        return Visit(None, sure=False)
    clear = units == ["week"] and not kinds["likely_baseline"]
    if kinds["end"] and kinds["since"]:
        return Visit(None, sure=False)  # not said from when the end is
    return Visit(float(week) if units == ["week"] else float(round(week)), sure=clear)


def _without_baseline(tokens: list[str]) -> tuple[list[str], bool]:
    for phrase in _BASELINES:
        for at in range(len(tokens) - len(phrase) + 1):
            if tuple(tokens[at : at + len(phrase)]) == phrase:
                return tokens[:at] + tokens[at + len(phrase) :], True
    return tokens, False


def _named(is_baseline: bool, is_named: object, kinds: dict[str, frozenset[str]]) -> Visit | None:
    """A visit without a number."""
    if is_baseline:
        others = kinds["after"] or kinds["likely_baseline"] or kinds["month"] or kinds["day"]
        return Visit(None, sure=False) if others else Visit(0.0, sure=True)
    if not is_named or kinds["week"] or kinds["day"] or kinds["month"]:
        return None
    return Visit(0.0 if kinds["likely_baseline"] and not kinds["after"] else None, sure=False)


def _numbered(number: float, is_baseline: bool, kinds: dict[str, frozenset[str]]) -> Visit | None:
    """A visit with a number that is not said to be of weeks, days or months."""
    if is_baseline:
        return Visit(0.0, sure=False) if number in (0, 1) else Visit(None, sure=False)
    if kinds["numbered"]:
        return Visit(0.0 if number == 0 else None, sure=False)
    return Visit(None if kinds["after"] else number, sure=False)
