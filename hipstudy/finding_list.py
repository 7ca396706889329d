"""What a check found, as lines for a terminal or a pipe; everything from the file is plain text."""

import textwrap
from collections.abc import Sequence
from dataclasses import replace

from hipstudy.errors import ERROR, WARNING, Finding
from hipstudy.finding_kinds import FindingKind, as_text, finding_kinds, value, where
from hipstudy.short_repr import fact_table

_VALUE = 60


class Findings(tuple[Finding, ...]):
    """What a check found in a file, cell by cell; what is shown of it has each kind once."""

    file: str

    @classmethod
    def of(cls, file: str, findings: Sequence[Finding]) -> "Findings":
        """The findings of a file of this name."""
        made = cls(findings)
        made.file = file
        return made

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What must be mended before the file can be used."""
        return tuple(one for one in self if one.level == ERROR)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What somebody should look at."""
        return tuple(one for one in self if one.level != ERROR)

    def __repr__(self) -> str:
        return summary(self.file, self)

    def _repr_html_(self) -> str:
        first = {f"{n}": line for n, line in enumerate(lines(self)[:5], start=1)}
        counts = {f"{level}s": _count(self, level) for level in (ERROR, WARNING)}
        return fact_table(repr(self), counts | first)


def lines(findings: Sequence[Finding], width: int | None = None) -> list[str]:
    """List what was found, each kind once, as ``finding_kinds`` has them.

    For a terminal of this width they stand under heads, with their rows below, wrapped. Without a
    width each is one line, with nothing cut.
    """
    kinds = finding_kinds(findings)
    if width is None:
        return [_line(kind) for kind in kinds]
    texts: list[str] = []
    for level in (ERROR, WARNING):
        group = [kind for kind in kinds if kind.first.level == level]
        if group:
            texts += [*([""] if texts else []), f"{level.upper()}S"]
        for kind in group:
            texts += _group(kind, max(width, 40))
    return texts


def _line(kind: FindingKind) -> str:
    first, mend = kind.first, f". {as_text(kind.mend)}" if kind.mend else ""
    if len(kind.findings) == 1:
        value_text = f"found '{value(first)}'; " if value(first) else ""
        place = as_text(first.where, 3 * _VALUE)
        return f"{first.level}: {place}: {value_text}{as_text(kind.rule)}{mend}"
    problem = kind.problem()
    place, mend = as_text(problem.where, 3 * _VALUE), as_text(problem.mend)
    return f"{first.level}: {place}: {as_text(problem.rule)}. {mend}"


def _group(kind: FindingKind, width: int) -> list[str]:
    """The rule once, then where."""
    columns = kind.columns
    only = next(iter(columns))
    of_one = len(columns) == 1
    name = f"column {as_text(only, _VALUE)}: " if of_one and only is not None else ""
    mend = f". {as_text(kind.mend)}" if kind.mend else ""
    found = where(columns[only]) if of_one else kind.places
    if len(kind.findings) == 1 and kind.first.hint:  # it is in the mend
        found = where([replace(kind.first, hint="")])
    if len(kind.findings) == 1 and kind.first.rows:
        found = f"row {kind.first.row}" + (f" '{value(kind.first)}'" if value(kind.first) else "")
    found = f"found {found}" if found.startswith("'") else found
    sheet = kind.first.sheet and f"sheet {as_text(kind.first.sheet, _VALUE)}"
    places = ", ".join(part for part in (sheet if found else "", found) if part)
    return [
        line
        for text, indent in ((f"{name}{as_text(kind.rule)}{mend}", "  "), (places, "    "))
        for line in textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent)
    ]


def error_and_warning_counts(findings: Sequence[Finding]) -> str:
    """How many errors and warnings there are, each kind once.

    Examples
    --------
    >>> error_and_warning_counts([Finding("error", "a.csv", "a rule")])
    '1 error, no warnings'
    """
    counts = {level: _count(findings, level) for level in (ERROR, WARNING)}
    words = (f"{n or 'no'} {level}" + ("" if n == 1 else "s") for level, n in counts.items())
    return ", ".join(words)


def _count(findings: Sequence[Finding], level: str) -> int:
    return sum(kind.first.level == level for kind in finding_kinds(findings))


def summary(file: str, findings: Sequence[Finding]) -> str:
    """One sentence: what was found, and whether the file can be used."""
    usable = not any(finding.level == ERROR for finding in findings)
    use = "it can be used" if usable else "it cannot be used until the errors are mended"
    return f"{as_text(file, _VALUE)}: {error_and_warning_counts(findings)}; {use}."
