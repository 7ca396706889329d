"""Arms made to take as long as another: stretching is raised or cut to the other's minutes."""

from typing import Any

from hipstudy.errors import Problem, UsageProblems
from hipstudy.prescription.protocol import (
    LABEL_LENGTH,
    MAX_HOLD_S,
    MAX_HOLDS,
    MAX_HOURS_WK,
    Protocol,
    Stretch,
    from_dict,
)

STRETCH, BOTH = "stretch_only", "strength_plus_stretch"
STRETCH_MATCHED, BOTH_MATCHED = f"{STRETCH}_time_matched", f"{BOTH}_time_matched"
MAX_STRETCH_MIN_WK = 60 * MAX_HOURS_WK


# How those stretch who did not before: 4 holds of 30 s a side, daily, as the preset has it.
USUAL = Stretch(holds=4, hold_s=30, times_per_week=7)


def _minutes(minutes: float) -> str:
    return f"{round(minutes, 1):g}" if minutes < 1000 else f"{minutes:.0f}"


def _with(protocol: Protocol, **changes: Any) -> Protocol:
    return from_dict(protocol.model_dump() | changes, protocol.name)


def _stretch_for(minutes: float, like: Stretch) -> Stretch | None:
    """Stretching that takes exactly so many clock minutes a week, holds as near to ``like``'s.

    Whole holds are kept; the hold time takes up what is left, so the minutes are exact.
    """
    seconds = minutes * 60 / 2
    if seconds < 1e-6:
        return None
    best: tuple[float, Stretch] | None = None
    for times in range(like.times_per_week, 0, -1):
        per_bout = seconds / times
        holds = min(max(1, round(per_bout / (like.hold_s + like.rest_s))), MAX_HOLDS)
        hold_s = per_bout / holds - like.rest_s
        if not 0 < hold_s <= MAX_HOLD_S:
            continue
        stretch = like.model_copy(
            update={"holds": holds, "hold_s": hold_s, "times_per_week": times}
        )
        off = abs(hold_s / like.hold_s - 1)
        if off < 0.1:
            return stretch
        if best is None or off < best[0]:
            best = (off, stretch)
    return best[1] if best else None


def stretched_for(protocol: Protocol, minutes: float) -> Protocol:
    """The same prescription with so many clock minutes of stretching a week; 0 takes it away.

    Raises
    ------
    UsageProblems
        When no holds as near to its own as these can be take so long.
    """
    stretch = _stretch_for(minutes, protocol.stretch or USUAL)
    if stretch is None and minutes > 0:
        found = f"{_minutes(minutes)} min of stretching a week"
        rule = f"at most {MAX_HOLDS} holds of {MAX_HOLD_S} s, {USUAL.times_per_week} times a week"
        raise UsageProblems([Problem(protocol.name, found, rule)])
    return _with(protocol, stretch=stretch and stretch.model_dump())


def raise_stretch(control: Protocol, treatment: Protocol) -> Protocol:
    """Stretch-only with its stretching raised to the clock minutes a week of the other arm."""
    if control.stretch is None or treatment.clock_min_wk < control.clock_min_wk:
        raise UsageProblems([_unmatched(control, treatment)])
    raised = _stretch_for(treatment.clock_min_wk - control.strength_min_wk, control.stretch)
    before, after = _minutes(control.clock_min_wk), _minutes(treatment.clock_min_wk)
    note = f"stretching raised from {before} to {after} min"
    return _as_long_as(control, treatment, STRETCH_MATCHED, note, stretch=raised)


def cut_stretch(treatment: Protocol, control: Protocol) -> Protocol:
    """Strength plus stretch with its stretching cut to the clock minutes a week of stretch-only.

    Where strength alone takes longer, whole sessions are dropped, then sets, and what is left of
    the time is stretched.
    """
    if treatment.strength is None or treatment.stretch is None:
        raise UsageProblems([_unmatched(treatment, control)])
    strength, limit = treatment.strength, control.clock_min_wk
    while strength.session_min * strength.sessions_per_week > limit + 1e-9:
        smaller = "sessions_per_week" if strength.sessions_per_week > 1 else "sets"
        if getattr(strength, smaller) == 1:
            raise UsageProblems([_unmatched(treatment, control)])
        strength = strength.model_copy(update={smaller: getattr(strength, smaller) - 1})
    minutes = limit - strength.session_min * strength.sessions_per_week
    cuts = [
        f"{field.replace('_', ' ')} cut from {getattr(treatment.strength, field)} to {now}"
        for field in ("sessions_per_week", "sets")
        if (now := getattr(strength, field)) != getattr(treatment.strength, field)
    ]
    verb = "cut" if minutes <= treatment.stretch_min_wk else "raised"
    cuts.append(
        f"stretching {verb} from {_minutes(treatment.stretch_min_wk)} to {_minutes(minutes)} min"
    )
    stretch = _stretch_for(minutes, treatment.stretch)
    return _as_long_as(
        treatment, control, BOTH_MATCHED, "; ".join(cuts), strength=strength, stretch=stretch
    )


def _as_long_as(base: Protocol, to: Protocol, name: str, note: str, **parts: Any) -> Protocol:
    suffix = ", time-matched"
    label = base.label[: LABEL_LENGTH - len(suffix)] + suffix
    changes = {part: value and value.model_dump() for part, value in parts.items()}
    try:  # a matched arm keeps the rules of every other
        arm = _with(base, name=name, label=label, note=f"{note} a week", **changes)
    except UsageProblems as found:
        raise UsageProblems([_unmatched(base, to), *found.problems]) from None
    if (
        abs(arm.clock_min_wk - to.clock_min_wk) > 1e-6 or arm.weeks != to.weeks
    ):  # never silently unequal
        raise UsageProblems([_unmatched(base, to)])
    return arm


def _unmatched(base: Protocol, to: Protocol) -> Problem:
    value = f"{_minutes(base.clock_min_wk)} and {_minutes(to.clock_min_wk)} min a week"
    rule = f"{base.name} cannot be made to take as long as {to.name}"
    if base.weeks != to.weeks:
        value = f"{base.weeks} and {to.weeks} weeks"
    return Problem("time-matched arms", value, rule, "Change a dose, or leave the matched arm out.")
