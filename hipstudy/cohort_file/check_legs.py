"""Two legs of one runner that are written as two runners: half of such a cohort does not exist.

No code is ever shown.
"""

import re

from pandas import DataFrame

from hipstudy.cohort_file.findings import Source
from hipstudy.cohort_file.mapping_draft import WORDS
from hipstudy.cohort_file.runner_codes import paired
from hipstudy.errors import ERROR, WARNING, Finding

TRAITS = ("sex", "age_y", "mass_kg")
_TELLING = ("age_y", "mass_kg")  # those that two people seldom share, both together
_SHARE = 0.5  # of the runners of one side: so many that pair up by their traits are said
_LEAST = 3  # pairs; one pair of the same age and mass is chance
_SIDE_OF = {word: side for side, words in WORDS["side"].items() for word in words.split()}
_WORD = "|".join(sorted(_SIDE_OF, key=len, reverse=True))
_GAP = r"[\s._/()\\-]*"
# A side before or after the rest, behind a sign, or right at a digit: R01-L, 7 left, L-03, 12l.
_MARKS = (
    re.compile(rf"(?P<rest>.*?[^\W_])(?:(?<=\d){_GAP}|{_GAP[:-1]}+)(?P<side>{_WORD})\)?"),
    re.compile(rf"\(?(?P<side>{_WORD})(?:{_GAP}(?=\d)|{_GAP[:-1]}+)(?P<rest>[^\W_].*)"),
)
_MEND = "Give both legs of a runner the same runner_id, and say in the column side which it is."


def side_in_code(code: str) -> tuple[str, str] | None:
    """What a code is without the side in it, and the side; None where there is none.

    Examples
    --------
    >>> [side_in_code(code) for code in ("R01-L", "7 rechts", "left_03", "Karl")]
    [('r01', 'left'), ('7', 'right'), ('03', 'left'), None]
    """
    for mark in _MARKS:
        if one := mark.fullmatch(code.casefold()):
            return one["rest"], _SIDE_OF[one["side"]]
    return None


def check(source: Source, frame: DataFrame) -> list[Finding]:
    """Say which codes are the legs of one runner: an error where nothing speaks against it.

    Parameters
    ----------
    source
        The sheet.
    frame
        As ``hipstudy.cohort_file.check`` gives it.
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
            (certain if alone and _same(left, right) else likely).append(
                (int(right["place"]), int(left["place"]))
            )
    findings = []
    if certain:
        rule = (
            f"{_pairs(certain)} alike but for left and right, and each has the one side only: "
            "these are the two legs of one runner, and would be counted as two"
        )
        findings.append(paired(source, ERROR, certain, rule, _MEND))
    if likely:
        rule = (
            f"{_pairs(likely)} alike but for left and right: where they are the two legs of one "
            f"runner, {len(runners):,} runners are too many"
        )
        findings.append(paired(source, WARNING, likely, rule, _MEND))
    return findings or _by_traits(source, runners)


def _runners(frame: DataFrame) -> DataFrame:
    """One row a runner: code, place of the first row, sides, and the first of each trait."""
    known = frame[(frame["runner"] > 0) & frame["side"].notna()]
    groups = known.assign(place=known.index).groupby("runner")
    firsts = groups[["runner_id", "place", "side", *TRAITS]].first()
    return firsts.assign(sides=groups["side"].nunique())


def _same(one: DataFrame, other: DataFrame) -> bool:
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
    rule = (
        f"{2 * len(pairs):,} of {len(runners):,} runners have one side only and pair up as left "
        "and right of the same sex, age and mass: where they are legs of the same runners, so "
        "many are counted twice"
    )
    return [paired(source, WARNING, pairs, rule, _MEND)]


def _pairs(pairs: list[tuple[int, int]]) -> str:
    return "1 pair of codes is" if len(pairs) == 1 else f"{len(pairs):,} pairs of codes are"
