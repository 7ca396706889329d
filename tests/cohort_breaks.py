"""Breaks of the analysis of a cohort: where, as ``pkgutil.resolve_name`` takes it, what, and how.

Places are names, so that what they name is read only where it is broken.
"""

from dataclasses import replace

import numpy as np

ANALYSIS, PAGES = "hipstudy.analysis", "hipstudy.pages.cohort_report"


def _limbs_as_runners(found):
    def rows(observations):
        frame = found(observations)
        return frame.assign(runner=frame["runner"].astype(str) + frame["side"].astype(str))

    return rows


def _end_of_legs(found):
    """Legs as they ended, wherever they began."""
    return lambda ends, baselines: (ends.mean(axis=-1), *found(ends, baselines)[1:])


def _period_left(found):
    def of_orders(first, second):
        value, se, period, df = found(first, second)
        return value + period / 2, se, period, df

    return of_orders


def _runners_not_clusters(found):
    def of_means(y, X, there, n_flat=0):
        value, se, _ = found(y, X, there, n_flat)
        return value, se, int(there.sum()) - X.shape[-1]

    return of_means


def _whole_file(found):
    """Every limb with a baseline counts, whether the model had it or not."""
    return lambda layout: found(layout) | ~np.isnan(layout.base)


def _many_degrees(found):
    """Degrees of freedom as if every row were a person."""

    def finished(sums, *given):
        fit = found(sums, *given)
        return replace(fit, df=0 * fit.df + sums.y[0].size)

    return finished


COHORT_BREAKS = {
    "no week but the plan's": (
        "hipstudy.studies.cohort_as_planned",
        "counted_in_windows",
        lambda f: lambda rows, plan: f(rows, plan.model_copy(update={"window_weeks": 0.0})),
    ),
    "no baseline and gone": (
        f"{ANALYSIS}.ancova",
        "baseline_or_mean",
        lambda _: lambda layout: layout,
    ),
    "a period counts as an arm": (f"{ANALYSIS}.designs.crossover", "of_orders", _period_left),
    "legs as they ended": (f"{ANALYSIS}.designs.within_person", "of_pairs", _end_of_legs),
    "runners are clusters": (f"{ANALYSIS}.designs.clusters", "of_means", _runners_not_clusters),
    "a change is an effect": (
        f"{ANALYSIS}.designs.single_arm",
        "replace",
        lambda f: lambda one, **_: f(one),
    ),
    "limbs are runners": (f"{ANALYSIS}.arm_results", "tidy_rows", _limbs_as_runners),
    "an n of the file": (f"{ANALYSIS}.mixed", "fitted", _whole_file),
    "an n of another model": (
        f"{PAGES}.effect",
        "estimate_with_n",
        lambda f: lambda one, *beside: f(replace(one, n_runners=39), *beside),
    ),
    "one problem of a plan": (
        f"{ANALYSIS}.plan",
        "UsageProblems",
        lambda f: lambda problems: f([*problems][:1]),
    ),
    "one problem of covariates": (
        f"{ANALYSIS}.covariates",
        "check_covariates",
        lambda f: lambda *given: f(*given)[:1],
    ),
    "a margin needs no direction": (f"{ANALYSIS}.plan", "NON_INFERIORITY", lambda _: "never"),
    "integrity asks of chance": (
        "hipstudy.cohort_file.integrity.result",
        "SHARE",
        lambda share: 700 * share,
    ),
    "integrity asks of nothing": (
        "hipstudy.cohort_file.integrity.result",
        "SHARE",
        lambda share: share * 1e-30,
    ),
    "rows have the degrees of freedom": (f"{ANALYSIS}.reml", "_finished", _many_degrees),
    "no harm beside benefit": (
        "hipstudy.studies.cohort_study",
        "chance_beyond",
        lambda f: lambda one, size, _sign: f(one, size, -1),
    ),
    "the gate of all of alpha": (
        f"{ANALYSIS}.margin_tests:MarginVerdict",
        "is_shown",
        lambda _: property(lambda verdict: verdict.p < 0.05),
    ),
    "a sure likeness": (f"{ANALYSIS}.icc_interval", "level", lambda _: lambda _alpha: 0.5),
    "an order has an arm's colour": (
        "hipstudy.studies.cohort_study:CohortStudy",
        "has_arms_apart",
        lambda _: property(lambda _study: True),
    ),
    "a flow of its own": (
        f"{PAGES}.second_page",
        "analysed_by_arm",
        lambda _: lambda *_: None,
    ),
}
