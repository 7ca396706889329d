"""What is compared: arms made from prescriptions, matched in time, and their contrasts."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hipstudy.problems import Problem, ProblemsFound, UsageProblems, nearest
from hipstudy.protocol import (
    LABEL_LENGTH,
    MAX_HOLD_S,
    MAX_HOLDS,
    Protocol,
    Stretch,
    from_dict,
    one_line,
    preset,
    preset_names,
    read,
)

if TYPE_CHECKING:
    import pandas as pd

STRETCH, BOTH = "stretch_only", "strength_plus_stretch"
STRETCH_MATCHED, BOTH_MATCHED = f"{STRETCH}_time_matched", f"{BOTH}_time_matched"
CONTRACT_ARMS = (
    "usual_running",
    STRETCH,
    "strength_only",
    BOTH,
    STRETCH_MATCHED,
    BOTH_MATCHED,
)
# Primary first: time-matched both ways, then the comparison whose sign is assumed.
CONTRASTS = ((BOTH, STRETCH_MATCHED), (BOTH_MATCHED, STRETCH), (BOTH, STRETCH))
UNMATCHED = (BOTH, STRETCH)
OVERRIDES = ("sessions_per_week", "sets", "reps", "load")


@dataclass(frozen=True)
class Design:
    """The arms and the contrasts between them, each (treatment, control), primary first."""

    arms: tuple[Protocol, ...]
    contrasts: tuple[tuple[str, str], ...]

    @property
    def weeks(self) -> int:
        """Weeks of the longest arm."""
        return max(arm.weeks for arm in self.arms)

    def arm(self, name: str) -> Protocol:
        """The arm of this name."""
        return next(arm for arm in self.arms if arm.name == name)


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
        found = like.model_copy(update={"holds": holds, "hold_s": hold_s, "times_per_week": times})
        off = abs(hold_s / like.hold_s - 1)
        if off < 0.1:
            return found
        if best is None or off < best[0]:
            best = (off, found)
    return best[1] if best else None


def raise_stretch(control: Protocol, treatment: Protocol) -> Protocol:
    """Stretch-only with its stretching raised to the clock minutes a week of the other arm."""
    if control.stretch is None or treatment.clock_min_wk < control.clock_min_wk:
        raise UsageProblems([_unmatched(control, treatment)])
    raised = _stretch_for(treatment.clock_min_wk - control.strength_min_wk, control.stretch)
    before, after = _minutes(control.clock_min_wk), _minutes(treatment.clock_min_wk)
    note = f"stretching raised from {before} to {after} min"
    return _matched(control, treatment, STRETCH_MATCHED, note, stretch=raised)


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
    left = limit - strength.session_min * strength.sessions_per_week
    cuts = [
        f"{field.replace('_', ' ')} cut from {getattr(treatment.strength, field)} to {now}"
        for field in ("sessions_per_week", "sets")
        if (now := getattr(strength, field)) != getattr(treatment.strength, field)
    ]
    verb = "cut" if left <= treatment.stretch_min_wk else "raised"
    cuts.append(
        f"stretching {verb} from {_minutes(treatment.stretch_min_wk)} to {_minutes(left)} min"
    )
    stretch = _stretch_for(left, treatment.stretch)
    return _matched(
        treatment, control, BOTH_MATCHED, "; ".join(cuts), strength=strength, stretch=stretch
    )


def _matched(base: Protocol, to: Protocol, name: str, note: str, **parts: Any) -> Protocol:
    suffix = ", time-matched"
    label = base.label[: LABEL_LENGTH - len(suffix)] + suffix
    changes = {part: value and value.model_dump() for part, value in parts.items()}
    try:  # a matched arm keeps the rules of every other
        made = _with(base, name=name, label=label, note=f"{note} a week", **changes)
    except UsageProblems as found:
        raise UsageProblems([_unmatched(base, to), *found.problems]) from None
    if (
        abs(made.clock_min_wk - to.clock_min_wk) > 1e-6 or made.weeks != to.weeks
    ):  # never silently unequal
        raise UsageProblems([_unmatched(base, to)])
    return made


def _unmatched(base: Protocol, to: Protocol) -> Problem:
    found = f"{_minutes(base.clock_min_wk)} and {_minutes(to.clock_min_wk)} min a week"
    rule = f"{base.name} cannot be made to take as long as {to.name}"
    if base.weeks != to.weeks:
        found = f"{base.weeks} and {to.weeks} weeks"
    return Problem("time-matched arms", found, rule, "Change a dose, or leave the matched arm out.")


def _find(name: str, folder: Path) -> Protocol:
    if name.endswith(".toml"):
        return read(folder / name)
    if name not in preset_names():
        valid = dict.fromkeys((*CONTRACT_ARMS, *preset_names()))
        rule = "there is no arm of this name"
        raise UsageProblems([Problem("protocols", name, rule, nearest(name, valid))])
    return preset(name)


def _changed(protocol: Protocol, changes: dict[str, Any], weeks: int | None) -> Protocol:
    data = protocol.model_dump()
    if weeks is not None:
        data["weeks"] = weeks
    if data["strength"]:
        data["strength"] |= changes
    return from_dict(data, protocol.name)


def build(
    names: Sequence[str],
    *,
    weeks: int | None = None,
    overrides: dict[str, Any] | None = None,
    folder: Path = Path(),
) -> Design:
    """Make the arms of a comparison.

    Parameters
    ----------
    names
        Presets, ``..._time_matched`` arms, or TOML files; a file whose name field is that of a
        preset takes that preset's place.
    weeks
        Weeks of every arm; each arm's own when None.
    overrides
        Fields of the strength part (``OVERRIDES``), for every arm that has one.
    folder
        Where relative file names start.

    Raises
    ------
    UsageProblems
        Every problem of every arm.
    """
    changes = {k: v for k, v in (overrides or {}).items() if v is not None}
    problems: dict[str, Problem] = {}
    arms: dict[str, Protocol] = {}
    plain = [name for name in names if name not in (STRETCH_MATCHED, BOTH_MATCHED)]
    needed = [name for name in (STRETCH, BOTH) if len(plain) < len(names)]
    for name in dict.fromkeys((*plain, *needed)):
        try:
            if name not in arms or name in plain:
                arm = _changed(_find(name, folder), changes, weeks)
                arms[arm.name] = arm
        except ProblemsFound as found:
            problems |= {str(problem): problem for problem in found.problems}
    if problems:
        raise UsageProblems(problems.values())
    made = {
        STRETCH_MATCHED: lambda: raise_stretch(arms[STRETCH], arms[BOTH]),
        BOTH_MATCHED: lambda: cut_stretch(arms[BOTH], arms[STRETCH]),
    }
    wanted = []
    for name in names:
        try:
            wanted.append(made[name]() if name in made else arms[_arm_name(name, folder)])
        except UsageProblems as found:
            problems |= {str(problem): problem for problem in found.problems}
    if problems:
        raise UsageProblems(problems.values())
    return Design(tuple(wanted), _contrasts([arm.name for arm in wanted]))


def _arm_name(name: str, folder: Path) -> str:
    return read(folder / name).name if name.endswith(".toml") else name


def _contrasts(arms: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if len(arms) < 2 or len(set(arms)) < len(arms):
        rule = "a comparison needs two arms or more, each named once"
        raise UsageProblems([Problem("protocols", ", ".join(arms), rule)])
    known = tuple(pair for pair in CONTRASTS if set(pair) <= set(arms))
    # Arms of one's own are compared too: with stretch only where it is there.
    paired = {arm for pair in known for arm in pair} | set(CONTRACT_ARMS if known else ())
    control = STRETCH if STRETCH in arms else arms[0]
    return known + tuple((arm, control) for arm in arms if arm not in paired | {control})


def presets_frame() -> "pd.DataFrame":
    """Presets as a table: name, one-line prescription, clock minutes a week."""
    import pandas as pd

    design = build([*CONTRACT_ARMS, *(n for n in preset_names() if n not in CONTRACT_ARMS)])
    rows = [(arm.name, one_line(arm), round(arm.clock_min_wk, 1)) for arm in design.arms]
    return pd.DataFrame(rows, columns=["name", "prescription", "clock_min_wk"])


def to_toml(name: str) -> str:
    """One arm as TOML, to start a prescription of one's own from."""
    import tomli_w

    matched = name in (STRETCH_MATCHED, BOTH_MATCHED)
    arm = build(CONTRACT_ARMS).arm(name) if matched else _find(name, Path())
    return tomli_w.dumps(arm.model_dump(exclude_none=True))
