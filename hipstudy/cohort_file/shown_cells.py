"""Which cells may be shown to a reader: numbers, and words of a closed kind.

Whatever else stands in a cell may be a name, or tell about somebody; its row is said then.
"""

import re
from functools import cache

from hipstudy.cohort_file.identifier_words import without_accents
from hipstudy.cohort_file.parse import MISSING, is_date
from hipstudy.cohort_file.schema import CHOICES
from hipstudy.cohort_file.word_tables import word_table

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_NUMBER = re.compile(r"[-+\u2212]?\d*[.,]?\d+(?:[eE][-+]?\d{1,3})?")
_LONGEST, _DIGITS, _WORDS = 12, 8, 3  # letters of a word, digits and words of a cell


@cache
def _known() -> frozenset[str]:
    table = word_table("vocabulary.toml")
    parts = [
        *(words for kind in table["cell_words"].values() for words in kind.values()),
        *(table["visit_words"][kind] for kind in table["visit_words"]),
        *table["visit_phrases"]["baseline"],
        *table["unit_signs"].values(),
        table["column_names"]["units"],
        table["missing_words"]["words"],
        *table["shown_words"].values(),
        *(" ".join(words) for words in CHOICES.values()),
    ]
    words = re.findall(r"[^\W\d_]+", " ".join(map(str, parts)).casefold())
    return frozenset(words)


def may_be_shown(text: str, *, dates: bool = True) -> bool:
    """Whether a cell is like a number, or has known words of clinics only.

    Parameters
    ----------
    text
        The cell.
    dates
        Whether a date may be shown.

    Examples
    --------
    >>> [may_be_shown(text) for text in ("3,5 kg", "links", "8/5", "n/a", "Zebulon", "said 5")]
    [True, True, True, True, False, False]
    >>> may_be_shown("7-May"), may_be_shown("7-May", dates=False)
    (True, False)
    """
    if is_date(text):
        return dates
    plain = text.strip()
    if plain.casefold() in MISSING or _NUMBER.fullmatch(plain):
        return True
    tokens = _TOKEN.findall(without_accents(plain))
    words = [one for one in tokens if not one.isdecimal()]
    digits = sum(len(one) for one in tokens if one.isdecimal())
    known = all(len(one) <= _LONGEST and one in _known() for one in words)
    return known and len(words) <= _WORDS and digits <= _DIGITS
