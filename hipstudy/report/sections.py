"""Sections of the details: their numbers, and links to them from anywhere in the report."""

from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any
from urllib.parse import unquote

from hipstudy.report import document
from hipstudy.report.read_markdown import plain_text
from hipstudy.wording import Wording

FIRST_LEVEL, LAST_LEVEL = 2, 4  # of headings that are numbered; level 1 is the title


def numbered_sections(blocks: Iterable[document.Block]) -> tuple[document.Block, ...]:
    """Give the headings of the details their numbers: 1, 1.1, 1.1.1.

    Examples
    --------
    >>> from hipstudy.report.document import Heading, TextRun
    >>> levels = [Heading(level, (TextRun("x"),)) for level in (2, 3, 3, 2)]
    >>> [heading.number for heading in numbered_sections(levels)]
    ['1', '1.1', '1.2', '2']
    """
    counts: list[int] = []
    result: list[document.Block] = []
    for block in blocks:
        if isinstance(block, document.Heading) and FIRST_LEVEL <= block.level <= LAST_LEVEL:
            depth = block.level - FIRST_LEVEL + 1
            counts = (counts + [0] * depth)[:depth]
            counts[-1] += 1
            block = replace(block, number=".".join(map(str, counts)))
        result.append(block)
    return tuple(result)


def with_anchors(blocks: Iterable[document.Block], names: set[str]) -> tuple[document.Block, ...]:
    """Give every heading the name that a link finds it by; of two that are alike the first has it.

    Parameters
    ----------
    names
        Names that are taken; added to.
    """
    result: list[document.Block] = []
    for block in blocks:
        if isinstance(block, document.Heading):
            name = anchor(plain_text(block.runs))
            if name not in names:
                names.add(name)
                block = replace(block, anchor=name)
        result.append(block)
    return tuple(result)


def anchor(words: str) -> str:
    """Name of a heading in a link, as JupyterLab has it: blanks are hyphens.

    Examples
    --------
    >>> anchor("What was prescribed?")
    'What-was-prescribed?'
    """
    return "-".join(words.split())


def linked(blocks: tuple[document.Block, ...]) -> tuple[document.Block, ...]:
    """Tie links within the notebook to the headings that they name; others become plain words."""
    numbers = {
        block.anchor: block.number
        for block in blocks
        if isinstance(block, document.Heading) and block.anchor
    }
    return tuple(_linked(block, numbers) for block in blocks)


def anchors(blocks: Iterable[document.Block]) -> set[str]:
    """Names of headings that a link can find."""
    return {block.anchor for block in blocks if isinstance(block, document.Heading)} - {""}


def section_note(
    run: document.TextRun, details_file: str, own_words: Wording = document.DOCUMENT
) -> str:
    """What follows words that point to a section: its number, and the file where it is elsewhere.

    ``own_words`` are what the document says of itself, in its language.

    Examples
    --------
    >>> from hipstudy.report.document import TextRun
    >>> section_note(TextRun("the trial", target="#Size", section="5.2"), "compare_details.pdf")
    ' (section 5.2 of compare_details.pdf)'
    """
    if not run.section:
        return ""
    return f" ({own_words('section', number=run.section, file=details_file)})"


def _linked(part: Any, numbers: Mapping[str, str]) -> Any:
    """A block, or a part of one, with its links tied; what holds none is returned as it is."""
    if isinstance(part, document.TextRun):
        if not part.target.startswith("#"):
            return part
        name = unquote(part.target[1:])
        if name not in numbers:
            return replace(part, target="")
        return replace(part, target=f"#{name}", section=numbers[name])
    if isinstance(part, tuple):
        made = tuple(_linked(one, numbers) for one in part)
        return part if all(map(_same, made, part)) else made
    if is_dataclass(part) and not isinstance(part, document.TableBlock | document.FigureBlock):
        values = {field.name: getattr(part, field.name) for field in fields(part)}
        changed = {n: m for n, v in values.items() if (m := _linked(v, numbers)) is not v}
        return replace(part, **changed) if changed else part
    return part


def _same(one: object, other: object) -> bool:
    return one is other
