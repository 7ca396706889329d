"""Words of other languages in a one-line prescription, put into the words of its terms.

``Hüftbeuger 3 Sätze à 10 Wdh, 3x pro Woche, 12 Wochen``. Only whole words that can mean one thing
are put into others, and what was, is said. Places stay those of what somebody wrote.
"""

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from hipstudy.prescription.shorthand_terms import FLAGS, GRAMMAR, TEXTS

_FILE = Path(__file__).with_name("words") / "other_languages.toml"
_LANGUAGES = tomllib.loads(_FILE.read_text(encoding="utf-8"))
_PATTERNS: dict[str, str] = _LANGUAGES["words"] | _LANGUAGES["two_meanings"]
_READ = tuple(_PATTERNS)
_TWO_MEANINGS = frozenset(_LANGUAGES["two_meanings"])
_ALIKE = frozenset(_LANGUAGES["alike"])


def _whole_words(words: str) -> str:
    # A digit may stand before a word, as in 12Wochen.
    return rf"(?<![^\W\d])(?:{words.replace(' ', chr(92) + 's*')})(?!\w)"


_NAMES = r"(?<![\w-])name\s+[^\s,;]+"
_GROUPS = (f"(?P<w{k}>{_whole_words(words)})" for k, words in enumerate(_PATTERNS.values()))
_PATTERN = re.compile("|".join([TEXTS, _NAMES, *_GROUPS]), FLAGS)


@dataclass(frozen=True)
class Translation:
    """A line in the words of the terms.

    Parameters
    ----------
    original, text
        As it was written, and in the words of the terms.
    starts, ends
        Where in the original each character of the text starts and ends.
    readings
        What was put into other words, a sentence; nothing where nothing was.
    """

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    readings: tuple[str, ...] = ()

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where in the original stands what goes from start to end in the text."""
        first = self.starts[start] if start < len(self.starts) else len(self.original)
        return (first, self.ends[end - 1]) if end > start else (first, first)


def translate(line: str) -> Translation:
    """Put the words of other languages in a line into those of the terms.

    Examples
    --------
    >>> translate("Hüftbeuger 3 Sätze à 10 Wdh, 3x pro Woche x 12 Wochen").text
    'hip-flexor 3 sets of 10 reps, 3x per week x 12 weeks'
    >>> translate("stretch 4x30 s daily, note 'zweimal pro Woche'").readings
    ()
    """
    matches = [match for match in _PATTERN.finditer(line) if match.lastgroup]
    names = [_READ[int(match.lastgroup[1:])] for match in matches if match.lastgroup]
    # A word that is one of ours as well is another one only beside words that are not.
    if set(names) <= _TWO_MEANINGS and all(match[0].lower() in _ALIKE for match in matches):
        matches, names = [], []
    text, starts, ends, done = "", list[int](), list[int](), 0
    said = dict[str, str]()
    for match, name in zip(matches, names, strict=True):
        for at in range(done, match.start()):
            starts.append(at)
            ends.append(at + 1)
        text += line[done : match.start()] + name
        starts += [match.start()] * len(name)
        ends += [match.end()] * len(name)
        done = match.end()
        if name not in _TWO_MEANINGS:
            said.setdefault(" ".join(match[0].split()), name)
    starts += range(done, len(line))
    ends += range(done + 1, len(line) + 1)
    pairs = ", ".join(f"'{own}' as {name}" for own, name in said.items())
    readings = (GRAMMAR["read_as"]["words"].format(pairs=pairs),) if said else ()
    return Translation(line, text + line[done:], tuple(starts), tuple(ends), readings)
