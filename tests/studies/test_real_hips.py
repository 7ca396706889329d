"""A real trial of both hips, as a clinic would send it, against plain statsmodels and R.

Stretching against control in 39 people with ankylosing spondylitis, the flexion of both hips before
and after (``hips`` of the package faraway, which has it from R's). The data stay in that package.
"""

import warnings

import pytest
import statsmodels.formula.api as smf

from hipstudy.studies import cohort_study

CLOSE = 1e-6
PLAN = """
primary = "hip_flexion_deg"
week = 6
treatment = "stretching"
control = "usual"
margin = 5.0
{more}
[outcomes.hip_flexion_deg]
unit = "deg"
low = 0.0
high = 180.0
better = "higher"
of = "limb"
"""
# R 4.2.2: lm(after ~ before + arm) on means of people; gls(..., corCompSymm) on hips without two
# people whose baselines are far from all others.
R_MEANS = (6.88617, 2.1958, 11.5765)
R_HIPS = (5.15177, 1.80354)
FAR_PEOPLE = (25, 35)


@pytest.fixture(scope="module")
def hips():
    module = pytest.importorskip("faraway.datasets.hips")
    table = module.load()
    arm = table["grp"].astype(str).eq("treat")
    return table.assign(arm=arm.map({True: "stretching", False: "usual"}), treated=arm * 1.0)


def analysed(folder, hips, more=""):
    from pandas import concat

    columns = {"person": "runner_id", "side": "side", "arm": "arm"}
    visits = [
        hips.rename(columns={**columns, name: "hip_flexion_deg"})
        .assign(week=week)
        .filter(["runner_id", "side", "arm", "week", "hip_flexion_deg"])
        for week, name in ((0, "fbef"), (6, "faft"))
    ]
    file, plan = folder / "hips.csv", folder / "plan.toml"
    frame = concat(visits)
    frame.assign(runner_id="P" + frame["runner_id"].astype(str)).to_csv(file, index=False)
    plan.write_text(PLAN.format(more=more), encoding="utf-8")
    return cohort_study.run(cohort=str(file), analysis_plan=str(plan))


def test_ancova_is_least_squares_of_the_means_of_people(tmp_path, hips):
    one = analysed(tmp_path, hips).primary
    means = hips.groupby(["person", "treated"], as_index=False)[["fbef", "faft"]].mean()
    fit = smf.ols("faft ~ treated + fbef", means).fit()
    low, high = fit.conf_int().loc["treated"]
    assert (one.estimate, one.se, one.p, one.ci_low, one.ci_high) == pytest.approx(
        (fit.params["treated"], fit.bse["treated"], fit.pvalues["treated"], low, high), abs=CLOSE
    )
    assert (one.df, one.n_runners, one.n_limbs) == (fit.df_resid, 39, 78)
    assert (one.estimate, one.ci_low, one.ci_high) == pytest.approx(R_MEANS, abs=6e-5)


def of_hips(hips):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = smf.mixedlm("faft ~ treated + fbef", hips, groups="person")
        return model.fit(reml=True, method=["bfgs", "lbfgs", "cg"], gtol=1e-11)


def test_the_mixed_model_of_hips_is_that_of_statsmodels_and_of_gls(tmp_path, hips):
    one = analysed(tmp_path, hips).by_model("random_intercept")
    assert one.estimate == pytest.approx(of_hips(hips).params["treated"], abs=CLOSE)
    assert (one.n_runners, one.n_limbs) == (39, 78)
    near = hips[~hips["person"].isin(FAR_PEOPLE)]
    one = analysed(tmp_path, near).by_model("random_intercept")
    assert one.estimate == pytest.approx(of_hips(near).params["treated"], abs=CLOSE)
    assert one.estimate == pytest.approx(R_HIPS[0], abs=6e-6)
    assert one.se == pytest.approx(R_HIPS[1], rel=0.02)  # gls: without Kenward and Roger


def test_at_one_visit_the_planned_mixed_model_is_that_of_hips(tmp_path, hips):
    study = analysed(tmp_path, hips, 'analysis = "mixed"')
    one = study.primary
    assert one.model == "mixed"
    assert "rung reached: runner" in one.note
    assert one.estimate == pytest.approx(of_hips(hips).params["treated"], abs=CLOSE)


def test_hips_taken_for_people_give_what_the_book_has(tmp_path, hips):
    """Least squares of all 78 hips, which is wrong and often done: the report shows it as such."""
    study, fit = analysed(tmp_path, hips), smf.ols("faft ~ treated + fbef", hips).fit()
    one, change = study.by_model("limb_ancova"), study.by_model("change_score")
    assert one.estimate == pytest.approx(fit.params["treated"], abs=CLOSE)
    assert one.se == pytest.approx(fit.bse["treated"], abs=CLOSE)
    assert (one.estimate, one.se) == pytest.approx((7.025529, 1.770852), abs=6e-7)
    assert (change.estimate, change.se) == pytest.approx((3.6898, 2.2285), abs=6e-5)


def test_results_by_arm_are_those_of_pandas(tmp_path, hips):
    table = analysed(tmp_path, hips).results().set_index(["week", "arm"])
    for week, name in ((0, "fbef"), (6, "faft")):
        means = hips.groupby(["arm", "person"])[name].mean()
        for arm, values in means.groupby("arm"):
            row = table.loc[(week, arm)]
            assert (row["mean"], row["sd"]) == pytest.approx((values.mean(), values.std()))
            assert (row["n_runners"], row["n_limbs"]) == (len(values), 2 * len(values))
