"""Global sensitivity with SALib: sample, evaluate, analyse, of any function of numbers in (0, 1).

Morris's screen (doi:10.1080/00401706.1991.10484804) finds which factors matter at all; Sobol's
indices (Saltelli 2010, doi:10.1016/j.cpc.2009.09.018) say which share of an answer's variance each
one carries alone (first order) and with all it interacts with (total order). The three steps share
nothing but arrays. A seed of 0 is a seed: SALib's analysis takes it for none, so generators are
handed to it.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]
LEVELS = 4
# Morris's outer levels are the ends of a law: a normal one has none, and those of others are
# values that are never drawn. So the screen spans the middle of each law.
SPAN = 0.98
_OPEN = 2.0**-53  # Sobol's points may be 0, where a law has its end


def _problem(names: Sequence[str]) -> dict[str, Any]:
    return {"num_vars": len(names), "names": list(names), "bounds": [[0.0, 1.0]] * len(names)}


def sobol_sample(names: Sequence[str], n: int, *, seed: int) -> Array:
    """Saltelli's sample of the unit cube, (n * (factors + 2), factors), inside (0, 1).

    Parameters
    ----------
    names
        Of the factors.
    n
        Base sample; a power of 2.
    seed
        Of the scrambling; 0 is a seed.
    """
    from SALib.sample import sobol

    sample = sobol.sample(_problem(names), n, calc_second_order=False, seed=int(seed))
    return np.clip(sample, _OPEN, 1 - _OPEN)


def sobol(names: Sequence[str], answers: Mapping[str, Array], *, seed: int) -> "pd.DataFrame":
    """First and total order indices of every factor in every answer, with 95 % intervals.

    Parameters
    ----------
    names
        Of the factors, as sampled.
    answers
        Answer -> its value for each row of ``sobol_sample``.
    seed
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        Columns: answer, factor, first, first_low, first_high, total, total_low, total_high. All
        are 0 for an answer that does not vary.
    """
    import pandas as pd

    rows = []
    for answer, values in answers.items():
        first = first_off = total = total_off = np.zeros(len(names))
        if varies(values):
            from SALib.analyze import sobol as analysis

            s = analysis.analyze(
                _problem(names), values, calc_second_order=False, seed=np.random.default_rng(seed)
            )
            first, first_off, total, total_off = s["S1"], s["S1_conf"], s["ST"], s["ST_conf"]
        ends = (first, first - first_off, first + first_off)
        ends += (total, total - total_off, total + total_off)
        rows += [(answer, name, *(end[i] for end in ends)) for i, name in enumerate(names)]
    columns = ["answer", "factor", "first", "first_low", "first_high"]
    return pd.DataFrame(rows, columns=[*columns, "total", "total_low", "total_high"])


def varies(values: Array) -> bool:
    """Whether an answer moves by more than rounding."""
    return bool(np.ptp(values) > 1e-9 * max(1.0, float(np.abs(values).max())))


def morris_sample(names: Sequence[str], n: int, *, seed: int) -> Array:
    """Trajectories through the unit cube, (n * (factors + 1), factors), on ``LEVELS`` levels."""
    from SALib.sample import morris

    return morris.sample(_problem(names), n, num_levels=LEVELS, seed=int(seed))


def spanned(levels: Array) -> Array:
    """Levels of Morris's grid as probabilities: the middle ``SPAN`` of a law."""
    return (1 - SPAN) / 2 + SPAN * levels


def morris(
    names: Sequence[str], levels: Array, answers: Mapping[str, Array], *, seed: int
) -> "pd.DataFrame":
    """Mean absolute effect of every factor on every answer as it moves through its law.

    Parameters
    ----------
    names, levels
        Factors, and ``morris_sample``'s rows.
    answers
        Answer -> its value for each row.
    seed
        Of the bootstrap.

    Returns
    -------
    pandas.DataFrame
        Columns: answer, factor, effect (the answer's unit, over the whole span), effect_off (half
        its 95 % interval), spread (SD of the effects: curvature and interactions), of_largest (the
        effect over the answer's largest; 0 where the answer does not vary).
    """
    import pandas as pd
    from SALib.analyze import morris as analysis

    rows = []
    for answer, values in answers.items():
        s = analysis.analyze(
            _problem(names),
            levels,
            np.asarray(values, float),
            num_levels=LEVELS,
            seed=np.random.default_rng(seed),
        )
        effect = np.asarray(s["mu_star"], float)
        most = effect.max() if varies(values) else np.inf
        parts = (effect, s["mu_star_conf"], s["sigma"], effect / most)
        rows += [
            (answer, name, *(float(part[i]) for part in parts)) for i, name in enumerate(names)
        ]
    columns = ["answer", "factor", "effect", "effect_off", "spread", "of_largest"]
    return pd.DataFrame(rows, columns=columns)


def main_factors(screen: "pd.DataFrame", *, least: float) -> tuple[str, ...]:
    """Factors whose effect is at least so large a part of the largest in some answer, in order."""
    best = screen.groupby("factor", sort=False)["of_largest"].max()
    return tuple(best.index[best >= least])
