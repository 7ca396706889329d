"""Names of columns of yes and no that ask for the opposite: "No adverse event", "uncontrolled"."""

from collections.abc import Sequence
from functools import cache

from hipstudy.cohort_file.schema import find
from hipstudy.cohort_file.word_tables import word_table

_VOCABULARY = word_table("vocabulary.toml")
_WORDS = {kind: frozenset(words.split()) for kind, words in _VOCABULARY["negations"].items()}
_LEAST = 5  # letters of a word that may have such a beginning


def is_negated(tokens: Sequence[str], ours: str, wording: Sequence[str]) -> bool:
    """Whether a name says the opposite of a column of ours.

    Parameters
    ----------
    tokens
        Words of the name, in small letters without accents.
    ours
        Column that the name is taken for.
    wording
        Words of the template's own wording of it.

    Examples
    --------
    >>> is_negated(["no", "adverse", "event"], "adverse_event", [])
    True
    >>> is_negated(["pelvis", "uncontrolled"], "pelvis_controlled", [])
    True
    >>> is_negated(["adverse", "event", "yes", "no"], "adverse_event", [])
    False
    """
    column = find(ours)
    if column is None or column.kind != "yesno" or _WORDS["both"].intersection(tokens):
        return False
    rest = [token for token in tokens if token not in wording]
    return bool(_WORDS["words"].intersection(rest)) or any(map(_is_opposite, rest))


def _is_opposite(token: str) -> bool:
    rests = (token.removeprefix(one) for one in _WORDS["beginnings"] if token.startswith(one))
    return any(len(rest) >= _LEAST and rest in _known_words() for rest in rests)


@cache
def _known_words() -> frozenset[str]:
    """Words of the phrases of columns of yes and no."""
    phrases = _VOCABULARY["column_phrases"].items()
    yes_no = [texts for name, texts in phrases if find(name).kind == "yesno"]
    return frozenset(word for texts in yes_no for text in texts for word in text.split())
