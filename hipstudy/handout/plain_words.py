"""A prescription as the parts of a page: headings, short lines in plain words, and drawings.

The sentences are ``words/handout.en.j2``, with a file beside it for each other language; here are
the facts that they are made from. What is drawn is possible: the geometry is that by which a
prescription is refused.

Groin or deep front-of-hip pain in a runner can be a stress fracture of the femoral neck that was
called tight hip flexors, and extension under load raises the force at the front of the hip in a
model (Lewis 2007, row S110 of ``data/evidence.csv``). So a page says what keeps a runner from
starting and when to stop. The list is the project's, not a validated screening tool: a clinician
must review it, which is said to the clinician and not to the runner.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

from hipstudy import figures
from hipstudy.handout import body_limits
from hipstudy.prescription.protocol import Protocol, Strength
from hipstudy.show import Figure
from hipstudy.wording import Wording

WORDS = Wording("hipstudy.handout", "handout")
REFUSALS = Wording("hipstudy.handout", "refusals")
_OTHER_SIDE = {"left": "right", "right": "left", "both": ""}
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


def items(text: str) -> tuple[str, ...]:
    """The list items of a passage, without their marks."""
    return tuple(_ITEM.sub("", line, count=1) for line in text.splitlines() if _ITEM.match(line))


def part(passage: str, facts: object = None, words: Wording = WORDS) -> Part:
    """A passage of the template whose first line is the heading and whose items are the lines."""
    text = words(passage, facts)
    heading, *rest = filter(None, text.splitlines())
    lead = " ".join(line for line in rest if not _ITEM.match(line))
    return Part(heading, items(text), any(line[0].isdigit() for line in rest), lead)


def screening(words: Wording = WORDS) -> Part:
    """What keeps a runner from starting; each line is one reason."""
    return part("screening", words=words)


def stop_rule(words: Wording = WORDS) -> Part:
    """When a runner stops at once; each line is one reason."""
    return part("stop_rule", words=words)


def parts(protocol: Protocol, physio: str, words: Wording = WORDS) -> tuple[Part, ...]:
    """Everything but safety: what to do, how much, how to make it easier, how to go on.

    Parameters
    ----------
    protocol
        With strength work, stretching, or both.
    physio
        Whose plan it is.
    words
        The sentences, in the language of the page.
    """
    every: list[Part] = []
    if protocol.strength:
        facts = work_facts(protocol, physio)
        passages = ("steps", "dose", "easier", "progress")
        every += [part(passage, facts, words) for passage in passages]
    if protocol.stretch:
        facts = stretch_facts(protocol, physio)
        picture = None if facts["own_stretch"] else stretch_picture(words)
        every.append(replace(part("stretch", facts, words), picture=picture))
    return tuple(every)


def work_facts(protocol: Protocol, physio: str) -> dict[str, Any]:
    """Facts of a prescription that has strength work; the template says what they are."""
    work = protocol.strength
    assert work is not None
    rules, ways = work.progression, body_limits.easier_ways(work)
    end_deg, unloaded_weeks = work.trained_to_ext_deg, min(work.unloaded_weeks, protocol.weeks)
    changes_lever = bool(rules and rules.lever and rules.lever != work.lever)
    is_loaded = work.load != "unloaded" and unloaded_weeks < protocol.weeks
    return _picture_facts(work) | {
        "weeks": protocol.weeks,
        "physio": physio,
        "own_rule": _cert_answer(protocol, "progression_rule"),
        "bench_cm": body_limits.setup_of(work).bench_cm,
        "working_side": "" if work.sides == "both" else work.sides,
        "other_side": _OTHER_SIDE[work.sides],
        "start_above_level_deg": body_limits.above_level_deg(work),
        "end_deg": end_deg,
        "higher_support_cm": ways["support"].support_height_cm if "support" in ways else 0,
        "sooner_deg": end_deg - ways["shorter"].trained_to_ext_deg if "shorter" in ways else 0,
        "unloaded_weeks": unloaded_weeks,
        "has_weight": is_loaded and not changes_lever,
        "changes_lever": changes_lever,
        "lowers_support": bool(rules and rules.support_step_cm and work.support_height_cm),
    }


def _picture_facts(work: Strength) -> dict[str, Any]:
    return {"work": work, "is_leg": work.lever == "leg-lever"}


def stretch_facts(protocol: Protocol, physio: str) -> dict[str, Any]:
    """Facts of a prescription that has a stretch; the template says what they are."""
    own = _cert_answer(protocol, "exercises")
    weeks, stretch = protocol.weeks, protocol.stretch
    return {"stretch": stretch, "weeks": weeks, "physio": physio, "own_stretch": own}


def _cert_answer(protocol: Protocol, name: str) -> str:
    """An answer of the table [cert] on one line; empty where there is none."""
    answer = getattr(protocol.cert, name) if protocol.cert else ""
    return " ".join((answer or "").split())


def pictures(facts: dict[str, Any], words: Wording = WORDS) -> list[dict[str, str]]:
    """Strength work drawn as prescribed and made easier in one way.

    Each drawing has a caption, and words for those who do not see it.
    """
    work = facts["work"]
    caption = words("caption_prescribed", facts)
    drawings = [_picture(work, caption, words, weight=facts["has_weight"])]
    if way := body_limits.easiest_way(work):
        name, light = way
        caption = words("caption_easier", name == "support")
        drawings.append(_picture(light, caption, words, weight=False))
    return drawings


def stretch_picture(words: Wording = WORDS) -> dict[str, str]:
    """The half-kneeling stretch, drawn: caption, and words for those who do not see it."""
    posture = figures.kneeling(body_limits.body())
    return _drawing(posture, words("stretch_caption"), words("stretch_alt_text"), words)


def _picture(work: Strength, caption: str, words: Wording, *, weight: bool) -> dict[str, str]:
    posture = figures.posture(body_limits.setup_of(work), weight=weight)
    return _drawing(posture, caption, words("alt_text", _picture_facts(work)), words)


def _drawing(posture: figures.Posture, caption: str, scene: str, words: Wording) -> dict[str, str]:
    tips = (replace(tip, word=words("picture_word", tip.word)) for tip in posture.tips)
    posture = replace(posture, tips=tuple(tips))
    alt = f"{caption}. {scene}"
    figure = Figure(figures.setup(posture).figure, caption, alt, "setup")
    return {"svg": figure.svg(), "alt": alt, "caption": caption}
