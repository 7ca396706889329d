"""Words for readers, from templates: one Jinja file a report and language.

A template holds macros, one a passage. Each takes ``facts`` and names what it says of them; a fact
that is not there is an error and never an empty place. Numbers are put into words by filters, so
that one rule holds everywhere. Whoever edits words needs no Python: the files stand
in the folder ``words`` beside the modules that hand the facts over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from hipstudy.labels import count_phrase, format_number, interval, percent
from hipstudy.show import escape

if TYPE_CHECKING:
    from jinja2 import Environment

_LIST_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s")


@dataclass(frozen=True)
class Wording:
    """The passages of one report in one language: ``words("runners", facts)`` is one of them."""

    package: str  # dotted name of the package whose folder ``words`` has the template
    report: str  # name of the template: ``compare`` for ``words/compare.en.j2``
    language: str = "en"  # two letters

    def __call__(self, passage: str, facts: object = None, **by_name: Any) -> str:
        """The macro ``passage`` as text, about one value, or facts by their names.

        A line break in the template is a blank, an empty line a paragraph.

        Raises
        ------
        jinja2.UndefinedError
            When the passage names a fact that is not there.
        AttributeError
            When the template has no such passage.
        """
        template = environment(self.package).get_template(f"{self.report}.{self.language}.j2")
        return paragraphs(str(getattr(template.module, passage)(by_name or facts)))


def paragraphs(text: str) -> str:
    r"""Text as a template lays it out, as paragraphs and list items of one line each.

    Examples
    --------
    >>> paragraphs("  One\n  sentence.\n\n\n  - an item\n  - another\n")
    'One sentence.\n\n- an item\n- another'
    """
    lines: list[str] = []
    for line in text.splitlines():
        words = " ".join(line.split())
        if words and lines and lines[-1] and not _LIST_ITEM.match(line):
            lines[-1] += f" {words}"
        elif words or (lines and lines[-1]):
            lines.append(words)
    return "\n".join(lines).strip()


def listing(items: Sequence[str], word: str = "and") -> str:
    """Items in a sentence.

    Examples
    --------
    >>> listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"], "or")
    ('a', 'a and b', 'a, b or c')
    """
    *most, last = items
    return f"{', '.join(most)} {word} {last}" if most else last


def first_capital(text: str) -> str:
    """Text with a capital first letter and all else as it is."""
    return text[:1].upper() + text[1:]


@cache
def environment(package: str) -> "Environment":
    """The templates of a package, strict about what is missing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(str(files(package).joinpath("words"))),
        undefined=StrictUndefined,
        autoescape=False,  # what comes from a file passes the filter ``data``
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "number": format_number,
        "interval": interval,
        "counted": count_phrase,
        "percent": percent,
        "listing": listing,
        "capital": first_capital,
        "data": escape,
    }
    return made
