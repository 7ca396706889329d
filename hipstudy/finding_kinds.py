"""What a check found, by kind: each kind once, with its columns and rows, the worst first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from hipstudy.errors import ERROR, GUESS, Finding, Problem, harmless

_SPANS = 6
_VALUES = 6
_LENGTH = 60


def as_text(words: str, length: int = 600) -> str:
    """Words in one line that only shows, as ``harmless`` has it, cut to a length."""
    line = harmless(" ".join(words[: 4 * length].split()))
    return line if len(line) <= length else line[: length - 3] + "..."


def value(finding: Finding) -> str:
    """The value found; empty where there is none to show."""
    return "" if finding.value is None else as_text(finding.value, _LENGTH)


def spans(rows: Iterable[int], most: int = _SPANS) -> str:
    """Row numbers in few words, so many spans at most, and how many rows more.

    Examples
    --------
    >>> spans([2, 3, 4, 9]), spans(range(1, 99, 2))
    ('2-4, 9', '1, 3, 5, 7, 9, 11 and 43 more')
    """
    import numpy as np  # slow to load, and most commands find nothing

    is_array = isinstance(rows, np.ndarray)
    numbers = rows if is_array else np.fromiter(rows, dtype=np.int64)
    if np.any(np.diff(numbers) <= 0):
        numbers = np.unique(numbers)
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    parts = [f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs[:most]]
    more = sum(len(run) for run in runs[most:])
    return ", ".join(parts) + (f" and {more:,} more" if more else "")


@dataclass(frozen=True)
class FindingKind:
    """Findings that say the same of one or more cells, columns or rows.

    Parameters
    ----------
    findings
        In their order; one or more.
    """

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The finding that stands for its kind."""
        return self.findings[0]

    @property
    def rule(self) -> str:
        """What it should have been: of the one finding, or of all."""
        one = self.first
        return one.rule if len(self.findings) == 1 else one.common or one.rule

    @property
    def mend(self) -> str:
        """What to do about it, without what is a single one's own where there are several."""
        if len(self.findings) == 1:
            return self.first.mend
        mends = dict.fromkeys(one.common_mend or one.mend for one in self.findings)
        return " ".join(list(mends)[:3])

    @property
    def columns(self) -> dict[str | None, tuple[Finding, ...]]:
        """Columns in the file, each with its findings; None for whole rows or the whole file."""
        by_column: dict[str | None, list[Finding]] = {}
        for one in self.findings:
            by_column.setdefault(one.column, []).append(one)
        return {column: tuple(same) for column, same in by_column.items()}

    @property
    def places(self) -> str:
        """Columns that it is about, each with its rows, in words."""
        parts = []
        for column, same in self.columns.items():
            name = "" if column is None else f"column {as_text(column, _LENGTH)}"
            parts.append(": ".join(part for part in (name, where(same)) if part))
        return "; ".join(part for part in parts if part)

    def problem(self) -> Problem:
        """The same as a ``Problem``, for those who list problems."""
        first, places = self.first, self.places
        if len(self.findings) == 1:
            return first.problem()
        file = f"{first.file}, sheet {first.sheet}" if first.sheet else first.file
        mend = f"{self.mend} {places[:1].upper()}{places[1:]}.".strip()
        return Problem(file, None, self.rule, mend)


def finding_kinds(findings: Iterable[Finding]) -> tuple[FindingKind, ...]:
    """Findings by kind: errors in the order in which to mend them, then guesses, then notes.

    Examples
    --------
    >>> rule = "the rule is yes or no"
    >>> kinds = finding_kinds(Finding("error", "a.csv", rule, row=row) for row in (2, 3, 7))
    >>> len(kinds), where(kinds[0].findings)
    (1, 'rows 2-3, 7')
    """
    by_kind: dict[tuple[object, ...], list[Finding]] = {}
    for one in findings:
        key = (one.level, one.file, one.sheet, one.common or one.rule)
        by_kind.setdefault(key, []).append(one)
    kinds = [FindingKind(tuple(same)) for same in by_kind.values()]
    return tuple(sorted(kinds, key=lambda kind: _urgency(kind.first)))


def _urgency(finding: Finding) -> int:
    return 0 if finding.level == ERROR else 1 if finding.kind == GUESS else 2


def where(findings: Sequence[Finding]) -> str:
    """Rows of one column in words, each value with the rows where it stands.

    Examples
    --------
    >>> cells = ((4, "x"), (5, "x"), (9, "y"))
    >>> where([Finding("error", "a.csv", "a rule", row=row, value=value) for row, value in cells])
    "rows 4-5 'x', row 9 'y'"
    >>> where([Finding("error", "a.csv", "a rule", row=4, value="x", rows=1, spans="4")])
    "row 4 'x'"
    """
    by_value: dict[str, list[int]] = {}
    for one in findings:
        if one.row is not None and not one.rows:
            by_value.setdefault(value(one), []).append(one.row)
    texts = [
        f"row{'s' if len(rows) > 1 else ''} {spans(rows)}" + (f" '{text}'" if text else "")
        for text, rows in list(by_value.items())[:_VALUES]
    ]
    if more := sum(len(rows) for rows in list(by_value.values())[_VALUES:]):
        texts.append(f"{more:,} more row{'s' if more > 1 else ''}")
    for one in findings:
        if one.rows:
            found = f" '{value(one)}'" if value(one) else ""
            if list(by_value) == [""] and len(texts) == 1 and not found:  # the same rows go on
                texts[0] += f", {one.spans or one.row}"
                continue
            rows = "row" if one.rows == 1 else "rows"
            more_words = f"{one.rows:,} more {rows}: " if texts else f"{rows} "
            texts.append(f"{more_words}{one.spans or one.row}{found}")
        elif one.row is None and value(one):
            texts.append(f"'{value(one)}'")
    hints = dict.fromkeys(one.hint.strip() for one in findings if one.hint.strip())
    return ", ".join(texts) + (f" ({' '.join(hints)})" if hints else "")
