"""What a comparison needs of this machine's memory, said before it runs.

The numbers per lane (one runner under one draw) and day were fitted to measured peaks; a test and
``benchmarks/scaling.py`` hold them against others.
"""

import os
from collections.abc import Callable
from pathlib import Path

from hipstudy.errors import Problem, UsageProblems
from hipstudy.model.adherence import DAYS
from hipstudy.model.causes import WORLDS
from hipstudy.model.lane_blocks import most_lanes
from hipstudy.model.simulate import OUTCOMES
from hipstudy.parameters import number

MB = 1e6
PROGRAM_MB = 120  # of Python and its libraries, as far as the model needs them
LANE_DAY_BYTES, LANE_BYTES = 171, 3500  # of what is carried at once
DOUBLE_BYTES = 8


def comparison_mb(*, weeks: int, n_runners: int, n_arms: int, n_draws: int, block: int) -> float:
    """Megabytes that a comparison takes at its peak, about.

    Parameters
    ----------
    weeks, n_runners, n_arms, n_draws
        Of the comparison.
    block
        Runners in a block.
    """
    runners = min(n_runners, block)
    at_once = max(most_lanes(weeks) // runners, 1) * runners
    lanes = max(min(n_draws * runners, at_once), min(n_runners, most_lanes(weeks)))
    means = n_arms * len(OUTCOMES) * len(WORLDS) * n_draws * (weeks + 1) * DOUBLE_BYTES
    carried = lanes * (weeks * DAYS * LANE_DAY_BYTES + LANE_BYTES)
    return PROGRAM_MB + (carried + means) / MB


def free_mb() -> float | None:
    """Megabytes of memory that programs can have; None where the system does not say.

    Where it says only how much there is altogether, that.
    """
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        (kilobytes,) = (line.split()[1] for line in lines if line.startswith("MemAvailable:"))
        return int(kilobytes) * 1024 / MB
    except (OSError, ValueError):
        pass
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / MB
    except (AttributeError, OSError, ValueError):
        return None


def check_memory(
    *, weeks: int, n_runners: int, n_arms: int, block: int, n_draws: int | None = None
) -> None:
    """Refuse a comparison that needs more memory than there is; parameters as above.

    Raises
    ------
    UsageProblems
        With what it needs, what there is, and how many weeks would do.
    """
    size = {
        "n_runners": n_runners,
        "n_arms": n_arms,
        "block": block,
        "n_draws": n_draws or int(number("parameter_draws")),
    }
    refuse_long("this comparison", weeks, lambda fewer: comparison_mb(weeks=fewer, **size))


def refuse_long(what: str, weeks: int, need_mb: Callable[[int], float], other: str = "") -> None:
    """Refuse what needs more memory over so many weeks than there is.

    Parameters
    ----------
    what
        Is refused, as a sentence begins with it.
    weeks
        How long it is.
    need_mb
        What it needs over so many weeks.
    other
        What else would do, as a sentence goes on with it.

    Raises
    ------
    UsageProblems
        With what it needs, what there is, and how many weeks would do.
    """
    free, need = free_mb(), need_mb(weeks)
    if free is None or need <= free:
        return
    enough = [fewer for fewer in range(1, weeks) if need_mb(fewer) <= free]
    rule = f"{what} over {weeks} weeks needs about {need:.0f} MB"
    mend = "Close other programs"
    mend += f", or take {enough[-1]} weeks or fewer{other}." if enough else f"{other}."
    raise UsageProblems([Problem("free memory", f"{free:.0f} MB", rule, mend)])
