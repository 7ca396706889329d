"""What code cells put out, into blocks: only what belongs in a report is read."""

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hipstudy.cells import is_name
from hipstudy.problems import Problem
from hipstudy.report import markdown
from hipstudy.report.document import AnswerBlock, Block, FigureBlock, LinesBlock
from hipstudy.report.plain import clean, clean_line, with_minus
from hipstudy.report.tables import read_table
from hipstudy.show import CSV_MIME

if TYPE_CHECKING:
    from bs4 import Tag

OWN_CAPTION = "Figure added in the notebook"
_OWN_ALT = "A figure added in the notebook, without a description"
_PICTURES = ("image/svg+xml", "image/png")
_READ = "figure, section.hipstudy-answer, pre.hipstudy-lines, table"


class OutputReader:
    """Reads the outputs of one code cell.

    Parameters
    ----------
    where
        How the cell is named in a problem.
    problems
        What is wrong is added here.
    downloads
        CSV text by name; what is found is added here.
    """

    def __init__(self, where: str, problems: list[Problem], downloads: dict[str, str]) -> None:
        self.where = where
        self.problems = problems
        self.downloads = downloads

    def blocks(self, output: dict[str, Any]) -> list[Block]:
        """Return the blocks of one output; an error in the cell is a problem."""
        if output["output_type"] == "error":
            found = f"{output.get('ename', 'error')}: {output.get('evalue', '')}"
            self._wrong(found, "the cell stopped with an error", "Mend the cell and run it again.")
            return []
        if output["output_type"] not in ("display_data", "execute_result"):
            return []
        data = {mime: _joined(value) for mime, value in output["data"].items()}
        if CSV_MIME in data:
            self._download(data[CSV_MIME], output.get("metadata", {}))
            return []
        if "text/html" in data and (found := self._html(data["text/html"])) is not None:
            return found
        for mime in _PICTURES:
            if mime in data:
                return self._own_picture(data[mime], mime)
        if "text/markdown" in data:
            return markdown.blocks(data["text/markdown"], self.where, self.problems)
        return []

    def _html(self, source: str) -> list[Block] | None:
        """Blocks of the HTML; None when it holds nothing that a report prints."""
        from bs4 import BeautifulSoup

        found = BeautifulSoup(source, "html.parser").select(_READ)
        tops = [tag for tag in found if not any(above in found for above in tag.parents)]
        if not tops:
            return None
        return [block for tag in tops for block in self._element(tag)]

    def _element(self, tag: "Tag") -> list[Block]:
        caption = tag.find("figcaption", recursive=False)
        words = clean(caption.get_text()) if caption else ""
        name = str(tag.get("data-name", ""))
        if tag.name == "section":
            return [_answer(tag)]
        if tag.name == "pre":
            return [LinesBlock(tuple(clean_line(line) for line in tag.get_text().split("\n")))]
        table = tag if tag.name == "table" else tag.find("table")
        if table is not None:
            block = read_table(table, words, name)
            if block is None:
                self._wrong(words or "a table", "a table needs a head", "Name its columns.")
                return []
            return [replace(block, sortable=tag.get("data-sortable") == "true")]
        return self._figure(tag, words, name)

    def _figure(self, tag: "Tag", caption: str, name: str) -> list[Block]:
        image = tag.find("img")
        if image is None:
            return []
        alt = clean(str(image.get("alt", "")))
        if not alt:
            mend = "Give show.Figure an alt."
            self._wrong(name or caption or "a figure", "a figure needs alt text", mend)
        head, _, source = str(image.get("src", "")).partition(";base64,")
        mime = head.removeprefix("data:")
        content = _decoded(source)
        if mime not in _PICTURES or content is None:
            self._wrong(head, "a figure's picture is SVG or PNG, in the page itself", "")
            return []
        return [FigureBlock(content, mime, alt, caption or OWN_CAPTION, name)] if alt else []

    def _own_picture(self, source: str, mime: str) -> list[Block]:
        content = source.encode() if mime == "image/svg+xml" else _decoded(source)
        if content is None:
            self._wrong(mime, "the picture cannot be read", "Run the cell again.")
            return []
        return [FigureBlock(content, mime, _OWN_ALT, OWN_CAPTION)]

    def _download(self, text: str, metadata: dict[str, Any]) -> None:
        name = str(metadata.get(CSV_MIME, {}).get("name", ""))
        if not is_name(name):
            self._wrong(name, "not a name for a table", "Use letters, digits, _ and -.")
        elif self.downloads.setdefault(name, text) != text:
            self._wrong(name, "two different tables have this name", "Give each its own.")

    def _wrong(self, found: str, rule: str, mend: str) -> None:
        self.problems.append(Problem(self.where, found, rule, mend))


def _answer(tag: "Tag") -> AnswerBlock:
    def words(selector: str, within: "Tag" = tag) -> str:
        found = within.select_one(selector)
        return with_minus(clean(found.get_text())) if found else ""

    numbers = []
    for div in tag.select("dl.numbers > div"):
        interval = words("dd small", div)
        for small in div.select("dd small"):
            small.extract()
        numbers.append((words("dd", div), interval, words("dt", div)))
    return AnswerBlock(words("p.sentence"), tuple(numbers), words("p.basis"))


def _joined(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _decoded(source: str) -> bytes | None:
    try:
        return base64.b64decode("".join(source.split()), validate=True)
    except binascii.Error:
        return None
