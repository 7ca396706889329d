"""Weeks that look like one visit, at which people came a little early or late.

An analysis counts a visit in its very week; who came in another is left out, and that is said.
"""

from collections.abc import Sequence

from pandas import DataFrame

from hipstudy.cohort_file.findings import Source
from hipstudy.errors import WARNING, Finding

NEAR_WK = 2  # so far from a visit's week people may come for it
_LISTED = 5  # weeks of one visit that are named
_BOTH = 0.1  # of the runners of a week: where more came in both, these are two visits


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


def check(source: Source, frame: DataFrame) -> list[Finding]:
    """Say which weeks look like one visit, and whom a plan for each of them would leave out.

    Parameters
    ----------
    source
        The sheet.
    frame
        As ``hipstudy.cohort_file.check`` gives it.
    """
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
    weeks = list(came)
    those = (
        weeks_in_words(weeks, "and") if len(weeks) <= _LISTED else f"{weeks[0]:g} to {weeks[-1]:g}"
    )
    rule = (
        f"weeks {those} look like one visit, to which runners came early or "
        "late; a report counts those of exactly its plan's week, and leaves out "
        f"{'; '.join(left_out)}"
    )
    mend = "Where your protocol allows for it, write the planned week in all these rows."
    at = frame.index[frame["week"].isin(list(came))]
    return source.once(WARNING, rule, mend, column=source.name("week"), where=at)


def weeks_in_words(weeks: Sequence[float], word: str) -> str:
    """Weeks in words.

    Examples
    --------
    >>> weeks_in_words([11.0, 12.0, 13.5], "and"), weeks_in_words([11.0], "or")
    ('11, 12 and 13.5', '11')
    """
    *some, last = (f"{week:g}" for week in weeks)
    return f"{', '.join(some)} {word} {last}" if some else last
