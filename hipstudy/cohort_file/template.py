"""Files to start from: an empty cohort file with its dictionary, and a copy of the example.

What they say of a column comes from ``hipstudy.cohort_file.schema``. Nothing is ever overwritten.
"""

import io
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from hipstudy.archives import DAY, without_time
from hipstudy.cohort_file.schema import CHOICES, FAMILY, columns, own_names
from hipstudy.errors import Problem, UsageProblems
from hipstudy.files import write_new
from hipstudy.resources import place
from hipstudy.spreadsheet import append, rows_as_csv

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

Kind = Literal["xlsx", "csv"]
KINDS: tuple[Kind, ...] = ("xlsx", "csv")
DICTIONARY = ("name", "meaning", "unit", "possible", "likely", "how to measure", "needed")
EXAMPLE = "example_cohort.csv"
_NEED = {"outcome": "one outcome at least"}
_SHOWN = "hagos_sport"  # stands for its family
_FORMATS = {"id": "@", "Nm/kg": "0.00", "deg extension": "0.0", "NRS": "0.0", "kg": "0.0"}
_WIDTHS = (24, 46, 15, 14, 14, 70, 20)  # of the dictionary, in characters
_LAST_ROW = 1_048_576  # of a sheet


def write_template(path: Path | None = None, kind: Kind | None = None) -> tuple[Path, ...]:
    """Write an empty cohort file, with a dictionary of its columns.

    Parameters
    ----------
    path
        File to write; ``cohort.xlsx`` or ``cohort.csv`` in the current folder when None.
    kind
        ``xlsx``, with the dictionary on a second sheet, or ``csv``, with the dictionary beside
        it; when None, what the path ends in, and ``xlsx`` without one.

    Returns
    -------
    tuple of pathlib.Path
        What was written, the file to fill in first.

    Raises
    ------
    UsageProblems
        When a file of that name is there already, the ending is another kind's, or the folder or
        disk does not take it.
    """
    path = (path or Path(f"cohort.{kind or KINDS[0]}")).expanduser()
    kind = _ending(path, (kind,) if kind else KINDS)
    if kind == "csv":
        beside = path.with_name(f"{path.stem}_dictionary{path.suffix}")
        tables = {path: [own_names()], beside: [DICTIONARY, *dictionary()]}
        # With the byte order mark by which Excel knows UTF-8.
        return write_new(
            {name: rows_as_csv(rows).encode("utf-8-sig") for name, rows in tables.items()}
        )
    return write_new({path: _xlsx()})


def copy_example(path: Path | None = None) -> Path:
    """Copy the synthetic example out of the package; to ``example_cohort.csv`` here when None.

    Raises
    ------
    UsageProblems
        As ``write_template``.
    """
    path = (path or Path(EXAMPLE)).expanduser()
    _ending(path, ("csv",))
    return write_new({path: place("data", EXAMPLE).read_bytes()})[0]


def _ending(path: Path, kinds: tuple[str, ...]) -> str:
    kind = path.suffix.lower().removeprefix(".")
    if kind not in kinds:
        rule = f"the name has to end in {' or '.join(f'.{one}' for one in kinds)}"
        mend = f"For example --out {path.stem or 'cohort'}.{kinds[0]}"
        raise UsageProblems([Problem("--out", path.name or "nothing", rule, mend)])
    return kind


def dictionary() -> list[tuple[str, ...]]:
    """One row per column, as ``DICTIONARY`` names them."""
    rows = []
    for column in columns().values():
        name, meaning = column.name, column.meaning
        if name == FAMILY:
            name, meaning = _SHOWN, f"{meaning} (any column that begins with {FAMILY})"
        ends = _span(column.possible), _span(column.plausible)
        need = _NEED.get(column.need, column.need)
        rows.append((name, meaning, column.unit, *ends, column.how, need))
    return rows


def _span(ends: tuple[float, float] | None) -> str:
    """Range in words; with a minus sign, as a spreadsheet may take a hyphen for a formula."""
    return " to ".join(f"{end:g}" for end in ends).replace("-", "\u2212") if ends else ""


def _xlsx() -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.properties.creator = "hipstudy"
    book.properties.created = DAY
    book.active.title = "cohort"
    _fill_in(book.active)
    _explain(book.create_sheet("dictionary"))
    made = io.BytesIO()
    book.save(made)
    return without_time(made.getvalue())


def _head(sheet: "Worksheet", names: tuple[str, ...]) -> None:
    from openpyxl.styles import Font

    append(sheet, names)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"


def _fill_in(sheet: "Worksheet") -> None:
    """The sheet for the data: a head, and what its columns take."""
    from openpyxl.worksheet.datavalidation import DataValidation

    _head(sheet, own_names())
    lists = {}
    for kind, choices in CHOICES.items():
        lists[kind] = DataValidation(
            "list", f'"{",".join(choices)}"', allow_blank=True, showErrorMessage=True
        )
        lists[kind].error = f"{' or '.join(choices)}, or empty"
        sheet.add_data_validation(lists[kind])
    for cell in sheet[1]:
        column, letter = columns()[cell.value], cell.column_letter
        shape = sheet.column_dimensions[letter]
        shape.width = max(10, len(cell.value) + 3)
        whole = "0" if column.kind == "number" else "General"
        shape.number_format = _FORMATS.get(column.unit or column.kind, whole)
        if column.kind in lists:
            lists[column.kind].add(f"{letter}2:{letter}{_LAST_ROW}")


def _explain(sheet: "Worksheet") -> None:
    from openpyxl.styles import Alignment

    _head(sheet, DICTIONARY)
    for row in dictionary():
        append(sheet, row)
    for cells, width in zip(sheet.columns, _WIDTHS, strict=True):
        sheet.column_dimensions[cells[0].column_letter].width = width
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
