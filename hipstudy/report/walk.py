"""The formulas and figures of a document, one by one, wherever they stand."""

from collections.abc import Iterable, Iterator

from hipstudy.report.document import (
    Block,
    FigureBlock,
    Formula,
    Heading,
    ListBlock,
    Maths,
    Paragraph,
    Quote,
)


def walk(blocks: Iterable[Block]) -> Iterator[tuple[str, str, Block]]:
    """Give each formula and figure: what it is, how it is known, and a block of it alone.

    Examples
    --------
    >>> [where for where, _, _ in walk([Quote((Maths("x", "x"),))])]
    ['formula']
    """
    for block in blocks:
        if isinstance(block, Maths):
            yield "formula", block.tex, block
        elif isinstance(block, FigureBlock):
            yield "figure", block.name or block.caption, block
        elif isinstance(block, Heading | Paragraph):
            for run in block.runs:
                if isinstance(run, Formula):
                    yield "formula", run.tex, Paragraph((run,))
        elif isinstance(block, Quote):
            yield from walk(block.blocks)
        elif isinstance(block, ListBlock):
            for item in block.items:
                yield from walk(item)
