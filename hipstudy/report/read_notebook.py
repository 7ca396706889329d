"""An executed notebook as one document: a short one, and its details where cells say so.

A cell with the tag ``details`` goes into a document of its own, with a list of contents and
numbered sections; every other cell into the short one. Both follow the order of the cells.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from hipstudy.errors import DataProblems, Problem
from hipstudy.report import document, read_markdown
from hipstudy.report.parameters_cell import cell_source
from hipstudy.report.read_outputs import OutputReader, SideResults, words
from hipstudy.report.sections import linked, numbered_sections, with_anchors
from hipstudy.typeface import lacking, named_letters
from hipstudy.wording import ENGLISH_CODE, Wording

DETAILS = "details"  # the tag
_INJECTED = "injected-parameters"


@dataclass(frozen=True)
class NamedCell:
    """A cell with the number that its author counts, and whether it is one of the details."""

    where: str
    cell: Any
    is_detail: bool


def named_cells(notebook: Any) -> list[NamedCell]:
    """Cells of a notebook; one that was put in with the parameters has its neighbour's number."""
    cells: list[NamedCell] = []
    number = 0
    for cell in notebook["cells"]:
        tags = cell.get("metadata", {}).get("tags", ())
        number += _INJECTED not in tags
        cells.append(NamedCell(f"cell {number}", cell, DETAILS in tags))
    return cells


def read(notebook: Any, language: str = ENGLISH_CODE) -> document.Document:
    """Read an executed notebook.

    Parameters
    ----------
    notebook
        As ``nbformat.read`` gives it.
    language
        Of the short document; the details are English.

    Returns
    -------
    Document
        Title, blocks in the order of the cells, CSV tables by name, and what was left out.

    Raises
    ------
    hipstudy.errors.DataProblems
        Every problem, each with its cell: a cell that stopped with an error, no title or two, a
        skipped heading level, a formula that cannot be set, missing alt text.
    """
    result = SideResults()
    cells = named_cells(notebook)
    said = {False: document.DOCUMENT.in_language(language), True: document.DOCUMENT}
    blocks = {
        is_detail: _blocks_of(cells, is_detail, result, words_of_it)
        for is_detail, words_of_it in said.items()
    }
    first = next((one.where for one in cells if one.cell["cell_type"] == "markdown"), "")
    every = [*blocks[False], *blocks[True]]
    title = title_of(every, first, result.problems)
    for part in blocks.values():
        check_levels(part, result.problems)
    if result.problems:
        raise DataProblems(result.problems)
    for where, block in every:
        if letters := lacking("".join(_texts(block))):
            what = named_letters(letters)
            result.left_out.append(words("squares", where=where, what=what))
    short, details = ([block for _, block in blocks[key]] for key in (False, True))
    left_out = tuple(dict.fromkeys(result.left_out))
    (details if details else short).extend(_left_out(left_out))
    return _assembled(title, (short, details), (said[False], said[True]), result, left_out)


def _blocks_of(
    cells: Iterable[NamedCell], is_detail: bool, result: SideResults, said: Wording
) -> list[tuple[str, document.Block]]:
    """Blocks of the short document or of the details, each with its cell."""
    return [
        (one.where, block)
        for one in cells
        if one.is_detail == is_detail
        for block in _blocks(one, result, said)
    ]


def _assembled(
    title: str,
    both: tuple[list[document.Block], list[document.Block]],
    said: tuple[Wording, Wording],
    result: SideResults,
    left_out: tuple[str, ...],
) -> document.Document:
    """Number figures, tables and sections, and tie links to what they name.

    ``both`` are the blocks of the short document and of the details, ``said`` what each says of
    itself.
    """
    body, more = (
        _without_outer_breaks(
            [b for b in part if not isinstance(b, document.Heading) or b.level > 1]
        )
        for part in both
    )
    labelled = list(_numbered(body, said[0])) + list(_numbered(more, said[1], after=body))
    names: set[str] = set()
    parts = (labelled[: len(body)], list(numbered_sections(labelled[len(body) :])))
    named = [with_anchors(part, names) for part in parts]
    tied = linked(named[0] + named[1])
    return document.Document(
        title,
        tied[: len(body)],
        result.downloads,
        details=tied[len(body) :],
        notes=result.notes,
        left_out=left_out,
    )


def _without_outer_breaks(blocks: list[document.Block]) -> list[document.Block]:
    """A page break at either end would leave an empty page."""
    inner = [at for at, b in enumerate(blocks) if not isinstance(b, document.PageBreak)]
    return blocks[inner[0] : inner[-1] + 1] if inner else []


def _left_out(sentences: tuple[str, ...]) -> list[document.Block]:
    """A section that names what no document holds."""
    if not sentences:
        return []
    heading = document.Heading(2, (document.TextRun(words("left_out_heading")),))
    intro = document.Paragraph((document.TextRun(words("left_out_intro")),))
    items = tuple((document.Paragraph((document.TextRun(one),)),) for one in sentences)
    return [heading, intro, document.ListBlock(items)]


def _texts(part: object) -> Iterator[str]:
    """Every text within a block that is printed."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, tuple):
        for one in part:
            yield from _texts(one)
    elif isinstance(part, document.Formula | document.Maths):
        yield part.alt
    elif is_dataclass(part):
        for field in fields(part):
            yield from _texts(getattr(part, field.name))


def _blocks(one: NamedCell, result: SideResults, said: Wording) -> list[document.Block]:
    if one.cell["cell_type"] == "markdown":
        return read_markdown.blocks(cell_source(one.cell), one.where, result.problems)
    if one.cell["cell_type"] != "code":
        return []
    return OutputReader(one.where, result, said).blocks(one.cell["outputs"])


def title_of(blocks: list[tuple[str, document.Block]], first: str, problems: list[Problem]) -> str:
    """Words of the one title; problems when there is none, or another.

    It stands in the first Markdown cell, or is what a cell shows before all else.
    """
    titles = [
        (where, read_markdown.plain_text(block.runs))
        for where, block in blocks
        if isinstance(block, document.Heading) and block.level == 1
    ]
    rule = "a report has one title (# ...), in its first Markdown cell or shown before all else"
    if not titles:
        problems.append(Problem(first or "the notebook", "no title", rule, "Add a line # Title."))
        return ""
    where, title = titles[0]
    if where != first and blocks[0][0] != where:
        problems.append(Problem(where, f"# {title}", rule, f"Move it to {first or blocks[0][0]}."))
    if not title:
        problems.append(Problem(where, "an empty title", rule, "Write one after the #."))
    problems.extend(
        Problem(other, f"# {words}", rule, "Make it ## and what is under it one deeper.")
        for other, words in titles[1:]
    )
    return title


def check_levels(blocks: list[tuple[str, document.Block]], problems: list[Problem]) -> None:
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


def _numbered(
    blocks: list[document.Block], said: Wording, after: Iterable[document.Block] = ()
) -> Iterator[document.Block]:
    """Figures and captioned tables get their numbers, on from those that stand before them.

    The numbers are the same in PDF and HTML.
    """
    counts = Counter(filter(None, map(_kind, after)))
    for block in blocks:
        if kind := _kind(block):
            counts[kind] += 1
            yield replace(block, label=said(kind, counts[kind]))
        else:
            yield block


def _kind(block: document.Block) -> str:
    """What a block is counted as; empty where it has no number."""
    if isinstance(block, document.FigureBlock):
        return "figure"
    return "table" if isinstance(block, document.TableBlock) and block.caption else ""
