"""What code cells put out, into blocks: only what belongs in a report is read."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bs4 import BeautifulSoup, Tag

from hipstudy.errors import DataProblems, Problem
from hipstudy.report import document, read_markdown
from hipstudy.report.tables import read_table
from hipstudy.report.typography import clean, clean_line, with_minus
from hipstudy.show import CSV_MIME, is_name

OWN_CAPTION = "Figure added in the notebook"
_OWN_ALT = "A figure added in the notebook, without a description"
_PICTURES = ("image/svg+xml", "image/png")
_READ = "figure, section.hipstudy-answer, pre.hipstudy-lines, table"


class _OutputReader:
    """Reads the outputs of one code cell; adds to the problems and, by name, to the CSV texts."""

    def __init__(self, where: str, problems: list[Problem], downloads: dict[str, str]) -> None:
        self.where = where
        self.problems = problems
        self.downloads = downloads

    def blocks(self, output: dict[str, Any]) -> list[document.Block]:
        """Return the blocks of one output; an error in the cell is a problem."""
        if output["output_type"] == "error":
            message = f"{output.get('ename', 'error')}: {output.get('evalue', '')}"
            mend = "Mend the cell and run it again."
            self._wrong(message, "the cell stopped with an error", mend)
            return []
        if output["output_type"] not in ("display_data", "execute_result"):
            return []
        data = {mime: _one_text(value) for mime, value in output["data"].items()}
        if CSV_MIME in data:
            self._download(data[CSV_MIME], output.get("metadata", {}))
            return []
        if "text/html" in data and (blocks := self._html(data["text/html"])) is not None:
            return blocks
        for mime in _PICTURES:
            if mime in data:
                return self._own_picture(data[mime], mime)
        if "text/markdown" in data:
            return read_markdown.blocks(data["text/markdown"], self.where, self.problems)
        return []

    def _html(self, source: str) -> list[document.Block] | None:
        """Blocks of the HTML; None when it holds nothing that a report prints."""
        tags = BeautifulSoup(source, "html.parser").select(_READ)
        tops = [tag for tag in tags if not any(above in tags for above in tag.parents)]
        if not tops:
            return None
        return [block for tag in tops for block in self._element(tag)]

    def _element(self, tag: Tag) -> list[document.Block]:
        caption = tag.find("figcaption", recursive=False)
        words = clean(caption.get_text()) if caption else ""
        name = str(tag.get("data-name", ""))
        if tag.name == "section":
            return [_answer(tag)]
        if tag.name == "pre":
            lines = map(clean_line, tag.get_text().split("\n"))
            return [document.LinesBlock(tuple(lines))]
        table = tag if tag.name == "table" else tag.find("table")
        if table is not None:
            block = read_table(table, words, name)
            if block is None:
                self._wrong(words or "a table", "a table needs a head", "Name its columns.")
                return []
            return [replace(block, sortable=tag.get("data-sortable") == "true")]
        return self._figure(tag, words, name)

    def _figure(self, tag: Tag, caption: str, name: str) -> list[document.Block]:
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
        block = document.FigureBlock(content, mime, alt, caption or OWN_CAPTION, name)
        return [block] if alt else []

    def _own_picture(self, source: str, mime: str) -> list[document.Block]:
        content = source.encode() if mime == "image/svg+xml" else _decoded(source)
        if content is None:
            self._wrong(mime, "the picture cannot be read", "Run the cell again.")
            return []
        return [document.FigureBlock(content, mime, _OWN_ALT, OWN_CAPTION)]

    def _download(self, text: str, metadata: dict[str, Any]) -> None:
        name = str(metadata.get(CSV_MIME, {}).get("name", ""))
        if not is_name(name):
            self._wrong(name, "not a name for a table", "Use letters, digits, _ and -.")
        elif self.downloads.setdefault(name, text) != text:
            self._wrong(name, "two different tables have this name", "Give each its own.")

    def _wrong(self, quoted: str, rule: str, mend: str) -> None:
        self.problems.append(Problem(self.where, quoted, rule, mend))


def _answer(tag: Tag) -> document.AnswerBlock:
    def words(selector: str, within: Tag = tag) -> str:
        element = within.select_one(selector)
        return with_minus(clean(element.get_text())) if element else ""

    numbers = []
    for div in tag.select("dl.numbers > div"):
        interval = words("dd small", div)
        for small in div.select("dd small"):
            small.extract()
        numbers.append((words("dd", div), interval, words("dt", div)))
    return document.AnswerBlock(words("p.sentence"), tuple(numbers), words("p.basis"))


def _one_text(value: object) -> str:
    return "".join(map(str, value)) if isinstance(value, list) else str(value)


def _decoded(source: str) -> bytes | None:
    try:
        return base64.b64decode("".join(source.split()), validate=True)
    except binascii.Error:
        return None


def read(notebook: Any) -> document.Document:
    """Read an executed notebook.

    Parameters
    ----------
    notebook
        As ``nbformat.read`` gives it.

    Returns
    -------
    Document
        Title, blocks in the order of the cells, and CSV tables by name.

    Raises
    ------
    hipstudy.errors.DataProblems
        Every problem, each with its cell: a cell that stopped with an error, no title or two, a
        skipped heading level, a formula that cannot be set, missing alt text, a table without
        a head.
    """
    problems: list[Problem] = []
    downloads: dict[str, str] = {}
    cells = [(f"cell {number}", cell) for number, cell in enumerate(notebook["cells"], start=1)]
    first = next((where for where, cell in cells if cell["cell_type"] == "markdown"), "")
    blocks = [
        (where, block)
        for where, cell in cells
        for block in _blocks(cell, where, problems, downloads)
    ]
    title = _title(blocks, first, problems)
    _check_levels(blocks, problems)
    if problems:
        raise DataProblems(problems)
    body = [b for _, b in blocks if not isinstance(b, document.Heading) or b.level > 1]
    return document.Document(title, tuple(_numbered(body)), downloads)


def _blocks(
    cell: Any, where: str, problems: list[Problem], downloads: dict[str, str]
) -> list[document.Block]:
    if cell["cell_type"] == "markdown":
        return read_markdown.blocks(cell["source"], where, problems)
    if cell["cell_type"] != "code":
        return []
    reader = _OutputReader(where, problems, downloads)
    return [block for output in cell["outputs"] for block in reader.blocks(output)]


def _title(blocks: list[tuple[str, document.Block]], first: str, problems: list[Problem]) -> str:
    """Words of the one title; problems when there is none, or another."""
    titles = [
        (where, read_markdown.plain_text(block.runs))
        for where, block in blocks
        if isinstance(block, document.Heading) and block.level == 1
    ]
    rule = "a report has one title (# ...), in its first Markdown cell"
    if not titles:
        problems.append(Problem(first or "the notebook", "no title", rule, "Add a line # Title."))
        return ""
    where, title = titles[0]
    if where != first:
        problems.append(Problem(where, f"# {title}", rule, f"Move it to {first}."))
    if not title:
        problems.append(Problem(where, "an empty title", rule, "Write one after the #."))
    problems.extend(
        Problem(other, f"# {words}", rule, "Make it ## and what is under it one deeper.")
        for other, words in titles[1:]
    )
    return title


def _check_levels(blocks: list[tuple[str, document.Block]], problems: list[Problem]) -> None:
    """Headings go down one level at a time, so that they can be walked by ear."""
    above = 1
    for where, block in blocks:
        if not isinstance(block, document.Heading):
            continue
        words = read_markdown.plain_text(block.runs)
        if block.level > above + 1:
            heading = f"{'#' * block.level} {words}"
            rule = f"a heading level is skipped: {'#' * above} comes before it"
            problems.append(Problem(where, heading, rule, f"Use {'#' * (above + 1)}."))
        if not words and block.level > 1:
            problems.append(Problem(where, "#" * block.level, "a heading needs words", ""))
        above = block.level


def _numbered(blocks: list[document.Block]) -> Iterator[document.Block]:
    """Figures and captioned tables get their numbers, the same in PDF and HTML."""
    figures = tables = 0
    for block in blocks:
        if isinstance(block, document.FigureBlock):
            figures += 1
            yield replace(block, label=f"Figure {figures}")
        elif isinstance(block, document.TableBlock) and block.caption:
            tables += 1
            yield replace(block, label=f"Table {tables}")
        else:
            yield block
