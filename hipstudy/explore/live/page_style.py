"""How the explorer looks, in JupyterLab and in a page of its own: the report's colours."""

import re
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template

from hipstudy.cohort_file import file_warnings
from hipstudy.errors import Finding, Problem
from hipstudy.figures.style import ARM_COLOURS, GREY, INK, PALE

_COLOURS = {  # by their names in the style sheet
    "ink": INK,
    "grey": GREY,
    "pale": PALE,
    "colour_a": ARM_COLOURS["arm_a"],
    "colour_b": ARM_COLOURS["arm_b"],
}
_RULES = Path(__file__).with_name("page.css").read_text(encoding="utf-8")
STYLE = f"<style>\n{Template(_RULES).substitute(_COLOURS)}</style>"


def _items(sentences: Sequence[object]) -> str:
    return "".join(f"<li>{escape(str(sentence))}</li>" for sentence in sentences)


def problem_list_html(problems: Sequence[Problem | str]) -> str:
    """Every problem, as text and never markup; read out as it appears."""
    return f'<div role="alert"><ul class="hs-problems">{_items(problems)}</ul></div>'


def warned(warnings: Sequence[Finding]) -> str:
    """What the check of the cohort file warned of; empty where there is nothing."""
    if not warnings:
        return ""
    items = _items(file_warnings.sentences(warnings))
    title = escape(file_warnings.head(warnings))
    return f'<div class="file-warnings"><p><b>{title}</b></p><ul>{items}</ul></div>'


def plain(markdown: str) -> str:
    """Prose of the report as text of a page: bold marks and escapes are of no use there."""
    return escape(re.sub(r"\\(.)", r"\1", markdown.replace("**", "")))
