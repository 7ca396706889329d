"""What of a prescription can stand on a page for a person: what is refused, and what is rounded.

The model takes any support up to 40 cm, an end of 40 degrees or a hold of a thousandth of a second;
a runner cannot do them. So they stay valid prescriptions, and only the handout refuses them, with
the reason.
"""

import math
import tomllib
from pathlib import Path
from typing import Any

from hipstudy import figures
from hipstudy.errors import Problem
from hipstudy.handout import body_limits, plain_words
from hipstudy.handout.plain_words import WORDS
from hipstudy.prescription.protocol import MAX_SUPPORT_CM, Protocol, Strength
from hipstudy.report.typography import settable

# Field -> the step that it is rounded to, the least that is more than nothing, and its unit.
ROUNDED = tomllib.loads(Path(__file__).with_name("rounding.toml").read_text(encoding="utf-8"))
MOVES = ("lower_s", "raise_s")  # the page says to move slowly
SEVERE_NRS = 7  # from here on soreness or pain is called severe on a scale of 0 to 10
FULL = 1.0  # all that a limb can hold
NOTICE_FROM = 0.85  # from this share on, many runners with less than the average cannot do it


def problems(protocol: Protocol) -> list[Problem]:
    """Everything that a page cannot ask of a person, each with what it could ask."""
    problems = [
        _too_little(part, field, number, how)
        for part, field, number, how in _numbers(protocol)
        if 0 < number < how.get("least", 0)
    ]
    if settable(protocol.note) != protocol.note:
        rule = "some of these letters cannot be printed: the page would show squares"
        problems.append(Problem("prescription, note", protocol.note, rule))
    work = printed(protocol).strength
    if work is None:
        return problems
    way = work.trained_to_ext_deg - work.trained_from_ext_deg
    if way < body_limits.LEAST_WAY_DEG:
        rule = (
            f"a way shorter than {body_limits.LEAST_WAY_DEG} degrees can be neither seen nor felt"
        )
        problems.append(Problem("prescription, range", f"{way:g} deg", rule))
    rules = work.progression
    if rules and rules.sore_limit_nrs >= SEVERE_NRS:
        rule = (
            f"soreness of {SEVERE_NRS} or more out of 10 is severe, and a page that says go on "
            "with it would contradict its own rule for stopping"
        )
        mend = f"Set the limit below {SEVERE_NRS}."
        limit = f"{rules.sore_limit_nrs:g}"
        problems.append(Problem("prescription, sore_limit_nrs", limit, rule, mend))
    impossible = _impossible(work)
    return [*problems, *(impossible or _too_heavy(work, protocol.weeks))]


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


def notices(protocol: Protocol, phone: str = "") -> tuple[str, ...]:
    """What the therapist has to know of a handout and the runner need not, a sentence each."""
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
    return plain_words.items(WORDS("notices", facts | _work_notices(protocol)))


def _work_notices(protocol: Protocol) -> dict[str, Any]:
    """Of strength work; what need not be said is None."""
    names = ("bench_cm", "stature_m", "heavy_share", "other_lever", "rules_kg", "held_kg")
    facts: dict[str, Any] = dict.fromkeys(names)
    work = printed(protocol).strength
    if work is None:
        return facts
    if work.lever == "leg-lever":
        facts["bench_cm"] = body_limits.setup_of(work).bench_cm
        facts["stature_m"] = body_limits.stature_m()
    added_kg = work.added_kg if work.unloaded_weeks < protocol.weeks else 0
    share, rules = body_limits.peak_load(work, added_kg), work.progression
    if share >= NOTICE_FROM:
        facts["heavy_share"] = share
    if rules and rules.lever and rules.lever != work.lever:
        facts["other_lever"] = rules.lever
    elif rules and rules.max_kg > (held_kg := body_limits.heaviest_kg(work)):
        facts |= {"rules_kg": rules.max_kg, "held_kg": held_kg}
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
    least, unit = how["least"], how["unit"]
    rule = f"less than {least:g} {unit} cannot be counted, set up or bought by a person"
    if field in MOVES:
        rule = f"less than {least:g} {unit} is a swing, and the page says to move slowly"
    nothing = "" if part == "stretch" and field == "hold_s" else ", or leave it out"
    where = f"prescription, {part}.{field}"
    return Problem(where, f"{number:g} {unit}", rule, f"Write {least:g} {unit} or more{nothing}.")


def _impossible(work: Strength) -> list[Problem]:
    """What a body cannot set up: the start, or the lever that the rules change to first."""
    other = work.progression and work.progression.lever
    for one in (work, *([work.model_copy(update={"lever": other})] if other else [])):
        setup = body_limits.setup_of(one)
        if not setup.reaches:
            rule = f"a hip does not go further back than about {figures.MOST_EXT_DEG} degrees"
            mend = f"The largest end that can be handed out is {figures.MOST_EXT_DEG} deg."
            return [Problem("prescription, range", f"{setup.to_deg:g} deg", rule, mend)]
        if not setup.possible:
            return [_too_high(one, setup)]
        if one.lever == "trunk-lever" and body_limits.head_cm(one) < body_limits.LEAST_HEAD_CM:
            return [_head_too_low(one)]
    return []


def _too_high(work: Strength, setup: figures.SetUp) -> Problem:
    rule = (
        "with the shoulders so much higher than the hips the straight leg hangs so steeply that it "
        "meets the floor, and on a bench high enough for it the other foot is no longer flat on "
        "the floor"
    )
    largest = setup.largest_support_cm
    mend = (
        f"The largest support that is possible with an end of {work.trained_to_ext_deg:g} deg is "
        f"{largest} cm, for a runner {body_limits.stature_m():g} m tall."
    )
    return Problem("prescription, support", f"{work.support_height_cm:g} cm", rule, mend)


def _head_too_low(work: Strength) -> Problem:
    rule = (
        f"the head would come nearer to the floor than {body_limits.LEAST_HEAD_CM} cm, which "
        "leaves no room for a mat and a helper's hand"
    )
    ends = range(math.ceil(work.trained_to_ext_deg) - 1, -106, -1)
    largest = next(
        end
        for end in ends
        if body_limits.head_cm(work.model_copy(update={"trained_to_ext_deg": float(end)}))
        >= body_limits.LEAST_HEAD_CM
    )
    mend = (
        f"The largest end with a support of {work.support_height_cm:g} cm is {largest} deg, for a "
        f"runner {body_limits.stature_m():g} m tall; a higher support allows more."
    )
    return Problem("prescription, range", f"{work.trained_to_ext_deg:g} deg", rule, mend)


def _too_heavy(work: Strength, weeks: int) -> list[Problem]:
    """A load above what a limb can hold; with rules, weight is added only when a runner can."""
    share = body_limits.peak_load(work)
    if share > FULL:
        rule = f"{_asks(share)} before any weight is added"
        return [Problem("prescription, load", "bodyweight", rule, _light_enough(work))]
    if work.load == "unloaded" or work.unloaded_weeks >= weeks or work.progression:
        return []
    share, largest = body_limits.peak_load(work, work.added_kg), body_limits.heaviest_kg(work)
    if share <= FULL:
        return []
    mend = f"The largest weight that is possible here is {largest:g} kg."
    if not largest:
        mend = "No weight is possible here: write @bodyweight or a smaller end of range."
    return [Problem("prescription, load", work.load, _asks(share), mend)]


def _asks(share: float) -> str:
    return f"by the model this asks for {100 * share:.0f} % of what runners can hold on average"


def _light_enough(work: Strength) -> str:
    """The largest end and the smallest higher support with which body weight can be held."""
    start, end = work.trained_from_ext_deg, work.trained_to_ext_deg
    support = work.support_height_cm
    ends = range(math.ceil(end) - 1, math.ceil(start) + body_limits.LEAST_WAY_DEG - 1, -1)
    supports = range(math.floor(support) + 1, MAX_SUPPORT_CM + 1)
    largest = _first_that_does(work, "trained_to_ext_deg", ends)
    smallest = _first_that_does(work, "support_height_cm", supports)
    mends = [
        f"With a support of {support:g} cm the largest end that would do is {largest} deg.",
        f"With an end of {end:g} deg the smallest support that would do is {smallest} cm.",
    ]
    values = (largest, smallest)
    possible = [mend for mend, value in zip(mends, values, strict=True) if value is not None]
    return " ".join(possible) or "Neither a smaller end nor a higher support alone would do."


def _first_that_does(work: Strength, field: str, values: range) -> int | None:
    """The first value of a field with which a body can do the work and hold its own weight."""
    for value in values:
        one = work.model_copy(update={field: float(value)})
        if not _impossible(one) and body_limits.peak_load(one) <= FULL:
            return value
    return None
