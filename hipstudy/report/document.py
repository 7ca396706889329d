"""The one list of blocks that both the PDF and the HTML are written from."""

import datetime
from dataclasses import dataclass, field
from typing import TypeAlias


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
    """

    report_name: str
    running_head: str
    fingerprint: str
    version: str
    date: str = ""

    @property
    def title_line(self) -> str:
        """The line under the title.

        Examples
        --------
        >>> Stamp("compare", "Compare, 28 runners", "ab12", "0.1.0", "2026-03-01").title_line
        'Compare, 28 runners · 2026-03-01'
        """
        return " · ".join(filter(None, (self.running_head, self.date)))

    @property
    def made_line(self) -> str:
        """The line at the foot.

        Examples
        --------
        >>> Stamp("compare", "Compare, 28 runners", "ab12", "0.1.0").made_line
        'hipstudy 0.1.0 · compare · fingerprint ab12'
        """
        fingerprint = self.fingerprint and f"fingerprint {self.fingerprint}"
        return " · ".join(filter(None, (f"hipstudy {self.version}", self.report_name, fingerprint)))

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
    """A stretch of text in one style; ``marks`` from strong, emphasis, code, break."""

    text: str
    marks: frozenset[str] = frozenset()
    target: str = ""


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
    """A heading; level 1 is the document's title and is no block."""

    level: int
    runs: tuple[Inline, ...]


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
    """A picture with its caption below; ``label`` is its number, ``mime`` is SVG or PNG."""

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

    A ``sortable`` one can be sorted by a column on the web page.
    """

    head: tuple[tuple[Cell, ...], ...]
    rows: tuple[tuple[Cell, ...], ...]
    align: tuple[str, ...]
    caption: str = ""
    name: str = ""
    label: str = ""
    sortable: bool = False


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
class Document:
    """A report: its title, its blocks in order, and the CSV tables that go beside it."""

    title: str
    blocks: tuple[Block, ...]
    downloads: dict[str, str]
