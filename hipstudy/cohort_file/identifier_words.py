"""Words that tell about a person: in names of columns, and as a person's own name."""

import re
import unicodedata

from hipstudy.cohort_file.schema import FAMILY, columns, find
from hipstudy.cohort_file.word_tables import word_table
from hipstudy.prescription.protocol import preset_names

OF_RECORD = "a record or insurance number"  # as ``by_name`` says it
MANY_WORDS = 4  # words about a person, maybe

_VOCABULARY = word_table("vocabulary.toml")
_NAMES = {key: frozenset(words.split()) for key, words in _VOCABULARY["column_names"].items()}
_NAMES_OF_REDCAP = ["record", "id"]  # the first column of its exports: numbers from 1, or codes
_PERSONAL = _VOCABULARY["personal_columns"]
_KINDS = {word: kind for kind, words in _PERSONAL.items() for word in words.split()}
_NAME_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
# Words of arms and of columns that are no part of a person's name.
_ORDINARY = frozenset(_VOCABULARY["cells"]["ordinary"].split()).union(
    *(name.split("_") for name in preset_names()),
    *(name.split("_") for name in columns() if not name.startswith("thomas")),
)


def by_name(name: str) -> str:
    """What a column of this name tells about a person; empty when nothing.

    Examples
    --------
    >>> by_name("E-Mail"), by_name("patientName"), by_name("Geb.-Datum"), by_name("side")
    ('an e-mail address', "a person's name", 'a date of birth', '')
    """
    if find(name) is not None:
        name = name.removeprefix(FAMILY) if name.startswith(FAMILY) else ""
    words = re.findall(r"[a-z]+", without_accents(name[:200]))
    if words == _NAMES_OF_REDCAP:
        return ""
    if not _NAMES["of_things"].isdisjoint(words) and _NAMES["of_people"].isdisjoint(words):
        words = [word for word in words if word not in _NAMES["anything"]]
    for word in (*words, "".join(words)):
        if word in _KINDS:
            return _KINDS[word]
    phrase = " ".join(words)
    return next(
        (
            kind
            for kind, pattern in _VOCABULARY["personal_phrases"].items()
            if re.search(pattern, phrase)
        ),
        "",
    )


def without_accents(name: str) -> str:
    """A column's name in small letters without accents, a blank before each capital letter.

    Examples
    --------
    >>> without_accents("Hüft-Straße"), without_accents("kneeFlexion")
    ('huft-strasse', 'knee flexion')
    """
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).replace("ß", "ss")
    plain = unicodedata.normalize("NFKD", plain.replace("ø", "o").replace("Ø", "O"))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def is_name(text: str) -> bool:
    """Whether a text is two capitalised words or more, such as a person's name.

    Examples
    --------
    >>> [is_name(text) for text in ("Anna Schmidt", "SCHMIDT, Anna", "R01", "Runner A")]
    [True, True, False, False]
    """
    if not text[:100].lstrip(" \t\n,._")[:1].isupper():  # most texts, told at once
        return False
    words = [word for word in re.split(r"[\s,._]+", text.strip()[:100]) if word]
    letters = all(_NAME_WORD.fullmatch(word) and word[0].isupper() for word in words)
    return letters and sum(len(word) > 1 for word in words) >= 2 and len(words) <= 5


def is_person(text: str) -> bool:
    """Whether a column or an arm is called as a person may be.

    Examples
    --------
    >>> [is_person(text) for text in ("Anna Schmidt", "Stretch Only", "Body Mass", "First Name")]
    [True, False, False, False]
    """
    start = " ".join(re.split(r"[\s,._]+", text[:200].strip())[:MANY_WORDS])
    ordinary = not _ORDINARY.isdisjoint(start.casefold().split())
    return is_name(start) and not ordinary and not by_name(text)
