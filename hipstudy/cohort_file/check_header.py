"""The head of a cohort file: which columns it has, which it lacks, and which are not read."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from hipstudy.cohort_file.findings import MOST, Source, brief
from hipstudy.cohort_file.identifier_words import by_name
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.mapping_draft import value_like
from hipstudy.cohort_file.parse import MISSING, is_date
from hipstudy.cohort_file.schema import FAMILY, columns, find, outcomes
from hipstudy.errors import ERROR, WARNING, Finding

_CLOSE = 0.6  # of two names that may be meant as one
_OWN_NAMES = "Own names are translated by a mapping file: hipstudy check FILE --suggest-mapping"


def positions(header: Sequence[str], skipped: frozenset[int] = frozenset()) -> dict[str, int]:
    """Position of each column of the format; the first where a name occurs twice."""
    places: dict[str, int] = {}
    for position, name in enumerate(header):
        if position not in skipped and find(name) is not None:
            places.setdefault(name, position)
    return places


def display_names(header: Sequence[str], *, has_head: bool) -> tuple[str, ...]:
    """Names as they may be written: a file without a head has values where names should be.

    Parameters
    ----------
    header
        Names in the file.
    has_head
        Whether any is a name of the format, or translated to one.

    Examples
    --------
    >>> display_names(["side", "Zoe Quux", "a@b.org"], has_head=True)
    ('side', 'Zoe Quux', 'column 3')
    >>> display_names(["Side", "Zoe Quux", "E-mail"], has_head=False)
    ('Side', 'column 2', 'E-mail')
    """
    return tuple(
        brief(name) if _is_title(name, has_head) else f"column {position}"
        for position, name in enumerate(header, start=1)
    )


def _is_title(name: str, has_head: bool) -> bool:
    if not name.strip() or in_text(name) or is_date(name):
        return False
    return has_head or bool(by_name(name)) or bool(_near(name, _names()))


def _names() -> list[str]:
    return [name for name in columns() if name != FAMILY]


def _near(name: str, names: Iterable[str]) -> str:
    """The nearest of some names, in lower case; empty where none is near."""
    close = get_close_matches(name.lower()[:80], names, n=1, cutoff=_CLOSE)
    return close[0] if close else ""


def check(
    source: Source,
    header: Sequence[str],
    personal: frozenset[int],
    with_error: Collection[str | None],
) -> list[Finding]:
    """Check the head.

    Parameters
    ----------
    source
        The sheet.
    header
        Its names, translated.
    personal
        Positions that are refused for what they tell.
    with_error
        Names in the file that an error was said of while it was read.
    """
    unread = [
        position
        for position, name in enumerate(header)
        if name and position not in personal and source.positions.get(name) != position
    ]
    findings = _missing(source, header, unread)
    if not source.positions:
        if any(name and value_like(name) for name in header):
            rule = "no name of a column is known, and some names look like values"
            mend = "Is row 1 the head? Put the names of the columns above the first row of values."
            findings.insert(0, source.once(ERROR, rule, mend))
        return findings  # there is no head: its cells are values, and are not written
    for position in unread[:MOST]:
        name, column = header[position], source.names[position]
        if name in source.positions:
            if column not in with_error:
                rule = f"this is a second column {name}, and only the first is read"
                findings.append(source.once(ERROR, rule, "Rename or delete one.", column=column))
            continue
        close = _near(name, _names())
        mend = f"Did you mean {close}? " if close else ""
        mend += f"{_OWN_NAMES}; ignore there says that a column is not needed."
        rule = "the format has no column of this name; it is not read"
        findings.append(source.once(WARNING, rule, mend, column=column))
    if len(unread) > MOST:
        rule = f"and {len(unread) - MOST} more columns are not in the format, and not read"
        findings.append(source.once(WARNING, rule))
    return findings


def _missing(source: Source, header: Sequence[str], unread: Sequence[int]) -> list[Finding]:
    free = {header[at].lower()[:80]: source.names[at] for at in unread if header[at].strip()}
    findings = []
    for column in columns().values():
        if column.need == "required" and column.name not in source.positions:
            close = _near(column.name, free)
            near = f"Is it the column {free[close]}? " if close else ""
            rule = f"there is no column {column.name}: {column.meaning}"
            mend = f"{near}{_OWN_NAMES}."
            findings.append(source.once(ERROR, rule, mend))
    if not any(name in source.positions for name in outcomes()):
        rule = f"there is no outcome: one of {', '.join(outcomes())} is needed"
        findings.append(source.once(ERROR, rule, f"{_OWN_NAMES}."))
    return findings


def nothing_measured(source: Source) -> list[Finding]:
    """Say that no outcome has any value, where the file has a column for one."""
    there = [name for name in outcomes() if name in source.positions]
    cells = [source.cells[source.positions[name]].dropna().unique() for name in there]
    if not there or any(text.casefold() not in MISSING for column in cells for text in column):
        return []
    rule = f"no outcome has any value: one of {', '.join(outcomes())} is needed"
    return [source.once(ERROR, rule, "Fill in what was measured.")]
