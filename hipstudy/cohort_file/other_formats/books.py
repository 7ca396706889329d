"""A workbook whose sheets are rows already, as ``read_xlsx`` takes one sheet out of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hipstudy.cohort_file.xlsx_xml import GridRow


@dataclass(frozen=True, eq=False)
class RowsBook:
    """Sheets as rows.

    Parameters
    ----------
    sheets
        Rows of each sheet by its name, in order.
    unseen
        Names of sheets that a spreadsheet program does not show.
    merged
        Merged ranges of each sheet, by its name.
    """

    sheets: Mapping[str, "list[GridRow]"]
    unseen: frozenset[str] = frozenset()
    merged: Mapping[str, list[str]] = field(default_factory=dict)

    def rows(self, name: str, merged: list[str] | None = None) -> "Iterator[GridRow]":
        """Rows of a sheet, from the top; ``merged`` takes in its merged ranges."""
        if merged is not None:
            merged += self.merged.get(name, ())
        yield from self.sheets[name]
