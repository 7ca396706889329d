"""The head of a cohort file: which columns it has, which it lacks, and which are not read."""

from collections.abc import Collection, Iterable, Sequence
from difflib import get_close_matches

from hipstudy.cohort_file.findings import MOST, Source, brief
from hipstudy.cohort_file.head_words import guess
from hipstudy.cohort_file.identifier_words import by_name
from hipstudy.cohort_file.identifiers import in_text
from hipstudy.cohort_file.limits import folded
from hipstudy.cohort_file.mapping_draft import value_like
from hipstudy.cohort_file.named_columns import NamedColumns
from hipstudy.cohort_file.parse import MISSING, is_date
from hipstudy.cohort_file.reading import FileReading
from hipstudy.cohort_file.schema import columns, find, outcomes, own_names
from hipstudy.cohort_file.shape_findings import spread_names, wide_findings
from hipstudy.errors import Finding

_CLOSE = 0.6  # of two names that may be meant as one


def positions(header: Sequence[str], skipped: frozenset[int] = frozenset()) -> dict[str, int]:
    """Position of each column of the format; the first where a name occurs twice."""
    places: dict[str, int] = {}
    for position, name in enumerate(header):
        if position not in skipped and find(name) is not None:
            places.setdefault(name, position)
    return places


def display_names(header: Sequence[str], *, has_head: bool) -> tuple[str, ...]:
    """Names as they may be written: a file without a head has values where names should be.

    It has a head where any is a name of the format, or translated to one.

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
    return has_head or bool(by_name(name)) or bool(_near(name, own_names()))


def _near(name: str, names: Iterable[str]) -> str:
    """The nearest of some names, in lower case; empty where none is near."""
    close = get_close_matches(name.lower()[:80], names, n=1, cutoff=_CLOSE)
    return close[0] if close else ""


def check(
    source: Source,
    header: Sequence[str],
    personal: frozenset[int],
    with_error: Collection[str | None],
    reading: FileReading,
    more: NamedColumns,
    elsewhere: Collection[str] = (),
) -> list[Finding]:
    """Check the head of a sheet, its names translated.

    ``personal`` has the positions that are refused for what they tell, and ``with_error`` the names
    in the file that an error was said of while it was read; ``reading`` says what was read as what,
    ``more`` what a plan asks, and ``elsewhere`` has folded names that are read for another column.
    """
    spread = spread_names(reading)
    held = {one.place.name for one in reading.columns if one.own in spread}
    held |= {part for part in ("side",) if spread and reading.spread(part)}
    unread = [
        position
        for position, name in enumerate(header)
        if name
        and position not in personal
        and source.positions.get(name) != position
        and name not in spread
        and folded(name) not in elsewhere
    ]
    findings = [*wide_findings(source, reading), *_missing(source, header, unread, held, more)]
    if not source.positions:
        if any(name and value_like(name) for name in header):
            findings.insert(0, source.once("no_head"))
        return findings  # there is no head: its cells are values, and are not written
    for position in unread[:MOST]:
        name, column = header[position], source.names[position]
        if name in source.positions:
            if column not in with_error:
                findings.append(source.once("second_column", column=column, name=name))
            continue
        close = guess(name)[0] or _near(name, own_names())
        near = f"Did you mean {close}? " if close else ""
        findings.append(source.once("unknown_column", column=column, near=near))
    if len(unread) > MOST:
        findings.append(source.once("more_unknown_columns", n=len(unread) - MOST))
    return findings


def _missing(
    source: Source,
    header: Sequence[str],
    unread: Sequence[int],
    held: Collection[str],
    more: NamedColumns,
) -> list[Finding]:
    free = {header[at].lower()[:80]: source.names[at] for at in unread if header[at].strip()}
    findings = []
    for column in columns().values():
        is_needed = column.need == "required"
        if column.name == "side" and more.needs_no_side(header):
            is_needed = False
        if is_needed and column.name not in (*source.positions, *held):
            close = _near(column.name, free)
            near = f"Is it the column {free[close]}? " if close else ""
            findings.append(source.once("missing_column", of=column, near=near))
    has_outcome = not {*source.positions, *held}.isdisjoint(outcomes())
    if not has_outcome and not more.has_outcome(header):
        findings.append(source.once("missing_outcome", outcomes=", ".join(outcomes())))
    return findings


def nothing_measured(source: Source) -> list[Finding]:
    """Say that no outcome has any value, where the file has a column for one."""
    places = [source.positions[name] for name in outcomes() if name in source.positions]
    cells = (source.cells[place].dropna().unique() for place in places)
    if not places or any(text.casefold() not in MISSING for column in cells for text in column):
        return []
    return [source.once("nothing_measured", outcomes=", ".join(outcomes()))]
