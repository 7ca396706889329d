"""The short document as a Word file: real headings, lists and tables, pictures with their words."""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from hipstudy.archives import without_time
from hipstudy.report import docx_parts as parts
from hipstudy.report.document import (
    AnswerBlock,
    Block,
    Document,
    FigureBlock,
    Formula,
    Heading,
    Inline,
    LinesBlock,
    ListBlock,
    Maths,
    PageBreak,
    Paragraph,
    Quote,
    Stamp,
    TableBlock,
    TextRun,
)
from hipstudy.report.rasterise import RasterPicture, rasterised
from hipstudy.report.sections import section_note
from hipstudy.report.tables import column_parts
from hipstudy.report.write_pdf import formulas_and_figures

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.text.paragraph import Paragraph as WordParagraph

_LETTERS_ACROSS = 105  # that a table's columns can share on a page


def to_docx(document: Document, stamp: Stamp, *, paper: str = "a4") -> bytes:
    """Write the short document as a Word file.

    Parameters
    ----------
    document
        As ``hipstudy.report.read_notebook.read`` gives it.
    stamp
        What stands at the edge of every page.
    paper
        ``"a4"`` or ``"us-letter"``.

    Returns
    -------
    bytes
        The file; the same for the same document, stamp and paper.

    Raises
    ------
    hipstudy.errors.DataProblems
        When a figure or formula cannot be drawn.
    """
    author, locale = stamp.author or stamp.clinic, stamp.words("locale")
    word = parts.empty_document(document.title, author, paper, locale)
    parts.edges(word, stamp)
    if stamp.logo:
        (logo,) = rasterised([FigureBlock(stamp.logo.content, stamp.logo.mime, "", "")])
        parts.logo(word.add_paragraph(), logo, stamp.logo.alt)
    writer = _Writer(word, stamp, document.blocks)
    word.add_heading(document.title, level=1)
    if stamp.by_line:
        word.add_paragraph(stamp.by_line)
    word.add_paragraph(stamp.title_line, style="Subtitle")
    for block in document.blocks:
        writer.write(block)
    made = io.BytesIO()
    word.save(made)
    return without_time(made.getvalue())


class _Writer:
    """Adds one block after the other to a Word document."""

    def __init__(self, word: "WordDocument", stamp: Stamp, blocks: Sequence[Block]) -> None:
        self.word = word
        self.stamp = stamp
        drawn = list(formulas_and_figures(blocks))
        self.pictures: Iterator[RasterPicture] = iter(rasterised(drawn))
        self.begins_page = False
        self.lists = 0

    def paragraph(self, style: str = "Normal") -> "WordParagraph":
        """A new paragraph; the first after a page break begins a page."""
        made = self.word.add_paragraph(style=style)
        if self.begins_page:
            made.paragraph_format.page_break_before = True
            self.begins_page = False
        return made

    def write(self, block: Block, style: str = "Normal") -> None:
        """Add a block; ``style`` is that of a paragraph where it stands."""
        if isinstance(block, Paragraph):
            self.runs(self.paragraph(style), block.runs)
        else:
            _WRITERS[type(block)](self, block)

    def heading(self, block: Heading) -> None:
        """A heading, with its number where it has one."""
        made = self.paragraph(f"Heading {block.level}")
        number = (TextRun(f"{block.number} "),) if block.number else ()
        self.runs(made, (*number, *block.runs))

    def quote(self, block: Quote) -> None:
        """Quoted blocks, one after the other."""
        for inner in block.blocks:
            self.write(inner, "Quote")

    def maths(self, block: Maths) -> None:
        """A formula on a line of its own."""
        self.picture(self.paragraph(), block.alt)

    def lines(self, block: LinesBlock) -> None:
        """Literal lines."""
        parts.literal(self.paragraph("Lines"), block.lines)

    def page_break(self, _block: PageBreak) -> None:
        """Have the next paragraph begin a page."""
        self.begins_page = True

    def runs(self, paragraph: "WordParagraph", runs: Sequence[Inline]) -> None:
        """Text in its styles; a formula in it is a picture."""
        for run in runs:
            if isinstance(run, Formula):
                self.picture(paragraph, run.alt)
                continue
            text = run.text + section_note(run, self.stamp.details_file, self.stamp.words)
            link = "" if run.target.startswith("#") else run.target
            parts.add_run(paragraph, text, run.marks, link)

    def list_block(self, block: ListBlock, level: int = 1) -> None:
        """Items of a list; those of a list within it stand further in."""
        kind = "List Number" if block.ordered else "List Bullet"
        style = kind if level == 1 else f"{kind} {min(level, 3)}"
        number = parts.new_numbering(self.word, style, block.start) if block.ordered else None
        for item in block.items:
            for at, inner in enumerate(item):
                if isinstance(inner, ListBlock):
                    self.list_block(inner, level + 1)
                elif isinstance(inner, Paragraph):
                    made = self.paragraph(style if at == 0 else "List Continue")
                    if at == 0 and number is not None:
                        parts.number(made, number)
                    self.runs(made, inner.runs)
                else:
                    self.write(inner)

    def picture(self, paragraph: "WordParagraph", alt: str) -> None:
        """The next of the pictures, with its words."""
        parts.picture(paragraph, next(self.pictures), alt)

    def figure(self, block: FigureBlock) -> None:
        """A picture, and below it its caption."""
        made = self.paragraph()
        made.paragraph_format.keep_with_next = True
        self.picture(made, block.alt)
        self.caption(block.label, block.caption)

    def caption(self, label: str, text: str) -> "WordParagraph":
        """A caption with its number; what it belongs to is told by where it stands."""
        made = self.paragraph("Caption")
        if label:
            made.add_run(f"{label}. ").bold = True
        made.add_run(text)
        return made

    def table(self, block: TableBlock) -> None:
        """A table; a wide one in parts, each with the first column and its own heads."""
        pieces = column_parts(block, _LETTERS_ACROSS)
        for at, piece in enumerate(pieces, start=1):
            label = block.label
            if len(pieces) > 1 and label:
                of = {"label": label, "part": at, "parts": len(pieces)}
                label = self.stamp.words("table_part", of)
            if block.caption or label:
                self.caption(label, block.caption).paragraph_format.keep_with_next = True
            elif self.begins_page or at > 1:
                self.paragraph()
            parts.table(self.word, piece)
            self.word.add_paragraph(style="After table")

    def answer(self, block: AnswerBlock) -> None:
        """The answer's sentence, its numbers as a list, and what they rest on."""
        self.paragraph("Answer").add_run(block.sentence)
        for value, interval, label in block.numbers:
            made = self.paragraph("List Bullet")
            made.add_run(value).bold = True
            rest: Any = " ".join(filter(None, (f"({interval})" if interval else "", label)))
            made.add_run(f" {rest}" if rest else "")
        if block.basis:
            self.paragraph("Subtitle").add_run(block.basis)


_WRITERS: dict[type[Block], Any] = {
    Heading: _Writer.heading,
    ListBlock: _Writer.list_block,
    Quote: _Writer.quote,
    Maths: _Writer.maths,
    FigureBlock: _Writer.figure,
    TableBlock: _Writer.table,
    AnswerBlock: _Writer.answer,
    LinesBlock: _Writer.lines,
    PageBreak: _Writer.page_break,
}
