"""The sentence under each picture of the explorer, with its uncertainty; from the same frames."""

from typing import TYPE_CHECKING

import numpy as np

from hipstudy.evidence.number_basis import CLOSING
from hipstudy.explore.picture_tables import View, is_even
from hipstudy.labels import (
    OUTCOME_LABELS,
    WORLD_LABELS,
    arm_label,
    count_phrase,
    format_number,
    interval,
    percent,
)
from hipstudy.model.causes import LINKS, PRIOR
from hipstudy.parameters import number as parameter

if TYPE_CHECKING:
    from pandas import DataFrame

NOT_ADVICE = (
    "A model, not a trial, and not advice to a patient. Most of its numbers are assumptions. "
    + CLOSING
)
_UNITS = {"_nrs": "NRS points", "_deg": "deg", "_nm_kg": "Nm/kg", "_pct": "%"}


def unit(outcome: str) -> str:
    """Unit of an outcome; a reserve has none."""
    return next((words for end, words in _UNITS.items() if outcome.endswith(end)), "")


_NAMES = {"soreness_nrs": "Soreness", "economy_pct": "Running economy"}


def title(outcome: str) -> str:
    """Name of an outcome without its unit."""
    return _NAMES.get(outcome) or OUTCOME_LABELS[outcome].rsplit(" (", 1)[0]


def _within(outcome: str) -> str:
    """Name of an outcome within a sentence: a person's name in it keeps its capital."""
    name = title(outcome)
    return name[0].lower() + name[1:]


def change_unit(outcome: str) -> str:
    """Unit of a change since the start: torque's is per cent of it."""
    return "% of the start" if outcome.endswith("_nm_kg") else unit(outcome)


def _digits(outcome: str) -> int:
    return 1 if outcome.endswith(("_deg", "_pct")) else 2


def _band(row: tuple, name: str, digits: int) -> str:
    ends = (getattr(row, f"{name}{end}") for end in ("", "_low", "_high"))
    return interval(*ends, digits)


def over_weeks(here: View, frame: "DataFrame", done: "DataFrame") -> str:
    """What the first picture shows: each arm's change by the last week."""
    outcome, weeks = here.outcome, here.study.design.weeks
    in_unit = change_unit(outcome)
    digits = 0 if outcome.endswith("_nm_kg") else _digits(outcome)
    start = frame[frame["week"] == 0].iloc[0]
    ends = frame[frame["week"] == weeks]
    said = " and ".join(
        f"{_band(row, 'change', digits)}{' ' + in_unit if in_unit else ''} in "
        f"“{arm_label(row.arm)}”"
        for row in ends.itertuples()
    )
    level = format_number(float(start["level"]), _digits(outcome))
    at = f"{level} {unit(outcome)}".strip()
    mixed = sum(weight > 0 for weight in here.asked.prior) > 1
    causes = "mixed over the causes by their weights" if mixed else "in the one cause with a weight"
    return (
        f"{title(outcome)} starts at {at} and by week {weeks} has changed by {said}: modelled mean "
        f"of {count_phrase(here.study.cohort.n_runners, 'runner')}, {causes}, 95 % band over "
        f"{here.study.values.n_draws} draws of the parameters.{_sessions(here, done)}"
    )


def _sessions(here: View, done: "DataFrame") -> str:
    """How many sessions are done, where there are any."""
    if not any(arm.strength or arm.stretch for arm in here.study.design.arms):
        return ""
    share = done.iloc[0]
    if here.asked.adherence is not None:
        around = percent(here.asked.adherence)
        return f" Sessions done: {percent(share['share'])}, drawn around the {around} set."
    did = interval(100 * share["share"], 100 * share["low"], 100 * share["high"], 0)
    return f" Sessions done: {did} %."


def anyway(here: View, frame: "DataFrame") -> str:
    """What tightness or discomfort does without any exercise."""
    end = frame.iloc[-1]
    found = interval(end["change"], end["change_low"], end["change_high"])
    return (
        f"Without any exercise {_within(here.outcome)} would change by {found} NRS points by week "
        f"{here.study.design.weeks}: its natural course, assumed, and in both arms alike."
    )


def differences(here: View, frame: "DataFrame") -> str:
    """What the second picture shows: B minus A by cause, from smallest to largest."""
    outcome, digits = here.outcome, _digits(here.outcome)
    pure = frame[frame["world"] != PRIOR]
    least, most = pure.loc[pure["estimate"].idxmin()], pure.loc[pure["estimate"].idxmax()]
    in_unit = f" {unit(outcome)}" if unit(outcome) else ""
    if np.ptp(pure["estimate"]) < 0.5 * 10.0**-digits:
        row = pure.iloc[0]
        found = interval(row["estimate"], row["ci_low"], row["ci_high"], digits)
        said = f"is {found}{in_unit} whatever the cause"
    else:
        said = " to ".join(
            f"{interval(row['estimate'], row['ci_low'], row['ci_high'], digits)} "
            f"({WORLD_LABELS[str(row['world'])].lower()})"
            for row in (least, most)
        )
        said = f"runs from {said}{in_unit}, by why hips are tight"
    mixed = frame[frame["world"] == PRIOR].iloc[0]
    mix = interval(mixed["estimate"], mixed["ci_low"], mixed["ci_high"], digits)
    even = (
        "at equal minutes a week"
        if is_even(here)
        else "at unequal minutes a week, so it holds the time too"
    )
    return (
        f"Arm B minus arm A in {_within(outcome)} at week {here.study.design.weeks}, {even}, "
        f"{said}. Mixed by the weights, which are opinion: {mix}. {_sign(outcome)}"
    )


def _sign(outcome: str) -> str:
    """What the sign of a difference says, and what the shade is."""
    if unit(outcome) != "NRS points":
        return "Above 0: more in arm B."
    shade = ""
    if outcome in LINKS:
        shade = (
            f" Grey: less than {count_phrase(parameter('margin_small_nrs'), 'point')} either way."
        )
    return f"Below 0: less {_within(outcome)} in arm B.{shade}"


def break_even(frame: "DataFrame") -> str:
    """What the break-even share is for each margin."""
    said = []
    for row in frame.itertuples():
        by = "at all" if row.margin_nrs == 0 else f"by {count_phrase(row.margin_nrs, 'point')}"
        said.append(f"{by}, {_share(row)}")
    return (
        "Break-even share of runners tight from end-range torque, for the mean tightness to favour "
        f"arm B {'; '.join(said)}. The other causes keep the proportions of their weights."
    )


def _share(row: tuple) -> str:
    if row.never == 1:
        return "at no share"
    ends = (row.share, row.ci_low, row.ci_high)
    if row.margin_nrs == 0 and not any(ends):
        return "any share above 0 %, or already without one"
    share, low, high = ("no share" if np.isinf(end) else percent(end) for end in ends)
    none = f"; no share does it in {percent(row.never)} of draws" if row.never else ""
    return f"{share} ({low} to {high}{none})"


def torque(here: View, frame: "DataFrame") -> str:
    """What the torque curve shows at the angle where end range is tested."""
    week, angle = here.asked.shown_week, parameter("end_range_test_angle_deg")
    rows = frame[(frame["angle_ext_deg"] == angle) & (frame["arm"] != "norm")]
    start = rows[rows["week"] == 0].iloc[0]
    now = rows[rows["week"] == week]
    said = " and ".join(
        f"{interval(row.mean, row.low, row.high)} in “{arm_label(row.arm)}”"
        for row in now.itertuples()
    )
    return (
        f"At {angle:g} deg of extension the mean torque starts at "
        f"{interval(start['mean'], start['low'], start['high'])} Nm/kg and at week {week} is "
        f"{said}, 95 % band over {here.study.values.n_draws} draws, where end-range torque is the "
        "cause. Nobody has measured torque past neutral: the curve there is assumed. Wide grey "
        "line: the norm. Grey field: the range that is trained. Triangles: peak hip extension in "
        "running at three speeds, measured in 28 runners."
    )


def _min(minutes: float) -> str:
    return f"{round(minutes, 1):g}"


def load(frame: "DataFrame", sore: "DataFrame") -> str:
    """What the last picture shows: minutes a week, and soreness at its highest."""
    each = "; ".join(
        f"“{arm_label(row.arm)}” {_min(row.both)} min a week ({_min(row.strength)} strength, "
        f"{_min(row.stretch)} stretching)"
        for row in frame.itertuples()
    )
    most = []
    for arm, rows in sore.groupby("arm", sort=False):
        top = rows.loc[rows["level"].idxmax()]
        found = interval(top["level"], top["level_low"], top["level_high"], 1)
        at = f"{found} NRS points in week {int(top['week'])}" if top["level"] else "none"
        most.append(f"“{arm_label(str(arm))}” {at}")
    return (
        f"Clock minutes: {each}. Soreness at its highest, as the mean of a week: "
        f"{'; '.join(most)}. 95 % bands."
    )
