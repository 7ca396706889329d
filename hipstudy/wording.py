"""Words for readers, from templates: one Jinja file a report and language.

A template holds macros, one a passage. Each takes ``facts`` and names what it says of them; a fact
that is not there is an error and never an empty place. Numbers are put into words by filters, so
that one rule holds everywhere; how its language writes them, a template says in ``numerals`` at
its top. Whoever edits words needs no Python: the files stand in the folder ``words`` beside the
modules that hand the facts over.
"""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from hipstudy.errors import Problem, UsageProblems
from hipstudy.numerals import ENGLISH, Numerals
from hipstudy.show import escape

if TYPE_CHECKING:
    from jinja2 import Environment
    from jinja2.runtime import Context

ENGLISH_CODE = "en"

_LIST_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s")


@dataclass(frozen=True)
class Wording:
    """The passages of one report in one language: ``words("runners", facts)`` is one of them."""

    package: str  # dotted name of the package whose folder ``words`` has the template
    report: str  # name of the template: ``compare`` for ``words/compare.en.j2``
    language: str = ENGLISH_CODE  # two letters

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
        return paragraphs(str(getattr(self._module, passage)(by_name or facts)))

    @property
    def numerals(self) -> Numerals:
        """How the language writes numbers, for what no template writes, such as ticks of axes."""
        how = getattr(self._module, "numerals", None)
        return Numerals(**how) if how else ENGLISH

    @property
    def _module(self) -> Any:
        """The macros and settings of the template."""
        name = f"{self.report}.{self.language}.j2"
        return environment(self.package).get_template(name).module

    def languages(self) -> tuple[str, ...]:
        """The languages that the report has a template in, English first."""
        names = (one.name for one in files(self.package).joinpath("words").iterdir())
        codes = {
            name.removeprefix(f"{self.report}.").removesuffix(".j2")
            for name in names
            if re.fullmatch(rf"{re.escape(self.report)}\.[a-z]{{2}}\.j2", name)
        }
        return (ENGLISH_CODE, *sorted(codes - {ENGLISH_CODE}))

    def in_language(self, language: str) -> "Wording":
        """The same passages in another language.

        Raises
        ------
        UsageProblems
            When there is no template in it, naming those that there are.
        """
        if problems := self.language_problems(language):
            raise UsageProblems(problems)
        return replace(self, language=language)

    def language_problems(self, language: str, where: str = "language") -> list[Problem]:
        """Nothing, or that there is no template in this language."""
        if language in self.languages():
            return []
        mend = f"It is written in {ENGLISH.listing(self.languages())}."
        return [Problem(where, language, "the page is not written in this language", mend)]


def read_templates() -> None:
    """Read the templates of all modules that are imported, in English, before they are needed."""
    modules = [one for name, one in list(sys.modules.items()) if name.split(".")[0] == "hipstudy"]
    for module in modules:
        for value in list(vars(module).values()):
            if isinstance(value, Wording):
                _ = value.numerals


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


def first_capital(text: str) -> str:
    """Text with a capital first letter and all else as it is."""
    return text[:1].upper() + text[1:]


def _numerals(context: "Context") -> Numerals:
    """How the template of a context writes numbers; English where it says nothing."""
    how = context.get("numerals")
    return Numerals(**how) if how else ENGLISH


def _number_filter(name: str) -> Callable[..., str]:
    """A method of ``Numerals`` as a filter, in the language of the template that uses it."""
    from jinja2 import pass_context

    @pass_context
    def written(context: "Context", value: Any, *more: Any) -> str:
        return str(getattr(_numerals(context), name)(value, *more))

    return written


@cache
def environment(package: str) -> "Environment":
    """The templates of a package, strict about what is missing."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    from hipstudy.template_code import TemplateCode

    made = Environment(
        bytecode_cache=TemplateCode(),
        loader=FileSystemLoader(str(files(package).joinpath("words"))),
        undefined=StrictUndefined,
        autoescape=False,  # what comes from a file passes the filter ``data``
        trim_blocks=True,
        lstrip_blocks=True,
    )
    in_words = ("number", "short", "interval", "percent", "chance", "listing")
    made.filters |= {name: _number_filter(name) for name in in_words}
    made.filters["counted"] = _number_filter("count")
    made.filters |= {"capital": first_capital, "data": escape}
    return made
