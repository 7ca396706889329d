"""The words of this package, from the TOML files in its folder ``words``.

``findings.en.toml`` has what is said of a file, ``vocabulary.toml`` the words that are looked for.
"""

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def word_table(name: str) -> dict[str, Any]:
    """Tables of a file in the folder ``words``; read once."""
    path = files("hipstudy.cohort_file") / "words" / name
    return tomllib.loads(path.read_text(encoding="utf-8"))


def say(entry: str, /, **facts: object) -> dict[str, Any]:
    """Level, rule, remedy and value of a ``Finding`` or ``Problem``, as far as its entry has them.

    Parameters
    ----------
    entry
        Its name in ``findings.en.toml``.
    **facts
        What its texts name in braces.

    Examples
    --------
    >>> say("too_many_columns", n=300, most=200)["rule"]
    '200 columns at most'
    """
    texts = word_table("findings.en.toml")[entry]
    return {part: text.format_map(facts) for part, text in texts.items()}
