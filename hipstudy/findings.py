"""What a check of a cohort file found: errors and warnings, each where it is and how to mend it."""

from dataclasses import dataclass

from hipstudy.problems import Problem

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
