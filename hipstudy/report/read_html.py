"""HTML that a cell put out, into blocks: tables, pictures and words, in their order."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from bs4 import BeautifulSoup, NavigableString, Tag
from bs4.element import PreformattedString

from hipstudy.report import document
from hipstudy.report.tables import read_table
from hipstudy.report.typography import clean, clean_line, with_minus
from hipstudy.wording import Wording

# Only works on a screen; whatever else stands beside it is read.
SCREEN_ONLY = "script iframe canvas object embed video audio button input select".split()
_UNSEEN = frozenset("script style template head noscript iframe canvas object embed video audio "
                    "button input select".split())  # fmt: skip
_OF_BLOCKS = frozenset("address article aside blockquote body dd details div dl dt fieldset footer "
                       "form h1 h2 h3 h4 h5 h6 header html li main nav ol p section summary ul "
                       "figcaption".split())  # fmt: skip
_HEADINGS = re.compile(r"h[1-6]")

_MAYBE_SCREEN_ONLY = re.compile(rf"<(?:{'|'.join(SCREEN_ONLY)})", re.IGNORECASE)

Picture = Callable[[Tag, str, str], list[document.Block]]


class HtmlReader:
    """One walk over the HTML of an output.

    Parameters
    ----------
    picture
        Makes blocks of a picture's element, with its caption and name.
    said
        What the document says of itself, in its language.
    """

    def __init__(self, picture: Picture, said: Wording = document.DOCUMENT) -> None:
        self.picture = picture
        self.said = said
        self.words: list[str] = []
        self.is_heading = False

    def blocks(self, source: str) -> list[document.Block]:
        """Return what can be printed of it."""
        return [*self.walk(BeautifulSoup(source, "html.parser")), *self.paragraph()]

    def walk(self, parent: Tag) -> Iterator[document.Block]:
        """Blocks of what stands in an element, the last words apart."""
        for node in parent.children:
            if isinstance(node, PreformattedString):  # a comment, a doctype
                continue
            if isinstance(node, NavigableString):
                self.words.append(str(node))
            elif isinstance(node, Tag) and node.name not in _UNSEEN:
                yield from self.element(node)

    def element(self, tag: Tag) -> Iterator[document.Block]:
        """Blocks of an element, and before them the words that stood before it."""
        if tag.name in ("figure", "section", "pre", "table", "img"):
            yield from self.paragraph()
            yield from self.whole(tag)
        elif tag.name in ("br", "hr"):
            yield from self.paragraph()
        elif tag.name in _OF_BLOCKS:
            yield from self.paragraph()
            self.is_heading = bool(_HEADINGS.fullmatch(tag.name))
            yield from self.walk(tag)
            yield from self.paragraph()
        else:
            yield from self.walk(tag)

    def whole(self, tag: Tag) -> Iterator[document.Block]:
        """Blocks of an element that is read as one thing."""
        if tag.name == "pre":
            lines = map(clean_line, tag.get_text().strip("\n").split("\n"))
            yield document.LinesBlock(tuple(lines))
        elif tag.name == "section" and "hipstudy-answer" in (tag.get("class") or ()):
            yield _answer(tag)
        elif tag.name == "table":
            yield from self.table(tag)
        elif tag.name == "img":
            yield from self.picture(tag, "", "")
        elif tag.name == "figure" and tag.find(["table", "img"]):
            yield from self.captioned(tag)
        else:
            yield from self.walk(tag)

    def captioned(self, tag: Tag) -> Iterator[document.Block]:
        """The table or picture of a figure, with its caption."""
        caption = tag.find("figcaption", recursive=False)
        words = clean(caption.get_text()) if caption else ""
        name = str(tag.get("data-name", ""))
        table = tag.find("table")
        if table is not None:
            for block in self.table(table, words, name):
                yield replace(block, sortable=tag.get("data-sortable") == "true")
        else:
            yield from self.picture(tag.find("img"), words, name)

    def table(self, tag: Tag, caption: str = "", name: str = "") -> Iterator[document.TableBlock]:
        """The table; nothing where it has no cell."""
        block = read_table(tag, caption, name, self.said)
        if block is not None:
            yield block

    def paragraph(self) -> list[document.Block]:
        """The words that came so far, as a paragraph."""
        text = with_minus(clean("".join(self.words)))
        marks = frozenset({"strong"}) if self.is_heading else frozenset()
        self.words, self.is_heading = [], False
        return [document.Paragraph((document.TextRun(text, marks),))] if text else []


def screen_only(source: str) -> bool:
    """Whether a part of the HTML only works on a screen.

    Examples
    --------
    >>> screen_only("<div><script>draw()</script></div>"), screen_only("<b>x</b>")
    (True, False)
    """
    if not _MAYBE_SCREEN_ONLY.search(source):  # most have none, and need not be parsed for it
        return False
    return BeautifulSoup(source, "html.parser").find(SCREEN_ONLY) is not None


def _answer(tag: Tag) -> document.AnswerBlock:
    """The answer by the names of its elements: to compile selectors takes as long as all else."""

    def words(element: object) -> str:
        return with_minus(clean(element.get_text())) if isinstance(element, Tag) else ""

    numbers = []
    for part in tag.find_all("dl", class_="numbers"):
        for div in part.find_all("div", recursive=False):
            smalls = [small for dd in div.find_all("dd") for small in dd.find_all("small")]
            interval = words(smalls[0]) if smalls else ""
            for small in smalls:
                small.extract()
            numbers.append((words(div.find("dd")), interval, words(div.find("dt"))))
    sentence, basis = (words(tag.find("p", class_=name)) for name in ("sentence", "basis"))
    return document.AnswerBlock(sentence, tuple(numbers), basis)
