"""An executed notebook into a document: its cells in order, checked, with all problems at once."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hipstudy.problems import DataProblems, Problem
from hipstudy.report import markdown
from hipstudy.report.document import Block, Document, FigureBlock, Heading, TableBlock
from hipstudy.report.outputs import OutputReader


def read(notebook: Any) -> Document:
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
    hipstudy.problems.DataProblems
        Every problem, each with its cell: a cell that stopped with an error, no title or two, a
        skipped heading level, a formula that cannot be set, missing alt text, a table without
        a head.
    """
    problems: list[Problem] = []
    downloads: dict[str, str] = {}
    placed = [
        (where, block)
        for where, cell in _cells(notebook)
        for block in _blocks(cell, where, problems, downloads)
    ]
    title = _title(placed, _first_markdown(notebook), problems)
    _check_levels(placed, problems)
    if problems:
        raise DataProblems(problems)
    body = [block for _, block in placed if not _is_title(block)]
    return Document(title, tuple(_numbered(body)), downloads)


def _cells(notebook: Any) -> Iterator[tuple[str, Any]]:
    for number, cell in enumerate(notebook["cells"], start=1):
        yield f"cell {number}", cell


def _blocks(
    cell: Any, where: str, problems: list[Problem], downloads: dict[str, str]
) -> list[Block]:
    if cell["cell_type"] == "markdown":
        return markdown.blocks(cell["source"], where, problems)
    if cell["cell_type"] != "code":
        return []
    reader = OutputReader(where, problems, downloads)
    return [block for output in cell["outputs"] for block in reader.blocks(output)]


def _is_title(block: Block) -> bool:
    return isinstance(block, Heading) and block.level == 1


def _first_markdown(notebook: Any) -> str:
    return next((w for w, cell in _cells(notebook) if cell["cell_type"] == "markdown"), "")


def _title(placed: list[tuple[str, Block]], first: str, problems: list[Problem]) -> str:
    """Words of the one title; problems when there is none, or another."""
    titles = [
        (where, markdown.plain_text(block.runs))
        for where, block in placed
        if isinstance(block, Heading) and block.level == 1
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


def _check_levels(placed: list[tuple[str, Block]], problems: list[Problem]) -> None:
    """Headings go down one level at a time, so that they can be walked by ear."""
    above = 1
    for where, block in placed:
        if not isinstance(block, Heading):
            continue
        words = markdown.plain_text(block.runs)
        if block.level > above + 1:
            found = f"{'#' * block.level} {words}"
            rule = f"a heading level is skipped: {'#' * above} comes before it"
            problems.append(Problem(where, found, rule, f"Use {'#' * (above + 1)}."))
        if not words and block.level > 1:
            problems.append(Problem(where, "#" * block.level, "a heading needs words", ""))
        above = block.level


def _numbered(blocks: list[Block]) -> Iterator[Block]:
    """Figures and captioned tables get their numbers, the same in PDF and HTML."""
    figures = tables = 0
    for block in blocks:
        if isinstance(block, FigureBlock):
            figures += 1
            yield replace(block, label=f"Figure {figures}")
        elif isinstance(block, TableBlock) and block.caption:
            tables += 1
            yield replace(block, label=f"Table {tables}")
        else:
            yield block
