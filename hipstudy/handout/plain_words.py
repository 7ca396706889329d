"""A prescription as the parts of a page: headings and short lines in plain words."""

import re
from dataclasses import dataclass, replace

from hipstudy.handout import exercise_pictures
from hipstudy.handout.handout_facts import WORDS, stretch_facts, work_facts
from hipstudy.prescription.protocol import Protocol

_ITEM = re.compile(r"(-|\d+\.) ")


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it.

    Parameters
    ----------
    heading, lines
        As printed.
    numbered
        Whether the order of the lines matters.
    lead
        A sentence between heading and lines, or nothing.
    picture
        A drawing that stands beside the lines.
    """

    heading: str
    lines: tuple[str, ...]
    numbered: bool = False
    lead: str = ""
    picture: dict[str, str] | None = None


def part(passage: str, facts: object = None) -> Part:
    """A passage of the template whose first line is the heading and whose items are the lines."""
    heading, *rest = filter(None, WORDS(passage, facts).splitlines())
    lines = tuple(_ITEM.sub("", line, count=1) for line in rest if _ITEM.match(line))
    lead = " ".join(line for line in rest if not _ITEM.match(line))
    return Part(heading, lines, any(line[0].isdigit() for line in rest), lead)


def parts(protocol: Protocol, physio: str) -> tuple[Part, ...]:
    """Everything but safety: what to do, how much, how to make it easier, how to go on.

    Parameters
    ----------
    protocol
        With strength work, stretching, or both.
    physio
        Whose plan it is.
    """
    every: list[Part] = []
    if protocol.strength:
        facts = work_facts(protocol, physio)
        every += [part(passage, facts) for passage in ("steps", "dose", "easier", "progress")]
    if protocol.stretch:
        facts = stretch_facts(protocol, physio)
        stretch = part("stretch", facts)
        picture = None if facts.own_stretch else exercise_pictures.stretch()
        every.append(replace(stretch, picture=picture))
    return tuple(every)
