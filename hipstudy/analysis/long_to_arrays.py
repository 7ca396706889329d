"""A long frame, a row per limb and visit, as arrays: trials, runners, limbs, visits.

Every analysis works on these arrays, and so on one trial or on thousands at once.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy.analysis.estimate import Question
from hipstudy.arrays import Array, Flags

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["runner", "side", "week"]


@dataclass(frozen=True, eq=False)
class Layout:
    """Trials of two arms; NaN where nothing was measured."""

    base: Array  # baseline, (trials, runners, limbs)
    later: Array  # visits after baseline, (trials, runners, limbs, visits)
    treated: Array  # 1 in the treatment arm and 0 in control, (trials, runners)
    weeks: tuple[float, ...]  # of the later visits
    end: int  # place in ``weeks`` of the visit at which arms are compared

    @property
    def both(self) -> Flags:
        """Limbs with baseline and end value, (trials, runners, limbs)."""
        return ~np.isnan(self.base) & ~np.isnan(self.later[..., self.end])

    def sizes(self, limbs: Flags) -> tuple[int, int]:
        """Runners and limbs of the first trial among flagged limbs."""
        return int(limbs[0].any(axis=-1).sum()), int(limbs[0].sum())

    def take(self, trials: NDArray) -> "Layout":
        """Some of the trials."""
        base, later, treated = (part[trials] for part in (self.base, self.later, self.treated))
        return replace(self, base=base, later=later, treated=treated)

    def visits(self, keep: Flags) -> "Layout":
        """Only some of the later visits, the end among them."""
        weeks = tuple(week for week, is_used in zip(self.weeks, keep, strict=True) if is_used)
        end = weeks.index(self.weeks[self.end])
        return Layout(self.base, self.later[..., keep], self.treated, weeks, end)


def mean_where(values: Array, where: Flags) -> Array:
    """Mean over the last axis of what is flagged; NaN where nothing is."""
    n = where.sum(axis=-1)
    total = np.where(where, values, 0).sum(axis=-1)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def from_frame(frame: "pd.DataFrame", question: Question) -> Layout:
    """Arrays of the two arms of a question, as one trial.

    The frame has columns runner, side, arm, week and the outcome; a row per limb and visit. Other
    arms, other columns and the order of rows do not matter.

    Raises
    ------
    ValueError
        When a limb has two rows at a visit, or a runner is in two arms.
    """
    import pandas as pd

    two_arms = frame[frame["arm"].isin([question.treatment, question.control])]
    values_there = two_arms[two_arms[question.outcome].notna()]
    if values_there.duplicated(KEYS).any():
        raise ValueError("rows: found two of one limb at one visit; the rule is one")
    arms = two_arms.groupby("runner", sort=True)["arm"].agg(["first", "nunique"])
    if (arms["nunique"] > 1).any():
        raise ValueError("arm: found a runner in two arms; the rule is one arm each")
    later = {float(week) for week in values_there["week"] if week > question.baseline_week}
    weeks = [question.baseline_week, *sorted(later | {question.week})]
    sides = sorted(frame["side"].unique())
    limbs = pd.MultiIndex.from_product([arms.index, sides])
    wide = values_there.pivot(index=KEYS[:2], columns="week", values=question.outcome)
    values = wide.reindex(index=limbs, columns=weeks).to_numpy(float)
    values = values.reshape(1, len(arms), len(sides), len(weeks))
    treated = (arms["first"] == question.treatment).to_numpy(float)[np.newaxis]
    end = weeks.index(question.week) - 1
    return Layout(values[..., 0], values[..., 1:], treated, tuple(weeks[1:]), end)
