"""A long frame, a row per limb and visit, as arrays: trials, runners, limbs, visits.

Every analysis works on these arrays, and so on one trial or on thousands at once.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hipstudy.analysis.covariates import design, with_known_covariates
from hipstudy.analysis.estimate import Question
from hipstudy.arrays import Array, Flags

if TYPE_CHECKING:
    import pandas as pd

KEYS = ["runner", "side", "week"]


@dataclass(frozen=True, eq=False)
class Layout:
    """Trials of two arms, or of more with two of them compared; NaN where nothing was measured."""

    base: Array  # baseline, (trials, runners, limbs)
    later: Array  # visits after baseline, (trials, runners, limbs, visits)
    treated: Array  # 1 in the treatment arm and 0 in control, (trials, runners)
    weeks: tuple[float, ...]  # of the later visits
    end: int  # place in ``weeks`` of the visit at which arms are compared
    # What is adjusted for beside baseline, (trials, runners, columns); None for nothing.
    covariates: Array | None = None
    # 1 in an arm that is neither treatment nor control, (trials, runners, arms); None for none.
    others: Array | None = None
    other_names: tuple[str, ...] = ()  # of those arms
    runners: tuple[int, ...] = ()  # of a file, in their order; none of drawn trials

    @property
    def other_arms(self) -> list[Array]:
        """1 in each arm that is neither treatment nor control, else 0, (trials, runners) each."""
        return [] if self.others is None else list(np.moveaxis(self.others, -1, 0))

    @property
    def control(self) -> Flags:
        """Runners of the control arm, (trials, runners)."""
        return (self.treated == 0) & ~np.any([one == 1 for one in self.other_arms], axis=0)

    @property
    def adjusting(self) -> Array:
        """Columns that are adjusted for beside baseline, (trials, runners, columns)."""
        return np.empty((*self.treated.shape, 0)) if self.covariates is None else self.covariates

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
        more = None if self.covariates is None else self.covariates[trials]
        others = None if self.others is None else self.others[trials]
        parts = {"base": base, "later": later, "treated": treated}
        return replace(self, **parts, covariates=more, others=others)

    def visits(self, keep: Flags) -> "Layout":
        """Only some of the later visits, the end among them."""
        weeks = tuple(week for week, is_used in zip(self.weeks, keep, strict=True) if is_used)
        end = weeks.index(self.weeks[self.end])
        return replace(self, later=self.later[..., keep], weeks=weeks, end=end)


def mean_where(values: Array, where: Flags) -> Array:
    """Mean over the last axis of what is flagged; NaN where nothing is."""
    n = where.sum(axis=-1)
    total = np.where(where, values, 0).sum(axis=-1)
    return np.where(n > 0, total / np.maximum(n, 1), np.nan)


def rows_in_question(frame: "pd.DataFrame", question: Question) -> "pd.DataFrame":
    """Rows of the arms that a question's models are fitted to."""
    if question.all_arms:
        return frame[frame["arm"].notna()]
    return frame[frame["arm"].isin([question.treatment, question.control])]


def _with_other_arms(
    layout: Layout, arms: "pd.DataFrame", question: Question
) -> "tuple[Layout, pd.DataFrame]":
    """The same with arms beside the two, without those in which nobody has baseline and end."""
    arm, has_both = arms["first"], layout.both[0].any(axis=-1)
    pair = [question.treatment, question.control]
    names = sorted(set(arm[has_both]) - set(pair))
    rows = arm.isin([*pair, *names]).to_numpy()
    parts = {name: getattr(layout, name)[:, rows] for name in ("base", "later", "treated")}
    if names:
        columns = [(arm[rows] == name).to_numpy(float) for name in names]
        parts["others"] = np.stack(columns, axis=-1)[np.newaxis]
    arms = arms[rows]
    return replace(layout, **parts, other_names=tuple(names), runners=tuple(arms.index)), arms


def from_frame(frame: "pd.DataFrame", question: Question) -> Layout:
    """Arrays of the two arms of a question, or of all arms where it asks so, as one trial.

    The frame has columns runner, side, arm, week and the outcome; a row per limb and visit. Arms
    that nobody asks for, other columns and the order of rows do not matter. Of all arms, those
    count in which a limb has baseline and end. Of a question that names visits, values in other
    weeks are left out. Runners without a row at baseline are left out, and
    so are those of whom a covariate of the question is not known.

    Raises
    ------
    ValueError
        When a limb has two rows at a visit, or a runner is in two arms.
    """
    import pandas as pd

    two_arms = rows_in_question(frame, question)
    begun = two_arms.loc[two_arms["week"] == question.baseline_week, "runner"]
    two_arms = with_known_covariates(two_arms[two_arms["runner"].isin(begun)], question)
    values_there = two_arms[two_arms[question.outcome].notna()]
    if values_there.duplicated(KEYS).any():
        raise ValueError("rows: found two of one limb at one visit; the rule is one")
    arms = two_arms.groupby("runner", sort=True)["arm"].agg(["first", "nunique"])
    if (arms["nunique"] > 1).any():
        raise ValueError("arm: found a runner in two arms; the rule is one arm each")
    if question.visits:
        taken = [question.baseline_week, *question.visits, question.week]
        values_there = values_there[values_there["week"].isin(taken)]
    later = {float(week) for week in values_there["week"] if week > question.baseline_week}
    weeks = [question.baseline_week, *sorted(later | {question.week})]
    sides = sorted(frame["side"].unique())
    limbs = pd.MultiIndex.from_product([arms.index, sides])
    wide = values_there.pivot(index=KEYS[:2], columns="week", values=question.outcome)
    values = wide.reindex(index=limbs, columns=weeks).to_numpy(float)
    values = values.reshape(1, len(arms), len(sides), len(weeks))
    treated = (arms["first"] == question.treatment).to_numpy(float)[np.newaxis]
    end = weeks.index(question.week) - 1
    layout = Layout(
        values[..., 0], values[..., 1:], treated, tuple(weeks[1:]), end, runners=tuple(arms.index)
    )
    if question.all_arms:
        layout, arms = _with_other_arms(layout, arms, question)
    if not (question.covariates or question.strata):
        return layout
    who = arms.index[~np.isnan(layout.later[0, ..., layout.end]).all(axis=-1)]
    columns = design(two_arms[two_arms["runner"].isin(who)], question).columns
    whole = design(two_arms, question).reindex(index=arms.index, columns=columns)
    return replace(layout, covariates=whole.to_numpy(float)[np.newaxis])
