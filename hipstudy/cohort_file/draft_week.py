"""The question for the week of a visit in a drafted mapping, where no column is near to it."""

import numpy as np

from hipstudy.cohort_file.draft_page import DraftPage
from hipstudy.cohort_file.identifier_words import is_person
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.parse import is_date
from hipstudy.cohort_file.reading import PERSONAL, FileReading
from hipstudy.cohort_file.row_kinds import HEADINGS
from hipstudy.cohort_file.sheet import Sheet

_DATED = 0.8  # of the cells of a column of dates


def ask_week(page: DraftPage, sheet: Sheet, reading: FileReading) -> None:
    """Ask which column has the week, where rows of a runner and side are several.

    Columns that look like dates are named, with what to do about them; a column that may tell who
    somebody is, such as that of dates of birth, never is.
    """
    places = [one.place for one in reading.columns]
    is_said = any(place is not None and (place.name == "week" or place.visit) for place in places)
    if is_said or HEADINGS in reading.doubtful or not _repeats(sheet, reading):
        return
    dates = [
        one.own
        for k, one in enumerate(reading.columns)
        if one.own and not one.is_read and one.rule != PERSONAL
        if not (is_person(one.own) or in_text(one.own) or is_date(one.own))
        if _is_dated(sheet, k)
    ]
    named = " and ".join(f'"{own}"' for own in dates)
    question = "no_week" if not dates else "dates" if len(dates) == 1 else "dates_from_start"
    page.ask(question, ['"..." = "week"'], column=named)


def _repeats(sheet: Sheet, reading: FileReading) -> bool:
    """Whether a runner and side have several rows."""
    keys = [
        k
        for k, one in enumerate(reading.columns)
        if one.place is not None and one.place.name in ("runner_id", "side")
    ]
    names = {reading.columns[k].place.name for k in keys}
    out = [k for at in reading.doubtful.values() for k in at]
    cells = sheet.cells.drop(index=sheet.cells.index[out])[keys].dropna()
    return "runner_id" in names and bool(cells.duplicated().any())


def _is_dated(sheet: Sheet, column: int) -> bool:
    texts = list(sheet.cells[column].dropna().unique())
    return bool(texts) and np.mean([is_date(text) for text in texts]) >= _DATED
