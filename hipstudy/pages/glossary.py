"""The terms of art of each report in plain words, from ``words/glossary.en.toml``."""

import tomllib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from hipstudy import show

REPORTS = ("compare", "cohort", "evidence", "dose")
_FILE = Path(__file__).parent / "words" / "glossary.en.toml"


@dataclass(frozen=True)
class GlossaryEntry:
    """A term of art.

    Parameters
    ----------
    name
        As the list has it.
    says
        What it means, in plain words.
    pattern
        The forms in which a report has it, between word boundaries.
    reports
        Those that have it.
    """

    name: str
    says: str
    pattern: str
    reports: tuple[str, ...]


def _read() -> tuple[str, tuple[GlossaryEntry, ...]]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    heading = rows.pop("heading")
    terms = (
        GlossaryEntry(name, row["says"], row["pattern"], tuple(row["reports"]))
        for name, row in rows.items()
    )
    return heading, tuple(terms)


HEADING, TERMS = _read()


def _terms(report: str, without: Collection[str]) -> list[GlossaryEntry]:
    return [one for one in TERMS if report in one.reports and one.name not in without]


def glossary(report: str, without: Collection[str] = ()) -> show.Text:
    """The terms of a report, a list item each, under their heading.

    Parameters
    ----------
    report
        One of ``REPORTS``.
    without
        Names of terms that this report does not have.

    Raises
    ------
    ValueError
        When there is no such report.
    """
    if report not in REPORTS:
        raise ValueError(f"{report!r} is no report; one of {', '.join(REPORTS)}")
    items = (f"- **{one.name}**: {one.says}" for one in _terms(report, without))
    return show.Text("\n".join([f"## {HEADING}", "", *items]))
