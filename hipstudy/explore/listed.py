"""Problems as a list in a page, where they arose."""

import re
from collections.abc import Sequence
from html import escape

from hipstudy import file_warnings
from hipstudy.findings import Finding
from hipstudy.problems import Problem


def listed(problems: Sequence[Problem | str]) -> str:
    """Every problem, as text and never markup; read out as it appears."""
    items = "".join(f"<li>{escape(str(problem))}</li>" for problem in problems)
    return f'<div role="alert"><ul class="hs-problems">{items}</ul></div>'


def warned(warnings: Sequence[Finding]) -> str:
    """What the check of the cohort file warned of; empty where there is nothing."""
    if not warnings:
        return ""
    items = "".join(f"<li>{escape(one)}</li>" for one in file_warnings.sentences(warnings))
    title = escape(file_warnings.head(warnings))
    return f'<div class="file-warnings"><p><b>{title}</b></p><ul>{items}</ul></div>'


def plain(markdown: str) -> str:
    """Prose of the report as text of a page: bold marks and escapes are of no use there."""
    return escape(re.sub(r"\\(.)", r"\1", markdown.replace("**", "")))
