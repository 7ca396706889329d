"""All checks of integrity over one frame."""

from pandas import DataFrame

from hipstudy.cohort_file.integrity.arm_spread import find_unlike_spread
from hipstudy.cohort_file.integrity.baseline_correlation import find_uncorrelated
from hipstudy.cohort_file.integrity.digit_preference import find_preferred_digits
from hipstudy.cohort_file.integrity.duplicate_people import find_same_people
from hipstudy.cohort_file.integrity.reading_grid import grid
from hipstudy.cohort_file.integrity.result import IntegrityResult
from hipstudy.cohort_file.integrity.same_readings import find_repeated_rows
from hipstudy.cohort_file.integrity.side_swaps import find_swapped_sides
from hipstudy.cohort_file.integrity.value_runs import find_long_runs
from hipstudy.cohort_file.integrity.visit_order import find_unordered_visits


def look_at_data(frame: DataFrame) -> tuple[IntegrityResult, ...]:
    """Every look of every check that the data allow for, in the order of ``result.CHECKS``.

    Parameters
    ----------
    frame
        Every row of the file in types, as ``hipstudy.cohort_file.check`` has it; the index counts
        the rows from 0.
    """
    cells = grid(frame)
    return (
        *find_uncorrelated(cells),
        *find_repeated_rows(cells),
        *find_preferred_digits(cells),
        *find_long_runs(cells),
        *find_unlike_spread(cells),
        *find_swapped_sides(cells),
        *find_same_people(cells),
        *find_unordered_visits(cells),
    )
