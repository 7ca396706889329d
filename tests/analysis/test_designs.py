"""Designs that are not two groups side by side: known answers, other programs, what is left out."""

import warnings

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from drawn_designs import clusters_drawn, long_frame
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.tools.sm_exceptions import ConvergenceWarning

from hipstudy.analysis import reml
from hipstudy.analysis.designs import clusters, crossover, single_arm, within_person
from hipstudy.analysis.designs.cluster_reml import fit_clusters
from hipstudy.analysis.designs.models_by_design import OF_DESIGN, planned_model
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.plan import AnalysisPlan

ASKED = Question("y", 12, "a", "b")
ALONE = Question("y", 12, "a", "")
IN_CLUSTERS = Question("y", 12, "a", "b", cluster="physio")
CLOSE = 1e-6
# Hours of sleep gained with two drugs in ten people: Cushny and Peebles 1905, as in Student 1908,
# doi:10.1093/biomet/6.1.1, the set that R calls sleep. Its t test: -4.0621, 9 df, p 0.002833.
FIRST_DRUG = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
OTHER_DRUG = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
# Peak flow after formoterol and salbutamol in 13 children, by the order of the drugs: Senn 2002,
# doi:10.1002/0470854596, chapter 3. Difference 46.6 l/min, standard error 10.8.
FORMOTEROL_FIRST = [(310, 270), (310, 260), (370, 300), (410, 390), (250, 210), (380, 350),
                    (330, 365)]  # fmt: skip
SALBUTAMOL_FIRST = [(370, 385), (310, 400), (380, 410), (290, 320), (260, 340), (90, 220)]
# Distance from pituitary to fissure, mm, at 8, 10, 12 and 14 years, of 16 boys and 11 girls:
# Potthoff and Roy 1964, doi:10.1093/biomet/51.3-4.313, the set that R calls Orthodont.
# lme(distance ~ age + Sex, random = ~1 | Subject): girls -2.321023, standard error 0.7614168.
BOYS = [
    (26, 25, 29, 31), (21.5, 22.5, 23, 26.5), (23, 22.5, 24, 27.5), (25.5, 27.5, 26.5, 27),
    (20, 23.5, 22.5, 26), (24.5, 25.5, 27, 28.5), (22, 22, 24.5, 26.5), (24, 21.5, 24.5, 25.5),
    (23, 20.5, 31, 26), (27.5, 28, 31, 31.5), (23, 23, 23.5, 25), (21.5, 23.5, 24, 28),
    (17, 24.5, 26, 29.5), (22.5, 25.5, 25.5, 26), (23, 24.5, 26, 30), (22, 21.5, 23.5, 25),
]  # fmt: skip
GIRLS = [
    (21, 20, 21.5, 23), (21, 21.5, 24, 25.5), (20.5, 24, 24.5, 26), (23.5, 24.5, 25, 26.5),
    (21.5, 23, 22.5, 23.5), (20, 21, 21, 22.5), (21.5, 22.5, 23, 25), (23, 23, 23.5, 24),
    (20, 21, 22, 21.5), (16.5, 19, 19, 19.5), (24.5, 25, 28, 28),
]  # fmt: skip


def legs(n=14, seed=1, effect=-0.7):
    """One leg against the other: which has which arm changes from runner to runner."""
    rng = np.random.default_rng(seed)
    rows = []
    for runner in range(n):
        own = rng.normal(5, 1)
        for side in ("left", "right"):
            arm = "ab"[(runner % 2) ^ (side == "left")]
            start = own + rng.normal()
            end = 0.5 * start + own / 2 + effect * (arm == "a") + rng.normal()
            rows += [(runner, side, arm, 0, start), (runner, side, arm, 12, end)]
    return pd.DataFrame(rows, columns=["runner", "side", "arm", "week", "y"])


def drugs(by_order=((FORMOTEROL_FIRST, "ab"), (SALBUTAMOL_FIRST, "ba"))):
    """A crossover: formoterol is a; each pair is in the order in which it was measured."""
    rows = [
        (f"{arms}{child}", "left", arm, week, value)
        for pairs, arms in by_order
        for child, pair in enumerate(pairs)
        for arm, week, value in zip(arms, (6, 12), pair, strict=True)
    ]
    return pd.DataFrame(rows, columns=["runner", "side", "arm", "week", "y"])


def climbed(model):
    """A mixed model of statsmodels as near to its top as it goes, which it says is not the top."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(method="bfgs", gtol=1e-10)


def wide(frame):
    """Baseline and end of every limb in a row."""
    both = frame.pivot(index=["runner", "side", "arm"], columns="week", values="y")
    both = both.rename(columns={0: "baseline", 12: "end"}).reset_index()
    return both.assign(treated=(both["arm"] == "a").astype(float))


# ---- One leg against the other


def test_legs_as_least_squares_with_a_term_for_each_runner():
    frame = legs()
    one = within_person.paired_ancova(frame, ASKED)
    plain = smf.ols("end ~ treated + baseline + C(runner)", wide(frame)).fit()
    assert one.estimate == pytest.approx(plain.params["treated"], abs=CLOSE)
    assert one.se == pytest.approx(plain.bse["treated"], abs=CLOSE)
    assert one.df == plain.df_resid == 12
    assert one.p == pytest.approx(plain.pvalues["treated"], abs=CLOSE)
    assert (one.n_runners, one.n_limbs) == (14, 28)


def test_legs_as_the_regression_of_differences():
    frame = legs(seed=2)
    both = wide(frame).pivot(index="runner", columns="arm", values=["baseline", "end"])
    off = pd.DataFrame({v: both[v]["a"] - both[v]["b"] for v in ("baseline", "end")})
    plain = smf.ols("end ~ baseline", off).fit()
    one = within_person.paired_ancova(frame, ASKED)
    assert one.estimate == pytest.approx(plain.params["Intercept"], abs=CLOSE)
    assert one.se == pytest.approx(plain.bse["Intercept"], abs=CLOSE)


def test_legs_as_a_mixed_model_with_baseline_within_and_between_runners():
    frame = legs(n=40, seed=3)
    table = wide(frame)
    mean = table.groupby("runner")["baseline"].transform("mean")
    table = table.assign(within=table["baseline"] - mean, between=mean, y=table["end"])
    model = smf.mixedlm("y ~ treated + within + between", table, groups="runner")
    fit = climbed(model)
    one = within_person.paired_ancova(frame, ASKED)
    assert fit.cov_re.iloc[0, 0] > 0
    assert one.estimate == pytest.approx(fit.params["treated"], abs=CLOSE)


def test_changes_of_legs_as_the_paired_t_test_and_as_a_mixed_model():
    frame = legs(n=40, seed=4)
    # Changes of a runner go together: else the mixed model ends at its edge.
    gain = np.repeat(np.random.default_rng(4).normal(size=40), 4)
    frame = frame.assign(y=frame["y"] + gain * (frame["week"] == 12))
    table = wide(frame).assign(change=lambda rows: rows["end"] - rows["baseline"])
    by_arm = table.pivot(index="runner", columns="arm", values="change")
    t = stats.ttest_rel(by_arm["a"], by_arm["b"])
    one = within_person.paired_change(frame, ASKED)
    assert (one.estimate / one.se, one.p) == pytest.approx((t.statistic, t.pvalue), abs=CLOSE)
    assert one.df == t.df
    fit = climbed(smf.mixedlm("change ~ treated", table, groups="runner"))
    # The paired t test and the mixed model are one wherever runners differ.
    assert fit.cov_re.iloc[0, 0] > 0
    assert one.estimate == pytest.approx(fit.params["treated"], abs=CLOSE)


def test_sleep_as_student_had_it():
    rows = [
        (runner, side, arm, week, value * (week > 0))
        for runner, pair in enumerate(zip(FIRST_DRUG, OTHER_DRUG, strict=True))
        for side, arm, value in zip(("left", "right"), "ab", pair, strict=True)
        for week in (0, 12)
    ]
    frame = pd.DataFrame(rows, columns=["runner", "side", "arm", "week", "y"])
    for one in (
        within_person.paired_change(frame, ASKED),
        within_person.paired_ancova(frame, ASKED),
    ):
        assert one.estimate == pytest.approx(-1.58)
        assert one.estimate / one.se == pytest.approx(-4.0621, abs=5e-5)
        assert (one.df, round(one.p, 6)) == (9, 0.002833)
        assert (one.ci_low, one.ci_high) == pytest.approx((-2.4598858, -0.7001142), abs=CLOSE)


def test_only_runners_with_a_leg_in_each_arm_at_both_visits_count():
    frame = legs()
    gone = (frame["runner"] == 0) & (frame["side"] == "left") & (frame["week"] == 12)
    both_in_a = frame.assign(arm=frame["arm"].mask(frame["runner"] == 1, "a"))[~gone]
    one = within_person.paired_ancova(both_in_a, ASKED)
    assert (one.n_runners, one.n_limbs) == (12, 24)
    assert within_person.n_without_pair(both_in_a, ASKED) == 2
    few = within_person.paired_ancova(frame[frame["runner"] < 4], ASKED)
    assert np.isnan(few.estimate)
    assert few.note == within_person.TOO_FEW_PAIRS


@settings(max_examples=20)
@given(st.integers(0, 10**6), st.floats(-5, 5))
def test_what_is_in_both_legs_of_a_runner_falls_out(seed, more):
    frame, rng = legs(seed=seed), np.random.default_rng(seed)
    moved = frame.assign(y=frame["y"] + more * frame["runner"].map(np.cos))
    shuffled = moved.sample(frac=1, random_state=rng.integers(2**31))
    one, other = (within_person.paired_ancova(f, ASKED) for f in (frame, shuffled))
    assert other.estimate == pytest.approx(one.estimate, abs=1e-9)
    swapped = frame.assign(arm=frame["arm"].map({"a": "b", "b": "a"}))
    assert within_person.paired_ancova(swapped, ASKED).estimate == pytest.approx(-one.estimate)


# ---- Both arms, one after the other


def test_formoterol_and_salbutamol_as_published():
    one = crossover.crossover(drugs(), ASKED)
    assert round(one.estimate, 1) == 46.6
    assert round(one.se, 1) == 10.8
    assert one.df == 11
    plain = crossover.crossover_no_period(drugs(), ASKED)
    assert round(plain.estimate, 1) == 45.4
    assert (one.n_runners, one.n_limbs) == (13, 13)


def test_a_crossover_as_least_squares_with_terms_for_runner_and_period():
    frame = drugs().assign(treated=lambda rows: (rows["arm"] == "a").astype(float))
    fit = smf.ols("y ~ treated + C(week) + C(runner)", frame).fit()
    one = crossover.crossover(frame, ASKED)
    assert one.estimate == pytest.approx(fit.params["treated"], abs=CLOSE)
    assert one.se == pytest.approx(fit.bse["treated"], abs=CLOSE)
    assert one.df == fit.df_resid
    period = crossover.period_effect(frame, ASKED)
    low, high = fit.conf_int().loc["C(week)[T.12]"]
    assert period == pytest.approx((fit.params["C(week)[T.12]"], low, high), abs=CLOSE)
    mixed = climbed(smf.mixedlm("y ~ treated + C(week)", frame, groups="runner"))
    assert one.estimate == pytest.approx(mixed.params["treated"], abs=CLOSE)


def test_what_is_common_to_a_period_falls_out():
    frame = drugs()
    later = frame.assign(y=frame["y"] + 100 * (frame["week"] == 12))
    one, other = (crossover.crossover(each, ASKED) for each in (frame, later))
    assert (other.estimate, other.se) == pytest.approx((one.estimate, one.se))
    # Without a term for the period it does not, where the orders are of different sizes.
    plain = [crossover.crossover_no_period(each, ASKED).estimate for each in (frame, later)]
    assert plain[1] != pytest.approx(plain[0])


def test_who_misses_a_period_is_in_no_difference():
    frame = drugs()
    gone = frame["runner"].eq("ab0") & frame["week"].eq(6)
    assert crossover.crossover(frame[~gone], ASKED).n_runners == 12
    assert crossover.orders(frame[~gone], ASKED)["ab0"] == "a"
    assert crossover.first_period_week(frame, ASKED) == 6
    one_order = drugs(by_order=((FORMOTEROL_FIRST, "ab"),))
    assert np.isnan(crossover.crossover(one_order, ASKED).estimate)


def test_the_mean_of_the_limbs_measured_in_both_periods():
    left = drugs()
    right = left.assign(side="right", y=left["y"] + 8)
    lost = right["runner"].eq("ab0") & right["week"].eq(12)
    frame = pd.concat([left, right[~lost]])
    one, other = (crossover.crossover(each, ASKED) for each in (frame, left))
    assert one.estimate == pytest.approx(other.estimate)
    assert (one.n_runners, one.n_limbs) == (13, 25)


# ---- Clusters


def test_orthodont_as_lme_has_it():
    """Growth of girls and boys: children are the clusters and measurements their runners."""
    values = np.array([*GIRLS, *BOYS], dtype=float)
    there = np.ones((1, *values.shape), dtype=bool)
    girls = np.repeat([1.0] * len(GIRLS) + [0.0] * len(BOYS), 4).reshape(values.shape)
    age = np.broadcast_to(np.array([-3.0, -1.0, 1.0, 3.0]), values.shape)
    X = np.stack([np.ones_like(values), girls, age], axis=-1)[np.newaxis]
    fits = clusters.of_mixed(values[np.newaxis], X, there)
    assert fits.value[0] == pytest.approx(-2.321023, abs=CLOSE)
    assert fits.plain_se[0] == pytest.approx(0.7614168, abs=CLOSE)
    assert fits.df[0] == pytest.approx(25, abs=1e-4)
    assert fits.icc[0] == pytest.approx(1.807425**2 / (1.807425**2 + 1.431592**2), abs=CLOSE)


@pytest.mark.parametrize("seed", range(4))
def test_clusters_as_statsmodels_and_as_the_general_climb(seed):
    frame = clusters_drawn(seed, per_arm=6, icc=0.3)
    one = clusters.cluster_mixed(frame, IN_CLUSTERS)
    both = frame.pivot_table(index=["runner", "arm", "physio"], columns="week", values="y")
    table = both.rename(columns={0: "baseline", 12: "end"}).reset_index()
    table["treated"] = (table["arm"] == "a").astype(float)
    model = smf.mixedlm("end ~ treated + baseline", table, groups="physio")
    fit = climbed(model)
    assert one.estimate == pytest.approx(fit.params["treated"], abs=CLOSE)
    variances = fit.cov_re.iloc[0, 0], fit.scale
    icc = clusters.cluster_sizes(frame, IN_CLUSTERS).icc
    assert icc == pytest.approx(variances[0] / sum(variances), abs=1e-5)
    assert one.df <= table["physio"].nunique() - 2


def test_kenward_and_roger_as_in_the_general_climb():
    rng = np.random.default_rng(5)
    there = np.arange(6) < np.array([3, 6, 4, 5, 2, 6, 4, 3, 5, 6])[:, np.newaxis]
    there = np.broadcast_to(there, (3, 10, 6))
    treated = np.broadcast_to((np.arange(10) < 5).astype(float)[:, np.newaxis], there.shape)
    x = rng.standard_normal(there.shape)
    y = x + rng.standard_normal((3, 10, 1)) + rng.standard_normal(there.shape)
    X = np.stack([np.ones_like(x), treated, x], axis=-1)
    own = fit_clusters(y, X, there)
    parts = np.stack([np.ones((6, 6)), np.eye(6)])
    general = reml.fit(reml.Model(y, X, there, parts), np.full((3, 2), 0.5))
    assert general.converged.all()
    for name in ("beta", "phi", "df", "adjusted"):
        known, found = getattr(general, name), getattr(own, name)
        assert found == pytest.approx(known, rel=1e-6, abs=1e-7)


def test_no_variance_between_clusters_leaves_least_squares():
    rng = np.random.default_rng(6)
    there = np.ones((1, 8, 4), dtype=bool)
    treated = np.broadcast_to((np.arange(8) < 4).astype(float)[:, np.newaxis], there.shape)
    y = rng.standard_normal(there.shape)
    y -= y.mean(axis=-1, keepdims=True)  # clusters are more alike than chance
    X = np.stack([np.ones(there.shape), treated], axis=-1)
    fits = clusters.of_mixed(y, X, there)
    t = stats.ttest_ind(y[0, :4].ravel(), y[0, 4:].ravel())
    assert fits.icc[0] == 0
    assert fits.plain_se[0] == pytest.approx(t._standard_error, rel=1e-9)
    assert fits.df[0] <= 6


@pytest.mark.parametrize("covariates", [(), ("age_y",), ("age_y", "town")])
def test_adjusted_means_of_clusters_as_the_t_test(covariates):
    frame = clusters_drawn(7, per_arm=5, icc=0.1)
    known = {"age_y": frame["runner"] % 17 + 20.0, "town": frame["physio"].str[1:].astype(int) % 3}
    frame = frame.assign(**{name: known[name] for name in covariates})
    asked = Question("y", 12, "a", "b", covariates=covariates, cluster="physio")
    keys = ["runner", "arm", "physio", *covariates]
    both = frame.pivot_table(index=keys, columns="week", values="y")
    table = both.rename(columns={0: "baseline", 12: "end"}).reset_index()
    table["treated"] = (table["arm"] == "a").astype(float)
    slopes = smf.ols(" + ".join(["end ~ treated + baseline", *covariates]), table).fit().params
    rest = table["end"] - sum(slopes[name] * table[name] for name in ("baseline", *covariates))
    by_cluster = table.assign(rest=rest).groupby("physio").agg({"rest": "mean", "arm": "first"})
    groups = [by_cluster.loc[by_cluster["arm"] == arm, "rest"] for arm in "ab"]
    t = stats.ttest_ind(*groups)
    one = clusters.cluster_ancova(frame, asked)
    assert one.estimate == pytest.approx(groups[0].mean() - groups[1].mean(), abs=CLOSE)
    # What is the same within clusters takes a degree of freedom between them.
    df = 7 if "town" in covariates else 8
    assert one.df == df
    t_statistic = one.estimate / one.se * np.sqrt(8 / df)
    assert t_statistic == pytest.approx(t.statistic, abs=CLOSE)


def test_clusters_with_a_covariate_and_unequal_sizes():
    frame = clusters_drawn(8, per_arm=6, icc=0.2)
    ages = {runner: 20 + runner % 17 for runner in frame["runner"].unique()}
    frame = frame.assign(age_y=frame["runner"].map(ages).astype(float))
    asked = Question("y", 12, "a", "b", covariates=("age_y",), cluster="physio")
    both = frame.pivot_table(index=["runner", "arm", "physio", "age_y"], columns="week", values="y")
    table = both.rename(columns={0: "baseline", 12: "end"}).reset_index()
    table["treated"] = (table["arm"] == "a").astype(float)
    model = smf.mixedlm("end ~ treated + baseline + age_y", table, groups="physio")
    fit = climbed(model)
    one = clusters.cluster_mixed(frame, asked)
    assert one.estimate == pytest.approx(fit.params["treated"], abs=CLOSE)


def test_few_clusters_get_no_answer():
    frame = clusters_drawn(9, per_arm=3, icc=0.1)
    for model in (clusters.cluster_ancova, clusters.cluster_mixed):
        one = model(frame, IN_CLUSTERS)
        assert np.isnan(one.estimate)
        assert one.note == "fewer than 4 clusters of an arm"
    assert np.isnan(clusters.cluster_sizes(frame, IN_CLUSTERS).icc)


# ---- One arm


def test_one_arm_has_a_change_and_no_p():
    values = {0: [0.0] * 10, 12: FIRST_DRUG}
    frame = long_frame(values, "a")
    one = single_arm.change_alone(frame, ALONE)
    t = stats.ttest_1samp(FIRST_DRUG, 0)
    interval = t.confidence_interval()
    assert one.estimate == pytest.approx(0.75)
    assert (one.ci_low, one.ci_high) == pytest.approx((interval.low, interval.high), abs=CLOSE)
    assert np.isnan(one.p)
    assert one.contrast == "a"
    assert "no effect" in one.note
    assert np.isnan(single_arm.change_alone(frame[frame["runner"] < 4], ALONE).estimate)


# ---- All


@pytest.mark.parametrize("design", OF_DESIGN)
def test_a_plan_has_a_model_of_its_design(design):
    fields = {"primary": "tightness_nrs", "week": 12, "treatment": "a", "margin": 1.0}
    fields |= {"design": design, "control": "" if design == "single-arm" else "b"}
    plan = AnalysisPlan(**fields | ({"cluster": "physio"} if design == "clusters" else {}))
    assert planned_model(plan) in OF_DESIGN[design]
    assert plan.question("tightness_nrs", "a").contrast == plan.contrast
