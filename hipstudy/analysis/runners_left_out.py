"""Which runners of a file are in no planned analysis, each by one reason.

The reasons are looked at in their order, and the first that holds counts: together with those in
the analysis they are all runners who were asked.
"""

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from hipstudy.analysis.covariates import values_at_baseline
from hipstudy.analysis.designs import crossover, within_person
from hipstudy.analysis.designs.plan_rules import CLUSTERS, CROSSOVER, PARALLEL, SINGLE, WITHIN
from hipstudy.analysis.imputation import runner_means
from hipstudy.analysis.long_to_arrays import from_frame
from hipstudy.analysis.missing_baseline import baseline_or_mean
from hipstudy.analysis.missing_methods import AS_MODELLED
from hipstudy.analysis.mixed import fitted
from hipstudy.analysis.paired_readings import runner_changes
from hipstudy.cohort_file.check_rows import instead_of

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.analysis.plan import AnalysisPlan

# In their order: no arm; no row at baseline; a covariate that is not known; of a crossover no value
# at either end, at the first, at the second; of legs one that lacks a value; else no value at
# baseline nor at the visit, none after baseline, none at the visit, none at baseline; all else.
REASONS = ("no_arm", "no_visit", "covariate", "neither_period", "first_period", "second_period",
           "a_leg", "no_value", "no_later", "no_end", "no_baseline", "other")  # fmt: skip


def rows_asked(observations: "pd.DataFrame", plan: "AnalysisPlan") -> "pd.DataFrame":
    """Rows of the runners of a file, without those who are in arms that are not in the model."""
    if plan.model_arms == "all":
        return observations
    is_of_other = observations["arm"].notna() & ~observations["arm"].isin(plan.arms)
    return observations[~is_of_other.groupby(observations["runner"]).transform("all")]


def lacking_baseline(
    observations: "pd.DataFrame", plan: "AnalysisPlan", outcome: str
) -> "pd.DataFrame":
    """Rows of the plan's arms of runners without an outcome at baseline, on any limb.

    Where the legs of a runner have arms, those of legs without it.
    """
    frame = observations[observations["arm"].isin(plan.arms)]
    keys = ["runner", "arm"] if plan.design == WITHIN else ["runner"]
    known = frame[outcome].notna() & (frame["week"] == 0)
    return frame[~known.groupby([frame[key] for key in keys]).transform("any")]


def came_in_other_weeks(
    observations: "pd.DataFrame", plan: "AnalysisPlan"
) -> tuple[list[float], int, int]:
    """Weeks in which runners came instead of the plan's, how many did, and of how many.

    Of those with the primary outcome at baseline, in the plan's arms.
    """
    frame = observations[observations["arm"].isin(plan.arms) & observations[plan.primary].notna()]
    frame = frame[frame["runner"].isin(frame.loc[frame["week"] == 0, "runner"])]
    weeks, who = instead_of(frame, plan.week)
    return weeks, len(who), frame["runner"].nunique()


def runners_analysed(observations: "pd.DataFrame", plan: "AnalysisPlan") -> frozenset[int]:
    """Runners to whom the planned analysis is fitted, those with an imputed end among them."""
    question = plan.question(plan.primary, plan.treatment)
    if plan.design == WITHIN:
        return frozenset(within_person.limb_pairs(observations, question).index)
    if plan.design == CROSSOVER:
        return frozenset(crossover.two_periods(observations, question).runners)
    if plan.design == SINGLE:
        here = observations[observations["arm"] == plan.treatment]
        changes = runner_changes(here, plan.primary, plan.week)
        return frozenset(changes.index.get_level_values("runner"))
    layout = from_frame(observations, question)
    if plan.design == CLUSTERS:
        rows = layout.both[0].any(axis=-1)
    elif plan.missing != AS_MODELLED:
        rows = runner_means(layout, plan.missing).rows
    elif plan.analysis == "ancova":
        rows = baseline_or_mean(layout).both[0].any(axis=-1)
    else:
        rows = fitted(layout)[0].any(axis=-1)
    return frozenset(who for who, is_in in zip(layout.runners, rows, strict=True) if is_in)


def runners_to_impute(observations: "pd.DataFrame", plan: "AnalysisPlan") -> frozenset[int]:
    """Runners of the tipping points: complete, or with an end that can be imputed."""
    layout = from_frame(observations, plan.question(plan.primary, plan.treatment))
    rows = runner_means(layout, plan.missing).rows
    return frozenset(who for who, is_in in zip(layout.runners, rows, strict=True) if is_in)


def reasons_left_out(
    observations: "pd.DataFrame", plan: "AnalysisPlan", analysed: Collection[int]
) -> "pd.Series":
    """The reason of each runner who was asked and is not among ``analysed``: a code of ``REASONS``.

    Parameters
    ----------
    observations
        Rows as ``clinic.read`` gives them.
    plan
        The plan.
    analysed
        Runners in the analysis.

    Returns
    -------
    pandas.Series
        Codes by runner.
    """
    import numpy as np
    import pandas as pd

    frame = rows_asked(observations, plan)
    frame = frame[~frame["runner"].isin(list(analysed))]
    runners = pd.Index(sorted(frame["runner"].unique()), name="runner")
    if not len(runners):
        return pd.Series([], runners, dtype=object)
    week = frame["week"] if "week" in frame else pd.Series(0.0, frame.index)
    known = frame[plan.primary].notna()

    def any_of(rows: "pd.Series") -> "pd.Series":
        return rows.groupby(frame["runner"]).any().reindex(runners)

    has_base, has_end = any_of(known & (week == 0)), any_of(known & (week == plan.week))
    holds = {"no_arm": ~any_of(frame["arm"].notna())}
    if plan.design != CROSSOVER:
        holds["no_visit"] = ~any_of(week == 0)
        if plan.adjusted:
            holds["covariate"] = ~_knows_covariates(frame, plan).reindex(runners, fill_value=False)
    if plan.design == CROSSOVER:
        question = plan.question(plan.primary, plan.treatment)
        first = any_of(known & (week == crossover.first_period_week(observations, question)))
        holds["neither_period"] = ~first & ~has_end
        holds |= {"first_period": ~first, "second_period": ~has_end}
    elif plan.design == WITHIN:
        holds["a_leg"] = pd.Series(True, runners)
    else:
        is_mixed = plan.design == PARALLEL and plan.model == "mixed"
        ends = any_of(known & (week > 0)) if is_mixed else has_end
        # Of a mixed model who is left has no value at a visit that enough runners came to.
        later = {"no_later": has_base | ends} if is_mixed else {"no_end": ~ends}
        holds |= {"no_value": ~has_base & ~ends, **later, "no_baseline": ~has_base}
    codes = np.select([one.to_numpy(bool) for one in holds.values()], list(holds), "other")
    return pd.Series(codes, runners, dtype=object)


def left_out_counts(reasons: "pd.Series") -> list[dict[str, Any]]:
    """Reasons in their order, each with how many runners: ``why`` and ``n``."""
    counts = reasons.value_counts()
    return [{"why": code, "n": int(counts[code])} for code in REASONS if code in counts]


def _knows_covariates(frame: "pd.DataFrame", plan: "AnalysisPlan") -> "pd.Series":
    """Whether every covariate of a runner is known, by runner with a row at baseline."""
    values = values_at_baseline(frame, plan.question(plan.primary, plan.treatment))
    return values.notna().all(axis="columns")
