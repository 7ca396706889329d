"""What is typed for a handout beside the prescription, checked: names, date, words, logo.

What stands here goes to the page and nowhere else. The runner's name is never in an error.
"""

import re
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from hipstudy.errors import Problem, nearest
from hipstudy.handout.plain_words import WORDS
from hipstudy.report.typography import settable
from hipstudy.report.write_pdf import PAPERS

NAME_LENGTH, NOTE_LENGTH, PHONE_LENGTH, PHONE_DIGITS = 60, 200, 40, 3
MAX_LOGO_BYTES, MAX_LOGO_PIXELS = 1_000_000, 4000


@dataclass(frozen=True)
class Entries:
    """The words and the logo for one handout, as ``handout.write`` takes them."""

    physio: str
    confirmed: bool
    paper: str
    report_date: str
    note: str
    runner: str
    clinic: str
    phone: str
    logo: Path | None

    @property
    def day(self) -> date:
        """Date of the questions; today where none is given."""
        if self.report_date:
            return date.fromisoformat(self.report_date)
        return datetime.now().astimezone().date()  # by the clock of where they were asked

    @property
    def day_in_words(self) -> str:
        """The date as it is read: 31 January 2026."""
        months = (
            "January February March April May June July August September October November December"
        )
        return f"{self.day.day} {months.split()[self.day.month - 1]} {self.day.year}"

    @property
    def whose(self) -> str:
        """The therapist's name with the profession, unless the name says it."""
        names_it = re.search(r"physio|physical therap|\bD?PT\b", self.physio, re.IGNORECASE)
        return self.physio if names_it else f"{self.physio}, physio"

    def logo_data(self) -> dict[str, str | list[int]] | None:
        """The logo for the page: its kind and its content."""
        if self.logo is None:
            return None
        kind, content = _kind(self.logo.read_bytes())
        if kind == "svg":
            return {"kind": kind, "svg": content.decode("utf-8")}
        return {"kind": kind, "bytes": list(content)}


def problems(entries: Entries) -> list[Problem]:
    """Everything that is wrong with what was typed, in one go."""
    problems = [*_screening_problems(entries), *_text_problems(entries)]
    if entries.paper not in PAPERS:
        problems.append(
            Problem("paper", entries.paper, "not a paper", nearest(entries.paper, PAPERS))
        )
    if entries.report_date:
        try:
            date.fromisoformat(entries.report_date)
        except ValueError:
            rule = "the rule: a date such as 2026-01-31, or nothing"
            problems.append(Problem("date", entries.report_date, rule))
    if entries.phone and sum(letter.isdigit() for letter in entries.phone) < PHONE_DIGITS:
        rule = f"a telephone number has at least {PHONE_DIGITS} digits"
        problems.append(Problem("phone", entries.phone, rule))
    return [*problems, *(_logo_problems(entries.logo) if entries.logo is not None else [])]


def _screening_problems(entries: Entries) -> list[Problem]:
    problems: list[Problem] = []
    if sum(letter.isalpha() for letter in str(entries.physio)) < 2:
        rule = "the name of the physio who asked the screening questions is needed"
        problems.append(Problem("physio", str(entries.physio), rule, 'Write --physio "NAME".'))
    if entries.confirmed is not True:
        rule = f"before a handout, the physio asks the runner about {WORDS('questions')}"
        mend = "When that was asked, say so: --screened, or confirmed=True in Python."
        problems.append(Problem("screening", "no confirmation", rule, mend))
    return problems


def _text_problems(entries: Entries) -> list[Problem]:
    lengths = dict.fromkeys(("physio", "note", "runner", "clinic", "phone"), NAME_LENGTH)
    problems: list[Problem] = []
    for where, most in (lengths | {"note": NOTE_LENGTH, "phone": PHONE_LENGTH}).items():
        text = getattr(entries, where)
        quoted = None if where == "runner" else text
        if len(text) > most or not text.isprintable():
            rule = f"the rule: one line of at most {most} letters"
            problems.append(Problem(where, quoted, rule))
        elif settable(text) != text:
            rule = "some of these letters cannot be printed: the page would show squares"
            problems.append(Problem(where, quoted, rule, "Write it in Latin letters."))
    return problems


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


def _logo_problems(path: Path) -> list[Problem]:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_LOGO_BYTES + 1)
    except OSError as error:
        rule = f"this file cannot be read ({error.strerror or error})"
        return [Problem("logo", path.name, rule)]
    if len(content) > MAX_LOGO_BYTES:
        rule = f"a logo has at most {MAX_LOGO_BYTES // 1_000_000} MB"
        return [Problem("logo", path.name, rule, "Save it smaller, or as SVG.")]
    kind, _ = _kind(content)
    if not kind:
        rule = "this is none of PNG, JPEG and SVG (a logo is one of them)"
        return [Problem("logo", path.name, rule, "Save it as one of these.")]
    return [] if kind == "svg" else _pixel_problems(path)


def _pixel_problems(path: Path) -> list[Problem]:
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                size = picture.size
                if max(size) <= MAX_LOGO_PIXELS:
                    picture.load()
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        return [Problem("logo", path.name, f"this picture is broken ({error})")]
    if max(size) <= MAX_LOGO_PIXELS:
        return []
    rule = f"a logo has at most {MAX_LOGO_PIXELS} pixels a side"
    return [Problem("logo", f"{size[0]} x {size[1]} pixels", rule, "Save it smaller.")]
