"""Short representations: a notebook cell that ends on a value shows what it is, and counts."""

import textwrap
from collections.abc import Mapping, Sized
from dataclasses import fields, is_dataclass
from html import escape
from typing import Any

MOST_FACTS = 12
_VALUE = 60
_LINE = 280


def fact_table(name: str, facts: Mapping[str, object]) -> str:
    """Facts as a small HTML table with the name as its head, as reports read tables."""
    rows = "".join(
        f'<tr><th scope="row">{escape(label)}</th><td>{escape(_short(value))}</td></tr>'
        for label, value in list(facts.items())[:MOST_FACTS]
    )
    head = f'<tr><th scope="col">{escape(name)}</th><th scope="col"></th></tr>'
    return f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>"


def _short(value: object) -> str:
    return textwrap.shorten(str(value), _VALUE, placeholder=" ...")


def _size(value: Any) -> object:
    """The shape of an array, the length of a mapping; other values as they are."""
    if hasattr(value, "shape"):
        return value.shape
    if is_dataclass(value):
        return type(value).__name__
    many = isinstance(value, Sized) and not isinstance(value, str)
    return f"{len(value)} entries" if many else value


class ShortRepr:
    """Mixin: one line as ``repr`` and a small table as HTML, both from ``facts``."""

    def facts(self) -> dict[str, object]:
        """Label -> count or short value; of a dataclass its fields, arrays by their shapes."""
        return {field.name: _size(getattr(self, field.name)) for field in fields(self)}  # type: ignore[arg-type]

    def __repr__(self) -> str:
        pairs = (f"{label} {_short(value)}" for label, value in self.facts().items())
        line = f"{type(self).__name__}: {'; '.join(pairs)}"
        return textwrap.shorten(line, _LINE, placeholder=" ...")

    def _repr_html_(self) -> str:
        return fact_table(type(self).__name__, self.facts())
