"""Answers of Google Forms and Microsoft Forms: a question a column, an answer sheet a row."""

import re
from collections.abc import Collection

from hipstudy.cohort_file.exports.export_reading import (
    ExportReading,
    column,
    free,
    name_list,
    names_of,
    note,
    part,
    with_head,
)
from hipstudy.cohort_file.limits import Raw, folded
from hipstudy.cohort_file.parse import is_date
from hipstudy.cohort_file.word_tables import word_table

_WORDS = {
    kind: frozenset(map(folded, words))
    for kind, words in word_table("vocabulary.toml")["forms"].items()
}
_QUIZ = re.compile(r"(?:points|feedback) ?[-\u2013] ?.+|total points|quiz feedback", re.IGNORECASE)
_HEAD = 3  # columns that Microsoft Forms has before all others: number, begin, end


def google(raw: Raw, names: list[str]) -> bool:
    """Whether the first column is the time at which Google Forms took an answer."""
    if folded(names[0]) not in _WORDS["timestamp"]:
        return False
    times = [cell for cell in column(raw, 0) if cell]
    return bool(times) and all(is_date(cell.split()[0]) for cell in times)


def microsoft(names: list[str]) -> bool:
    """Whether the first columns are those of Microsoft Forms."""
    first = [folded(name) for name in names[:_HEAD]]
    return (
        len(first) == _HEAD
        and first[0] == "id"
        and first[1] in _WORDS["start"]
        and first[2] in _WORDS["end"]
    )


def read_forms(raw: Raw, mapped_names: Collection[str]) -> ExportReading | None:
    """Read answers of a form; None where it is none.

    Parameters
    ----------
    raw
        Rows of the file.
    mapped_names
        Names that a mapping file has, folded: these columns stay.
    """
    names = names_of(raw.rows[0])
    is_google = google(raw, names)
    if not is_google and not microsoft(names):
        return None
    aside = {0} if is_google else set(range(_HEAD))
    for k in set(range(len(names))) - aside:
        plain, cells = folded(names[k]), {cell.casefold() for cell in column(raw, k) if cell}
        nobody = plain in _WORDS["personal"] and cells <= _WORDS["anonymous"]
        quiz = not is_google and _QUIZ.fullmatch(names[k]) is not None
        if nobody or quiz or (not is_google and plain in _WORDS["modified"]):
            aside.add(k)
    aside = free(names, aside, mapped_names)
    parts = (
        [part("export_aside", names=name_list([names[k] for k in sorted(aside)]))] if aside else []
    )
    what = "answers of Google Forms" if is_google else "answers of Microsoft Forms"
    return ExportReading(with_head(raw, drop=aside, rename={}), {}, (note(what, parts),))
