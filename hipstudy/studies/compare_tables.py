"""What a comparison found, as tidy tables whose column names are part of the contract."""

from collections.abc import Sequence
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hipstudy.model.causes import PRIOR, WORLDS
from hipstudy.model.simulate import OUTCOMES
from hipstudy.parameters import number
from hipstudy.studies.compare_study import CompareStudy

if TYPE_CHECKING:
    import pandas as pd

ALL_WORLDS = (*WORLDS, PRIOR)


def trajectories(study: CompareStudy) -> "pd.DataFrame":
    """The truth by world, arm, outcome and week: mean over limbs with its parameter band.

    Columns: world, arm, outcome, week, mean, low, high, n_runners, n_limbs. Before observation, at
    rest; low and high are the 95 % band of the mean over parameter draws.
    """
    import pandas as pd

    rows: list[tuple[Any, ...]] = []
    for world, arm, outcome in product(ALL_WORLDS, study.design.arms, OUTCOMES):
        runs = study.mean(arm.name, outcome, world)
        low, high = np.quantile(runs, study.band, axis=0)
        # Where every draw is the same, rounding must not push the mean past them.
        mean = np.clip(runs.mean(axis=0), low, high)
        rows += [
            (world, arm.name, outcome, week, mean[week], low[week], high[week])
            for week in range(study.design.weeks + 1)
        ]
    columns = ["world", "arm", "outcome", "week", "mean", "low", "high"]
    return _with_counts(study, pd.DataFrame(rows, columns=columns))


def _with_counts(study: CompareStudy, frame: "pd.DataFrame") -> "pd.DataFrame":
    return frame.assign(n_runners=study.cohort.n_runners, n_limbs=study.cohort.n_limbs)


def effects(study: CompareStudy) -> "pd.DataFrame":
    """Differences between arms at the last week, by world, outcome and contrast.

    Columns: world, outcome, week, contrast, model, estimate, se, ci_low, ci_high, p, n_runners,
    n_limbs. The interval comes from parameter draws, not from the number of runners; p is empty
    because simulated runners can be had in any number.
    """
    return study.shared_effects.copy()


def effects_anew(study: CompareStudy) -> "pd.DataFrame":
    """The table that ``effects`` gives copies of, worked out again."""
    import pandas as pd

    rows = []
    for world, outcome, pair in product(ALL_WORLDS, OUTCOMES, study.design.contrasts):
        draws = study.difference(pair, outcome, world)[:, -1]
        low, high = np.quantile(draws, study.band)
        rows.append((world, outcome, " - ".join(pair), draws.mean(), draws.std(ddof=1), low, high))
    parts = ["estimate", "se", "ci_low", "ci_high"]
    frame = pd.DataFrame(rows, columns=["world", "outcome", "contrast", *parts])
    frame = frame.assign(week=study.design.weeks, model="simulated", p=np.nan)
    order = ["world", "outcome", "week", "contrast", "model", *parts, "p"]
    return _with_counts(study, frame[order])


def break_even_draws(
    study: CompareStudy, pair: tuple[str, str], margin_nrs: float
) -> NDArray[np.float64]:
    """Share of runners tight from weakness at which the treatment wins by a margin; one a draw.

    The rest of the runners keep the prior's proportions among the other causes. Infinite where
    even a share of 1 does not do it.
    """
    benefit = [-study.difference(pair, "tightness_nrs", world)[:, -1] for world in WORLDS]
    return break_even_share(np.array(benefit), study.settings.prior, margin_nrs)


def break_even_share(
    benefit: NDArray[np.float64], prior: Sequence[float], margin_nrs: float
) -> NDArray[np.float64]:
    """Share of runners tight from weakness at which a benefit's mean reaches a margin, (draws,).

    Parameters
    ----------
    benefit
        Mean fall of tightness by which the treatment is ahead, (worlds, draws), NRS points.
    prior
        Concentration of each cause: the runners who are not tight from weakness keep these
        proportions, or equal ones where all are 0.
    margin_nrs
        To be reached; any benefit at all when 0.

    Returns
    -------
    numpy.ndarray
        Infinite where even a share of 1 does not do it.
    """
    rest = _of_other_causes(prior, benefit)
    slope = benefit[0] - rest
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (margin_nrs - rest) / slope
    wins_anyway = rest >= margin_nrs if margin_nrs > 0 else rest > 0
    share = np.where(wins_anyway, 0.0, np.where(slope > 0, share, np.inf))
    return np.where(share > 1, np.inf, share)


def _of_other_causes(prior: Sequence[float], by_world: NDArray[np.float64]) -> Any:
    """Mean over the causes after the first: by the prior's proportions, or equal ones."""
    others = np.array(prior[1:], float)
    weight = others / others.sum() if others.any() else np.full(len(others), 1 / len(others))
    return sum(w * values for w, values in zip(weight, by_world[1:], strict=True))


def margins() -> tuple[float, float, float]:
    """Margins of a mean difference that the report looks at, NRS points."""
    return 0.0, number("margin_small_nrs"), number("margin_large_nrs")


def break_even(study: CompareStudy) -> "pd.DataFrame":
    """Break-even share for every contrast and margin.

    Columns: contrast, margin_nrs, share, ci_low, ci_high (medians and band over draws, infinite
    for "at no share"), never (share of draws in which no share does it), n_runners, n_limbs.
    """
    import pandas as pd

    rows = []
    for pair, margin in product(study.design.contrasts, margins()):
        draws = np.sort(break_even_draws(study, pair, margin))
        at = np.round(np.array([study.band[0], 0.5, study.band[1]]) * (len(draws) - 1))
        low, middle, high = draws[at.astype(int)]
        rows.append((" - ".join(pair), margin, middle, low, high, float(np.isinf(draws).mean())))
    columns = ["contrast", "margin_nrs", "share", "ci_low", "ci_high", "never"]
    return _with_counts(study, pd.DataFrame(rows, columns=columns))


def break_even_curve(study: CompareStudy, pair: tuple[str, str]) -> "pd.DataFrame":
    """Mean difference in tightness against the share of runners tight from weakness.

    Columns: share, mean, low, high.
    """
    import pandas as pd

    ends = np.array([study.difference(pair, "tightness_nrs", world)[:, -1] for world in WORLDS])
    rest = _of_other_causes(study.settings.prior, ends)
    share = np.linspace(0, 1, 21)
    mixed = share * ends[0][:, np.newaxis] + (1 - share) * rest[:, np.newaxis]
    low, high = np.quantile(mixed, study.band, axis=0)
    return pd.DataFrame({"share": share, "mean": mixed.mean(axis=0), "low": low, "high": high})


def chances(study: CompareStudy) -> "pd.DataFrame":
    """Chance, over parameter draws, that the mean difference is a benefit of at least a margin.

    Columns: world, contrast, margin_nrs, chance.
    """
    import pandas as pd

    rows = []
    for world, pair in product(ALL_WORLDS, study.design.contrasts):
        benefit = -study.difference(pair, "tightness_nrs", world)[:, -1]
        rows += [
            (world, " - ".join(pair), margin, float((benefit >= margin).mean()))
            for margin in margins()[1:]
        ]
    return pd.DataFrame(rows, columns=["world", "contrast", "margin_nrs", "chance"])
