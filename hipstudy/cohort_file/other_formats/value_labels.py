"""Codes that a file itself explains: by value labels of SPSS and Stata, by choices of REDCap."""

from collections.abc import Mapping, Sequence

from hipstudy.cohort_file.mapping_draft import guess
from hipstudy.cohort_file.schema import columns, find


def as_labelled(
    name: str, codes: Sequence[str | None], labels: Mapping[str | None, str]
) -> list[str | None]:
    """Codes as their labels, where all of a column have one and it is no column of numbers.

    A scale from 0 to 10 often has labels at its ends, or labels that repeat the number: its
    numbers stay.

    Examples
    --------
    >>> as_labelled("side", ["1", None, "2"], {"1": "Left", "2": "Right"})
    ['Left', None, 'Right']
    >>> as_labelled("tightness_nrs", ["0", "10"], {"0": "not at all", "10": "as tight as can be"})
    ['0', '10']
    >>> as_labelled("q7", ["0", "10"], {"0": "0 (not at all)", "10": "10 (as tight as can be)"})
    ['0', '10']
    """
    there = {code for code in codes if code is not None}
    plain = {code: text.strip() for code, text in labels.items() if code is not None}
    if not there or not there <= plain.keys() or _of_numbers(name):
        return list(codes)
    if all(plain[code].startswith(code) for code in there) or not all(plain[c] for c in there):
        return list(codes)
    return [None if code is None else plain[code] for code in codes]


def _of_numbers(name: str) -> bool:
    ours = find(name) or columns().get(guess(name)[0])
    return ours is not None and ours.kind == "number"
