"""Codes that a file itself explains: by value labels of SPSS and Stata, by choices of REDCap."""

from collections.abc import Mapping, Sequence

from hipstudy.cohort_file.head_words import guess
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.schema import find
from hipstudy.cohort_file.visit_words import read_visit


def as_labelled(
    name: str, codes: Sequence[str | None], labels: Mapping[str | None, str]
) -> list[str | None]:
    """Codes as their labels, where all of a column have one and it is no column of numbers.

    A scale from 0 to 10 often has labels at its ends, or labels that repeat the number: its
    numbers stay. Its name, or the question that it answers, tells what it is about. A visit's label
    says when it was: codes of visits stay only where their labels say nothing else.

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
    >>> as_labelled("week", ["0", "1"], {"0": "baseline", "1": "6 weeks"})
    ['baseline', '6 weeks']
    """
    there = {code for code in codes if code is not None}
    plain = {code: text.strip() for code, text in labels.items() if code is not None}
    ours = find(guess(name)[0])
    if ours.name == "week" if ours is not None else any(map(_is_sure_visit, plain.values())):
        return _visits(codes, plain)
    if ours is not None and ours.kind == "number":
        return list(codes)
    if not there or not there <= plain.keys() or not all(plain[code] for code in there):
        return list(codes)
    if _ends_of_scale(plain) or all(plain[code].startswith(code) for code in there):
        return list(codes)
    return [None if code is None else plain[code] for code in codes]


def _is_sure_visit(label: str) -> bool:
    visit = read_visit(label)
    return visit is not None and visit.sure


def _visits(codes: Sequence[str | None], labels: Mapping[str, str]) -> list[str | None]:
    """Codes of visits as their labels, where a label says more than the code's own number.

    A code without a label is then no week, and is said to have none.
    """
    there = [code for code in dict.fromkeys(codes) if code is not None]
    if all(_same_week(code, labels[code]) for code in there if labels.get(code)):
        return list(codes)
    said = {code: labels.get(code) or f"{code} (no label)" for code in there}
    return [None if code is None else said[code] for code in codes]


def _same_week(code: str, label: str) -> bool:
    """Whether a label says that the code is a number of weeks, or only repeats it."""
    visit, own = read_visit(label), read_visit(code)
    if own is None or own.week is None:
        return folded(code) == folded(label)
    if visit is not None and visit.week is not None:
        return visit.week == own.week
    return False


def _ends_of_scale(labels: Mapping[str, str]) -> bool:
    """Whether two numbers have labels that do not follow each other, such as 0 and 10."""
    if len(labels) != 2 or not all(code.lstrip("-").isdecimal() for code in labels):
        return False
    low, high = sorted(map(int, labels))
    return high - low > 1
