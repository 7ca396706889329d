"""What of a prescription can stand on a page for a person: what is refused, and what is rounded.

The model takes any support up to 40 cm, an end of 40 degrees or a hold of a thousandth of a second;
a runner cannot do them. So they stay valid prescriptions, and only the handout refuses them, with
the reason. A weight above what runners can hold is refused by the model's reports as well.
"""

import math
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hipstudy import figures
from hipstudy.errors import Problem
from hipstudy.handout import body_limits, plain_words
from hipstudy.handout.plain_words import REFUSALS, WORDS
from hipstudy.model import capacity
from hipstudy.prescription.protocol import MAX_SUPPORT_CM, Protocol, Strength
from hipstudy.typeface import settable

# Field -> the step that it is rounded to, the least that is more than nothing, and its unit.
ROUNDED = tomllib.loads(Path(__file__).with_name("rounding.toml").read_text(encoding="utf-8"))
MOVES = ("lower_s", "raise_s")  # the page says to move slowly
SEVERE_NRS = 7  # from here on soreness or pain is called severe on a scale of 0 to 10
NOTICE_FROM = 0.85  # from this share on, many runners with less than the average cannot do it


def problems(protocol: Protocol) -> list[Problem]:
    """Everything that a page cannot ask of a person, each with what it could ask."""
    problems = [
        _too_little(part, field, number, how)
        for part, field, number, how in _numbers(protocol)
        if 0 < number < how.get("least", 0)
    ]
    if settable(protocol.note) != protocol.note:
        problems.append(_problem("note", protocol.note, "refused_note"))
    work = printed(protocol).strength
    if work is None:
        return problems
    way, rules = work.trained_to_ext_deg - work.trained_from_ext_deg, work.progression
    if way < body_limits.LEAST_WAY_DEG:
        least = body_limits.LEAST_WAY_DEG
        problems.append(_problem("range", f"{way:g} deg", "refused_short_way", least))
    if rules and rules.sore_limit_nrs >= SEVERE_NRS:
        limit = f"{rules.sore_limit_nrs:g}"
        problems.append(_problem("sore_limit_nrs", limit, "refused_soreness", SEVERE_NRS))
    return [*problems, *(_impossible(work) or _too_heavy(work, protocol.weeks))]


def _problem(where: str, value: str, passage: str, facts: object = None) -> Problem:
    """A problem whose rule and remedy are the paragraphs of a passage."""
    rule, _, mend = REFUSALS(passage, facts).partition("\n\n")
    return Problem(f"prescription, {where}", value, rule, mend)


def printed(protocol: Protocol) -> Protocol:
    """The prescription as the page says it: each number as a person can follow it."""
    new: dict[str, dict[str, float | str]] = {part: {} for part in ROUNDED}
    for part, field, number, how in _numbers(protocol):
        value = _rounded(number, how["step"])
        new[part][field] = f"{value:g} kg" if field == "load" else value
    strength = protocol.strength and protocol.strength.model_copy(update=new["strength"])
    if strength and strength.progression:
        rules = strength.progression
        limit = float(math.floor(rules.sore_limit_nrs))  # in whole ratings above 4.5 is above 4
        changed = new["progression"] | {"sore_limit_nrs": limit}
        strength = strength.model_copy(update={"progression": rules.model_copy(update=changed)})
    stretch = protocol.stretch and protocol.stretch.model_copy(update=new["stretch"])
    return protocol.model_copy(update={"strength": strength, "stretch": stretch})


def notices(
    protocol: Protocol,
    phone: str = "",
    language: str = WORDS.language,
    *,
    addressed: bool = False,
) -> tuple[str, ...]:
    """What the therapist has to know of a handout and the runner need not, a sentence each.

    ``addressed`` says before each that it is for the clinician, where others read along.

    Raises
    ------
    UsageProblems
        When the page is not written in this language.
    """
    rounded = [
        (field, on_page, number, how["unit"])
        for _, field, number, how in _numbers(protocol)
        if not math.isclose(on_page := _rounded(number, how["step"]), number, abs_tol=1e-9)
    ]
    facts = {
        "has_phone": bool(phone.strip()),
        "rounded": rounded,
        "has_note": bool(protocol.note.strip()),
        "is_usual_stretch": protocol.stretch and not (protocol.cert and protocol.cert.exercises),
    }
    words = WORDS.in_language(language)
    told = plain_words.items(words("notices", facts | _work_notices(protocol)))
    return tuple(words("to_clinician", one) for one in told) if addressed else told


def _work_notices(protocol: Protocol) -> dict[str, Any]:
    """Of strength work; what need not be said is None."""
    names = ("bench_cm", "stature_m", "heavy_share", "other_lever")
    names += ("rules_kg", "held_kg", "held_step_kg")
    facts: dict[str, Any] = dict.fromkeys(names)
    work = printed(protocol).strength
    if work is None:
        return facts
    if work.lever == "leg-lever":
        facts["bench_cm"] = body_limits.setup_of(work).bench_cm
        facts["stature_m"] = body_limits.stature_m()
    added_kg = work.added_kg if work.unloaded_weeks < protocol.weeks else 0
    share, rules = capacity.peak_load(work, added_kg), work.progression
    if share >= NOTICE_FROM:
        facts["heavy_share"] = share
    if rules and rules.lever and rules.lever != work.lever:
        facts["other_lever"] = rules.lever
    elif rules and rules.max_kg > (held_kg := capacity.heaviest_kg(work)):
        facts |= {"rules_kg": rules.max_kg, "held_kg": held_kg, "held_step_kg": capacity.KG_STEP}
    return facts


def _numbers(protocol: Protocol) -> list[tuple[str, str, float, dict[str, Any]]]:
    """Part, field, number, and how it is rounded, of every number with a unit."""
    s = protocol.strength
    models = {"strength": s, "progression": s and s.progression, "stretch": protocol.stretch}
    numbers = []
    for part, fields in ROUNDED.items():
        for field, how in fields.items() if models[part] else ():
            number = getattr(models[part], "added_kg" if field == "load" else field)
            if field != "load" or number:
                numbers.append((part, field, float(number), how))
    return numbers


def _rounded(number: float, step: float) -> float:
    return round(round(number / step) * step, 6) + 0.0  # and never minus nothing


def _too_little(part: str, field: str, number: float, how: dict[str, Any]) -> Problem:
    facts = how | {"is_move": field in MOVES, "is_hold": part == "stretch" and field == "hold_s"}
    value = f"{number:g} {how['unit']}"
    return _problem(f"{part}.{field}", value, "refused_too_little", facts)


def _impossible(work: Strength) -> list[Problem]:
    """What a body cannot set up: the start, or the lever that the rules change to first."""
    other = work.progression and work.progression.lever
    for one in (work, *([work.model_copy(update={"lever": other})] if other else [])):
        setup = body_limits.setup_of(one)
        facts = {"work": one, "stature_m": body_limits.stature_m()}
        if not setup.reaches:
            most = figures.MOST_EXT_DEG
            return [_problem("range", f"{setup.to_deg:g} deg", "refused_reach", most)]
        if not setup.possible:
            support = f"{one.support_height_cm:g} cm"
            facts["largest_cm"] = setup.largest_support_cm
            return [_problem("support", support, "refused_support", facts)]
        if one.lever == "trunk-lever" and not _has_room(one):
            ends = range(math.ceil(one.trained_to_ext_deg) - 1, -106, -1)
            largest = _first_that_does(one, "trained_to_ext_deg", ends, _has_room)
            facts |= {"least_cm": body_limits.LEAST_HEAD_CM, "largest_deg": largest}
            return [_problem("range", f"{one.trained_to_ext_deg:g} deg", "refused_head", facts)]
    return []


def _has_room(work: Strength) -> bool:
    """Whether the head stays over the floor where the trunk lever stops."""
    return body_limits.head_cm(work) >= body_limits.LEAST_HEAD_CM


def _too_heavy(work: Strength, weeks: int) -> list[Problem]:
    """A load above what a limb can hold; with rules, weight is added only when a runner can."""
    share = capacity.peak_load(work)
    if share > capacity.FULL:
        facts = {"share": share, "work": work} | _light_enough(work)
        return [_problem("load", "bodyweight", "refused_body_weight", facts)]
    return capacity.too_heavy(work, weeks, "prescription, load")


def _light_enough(work: Strength) -> dict[str, int | None]:
    """The largest end and the smallest higher support with which body weight can be held."""
    start, end = work.trained_from_ext_deg, work.trained_to_ext_deg
    ends = range(math.ceil(end) - 1, math.ceil(start) + body_limits.LEAST_WAY_DEG - 1, -1)
    supports = range(math.floor(work.support_height_cm) + 1, MAX_SUPPORT_CM + 1)
    return {
        "largest_deg": _first_that_does(work, "trained_to_ext_deg", ends, _can_be_held),
        "smallest_cm": _first_that_does(work, "support_height_cm", supports, _can_be_held),
    }


def _can_be_held(work: Strength) -> bool:
    """Whether a body can do the work and hold its own weight."""
    return not _impossible(work) and capacity.peak_load(work) <= capacity.FULL


def _first_that_does(
    work: Strength, field: str, values: range, does: Callable[[Strength], bool]
) -> int | None:
    """The first value of a field with which the work will do."""
    for value in values:
        if does(work.model_copy(update={field: float(value)})):
            return value
    return None
