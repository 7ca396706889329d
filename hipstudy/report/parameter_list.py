"""Plain tables for a terminal or a pipe."""

import textwrap
from collections.abc import Iterable, Sequence

from hipstudy.report.parameters_cell import NotebookParameter, Value

WIDEST = 36
NARROWEST = 30
INDENT = "    "


def listing(parameters: Sequence[NotebookParameter], width: int | None = None) -> list[str]:
    """Lines of a plain table: name, unit, range, default, meaning.

    Parameters
    ----------
    parameters
        To list.
    width
        Of the terminal; None wraps nothing.
    """
    head = ("name", "unit", "range", "default", "meaning")
    rows = [(p.name, p.unit, p.range, value_text(p.default), p.meaning) for p in parameters]
    return table([head, *rows], width)


def value_text(value: Value) -> str:
    """Write a value as a person would type it."""
    return "empty" if value is None or value == "" else str(value)


def table(rows: Iterable[Sequence[str]], width: int | None = None) -> list[str]:
    """Align text in columns two spaces apart; a very long cell pushes only its own row.

    Parameters
    ----------
    rows
        Of text, all of one length.
    width
        Of the terminal: the last column wraps, below its row where there is no room beside it.
        None wraps nothing: one row is one line.

    Examples
    --------
    >>> table([("name", "meaning"), ("weeks", "how long")])
    ['name   meaning', 'weeks  how long']
    """
    rows = [tuple(row) for row in rows]
    columns = list(zip(*rows, strict=True))[:-1]
    sizes = [max((len(c) for c in column if len(c) <= WIDEST), default=0) for column in columns]
    lines = []
    for row in rows:
        start = "".join(f"{text:<{size}}  " for text, size in zip(row, sizes, strict=False))
        lines += _wrapped(start, row[-1], width) if width else [(start + row[-1]).rstrip()]
    return lines


def _wrapped(start: str, last: str, width: int) -> list[str]:
    if len(start) + len(last) <= width:
        return [(start + last).rstrip()]
    if width - len(start) >= NARROWEST:
        return textwrap.wrap(last, width, initial_indent=start, subsequent_indent=" " * len(start))
    below = textwrap.wrap(last, width, initial_indent=INDENT, subsequent_indent=INDENT)
    head = [start] if len(start) <= width else textwrap.wrap(start, width, subsequent_indent=INDENT)
    return [*(line.rstrip() for line in head), *below]
