"""Codes that a file itself explains: by value labels of SPSS and Stata, by choices of REDCap."""

from collections.abc import Mapping, Sequence

from hipstudy.cohort_file.head_words import guess
from hipstudy.cohort_file.schema import find


def as_labelled(
    name: str, codes: Sequence[str | None], labels: Mapping[str | None, str]
) -> list[str | None]:
    """Codes as their labels, where all of a column have one and it is no column of numbers.

    A scale from 0 to 10 often has labels at its ends, or labels that repeat the number: its
    numbers stay. Its name, or the question that it answers, tells what it is about.

    Examples
    --------
    >>> as_labelled("side", ["1", None, "2"], {"1": "Left", "2": "Right"})
    ['Left', None, 'Right']
    >>> as_labelled("q7", ["0", "10"], {"0": "not at all", "10": "as tight as can be"})
    ['0', '10']
    >>> as_labelled("Tightness", ["1", "2"], {"1": "hardly", "2": "somewhat"})
    ['1', '2']
    >>> as_labelled("q7", ["0", "1"], {"0": "0 (not at all)", "1": "1 (hardly)"})
    ['0', '1']
    """
    there = {code for code in codes if code is not None}
    plain = {code: text.strip() for code, text in labels.items() if code is not None}
    ours = find(guess(name)[0])
    if ours is not None and ours.kind == "number":
        return list(codes)
    if not there or not there <= plain.keys() or not all(plain[code] for code in there):
        return list(codes)
    if _ends_of_scale(plain) or all(plain[code].startswith(code) for code in there):
        return list(codes)
    return [None if code is None else plain[code] for code in codes]


def _ends_of_scale(labels: Mapping[str, str]) -> bool:
    """Whether two numbers have labels that do not follow each other, such as 0 and 10."""
    if len(labels) != 2 or not all(code.lstrip("-").isdecimal() for code in labels):
        return False
    low, high = sorted(map(int, labels))
    return high - low > 1
