"""What the name of a column means: which column of ours, of which side and visit, and how sure.

A name is taken as ours without asking only where it differs in capitals, blanks and marks. All else
is a guess, by the template's own wording, by words that clinics use, or by a near spelling.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher, get_close_matches
from functools import cache, lru_cache

from hipstudy.cohort_file.identifier_words import by_name, without_accents
from hipstudy.cohort_file.negated_names import is_negated
from hipstudy.cohort_file.schema import CHOICES, FAMILY, columns, find, own_names
from hipstudy.cohort_file.visit_words import read_visit
from hipstudy.cohort_file.word_tables import word_table

_VOCABULARY = word_table("vocabulary.toml")
_UNITS = {
    "end_range_torque_nm_kg": {"nm", "kg"},
    "passive_torque_nm_kg": {"nm", "kg"},
    "thomas_ext_deg": {"deg"},
}
_UNCLEAR = set(_VOCABULARY["column_names"]["unclear"].split())
_UNIT_WORDS = set(_VOCABULARY["column_names"]["units"].split())
_OTHER_UNITS = _UNIT_WORDS - set(_VOCABULARY["column_names"]["own_units"].split())
_UNSURE = {tuple(phrase.split()) for phrase in _VOCABULARY["unsure_phrases"]["phrases"]}
_FLEXED = set(_VOCABULARY["unit_signs"]["flexed"].split())
_ASKED = set(_VOCABULARY["asked_for"]["words"].split())
_SIDES = {
    word: side for side in CHOICES["side"] for word in _VOCABULARY["head_sides"][side].split()
}
_WEAK = [tuple(pair.split()) for pair in _VOCABULARY["head_sides"]["weak"]]
_SAME, _MISSPELT, _NEAR, _FAR = 2.0, 0.9, 0.75, 0.4
_WORDING = 0.92  # of the letters of the template's own wording
_QUESTION = 24  # letters; a shorter wording is a word like others
_SHORT, _ALIKE, _OTHER_LETTERS = 30, 0.85, 3  # of two spellings of a word that clinics use
_SCALE = re.compile(r"\(?\b0 ?[-\u2013/] ?10{1,2}\b\)?")  # "(0-10)" is no visit
_OF_KEYS = ("runner_id", "side", "arm", "week")  # never spread over columns
_OF_RUNNERS = ("sex", "age_y")  # the same at every visit
# By which rule a name was understood.
FORMAT, SPELLING, WORDING, WORD, NEAR = "format", "spelling", "wording", "word", "near"


@dataclass(frozen=True)
class HeadMeaning:
    """What a name means.

    Parameters
    ----------
    name
        Column of ours; empty where none is near.
    side
        ``left`` or ``right``, where the name says it.
    visit
        The visit in the name's own words, where it says one.
    rule
        ``FORMAT``, ``SPELLING``, ``WORDING``, ``WORD`` or ``NEAR``; empty without a name.
    sure
        Whether nobody need be asked, as far as the name tells.
    negated
        Whether it asks for the opposite: yes is no there.
    """

    name: str = ""
    side: str = ""
    visit: str = ""
    rule: str = ""
    sure: bool = False
    negated: bool = False


def tokens_of(name: str) -> list[str]:
    """Words of a name in small letters without accents; the degree sign is a word too.

    Examples
    --------
    >>> tokens_of("Hüft-Extension [°] re"), tokens_of("Tight6wk")
    (['huft', 'extension', 'deg', 're'], ['tight', '6', 'wk'])
    """
    plain = without_accents(name.replace("°", " deg ").replace("º", " deg "))
    plain = _SCALE.sub(" ", plain)
    return re.findall(r"[a-z]+|\d+", plain)


def _squeezed(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


@cache
def _by_squeezed() -> Mapping[str, str]:
    return {_squeezed(name): name for name in own_names()}


def same_name(name: str) -> str:
    """The column that a name is but for capitals, blanks, dashes and underscores; empty if none.

    Examples
    --------
    >>> same_name("Tightness NRS"), same_name("Runner-ID"), same_name("HAGOS Sport")
    ('tightness_nrs', 'runner_id', 'hagos_sport')
    >>> same_name("tightness"), same_name("Hagos")
    ('', '')
    """
    if find(name) is not None:
        return name
    if ours := _by_squeezed().get(_squeezed(name)):
        return ours
    parts = [part for part in re.split(r"[\W_]+", name.casefold()) if part]
    is_family = parts[:1] == [FAMILY.rstrip("_")] and len(parts) > 1
    return FAMILY + "_".join(parts[1:]) if is_family else ""


@cache
def _wordings() -> Sequence[tuple[str, str]]:
    """The template's own wording of each column, squeezed."""
    texts = [
        (name, text)
        for name, column in columns().items()
        for text in (column.meaning, column.how if column.how.endswith("?") else "")
    ]
    return tuple((name, _squeezed(text)) for name, text in texts if len(text) >= _QUESTION)


def _worded(name: str) -> str:
    squeezed = _squeezed(name)
    if len(squeezed) < _QUESTION * 0.8:
        return ""
    for ours, text in _wordings():
        if text in squeezed:
            return ours
        matcher = SequenceMatcher(None, squeezed, text)
        if matcher.quick_ratio() >= _WORDING and matcher.ratio() >= _WORDING:
            return ours
    return ""


def guess(name: str) -> tuple[str, bool]:
    """The column of ours that a name means, and whether that is sure; empty when none is near.

    Examples
    --------
    >>> guess("Bein"), guess("Kraft"), guess("tightnes_nrs"), guess("shoe")
    (('side', True), ('end_range_torque_nm_kg', False), ('tightness_nrs', True), ('', False))
    """
    meaning = _meaning(name, tokens_of(name))
    return meaning.name, meaning.sure


def is_near(name: str) -> bool:
    """Whether a name is near to one of ours, however unsure."""
    return find(name) is not None or bool(_worded(name)) or _scored(tokens_of(name))[1] >= _NEAR


def _meaning(name: str, tokens: Sequence[str]) -> HeadMeaning:
    """What a name without side and visit means."""
    made = _plain_meaning(name, tokens)
    if not made.name or made.rule in (FORMAT, SPELLING):
        return made
    wording = tokens_of(find(made.name).meaning) if made.rule == WORDING else ()
    is_turned = is_negated(tokens or tokens_of(name), made.name, wording)
    return replace(made, sure=False, negated=True) if is_turned else made


def _plain_meaning(name: str, tokens: Sequence[str]) -> HeadMeaning:
    if name and find(name) is not None:
        return HeadMeaning(name, rule=FORMAT, sure=True)
    if ours := same_name(name or "_".join(tokens)):
        return HeadMeaning(ours, rule=SPELLING, sure=True)
    if ours := _worded(name or " ".join(tokens)):
        return HeadMeaning(ours, rule=WORDING, sure=True)
    ours, score = _scored(tokens)
    if not ours:
        return HeadMeaning()
    words = set(tokens)
    has_unit = ours in _UNITS and _UNITS[ours] <= words
    needs_unit = ours in _UNITS and ours != "thomas_ext_deg" and score >= _SAME
    bare = _bare(tokens)
    unclear = bool(set(bare) & _UNCLEAR) or tuple(bare) in _UNSURE
    unclear |= bool(words & _OTHER_UNITS)
    sure = score >= _MISSPELT and (has_unit or not needs_unit) and (has_unit or not unclear)
    sure &= words.isdisjoint(_FLEXED)  # positive degrees may be of flexion
    return HeadMeaning(ours, rule=WORD if score >= _SAME else NEAR, sure=sure)


def _bare(tokens: Sequence[str]) -> list[str]:
    words = [token for token in tokens if token not in _UNIT_WORDS and not token.isdecimal()]
    asked = [token for token in words if token not in _ASKED]
    return asked or words or list(tokens)


def _scored(tokens: Sequence[str]) -> tuple[str, float]:
    """The column of ours that is nearest to a name, and how near; ``_SAME`` for a synonym."""
    return _score(tuple(tokens))


@lru_cache(maxsize=1024)
def _score(tokens: tuple[str, ...]) -> tuple[str, float]:
    if tokens[:1] == ("hagos",) and len(tokens) > 1:
        return FAMILY + "_".join(tokens[1:]), _SAME
    bare, joined = _bare(tokens), "".join(tokens)
    phrases = _all_phrases()
    for same in (" ".join(bare), " ".join(tokens)):
        if same in phrases:
            return phrases[same], _SAME
    if ours := _joined_phrases().get("".join(bare)):
        return ours, _SAME
    best, score = _by_spelling(joined)
    there = set(bare)
    for phrase, words in _phrase_words():
        if words <= there and 0.8 * len(words) / len(bare) > score:
            best, score = phrases[phrase], 0.8 * len(words) / len(bare)
    return (best, score) if score > _FAR else _by_near_phrase(" ".join(bare))


def _by_spelling(joined: str) -> tuple[str, float]:
    """The name of ours that is spelt most alike."""
    best, score = "", 0.0
    for ours in own_names():
        matcher = SequenceMatcher(None, joined, ours.replace("_", ""))
        if matcher.real_quick_ratio() >= _NEAR and matcher.quick_ratio() >= _NEAR:
            ratio = matcher.ratio()
            if ratio >= _NEAR and ratio > score:
                best, score = ours, ratio
    return best, score


def _by_near_phrase(text: str) -> tuple[str, float]:
    """The column of the phrase that is spelt most alike."""
    if len(text) > _SHORT:
        return "", 0.0
    phrases = _all_phrases()
    likely = [p for p in phrases if p[0] == text[:1] and abs(len(p) - len(text)) <= _OTHER_LETTERS]
    close = get_close_matches(text, likely, 1, _ALIKE)
    return (phrases[close[0]], _NEAR) if close else ("", 0.0)


@cache
def _all_phrases() -> Mapping[str, str]:
    """Every phrase of clinics -> column of ours."""
    table = _VOCABULARY["column_phrases"]
    return {phrase: ours for ours, phrases in table.items() for phrase in phrases}


@cache
def _joined_phrases() -> Mapping[str, str]:
    return {phrase.replace(" ", ""): ours for phrase, ours in _all_phrases().items()}


@cache
def _phrase_words() -> Sequence[tuple[str, frozenset[str]]]:
    return tuple((phrase, frozenset(phrase.split())) for phrase in _all_phrases())


def meanings(header: Sequence[str]) -> tuple[HeadMeaning, ...]:
    """What every name of a head means, each in the light of the others.

    A side is read from a name only where another has the other side; two that mean the same are
    not sure; a name that tells about a person means nothing.

    Examples
    --------
    >>> [str(one.side) for one in meanings(["Thomas_L", "Thomas_R", "RPE r"])]
    ['left', 'right', '']
    >>> meanings(["Tight 6wk", "Tight pre"])[0].visit
    '6 wk'
    """
    return _meanings(tuple(header))


@lru_cache(maxsize=8)
def _meanings(header: tuple[str, ...]) -> tuple[HeadMeaning, ...]:
    all_tokens = [tokens_of(name) for name in header]
    rests = Counter(tuple(sorted(tokens)) for tokens in all_tokens)
    found = [_one(name, tokens, rests) for name, tokens in zip(header, all_tokens, strict=True)]
    words = [one for one in found if one.name and one.rule != NEAR]
    places = Counter((one.name, one.side, one.visit) for one in words)
    kinds: dict[str, set[tuple[bool, bool]]] = defaultdict(set)
    for one in words:
        kinds[one.name].add((bool(one.side), bool(one.visit)))
    return tuple(
        replace(one, sure=False)
        if places[one.name, one.side, one.visit] > 1 or len(kinds[one.name]) > 1
        else one
        for one in found
    )


def _one(name: str, tokens: list[str], rests: Counter[tuple[str, ...]]) -> HeadMeaning:
    if not name or (find(name) is None and by_name(name)):
        return HeadMeaning()
    side, rest = _side(tokens, rests)
    if not side and (find(name) is not None or same_name(name)) and not name.startswith(FAMILY):
        return _meaning(name, tokens)
    visit, rest = _visit(rest, rests, tokens)
    if not (side or visit):
        return _meaning(name, tokens)
    whole, inner = _meaning(name, tokens), _meaning("", rest)
    if whole.rule == WORDING or not inner.name:
        return whole
    if inner.name in _OF_KEYS:
        return whole if whole.rule == WORD else replace(whole, sure=False)
    if inner.name in _OF_RUNNERS:
        return inner
    return replace(inner, side=side, visit=visit)


def _side(tokens: list[str], rests: Counter[tuple[str, ...]]) -> tuple[str, list[str]]:
    """The side in a name, and what is left of it."""
    pairs = [*_WEAK, *((a, b) for a in _of("left") for b in _of("right"))]
    for at, token in enumerate(tokens):
        rest = tokens[:at] + tokens[at + 1 :]
        for left, right in pairs:
            other = right if token == left else left if token == right else ""
            if other and rest and rests[tuple(sorted([*rest, other]))]:
                return ("left" if token == left else "right"), rest
    return "", tokens


@cache
def _of(side: str) -> tuple[str, ...]:
    return tuple(word for word, of in _SIDES.items() if of == side)


def _visit(
    tokens: list[str], rests: Counter[tuple[str, ...]], whole: list[str]
) -> tuple[str, list[str]]:
    """The visit in a name, and what is left of it.

    Of several runs of words that name a visit, the shortest that leaves a word of clinics whole, or
    else the longest. A bare number at the end is one only where another name differs in it alone.
    """
    best, found = None, ("", tokens)
    size = len(tokens)
    for length in range(1, min(size - 1, 5) + 1):
        for start in range(size - length + 1):
            words, rest = (
                tokens[start : start + length],
                [*tokens[:start], *tokens[start + length :]],
            )
            is_bare = all(word.isdecimal() for word in words)
            if is_bare and (start + 1 < size or not _differs(words[0], rests, whole)):
                continue
            visit = read_visit(" ".join(words))
            beside = (*tokens[max(start - 1, 0) : start], *tokens[start + length :][:1])
            if visit is None or any(word.isdecimal() for word in beside):
                continue  # of "week 1-6" no part is a visit
            is_whole = _meaning("", rest).rule in (FORMAT, SPELLING, WORDING, WORD)
            rank = (is_whole, not is_bare, visit.sure, -length if is_whole else length)
            if best is None or rank > best:
                best, found = rank, (" ".join(words), rest)
    return found


def _differs(number: str, rests: Counter[tuple[str, ...]], whole: list[str]) -> bool:
    bare = Counter(token for token in whole if token != number)
    return any(
        Counter(token for token in other if not token.isdecimal()) == bare
        and number not in other
        and any(token.isdecimal() for token in other)
        for other in rests
    )
