"""An export of Qualtrics: a head of names, of question texts and, in text files, of import ids."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

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
from hipstudy.cohort_file.identifier_words import by_name
from hipstudy.cohort_file.limits import Raw, folded
from hipstudy.cohort_file.schema import find
from hipstudy.cohort_file.word_tables import word_table

_WORDS = {kind: words.split() for kind, words in word_table("vocabulary.toml")["qualtrics"].items()}
_OWN = frozenset(map(folded, (*_WORDS["aside"], *_WORDS["personal"])))
_ASIDE = frozenset(map(folded, _WORDS["aside"]))
_PREVIEW = frozenset(_WORDS["preview"])
_LEAST = 3  # of its own columns, by which it is mapped_names
_IMPORT = '{"ImportId"'


def is_qualtrics(raw: Raw) -> bool:
    """Whether the first rows are the head of an export of Qualtrics."""
    if len(raw.rows) < 2:
        return False
    own = sum(_folded(name) in _OWN for name in names_of(raw.rows[0]))
    ids = len(raw.rows) > 2 and _has_ids(raw, 2)
    # Below the names stand questions, so there is no date below StartDate.
    below = {folded(cell or "") for cell in raw.rows[1]}
    return ids or (own >= _LEAST and not below.isdisjoint({"startdate", "responseid", "status"}))


def _folded(name: str) -> str:
    """A name of a column of Qualtrics; "Duration (in seconds)" is Duration."""
    return folded(name.partition(" (")[0])


def _has_ids(raw: Raw, row: int) -> bool:
    cells = [cell.strip() for cell in raw.rows[row] if cell]
    return bool(cells) and 2 * sum(cell.startswith(_IMPORT) for cell in cells) > len(cells)


def read_qualtrics(raw: Raw, mapped_names: Collection[str]) -> ExportReading | None:
    """Read an export of Qualtrics; None where it is none.

    Parameters
    ----------
    raw
        Rows of the file.
    mapped_names
        Names that a mapping file has, folded: these columns keep them.
    """
    if not is_qualtrics(raw):
        return None
    names = names_of(raw.rows[0])
    questions = names_of([*raw.rows[1], *[None] * (len(names) - len(raw.rows[1]))])
    first = 3 if len(raw.rows) > 2 and _has_ids(raw, 2) else 2
    stay, n_preview = _without_preview(raw, names, first)
    raw = replace(
        raw,
        rows=[raw.rows[0], *(raw.rows[k] for k in stay)],
        numbers=[raw.numbers[0], *(raw.numbers[k] for k in stay)],
        findings=raw.findings,
    )
    aside = {k for k, name in enumerate(names) if _is_aside(raw, k, name)}
    aside = free(names, aside, mapped_names)
    rename = _questions(names, questions, aside, mapped_names)
    parts = [part("export_three_heads", rows=first)]
    if aside:
        parts.append(part("export_aside", names=name_list([names[k] for k in sorted(aside)])))
    if n_preview:
        parts.append(part("export_preview", n=n_preview))
    personal = [n for k, n in enumerate(names) if k not in aside and by_name(n)]
    if personal:
        parts.append(part("export_personal", names=name_list(personal)))
    sentence = note("an export of Qualtrics", parts)
    return ExportReading(with_head(raw, drop=aside, rename=rename), {}, (sentence,))


def _is_aside(raw: Raw, at: int, name: str) -> bool:
    """Whether a column is about the survey, or one of persons that has nothing in it."""
    plain = _folded(name)
    return plain in _ASIDE or (plain in _OWN and not any(column(raw, at)))


def _without_preview(raw: Raw, names: list[str], first: int) -> tuple[list[int], int]:
    """Rows that are no trial of the survey's author, and how many are."""
    rows = range(first, len(raw.rows))
    at = next((k for k, name in enumerate(names) if _folded(name) == "status"), None)
    if at is None:
        return list(rows), 0
    status = [folded((raw.rows[k][at] if at < len(raw.rows[k]) else "") or "") for k in rows]
    stay = [k for k, one in zip(rows, status, strict=True) if one not in _PREVIEW]
    return stay, len(status) - len(stay)


def _questions(
    names: list[str], questions: list[str], aside: Collection[int], mapped_names: Collection[str]
) -> dict[int, str]:
    """Question texts as names, where the column's own name says nothing."""
    count = Counter(map(folded, questions))
    return {
        k: question
        for k, (name, question) in enumerate(zip(names, questions, strict=True))
        if k not in aside
        and question
        and count[folded(question)] == 1
        and find(name.lower()) is None
        and folded(name) not in mapped_names
        and _folded(name) not in _OWN
        and not by_name(name)
    }
