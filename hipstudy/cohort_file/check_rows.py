"""The rules across rows: visits, arms, sides, and the sign of the Thomas test.

Runners are counted or told by their rows, never named. An analysis counts a visit in its very week;
who came in another, a little early or late, is left out, and that is said.
"""

from collections.abc import Collection

import numpy as np
from pandas import DataFrame

from hipstudy.cohort_file import runner_codes
from hipstudy.cohort_file.cell_values import filled_in
from hipstudy.cohort_file.findings import MOST, Source
from hipstudy.cohort_file.named_columns import NamedColumns
from hipstudy.cohort_file.schema import outcomes
from hipstudy.errors import Finding, nearest
from hipstudy.numerals import ENGLISH
from hipstudy.parameters import number
from hipstudy.prescription.protocol import preset_names

LOADED_SESSION_GONE_H = 72  # three days after a loaded session
# Modified Thomas test, extension positive: mean about 11 deg in 28 runners (Fukuchi 2017). Half of
# a cohort below this has the other sign, or is no cohort of runners.
REVERSED_DEG = -3
_REVERSED_LEAST = 3
NEAR_WK = 2  # so far from a visit's week people may come for it
_MOST_OF = 0.5  # of the runners: where so many have several arms, the trial was made so
_LISTED = 5  # weeks of one visit that are named
_BOTH = 0.1  # of the runners of a week: where more came in both, these are two visits


def check(
    source: Source, frame: DataFrame, header: Collection[str], more: NamedColumns, *, turned: bool
) -> list[Finding]:
    """Check everything that takes more than one cell.

    The frame is as ``hipstudy.cohort_file.check`` gives it, ``header`` the head of the file and
    ``more`` what a plan says of it; ``turned`` where the sign of Thomas angles was declared as
    extension negative.
    """
    return [
        *_reversed(source, frame, turned),
        *runner_codes.check(source, frame),
        *runner_codes.legs(source, frame),
        *_twice(source, frame),
        *_differing_traits(source, frame, may_have_several=more.has_several_arms),
        *_unknown_arms(source, frame),
        *_weeks(source, frame),
        *_visit_weeks(source, frame),
        *_too_soon(source, frame),
        *_angles(source, frame),
        *_counts(source, frame, has_limbs=not more.needs_no_side(header)),
    ]


def baseline(frame: DataFrame) -> DataFrame:
    """Rows at baseline: week 0, or all where a file has no weeks or none is filled in."""
    if "week" not in frame or not frame["week"].notna().any():
        return frame
    return frame[frame["week"] == 0]


def _reversed(source: Source, frame: DataFrame, turned: bool) -> list[Finding]:
    name = "thomas_ext_deg"
    first = frame["week"].fillna(0) == 0
    angles = (frame.loc[first, name] if first.any() else frame[name]).dropna()
    if len(angles) < _REVERSED_LEAST or angles.median() >= REVERSED_DEG:
        return []
    if (angles < 0).mean() <= 0.5:
        return []
    signs = ("extension-negative", "extension-positive")
    declared, other = signs if turned else reversed(signs)
    facts = {"declared": declared, "other": other, "median": angles.median()}
    return [source.once("reversed_sign", column=name, **facts)]


def _twice(source: Source, frame: DataFrame) -> list[Finding]:
    keys = ["runner", "side", "week"]
    whole = frame[(frame["runner"] > 0) & frame[keys].notna().all(axis=1)]
    first = whole.groupby(keys, sort=False)["file_row"].transform("first")
    again = whole.index[whole.duplicated(keys)]
    own = [{"row": first[i]} for i in again[:MOST]]
    name = "visit_twice" if "week" in source.positions else "row_twice"
    name = "date_twice" if "day" in frame else name
    return source.each(name, column=None, where=again, own=own)


def _differing_traits(source: Source, frame: DataFrame, *, may_have_several: bool) -> list[Finding]:
    findings = []
    known = frame[frame["runner"] > 0]
    for name in ("arm", "sex", "age_y"):
        if name not in source.positions:
            continue
        given = known[known[name].notna()]
        if name == "arm" and (several := _several_arms(given)):
            at = np.flatnonzero(frame["runner"].isin(several))
            who = _of(len(several), given["runner"].nunique())
            if not may_have_several:
                findings.append(source.once("several_arms", column=name, where=at, who=who))
            continue
        first = given.groupby("runner", sort=False)[[name, "file_row"]].transform("first")
        other = given.index[given[name] != first[name]]
        own = [{"row": first["file_row"][i]} for i in other[:MOST]]
        hide = name == "age_y"  # a year of birth may stand there
        findings += source.each(f"other_{name}", column=name, where=other, hide=hide, own=own)
    return findings


def _several_arms(given: DataFrame) -> list[int]:
    """Runners in more than one arm, where most are: that is a design, and no slip of the pen."""
    arms = given.groupby("runner")["arm"].nunique()
    several = [int(runner) for runner in arms.index[arms > 1]]
    is_design = len(several) >= max(number("cohort_least_runners"), _MOST_OF * len(arms))
    return several if is_design else []


def _unknown_arms(source: Source, frame: DataFrame) -> list[Finding]:
    names = preset_names()
    unknown = [arm for arm in frame["arm"].dropna().unique() if arm not in names]
    findings = []
    for arm in unknown[:MOST]:
        at, near = np.flatnonzero(frame["arm"] == arm), nearest(arm[:80], names)
        value = source.safe_text("arm", int(at[0]))
        findings.append(source.once("unknown_arm", column="arm", where=at, value=value, near=near))
    if more := unknown[MOST:]:
        at = np.flatnonzero(frame["arm"].isin(more))
        findings.append(source.once("more_unknown_arms", column="arm", where=at, n=len(more)))
    return findings


def _weeks(source: Source, frame: DataFrame) -> list[Finding]:
    if "week" not in source.positions:
        return []
    week = frame["week"]
    findings = []
    blank = np.flatnonzero(week.isna() & ~filled_in(source, "week"))
    if len(blank):  # of a week that cannot be read its own error says so
        findings.append(source.once("blank_weeks", column="week", where=blank))
    part = np.flatnonzero(week.notna() & (week % 1 != 0))
    findings += source.each("part_weeks", column="week", where=part)
    known = frame[(frame["runner"] > 0) & frame["side"].notna() & week.notna()]
    before = known.groupby(["runner", "side"], sort=False)[["week", "file_row"]].shift()
    back = known.index[known["week"] < before["week"]]
    own = [{"week": before["week"][i], "row": before["file_row"][i]} for i in back[:MOST]]
    return [*findings, *source.each("earlier_week", column="week", where=back, own=own)]


def _came(frame: DataFrame) -> dict[float, frozenset[int]]:
    """Who came in each week after baseline."""
    later = frame[(frame["runner"] > 0) & (frame["week"] > 0)]
    groups = later.groupby("week")["runner"]
    return {float(week): frozenset(runners) for week, runners in groups}  # type: ignore[arg-type]


def _instead(came: dict[float, frozenset[int]], week: float) -> list[float]:
    here = came.get(week, frozenset())
    return sorted(
        other
        for other, there in came.items()
        if 0 < abs(other - week) <= NEAR_WK
        and len(here & there) <= _BOTH * min(len(here), len(there))
    )


def instead_of(frame: DataFrame, week: float) -> tuple[list[float], frozenset[int]]:
    """Weeks in which people came instead of in a visit's week, and who did.

    Parameters
    ----------
    frame
        Rows with ``runner`` and ``week``, of those who are asked about.
    week
        Of the visit.
    """
    came = _came(frame)
    others = _instead(came, week)
    who = frozenset[int]().union(*(came[one] for one in others)) - came.get(week, frozenset())
    return [one for one in others if came[one] & who], who


def _visit_weeks(source: Source, frame: DataFrame) -> list[Finding]:
    """Say which weeks look like one visit, and whom a plan for each of them would leave out."""
    if "week" not in source.positions:
        return []
    came = _came(frame)
    findings: list[Finding] = []
    while came:
        week = max(came, key=lambda one: (len(came[one]), -one))
        weeks = sorted([week, *_instead(came, week)])
        if len(weeks) > 1:
            findings.append(_one_visit(source, frame, {one: came[one] for one in weeks}))
        came = {one: who for one, who in came.items() if one not in weeks}
    return sorted(findings, key=lambda finding: finding.row or 0)


def _one_visit(source: Source, frame: DataFrame, came: dict[float, frozenset[int]]) -> Finding:
    everybody = frozenset[int]().union(*came.values())
    fullest = sorted(sorted(came, key=lambda one: -len(came[one]))[:_LISTED])
    left_out = [
        f"{len(everybody - came[week])} of {len(everybody)} for week {week:g}" for week in fullest
    ]
    weeks = [f"{week:g}" for week in came]
    those = ENGLISH.listing(weeks) if len(weeks) <= _LISTED else f"{weeks[0]} to {weeks[-1]}"
    at = np.flatnonzero(frame["week"].isin(list(came)))
    facts = {"weeks": those, "left_out": "; ".join(left_out)}
    return source.once("one_visit", column="week", where=at, **facts)


def _too_soon(source: Source, frame: DataFrame) -> list[Finding]:
    findings = []
    stretch_h = number("acute_stretch_gone_h")
    for name, least in (
        ("hours_since_stretch", stretch_h),
        ("hours_since_session", LOADED_SESSION_GONE_H),
    ):
        if name in source.positions:
            at = np.flatnonzero((frame[name] >= 0) & (frame[name] < least))
            findings += source.each(f"soon_after_{name}", column=name, where=at, hours=least)
    return findings


def _angles(source: Source, frame: DataFrame) -> list[Finding]:
    torque = "end_range_torque_nm_kg"
    at = np.flatnonzero(frame[torque].notna() & frame["torque_angle_ext_deg"].isna())
    return [source.once("torque_without_angle", column=torque, where=at)] if len(at) else []


def _counts(source: Source, frame: DataFrame, *, has_limbs: bool) -> list[Finding]:
    known = frame[frame["runner"] > 0]
    runners = known["runner"].nunique()
    one = np.count_nonzero(known.groupby("runner")["side"].nunique() == 1)
    first = baseline(known)
    begun = first["runner"].nunique()
    least = int(number("cohort_least_runners"))
    findings = []
    if one:
        both = one == runners and known["side"].nunique() > 1
        name = "one_side_of_all" if both else "one_side"
        if both or has_limbs:  # what is of persons has no other side
            findings.append(source.once(name, who=_of(one, runners)))
    if "week" in source.positions and begun < runners:
        findings.append(source.once("no_baseline", who=_of(runners - begun, runners)))
    if 0 < runners < least:
        findings.append(source.once("few_runners", n=runners, least=least))
    elif begun < least and runners:
        findings.append(source.once("few_at_baseline", n=begun, least=least))
    has_outcome = not source.positions.keys().isdisjoint(outcomes())
    if begun and has_outcome and not first[list(outcomes())].notna().any(axis=None):
        findings.append(source.once("nothing_at_baseline"))
    return findings


def _of(some: int, runners: int) -> str:
    return f"{some} of {runners} runner{'s' if runners != 1 else ''}"
