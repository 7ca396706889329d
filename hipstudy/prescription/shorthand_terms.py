"""Terms of a one-line prescription: each is said once, and serves to read and to write.

A shape such as ``pause {pause_s:s}`` is the words, and the fields with the unit they are in.
"""

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

# Between straight double quotes a backslash escapes; the others stand as they are, and a single
# quote before a letter is an apostrophe.
QUOTES = {"'": "'", "‘": "’", "“": "”", "«": "»"}
CLOSED = r'"(?:[^"\\]|\\.)*"' + "".join(
    rf"|(?<!\w){start}(?:[^{end}]|{end}(?=\w))*{end}(?!\w)" for start, end in QUOTES.items()
)
QUOTED = rf'{CLOSED}|"(?:[^"\\]|\\.)*\Z'
# Text without quotes goes up to a comma or semicolon.
_BARE = r"""[^\s,;"'‘“«](?:[^,;"]*[^\s,;"])?(?=\s*(?:[,;]|\Z))"""
TEXTS = rf"{QUOTED}|(?<![\w-])(?:label|note)\s+{_BARE}"
FLAGS = re.IGNORECASE | re.DOTALL
GRAMMAR = tomllib.loads(Path(__file__).with_name("shorthand.toml").read_text(encoding="utf-8"))
UNITS: dict[str, dict[str, int]] = GRAMMAR["units"]
UNIT_WANTED: dict[str, str] = GRAMMAR["unit_wanted"]
_FIELD = re.compile(r"\{(\w+):?([^}]*)\}")
_WORDS = "one two three four five six seven eight nine ten eleven twelve".split()
COUNTS = {word: n for n, word in enumerate(_WORDS, 1)} | {"once": 1, "twice": 2, "thrice": 3}
COUNT = rf"(?a:{'|'.join(COUNTS)})(?![\w-])"
_NUMBER = r"[-+−–]?(?:[0-9]+(?:{point}[0-9]+)?|{point}[0-9]+)(?:e[-+]?[0-9]+)?"
_POUNDS, _KG_OF_A_POUND = r"lbs?|pounds?", 0.45359237
WEIGHT = re.compile(
    rf"({COUNT}|[0-9]+(?:[.,][0-9]+)?)\s*({'|'.join(UNITS['kg'])}|{_POUNDS})(?!\w)", FLAGS
)
_NEXT = (
    rf"(?:(?:and|then|plus|with|at|on|for|over|during|first|lower|pause|raise|rest|range|support"
    rf"|left|right|both|daily|nightly|every|each|weekdays?|body|bw|unloaded|near|tempo|rpe|rir|hold"
    rf"|x|to)\b|{COUNT})"
)
# An x may stand close behind a word, as in 3/wkx12wk.
END = r"(?=\.?(?:[\s,)]|\Z)|[@+]|/(?:side|leg|hip|limb)\b|(?<=[a-z])[x×]\s*[0-9])"


@dataclass(frozen=True)
class Term:
    """One thing that can be said in a part of the line.

    Parameters
    ----------
    shape
        How it is written: words, and fields as ``{name:unit}``; ``{name:word}`` is a bare word
        and ``{name:text}`` text, in quotes where it has commas.
    fixed
        Fields and the values the words stand for, where the shape has no field.
    joint
        What stands before it when it is written.
    """

    shape: str
    fixed: Mapping[str, Any] = field(default_factory=dict)
    joint: str = ", "

    @cached_property
    def units(self) -> dict[str, str]:
        """Field -> its unit, in the order they are written."""
        return dict(_FIELD.findall(self.shape)) or dict.fromkeys(self.fixed, "")

    @cached_property
    def head(self) -> str:
        """The word it starts with; nothing when that is a number."""
        return self.shape.split("{")[0].split()[0] if self.shape[0] != "{" else ""

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What it looks like in a line: any spacing, any case, other words for the same."""
        text, end = "", 0
        for match in _FIELD.finditer(self.shape):
            text += _words(self.shape[end : match.start()])
            end = match.end()
            text += _value(match[1], match[2], last=end == len(self.shape)) + r"\s*"
        text = (text + _words(self.shape[end:])).removesuffix(r"\s*")
        return re.compile(text + END, FLAGS)

    @property
    def example(self) -> str:
        """How it is written, with ordinary values; a shell leaves single quotes in it alone."""
        return self.text(GRAMMAR["sample"]).replace('"', "'")

    def text(self, values: Mapping[str, Any]) -> str:
        """The term as it is written with these values."""

        def value(match: re.Match[str]) -> str:
            name, unit = match.groups()
            if unit == "word":
                return str(values[name])
            text = quoted(values[name]) if unit == "text" else exact(values[name])
            return f"{text} {unit}" if unit in UNITS else text

        return _FIELD.sub(value, self.shape)


def _words(text: str) -> str:
    """Pattern of the words of a shape; hyphens may be spaces."""
    words = re.findall(r"[a-z-]+|\S", text)
    return "".join(
        GRAMMAR["also"].get(word, re.escape(word).replace(r"\-", r"[\s-]?")) + r"\s*"
        for word in words
    )


def _value(name: str, unit: str, *, last: bool) -> str:
    if unit == "word":
        return rf"(?P<{name}>[^\s,;]*[^\s,;.])"
    if unit == "text":
        return rf"(?P<{name}>{QUOTED}|{_BARE})"
    # 3x10,3/wk are two terms; 30,5 s is one, with a decimal comma that can be spoken of.
    point = r"\." if last and not unit else "[.,]"
    number = rf"(?P<{name}>{_NUMBER.format(point=point)}|{COUNT})"
    if not unit:
        return number
    names = "|".join(UNITS[unit])
    unknown = rf"(?!{_NEXT})[^\s,@0-9]*"
    return rf"{number}\s*(?P<{name}_unit>(?:{names}){END}|{unknown})"


def factor(unit: str, other: str) -> int | None:
    """How many of a unit the written one is; None when it is another kind of unit.

    Examples
    --------
    >>> factor("s", "min"), factor("s", "cm")
    (60, None)
    """
    fits = (n for names, n in UNITS[unit].items() if re.fullmatch(names, other, FLAGS))
    return next(fits, None)


def number(text: str) -> int | float:
    """A number as typed; whole ones are whole."""
    if text.lower() in COUNTS:
        return COUNTS[text.lower()]
    plain = text.replace("−", "-").replace("–", "-")
    # More digits than these are no dose; a float says so without counting them all.
    return int(plain) if re.fullmatch(r"[-+]?[0-9]{1,15}", plain) else float(plain)


def weight(text: str, unit: str) -> str:
    """How a weight is written, in kilograms whatever it was in.

    Examples
    --------
    >>> weight("2,5", "kg"), weight("5", "lb")
    ('@2.5 kg', '@2.27 kg')
    """
    times = _KG_OF_A_POUND if re.fullmatch(_POUNDS, unit, FLAGS) else 1
    return f"@{number(text.replace(',', '.')) * times:.3g} kg"


def exact(value: float) -> str:
    """A number so that it reads back as the same number.

    Examples
    --------
    >>> exact(30.0), exact(280 / 3)
    ('30', '93.33333333333333')
    """
    return str(int(value)) if value == int(value) else repr(float(value))


def quoted(text: str) -> str:
    r"""Text in quotes, on one line whatever is in it.

    Examples
    --------
    >>> print(quoted('5" step\n'))
    "5\" step\n"
    """
    plain = (c if c.isprintable() and c not in '"\\' else json.dumps(c)[1:-1] for c in text)
    return f'"{"".join(plain)}"'


def unquoted(text: str) -> str | None:
    """The text, out of its quotes; None when the quotes or what is in them is wrong."""
    if not text.startswith('"'):
        return text[1:-1] if text[0] in QUOTES else text
    try:
        return json.loads(text, strict=False)
    except ValueError:
        return None


def unclosed(text: str) -> bool:
    """Whether a quote is opened and not closed."""
    return bool(re.search(rf"\"|(?<!\w)[{''.join(QUOTES)}]", re.sub(CLOSED, "", text, flags=FLAGS)))


def piece_bounds(text: str, separator: str, spared: str = QUOTED) -> list[tuple[int, int]]:
    """Where the pieces between separators start and end; a separator in what is spared is none.

    Examples
    --------
    >>> piece_bounds('a; "b;c"', ";")
    [(0, 1), (2, 8)]
    """
    pieces, start = [], 0
    for match in re.finditer(f"{spared}|({separator})", text, FLAGS):
        if match[1] is not None:
            pieces.append((start, match.start()))
            start = match.end()
    return [*pieces, (start, len(text))]
