"""CSV text as spreadsheet programs of other countries open it: semicolons and decimal commas.

Where a comma is the decimal mark, such a program takes ``0.5`` for a text or a date, and a line
with commas for one cell. So its CSV has a semicolon between cells and a comma in numbers.
"""

import re
from collections.abc import Sequence

from hipstudy import spreadsheet
from hipstudy.errors import Problem

PLAIN = "en"
DECIMAL_COMMA = ("de", "es", "fr", "nl", "pt")
LOCALES = (PLAIN, *DECIMAL_COMMA)
MARK = "\ufeff"  # by which such a program knows UTF-8
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?inf|nan")


def locale_problems(locale: str, where: str = "locale") -> list[Problem]:
    """Nothing, or that the tables cannot be written for this locale."""
    if locale in LOCALES:
        return []
    return [Problem(where, locale, "not a locale of the tables", f"One of {', '.join(LOCALES)}.")]


def in_locale(text: str, locale: str) -> str:
    r"""CSV text with commas and decimal points, as the spreadsheets of a locale open it.

    A column is one of numbers when each of its cells is a number or empty, as programs that read
    CSV see it; their cells get a decimal comma. Every other cell keeps its text, the head too.

    Parameters
    ----------
    text
        As ``hipstudy.spreadsheet`` writes it.
    locale
        One of ``LOCALES``; the first leaves the text as it is.

    Examples
    --------
    >>> in_locale("arm,mean\nstretch 1.5,0.25\n", "de")
    '\ufeffarm;mean\nstretch 1.5;0,25\n'
    >>> in_locale("arm,mean\nstretch,0.25\n", "en")
    'arm,mean\nstretch,0.25\n'
    """
    if locale not in DECIMAL_COMMA:
        return text
    head, *rows = spreadsheet.rows_of_csv(text) or [[]]
    numeric = [_is_numeric([row[at] for row in rows]) for at in range(len(head))]
    every = [
        [cell.replace(".", ",") if is_number else cell for cell, is_number in pairs]
        for pairs in (list(zip(row, numeric, strict=True)) for row in rows)
    ]
    return MARK + spreadsheet.delimited([head, *every], ";")


def _is_numeric(cells: Sequence[str]) -> bool:
    return all(not cell or _NUMBER.fullmatch(cell) for cell in cells)
