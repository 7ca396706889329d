"""Warnings of a cohort file's check, said again wherever a report is made of the file.

``hipstudy check`` lists each with its row and its value. A report is handed on, so here they are
one sentence for each rule, with columns and counts and without a cell's value.
"""

from collections import Counter
from collections.abc import Sequence

from hipstudy.errors import Finding
from hipstudy.finding_kinds import as_text, finding_kinds
from hipstudy.show import escape

_LONGEST = 300  # characters of a rule or of a value


def head(warnings: Sequence[Finding]) -> str:
    """How many warnings there are, and where each is listed.

    Examples
    --------
    >>> head([Finding("warning", "a.csv", "weeks are whole numbers")])
    'The cohort file was read with 1 warning. hipstudy check lists each with how to mend it.'
    """
    count = len(finding_kinds(warnings))
    sentence = f"The cohort file was read with {count:,} warning{'s' if count != 1 else ''}."
    return f"{sentence} hipstudy check lists each with how to mend it."


def sentences(warnings: Sequence[Finding]) -> list[str]:
    """One plain sentence for each kind, in the order of ``finding_kinds``.

    Examples
    --------
    >>> one = Finding("warning", "a.csv", "weeks are whole numbers", row=3, column="week")
    >>> sentences([one, one])
    ['Weeks are whole numbers: week (2 rows).']
    """
    kinds = finding_kinds(warnings)
    return [_sentence(kind.first.common or kind.first.rule, kind.findings) for kind in kinds]


def _sentence(rule: str, same: Sequence[Finding]) -> str:
    rows: Counter[str] = Counter()
    for one in same:
        rows[one.column or ""] += one.n_rows
    where = []
    for column, count in rows.items():
        count_text = f"{count:,} row{'s' if count != 1 else ''}" if count else ""
        where.append(f"{column} ({count_text})" if column and count_text else column or count_text)
    where += [one.value for one in same if one.value and not one.n_rows]  # it is no cell's value
    text = as_text(rule[:1].upper() + rule[1:], _LONGEST)
    listed = ", ".join(as_text(part, _LONGEST) for part in where if part)
    return f"{text}: {listed}." if listed else f"{text}."


def markdown(warnings: Sequence[Finding]) -> str:
    """A box for the front of a report; empty where nothing was warned of."""
    if not warnings:
        return ""
    items = [f"> - {escape(one)}" for one in sentences(warnings)]
    return "\n".join(["", "", f"> **{escape(head(warnings))}**", ">", *items])
