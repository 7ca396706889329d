"""What of a prescription can stand on a page for a person: what is refused, and what is rounded.

The model takes any support up to 40 cm, an end of 40 degrees or a hold of a thousandth of a second;
a runner cannot do them. So they stay valid prescriptions, and only the handout refuses them, with
the reason.
"""

import math
from typing import Any

from hipstudy import figures
from hipstudy.errors import Problem
from hipstudy.handout import exercise_pictures
from hipstudy.prescription.protocol import Protocol, Strength

# Field: what it is rounded to, the least that is more than nothing, its unit.
ROUNDED = {
    "strength": {
        "lower_s": (0.5, 0.5, "s"),
        "pause_s": (0.5, 0.5, "s"),
        "raise_s": (0.5, 0.5, "s"),
        "rest_s": (1, 1, "s"),
        "support_height_cm": (1, 1, "cm"),
        "trained_from_ext_deg": (1, None, "deg"),
        "trained_to_ext_deg": (1, None, "deg"),
        "load": (0.1, 0.25, "kg"),
    },
    "progression": {
        "support_step_cm": (1, 1, "cm"),
        "step_kg": (0.1, 0.25, "kg"),
        "max_kg": (0.1, 0.25, "kg"),
    },
    "stretch": {"hold_s": (1, 1, "s"), "rest_s": (1, 1, "s")},
}
SEVERE_NRS = 7  # from here on soreness or pain is called severe on a scale of 0 to 10
FULL = 1.0  # all that a limb can hold


def problems(protocol: Protocol) -> list[Problem]:
    """Everything that a page cannot ask of a person, each with what it could ask."""
    found = [_too_little(*one) for one in _numbers(protocol) if _is_too_little(*one)]
    s = printed(protocol).strength
    if s is None:
        return found
    way = s.trained_to_ext_deg - s.trained_from_ext_deg
    if way < exercise_pictures.LEAST_WAY_DEG:
        rule = f"a way shorter than {exercise_pictures.LEAST_WAY_DEG} degrees can be neither seen nor felt"
        found.append(Problem("prescription, range", f"{way:g} deg", rule))
    rules = s.progression
    if rules and rules.sore_limit_nrs >= SEVERE_NRS:
        rule = (
            f"soreness of {SEVERE_NRS} or more out of 10 is severe, and a page that says go on "
            "with it would contradict its own rule for stopping"
        )
        shown = f"{rules.sore_limit_nrs:g}"
        mend = f"Set the limit below {SEVERE_NRS}."
        found.append(Problem("prescription, sore_limit_nrs", shown, rule, mend))
    return [*found, *_impossible(s)]


def printed(protocol: Protocol) -> Protocol:
    """The prescription as the page says it: each number as a person can follow it."""
    new: dict[str, dict[str, float | str]] = {part: {} for part in ROUNDED}
    for part, field, number, (step, *_) in _numbers(protocol):
        new[part][field] = _value(field, _rounded(number, step))
    strength = protocol.strength and protocol.strength.model_copy(update=new["strength"])
    if strength and strength.progression:
        rules = strength.progression
        limit = float(math.floor(rules.sore_limit_nrs))  # in whole ratings above 4.5 is above 4
        changed = new["progression"] | {"sore_limit_nrs": limit}
        strength = strength.model_copy(update={"progression": rules.model_copy(update=changed)})
    stretch = protocol.stretch and protocol.stretch.model_copy(update=new["stretch"])
    return protocol.model_copy(update={"strength": strength, "stretch": stretch})


def notices(protocol: Protocol) -> list[str]:
    """What the clinician has to know of this prescription, and the runner need not."""
    said = [
        f"{field}: the page says {_rounded(number, step):g} {unit}, the prescription has "
        f"{number:g} {unit}"
        for _, field, number, (step, _, unit) in _numbers(protocol)
        if not math.isclose(_rounded(number, step), number, abs_tol=1e-9)
    ]
    s = printed(protocol).strength
    if s and s.lever == "leg-lever":
        tall = exercise_pictures.stature_m()
        said.append(
            f"The bench of {exercise_pictures.setup_of(s).bench_cm} cm is worked out for a runner {tall:g} m "
            "tall; for a shorter one it is lower, and so is the largest support."
        )
    if s and (share := exercise_pictures.asked(s, s.added_kg)) > FULL:
        said.append(
            f"By the model this asks for {100 * share:.0f} % of what runners can hold at the "
            "start, on average: many could not do it. Its capacity there is an assumption."
        )
    if protocol.stretch and not (protocol.cert and protocol.cert.exercises):
        said.append(
            "The prescription does not say which stretch: the page shows the half-kneeling one. "
            "To print your own words instead, write them in exercises, in the table [cert]."
        )
    return said


def _numbers(protocol: Protocol) -> list[tuple[str, str, float, tuple[float, Any, str]]]:
    """Part, field, number, and how it is rounded, of every number with a unit."""
    s = protocol.strength
    models = {"strength": s, "progression": s and s.progression, "stretch": protocol.stretch}
    found = []
    for part, fields in ROUNDED.items():
        for field, how in fields.items():
            if models[part] is None or (field == "load" and not (s and s.added_kg)):
                continue
            number = s.added_kg if s and field == "load" else getattr(models[part], field)
            found.append((part, field, float(number), how))
    return found


def _rounded(number: float, step: float) -> float:
    return round(round(number / step) * step, 6) + 0.0  # and never minus nothing


def _value(field: str, number: float) -> float | str:
    return f"{number:g} kg" if field == "load" else number


def _is_too_little(_part: str, _field: str, number: float, how: tuple[float, Any, str]) -> bool:
    least = how[1]
    return least is not None and 0 < number < least


def _too_little(part: str, field: str, number: float, how: tuple[float, Any, str]) -> Problem:
    _, least, unit = how
    rule = f"less than {least:g} {unit} cannot be counted, set up or bought by a person"
    nothing = "" if part == "stretch" and field == "hold_s" else ", or leave it out"
    where = f"prescription, {part}.{field}"
    return Problem(where, f"{number:g} {unit}", rule, f"Write {least:g} {unit} or more{nothing}.")


def _impossible(s: Strength) -> list[Problem]:
    """What a body cannot set up: the start, or the lever that the rules change to first."""
    other = s.progression and s.progression.lever
    for one in (s, *([s.model_copy(update={"lever": other})] if other else [])):
        setup = exercise_pictures.setup_of(one)
        if not setup.reaches:
            rule = f"a hip does not go further back than about {figures.MOST_EXT_DEG} degrees"
            mend = f"The largest end that can be handed out is {figures.MOST_EXT_DEG} deg."
            return [Problem("prescription, range", f"{setup.to_deg:g} deg", rule, mend)]
        if not setup.possible:
            return [_too_high(one, setup)]
    return []


def _too_high(s: Strength, setup: figures.SetUp) -> Problem:
    rule = (
        "with the shoulders so much higher than the hips the straight leg hangs so steeply that it "
        "meets the floor, and on a bench high enough for it the other foot is no longer flat on "
        "the floor"
    )
    largest = setup.largest_support_cm
    mend = (
        f"The largest support that is possible with an end of {s.trained_to_ext_deg:g} deg is "
        f"{largest} cm, for a runner {exercise_pictures.stature_m():g} m tall."
    )
    return Problem("prescription, support", f"{s.support_height_cm:g} cm", rule, mend)
