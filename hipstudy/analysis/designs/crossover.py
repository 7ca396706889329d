r"""Every runner has both arms, one after the other: two periods, and two orders of the arms.

A period ends at the visit that is named by the arm in its rows. Of runners measured at the ends of
both, :math:`d_i` is treatment less control, on the mean of the limbs measured at both. With the
means of the two orders of arms,

.. math:: \hat\delta = (\bar d_{TC} + \bar d_{CT}) / 2

what is common to a period falls out (Hills and Armitage 1979,
doi:10.1111/j.1365-2125.1979.tb05903.x; Senn 2002, doi:10.1002/0470854596), with n - 2 degrees of
freedom: it is least squares with a term for each runner and for the period. What the first period
leaves behind in the second, carry-over, falls out nowhere. It is not tested: a test that decides on
the analysis spoils the answer (Freeman 1989, doi:10.1002/sim.4780081202).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.disclosure import least
from hipstudy.analysis.estimate import Estimate, Question, by_t, interval_and_p, none
from hipstudy.arrays import Array
from hipstudy.errors import Problem

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.analysis.plan import AnalysisPlan

BY_PERIOD, NO_PERIOD = "crossover", "crossover_no_period"
CARRY_OVER = "holds where nothing of the first period is left in the second"
TOO_FEW_IN_ORDER = "too few runners of an order of the arms measured in both periods"


def arms_by_visit(frame: "pd.DataFrame", question: Question) -> "pd.DataFrame":
    """The arm of each runner at each visit after baseline: runners by weeks; NaN for unknown."""
    arms = (question.treatment, question.control)
    later = frame[frame["arm"].isin(arms) & (frame["week"] > question.baseline_week)]
    later = later[later["week"] <= question.week]
    return later.groupby(["runner", "week"])["arm"].first().unstack("week")


def first_period_week(frame: "pd.DataFrame", question: Question) -> float | None:
    """Week in which the first period ends: the last in which most had the other arm; None for none.

    The second ends in the week of the question.
    """
    arms = arms_by_visit(frame, question)
    if question.week not in arms or arms.shape[1] < 2:
        return None
    last = arms[float(question.week)]
    is_other = arms.drop(columns=float(question.week)).apply(
        lambda visit: visit.notna() & last.notna() & (visit != last)
    )
    most = is_other.sum()
    if not most.any():
        return None
    # Of visits of one period the last: at those before it, fewer are left out at most.
    enough = most[most > most.max() / 2]
    return float(enough.index.max())


def orders(frame: "pd.DataFrame", question: Question) -> "pd.Series":
    """The arm that each runner had first, by runner; without those of whom it is not known."""
    week = first_period_week(frame, question)
    arms = arms_by_visit(frame, question)
    if week is None:
        return arms.iloc[:, 0].dropna()
    other = {question.treatment: question.control, question.control: question.treatment}
    return arms[week].fillna(arms[float(question.week)].map(other)).dropna()


def by_order(frame: "pd.DataFrame", question: Question) -> "pd.DataFrame":
    """The rows with the arm that their runner had first in place of the arm."""
    return frame.assign(arm=frame["runner"].map(orders(frame, question)))


@dataclass(frozen=True, eq=False)
class TwoPeriods:
    """Treatment less control of every runner measured in both periods, by the order of the arms."""

    treatment_first: Array
    control_first: Array
    n_limbs: int
    runners: tuple[int, ...] = ()  # of a file, in any order

    @property
    def n(self) -> int:
        """Runners."""
        return len(self.treatment_first) + len(self.control_first)


def two_periods(frame: "pd.DataFrame", question: Question) -> TwoPeriods:
    """Differences within runners, over the limbs measured at the ends of both periods."""
    import pandas as pd

    week = first_period_week(frame, question)
    first = orders(frame, question)
    known = frame[frame[question.outcome].notna() & frame["runner"].isin(first.index)]
    known = known.set_index(["runner", "side"])
    columns = ["arm", question.outcome]
    first_end, second_end = (
        known.loc[known["week"] == at, columns].add_suffix(f"_{place}")
        for place, at in enumerate((week, question.week), start=1)
    )
    both = first_end.join(second_end, how="inner")
    arms = {question.treatment, question.control}
    is_both = both["arm_1"].isin(arms) & both["arm_2"].isin(arms) & (both["arm_1"] != both["arm_2"])
    both = both[is_both]
    later = both[f"{question.outcome}_2"] - both[f"{question.outcome}_1"]
    is_first = both["arm_1"] == question.treatment
    off = pd.Series(np.where(is_first, -later, later), both.index, dtype=float)
    off = off.groupby("runner").mean()
    treated_first = first.reindex(off.index) == question.treatment
    treated, control = off[treated_first].to_numpy(), off[~treated_first].to_numpy()
    return TwoPeriods(treated, control, len(both), tuple(off.index))


def of_orders(treatment_first: Array, control_first: Array) -> tuple[Array, Array, Array, int]:
    """Difference, its standard error, the period's effect, (trials,), and degrees of freedom.

    Both are differences of runners, treatment less control, (trials, runners). The effect of the
    period is second less first; it has the same standard error.
    """
    groups = (treatment_first, control_first)
    means = [one.mean(axis=-1) for one in groups]
    df = sum(one.shape[-1] for one in groups) - 2
    squares = sum(one.var(axis=-1) * one.shape[-1] for one in groups)
    se = np.sqrt(squares / df * sum(1 / one.shape[-1] for one in groups)) / 2
    return (means[0] + means[1]) / 2, se, (means[1] - means[0]) / 2, df


def crossover(frame: "pd.DataFrame", question: Question) -> Estimate:
    """Mean difference within runners, free of the period: df = runners - 2."""
    periods = two_periods(frame, question)
    if why := _too_few(periods):
        return none(question, BY_PERIOD, why)
    value, se, _, df = of_orders(periods.treatment_first, periods.control_first)
    answer = (float(value), float(se), df)
    return by_t(question, BY_PERIOD, answer, (periods.n, periods.n_limbs), CARRY_OVER)


def crossover_no_period(frame: "pd.DataFrame", question: Question) -> Estimate:
    """The paired t test of treatment and control, whatever the period: df = runners - 1."""
    periods = two_periods(frame, question)
    if why := _too_few(periods):
        return none(question, NO_PERIOD, why)
    off = np.concatenate([periods.treatment_first, periods.control_first])
    answer = (off.mean(), off.std(ddof=1) / np.sqrt(len(off)), len(off) - 1)
    note = f"takes periods for alike; {CARRY_OVER}"
    return by_t(question, NO_PERIOD, answer, (periods.n, periods.n_limbs), note)


def period_effect(frame: "pd.DataFrame", question: Question) -> tuple[float, float, float] | None:
    """Second period less first, and its interval; None where there is no answer."""
    periods = two_periods(frame, question)
    if _too_few(periods):
        return None
    _, se, period, df = of_orders(periods.treatment_first, periods.control_first)
    return float(period), *interval_and_p(float(period), float(se), df, question.alpha)[:2]


def _too_few(periods: TwoPeriods) -> str:
    smallest = min(len(periods.treatment_first), len(periods.control_first))
    return TOO_FEW_IN_ORDER if smallest < 2 or periods.n < least() else ""


def problems(plan: "AnalysisPlan", frame: "pd.DataFrame") -> list[Problem]:
    """What of a crossover trial is not in a file."""
    where, arms = "analysis plan, design", [plan.treatment, plan.control]
    here = frame[frame["arm"].isin(arms)]
    question, runners = plan.question(plan.primary, plan.treatment), here["runner"].nunique()
    later = here[here["week"] > question.baseline_week]
    by_visit = later.groupby(["runner", "week"])["arm"].nunique()
    if n := by_visit[by_visit > 1].index.get_level_values("runner").nunique():
        text = f"{n} of {runners} runners in two arms at one visit"
        rule = "crossover: both limbs of a runner are in one arm at a visit"
        mend = 'Correct arms that were written wrong, or write design = "within-person".'
        return [Problem(where, text, rule, mend)]
    week = first_period_week(here, question)
    if week is None:
        rule = f"crossover: the arm of week {plan.week} and, at a visit before it, the other arm"
        mend = "Write in each row the arm of the period that ends at its visit."
        return [Problem(where, "no runner with both arms", rule, mend)]
    visits = arms_by_visit(here, question)
    same = int((visits[week] == visits[float(plan.week)]).sum())
    if same:
        text = f"{same} of {runners} runners with one arm in weeks {week:g} and {plan.week}"
        rule = "crossover: a runner has the other arm in the second period"
        mend = (
            "Correct arms that were written wrong. Who truly stayed in one arm has no pair: "
            "analyse a copy of the file without them, and say how many they were."
        )
        return [Problem(where, text, rule, mend)]
    periods = two_periods(here, question)
    sizes = (len(periods.treatment_first), len(periods.control_first))
    rule = (
        f"{least()} or more with {plan.primary} at weeks {week:g} and {plan.week} are needed: "
        "else the period cannot be told from the arm"
    )
    return [
        Problem(
            f"{where}, {arm} first", f"fewer than {least()} runners" if n else "no runner", rule
        )
        for arm, n in zip(arms, sizes, strict=True)
        if n < least()
    ]
