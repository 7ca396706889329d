r"""Whole clusters, such as the patients of one physio, given to an arm: runners of one are alike.

On runner means, runner i of cluster c, least squares gives the slope of baseline:

.. math:: \bar y_{ci} = \beta_0 + \delta\,T_c + \beta_1 \bar x_{ci} + e_{ci}

Ends less :math:`\beta_1` times baseline are averaged in each cluster, and the averages of the two
arms compared by the t test, with as many degrees of freedom as clusters less 2, less one for each
column of covariates that is the same in all runners of every cluster. Each cluster counts as much
as any other. With few clusters of unequal sizes this keeps its promise where a mixed model does not
(Leyrat et al. 2018, doi:10.1093/ije/dyx169): the tests have both.

Beside it stands the mixed model with a random intercept for each cluster, by restricted maximum
likelihood with the correction of Kenward and Roger. The ICC is of it: the share of the variance,
given arm and baseline, that lies between clusters; its interval is that of ``icc_interval``.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from hipstudy.analysis.ancova import ASSUMES, NOT_ENOUGH, TREATED
from hipstudy.analysis.covariates import with_known_covariates
from hipstudy.analysis.designs.cluster_reml import fit_clusters
from hipstudy.analysis.disclosure import least
from hipstudy.analysis.estimate import Estimate, Question, by_t, none
from hipstudy.analysis.icc_interval import icc_interval
from hipstudy.analysis.least_squares import centred, centred_columns, fit
from hipstudy.analysis.long_to_arrays import from_frame, mean_where
from hipstudy.analysis.mixed import scaled_trial
from hipstudy.arrays import Array, Flags
from hipstudy.errors import Problem, nearest

if TYPE_CHECKING:
    import pandas as pd

    from hipstudy.analysis.plan import AnalysisPlan

ANCOVA, MIXED = "cluster_ancova", "cluster_mixed"
LEAST_CLUSTERS = 4  # of an arm
_NO_CLUSTER = ("runner_id", "runner", "side", "arm", "week")


@dataclass(frozen=True, eq=False)
class MixedClusters:
    """Mixed models of many trials, (trials,); NaN where the design gives no unique answer."""

    # Difference, standard error and degrees of freedom.
    value: Array
    se: Array
    df: Array
    icc: Array  # share of the variance between clusters
    plain_se: Array  # standard error were the variances known, as mixed models elsewhere print it


def of_mixed(y: Array, X: Array, there: Flags, n_flat: int = 0) -> MixedClusters:
    """Fit the mixed model of every trial.

    ``y`` and ``there``, the runners that there are, are (trials, clusters, runners); ``X`` is
    (trials, clusters, runners, p) and well scaled, the treatment in its second column; ``n_flat``
    are the columns that say nothing within a cluster.
    """
    values, size = scaled_trial(np.where(there, y, 0), there)
    fits = fit_clusters(values, X, there)
    se, plain = (np.sqrt(one[:, TREATED, TREATED]) * size for one in (fits.adjusted, fits.phi))
    n_clusters = there.any(axis=-1).sum(axis=-1)
    df = np.minimum(fits.df[:, TREATED], n_clusters - 2 - n_flat)
    return MixedClusters(fits.beta[:, TREATED] * size, se, df, fits.icc, plain)


def of_means(y: Array, X: Array, there: Flags, n_flat: int = 0) -> tuple[Array, Array, int]:
    """Difference of the arms' clusters and its standard error, (trials,), and degrees of freedom.

    Arrays are as for ``of_mixed``; ``n_flat`` are the columns that say nothing within a cluster.
    """
    b, p = len(y), X.shape[-1]
    flat = X.reshape(b, -1, p)
    slopes = fit(y.reshape(b, -1), flat, there.reshape(b, -1)).beta[:, TREATED + 1 :]
    rest = y - np.einsum("bcrp,bp->bcr", X[..., TREATED + 1 :], slopes)
    means = mean_where(rest, there)
    is_treated = (X[..., TREATED] * there).max(axis=-1) > 0
    arms = [mean_where(means, arm)[:, np.newaxis] for arm in (is_treated, ~is_treated)]
    off = means - np.where(is_treated, *arms)
    n = [is_treated.sum(axis=-1), (~is_treated).sum(axis=-1)]
    df = is_treated.shape[-1] - 2 - n_flat
    se = np.sqrt((off**2).sum(axis=-1) / max(df, 1) * (1 / n[0] + 1 / n[1]))
    return (arms[0] - arms[1])[:, 0], se, df


@dataclass(frozen=True, eq=False)
class ClusterSizes:
    """Whom a model with clusters is fitted to, and how alike runners of a cluster are."""

    icc: float  # NaN where no model was fitted
    # Its interval, NaN likewise; below 0 where runners of one are less alike than by chance.
    icc_low: float
    icc_high: float
    by_arm: tuple[int, int]  # clusters of treatment and control
    # Runners of the smallest and the largest cluster.
    smallest: int
    largest: int


@dataclass(frozen=True, eq=False)
class _Runners:
    """Runners in the model, one row each."""

    cluster: Array  # number of the cluster
    treated: Array
    start: Array
    end: Array
    covariates: Array  # (runners, columns)
    sizes: tuple[int, int]  # runners and limbs


def _runners(frame: "pd.DataFrame", question: Question) -> _Runners:
    layout = from_frame(frame, question)
    both = layout.both
    rows = both.any(axis=-1)[0]
    here = frame[frame["arm"].isin([question.treatment, question.control])]
    here = with_known_covariates(here, question)
    names = here.groupby("runner", sort=True)[question.cluster].first()[rows]
    start, end = (
        mean_where(one, both)[0, rows] for one in (layout.base, layout.later[..., layout.end])
    )
    number = names.astype("category").cat.codes.to_numpy()
    columns = layout.adjusting[0, rows]
    return _Runners(number, layout.treated[0, rows], start, end, columns, layout.sizes(both))


def _by_cluster(who: _Runners) -> tuple[Array, Array, Flags]:
    """Ends, design and who there is, as ``of_mixed`` takes them: one trial."""
    place = np.empty(len(who.cluster), dtype=int)
    counts = np.bincount(who.cluster)
    for number in range(len(counts)):
        place[who.cluster == number] = np.arange(counts[number])
    everybody = np.ones((1, len(place)), dtype=bool)
    columns = [
        np.ones_like(who.start),
        who.treated,
        centred(who.start[np.newaxis], everybody)[0],
        *(one[0] for one in centred_columns(who.covariates[np.newaxis], everybody)),
    ]
    shape = (1, len(counts), counts.max())
    y, there = np.zeros(shape), np.zeros(shape, dtype=bool)
    X = np.zeros((*shape, len(columns)))
    y[0, who.cluster, place], there[0, who.cluster, place] = who.end, True
    X[0, who.cluster, place] = np.stack(columns, axis=-1)
    return y, X, there


def cluster_ancova(frame: "pd.DataFrame", question: Question) -> Estimate:
    """The t test of clusters' means, adjusted for baseline (and covariates): df = clusters - 2.

    One less for each column of covariates that is the same within every cluster. The frame is as
    ``from_frame`` takes it, with the column ``question.cluster``.
    """
    who = _runners(frame, question)
    if why := _too_few(who):
        return none(question, ANCOVA, why)
    value, se, df = of_means(*_by_cluster(who), _n_flat(who))
    if np.isnan(value[0]) or df < 1:
        return none(question, ANCOVA, NOT_ENOUGH)
    return by_t(question, ANCOVA, (value[0], se[0], df), who.sizes, ASSUMES)


def _n_flat(who: _Runners) -> int:
    """Columns of covariates in which the runners of every cluster are alike."""
    order = np.argsort(who.cluster, kind="stable")
    is_same = np.diff(who.cluster[order]) == 0
    steps = np.abs(np.diff(who.covariates[order], axis=0))[is_same]
    return int((steps.max(axis=0, initial=0) == 0).sum())


def cluster_mixed(frame: "pd.DataFrame", question: Question) -> Estimate:
    """End ~ treatment + baseline (+ covariates) on runner means, a random intercept per cluster.

    By Kenward and Roger, with clusters less 2 degrees of freedom at most, less one for each
    covariate that is the same within clusters.
    """
    who = _runners(frame, question)
    if why := _too_few(who):
        return none(question, MIXED, why)
    fits = of_mixed(*_by_cluster(who), _n_flat(who))
    if np.isnan(fits.value[0]) or fits.df[0] < 1:
        return none(question, MIXED, NOT_ENOUGH)
    answer = (fits.value[0], fits.se[0], fits.df[0])
    note = f"with few clusters its interval is wider than it promises; {ASSUMES}"
    return by_t(question, MIXED, answer, who.sizes, note)


def _too_few(who: _Runners) -> str:
    """Why no model is fitted; empty where one is."""
    clusters = _by_arm(who)
    if min(clusters) < LEAST_CLUSTERS:
        return f"fewer than {LEAST_CLUSTERS} clusters of an arm"
    runners = (who.treated.sum(), len(who.treated) - who.treated.sum())
    if min(runners) < least():
        return f"fewer than {least()} runners of an arm at both visits"
    return "" if np.ptp(who.start) > 0 else NOT_ENOUGH


def _by_arm(who: _Runners) -> tuple[int, int]:
    treatment, control = (len(set(who.cluster[who.treated == arm])) for arm in (1, 0))
    return treatment, control


def cluster_sizes(frame: "pd.DataFrame", question: Question) -> ClusterSizes:
    """Clusters of each arm that are in the model, their sizes, and the ICC."""
    who = _runners(frame, question)
    n = np.bincount(who.cluster)
    icc, ends = np.nan, (np.nan, np.nan)
    if not _too_few(who):
        icc = float(of_mixed(*_by_cluster(who)).icc[0])
        design = np.column_stack([np.ones_like(who.start), who.treated, who.start, who.covariates])
        ends = icc_interval(who.end, design, who.cluster, question.alpha)
    return ClusterSizes(icc, *ends, _by_arm(who), int(n.min()), int(n.max()))


def in_model_by_arm(
    frame: "pd.DataFrame", question: Question
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Runners in the model, of treatment and of control, and clusters likewise."""
    who = _runners(frame, question)
    n_treatment = int(who.treated.sum())
    return (n_treatment, len(who.treated) - n_treatment), _by_arm(who)


def problems(plan: "AnalysisPlan", frame: "pd.DataFrame", names: tuple[str, ...]) -> list[Problem]:
    """What of a trial of clusters is not in a file; ``names`` are the columns of the file."""
    where, name = "analysis plan, cluster", plan.cluster
    if name not in frame or name in _NO_CLUSTER:
        rule = "the cohort file has no such column that says who belongs together"
        may_be = [one for one in names if one not in _NO_CLUSTER]
        return [Problem(where, name, rule, nearest(name, may_be))]
    here = frame[frame["arm"].isin([plan.treatment, plan.control])]
    by_runner = here.groupby("runner")[name]
    unknown, several = int((by_runner.count() == 0).sum()), int((by_runner.nunique() > 1).sum())
    found = []
    if unknown:
        text = f"{unknown} of {by_runner.ngroups} runners without a {name}"
        mend = "Write it in a row of each runner."
        found.append(Problem(where, text, "every runner of the two arms has a cluster", mend))
    if several:
        text = f"{several} of {by_runner.ngroups} runners with more than one {name}"
        mend = "Mend those that are wrong."
        found.append(Problem(where, text, "a runner stays in one cluster", mend))
    if found:
        return found
    arms_of = here.groupby(name)["arm"].nunique()
    if (arms_of > 1).any():
        text = f"{int((arms_of > 1).sum())} of {len(arms_of)} clusters with runners of both arms"
        rule = "clusters: a cluster is in one arm"
        mend = (
            f'Where runners were given to arms one by one, write strata = ["{name}"] and no design.'
        )
        return [Problem(where, text, rule, mend)]
    # As the model counts them: clusters with a runner who was measured at both visits.
    counts = _by_arm(_runners(frame, plan.question(plan.primary, plan.treatment)))
    return [
        Problem(
            f"{where}, arm {arm}",
            f"{n} clusters with {plan.primary} at baseline and week {plan.week}",
            f"{LEAST_CLUSTERS} or more of each arm: fewer cannot tell an arm from a cluster",
        )
        for arm, n in zip((plan.treatment, plan.control), counts, strict=True)
        if n < LEAST_CLUSTERS
    ]
