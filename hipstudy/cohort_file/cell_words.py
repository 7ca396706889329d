"""What words in cells mean: a clinic's own for left and right, F and M, yes and no, and visits.

A word is sure where it can mean one thing only, or where both of a known pair stand in the column.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from hipstudy.cohort_file.identifier_words import without_accents
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.parse import MISSING, is_date
from hipstudy.cohort_file.schema import CHOICES, Column
from hipstudy.cohort_file.visit_words import read_visit
from hipstudy.cohort_file.word_tables import word_table

_VOCABULARY = word_table("vocabulary.toml")
MANY = 8  # different words: such a column is about something else, whatever its name
_LONGEST = 24  # characters of a word that is written into a draft
_DIGITS = 6  # of a word; more are a number of a record, a telephone or a date
_FEW, _SHORT = 4, 2  # unknown words are written only if so few and so short
_PLUS_MINUS = re.compile(r"[-+]?\d+(?:[.,]\d+)?\s*(?:±|\+/-)\s*\d+(?:[.,]\d+)?")
_BELOW = re.compile(r"[<>≤≥~≈]\s*\d+(?:[.,]\d+)?")
_RANGE = re.compile(r"\d+(?:[.,]\d+)?\s*[-\u2013]\s*\d+(?:[.,]\d+)?")
NOTHING = "missing"  # what a mapping writes for a cell in which nothing was measured


@dataclass(frozen=True)
class WordMeaning:
    """A word of the clinic.

    Parameters
    ----------
    own
        As in the file; empty for an empty cell.
    ours
        Word of ours, ``NOTHING``, or empty where nobody can tell.
    sure
        Whether nobody need be asked.
    """

    own: str
    ours: str
    sure: bool


def plain_word(text: str) -> str:
    """A word in small letters and digits without accents.

    Examples
    --------
    >>> plain_word(" Müjer "), plain_word("n.a.")
    ('mujer', 'na')
    """
    return "".join(re.findall(r"[a-z0-9]+", without_accents(text)))


@cache
def known_words(kind: str) -> Mapping[str, str]:
    """Words of clinics for sides, sexes, or yes and no, plain -> ours."""
    return {
        own: to
        for to, all_own in _VOCABULARY["cell_words"][kind].items()
        for own in all_own.split()
    }


def is_code(text: str) -> bool:
    """Whether a text is a short code with a number, as runners have.

    Examples
    --------
    >>> is_code("K01"), is_code("P-012"), is_code("7"), is_code("Anna"), is_code("14.2")
    (True, True, True, False, False)
    """
    return re.fullmatch(r"[A-Za-z]{0,6}[-_ ]?\d{1,6}[A-Za-z]?", text.strip()) is not None


@cache
def _pairs(kind: str) -> Sequence[tuple[str, ...]]:
    return [tuple(pair.split()) for pair in _VOCABULARY["cell_pairs"][kind]]


def is_missing_word(text: str) -> bool:
    """Whether a cell is read as empty by everyone."""
    return " ".join(text.split()).casefold() in MISSING


def choices(texts: Iterable[str], kind: str, *, has_empty: bool = False) -> list[WordMeaning]:
    """Words of a column of sides, sexes, or yes and no that are not ours.

    Words that may tell who somebody is are not among them.

    Examples
    --------
    >>> choices(["ja", "nein"], "yesno")[0]
    WordMeaning(own='ja', ours='yes', sure=True)
    >>> [word.sure for word in choices(["H", "M"], "sex")]
    [False, False]
    """
    words = _distinct(texts)
    ours, known = CHOICES[kind], known_words(kind)
    if len({word.casefold() for word in words}) > MANY:
        return []
    plain = {plain_word(word) for word in words}
    pair = next((p for p in _pairs(kind) if set(p) == plain), ())
    clash = {"h", "m"} <= plain and kind == "sex"  # hombre and mujer, or homme and masculin?
    unsure = set(_VOCABULARY["unsure_cell_words"][kind].split())
    made = []
    for word in words:
        text = plain_word(word)
        if word.casefold() in (one.casefold() for one in ours) and not clash:
            continue
        if pair:
            made.append(WordMeaning(word, ours[pair.index(text)], sure=True))
        elif text in known and len(word) <= _LONGEST:
            alone = kind == "yesno" and text == "x" and len(words) == 1 and has_empty
            sure = (text not in unsure and not clash) or alone
            made.append(WordMeaning(word, known[text], sure=sure and not text.isdecimal()))
        elif len(words) <= _FEW and _may_be(word, known):
            made.append(WordMeaning(word, "", sure=False))
    return made


def turned_round(texts: Iterable[str]) -> list[WordMeaning]:
    """Words of a column of yes and no whose name asks for the opposite; none is sure.

    Examples
    --------
    >>> [(word.own, word.ours) for word in turned_round(["yes", "nein"])]
    [('nein', 'yes'), ('yes', 'no')]
    """
    known, other = known_words("yesno"), {"yes": "no", "no": "yes"}
    words = {word: other[known[plain_word(word)]] for word in _distinct(texts) if _is_yes_no(word)}
    missing = {ours: turned for ours, turned in other.items() if turned not in words.values()}
    return [WordMeaning(own, ours, sure=False) for own, ours in (words | missing).items()]


def _is_yes_no(word: str) -> bool:
    return plain_word(word) in known_words("yesno") and len(word) <= _LONGEST


def _may_be(word: str, known: Mapping[str, str]) -> bool:
    """Whether a word may be one of a column of few words: a digit, or how such a word begins."""
    begins = len(word) <= _SHORT and any(one.startswith(word.casefold()) for one in known)
    return begins or re.fullmatch("[0-9]", word) is not None


def visits(texts: Iterable[str]) -> list[WordMeaning]:
    """Words of a column of visits that are no numbers, nor sure to be weeks.

    A word that names no visit may be anybody's name, and is not among them. A beginning is week 0
    for sure where all other visits are later weeks that nobody need be asked about.

    Examples
    --------
    >>> visits(["Week 6", "T1", "0", "3 months"])
    [WordMeaning(own='3 months', ours='13', sure=False), WordMeaning(own='T1', ours='', sure=False)]
    >>> visits(["start", "6 wk"]), visits(["start", "0", "6 wk"])[0].sure
    ([WordMeaning(own='start', ours='0', sure=True)], False)
    """
    made = []
    words = [word for word in _distinct(texts) if not re.fullmatch(r"-?\d+(?:[.,]\d+)?", word)]
    if len(words) > MANY:
        return []
    for word in words:
        read = read_visit(word)
        if read is not None and read.sure:
            continue
        if read is not None:
            week = "" if read.week is None else f"{read.week:g}"
            made.append(WordMeaning(word, week, sure=False))
    if [one.ours for one in made] == ["0"] and _are_later(set(_distinct(texts)) - {made[0].own}):
        return [replace(made[0], sure=True)]
    return made


def _are_later(words: Iterable[str]) -> bool:
    read = [read_visit(word) for word in words]
    return bool(read) and all(one is not None and one.sure and one.week > 0 for one in read)


def no_measurements(
    texts: Iterable[str], column: Column, values: Mapping[str, float]
) -> list[WordMeaning]:
    """Cells of a column of numbers that may mean "not measured", or that need a decision.

    Parameters
    ----------
    texts
        Cells.
    column
        Whose they are.
    values
        The number of each text that is one.
    """
    made = []
    for word in _distinct(texts):
        if word in values:
            low, high = column.possible or (float("-inf"), float("inf"))
            outside = not low <= values[word] <= high
            if outside and re.fullmatch(r"-?(9{1,4}|8{2,4}|7{2,4}|99[0-9])(?:[.,]0+)?", word):
                made.append(WordMeaning(word, NOTHING, sure=False))
        elif _PLUS_MINUS.fullmatch(word) or _BELOW.fullmatch(word) or _RANGE.fullmatch(word):
            made.append(WordMeaning(word, "", sure=False))
        elif plain_word(word) in _VOCABULARY["missing_words"]["words"].split():
            made.append(WordMeaning(word, NOTHING, sure=False))
    return made if len(made) <= MANY else []


def _distinct(texts: Iterable[str]) -> list[str]:
    words = {" ".join(text.split()) for text in texts if text is not None}
    words = {word for word in words if word and not is_missing_word(word)}
    return sorted(word for word in words if not may_tell(word))


def may_tell(word: str) -> bool:
    """Whether a word may be a date or an identifier, and is never written into a draft.

    Examples
    --------
    >>> [may_tell(word) for word in ("23.04.1987", "0171 5553219", "23/4", "T1", "-99", "10 ± 2")]
    [True, True, True, False, False, False]
    """
    if any(map(is_date, (word, *word.split()))) or in_text(word):
        return True
    digits = re.findall(r"\d+", word)
    return len("".join(digits)) > _DIGITS or re.fullmatch(r"\d+ *[/ ] *\d[\d/ ]*", word) is not None
