"""Markdown into blocks; raw HTML in it is text, never markup."""

from collections.abc import Iterable, Iterator
from typing import Any

import mistune
from mistune.plugins.math import math, math_in_list, math_in_quote
from mistune.plugins.table import table

from hipstudy.errors import Problem
from hipstudy.report import document, maths
from hipstudy.report.tables import table_block
from hipstudy.report.typography import clean, clean_line, with_minus

Token = dict[str, Any]

_NOT_PRINTED = ("this kind of Markdown is not printed", "Use plain Markdown.")
_LINKS = ("http://", "https://", "mailto:", "#")


def blocks(text: str, where: str, problems: list[Problem]) -> list[document.Block]:
    """Read Markdown as blocks; what is wrong is added to ``problems`` and left out."""
    return _Walk(where, problems).blocks(_PARSER(text))


def plain_text(runs: Iterable[document.Inline]) -> str:
    """Return runs as bare words, formulas as their words.

    Examples
    --------
    >>> plain_text((document.TextRun("Torque "), document.Formula("k", "the factor k")))
    'Torque the factor k'
    """
    texts = (run.alt if isinstance(run, document.Formula) else run.text for run in runs)
    return clean("".join(texts))


_PARSER = mistune.create_markdown(renderer=None, plugins=[table, math, math_in_list, math_in_quote])


class _Walk:
    """One walk over the tokens of one cell."""

    def __init__(self, where: str, problems: list[Problem]) -> None:
        self.where = where
        self.problems = problems

    def blocks(self, tokens: list[Token]) -> list[document.Block]:
        read = (self.block(token) for token in tokens if token["type"] != "blank_line")
        return [block for several in read for block in several]

    def block(self, token: Token) -> Iterable[document.Block]:
        match token["type"]:
            case "heading":
                runs = tuple(self.runs(token["children"]))
                return [document.Heading(token["attrs"]["level"], runs)]
            case "paragraph" | "block_text":
                return self.paragraphs(token)
            case "list":
                return self.list_block(token)
            case "block_quote":
                return [document.Quote(tuple(self.blocks(token["children"])))]
            case "block_math":
                return self.maths(token)
            case "block_code":
                lines = token["raw"].rstrip("\n").split("\n")
                return [document.LinesBlock(tuple(map(clean_line, lines)))]
            case "block_html":  # shown as the text that it is
                return [document.Paragraph((document.TextRun(clean(token["raw"])),))]
            case "thematic_break":
                return [document.PageBreak()]
            case "table":
                return self.table(token)
        self.wrong(token["type"], *_NOT_PRINTED)
        return []

    def paragraphs(self, paragraph: Token) -> Iterator[document.Block]:
        """Cut a paragraph where a displayed formula stands in it."""
        inline: list[Token] = []
        for token in [*paragraph["children"], {"type": "end"}]:
            if token["type"] not in ("block_math", "end"):
                inline.append(token)
                continue
            runs = tuple(self.runs(inline))
            if plain_text(runs):
                yield document.Paragraph(runs)
            inline = []
            if token["type"] == "block_math":
                yield from self.maths(token)

    def list_block(self, token: Token) -> list[document.Block]:
        attrs = token["attrs"]
        items = tuple(tuple(self.blocks(item["children"])) for item in token["children"])
        start = int(attrs.get("start", 1))
        return [document.ListBlock(items, ordered=bool(attrs["ordered"]), start=start)]

    def maths(self, token: Token) -> list[document.Block]:
        """Turn a displayed formula into a block, or add why not."""
        tex, alt = maths.split_alt(token["raw"])
        return [document.Maths(tex, alt)] if self.convertible(tex, display=True) else []

    def table(self, token: Token) -> list[document.Block]:
        head, *body = token["children"]
        rows = [row["children"] for part in body for row in part["children"]]
        texts = [[with_minus(plain_text(self.runs(c["children"]))) for c in row] for row in rows]
        heads = [plain_text(self.runs(cell["children"])) for cell in head["children"]]
        cells = [[document.Cell(t, head=not at) for at, t in enumerate(row)] for row in texts]
        declared = [cell["attrs"]["align"] or "" for cell in head["children"]]
        return [table_block([[document.Cell(text, head=True) for text in heads]], cells, declared)]

    def runs(
        self, tokens: list[Token], marks: frozenset[str] = frozenset()
    ) -> Iterator[document.Inline]:
        for token in tokens:
            kind = token["type"]
            if kind in ("strong", "emphasis"):
                yield from self.runs(token["children"], marks | {kind})
            elif kind == "link":
                yield self.link(token, marks)
            elif kind == "linebreak":
                yield document.TextRun(" ", marks | {"break"})
            elif kind == "softbreak":
                yield document.TextRun(" ", marks)
            elif kind == "inline_math":
                tex, alt = maths.split_alt(token["raw"])
                if self.convertible(tex, display=False):
                    yield document.Formula(tex, alt)
            elif kind in ("text", "codespan", "inline_html"):
                extra = {"code"} if kind == "codespan" else set()
                yield document.TextRun(clean_line(token["raw"]), marks | extra)
            else:
                self.refuse_inline(kind, token)

    def link(self, token: Token, marks: frozenset[str]) -> document.TextRun:
        """Keep a link to the web, to a mail address or within the notebook; else the words."""
        url = clean(token["attrs"]["url"])
        words = plain_text(self.runs(token["children"]))
        return document.TextRun(words, marks, url if url.lower().startswith(_LINKS) else "")

    def convertible(self, tex: str, display: bool) -> bool:
        """Whether both converters read the formula; if not, say so."""
        reason = maths.reason_against(tex, display)
        if reason:
            rule = f"a formula that cannot be set ({reason})"
            self.wrong(tex, rule, "Write it with plainer TeX.")
        return not reason

    def refuse_inline(self, kind: str, token: Token) -> None:
        if kind == "image":
            quoted = token["attrs"]["url"]
            self.wrong(quoted, "a picture in Markdown has no caption", "Draw it in a code cell.")
        else:
            self.wrong(kind, *_NOT_PRINTED)

    def wrong(self, quoted: str, rule: str, mend: str) -> None:
        self.problems.append(Problem(self.where, quoted, rule, mend))
