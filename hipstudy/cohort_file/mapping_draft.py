"""A draft of a mapping file for a sheet with names of its own.

Names of columns are written, and short words for side and sex; never another cell's value.
"""

import re
from collections import Counter
from difflib import SequenceMatcher

import pandas as pd
import tomli_w

from hipstudy.cohort_file.identifier_words import by_name, is_person, without_accents
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.parse import is_date
from hipstudy.cohort_file.schema import FAMILY, columns, find
from hipstudy.cohort_file.sheet import Sheet
from hipstudy.cohort_file.word_tables import say, word_table
from hipstudy.errors import Problem

_VOCABULARY = word_table("vocabulary.toml")
# Where the unit is not told by the name, somebody must look first.
_UNITS = {"end_range_torque_nm_kg": {"nm", "kg"}, "passive_torque_nm_kg": {"nm", "kg"}}
_UNCLEAR = set(_VOCABULARY["column_names"]["unclear"].split())
_UNIT_WORDS = set(_VOCABULARY["column_names"]["units"].split())
WORDS = _VOCABULARY["cell_words"]
_SAME, _MISSPELT, _NEAR = 2.0, 0.9, 0.75
_MANY = 8  # words: such a column is not about sides, whatever its name
_FEW, _SHORT = 4, 2  # words we do not know are written only if so few and so short


def _tokens(name: str) -> list[str]:
    """Words of a name in small letters without accents.

    Examples
    --------
    >>> _tokens("Hüft-Extension [°] re")
    ['huft', 'extension', 're']
    """
    return re.findall(r"[a-z0-9]+", without_accents(name))


def guess(name: str) -> tuple[str, bool]:
    """The column of ours that a name means, and whether that is sure; empty when none is near.

    Examples
    --------
    >>> guess("Bein"), guess("Kraft"), guess("tightnes_nrs"), guess("shoe")
    (('side', True), ('end_range_torque_nm_kg', False), ('tightness_nrs', True), ('', False))
    """
    best, score = _scored(name)
    tokens = set(_tokens(name))
    unit = _UNITS.get(best, set()) <= tokens or score < _SAME
    return best, score >= _MISSPELT and unit and not (tokens - _UNIT_WORDS or tokens) & _UNCLEAR


def _scored(name: str) -> tuple[str, float]:
    """The column of ours that is nearest to a name, and how near; ``_SAME`` for a synonym."""
    tokens = _tokens(name)
    bare = [token for token in tokens if token not in _UNIT_WORDS] or tokens
    joined = "".join(tokens)
    if tokens[:1] == ["hagos"] and len(tokens) > 1:
        return FAMILY + "_".join(tokens[1:]), _SAME
    best, score = "", 0.0
    for ours, phrases in _VOCABULARY["column_phrases"].items():
        ratio = SequenceMatcher(None, joined, ours.replace("_", "")).ratio()
        points = [ratio if ratio >= _NEAR else 0.0]
        for words in map(str.split, phrases):
            if bare == words or "".join(bare) == "".join(words):
                points.append(_SAME)
            elif set(words) <= set(bare):
                points.append(0.8 * len(words) / len(bare))
        if max(points) > score:
            best, score = ours, max(points)
    return best, score


def _line(own: str, ours: str, sure: bool, why: str = "") -> str:
    line = tomli_w.dumps({own: ours}).strip()
    return f"{'' if sure else '# '}{line}{f'  # {why}' if why else ''}"


def value_like(name: str) -> bool:
    """Whether a name is none, but a number, a date, or what tells who somebody is.

    Examples
    --------
    >>> value_like("31,5"), value_like("a@b.org"), value_like("Bein")
    (True, True, False)
    """
    number = re.fullmatch(r"[-+\d.,\s%]+", name) is not None
    return number or bool(in_text(name)) or is_date(name)


def _sort(sheet: Sheet) -> tuple[dict[str, tuple[str, bool]], list[str], list[str]]:
    """Names with what they may mean; those that tell who somebody is; those that say nothing."""
    guesses, personal, unknown = {}, [], []
    for name in dict.fromkeys(sheet.header):
        if not name or find(name) is not None:
            continue
        ours, sure = guess(name)
        if not value_like(name) and by_name(name):
            personal.append(name)
        elif ours and not value_like(name):
            guesses[name] = ours, sure
        else:
            unknown.append(name)
    taken = Counter(ours for ours, _ in guesses.values()) + Counter(set(sheet.header))
    clear = {name: (ours, sure and taken[ours] == 1) for name, (ours, sure) in guesses.items()}
    return clear, personal, unknown


def _headed(sheet: Sheet) -> bool:
    """Whether more names are near to ours than look like values: else row 1 may be data."""
    names = [name for name in sheet.header if name]
    values = [name for name in names if value_like(name)]
    near = sum(find(name) is not None or _scored(name)[1] >= _NEAR for name in names)
    return near > len(values)


def refusal(sheet: Sheet) -> Problem | None:
    """Why no draft should be written: there is no head, or there is nothing to translate."""
    if not _headed(sheet):
        rule = "nothing_near"
    elif not any(_sort(sheet)) and not _word_parts(sheet, {}):
        rule = "nothing_to_translate"
    else:
        return None
    return Problem("--suggest-mapping", sheet.file, **say(rule))


def _plausible(word: str, known: dict[str, str]) -> bool:
    """Whether a word may be one of side or sex: a digit, or how such a word begins."""
    begins = len(word) <= _SHORT and any(one.startswith(word.casefold()) for one in known)
    return begins or re.fullmatch("[0-9]", word) is not None


def _words(cells: pd.Series, ours: str) -> list[str]:
    """Lines for the words of a column of sides or sexes."""
    known = {own: to for to, all_own in WORDS[ours].items() for own in all_own.split()}
    words = sorted({cell for cell in cells.unique() if cell is not None})
    first, second = WORDS[ours]
    lines = []
    if len({word.casefold() for word in words}) > _MANY:
        return []
    few = len(words) <= _FEW
    for word in words:
        plain = "".join(_tokens(word))
        if word.casefold() in (first.casefold(), second.casefold()):
            continue
        if plain in known and len(word) <= 12:
            lines.append(_line(word, known[plain], sure=True))
        elif few and _plausible(word, known):
            lines.append(_line(word, first, sure=False, why=f"{first} or {second}?"))
    # One column may have L and l: one line is enough.
    return list({line.casefold(): line for line in lines}.values())


def _word_parts(sheet: Sheet, guesses: dict[str, tuple[str, bool]]) -> list[str]:
    lines: list[str] = []
    done: set[str] = set()
    for k, name in enumerate(sheet.header):
        ours, sure = guesses.get(name, (name, True))
        if ours not in WORDS or not sure or ours in done:
            continue
        done.add(ours)
        if words := _words(sheet.cells[k], ours):
            lines += ["", f"[words.{ours}]", *words]
    return lines


def suggest(sheet: Sheet) -> str:
    """Draft a mapping file, as TOML: lines that are not sure are comments.

    Names of columns are in it, short words for side and sex, and no other cell. Where row 1 may be
    no head, nothing of it.
    """
    guesses, personal, unknown = _sort(sheet) if _headed(sheet) else ({}, [], [])
    lines = ["# Own names of columns and words. Take the # off a line that is right."]
    lines += [f"# {note}" for note in sheet.notes]
    lines += [_line("sheet", sheet.name, sure=True)] if sheet.name else []
    sign = "the sign of the Thomas test: extension-positive or extension-negative"
    lines.append(_line("thomas_sign", "extension-positive", sure=False, why=sign))
    if personal:
        lines.append("# These names are of columns that may tell who somebody is: never used.")
        lines.append(tomli_w.dumps({"ignore": personal}, indent=4).strip())
    else:
        lines.append('# ignore = ["a column that is never used"]')
    lines += ["", "[columns]"]
    for name, (ours, sure) in guesses.items():
        unit = columns()[ours].unit if ours in columns() else ""
        lines.append(_line(name, ours, sure, "" if sure else f"sure? {unit}".strip()))
    for name in unknown:
        if value_like(name) or is_person(name):
            place = sheet.header.index(name) + 1
            lines.append(f"# The name of column {place} looks like a value: is row 1 the head?")
        else:
            lines.append(_line(name, "...", sure=False))
    lines += _word_parts(sheet, guesses)
    return "\n".join(lines) + "\n"
