"""The one list of blocks that every file of a report is written from."""

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from hipstudy.report.letterhead import Logo
from hipstudy.wording import ENGLISH_CODE, Wording

DOCUMENT = Wording("hipstudy.report", "document")


@dataclass(frozen=True)
class Stamp:
    """What is printed at the edge of every page.

    Parameters
    ----------
    report_name
        Name of the report, for example ``compare``.
    running_head
        Report and cohort in a few words.
    fingerprint
        Of source notebook, parameters and data.
    version
        Of hipstudy.
    date
        As it is printed; empty prints none.
    clinic, author
        Whose report it is; empty prints none.
    logo
        For the head of the first page.
    pointer
        Under the title: where the rest is, or what this belongs to.
    details_file
        Name of the document that sections are in; empty where they are in this one.
    language
        Of the document, one of ``DOCUMENT.languages()``.
    english_head, english_title
        Running head and title of what is English beside a document in another language.
    """

    report_name: str
    running_head: str
    fingerprint: str
    version: str
    date: str = ""
    clinic: str = ""
    author: str = ""
    logo: Logo | None = None
    pointer: str = ""
    details_file: str = ""
    language: str = ENGLISH_CODE
    english_head: str = ""
    english_title: str = ""

    @property
    def words(self) -> Wording:
        """What the document says of itself, in its language."""
        return DOCUMENT.in_language(self.language)

    @property
    def is_translated(self) -> bool:
        """Whether the document is in another language than its details."""
        return self.language != ENGLISH_CODE

    def title_beside(self, title: str) -> str:
        """The title of the details and the workbook of a document with a title."""
        return self.english_title or title if self.is_translated else title

    @property
    def by_line(self) -> str:
        """Whose report it is; empty where nobody is named.

        Examples
        --------
        >>> Stamp("compare", "", "", "0.1.0", clinic="Hill Clinic", author="Jo Smith").by_line
        'Hill Clinic · Jo Smith'
        """
        return " · ".join(filter(None, (self.clinic.strip(), self.author.strip())))

    @property
    def page_line(self) -> str:
        """The line at the head of every page but the first.

        Examples
        --------
        >>> Stamp("compare", "Compare, 28 runners", "", "0.1.0", clinic="Hill Clinic").page_line
        'Hill Clinic · Compare, 28 runners'
        """
        return " · ".join(filter(None, (self.clinic.strip(), self.running_head)))

    @property
    def title_line(self) -> str:
        """The line under the title.

        Examples
        --------
        >>> Stamp("compare", "Compare, 28 runners", "ab12", "0.1.0", "2026-03-01").title_line
        'Compare, 28 runners · 2026-03-01'
        """
        return " · ".join(filter(None, (self.running_head, self.shown_date, self.pointer)))

    @property
    def made_line(self) -> str:
        """The line at the foot.

        Examples
        --------
        >>> Stamp("compare", "Compare, 28 runners", "ab12", "0.1.0").made_line
        'hipstudy 0.1.0 · compare · fingerprint ab12'
        """
        own = {"version": self.version, "name": self.report_name}
        return self.words("made", **own, fingerprint=self.fingerprint)

    @property
    def shown_date(self) -> str:
        """The date as the language writes it; one that is no day stands as it is.

        Examples
        --------
        >>> Stamp("compare", "", "", "0.1.0", "2026-03-01").shown_date
        '2026-03-01'
        >>> Stamp("compare", "", "", "0.1.0", "2026-03-01", language="de").shown_date
        '1. März 2026'
        """
        return self.words("date", self.day) if self.day else self.date

    @property
    def day(self) -> datetime.date | None:
        """The day of the report when it is given and written as year-month-day.

        Examples
        --------
        >>> Stamp("compare", "", "", "0.1.0", "2026-03-01").day
        datetime.date(2026, 3, 1)
        >>> Stamp("compare", "", "", "0.1.0", "this spring").day is None
        True
        """
        try:
            return datetime.date.fromisoformat(self.date)
        except ValueError:
            return None


@dataclass(frozen=True)
class TextRun:
    """A stretch of text in one style; ``marks`` from strong, emphasis, code, break.

    ``target`` is a link to the web, or ``#`` and the anchor of a heading; ``section`` is then that
    heading's number.
    """

    text: str
    marks: frozenset[str] = frozenset()
    target: str = ""
    section: str = ""


@dataclass(frozen=True)
class Formula:
    """Mathematics in TeX, within a line."""

    tex: str
    alt: str


Inline: TypeAlias = TextRun | Formula


class Block:
    """A part of a report that stands on lines of its own."""


@dataclass(frozen=True)
class Heading(Block):
    """A heading; level 1 is the document's title and is no block.

    ``number`` is that of a section of the details, ``anchor`` what a link names it by.
    """

    level: int
    runs: tuple[Inline, ...]
    number: str = ""
    anchor: str = ""


@dataclass(frozen=True)
class Paragraph(Block):
    """A paragraph of text."""

    runs: tuple[Inline, ...]


@dataclass(frozen=True)
class ListBlock(Block):
    """A list; each item is a few blocks."""

    items: tuple[tuple[Block, ...], ...]
    ordered: bool = False
    start: int = 1


@dataclass(frozen=True)
class Quote(Block):
    """Quoted blocks."""

    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Maths(Block):
    """Mathematics in TeX, on a line of its own."""

    tex: str
    alt: str


@dataclass(frozen=True)
class FigureBlock(Block):
    """A picture with its caption below; ``label`` is its number, ``mime`` is SVG, PNG or JPEG."""

    image: bytes = field(repr=False)
    mime: str
    alt: str
    caption: str
    name: str = ""
    label: str = ""


@dataclass(frozen=True)
class Cell:
    """A table cell that covers ``columns`` by ``rows``."""

    text: str
    columns: int = 1
    rows: int = 1
    head: bool = False


@dataclass(frozen=True)
class TableBlock(Block):
    """A table with its caption above; ``align`` has one word a column, ``label`` its number.

    A ``sortable`` one can be sorted by a column on the web page; ``decimal_mark`` is that of the
    numbers in it.
    """

    head: tuple[tuple[Cell, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    align: tuple[str, ...]
    caption: str = ""
    name: str = ""
    label: str = ""
    sortable: bool = False
    decimal_mark: str = "."


@dataclass(frozen=True)
class AnswerBlock(Block):
    """The answer; each number is value, interval, label."""

    sentence: str
    numbers: tuple[tuple[str, str, str], ...]
    basis: str


@dataclass(frozen=True)
class LinesBlock(Block):
    """Literal lines."""

    lines: tuple[str, ...]


@dataclass(frozen=True)
class PageBreak(Block):
    """What follows begins a new page."""


@dataclass(frozen=True)
class TableNotes:
    """What a table that goes beside the report says of itself.

    Parameters
    ----------
    caption
        What it holds.
    columns
        By column: its unit and what it means, in words.
    codes
        By column: what stands in its cells, and what that stands for.
    """

    caption: str = ""
    columns: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Document:
    """A report as it was read from its notebook.

    Parameters
    ----------
    title
        Of the report.
    blocks
        The short document, in order.
    downloads
        Tables that go beside it: name and CSV text.
    details
        What goes into a document of its own; empty where no cell has the tag.
    notes
        What those tables say of themselves, by name.
    left_out
        What cells put out and no document holds, or holds in part: a sentence each, with its cell.
    """

    title: str
    blocks: tuple[Block, ...]
    downloads: dict[str, str]
    details: tuple[Block, ...] = ()
    notes: Mapping[str, TableNotes] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()

    @property
    def all_blocks(self) -> tuple[Block, ...]:
        """Those of the short document and then those of the details."""
        return self.blocks + self.details
