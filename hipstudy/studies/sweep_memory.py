"""What a report on doses and one on the evidence need of memory, said before they run.

Lanes take what they take in a comparison (``memory_need``). Tests hold both against measured peaks.
"""

from hipstudy.errors import Problem, UsageProblems
from hipstudy.model import dose_sweep
from hipstudy.model.adherence import DAYS
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import SIDES
from hipstudy.model.dose_sweep import SweepGrid
from hipstudy.model.simulate import OUTCOMES
from hipstudy.parameters import number
from hipstudy.studies import memory_need, sensitivity_model
from hipstudy.studies.dose_runs import AFTER, MINUTES, SESSIONS
from hipstudy.studies.memory_need import DOUBLE_BYTES, LANE_BYTES, LANE_DAY_BYTES, MB, PROGRAM_MB

REUSED = 1.3  # of what is carried: a kernel keeps what is let go for the next arrays, measured
ROW_BYTES = 380  # of the table of every dose, made and written: measured
EVIDENCE_WEEKS = 12  # of the reference comparison
SAMPLE_COLUMNS, SAMPLE_COPIES = 21, 3  # numbers that get an index, and how often a sample is held


def dose_mb(grid: SweepGrid, *, weeks: int, n_runners: int) -> float:
    """Megabytes that a report on doses takes at its peak, about.

    Parameters
    ----------
    grid
        Its doses.
    weeks, n_runners
        Of every programme.
    """
    n_draws, longer = int(number("curve_draws")), weeks + AFTER[-1]
    loads, stretches, sets, sessions = grid.shape
    n_runs = sets * sessions
    carried = max(
        _carried_mb(loads * stretches, n_runs, weeks, n_runners, n_draws),
        _carried_mb(1, len(SESSIONS), longer, n_runners, n_draws),
        _carried_mb(len(MINUTES), 1, longer, n_runners, n_draws),
    )
    numbers = len(WORLDS) * len(OUTCOMES) * (weeks + 1)
    abreast = min(n_runs, _width(weeks, n_runners, n_draws))
    means = 2 * numbers * loads * stretches * n_runs
    sums = 2 * numbers * loads * stretches * abreast * n_draws
    runs = REUSED * carried + (means + sums) * DOUBLE_BYTES / MB
    table = numbers * loads * stretches * n_runs * ROW_BYTES / MB
    return PROGRAM_MB + max(runs, table)


def _width(weeks: int, n_runners: int, n_draws: int) -> int:
    """How many doses are carried side by side."""
    at_once = min(n_runners, dose_sweep.runners_at_once(n_draws, weeks))
    return max(1, dose_sweep.lanes_at_once(weeks) // (n_draws * at_once))


def _carried_mb(n_places: int, n_doses: int, weeks: int, n_runners: int, n_draws: int) -> float:
    """Lanes of one sweep: as many threads carry them as there are loads and stretches for."""
    at_once = min(n_runners, dose_sweep.runners_at_once(n_draws, weeks))
    lanes = at_once * n_draws * min(n_doses, _width(weeks, n_runners, n_draws))
    return min(dose_sweep.THREADS, n_places) * _lanes_mb(lanes, weeks)


def _lanes_mb(lanes: int, weeks: int) -> float:
    return lanes * (weeks * DAYS * LANE_DAY_BYTES + LANE_BYTES) / MB


def check_dose_memory(grid: SweepGrid, *, weeks: int, n_runners: int) -> None:
    """Refuse a report on doses that needs more memory than there is; parameters as above.

    Raises
    ------
    UsageProblems
        With what it needs, what there is, and how many weeks would do.
    """
    memory_need.refuse_long(
        f"this report on {grid.n_doses} doses",
        weeks,
        lambda fewer: dose_mb(grid, weeks=fewer, n_runners=n_runners),
        ", or look at fewer doses",
    )


def evidence_mb(*, samples: int, n_runners: int) -> float:
    """Megabytes that a report on the evidence takes at its peak, about.

    Parameters
    ----------
    samples, n_runners
        Of the shares of variance.
    """
    draws = max(1, sensitivity_model.BLOCK // (len(SIDES) * n_runners))
    numbers = samples * (SAMPLE_COLUMNS + 2) * SAMPLE_COLUMNS * SAMPLE_COPIES
    carried = _lanes_mb(draws * n_runners, EVIDENCE_WEEKS)
    return PROGRAM_MB + carried + numbers * DOUBLE_BYTES / MB


def check_evidence_memory(*, samples: int, n_runners: int) -> None:
    """Refuse a report on the evidence that needs more memory than there is; parameters as above.

    Raises
    ------
    UsageProblems
        With what it needs and what there is.
    """
    free, need = memory_need.free_mb(), evidence_mb(samples=samples, n_runners=n_runners)
    if free is None or need <= free:
        return
    rule = f"this report with {samples} samples needs about {need:.0f} MB"
    fewer = evidence_mb(samples=1, n_runners=n_runners) <= free
    mend = "Close other programs, or take fewer samples." if fewer else "Close other programs."
    raise UsageProblems([Problem("free memory", f"{free:.0f} MB", rule, mend)])
