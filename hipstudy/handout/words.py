"""A prescription in plain words: short sentences, for a runner of about twelve years and up."""

from dataclasses import dataclass

from hipstudy.handout import setups
from hipstudy.progression_rules import Progression
from hipstudy.protocol import Protocol, Strength, Stretch

UNLOADED = "Use no weight."


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it; ``numbered`` where the order matters."""

    heading: str
    lines: tuple[str, ...]
    numbered: bool = False


def times(seconds: float) -> str:
    """Seconds in words.

    Examples
    --------
    >>> times(1), times(2.5), times(60), times(90), times(120)
    ('1 second', '2.5 seconds', '1 minute', '90 seconds', '2 minutes')
    """
    if seconds >= 60 and seconds % 60 == 0:
        return _counted(seconds / 60, "minute")
    return _counted(seconds, "second")


def _counted(n: float, word: str) -> str:
    return f"{n:.3g} {word}" + ("" if n == 1 else "s")


def often(per_week: int) -> str:
    """How often, in words.

    Examples
    --------
    >>> often(1), often(3), often(7), often(10)
    ('on 1 day a week', 'on 3 days a week', 'every day', '10 times a week')
    """
    if per_week == 7:
        return "every day"
    return f"on {_counted(per_week, 'day')} a week" if per_week < 7 else f"{per_week} times a week"


def parts(protocol: Protocol, physio: str) -> tuple[Part, ...]:
    """Everything but safety: what to do, how much, how to make it easier, how to go on.

    Parameters
    ----------
    protocol
        With strength work, stretching, or both.
    physio
        Whose plan it is.
    """
    s, found = protocol.strength, []
    if s:
        found += [
            Part("How to do it", _steps(s), numbered=True),
            Part("How much", _dose(s, protocol.weeks)),
        ]
        found += [
            Part("To make it easier", _easier(s)),
            Part("To go on", _progress(protocol, physio)),
        ]
    if protocol.stretch:
        found.append(Part("Stretch", _stretch(protocol.stretch, protocol, physio)))
    return tuple(found)


def _steps(s: Strength) -> tuple[str, ...]:
    pace = _pace(s)
    brace = "Brace your belly. Do not let your low back arch."
    slow = "Move slowly. Do not swing."
    if s.lever == "leg-lever":
        return (
            "Lie on your back on a bench, with your hips at the edge.",
            "Put one foot firm on the floor. Keep the other leg straight. It does the work.",
            brace,
            f"Let the straight leg down. {pace}",
            f"{_range(s, 'leg')} {slow}",
        )
    return (
        "Sit on a bench. Make sure that one foot is held fast.",
        f"{_chest(s)}{brace}",
        f"Lean back. {pace}",
        f"{_range(s, 'body')} {slow}",
    )


def _chest(s: Strength) -> str:
    return "" if s.load == "unloaded" else "When you use a weight, hold it on your chest. "


def _pace(s: Strength) -> str:
    pause = f" Wait for {times(s.pause_s)} at the bottom." if s.pause_s else ""
    down = f"Take {times(s.lower_s)} to go down." if s.lower_s else "Go down slowly."
    up = f"Take {times(s.raise_s)} to come up." if s.raise_s else "Come up slowly."
    return f"{down}{pause} {up}"


def _range(s: Strength, what: str) -> str:
    end, line = s.trained_to_ext_deg, "your thigh" if what == "body" else "your body"
    if end > 0:
        return f"Stop when your {what} is {end:.3g} degrees past the line of {line}."
    if end == 0:
        return f"Stop when your {what} is in line with {line}."
    return f"Stop {-end:.3g} degrees before your {what} is in line with {line}."


def _dose(s: Strength, weeks: int) -> tuple[str, ...]:
    side = "on each side" if s.sides == "both" else f"on the {s.sides} side only"
    reps = _counted(s.reps, "rep")
    if s.progression:
        low, top = s.progression.reps_low, s.progression.reps_top
        reps = f"{low} to {top} reps"
    rest = f" Rest {times(s.rest_s)} between sets." if s.rest_s and s.sets > 1 else ""
    return (
        f"{reps} in a row make a set.",
        f"Do {_counted(s.sets, 'set')} {side}.{rest}",
        f"Do this {often(s.sessions_per_week)}, for {_counted(weeks, 'week')}.",
        *_load(s, weeks),
    )


def _load(s: Strength, weeks: int) -> tuple[str, ...]:
    if s.progression:
        light = min(s.unloaded_weeks, weeks)
        if light == weeks:
            return (UNLOADED,)
        if light:
            return (f"Use no weight in the first {_counted(light, 'week')}.",)
        return ("Start with no weight. “To go on” says when to add some.",)
    first = 0 if s.load == "unloaded" else min(s.unloaded_weeks, weeks)
    if s.load == "unloaded" or first == weeks:
        return (UNLOADED,)
    where = "at your ankle" if s.lever == "leg-lever" else "on your chest"
    weight = f"Use {s.load} {where}."
    if s.load == "near-failure":
        weight = (
            f"Use a weight {where}. Pick one so that 3 more good reps are the most you could do."
        )
    if not first:
        return (weight,)
    begin = "In week 1" if first == 1 else f"In weeks 1 to {first}"
    return (
        f"{begin}, {UNLOADED[0].lower()}{UNLOADED[1:]}",
        f"From week {first + 1} on, {weight[0].lower()}{weight[1:]}",
    )


def _easier(s: Strength) -> tuple[str, ...]:
    """Only what asks for less of this very work; always fewer reps."""
    ways = setups.eases(s)
    lines = []
    if "support" in ways:
        end = "head end of the bench" if s.lever == "leg-lever" else "seat"
        rise = ways["support"].support_height_cm - s.support_height_cm
        lines.append(f"Raise the {end} by {rise:.3g} cm, as drawn.")
    if "shorter" in ways:
        lines.append("Do not go as far: stop sooner on the way down.")
    if s.load != "unloaded":
        lines.append("Take weight off.")
    lines.append("Do fewer reps.")
    return (lines[0], *(f"Or {line[0].lower()}{line[1:]}" for line in lines[1:]))


def _progress(protocol: Protocol, physio: str) -> tuple[str, ...]:
    own = protocol.cert and protocol.cert.progression_rule
    rule = (f"The rule of your physio: {own}",) if own else ()
    rules = protocol.strength and protocol.strength.progression
    if not rules:
        return (*rule, f"Do not add more by yourself. Ask {physio} first.")
    ready = f"If you can do {rules.reps_top} reps in all sets, take a step."
    return (
        *rule,
        f"{ready} Take no more than one a week.",
        *_ladder(protocol.strength, rules, protocol.weeks),
        f"If your muscles are sore above {rules.sore_limit_nrs:.3g} out of 10, wait a week.",
        "The box “When to stop” always comes first.",
        *(("If you miss a week, go one step back.",) if rules.step_back else ()),
        f"If you are not sure, ask {physio}.",
    )


def _ladder(s: Strength, rules: Progression, weeks: int) -> tuple[str, ...]:
    """The steps that there are from where this work starts."""
    steps = []
    if rules.lever and rules.lever != s.lever:
        steps.append("First, change to the other way to do it. Your physio will show you.")
    if rules.support_step_cm and s.support_height_cm:
        then = "Then" if steps else "First,"
        steps.append(f"{then} lower the support by {rules.support_step_cm:.3g} cm at each step.")
    if s.unloaded_weeks >= weeks:
        return (*steps, "Add no weight.")
    when = f"From week {s.unloaded_weeks + 1} on, " if s.unloaded_weeks else ""
    last = f"add {rules.step_kg:.3g} kg at each step, up to {rules.max_kg:.3g} kg."
    if steps:
        return (
            *steps,
            f"Only then{f', and from week {s.unloaded_weeks + 1} on,' if when else ''} {last}",
        )
    return (f"{when}{last}" if when else f"To step on, {last}",)


def _stretch(s: Stretch, protocol: Protocol, physio: str) -> tuple[str, ...]:
    own = protocol.cert and protocol.cert.exercises
    which = f"Your physio says: {own}" if own else f"Do the stretch that {physio} showed you."
    rest = f" Rest {times(s.rest_s)} after each." if s.rest_s else ""
    return (
        which,
        f"Hold it for {times(s.hold_s)}, {_counted(s.holds, 'time')} on each side.{rest}",
        f"Do this {often(s.times_per_week)}, for {_counted(protocol.weeks, 'week')}.",
    )
