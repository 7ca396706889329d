"""How much more than with nothing set a report has to work out, said before it starts."""

from hipstudy.errors import WARNING, Finding

LEAST_TIMES = 10  # below that nobody need be told


def large_run(what: str, times: float) -> tuple[Finding, ...]:
    """Warn of a run that takes much longer than the report with nothing set.

    Time grows nearly as weeks, runners, draws, doses and samples do (``benchmarks/scaling.py``).

    Parameters
    ----------
    what
        Is worked out, in the plural.
    times
        How many times as many there are as with nothing set.

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
    return (Finding(WARNING, "size of this run", rule, mend=mend),)
