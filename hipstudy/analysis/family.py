"""Several planned tests together.

Guarded by ``tests/test_cohort_study.py`` and ``tests/test_cohort_few.py``.
"""

import math


def holm(p: list[float]) -> list[float]:
    """Adjusted p-values by Holm's step-down (Holm 1979, doi:10.2307/4615733).

    A planned test that gave no p counts as one of the family that found nothing; its own is NaN.

    Examples
    --------
    >>> [round(one, 3) for one in holm([0.01, 0.04, 0.03])]
    [0.03, 0.06, 0.06]
    """
    filled = [1.0 if math.isnan(one) else one for one in p]
    order = sorted(range(len(p)), key=filled.__getitem__)
    adjusted, largest = [0.0] * len(p), 0.0
    for rank, place in enumerate(order):
        largest = max(largest, min((len(p) - rank) * filled[place], 1.0))
        adjusted[place] = math.nan if math.isnan(p[place]) else largest
    return adjusted
