"""What the explorer's controls stand at, and the prescription that follows when one is moved."""

from collections.abc import Mapping
from typing import Any

from hipstudy.prescription import shorthand
from hipstudy.prescription.protocol import (
    LOADS,
    MAX_ADDED_KG,
    MAX_SUPPORT_CM,
    Protocol,
    Strength,
    from_dict,
)
from hipstudy.prescription.time_matching import stretched_for

MAX_STRETCH_MIN, MAX_WEEKS = 120, 52
AS_THEY_ARE = ("sets", "reps", "sessions_per_week", "load", "lever", "unloaded_weeks")

# Range of each slider of an arm: least, most, step.
DIALS: Mapping[str, tuple[float, float, float]] = {
    "sets": (0, 10, 1),
    "reps": (1, 30, 1),
    "sessions_per_week": (1, 14, 1),
    "added_kg": (0.5, MAX_ADDED_KG, 0.5),
    "unloaded_weeks": (0, 26, 1),
    "support_height_cm": (0, MAX_SUPPORT_CM, 1),
    "stretch_min_wk": (0, MAX_STRETCH_MIN, 1),
}
SHARED_DIALS: Mapping[str, tuple[float, float, float]] = {
    "weeks": (1, MAX_WEEKS, 1),
    "adherence": (5, 100, 1),
    "start_rom_deg": (-20, 40, 1),
}


def control_values(arm: Protocol, spare: Strength) -> dict[str, Any]:
    """What the controls of an arm stand at.

    Parameters
    ----------
    arm
        The prescription.
    spare
        What its strength work would be, were it to have any.
    """
    work = arm.strength or spare
    return {name: getattr(work, name) for name in (*AS_THEY_ARE, "support_height_cm")} | {
        "sets": arm.strength.sets if arm.strength else 0,
        "stretch_min_wk": arm.stretch_min_wk,
    }


def arm_from_controls(arm: Protocol, spare: Strength, controls: Mapping[str, Any]) -> Protocol:
    """The prescription that the controls ask for; what they do not show stays as it is.

    Parameters
    ----------
    arm, spare
        As in ``control_values``.
    controls
        Values of those that were moved.

    Raises
    ------
    UsageProblems
        When it breaks a rule of prescriptions.
    """
    before = control_values(arm, spare)
    changes = {
        name: controls[name] for name in before if controls.get(name, before[name]) != before[name]
    }
    if "added_kg" in controls:
        changes["load"] = f"{float(controls['added_kg']):g} kg"
    minutes = changes.pop("stretch_min_wk", None)
    if changes:
        at = before | changes
        work = (arm.strength or spare).model_dump() | {name: at[name] for name in AS_THEY_ARE}
        work["support_height_cm"] = float(at["support_height_cm"])
        data = arm.model_dump() | {"strength": work if at["sets"] else None}
        arm = from_dict(data, arm.name)
    return arm if minutes is None else stretched_for(arm, float(minutes))


def is_weighted(load: str) -> bool:
    """Whether a load is a weight in kilograms."""
    return load not in LOADS


def match_minutes(arm: Protocol, other: Protocol) -> Protocol:
    """The other arm with the clock minutes a week of an arm, by its stretching.

    Raises
    ------
    UsageProblems
        When no stretching can make them even.
    """
    if abs(arm.clock_min_wk - other.clock_min_wk) < 1e-9:
        return other
    return stretched_for(other, max(0.0, arm.clock_min_wk - other.strength_min_wk))


def line(arm: Protocol) -> str:
    """A prescription on one line, without what it is called."""
    plain = arm.model_copy(update={"label": shorthand.label_of(arm.name), "note": ""})
    return shorthand.write(plain, name=arm.name)
