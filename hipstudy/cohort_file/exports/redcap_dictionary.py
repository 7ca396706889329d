"""A data dictionary of REDCap beside its export: labels of fields, and what codes mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hipstudy.cohort_file import read_csv
from hipstudy.cohort_file.limits import clean_name, folded
from hipstudy.errors import ProblemsFound

COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
PATTERN = "*DataDictionary*.csv"  # as REDCap calls it
_NAME, _LABEL, _TYPE, _CHOICES = (COLUMNS.index(COLUMNS[k]) for k in (0, 4, 3, 5))
_WITH_CHOICES = ("radio", "dropdown", "checkbox")
MAX_BYTES = 5_000_000


@dataclass(frozen=True, eq=False)
class RedcapDictionary:
    """What a data dictionary says.

    Parameters
    ----------
    file
        Its name.
    labels
        Label of each field by its name.
    choices
        Code -> what it means, of each field that has choices.
    """

    file: str
    labels: Mapping[str, str]
    choices: Mapping[str, Mapping[str, str]]


def choices_of(text: str) -> dict[str, str]:
    """What codes mean.

    Examples
    --------
    >>> choices_of("1, Left | 2, Right, or none")
    {'1': 'Left', '2': 'Right, or none'}
    """
    pairs = (one.partition(",") for one in text.split("|"))
    return {code.strip(): label.strip() for code, comma, label in pairs if comma}


def read_dictionary(content: bytes, file: str) -> RedcapDictionary | None:
    """Read a data dictionary; None where it is none."""
    try:
        raw = read_csv.read(content, file)
    except ProblemsFound:
        return None
    head = [clean_name(cell) for cell in raw.rows[0]] if raw.rows else []
    if [folded(one) for one in head[:6]] != [folded(one) for one in COLUMNS[:6]]:
        return None
    labels: dict[str, str] = {}
    choices: dict[str, Mapping[str, str]] = {}
    for row in raw.rows[1:]:
        cells = [*(cell or "" for cell in row), *[""] * len(COLUMNS)]
        name = cells[_NAME].strip()
        labels[name] = clean_name(cells[_LABEL])
        if cells[_TYPE].strip() in _WITH_CHOICES:
            choices[name] = choices_of(cells[_CHOICES])
    return RedcapDictionary(file, labels, choices)


def dictionary_beside(path: Path) -> RedcapDictionary | None:
    """The one data dictionary in the folder of an export; None where there is none, or several."""
    read = []
    for one in sorted(path.parent.glob(PATTERN)):
        if one.is_file() and one.name != path.name and one.stat().st_size <= MAX_BYTES:
            dictionary = read_dictionary(one.read_bytes(), one.name)
            read += [] if dictionary is None else [dictionary]
    return read[0] if len(read) == 1 else None
