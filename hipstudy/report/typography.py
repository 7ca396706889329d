"""Text as it may be written: no control characters, and the minus sign of numbers."""

import re
import unicodedata

PAPERS = ("a4", "us-letter")

_UNWRITTEN = ("Cc", "Cs", "Cn")
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
