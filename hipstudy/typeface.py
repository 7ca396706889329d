"""The letters that a page can show: those of its own typeface, and of one that stands in for it.

Source Sans 3 travels with the package. What it lacks comes from DejaVu Sans, which travels with
matplotlib. Letters that neither has, and scripts that a figure would set in the wrong order, cannot
be printed: they are said before a report runs, and a square stands for them afterwards.
"""

import importlib.util
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from hipstudy.errors import Problem

FONTS = Path(__file__).parent / "report" / "fonts"
MISSING = "\u25a1"
MEND = "Write it in Latin letters, or in words."

_UNSEEN = ("Cc", "Cf", "Cs", "Cn")
_MOST_NAMED = 8


def font_folders() -> list[Path]:
    """Folders of the two typefaces."""
    spec = importlib.util.find_spec("matplotlib")
    if spec is None or spec.origin is None:
        return [FONTS]
    return [FONTS, Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf"]


def settable(text: str) -> str:
    """Put a square where no typeface has the letter, and drop marks that are never seen.

    Examples
    --------
    >>> settable("Łukasz, 28 °C, \u2713, \U0001f3c3")
    'Łukasz, 28 °C, \u2713, \u25a1'
    """
    if text.isascii() and text.isprintable():
        return text
    coverage = _coverage()
    return "".join(
        c if ord(c) in coverage else MISSING
        for c in text
        if ord(c) in coverage or unicodedata.category(c) not in _UNSEEN
    )


def lacking(text: str) -> str:
    """The letters of a text for which a square would stand, each once.

    Examples
    --------
    >>> lacking("Łukasz \u2713"), lacking("\u529b\u91cf, \u529b")
    ('', '\u529b\u91cf')
    """
    if text.isascii():
        return ""
    coverage = _coverage()
    letters = (c for c in text if ord(c) not in coverage and not c.isspace())
    return "".join(dict.fromkeys(c for c in letters if unicodedata.category(c) not in _UNSEEN))


def named_letters(letters: str) -> str:
    """Letters as a sentence has them: each with its number, and not too many.

    Examples
    --------
    >>> named_letters("\u529b\u91cf")
    '\u529b (U+529B), \u91cf (U+91CF)'
    """
    said = ", ".join(f"{c} (U+{ord(c):04X})" for c in letters[:_MOST_NAMED])
    more = len(letters) - _MOST_NAMED
    return f"{said} and {more} more" if more > 0 else said


def letter_problems(where: str, texts: Iterable[str]) -> list[Problem]:
    """Problems of texts that are to be printed and cannot be, one a text."""
    return [
        Problem(where, text, f"the reports' typeface has no letter for {named_letters(out)}", MEND)
        for text in texts
        if (out := lacking(text))
    ]


@lru_cache(maxsize=1)
def _coverage() -> frozenset[int]:
    codes: set[int] = set()
    for name in ("coverage.txt", "fallback_coverage.txt"):
        for line in (FONTS / name).read_text(encoding="ascii").splitlines():
            first, _, last = line.partition("-")
            codes.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(codes)
