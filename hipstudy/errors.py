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
    """One thing that is wrong."""

    where: str  # file, sheet, or parameter name
    # What stood there, as text; shortened when shown. None where there is none to show.
    value: str | None
    rule: str  # what the value should have been
    mend: str = ""  # what to do about it
    # Row in the file, and the column's name; None where it is about more than one.
    row: int | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        """Where it is, in words: file or parameter, row and column, as far as they are known."""
        row = "" if self.row is None else f", row {self.row}"
        return f"{self.where}{row}" + ("" if self.column is None else f", column {self.column}")

    def __str__(self) -> str:
        value = " ".join(str(self.value).split())
        if len(value) > _SHOWN:
            value = value[: _SHOWN - 3] + "..."
        stood = "" if self.value is None else f"found {value!r}; "
        text = f"{self.place}: {stood}{self.rule}"
        return harmless(f"{text}. {self.mend}" if self.mend else text)


class ProblemsFound(Exception):
    """All problems of one kind, in one go; ``exit_code`` is what a command ends with."""

    exit_code = 1

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class DataProblems(ProblemsFound):
    """The data have problems (exit code 1)."""


class UsageProblems(ProblemsFound):
    """The command, a parameter or a prescription is wrong (exit code 2)."""

    exit_code = 2


class AlteredAfterMade(Exception):
    """Something that hipstudy wrote is not as it was written (exit code 3)."""

    exit_code = 3


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
GUESS = "guess"


@dataclass(frozen=True)
class Finding:
    """One thing that a check has to say of a file."""

    level: str  # ``error``: it cannot be used; ``warning``: it can, and somebody should look
    file: str  # its name without the folder
    rule: str  # what it should have been
    sheet: str = ""  # empty for text files
    # Row in the file, the head being row 1 where it is the first; None for the whole file.
    row: int | None = None
    column: str | None = None  # the column's name in the file; None for the whole row
    value: str | None = None  # what stands there, as text; None where it must not be shown
    mend: str = ""  # what to do about it
    # The rule of every such cell, where ``rule`` is of one cell or counts them; empty otherwise.
    common: str = ""
    rows: int = 0  # how many rows it stands for, where these are more than the one that it names
    spans: str = ""  # numbers of those rows, in words
    common_mend: str = ""  # what to do about every such cell, where ``mend`` is of one
    hint: str = ""  # what this one may have been meant to be; it is in ``mend`` as well
    # ``guess``: something was read as one of several things that it can be. Of warnings only.
    kind: str = ""

    @property
    def n_rows(self) -> int:
        """How many rows it stands for; 0 where it is about the whole file or column."""
        return self.rows or int(self.row is not None)

    @property
    def where(self) -> str:
        """File, sheet, row and column, as far as they are known."""
        return self.problem().place

    def problem(self) -> Problem:
        """The same as a ``Problem``, for those who list problems."""
        file = f"{self.file}, sheet {self.sheet}" if self.sheet else self.file
        return Problem(file, self.value, self.rule, self.mend, self.row, self.column)
