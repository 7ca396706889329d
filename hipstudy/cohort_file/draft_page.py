"""The page that a draft of a mapping file is written on, and the questions that stand in it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import tomli_w

from hipstudy.cohort_file.reading import FileReading
from hipstudy.cohort_file.word_tables import word_table

DRAFT_WORDS = word_table("draft.en.toml")


@dataclass(frozen=True)
class MappingDraft:
    """A draft, and what it asks.

    Parameters
    ----------
    text
        The mapping file, as TOML.
    questions
        What somebody must answer before the file is read as it should be.
    reading
        What the draft was made from.
    """

    text: str
    questions: tuple[str, ...]
    reading: FileReading


@dataclass
class DraftPage:
    """Lines of the file, and the questions among them."""

    lines: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)

    def ask(self, question: str, lines: Sequence[str], **facts: object) -> None:
        """Ask one of the questions of ``draft.en.toml``, its lines behind a #."""
        text = DRAFT_WORDS["questions"][question].format_map(facts)
        self.questions.append(text)
        self.lines.append(f"# QUESTION {len(self.questions)}: {text}")
        self.lines += [f"# {line}" for line in lines]


def toml_key(name: str) -> str:
    """A name as TOML writes it, in quotation marks where it needs them."""
    return tomli_w.dumps({name: 0}).strip().removesuffix(" = 0")


def toml_line(own: str, ours: object) -> str:
    """A line of a mapping file."""
    if isinstance(ours, list):
        return f"{own} = [{', '.join(map(str, ours))}]"
    return tomli_w.dumps({own: ours}).strip()
