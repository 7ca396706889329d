"""What a check found, as lines for a terminal or a pipe; everything from the file is plain text."""

import textwrap
from collections.abc import Sequence

from hipstudy.errors import ERROR, WARNING, Finding, harmless
from hipstudy.short_repr import fact_table

_VALUE = 60


class Findings(tuple[Finding, ...]):
    """What a check found in a file; its length, ``errors`` and ``warnings`` count it."""

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
        first = {f"{n}": _line(one) for n, one in enumerate(self[:5], start=1)}
        counts = {"errors": len(self.errors), "warnings": len(self.warnings)}
        return fact_table(repr(self), counts | first)


def as_text(words: str, length: int = 600) -> str:
    """Words in one line that only shows, as ``harmless`` has it, cut to a length."""
    line = harmless(" ".join(words[: 4 * length].split()))
    return line if len(line) <= length else line[: length - 3] + "..."


def value(finding: Finding) -> str:
    """The value found; empty where there is none to show."""
    return "" if finding.value is None else as_text(finding.value, _VALUE)


def lines(findings: Sequence[Finding], width: int | None = None) -> list[str]:
    """List findings in their order.

    For a terminal of this width they are grouped, with room between them, and wrapped. Without a
    width each is one line, with nothing cut.
    """
    if width is None:
        return [_line(finding) for finding in findings]
    texts: list[str] = []
    for level in (ERROR, WARNING):
        group = [finding for finding in findings if finding.level == level]
        if group:
            texts += [*([""] if texts else []), f"{level.upper()}S"]
        by_rule: dict[tuple[str, str | None, str], list[Finding]] = {}
        for finding in group:
            by_rule.setdefault((finding.rule, finding.column, finding.mend), []).append(finding)
        for same in by_rule.values():
            texts += _group(same, max(width, 40))
    return texts


def _line(finding: Finding) -> str:
    value_text = f"found '{value(finding)}'; " if value(finding) else ""
    mend = f". {as_text(finding.mend)}" if finding.mend else ""
    place = as_text(finding.where, 3 * _VALUE)
    return f"{finding.level}: {place}: {value_text}{as_text(finding.rule)}{mend}"


def _group(same: Sequence[Finding], width: int) -> list[str]:
    """Cells that break one rule of one column: the rule once, then where."""
    first = same[0]
    column = f"column {as_text(first.column, _VALUE)}: " if first.column is not None else ""
    rule = f"{column}{as_text(first.rule)}" + (f". {as_text(first.mend)}" if first.mend else "")
    rows = [
        f"row {finding.row}" + (f" '{value(finding)}'" if value(finding) else "")
        for finding in same
        if finding.row is not None
    ]
    if not rows and value(first):
        rows = [f"found '{value(first)}'"]
    sheet = f"sheet {as_text(first.sheet, _VALUE)}, " if first.sheet and rows else ""
    return [
        line
        for text, indent in ((rule, "  "), (sheet + ", ".join(rows), "    "))
        for line in textwrap.wrap(text, width, initial_indent=indent, subsequent_indent=indent)
    ]


def error_and_warning_counts(findings: Sequence[Finding]) -> str:
    """How many errors and warnings there are.

    Examples
    --------
    >>> error_and_warning_counts([Finding("error", "a.csv", "a rule")])
    '1 error, no warnings'
    """
    counts = {level: sum(one.level == level for one in findings) for level in (ERROR, WARNING)}
    words = (f"{n or 'no'} {level}" + ("" if n == 1 else "s") for level, n in counts.items())
    return ", ".join(words)


def summary(file: str, findings: Sequence[Finding]) -> str:
    """One sentence: what was found, and whether the file can be used."""
    usable = not any(finding.level == ERROR for finding in findings)
    use = "it can be used" if usable else "it cannot be used until the errors are mended"
    return f"{as_text(file, _VALUE)}: {error_and_warning_counts(findings)}; {use}."
