"""The rules across rows: visits, arms, sides, and the sign of the Thomas test.

Runners are counted or told by their rows, never named.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pandas import DataFrame

from hipstudy.cohort_file import check_legs, check_visit_weeks, runner_codes
from hipstudy.cohort_file.findings import MOST, Source
from hipstudy.cohort_file.schema import outcomes
from hipstudy.errors import ERROR, WARNING, Finding, nearest
from hipstudy.parameters import number
from hipstudy.prescription.protocol import preset_names

LOADED_SESSION_GONE_H = 72  # three days after a loaded session
# Modified Thomas test, extension positive: mean about 11 deg in 28 runners (Fukuchi 2017). Half of
# a cohort below this has the other sign, or is no cohort of runners.
REVERSED_DEG = -3
_REVERSED_LEAST = 3

Rows = NDArray[np.int64]


def check(source: Source, frame: DataFrame, *, turned: bool) -> list[Finding]:
    """Check everything that takes more than one cell.

    Parameters
    ----------
    source
        The sheet.
    frame
        As ``hipstudy.cohort_file.check`` gives it.
    turned
        Whether the sign of Thomas angles was declared as extension negative.
    """
    return [
        *_reversed(source, frame, turned),
        *runner_codes.check(source, frame),
        *check_legs.check(source, frame),
        *_twice(source, frame),
        *_differing_traits(source, frame),
        *_unknown_arms(source, frame),
        *_weeks(source, frame),
        *check_visit_weeks.check(source, frame),
        *_too_soon(source, frame),
        *_angles(source, frame),
        *_counts(source, frame),
    ]


def baseline(frame: DataFrame) -> DataFrame:
    """Rows at baseline: week 0, or all where a file has no weeks or none is filled in."""
    if "week" not in frame or not frame["week"].notna().any():
        return frame
    return frame[frame["week"] == 0]


def _places(mask: Iterable[bool]) -> Rows:
    return np.flatnonzero(np.asarray(mask, dtype=bool))


def _reversed(source: Source, frame: DataFrame, turned: bool) -> list[Finding]:
    name = "thomas_ext_deg"
    first = frame["week"].fillna(0) == 0
    angles = (frame.loc[first, name] if first.any() else frame[name]).dropna()
    if len(angles) < _REVERSED_LEAST or angles.median() >= REVERSED_DEG:
        return []
    if (angles < 0).mean() <= 0.5:
        return []
    declared = "extension-negative" if turned else "extension-positive"
    other = "extension-positive" if turned else "extension-negative"
    rule = (
        f"the sign looks reversed: read as {declared}, the median is {angles.median():.1f} deg; "
        "the norm is a mean of about 11 deg, extension positive, in 28 runners (Fukuchi 2017)"
    )
    mend = f'Say in the mapping file how it was written: thomas_sign = "{other}".'
    return [source.once(ERROR, rule, mend, column=source.name(name))]


def _twice(source: Source, frame: DataFrame) -> list[Finding]:
    keys = frame[["runner", "side", "week"]]
    whole = frame[(keys["runner"] > 0) & keys["side"].notna() & keys["week"].notna()]
    groups = whole.groupby(["runner", "side", "week"], sort=False)["file_row"]
    first = groups.transform("first")
    again = whole.index[first.index.isin(whole.index) & (whole["file_row"] != first)].to_numpy()
    rules = [f"this runner, side and week are in row {first[i]} already" for i in again[:MOST]]
    mend = "Delete one of the two rows, or mend its side or week."
    if "week" not in source.positions:
        mend = "Add the column week: visits are told apart by it."
    rest = "this runner, side and week are there already"
    return source.each(ERROR, rules, mend, column=None, where=again, rest=rest)


def _differing_traits(source: Source, frame: DataFrame) -> list[Finding]:
    findings = []
    known = frame[frame["runner"] > 0]
    for name, level, rule in (
        ("arm", ERROR, "a runner stays in one arm"),
        ("sex", WARNING, "a runner's sex is the same at every visit"),
        ("age_y", WARNING, "age is that at baseline, the same at every visit"),
    ):
        if name not in source.positions:
            continue
        given = known[known[name].notna()]
        groups = given.groupby("runner", sort=False)
        first, row = groups[name].transform("first"), groups["file_row"].transform("first")
        other = given.index[given[name] != first].to_numpy()
        rules = [f"{rule}; it is different in row {row[i]}" for i in other[:MOST]]
        mend, rest = "Mend the one that is wrong.", f"{rule}; it is different in another row"
        hide = name == "age_y"  # a year of birth may stand there
        findings += source.each(level, rules, mend, column=name, where=other, hide=hide, rest=rest)
    return findings


def _unknown_arms(source: Source, frame: DataFrame) -> list[Finding]:
    names = preset_names()
    arms = frame["arm"].dropna()
    unknown = [arm for arm in arms.unique() if arm not in names]
    rule = "no prescription that comes with hipstudy has this name"
    column = source.name("arm")
    findings = []
    for arm in unknown[:MOST]:
        mend = f"{nearest(arm[:80], names)} A name of your own is read as it is."
        at = _places(frame["arm"] == arm)
        value = source.safe_text("arm", int(at[0]))
        findings.append(source.once(WARNING, rule, mend, column=column, where=at, value=value))
    if len(unknown) > MOST:
        at = _places(frame["arm"].isin(unknown[MOST:]))
        more = f"and {len(unknown) - MOST} more arms: {rule}"
        findings.append(source.once(WARNING, more, "", column=column, where=at))
    return findings


def _weeks(source: Source, frame: DataFrame) -> list[Finding]:
    if "week" not in source.positions:
        return []
    week = frame["week"]
    blank = _places(week.isna())
    findings = []
    if len(blank):
        rule = "rows without a week belong to no visit, and are not used"
        mend = "Fill it in; baseline is 0."
        findings.append(source.once(WARNING, rule, mend, column=source.name("week"), where=blank))
    part = _places(week.notna() & (week % 1 != 0))
    rule = "weeks are whole numbers"
    findings += source.each(WARNING, rule, "Round it.", column="week", where=part)
    known = frame[(frame["runner"] > 0) & frame["side"].notna() & week.notna()]
    groups = known.groupby(["runner", "side"], sort=False)
    before, row = groups["week"].shift(), groups["file_row"].shift()
    back = known.index[known["week"] < before].to_numpy()
    rules = [
        f"an earlier visit stands after week {before[i]:g} in row {row[i]:g}" for i in back[:MOST]
    ]
    mend = "Is the week right? Visits are read by their week, in whatever order they stand."
    rest = "visits do not stand in the order of their weeks"
    findings += source.each(WARNING, rules, mend, column="week", where=back, rest=rest)
    return findings


def _too_soon(source: Source, frame: DataFrame) -> list[Finding]:
    findings = []
    stretch_h = number("acute_stretch_gone_h")
    for name, least, what in (
        ("hours_since_stretch", stretch_h, "stretching moves the Thomas test and torque"),
        ("hours_since_session", LOADED_SESSION_GONE_H, "a loaded session lowers torque"),
    ):
        if name in source.positions:
            at = _places((frame[name] >= 0) & (frame[name] < least))
            rule = f"the visit was too soon: {what} for {least:g} hours"
            mend = f"Test {least:g} hours later; what this visit measured may be off."
            findings += source.each(WARNING, rule, mend, column=name, where=at)
    return findings


def _angles(source: Source, frame: DataFrame) -> list[Finding]:
    torque, angle = "end_range_torque_nm_kg", "torque_angle_ext_deg"
    at = _places(frame[torque].notna() & frame[angle].isna())
    if not len(at):
        return []
    rule = f"torque without {angle}: the same hip gives another torque at another angle"
    mend = "Write the hip angle at which torque was tested."
    return [source.once(WARNING, rule, mend, column=source.name(torque), where=at)]


def _counts(source: Source, frame: DataFrame) -> list[Finding]:
    known = frame[frame["runner"] > 0]
    runners = known["runner"].nunique()
    sides = known.groupby("runner")["side"].nunique()
    one = np.count_nonzero(sides == 1)
    first = baseline(known)
    begun = first["runner"].nunique()
    least = int(number("cohort_least_runners"))
    findings = []
    if one:
        rule = f"one side only: {_of(one, runners)}"
        mend = "Add rows for the other side where it was measured."
        if one == runners and known["side"].nunique() > 1:
            rule += ", each counted as one more person, some by the left and some by the right"
            mend = "Where two codes are the legs of one runner, give both the same runner_id."
        findings.append(source.once(WARNING, rule, mend))
    if "week" in source.positions and begun < runners:
        rule = f"no baseline, week 0: {_of(runners - begun, runners)}"
        mend = "Add the first visit as week 0; without it, no change can be told."
        findings.append(source.once(WARNING, rule, mend))
    if 0 < runners < least:
        rule = f"{runners} of at least {least} runners: a report would tell about single people"
        findings.append(source.once(WARNING, rule, "Reports refuse such a file; add runners."))
    elif begun < least and runners:
        rule = f"{begun} of at least {least} runners with a row at baseline, week 0"
        findings.append(source.once(WARNING, rule, "Reports refuse such a file; add first visits."))
    if begun and not first[list(outcomes())].notna().any(axis=None):
        rule = "nothing was measured at baseline: no outcome has a value there"
        findings.append(source.once(WARNING, rule, "Fill in what was measured at the first visit."))
    return findings


def _of(some: int, runners: int) -> str:
    return f"{some} of {runners} runner{'s' if runners != 1 else ''}"
