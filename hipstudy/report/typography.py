"""Text as it may be set: no control characters, and only what the page's typeface can show."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

FONTS = Path(__file__).with_name("fonts")
MISSING = "\u25a1"

_UNWRITTEN = ("Cc", "Cs", "Cn")
_UNSEEN = ("Cc", "Cf", "Cs", "Cn")
_MINUS = re.compile(r"(?<![\w.\u2212-])-(?=\d)")


def clean(text: str) -> str:
    r"""Collapse white space and drop control characters and halves of surrogate pairs.

    Examples
    --------
    >>> clean(" a\n\tb\x00 ")
    'a b'
    """
    return " ".join(clean_line(text).split())


def clean_line(text: str) -> str:
    r"""Drop what cannot be written, and keep the spaces.

    Examples
    --------
    >>> clean_line("  set 1\x07")
    '  set 1'
    """
    if text.isascii() and text.isprintable():
        return text
    spaced = re.sub(r"\s", " ", text)
    return "".join(c for c in spaced if unicodedata.category(c) not in _UNWRITTEN)


def with_minus(text: str) -> str:
    """Set the minus sign of numbers as a minus, not as a hyphen.

    Examples
    --------
    >>> with_minus("-0.21 (-0.38 to 0.05), 2026-03-01")
    '\u22120.21 (\u22120.38 to 0.05), 2026-03-01'
    """
    return _MINUS.sub("\u2212", text)


def settable(text: str) -> str:
    """Put a square where the typeface has no letter, and drop marks that are never seen.

    Examples
    --------
    >>> settable("Łukasz, 28 °C, \U0001f3c3")
    'Łukasz, 28 °C, \u25a1'
    """
    if text.isascii() and text.isprintable():
        return text
    coverage = _coverage()
    return "".join(
        c if ord(c) in coverage else MISSING
        for c in text
        if ord(c) in coverage or unicodedata.category(c) not in _UNSEEN
    )


@lru_cache(maxsize=1)
def _coverage() -> frozenset[int]:
    codes: set[int] = set()
    for line in (FONTS / "coverage.txt").read_text(encoding="ascii").splitlines():
        first, _, last = line.partition("-")
        codes.update(range(int(first, 16), int(last or first, 16) + 1))
    return frozenset(codes)
