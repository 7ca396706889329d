"""Runners and draws in blocks, so that a run holds little however long and large it is.

A lane is one runner under one draw of the parameters; no lane knows of another, so what is summed
over runners block by block is the same to the last digit however draws are cut.
"""

from collections.abc import Iterator

from hipstudy.model.adherence import DAYS
from hipstudy.model.cohort import Cohort

BLOCK = 50  # runners summed at once: another number moves the last digits of sums
LANES = 10_000  # carried at once; fewer cost more calls
LANE_DAYS = 2_000_000  # the same, times days


def lane_blocks(
    cohort: Cohort, n_draws: int, *, weeks: int, size: int
) -> Iterator[tuple[Cohort, list[slice]]]:
    """Blocks of at most ``size`` runners, each with parts of the draws that are carried at once.

    Parameters
    ----------
    cohort
        Runners.
    n_draws
        Of the parameters.
    weeks
        How long the runs are.
    size
        Runners in a block.
    """
    for block in cohort.blocks(size):
        most = max(most_lanes(weeks) // block.n_runners, 1)
        yield block, [slice(at, min(at + most, n_draws)) for at in range(0, n_draws, most)]


def most_lanes(weeks: int) -> int:
    """Lanes that are carried at once over so many weeks."""
    return min(LANES, LANE_DAYS // (weeks * DAYS))
