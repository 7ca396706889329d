"""TOML as tables, no deeper than anything that is written by hand.

Guarded by (tests/test_plan.py): test_deep_toml_is_said.
"""

import tomllib
from typing import Any

DEEPEST = 20  # tables or lists within each other; the files of this package have four at most
_RULE = f"lists or tables stand within each other more than {DEEPEST} deep"


class NotToml(ValueError):
    """What is wrong with a text that should be TOML."""


def loads(text: str) -> dict[str, Any]:
    """Tables of a TOML text.

    Raises
    ------
    NotToml
        When it is no TOML, or deeper than ``DEEPEST``.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise NotToml(str(error)) from None
    except RecursionError:
        raise NotToml(_RULE) from None
    level: list[Any] = [tables]
    for _ in range(DEEPEST + 1):
        inside = (one.values() if isinstance(one, dict) else one for one in level)
        level = [one for each in inside for one in each if isinstance(one, dict | list)]
        if not level:
            return tables
    raise NotToml(_RULE)
