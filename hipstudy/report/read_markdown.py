"""Markdown into blocks; raw HTML in it is text, never markup."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from hipstudy.errors import Problem
from hipstudy.report import maths
from hipstudy.report.document import (
    Block,
    Cell,
    Formula,
    Heading,
    Inline,
    LinesBlock,
    ListBlock,
    Maths,
    PageBreak,
    Paragraph,
    Quote,
    TextRun,
)
from hipstudy.report.tables import table_block
from hipstudy.report.typography import clean, clean_line, with_minus

Token = dict[str, Any]

_MARKS = {"strong": "strong", "emphasis": "emphasis"}
_METHODS = {
    "blank_line": "nothing",
    "heading": "heading",
    "paragraph": "paragraphs",
    "block_text": "paragraphs",
    "list": "list_block",
    "block_quote": "quote",
    "block_math": "maths",
    "block_code": "code",
    "block_html": "raw_html",
    "thematic_break": "page_break",
    "table": "table",
}
_LINKS = ("http://", "https://", "mailto:")


def blocks(text: str, where: str, problems: list[Problem]) -> list[Block]:
    """Read Markdown as blocks; what is wrong is added to ``problems`` and left out."""
    return _Walk(where, problems).blocks(_parser()(text))


def plain_text(runs: Iterable[Inline]) -> str:
    """Return runs as bare words, formulas as their words.

    Examples
    --------
    >>> plain_text((TextRun("Torque "), Formula("k", "the factor k")))
    'Torque the factor k'
    """
    return clean("".join(run.alt if isinstance(run, Formula) else run.text for run in runs))


@lru_cache(maxsize=1)
def _parser() -> Any:
    import mistune
    from mistune.plugins.math import math, math_in_list, math_in_quote
    from mistune.plugins.table import table

    return mistune.create_markdown(
        renderer=None, plugins=[table, math, math_in_list, math_in_quote]
    )


class _Walk:
    """One walk over the tokens of one cell."""

    def __init__(self, where: str, problems: list[Problem]) -> None:
        self.where = where
        self.problems = problems

    def blocks(self, tokens: list[Token]) -> list[Block]:
        """Turn block tokens into blocks."""
        return [block for token in tokens for block in self.block(token)]

    def block(self, token: Token) -> list[Block]:
        """Turn one block token into the blocks it stands for."""
        turn = getattr(self, _METHODS.get(token["type"], ""), None)
        if turn is None:
            rule = "this kind of Markdown is not printed"
            self.wrong(token["type"], rule, "Use plain Markdown.")
            return []
        return list(turn(token))

    def nothing(self, _token: Token) -> list[Block]:
        """Pass over an empty line."""
        return []

    def heading(self, token: Token) -> list[Block]:
        """Turn a heading token into a heading."""
        return [Heading(token["attrs"]["level"], tuple(self.runs(token["children"])))]

    def quote(self, token: Token) -> list[Block]:
        """Turn a quotation into its blocks."""
        return [Quote(tuple(self.blocks(token["children"])))]

    def code(self, token: Token) -> list[Block]:
        """Turn a fenced or indented block into literal lines."""
        lines = token["raw"].rstrip("\n").split("\n")
        return [LinesBlock(tuple(clean_line(line) for line in lines))]

    def raw_html(self, token: Token) -> list[Block]:
        """Show HTML as the text that it is."""
        return [Paragraph((TextRun(clean(token["raw"])),))]

    def page_break(self, _token: Token) -> list[Block]:
        """Turn a line across into a new page."""
        return [PageBreak()]

    def paragraphs(self, paragraph: Token) -> Iterator[Block]:
        """Cut a paragraph where a displayed formula stands in it."""
        inline: list[Token] = []
        for token in [*paragraph["children"], {"type": "end"}]:
            if token["type"] not in ("block_math", "end"):
                inline.append(token)
                continue
            runs = tuple(self.runs(inline))
            if plain_text(runs):
                yield Paragraph(runs)
            inline = []
            if token["type"] == "block_math":
                yield from self.maths(token)

    def list_block(self, token: Token) -> list[Block]:
        """Turn a list token into its items."""
        attrs = token["attrs"]
        items = tuple(tuple(self.blocks(item["children"])) for item in token["children"])
        start = int(attrs.get("start", 1))
        return [ListBlock(items, ordered=bool(attrs["ordered"]), start=start)]

    def maths(self, token: Token) -> list[Block]:
        """Turn a displayed formula into a block, or add why not."""
        tex, alt = maths.split_alt(token["raw"])
        return [Maths(tex, alt)] if self.convertible(tex, display=True) else []

    def table(self, token: Token) -> list[Block]:
        """Turn a Markdown table into a table without caption."""
        head, *body = token["children"]
        rows = [row["children"] for part in body for row in part["children"]]
        texts = [[with_minus(plain_text(self.runs(c["children"]))) for c in row] for row in rows]
        heads = [plain_text(self.runs(cell["children"])) for cell in head["children"]]
        return [
            table_block(
                head=[[Cell(text, head=True) for text in heads]],
                rows=[[Cell(text, head=not place) for place, text in enumerate(r)] for r in texts],
                declared=[cell["attrs"]["align"] or "" for cell in head["children"]],
            )
        ]

    def runs(self, tokens: list[Token], marks: frozenset[str] = frozenset()) -> Iterator[Inline]:
        """Turn inline tokens into runs of one style each."""
        for token in tokens:
            kind = token["type"]
            if kind in _MARKS:
                yield from self.runs(token["children"], marks | {_MARKS[kind]})
            elif kind == "link":
                yield self.link(token, marks)
            elif kind == "linebreak":
                yield TextRun(" ", marks | {"break"})
            elif kind == "softbreak":
                yield TextRun(" ", marks)
            elif kind == "inline_math":
                tex, alt = maths.split_alt(token["raw"])
                if self.convertible(tex, display=False):
                    yield Formula(tex, alt)
            elif kind in ("text", "codespan", "inline_html"):
                extra = {"code"} if kind == "codespan" else set()
                yield TextRun(clean_line(token["raw"]), marks | extra)
            else:
                self.refuse_inline(kind, token)

    def link(self, token: Token, marks: frozenset[str]) -> TextRun:
        """Keep a link to the web or to a mail address; of any other keep the words."""
        url = clean(token["attrs"]["url"])
        words = plain_text(self.runs(token["children"]))
        return TextRun(words, marks, url if url.lower().startswith(_LINKS) else "")

    def convertible(self, tex: str, display: bool) -> bool:
        """Whether both converters read the formula; if not, say so."""
        reason = maths.reason_against(tex, display)
        if reason:
            rule = f"a formula that cannot be set ({reason})"
            self.wrong(tex, rule, "Write it with plainer TeX.")
        return not reason

    def refuse_inline(self, kind: str, token: Token) -> None:
        """Say what inline Markdown is not printed."""
        if kind == "image":
            quoted = token["attrs"]["url"]
            self.wrong(quoted, "a picture in Markdown has no caption", "Draw it in a code cell.")
        else:
            self.wrong(kind, "this kind of Markdown is not printed", "Use plain Markdown.")

    def wrong(self, quoted: str, rule: str, mend: str) -> None:
        """Add a problem of this cell."""
        self.problems.append(Problem(self.where, quoted, rule, mend))
