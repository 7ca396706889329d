"""Page 2: the two compared prescriptions side by side, in numbers that a person can do."""

from dataclasses import dataclass
from typing import Any

from hipstudy import parameters, show
from hipstudy.model import adherence, baseline, capacity
from hipstudy.pages.compare_report.front_words import front, primary_names
from hipstudy.pages.shared import cells
from hipstudy.prescription.protocol import Protocol
from hipstudy.studies.compare_study import CompareStudy

STEP_S = 5.0  # what a clock on the wall or a count in the head keeps


def doable_hold_s(hold_s: float) -> float:
    """A hold that can be counted: whole seconds stay, any other goes to the nearest 5 s.

    Examples
    --------
    >>> doable_hold_s(30.476), doable_hold_s(33.0), doable_hold_s(1.2)
    (30.0, 33.0, 5.0)
    """
    if abs(hold_s - round(hold_s)) < 1e-9:
        return float(round(hold_s))
    return max(STEP_S, STEP_S * round(hold_s / STEP_S))


@dataclass(frozen=True)
class DoableArm:
    """An arm as it would be handed out.

    Parameters
    ----------
    protocol
        As it is modelled.
    hold_s
        Seconds of a hold as a person can do it; 0 where nothing is stretched.
    minutes_wk
        Clock minutes a week with that hold.
    """

    protocol: Protocol
    hold_s: float
    minutes_wk: float

    @property
    def is_rounded(self) -> bool:
        """Whether it is not what is modelled, to the second."""
        stretch = self.protocol.stretch
        return stretch is not None and self.hold_s != stretch.hold_s


def doable(protocol: Protocol) -> DoableArm:
    """An arm with holds that a person can count."""
    stretch = protocol.stretch
    if stretch is None:
        return DoableArm(protocol, 0.0, protocol.clock_min_wk)
    hold_s = doable_hold_s(stretch.hold_s)
    rounded = stretch.model_copy(update={"hold_s": hold_s})
    minutes = protocol.strength_min_wk + rounded.session_min * rounded.times_per_week
    return DoableArm(protocol, hold_s, minutes)


def _primary(study: CompareStudy) -> list[DoableArm]:
    return [doable(study.design.arm(arm)) for arm in study.primary]


def _weights(study: CompareStudy, values: parameters.Values) -> dict[str, Any]:
    """What is to be said of weights in the two arms, whatever the cause.

    ``near_failure_kg`` is the least weight that is near failure for most limbs, or None;
    ``too_heavy`` the weight that many limbs cannot hold and their share, or None.

    Parameters
    ----------
    study
        The comparison.
    values
        Central ones, by which the lever's demand is told in the details as well.
    """
    starts = baseline.draw_worlds(study.cohort, values, seed=study.settings.seed)
    works = [
        arm.protocol.strength
        for arm in _primary(study)
        if arm.protocol.strength
        and arm.protocol.strength.added_kg
        and arm.protocol.strength.unloaded_weeks < arm.protocol.weeks
    ]
    asked = (study.cohort, [*starts.values()], values)
    too_heavy = [
        {"kg": one.added_kg, "share": share}
        for one in works
        if (share := capacity.too_heavy_share(one, *asked)) is not None
    ]
    return {
        "near_failure_kg": capacity.near_failure_kg(works, *asked),
        "too_heavy": max(too_heavy, key=lambda one: one["share"], default=None),
    }


def prescriptions_heading(study: CompareStudy) -> show.Text:
    """Heading of the table, what rounding costs, how much is done, and when weight adds nothing."""
    values = parameters.central(**study.settings.parameter_values)
    own = adherence.habits(study.cohort, values, weeks=study.design.weeks, seed=study.settings.seed)
    rounded = [
        {
            "name": name.in_markdown,
            "modelled": arm.protocol.clock_min_wk,
            "rounded": arm.minutes_wk,
        }
        for name, arm in zip(primary_names(study), _primary(study), strict=True)
        if arm.is_rounded
    ]
    return show.Text(
        front(study)(
            "prescriptions",
            rounded=rounded,
            done=float(own.chance.mean()),
            **_weights(study, values),
        )
    )


def _column(study: CompareStudy, arm: DoableArm) -> dict[str, str]:
    work, weeks = arm.protocol.strength, arm.protocol.weeks
    facts: dict[str, Any] = {
        "work": work,
        "stretch": arm.protocol.stretch,
        "hold_s": arm.hold_s,
        "weeks": weeks,
        "weeks_unloaded": work.weeks_without_weight(weeks) if work else 0,
        "minutes": arm.minutes_wk,
    }
    return dict(cells(front(study)("column", facts)))


def two_prescriptions(study: CompareStudy) -> show.Table:
    """The arms of the primary contrast, a column each."""
    import pandas as pd

    words, names = front(study), primary_names(study)
    columns = [_column(study, arm) for arm in _primary(study)]
    heads = [name.short for name in names]
    if heads[0] == heads[1]:
        heads = [name.label for name in names]
    frame = pd.DataFrame(
        {
            words("first_head"): list(columns[0]),
            **{h: list(c.values()) for h, c in zip(heads, columns, strict=True)},
        }
    )
    caption = words("prescriptions_caption", study.design.weeks)
    return show.Table(frame, caption, "two-prescriptions", align=dict.fromkeys(heads, "left"))
