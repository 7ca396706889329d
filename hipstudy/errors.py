"""What went wrong, said so that it can be mended: what, where, the value, the rule, the remedy."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_SHOWN = 60


def harmless(words: str) -> str:
    r"""Words that only show: control characters and marks that turn a line are spelt out.

    Examples
    --------
    >>> harmless("a\x1b[31mb\u202ec\nd")
    'a\\x1b[31mb\\u202ec d'
    """
    if words.isprintable():
        return words
    marks = (" " if one.isspace() else one for one in words)
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in marks)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Parameters
    ----------
    where
        File, sheet, row, column, or parameter name.
    found
        The value found, as text; shortened when shown. None where there is none to show.
    rule
        What the value should have been.
    mend
        What to do about it.
    """

    where: str
    found: str | None
    rule: str
    mend: str = ""

    def __str__(self) -> str:
        found = " ".join(str(self.found).split())
        if len(found) > _SHOWN:
            found = found[: _SHOWN - 3] + "..."
        said = "" if self.found is None else f"found {found!r}; "
        text = f"{self.where}: {said}{self.rule}"
        return harmless(f"{text}. {self.mend}" if self.mend else text)


class ProblemsFound(Exception):
    """All problems of one kind, in one go; ``exit_code`` is what a command ends with."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataProblems(ProblemsFound):
    """The data have problems (exit code 1)."""

    exit_code = 1


class UsageProblems(ProblemsFound):
    """The command, a parameter or a prescription is wrong (exit code 2)."""

    exit_code = 2


def nearest(name: str, names: Iterable[str]) -> str:
    """Say which valid name is nearest, or list them all.

    Examples
    --------
    >>> nearest("weaks", ["weeks", "sets"])
    'Did you mean weeks?'
    >>> nearest("q", ["weeks", "sets"])
    'Valid names: weeks, sets.'
    """
    valid = list(names)
    lower = {one.lower(): one for one in reversed(valid)}
    close = get_close_matches(name.lower(), lower, n=1, cutoff=0.5)
    return f"Did you mean {lower[close[0]]}?" if close else f"Valid names: {', '.join(valid)}."


ERROR, WARNING = "error", "warning"


@dataclass(frozen=True)
class Finding:
    """One thing found.

    Parameters
    ----------
    level
        ``error``: it cannot be used; ``warning``: it can, and somebody should look.
    file, sheet
        File name without its folder; sheet name, empty for text files.
    row
        Row in the file, the head being row 1 where it is the first; None for the whole file.
    column
        The column's name in the file; None for the whole row.
    found
        The value, as text; None where it must not be shown.
    rule, mend
        What it should have been, and what to do about it.
    common
        The rule as it is of every such cell, where ``rule`` is of one cell or counts them; empty
        where ``rule`` is that.
    rows
        How many rows it stands for, where these are more than the one that it names.
    """

    level: str
    file: str
    rule: str
    sheet: str = ""
    row: int | None = None
    column: str | None = None
    found: str | None = None
    mend: str = ""
    common: str = ""
    rows: int = 0

    @property
    def n_rows(self) -> int:
        """How many rows it stands for; 0 where it is about the whole file or column."""
        return self.rows or int(self.row is not None)

    @property
    def where(self) -> str:
        """File, sheet, row and column, as far as they are known."""
        parts = [self.file]
        parts += [f"sheet {self.sheet}"] if self.sheet else []
        parts += [f"row {self.row}"] if self.row is not None else []
        parts += [f"column {self.column}"] if self.column is not None else []
        return ", ".join(parts)

    def problem(self) -> Problem:
        """The same as a ``Problem``, for those who list problems."""
        return Problem(self.where, self.found, self.rule, self.mend)
