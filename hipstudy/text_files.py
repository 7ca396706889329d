"""Text of a file in whatever encoding a person's editor saved it.

Windows PowerShell writes UTF-16, Notepad and Excel put a mark (BOM) in front of UTF-8. Every text
file of a user is read by ``decoded`` or ``read_text``.
"""

import errno
import re
import tomllib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE, BOM_UTF32_BE, BOM_UTF32_LE
from contextlib import suppress
from pathlib import Path
from typing import Any

MAX_BYTES = 1_000_000  # of a prescription, a plan or trials; those of this package have 20,000
_TOO_LARGE = f"it has {MAX_BYTES // 10**6} MB at most"
SAVE = "Open it in an editor and save it as UTF-8 (in Notepad: Save as, Encoding: UTF-8)."
# The longer mark first: that of UTF-32 begins with that of UTF-16.
_MARKS = (
    (BOM_UTF32_LE, "utf-32"),
    (BOM_UTF32_BE, "utf-32"),
    (BOM_UTF8, "utf-8-sig"),
    (BOM_UTF16_LE, "utf-16"),
    (BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 4096  # bytes, an even number
_MOST = 0.4  # share of all bytes that are NUL in the UTF-16 of a text that is mostly ASCII


class WrongEncoding(ValueError):
    """The bytes are no text in the encoding that they seem to be in; ``encodings`` names it."""

    def __init__(self, encodings: str) -> None:
        super().__init__(f"it is not saved as UTF-8 text; tried: {encodings}")
        self.encodings = encodings


def encoding_of(content: bytes) -> str:
    r"""The encoding that the first bytes tell; UTF-8 where they tell none.

    Examples
    --------
    >>> encoding_of("week = 6".encode("utf-16")), encoding_of("week = 6".encode("utf-16-le"))
    ('utf-16', 'utf-16-le')
    >>> encoding_of(b"\xef\xbb\xbfweek = 6"), encoding_of(b"week = 6")
    ('utf-8-sig', 'utf-8')
    """
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return encoding
    first = content[:_LOOKED_AT]
    even, odd = first[::2].count(0), first[1::2].count(0)
    if len(first) > 1 and max(even, odd) >= _MOST * len(first):
        if not even:
            return "utf-16-le"
        if not odd:
            return "utf-16-be"
    return "utf-8"


def decoded(content: bytes, otherwise: str = "") -> str:
    """The text of a file's bytes; ``otherwise`` is an older encoding to try if they are no UTF-8.

    Raises
    ------
    WrongEncoding
        When it cannot be told what the bytes mean.
    """
    encodings = [encoding_of(content)]
    if encodings == ["utf-8"] and otherwise:
        encodings.append(otherwise)
    for encoding in encodings:
        with suppress(UnicodeDecodeError):
            return content.decode(encoding)
    raise WrongEncoding(" and ".join(encodings).replace("utf-8-sig", "utf-8"))


def read_text(path: Path) -> str:
    """The text of a file, its lines ended by line feeds.

    Raises
    ------
    WrongEncoding
        When it cannot be told what the bytes mean.
    OSError
        When the file cannot be read, or is larger than ``MAX_BYTES``.
    """
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise OSError(errno.EFBIG, _TOO_LARGE)
    return decoded(content).replace("\r\n", "\n").replace("\r", "\n")


DEEPEST = 20  # tables or lists within each other; the files of this package have four at most
LONGEST_NUMBER = 100  # characters
_RULE = f"lists or tables stand within each other more than {DEEPEST} deep"
_LONG_NUMBER = re.compile(rf"(?<![\w.-])[+-]?\d[\w.+-]{{{LONGEST_NUMBER},}}")
_TEXTS = re.compile(  # and comments: nothing in them is a key, a bracket or a number
    r'''"""(?:\\.|[^\\])*?"""|\'{3}.*?\'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|#[^\n]*''', re.DOTALL
)


def _check_toml(text: str) -> None:
    """Refuse what would take a parser of TOML too much memory or time, before it is parsed."""
    if len(text) > MAX_BYTES:
        raise NotToml(_TOO_LARGE)
    bare = _TEXTS.sub("", text)
    if _LONG_NUMBER.search(bare):
        raise NotToml(f"a number has more than {LONGEST_NUMBER} digits")
    if any(part.count(".") > DEEPEST for part in re.split(r"[=,\[\]{}\n]", bare)):
        raise NotToml(_RULE)
    depth = 0
    for bracket in re.findall(r"[\[\]{}]", bare):
        depth = depth + 1 if bracket in "[{" else max(depth - 1, 0)
        if depth > DEEPEST:
            raise NotToml(_RULE)


class NotToml(ValueError):
    """What is wrong with a text that should be TOML."""


def loads(text: str) -> dict[str, Any]:
    """Tables of a TOML text.

    Raises
    ------
    NotToml
        When it is no TOML, larger than ``MAX_BYTES``, deeper than ``DEEPEST``, or has a number
        longer than ``LONGEST_NUMBER``.
    """
    _check_toml(text)
    try:
        tables = tomllib.loads(text)
    except ValueError as error:  # not only its TOMLDecodeError: a date may be in no calendar
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
