"""Codes of runners as people see them: which look the same, and which nearly do.

Codes that look the same are one runner. Those that differ where people seldom mean a difference are
different runners, and are said. No code is ever shown.
"""

import re
import unicodedata
from collections.abc import Callable
from itertools import chain

import numpy as np
from pandas import DataFrame

from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.parse import is_date
from hipstudy.errors import WARNING, Finding

_QUOTES = str.maketrans(
    "\u2018\u2019\u201a\u02bc\u2032\u00b4`\u201c\u201d\u201e\u2033", "'" * 7 + '"' * 4
)
# Capital and small letters of Greek and Cyrillic that look like Latin ones.
_LETTERS = str.maketrans(
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7\u03bf"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0405\u0406\u0408"
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0455\u0456\u0458",
    "ABEZHIKMNOPTYXoABEKMHOPCTXSIJaeopcxysij",
)
# Code points beside those of category Cf that nothing is drawn for (Unicode's property
# Default_Ignorable_Code_Point).
_NOTHING_DRAWN = frozenset(
    chain(
        (0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2065, 0x3164, 0xFFA0),
        range(0x180B, 0x1810),
        range(0xFE00, 0xFE10),
        range(0xFFF0, 0xFFF9),
        range(0xE0000, 0xE1000),
    )
)
_TWINS = str.maketrans("lIOo", "1100")  # letters that look like digits
_POWER = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_PAIRS = 6
_ALIKE = "Write them alike where they are one runner{more}."


def look(code: str) -> str:
    r"""A code by which those that look the same are the same.

    Dashes are one dash, blanks one blank; marks that nobody sees are gone; wide characters, curly
    quotes and letters of other alphabets are the usual ones.

    Examples
    --------
    >>> look("P\u201101\u200b"), look("\uff30-01"), look("P\u00a0 01"), look("\u0420-01")
    ('P-01', 'P-01', 'P 01', 'P-01')
    """
    if code.isascii() and "`" not in code:
        return " ".join(code.split())
    text = "".join(_plain(one) for one in unicodedata.normalize("NFC", code))
    return " ".join(text.translate(_QUOTES).translate(_LETTERS).split())


def _plain(one: str) -> str:
    kind = unicodedata.category(one)
    if kind == "Pd" or one == "\u2212":
        return "-"
    if one == "\u2800":  # a Braille cell without dots
        return " "
    if kind == "Cf" or (kind == "Cc" and not one.isspace()) or ord(one) in _NOTHING_DRAWN:
        return ""
    other = unicodedata.decomposition(one).startswith(("<wide>", "<narrow>", "<noBreak>"))
    return unicodedata.normalize("NFKC", one) if other else one


def _zeros(code: str) -> str:
    code = re.sub(r"(?<=\d)[.,]0+$", "", code)
    return re.sub(r"(?<![\d.,])0+(?=\d)", "", code)


def _signs(code: str) -> str:
    return re.sub(r"(?<=[^\W\d_])-(?=\d)", "", re.sub(r"[\s._/\\-]+", "-", code))


def _twins(code: str) -> str:
    """A code with digits for the letters that look like them."""
    return code.translate(_TWINS)


# What a code is compared without, one after the other, and how that is said.
_NEARLY: tuple[tuple[Callable[[str], str], str, str], ...] = (
    (_twins, "in letters and digits that look alike only, as P0l, PO1 and P01 do", ""),
    (str.casefold, "in capital letters only", ""),
    (_zeros, "in zeros only, as 7, 007 and 7.0 do", "; in a workbook, format the column as text"),
    (_signs, "in a dash, blank, point or the like only, as P-01, P 01 and P01 do", ""),
)


def check(source: Source, frame: DataFrame) -> list[Finding]:
    """Say which codes look the same or nearly so, and which are dates.

    Parameters
    ----------
    source
        The sheet.
    frame
        As ``hipstudy.cohort_file.check`` gives it, with ``runner`` 0 where a row has no code that
        may be read.
    """
    if "runner_id" not in source.positions:
        return []
    cells = source.cells[source.positions["runner_id"]].to_numpy(dtype=object)
    written: dict[str, int] = {}  # each code as it is written, and its first place
    for at in np.flatnonzero(frame["runner"] > 0).tolist():
        written.setdefault(" ".join(re.split("[ \t]+", str(cells[at]).strip())), at)
    firsts_by_code: dict[str, int] = {}
    same: list[tuple[int, int]] = []
    for code, at in written.items():
        first = firsts_by_code.setdefault(look(code), at)
        if first != at:
            same.append((at, first))
    findings = []
    if same:
        rule = (
            f"{_codes_look(len(same))} the same as an earlier one but for marks that nobody "
            "sees, or another kind of dash, blank, quote or letter: those that look the same are "
            "counted as one runner"
        )
        mend = "Write them with the same signs; where they are two runners, give one another code."
        findings.append(paired(source, WARNING, same, rule, mend))
    return [*findings, *_nearly(source, firsts_by_code), *_dates(source, written)]


def _codes_look(count: int) -> str:
    return "1 code looks" if count == 1 else f"{count:,} codes look"


def _nearly(source: Source, firsts_by_code: dict[str, int]) -> list[Finding]:
    findings = []
    for reduced, how, more in _NEARLY:
        rest: dict[str, int] = {}
        pairs = []
        for code, at in firsts_by_code.items():
            first = rest.setdefault(reduced(code), at)
            if first != at:
                pairs.append((at, first))
        # A code that has a finding gets no second one. What it was compared without stays away,
        # but for letters that look like digits: they may be capital and small letters too.
        firsts = set(rest.values())
        firsts_by_code = (
            {one: at for one, at in firsts_by_code.items() if at in firsts}
            if reduced is _twins
            else rest
        )
        if pairs:
            rule = (
                f"{_codes_look(len(pairs))} like an earlier one, and "
                f"differ{'s' * (len(pairs) == 1)} {how}: they are counted as different runners"
            )
            findings.append(paired(source, WARNING, pairs, rule, _ALIKE.format(more=more)))
    return findings


def _dates(source: Source, written: dict[str, int]) -> list[Finding]:
    at = [place for code, place in written.items() if is_date(code) or _POWER.fullmatch(code)]
    if not at:
        return []
    rule = (
        "this code is a date or a power of ten: spreadsheets make them of codes such as 3-1, MAR1 "
        "or 1E5, and different codes may have become one runner"
    )
    mend = "Format the column as text, and type the codes again."
    return [source.once(WARNING, rule, mend, column=source.name("runner_id"), where=at)]


def paired(
    source: Source, level: str, pairs: list[tuple[int, int]], rule: str, mend: str
) -> Finding:
    """Say something of pairs of codes, once, with the first rows of both of each pair."""
    rows = [f"{source.rows[at]} and {source.rows[first]}" for at, first in pairs[:_PAIRS]]
    more = f" and {len(pairs) - _PAIRS:,} more pairs" if len(pairs) > _PAIRS else ""
    mend = f"{mend} Rows {', '.join(rows)}{more}."
    column = source.name("runner_id")
    return source.once(level, rule, mend, column=column, where=[pairs[0][0]])
