"""A data dictionary for REDCap from the columns of a cohort file: two instruments.

``runner`` is asked once a record; ``hip`` is repeated, once a side and visit. Its limits are those
of what can be true, so nobody is kept from typing what was measured.
"""

from pathlib import Path

from hipstudy.cohort_file.exports.redcap_dictionary import COLUMNS
from hipstudy.cohort_file.schema import CHOICES, Column, columns, own_names
from hipstudy.cohort_file.word_tables import word_table
from hipstudy.errors import Problem, UsageProblems
from hipstudy.files import write_new
from hipstudy.spreadsheet import rows_as_csv

FILE = "cohort_DataDictionary.csv"  # as REDCap calls it, so that it is found beside an export
ONCE = ("runner_id", "arm", "sex", "age_y")
_RATING = "NRS"  # its question is the label


def write_redcap_template(path: Path | None = None) -> Path:
    """Write the data dictionary; ``cohort_DataDictionary.csv`` in the current folder when None.

    Raises
    ------
    UsageProblems
        When a file of that name is there already, it does not end in .csv, or the folder or disk
        does not take it.
    """
    path = (path or Path(FILE)).expanduser()
    if path.suffix.lower() != ".csv":
        rule = "the name has to end in .csv"
        raise UsageProblems([Problem("--out", path.name or "nothing", rule, f"Such as {FILE}.")])
    return write_new({path: rows_as_csv(redcap_rows()).encode("utf-8")})[0]


def redcap_rows() -> list[tuple[str, ...]]:
    """The rows of the data dictionary, its head first."""
    names = [*ONCE, *(name for name in own_names() if name not in ONCE)]
    return [COLUMNS, *(_row(columns()[name]) for name in names)]


def _row(column: Column) -> tuple[str, ...]:
    words = word_table("redcap.en.toml")
    is_rating = column.unit == _RATING
    note = column.unit if is_rating else "; ".join(filter(None, (column.unit, column.how)))
    cells = {
        "Variable / Field Name": column.name,
        "Form Name": "runner" if column.name in ONCE else "hip",
        "Field Type": "text",
        "Field Label": column.how if is_rating else column.meaning,
        "Field Note": note,
        "Required Field?": "y" if column.need == "required" else "",
    }
    if column.kind == "yesno":
        cells["Field Type"] = "yesno"
    elif column.kind in CHOICES:
        choices = (f"{one}, {words[column.kind][one]}" for one in CHOICES[column.kind])
        cells["Field Type"] = "radio"
        cells["Choices, Calculations, OR Slider Labels"] = " | ".join(choices)
    elif column.possible is not None:
        cells["Text Validation Type OR Show Slider Number"] = "number"
        cells["Text Validation Min"], cells["Text Validation Max"] = (
            f"{end:g}" for end in column.possible
        )
    return tuple(cells.get(name, "") for name in COLUMNS)
