"""What says who a runner is: refused by a column's name and by what stands in its cells.

The words of names and columns stand in ``identifier_words``; the patterns of addresses, dates and
numbers here. Values are never part of a finding.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.identifier_words import MANY_WORDS, OF_RECORD, by_name, is_name, is_person
from hipstudy.cohort_file.parse import is_date
from hipstudy.cohort_file.plain_decimals import MOST_DIGITS, PlainDecimals, plain_decimals
from hipstudy.cohort_file.word_tables import word_table
from hipstudy.errors import Finding

_EMAIL = re.compile(r"[\w.+'-](?:@| ?[(\[{] ?at ?[)\]}] ?)[\w-]+\.\w+", re.IGNORECASE)
_RECORD = re.compile(
    r"\b\d{6}[-+A]\d{3}[\dA-Z]\b|\b\d{3}-\d{2}-\d{4}\b|\b[A-Z]{2} ?(?:\d{2} ?){3}[A-D]\b"
    r"|\b\d{3} \d{3} \d{4}\b|\b[A-Z]\d{9}\b|\b756\.?\d{4}\.?\d{4}\.?\d{2}\b"
    r"|\b(?i:mrn|nhs|ssn|ahv|bsn|kvnr|svnr|nino)\b[ .:#-]{0,3}\d{4}"
)
_LONG = re.compile(r"(?<![\d.,])\d{7,}(?:\.0+)?(?![\d.,])|\b[A-Za-z]{1,3}-?\d{6,}\b")
_ADDRESS = re.compile(
    r"\w{2}(?:str(?:\.|aße|asse)|weg|gasse|platz|allee) ?\d{1,4}|, ?\d{5} [^\W\d_]{3}"
    r"|\b\d{1,5},? (?:rue|avenue|boulevard|chemin) |\b\d{1,5},? (?:[^\W\d_]+ ){1,3}"
    r"(?:street|st|road|rd|avenue|ave|lane|drive|close|court|square|boulevard|blvd)\b",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?:(?<![\w.])\+\d|(?<![\w.,-])0\d|\(\d)[\d\s()/.\u2010-\u2013-]{5,25}\d")
_US_PHONE = re.compile(r"(?<![\w.,-])\d{3}([-.])\d{3}\1\d{4}(?![\w-])")
_LOCAL_PHONE = re.compile(r"\d{3}[- ]\d{4}")
_YEAR = re.compile(r"(?<!\d)(?:1[89]\d\d|200\d|201[0-4])(?!\d)")
_OLD_YEAR = re.compile(r"(?<!\d)(?:1[89]\d\d|200[0-8])(?!\d)|[-/.](?:0[0-8]|[4-9]\d)$")
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1(\d{2})")
_DATE_INSIDE = re.compile(r"(?<!\d)\d{1,2}[./-]\d{1,2}[./-]\d{4}|(?<!\d)\d{4}-\d{2}-\d{2}")
_BORN = re.compile(r"(?<!\d)(?:19\d\d|200\d|201[0-4])(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d)")
_RECENT = range(15, 40)  # years of two digits that are no likely year of birth
_TOKEN = re.compile(  # a UUID, or a number to the base 16
    r"[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}|(?=\d*[a-f])(?=[a-f]*\d)[\da-f]{8,64}", re.IGNORECASE
)
_CODE = re.compile(r"(?=[\d._-]*[A-Za-z])[A-Za-z\d._-]{1,20}")
_VOCABULARY = word_table("vocabulary.toml")
_CODE_WORDS = frozenset(_VOCABULARY["cells"]["of_codes"].split())
_MEASURED = frozenset(_VOCABULARY["column_names"]["measured"].split())
_LOOKED = 200  # characters of a cell that are looked at: fewer than these are ever shown
_CODES = 5  # codes of two words, at least, that tell how often a word comes again
_NAME, _BIRTH = "a person's name", "a date of birth"
_SEVERAL = 3  # different cells of many words that make a column free text
_SEVERAL_ARMS = 6  # an arm may have a long name
_NO_NUMBER = str.maketrans("", "", "0123456789.-+,")
_MARKS = frozenset("0123456789@([{")  # whatever is found in a text has one of them


class Identifiers(NamedTuple):
    """Errors, without any value, and what of the sheet must not be read or shown.

    ``refused`` has the positions of columns that must not be read; ``masks`` the cells whose
    values must not be shown, by the position of their column. ``decimals`` has what columns of
    plain decimals only are, by position: they need not be read again.
    """

    findings: tuple[Finding, ...]
    refused: frozenset[int]
    masks: dict[int, NDArray[np.bool_]]
    decimals: dict[int, PlainDecimals]


def in_text(text: str) -> str:
    """What a cell's text tells about a person, in any column; empty when nothing.

    Examples
    --------
    >>> in_text("a.b@clinic.org"), in_text("+44 7700 900123"), in_text("12.05.1984")
    ('an e-mail address', 'a phone number', 'a date of birth')
    >>> in_text("AB-12"), in_text("2024-05-07"), in_text("11.25000000001")
    ('', '', '')
    """
    text = " ".join(text[:_LOOKED].split())
    if _MARKS.isdisjoint(text) or (_TOKEN.fullmatch(text) and not _RECORD.fullmatch(text)):
        return ""
    if _EMAIL.search(text):
        return "an e-mail address"
    if _is_birth(text):
        return _BIRTH
    phone = None if is_date(text) else _PHONE.search(text)
    if phone and sum(c.isdigit() for c in phone[0]) >= (7 if phone[0][0] in "+(" else 9):
        return "a phone number"
    if _US_PHONE.search(text):
        return "a phone number"
    if _ADDRESS.search(text):
        return "an address"
    return OF_RECORD if _RECORD.search(text) or _LONG.search(text) else ""


def _is_birth(text: str) -> bool:
    if is_date(text):
        short = _SHORT_YEAR.fullmatch(text)
        return int(short[2]) not in _RECENT if short else _YEAR.search(text) is not None
    inside = _DATE_INSIDE.search(text)
    return inside is not None and _YEAR.search(inside[0]) is not None


def search(source: Source, headers: tuple[str, ...]) -> Identifiers:
    """Look at every column of a sheet; those that a mapping ignores are not in it.

    ``headers`` has the names of the columns in the file, by position, in full.
    """
    findings: list[Finding] = []
    refused: set[int] = set()
    masks: dict[int, NDArray[np.bool_]] = {}
    decimals: dict[int, PlainDecimals] = {}
    ours = {position: name for name, position in source.positions.items()}
    for position, header in enumerate(headers):
        name, column = ours.get(position, ""), source.names[position]
        cells = source.cells[position].to_numpy(dtype=object)
        if kind := by_name(header) or by_name(name):
            refused.add(position)
            at = np.flatnonzero([cell is not None and bool(str(cell).strip()) for cell in cells])
            findings.append(source.once("personal_column", column=column, where=at, kind=kind))
            continue
        column_decimals = plain_decimals(cells)
        if column_decimals.is_whole:  # a plain decimal says nothing, whatever the column
            decimals[position] = column_decimals
            continue
        for kind, mask in _by_content(cells, column_decimals.is_plain, name, header):
            masks[position] = masks.get(position, False) | mask
            rule = "personal_cells" if name else "personal_cells_of_other_column"
            if name == "arm" and kind == _NAME:
                rule = "personal_arm"
            at = np.flatnonzero(mask)
            findings.append(source.once(rule, column=column, where=at, kind=kind))
    return Identifiers(tuple(findings), frozenset(refused), masks, decimals)


def _by_content(
    cells: NDArray[np.object_], plain: NDArray[np.bool_], name: str, header: str
) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    """Look at each different text once that is no plain decimal."""
    others = ~plain
    codes = np.full(len(cells), -1)
    codes[others], distinct = pd.factorize(cells[others])
    texts = list(distinct)
    if not texts:
        return
    kinds = [_kind(text, name) for text in texts]
    if not name:
        kinds = _other_column(kinds, texts, header)
    free = {text for text in texts if text.count(" ") and len(text.split()) >= MANY_WORDS}
    if name == "runner_id":
        free = {text for text in free if not _is_code(text)}
    if len(free) < (_SEVERAL_ARMS if name == "arm" else _SEVERAL):
        free = set()
    persons = _persons(texts, name)
    if persons and not name and 2 * len(persons) < len(texts) + pd.Series(cells[~others]).nunique():
        persons = set()  # some names in a column of much else
    kinds = [
        kind or ("free text" if text in free else _NAME if text in persons else "")
        for kind, text in zip(kinds, texts, strict=True)
    ]
    by_cell = np.array([*kinds, ""], dtype=object)[codes]  # code -1, of None, is the last
    for kind in dict.fromkeys(kind for kind in kinds if kind):
        yield kind, by_cell == kind


def _kind(text: str, name: str) -> str:
    if not text.translate(_NO_NUMBER):
        parts = re.split("[.,]", text.lstrip("+-"))
        is_short = len(parts[0]) <= MOST_DIGITS and not re.match(r"0\d", parts[0])
        if len(parts) <= 2 and is_short and "-" not in text[1:]:
            return ""
    if name not in ("", "runner_id") and _LOCAL_PHONE.fullmatch(text.strip()):
        return "a phone number"
    if name == "runner_id" and _CODE.fullmatch(text):  # its digits may be many
        born = _is_birth(text) or _BORN.search(text)
        return _BIRTH if born else OF_RECORD if _RECORD.search(text) else ""
    return in_text(text)


def _other_column(kinds: list[str], texts: list[str], header: str) -> list[str]:
    """Dates and long numbers of a column that the format has not may be about anything."""
    dates = [kind == _BIRTH or is_date(text) for kind, text in zip(kinds, texts, strict=True)]
    old = [
        kind == _BIRTH and _OLD_YEAR.search(text[:_LOOKED]) is not None
        for kind, text in zip(kinds, texts, strict=True)
    ]
    mostly = 2 * sum(old) > sum(dates)
    measured = not _MEASURED.isdisjoint(re.findall("[a-z]+", header.casefold()))
    return [
        ""
        if (kind == _BIRTH and not (mostly and past))
        or (measured and kind == OF_RECORD and text.isdecimal())
        else kind
        for kind, text, past in zip(kinds, texts, old, strict=True)
    ]


def _persons(texts: list[str], name: str) -> set[str]:
    """Texts of a column that look like persons' names."""
    if name == "arm":
        return {text for text in texts if is_person(text)}
    if name not in ("", "runner_id"):
        return set()
    names = {text for text in texts if is_name(text)}
    if not name:
        return names if len(names) >= _SEVERAL else set()
    names = {text for text in names if not _is_code(text)}
    for place in (0, -1):  # "Red Fox", "Red Owl": such words come again, unlike names
        count = Counter(text.split()[place] for text in names)
        if len(names) >= _CODES and 3 * len(count) <= len(names):
            names = {text for text in names if count[text.split()[place]] < _SEVERAL}
    return names


def _is_code(text: str) -> bool:
    """Whether words are a code, such as "Study One Runner 3"."""
    words = text[:_LOOKED].split()
    rest = [word for word in words if word.casefold() not in _CODE_WORDS]
    coded = len(rest) < len(words) or any(any(map(str.isdecimal, word)) for word in words)
    return coded and len(words) <= MANY_WORDS + 1 and not is_name(" ".join(rest))
