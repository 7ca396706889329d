"""A prescription in plain words: short sentences, for a runner of about twelve years and up."""

from dataclasses import dataclass

from hipstudy.handout import exercise_pictures
from hipstudy.handout.safety import COMES_FIRST
from hipstudy.prescription.dose_words import sides, weight_place
from hipstudy.prescription.progression import Progression
from hipstudy.prescription.protocol import Protocol, Strength, Stretch

UNLOADED = "Use no weight."


@dataclass(frozen=True)
class Part:
    """A heading and what stands under it; ``numbered`` where the order matters.

    ``picture`` is a drawing that stands above the lines.
    """

    heading: str
    lines: tuple[str, ...]
    numbered: bool = False
    picture: dict[str, str] | None = None


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
    >>> often(1), often(3), often(7), often(10), often(14)
    ('on 1 day a week', 'on 3 days a week', 'every day', '10 times a week', '2 times a day')
    """
    if per_week == 7:
        return "every day"
    if per_week % 7 == 0:
        return f"{per_week // 7} times a day"
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
        found.append(_stretch(protocol.stretch, protocol, physio))
    return tuple(found)


def _steps(s: Strength) -> tuple[str, ...]:
    pace = _pace(s)
    brace = "Brace your belly. Do not let your low back arch."
    slow = "Move slowly. Do not swing."
    if s.lever == "leg-lever":
        high = exercise_pictures.setup_of(s).bench_cm
        return (
            f"Lie on your back on a firm bench about {high} cm high, with your hips at the edge.",
            *_raise(s),
            _legs(s),
            brace,
            f"Let the straight leg down. {pace}",
            f"{_range(s, 'leg')} It must not touch the floor. {slow}",
        )
    return (
        "Sit at the edge of a firm bench as high as your knees. Nothing is behind you.",
        *_raise(s),
        _legs(s),
        f"{_chest(s)}{brace}",
        f"Lean back. {pace}",
        f"{_range(s, 'body')} {slow}",
    )


def _raise(s: Strength) -> tuple[str, ...]:
    if not s.support_height_cm:
        return ()
    cm = f"{s.support_height_cm:.0f} cm"
    if s.lever == "leg-lever":
        return (f"Raise the head end. Your shoulders are then {cm} higher than your hips.",)
    return (f"Raise the seat by {cm}. Your hips are then {cm} higher than your knees.",)


def _legs(s: Strength) -> str:
    """Which leg works, and what the other one does."""
    works = "" if s.sides == "both" else s.sides
    other = {"left": "right", "right": "left"}.get(works, "")
    if s.lever == "leg-lever":
        if not works:
            return (
                "Put one foot flat on the floor. The other leg is straight and hangs free: it does "
                "the work. Then change legs."
            )
        return (
            f"Put your {other} foot flat on the floor. Your {works} leg is straight and hangs "
            "free: it does the work."
        )
    if not works:
        return (
            "Have one foot held fast to the floor. The hip of that leg does the work. Rest the "
            "other foot on the floor. Then change legs."
        )
    return (
        f"Have your {works} foot held fast to the floor. Your {works} hip does the work. Rest your "
        f"{other} foot on the floor."
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
    side = "on each side" if s.sides == "both" else f"on the {sides(s)}"
    reps = _counted(s.reps, "rep")
    if s.progression:
        low, top = s.progression.reps_low, s.progression.reps_top
        reps = f"{low} to {top} reps" if low < top else _counted(top, "rep")
    rest = f" Rest {times(s.rest_s)} between sets." if s.rest_s and s.sets > 1 else ""
    return (
        f"{reps} in a row make a set.",
        f"Do {_counted(s.sets, 'set')} {side}.{rest}",
        f"Do this {often(s.sessions_per_week)}, for {_counted(weeks, 'week')}.",
        *_load(s, weeks),
    )


def _load(s: Strength, weeks: int) -> tuple[str, ...]:
    if s.progression:
        light = s.weeks_without_weight(weeks)
        if light == weeks:
            return (UNLOADED,)
        if light:
            return (f"Use no weight in the first {_counted(light, 'week')}.",)
        return ("Start with no weight. “To go on” says when to add some.",)
    first = s.weeks_without_weight(weeks)
    if s.load == "unloaded" or first == weeks:
        return (UNLOADED,)
    where = weight_place(s, "your")
    weight = f"Use {s.load} {where}."
    if s.load == "near-failure":
        weight = (
            f"Use a weight {where}. Choose a weight that leaves you about 3 more good reps at the "
            "end of a set."
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
    ways = exercise_pictures.eases(s)
    lines = []
    if "support" in ways:
        lines.append(_raise_more(s, ways["support"]))
    if "shorter" in ways:
        less = s.trained_to_ext_deg - ways["shorter"].trained_to_ext_deg
        lines.append(f"Do not go as far: stop {_counted(less, 'degree')} sooner.")
    if s.load != "unloaded":
        lines.append("Take weight off.")
    lines.append("Do fewer reps.")
    return (lines[0], *(f"Or {line[0].lower()}{line[1:]}" for line in lines[1:]))


def _raise_more(s: Strength, light: Strength) -> str:
    cm = f"{light.support_height_cm:.0f} cm"
    if s.lever == "trunk-lever":
        return f"Raise the seat {'to' if s.support_height_cm else 'by'} {cm}, as drawn."
    high = exercise_pictures.setup_of(light).bench_cm
    bench = f" The bench is then about {high} cm high."
    more = "more" if s.support_height_cm else "of the bench"
    return (
        f"Raise the head end {more}: your shoulders {cm} higher than your hips."
        f"{bench if high != exercise_pictures.setup_of(s).bench_cm else ''}"
    )


def _progress(protocol: Protocol, physio: str) -> tuple[str, ...]:
    own = protocol.cert and protocol.cert.progression_rule
    rule = (f"The rule of {physio}: {own}",) if own else ()
    rules = protocol.strength and protocol.strength.progression
    if not rules:
        first = (COMES_FIRST,) if own else ()
        return (*first, *rule, f"Do not add more by yourself. Ask {physio} first.")
    ready = f"If you can do {rules.reps_top} reps in all sets, take a step."
    limit = rules.sore_limit_nrs
    sore = f"sore above {limit:.3g} out of 10" if limit else "sore at all"
    return (
        COMES_FIRST,
        *rule,
        f"{ready} Take no more than one a week.",
        *_ladder(protocol.strength, rules, protocol.weeks),
        f"If your muscles are {sore}, take no step that week.",
        "If it is pain at the front of the hip, do not go by this: go by “When to stop”.",
        *(("If you miss a week, go one step back.",) if rules.step_back else ()),
        f"If you are not sure, ask {physio}.",
    )


def _ladder(s: Strength, rules: Progression, weeks: int) -> tuple[str, ...]:
    """The steps that there are from where this work starts."""
    steps = []
    if rules.lever and rules.lever != s.lever:
        steps.append("First, change to the other way to do it. Have it shown to you.")
    if rules.support_step_cm and s.support_height_cm:
        then = "Then" if steps else "First,"
        what = "head end" if (rules.lever or s.lever) == "leg-lever" else "seat"
        steps.append(f"{then} lower the {what} by {rules.support_step_cm:.3g} cm at each step.")
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


def _stretch(s: Stretch, protocol: Protocol, physio: str) -> Part:
    """The stretch of the physio's own words, or the half-kneeling one with its picture."""
    own = protocol.cert and protocol.cert.exercises
    rest = f" Rest {times(s.rest_s)} after each." if s.rest_s else ""
    dose = (
        f"Hold it for {times(s.hold_s)}, {_counted(s.holds, 'time')} on each side.{rest}",
        f"Do this {often(s.times_per_week)}, for {_counted(protocol.weeks, 'week')}.",
    )
    if own:
        return Part("Stretch", (f"From {physio}: {own}", *dose))
    lines = (
        "Kneel on one knee, on something soft. Put the other foot flat in front.",
        "Brace your belly and your buttocks. Do not let your low back arch.",
        "Stay upright. Move your hips forward.",
        "Stop when it pulls at the front of the hip, on the side you kneel on. It must not hurt.",
        *dose,
        f"Did {physio} show you another stretch? Then do that one.",
    )
    return Part("Stretch", lines, numbered=True, picture=exercise_pictures.stretch())
