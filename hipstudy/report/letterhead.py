"""What a clinic puts at the head of its papers: name, author, logo and date, checked.

Reports and handouts have the same head. What stands here is text and never markup; it goes to the
page and changes no number.
"""

import base64
import warnings
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from hipstudy.errors import Problem, nearest
from hipstudy.report.typography import PAPERS
from hipstudy.typeface import settable

NAME_LENGTH = 60
MAX_LOGO_BYTES, MAX_LOGO_PIXELS = 1_000_000, 4000
DATE_RULE = "the rule: a date such as 2026-01-31, or nothing"
_MIME = {"png": "image/png", "jpg": "image/jpeg", "svg": "image/svg+xml"}


@dataclass(frozen=True)
class Logo:
    """A picture for the head of a page.

    Parameters
    ----------
    kind
        ``png``, ``jpg`` or ``svg``, by its content.
    content
        The bytes of the file; of an SVG, in UTF-8.
    alt
        Its words for those who do not see it.
    """

    kind: str
    content: bytes = field(repr=False)
    alt: str

    def as_data(self) -> dict[str, str | list[int]]:
        """Kind, content and alt text as the page's template takes them."""
        if self.kind == "svg":
            return {"kind": self.kind, "alt": self.alt, "svg": self.content.decode("utf-8")}
        return {"kind": self.kind, "alt": self.alt, "bytes": list(self.content)}

    @property
    def mime(self) -> str:
        """Its kind as web pages and Word have it."""
        return _MIME[self.kind]

    @property
    def address(self) -> str:
        """The picture as a data address, for a web page without other files."""
        return f"data:{self.mime};base64,{base64.b64encode(self.content).decode()}"


@dataclass(frozen=True)
class Letterhead:
    """Whose paper it is.

    Parameters
    ----------
    clinic, author
        Names of at most ``NAME_LENGTH`` letters; empty prints none.
    logo
        A PNG, JPEG or SVG file; it is read and not changed.
    report_date
        Such as 2026-01-31; empty means today.
    places
        Where a field was read (clinic, author, logo, date), for what is said of it.
    file_problems
        What is wrong with the file that these fields were read from.
    """

    clinic: str = ""
    author: str = ""
    logo: Path | None = None
    report_date: str = ""
    places: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)
    file_problems: tuple[Problem, ...] = field(default=(), repr=False, compare=False)

    @property
    def day(self) -> date:
        """The date that is told, or today's by the clock of this computer."""
        if self.report_date:
            return date.fromisoformat(self.report_date)
        return datetime.now().astimezone().date()

    def dated(self, day: str) -> "Letterhead":
        """The same head with a date that is typed."""
        places = {name: place for name, place in self.places.items() if name != "date"}
        return replace(self, report_date=day, places=places)

    def picture(self, alt: str) -> Logo | None:
        """The logo as it stands in its file, with its words for those who do not see it."""
        return Logo(*_kind(self.logo.read_bytes()), alt) if self.logo is not None else None


NOBODY = Letterhead()


def problems(head: Letterhead) -> list[Problem]:
    """Everything that is wrong with a head, in one go, and with the file that it was read from."""
    at = {name: name for name in ("clinic", "author", "logo", "date")} | dict(head.places)
    problems = list(head.file_problems)
    for name in ("clinic", "author"):
        problems += text_problems(at[name], getattr(head, name))
    if head.report_date and not is_date(head.report_date):
        problems.append(Problem(at["date"], head.report_date, DATE_RULE))
    return [*problems, *(logo_problems(head.logo, at["logo"]) if head.logo is not None else [])]


def text_problems(
    where: str, text: str, most: int = NAME_LENGTH, *, quotable: bool = True
) -> list[Problem]:
    """What keeps a text from the page; ``quotable`` says whether the problem may quote it."""
    quoted = text if quotable else None
    if len(text) > most or not text.isprintable():
        return [Problem(where, quoted, f"the rule: one line of at most {most} letters")]
    if settable(text) != text:
        rule = "some of these letters cannot be printed: the page would show squares"
        return [Problem(where, quoted, rule, "Write it in Latin letters.")]
    return []


def is_date(text: str) -> bool:
    """Whether a text is a date of the calendar, written year-month-day.

    Examples
    --------
    >>> [is_date(text) for text in ("2026-01-31", "2026-02-31", "20260131", "tomorrow")]
    [True, False, False, False]
    """
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def paper_problems(paper: str, where: str = "paper") -> list[Problem]:
    """Nothing, or that this is no paper."""
    return [] if paper in PAPERS else [Problem(where, paper, "not a paper", nearest(paper, PAPERS))]


def _kind(content: bytes) -> tuple[str, bytes]:
    """What kind of picture a file is by its content; an empty kind for none of the three."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png", content
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg", content
    try:
        text = content.decode("utf-8-sig").lstrip()
    except UnicodeDecodeError:
        return "", content
    is_svg = text.startswith("<") and "<svg" in text
    return ("svg", text.encode()) if is_svg else ("", content)


def logo_problems(path: Path, where: str = "logo") -> list[Problem]:
    """What keeps a file from being a logo: its size, its kind, or that it cannot be set."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_LOGO_BYTES + 1)
    except OSError as error:
        rule = f"this file cannot be read ({error.strerror or error})"
        return [Problem(where, path.name, rule)]
    if len(content) > MAX_LOGO_BYTES:
        rule = f"a logo has at most {MAX_LOGO_BYTES // 1_000_000} MB"
        return [Problem(where, path.name, rule, "Save it smaller, or as SVG.")]
    kind, content = _kind(content)
    if not kind:
        rule = "this is none of PNG, JPEG and SVG (a logo is one of them)"
        return [Problem(where, path.name, rule, "Save it as one of these.")]
    problems = [] if kind == "svg" else _pixel_problems(path, where)
    if problems:
        return problems
    from hipstudy.report.write_pdf import why_not_set

    if reason := why_not_set(Logo(kind, content, "Logo").as_data()):
        mend = "Save it again as PNG, JPEG or SVG."
        problems = [Problem(where, path.name, f"this picture cannot be printed ({reason})", mend)]
    return problems


def _pixel_problems(path: Path, where: str) -> list[Problem]:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                size = picture.size
                if max(size) <= MAX_LOGO_PIXELS:
                    picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = str(error).replace(str(path), path.name)  # not whose folder it is in
        return [Problem(where, path.name, f"this picture is broken ({reason})")]
    if max(size) <= MAX_LOGO_PIXELS:
        return []
    rule = f"a logo has at most {MAX_LOGO_PIXELS} pixels a side"
    return [Problem(where, f"{size[0]} x {size[1]} pixels", rule, "Save it smaller.")]


DATE = "report_date"


def with_date(
    parameters: Collection[str], pairs: Sequence[tuple[str, str]], head: Letterhead
) -> Sequence[tuple[str, str]]:
    """The date of the head for a notebook that prints one, unless it is told its own."""
    is_open = DATE in set(parameters) - {name for name, _ in pairs}
    is_day = is_date(head.report_date)
    return [*pairs, (DATE, head.report_date)] if is_open and is_day else pairs
