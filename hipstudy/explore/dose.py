"""The controls of an arm's dose: what they can be set to, and the prescription they make."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hipstudy.matching import stretched_for
from hipstudy.protocol import LOADS, MAX_ADDED_KG, MAX_SUPPORT_CM, Protocol, Strength, from_dict

MAX_STRETCH_MIN = 120
ADDED = "added kg"
LOAD_WORDS = {"unloaded": "without weight", "near-failure": "near failure", ADDED: "added weight"}
LEVERS = {"leg-lever": "leg lever", "trunk-lever": "trunk lever"}


@dataclass(frozen=True)
class Dial:
    """One control: what it says, and its range in steps."""

    words: str
    unit: str
    low: float
    high: float
    step: float


DIALS: Mapping[str, Dial] = {
    "sets": Dial("Sets a side", "sets", 0, 10, 1),
    "reps": Dial("Repetitions a set", "reps", 1, 30, 1),
    "sessions_per_week": Dial("Strength sessions", "a week", 1, 14, 1),
    "added_kg": Dial("Added weight", "kg", 0.5, MAX_ADDED_KG, 0.5),
    "unloaded_weeks": Dial("First weeks without weight", "weeks", 0, 26, 1),
    "support_height_cm": Dial("Support raised", "cm", 0, MAX_SUPPORT_CM, 1),
    "stretch_min_wk": Dial("Stretching, both sides", "min a week", 0, MAX_STRETCH_MIN, 1),
}


def shown(arm: Protocol, spare: Strength) -> dict[str, Any]:
    """What the controls of an arm stand at.

    Parameters
    ----------
    arm
        The prescription.
    spare
        What its strength work would be, were it to have any.
    """
    work = arm.strength or spare
    return {
        "sets": arm.strength.sets if arm.strength else 0,
        "reps": work.reps,
        "sessions_per_week": work.sessions_per_week,
        "load": work.load if work.load in LOADS else ADDED,
        "added_kg": work.added_kg or 5.0,
        "lever": work.lever,
        "unloaded_weeks": work.unloaded_weeks,
        "support_height_cm": work.support_height_cm,
        "stretch_min_wk": arm.stretch_min_wk,
    }


def turned(arm: Protocol, spare: Strength, controls: Mapping[str, Any]) -> Protocol:
    """The prescription that the controls ask for; what they do not show stays as it is.

    Parameters
    ----------
    arm, spare
        As in ``shown``.
    controls
        Every control's value.

    Raises
    ------
    UsageProblems
        When it breaks a rule of prescriptions.
    """
    before = shown(arm, spare)
    changes = {name: value for name, value in controls.items() if value != before[name]}
    minutes = changes.pop("stretch_min_wk", None)
    if changes:
        arm = _work(arm, spare, before | changes)
    return arm if minutes is None else stretched_for(arm, float(minutes))


def _work(arm: Protocol, spare: Strength, controls: Mapping[str, Any]) -> Protocol:
    data = arm.model_dump()
    if controls["sets"] == 0:
        return from_dict(data | {"strength": None}, arm.name)
    load = controls["load"]
    work = (arm.strength or spare).model_dump() | {
        name: controls[name]
        for name in ("sets", "reps", "sessions_per_week", "lever", "unloaded_weeks")
    }
    work["support_height_cm"] = float(controls["support_height_cm"])
    work["load"] = f"{controls['added_kg']:g} kg" if load == ADDED else load
    return from_dict(data | {"strength": work}, arm.name)


def evened(a: Protocol, b: Protocol) -> tuple[Protocol, Protocol]:
    """Both arms with the same clock minutes a week: the shorter one's stretching is raised.

    Raises
    ------
    UsageProblems
        When no stretching can make them even.
    """
    shorter, longer = (a, b) if a.clock_min_wk < b.clock_min_wk else (b, a)
    missing = longer.clock_min_wk - shorter.strength_min_wk
    if abs(longer.clock_min_wk - shorter.clock_min_wk) < 1e-9:
        return a, b
    raised = stretched_for(shorter, missing)
    return (raised, b) if shorter is a else (a, raised)
