"""How much more than with nothing set a report has to work out, said before it starts."""

from collections.abc import Mapping
from dataclasses import dataclass

from hipstudy.errors import WARNING, Finding

LEAST_TIMES = 10  # below that nobody need be told
SIZED_BY_SETTINGS = ("compare", "dose", "evidence")  # reports that can be large
_WHERE = "size of this run"


@dataclass(frozen=True, kw_only=True)
class LargeRun(Finding):
    """Warning of a run that takes much longer than the report with nothing set.

    Parameters
    ----------
    what
        Is worked out, in the plural.
    times
        How many times as many there are as with nothing set.
    """

    what: str
    times: float


def large_run(what: str, times: float) -> tuple[LargeRun, ...]:
    """Warn of a run that takes much longer than the report with nothing set.

    Time grows nearly as weeks, runners, draws, doses and samples do (``benchmarks/scaling.py``).

    Parameters
    ----------
    what, times
        As ``LargeRun`` has them.

    Examples
    --------
    >>> large_run("weeks of runners", 9.9)
    ()
    >>> print(large_run("weeks of runners", 173.3)[0].rule)
    about 173 times as many weeks of runners are worked out as with nothing set
    """
    if times < LEAST_TIMES:
        return ()
    rule = f"about {times:,.0f} times as many {what} are worked out as with nothing set"
    mend = (
        "It can take nearly as many times as long, and the bar stands still meanwhile. "
        "Ctrl-C ends it and leaves earlier reports as they are"
    )
    return (LargeRun(WARNING, _WHERE, rule, mend=mend, what=what, times=times),)


def large_batch(large: Mapping[str, LargeRun], n_reports: int) -> tuple[Finding, ...]:
    """Warn once of all the large runs among many reports.

    Parameters
    ----------
    large
        Name of a report -> the warning of its run.
    n_reports
        How many reports there are, with those that are not large.

    Examples
    --------
    >>> one, two = (large_run("weeks of runners", times)[0] for times in (43.3, 86.7))
    >>> print(large_batch({"weeks 52": one, "weeks 104": two}, 3)[0].rule)
    2 of 3 reports are large: together about 130 times as many weeks of runners are worked out as \
in one report with nothing set, about 87 times in the largest of them, weeks 104
    """
    if not large:
        return ()
    name = max(large, key=lambda one: large[one].times)
    most = large[name].times
    differ = min(one.times for one in large.values()) < most
    whole = sum(one.times for one in large.values())
    reports = "report" if n_reports == 1 else "reports"
    n_large = f"{len(large)} of {n_reports} {reports} {'is' if len(large) == 1 else 'are'} large"
    together = "together " if len(large) > 1 else ""
    rule = (
        f"{n_large}: {together}about {whole:,.0f} times as many {large[name].what} are worked out "
        "as in one report with nothing set"
    )
    if differ:
        rule += f", about {most:,.0f} times in the largest of them, {name}"
    elif len(large) > 1:
        rule += f", about {most:,.0f} times in each of them"
    mend = (
        "It can take nearly as many times as long, less where several are made at once, and the "
        "count stands still while each of them is made. Ctrl-C ends it; reports that are done "
        "stay, and the same command makes the rest"
    )
    return (Finding(WARNING, "size of this batch", rule, mend=mend),)
