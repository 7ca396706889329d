"""Each way of analysing a cohort beside a plain computation of its file, written out anew."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import linalg, optimize, stats

from hipstudy.analysis import participants
from hipstudy.analysis.designs.models_by_design import analysed_by_arm
from hipstudy.studies import cohort_study

CLOSE = 1e-6
PLAN = 'primary = "tightness_nrs"\nweek = 12\ntreatment = "a"\ncontrol = "b"\nmargin = 0.5\n'


def drawn(seed, n=44, sides=("left", "right"), lost=0.15):
    """Two arms at weeks 0, 6 and 12: some never seen again, single limbs and weeks missing."""
    rng = np.random.default_rng(seed)
    rows = []
    for who in range(n):
        level, age, sex = rng.normal(5, 1.2), int(rng.integers(20, 60)), "FM"[who % 3 == 0]
        clinic, arm = f"site {rng.integers(3)}", "ab"[who % 2]
        last = 6 if rng.random() < lost else 12
        for side in sides:
            own = level + rng.normal(0, 0.5)
            for week in (0, 6, 12):
                gone = week > last or (week and rng.random() < 0.08)
                drop = (0.4 + 0.5 * (arm == "a") + 0.01 * (age - 40)) * week / 12
                value = round(float(np.clip(own - drop + rng.normal(0, 0.7), 0, 10)), 2)
                value = np.nan if gone else value
                rows.append((f"R{who:03}", side, arm, week, value, age, sex, clinic))
    names = ["runner_id", "side", "arm", "week", "tightness_nrs", "age_y", "sex", "site"]
    return pd.DataFrame(rows, columns=names)


def analysed(folder, frame, more=""):
    frame.to_csv(folder / "cohort.csv", index=False)
    (folder / "plan.toml").write_text(PLAN + more, encoding="utf-8")
    files = {"cohort": "cohort.csv", "analysis_plan": "plan.toml"}
    return cohort_study.run(**{name: str(folder / file) for name, file in files.items()})


def means(frame, weeks=(0, 12)):
    """A row a runner: means of the limbs with a value in all of these weeks, and traits."""
    wide = frame.pivot(index=["runner_id", "side"], columns="week", values="tightness_nrs")
    both = wide.dropna(subset=list(weeks)).groupby("runner_id").mean()
    table = both.rename(columns={0: "start", 6: "middle", 12: "end"})
    return table.join(frame.groupby("runner_id")[["arm", "age_y", "sex", "site"]].first())


def assert_least_squares(study, formula, table, term="C(arm, Treatment('b'))[T.a]"):
    fit, one = smf.ols(formula, table).fit(), study.primary
    low, high = fit.conf_int(study.plan.alpha).loc[term]
    of_fit = (fit.params[term], fit.bse[term], low, high, fit.pvalues[term])
    found = (one.estimate, one.se, one.ci_low, one.ci_high, one.p)
    assert found == pytest.approx(of_fit, abs=CLOSE)
    assert (one.n_runners, one.df) == (fit.nobs, fit.df_resid)
    printed = participants.flow(study.enrolment_rows, study.plan,
                                analysed_by_arm(study.observations, study.plan))  # fmt: skip
    assert printed.loc[printed["stage"] == "analysed", "n"].sum() == one.n_runners


ARM = "C(arm, Treatment('b'))"


@pytest.mark.parametrize("sides", [("left", "right"), ("left",)])
@pytest.mark.parametrize(
    ("more", "formula"),
    [
        ("", f"end ~ {ARM} + start"),
        ("alpha = 0.01\n", f"end ~ {ARM} + start"),
        ('covariates = ["age_y", "sex"]\nstrata = ["site"]\n',
         f"end ~ {ARM} + start + age_y + sex + site"),
    ],
)  # fmt: skip
def test_two_groups_are_the_least_squares_of_the_file(tmp_path, sides, more, formula):
    frame = drawn(1, sides=sides)
    assert_least_squares(analysed(tmp_path, frame, more), formula, means(frame))


def test_a_missing_baseline_is_the_mean_and_an_indicator(tmp_path):
    frame = drawn(2)
    who = ["R003", "R004", "R008"]
    unknown = frame["runner_id"].isin(who) & (frame["week"] == 0)
    frame.loc[unknown, "tightness_nrs"] = np.nan
    table = means(frame)
    ends = frame[frame["runner_id"].isin(who) & (frame["week"] == 12)].dropna()
    more = ends.groupby("runner_id")[["tightness_nrs"]].mean().set_axis(["end"], axis=1)
    more = more.join(frame.groupby("runner_id")["arm"].first()).assign(start=table["start"].mean())
    table = pd.concat([table.assign(unknown=0.0), more.assign(unknown=1.0)])
    study = analysed(tmp_path, frame)
    assert_least_squares(study, f"end ~ {ARM} + start + unknown", table)
    assert sum(study.n_kept) == len(more) > 0


def test_a_window_is_the_nearest_of_each_limb(tmp_path):
    frame = drawn(3)
    late = frame["runner_id"].isin(["R001", "R002"]) & (frame["week"] == 12)
    frame.loc[late, "week"] = 13
    early = frame[frame["runner_id"].isin(["R005"]) & (frame["week"] == 12)]
    frame = pd.concat([frame, early.assign(week=11, tightness_nrs=9.0)], ignore_index=True)
    counted = frame.assign(off=(frame["week"] - 12).abs()).sort_values("off", kind="stable")
    near = counted[counted["off"] <= 1].drop_duplicates(["runner_id", "side"]).assign(week=12)
    table = means(pd.concat([frame[frame["week"] <= 6], near]))
    study = analysed(tmp_path, frame, "window_weeks = 1.0\n")
    assert_least_squares(study, f"end ~ {ARM} + start", table)


def restricted_likelihood(theta, blocks):
    """Minus twice the log of it, for unstructured visits; blocks are y, X, visits seen."""
    root = np.zeros((2, 2))
    root[np.tril_indices(2)] = theta
    whole, terms = root @ root.T, [0.0, 0.0, 0.0, 0.0]
    for y, X, seen in blocks:
        inverse = linalg.inv(whole[np.ix_(seen, seen)])
        more = (-np.linalg.slogdet(inverse)[1], X.T @ inverse @ X, X.T @ inverse @ y,
                y @ inverse @ y)  # fmt: skip
        terms = [one + two for one, two in zip(terms, more, strict=True)]
    log_det, xx, xy, yy = terms
    beta = linalg.solve(xx, xy)
    return log_det + np.linalg.slogdet(xx)[1] + yy - xy @ beta, beta


def test_the_mixed_model_is_the_restricted_likelihood_of_the_file(tmp_path):
    """Runners' means at weeks 6 and 12, some missing; statsmodels has no unstructured visits."""
    frame = drawn(4, lost=0.3)
    limbs = frame.pivot(index=["runner_id", "side"], columns="week", values="tightness_nrs")
    limbs = limbs[limbs[0].notna() & limbs[[6, 12]].notna().any(axis=1)]
    table = limbs.groupby("runner_id").mean().join(frame.groupby("runner_id")["arm"].first())
    centre, blocks = table[0].mean(), []
    for row in table.itertuples():
        values = np.array([row[2], row[3]])
        seen = np.flatnonzero(~np.isnan(values))
        X = np.kron(np.eye(2), [1.0, row.arm == "a", row[1] - centre])[seen]
        blocks.append((values[seen], X, seen))
    options = {"xatol": 1e-10, "fatol": 1e-12, "maxiter": 20_000, "maxfev": 20_000}
    best = optimize.minimize(lambda theta: restricted_likelihood(theta, blocks)[0],
                             [1.0, 0.3, 1.0], method="Nelder-Mead", options=options)  # fmt: skip
    beta = restricted_likelihood(best.x, blocks)[1]
    study = analysed(tmp_path, frame, 'analysis = "mixed"\ncovariance = "unstructured"\n')
    assert study.primary.estimate == pytest.approx(beta[4], abs=CLOSE)
    assert study.primary.n_runners == len(blocks)


def test_a_complete_mixed_model_is_the_least_squares_of_its_last_visit(tmp_path):
    frame = drawn(5)
    whole = frame.groupby("runner_id")["tightness_nrs"].transform(lambda one: one.notna().all())
    frame = frame[whole]
    study = analysed(tmp_path, frame, 'analysis = "mixed"\ncovariance = "unstructured"\n')
    assert_least_squares(study, f"end ~ {ARM} + start", means(frame, (0, 6, 12)))


def test_one_leg_against_the_other_is_a_term_for_each_runner(tmp_path):
    frame = drawn(6)
    first = frame["runner_id"].str[-1].isin(list("02468"))
    frame["arm"] = np.where((frame["side"] == "left") == first, "a", "b")
    keys = ["runner_id", "side", "arm"]
    wide = frame.pivot(index=keys, columns="week", values="tightness_nrs").dropna(subset=[0, 12])
    legs = wide.rename(columns={0: "start", 12: "end"}).reset_index()
    legs = legs[legs.groupby("runner_id")["arm"].transform("nunique") == 2]
    fit = smf.ols(f"end ~ {ARM} + start + C(runner_id)", legs).fit()
    one = analysed(tmp_path, frame, 'design = "within-person"\nalpha = 0.01\n').primary
    term = f"{ARM}[T.a]"
    low, high = fit.conf_int(0.01).loc[term]
    assert (one.estimate, one.se) == pytest.approx((fit.params[term], fit.bse[term]), abs=CLOSE)
    assert (one.ci_low, one.ci_high) == pytest.approx((low, high), abs=CLOSE)
    assert (one.n_runners, one.n_limbs, one.df) == (len(legs) / 2, len(legs), fit.df_resid)


def test_a_crossover_is_a_term_for_each_runner_and_period(tmp_path):
    frame = drawn(7)
    frame["arm"] = np.where((frame["arm"] == "a") == (frame["week"] == 6), "a", "b")
    wide = frame.pivot(index=["runner_id", "side"], columns="week", values="tightness_nrs")
    both = wide.dropna(subset=[6, 12])[[6, 12]].groupby("runner_id").mean()
    table = both.reset_index().melt("runner_id", var_name="week", value_name="y")
    table = table.merge(frame[["runner_id", "week", "arm"]].drop_duplicates())
    fit = smf.ols(f"y ~ {ARM} + C(week) + C(runner_id)", table).fit()
    one = analysed(tmp_path, frame, 'design = "crossover"\nalpha = 0.01\n').primary
    low, high = fit.conf_int(0.01).loc[f"{ARM}[T.a]"]
    assert (one.ci_low, one.ci_high) == pytest.approx((low, high), abs=CLOSE)
    assert (one.n_runners, one.df) == (len(both), fit.df_resid)


def test_clusters_are_the_t_test_of_their_means(tmp_path):
    frame = drawn(8, n=72)
    number = frame["runner_id"].str[1:].astype(int)
    frame = frame.assign(physio=[f"p{k % 12}" for k in number]).drop(columns="site")
    table = means(frame.assign(site="")).join(frame.groupby("runner_id")["physio"].first())
    slopes = smf.ols(f"end ~ {ARM} + start + age_y", table).fit().params
    rest = table["end"] - slopes["start"] * table["start"] - slopes["age_y"] * table["age_y"]
    of_arm = rest.groupby([table["arm"], table["physio"]]).mean()
    test = stats.ttest_ind(of_arm["a"], of_arm["b"])
    more = 'design = "clusters"\ncluster = "physio"\ncovariates = ["age_y"]\nalpha = 0.01\n'
    one = analysed(tmp_path, frame, more).primary
    ends = test.confidence_interval(0.99)
    assert one.estimate == pytest.approx(of_arm["a"].mean() - of_arm["b"].mean(), abs=CLOSE)
    assert (one.ci_low, one.ci_high, one.p) == pytest.approx((*ends, test.pvalue), abs=CLOSE)
    assert (one.n_runners, one.df) == (len(table), test.df)


def test_one_arm_is_the_t_interval_of_changes(tmp_path):
    frame = drawn(9).assign(arm="a")
    frame.to_csv(tmp_path / "cohort.csv", index=False)
    text = PLAN.replace('control = "b"\nmargin = 0.5', 'design = "single-arm"\nalpha = 0.01')
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    files = {"cohort": "cohort.csv", "analysis_plan": "plan.toml"}
    one = cohort_study.run(**{name: str(tmp_path / file) for name, file in files.items()}).primary
    table = means(frame)
    ends = stats.ttest_1samp(table["end"] - table["start"], 0).confidence_interval(0.99)
    assert (one.ci_low, one.ci_high) == pytest.approx((ends.low, ends.high), abs=CLOSE)
    assert one.n_runners == len(table)
