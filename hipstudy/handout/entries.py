"""What is typed for a handout beside the prescription, checked: names, note, telephone, its head.

What stands here goes to the page and nowhere else. The runner's name is never in an error.
"""

import re
from dataclasses import dataclass, field
from datetime import date

from hipstudy.errors import Problem
from hipstudy.handout.plain_words import REFUSALS, WORDS
from hipstudy.report import letterhead
from hipstudy.report.letterhead import Letterhead
from hipstudy.wording import Wording

NOTE_LENGTH, PHONE_LENGTH, PHONE_DIGITS = 200, 40, 3
_PROFESSION = re.compile(r"physio|fisio|krankengymn|physical therap|\bD?PT\b", re.IGNORECASE)


@dataclass(frozen=True)
class Entries:
    """The words for one handout, as ``handout.write`` takes them, and its head."""

    physio: str
    confirmed: bool
    note: str = ""
    runner: str = ""
    phone: str = ""
    paper: str = "a4"
    language: str = WORDS.language
    head: Letterhead = field(default_factory=Letterhead)

    @property
    def day(self) -> date:
        """Date of the questions; today where none is given."""
        return self.head.day  # by the clock of where they were asked

    @property
    def names_profession(self) -> bool:
        """Whether the therapist's name says the profession."""
        return _PROFESSION.search(self.physio) is not None

    @property
    def words(self) -> Wording:
        """The sentences in the language of this handout."""
        return WORDS.in_language(self.language)


def problems(entries: Entries) -> list[Problem]:
    """Everything that is wrong with what was typed, in one go."""
    at = {name: name for name in ("phone", "paper", "language")} | dict(entries.head.places)
    texts = (
        ("physio", entries.physio, letterhead.NAME_LENGTH),
        ("note", entries.note, NOTE_LENGTH),
        ("runner", entries.runner, letterhead.NAME_LENGTH),
        (at["phone"], entries.phone, PHONE_LENGTH),
    )
    problems = _screening_problems(entries)
    for where, text, most in texts:
        problems += letterhead.text_problems(where, text, most, quotable=where != "runner")
    if entries.phone and sum(letter.isdigit() for letter in entries.phone) < PHONE_DIGITS:
        rule = f"a telephone number has at least {PHONE_DIGITS} digits"
        problems.append(Problem(at["phone"], entries.phone, rule))
    problems += letterhead.paper_problems(entries.paper, at["paper"])
    problems += WORDS.language_problems(entries.language, at["language"])
    return [*problems, *letterhead.problems(entries.head)]


def _screening_problems(entries: Entries) -> list[Problem]:
    problems: list[Problem] = []
    if sum(letter.isalpha() for letter in str(entries.physio)) < 2:
        rule = "the name of the physio who asked the screening questions is needed"
        problems.append(Problem("physio", str(entries.physio), rule, 'Write --physio "NAME".'))
    if entries.confirmed is not True:
        rule = f"before a handout, the physio asks the runner about {REFUSALS('questions')}"
        mend = "When that was asked, say so: --screened, or confirmed=True in Python."
        problems.append(Problem("screening", "no confirmation", rule, mend))
    return problems
