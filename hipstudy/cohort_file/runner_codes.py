"""Codes of runners as people see them: which look the same, and which nearly do.

Codes that look the same are one runner. Those that differ where people seldom mean a difference are
different runners, and are said. So are the two legs of one runner that are written as two runners:
half of such a cohort does not exist. No code is ever shown.
"""

import re
import unicodedata
from collections.abc import Callable, Collection

from pandas import DataFrame

from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.parse import is_date
from hipstudy.cohort_file.word_tables import word_table
from hipstudy.errors import Finding

_VOCABULARY = word_table("vocabulary.toml")
_LOOKS, _DIGITS = (
    {ord(other): one for one, others in _VOCABULARY[table].items() for other in others}
    for table in ("looks", "digits")
)
# Code points beside those of category Cf that nothing is drawn for (Unicode's property
# Default_Ignorable_Code_Point).
_NOTHING_DRAWN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u2065\u3164\uffa0"
    "\u180b-\u180f\ufe00-\ufe0f\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
_POWER = re.compile(r"\d(?:[.,]\d+)?E[+-]?\d+", re.IGNORECASE)
_PAIRS = 6
_NAME_LETTERS = 3  # of a word that is a whole code; fewer are initials
_MOSTLY = 0.5  # of the codes: so many that are words are said
_OF_CODES = frozenset(_VOCABULARY["cells"]["of_codes"].split())
TRAITS = ("sex", "age_y", "mass_kg")
_TELLING = ("age_y", "mass_kg")  # those that two people seldom share, both together
_SHARE = 0.5  # of the runners of one side: so many that pair up by their traits are said
_LEAST = 3  # pairs; one pair of the same age and mass is chance
_SIDES = _VOCABULARY["code_sides"]
_SIDE_OF = {word: side for side, words in _SIDES.items() for word in words.split()}
_WORD = "|".join(sorted(_SIDE_OF, key=len, reverse=True))
_GAP = r"[\s._/()\\-]*"
# A side before or after the rest, behind a sign, or right at a digit: R01-L, 7 left, L-03, 12l.
_SIDE_MARKS = (
    re.compile(rf"(?P<rest>.*?[^\W_])(?:(?<=\d){_GAP}|{_GAP[:-1]}+)(?P<side>{_WORD})\)?"),
    re.compile(rf"\(?(?P<side>{_WORD})(?:{_GAP}(?=\d)|{_GAP[:-1]}+)(?P<rest>[^\W_].*)"),
)


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
    return " ".join(text.translate(_LOOKS).split())


def _plain(one: str) -> str:
    kind = unicodedata.category(one)
    if kind == "Pd" or one == "\u2212":
        return "-"
    if one == "\u2800":  # a Braille cell without dots
        return " "
    if kind == "Cf" or (kind == "Cc" and not one.isspace()) or _NOTHING_DRAWN.match(one):
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
    return code.translate(_DIGITS)


# What a code is compared without, one after the other, and how that is said.
_NEARLY: tuple[tuple[Callable[[str], str], str, str], ...] = (
    (_twins, "in letters and digits that look alike only, as P0l, PO1 and P01 do", ""),
    (str.casefold, "in capital letters only", ""),
    (_zeros, "in zeros only, as 7, 007 and 7.0 do", "; in a workbook, format the column as text"),
    (_signs, "in a dash, blank, point or the like only, as P-01, P 01 and P01 do", ""),
)


def check(source: Source, frame: DataFrame) -> list[Finding]:
    """Say which codes look the same or nearly so, and which are dates.

    The frame is as ``hipstudy.cohort_file.check`` gives it, with ``runner`` 0 where a row has no
    code that may be read.
    """
    if "runner_id" not in source.positions:
        return []
    cells = source.cells[source.positions["runner_id"]]
    firsts = cells[(frame["runner"] > 0).to_numpy()].drop_duplicates()
    written: dict[str, int] = {}  # each code as it is written, and its first place
    for at, cell in firsts.items():
        written.setdefault(" ".join(re.split("[ \t]+", str(cell).strip())), int(at))
    firsts_by_code, same = _same(written, look)
    findings = _paired(source, "same_look", same)
    for reduced, how, more in _NEARLY:
        rest, pairs = _same(firsts_by_code, reduced)
        # A code that has a finding gets no second one. What it was compared without stays away,
        # but for letters that look like digits: they may be capital and small letters too.
        firsts = set(rest.values())
        if reduced is _twins:
            rest = {one: at for one, at in firsts_by_code.items() if at in firsts}
        firsts_by_code = rest
        findings += _paired(source, "near_look", pairs, how=how, more=more)
    names = [at for code, at in written.items() if _is_like_a_name(code)]
    if len(names) > _MOSTLY * len(written) and len(written) > 1:
        findings.append(source.once("codes_like_names", column="runner_id", where=names))
    dates = [at for code, at in written.items() if is_date(code) or _POWER.fullmatch(code)]
    if dates:
        findings.append(source.once("code_is_date", column="runner_id", where=dates))
    return findings


def _is_like_a_name(code: str) -> bool:
    """Whether a code is words of letters, none of which is one of codes; a short one alone is none.

    Examples
    --------
    >>> [_is_like_a_name(code) for code in ("Anna", "Anna Berg", "ABC", "KT", "Runner", "P01")]
    [True, True, False, False, False, False]
    """
    words = re.split(r"[\s,._]+", code.strip())
    alone = len(words) == 1 and (len(code) < _NAME_LETTERS or not code.istitle())
    return (
        not alone
        and all(re.fullmatch(r"[^\W\d_]{2,}(?:['\u2019-][^\W\d_]+)*", word) for word in words)
        and _OF_CODES.isdisjoint(word.casefold() for word in words)
    )


def _same(
    places: dict[str, int], reduced: Callable[[str], str]
) -> tuple[dict[str, int], list[tuple[int, int]]]:
    """First place of each reduced code, and the places of those that are there already."""
    firsts: dict[str, int] = {}
    pairs = [(at, firsts.setdefault(reduced(code), at)) for code, at in places.items()]
    return firsts, [(at, first) for at, first in pairs if at != first]


def _paired(source: Source, rule: str, pairs: list[tuple[int, int]], **facts: str) -> list[Finding]:
    if not pairs:
        return []
    one = len(pairs) == 1
    codes, differ = ("1 code looks", "differs") if one else (f"{len(pairs):,} codes look", "differ")
    return [paired(source, rule, pairs, codes=codes, differ=differ, **facts)]


def paired(source: Source, rule: str, at: list[tuple[int, int]], **facts: object) -> Finding:
    """Say something of pairs of codes, once, with the first rows of both of each pair."""
    rows = [f"{source.rows[code]} and {source.rows[first]}" for code, first in at[:_PAIRS]]
    more = f" and {len(at) - _PAIRS:,} more pairs" if len(at) > _PAIRS else ""
    text = f"Rows {', '.join(rows)}{more}."
    return source.once(rule, column="runner_id", where=[at[0][0]], rows=text, **facts)


def nearly_alike(codes: Collection[str], others: Collection[str]) -> int:
    """How many codes differ from one of some others where people seldom mean a difference.

    Examples
    --------
    >>> nearly_alike({"P01", "P03"}, {"p01", "P-02"})
    1
    """

    def bare(code: str) -> str:
        for reduced, _, _ in _NEARLY:
            code = reduced(code)
        return code

    known = {bare(code) for code in others}
    return sum(bare(code) in known for code in codes)


def side_in_code(code: str) -> tuple[str, str] | None:
    """What a code is without the side in it, and the side; None where there is none.

    Examples
    --------
    >>> [side_in_code(code) for code in ("R01-L", "7 rechts", "left_03", "Karl")]
    [('r01', 'left'), ('7', 'right'), ('03', 'left'), None]
    """
    for mark in _SIDE_MARKS:
        if one := mark.fullmatch(code.casefold()):
            return one["rest"], _SIDE_OF[one["side"]]
    return None


def legs(source: Source, frame: DataFrame) -> list[Finding]:
    """Say which codes are the legs of one runner: an error where nothing speaks against it.

    The frame is as ``hipstudy.cohort_file.check`` gives it.
    """
    runners = _runners(frame)
    certain, likely = [], []
    by_rest: dict[str, dict[str, int]] = {}
    for runner, code in runners["runner_id"].items():
        if one := side_in_code(str(code)):
            by_rest.setdefault(one[0], {}).setdefault(one[1], int(runner))
    for both in by_rest.values():
        if len(both) == 2:
            left, right = runners.loc[both["left"]], runners.loc[both["right"]]
            alone = left["sides"] == right["sides"] == 1 and left["side"] != right["side"]
            pairs = certain if alone and _same_traits(left, right) else likely
            pairs.append((int(right["place"]), int(left["place"])))
    findings = []
    if certain:
        findings.append(paired(source, "two_legs", certain, pairs=_pairs(certain)))
    if likely:
        facts = {"pairs": _pairs(likely), "n": len(runners)}
        findings.append(paired(source, "maybe_two_legs", likely, **facts))
    return findings or _by_traits(source, runners)


def _runners(frame: DataFrame) -> DataFrame:
    """One row a runner: code, place of the first row, sides, and the first of each trait."""
    known = frame[(frame["runner"] > 0) & frame["side"].notna()]
    groups = known.assign(place=known.index).groupby("runner")
    firsts = groups[["runner_id", "place", "side", *TRAITS]].first()
    return firsts.assign(sides=groups["side"].nunique())


def _same_traits(one: DataFrame, other: DataFrame) -> bool:
    pairs = ((one[trait], other[trait]) for trait in TRAITS)
    return all(a == b or a != a or b != b or a is None or b is None for a, b in pairs)


def _by_traits(source: Source, runners: DataFrame) -> list[Finding]:
    """Codes that say nothing, of runners of one side who pair up by sex, age and mass."""
    single = runners[(runners["sides"] == 1) & runners[list(_TELLING)].notna().all(axis=1)]
    keys = [single["sex"].fillna(""), *(single[trait] for trait in _TELLING)]
    pairs = [
        (int(group["place"].max()), int(group["place"].min()))
        for _, group in single.groupby(keys, sort=False)
        if len(group) == 2 and group["side"].nunique() == 2
    ]
    if len(pairs) < _LEAST or 2 * len(pairs) < _SHARE * len(runners):
        return []
    facts = {"n": 2 * len(pairs), "of": len(runners)}
    return [paired(source, "legs_by_traits", pairs, **facts)]


def _pairs(pairs: list[tuple[int, int]]) -> str:
    return "1 pair of codes is" if len(pairs) == 1 else f"{len(pairs):,} pairs of codes are"
