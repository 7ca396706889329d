"""More than two arms: one model for all of them, and further contrasts of the plan."""

from dataclasses import replace

import drawn_trials as dt
import numpy as np
import pandas as pd
import pytest

from hipstudy.analysis import ancova, mixed
from hipstudy.analysis.estimand_attributes import estimand
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.long_to_arrays import from_frame
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.plan_against_file import check_against
from hipstudy.resources import place
from hipstudy.studies import cohort_study

TWO = Question("y", 12, "treat", "control")
ALL = Question("y", 12, "treat", "control", all_arms=True)
FAR = 4


def three_arms(seed=3, n=12, lost=False):
    """Runners of three arms, both limbs, at weeks 0, 6 and 12, a row each."""
    rng = np.random.default_rng(seed)
    design = dt.Design(n, 0.5)
    one, two = (dt.draw(design, 1, rng) for _ in range(2))
    if lost:
        one, two = (dt.miss_limbs(dt.lose(design, x, "chance", rng), 0.2, rng) for x in (one, two))
    more = dt.frame(two)
    more = more[more["arm"] == "treat"].assign(arm="other", runner=lambda rows: rows["runner"] + 99)
    return pd.concat([dt.frame(one), more], ignore_index=True)


def means_of(frame):
    """A row a runner: arm, baseline and end, means of the limbs that have both."""
    wide = frame.pivot(index=["arm", "runner", "side"], columns="week", values="y")
    wide = wide.dropna(subset=[0, 12])
    rows = wide.groupby(["arm", "runner"]).mean().reset_index()
    return rows.rename(columns={0: "start", 6: "middle", 12: "end"})


def test_the_ancova_of_all_arms_is_the_plain_one():
    import statsmodels.formula.api as smf

    frame = three_arms(lost=True)
    plain = smf.ols("end ~ C(arm, Treatment('control')) + start", means_of(frame)).fit()
    found = ancova.ancova(frame, ALL)
    term = "C(arm, Treatment('control'))[T.treat]"
    assert found.estimate == pytest.approx(plain.params[term], rel=1e-9)
    assert found.se == pytest.approx(plain.bse[term], rel=1e-9)
    assert (found.df, found.n_runners) == (plain.df_resid, plain.nobs)
    assert found.p == pytest.approx(plain.pvalues[term], rel=1e-6)
    pair = ancova.ancova(frame, Question("y", 12, "other", "treat", all_arms=True))
    test = plain.t_test("C(arm, Treatment('control'))[T.other] - " + term)
    assert pair.estimate == pytest.approx(test.effect[0], rel=1e-9)
    assert pair.se == pytest.approx(test.sd[0][0], rel=1e-9)


@pytest.mark.parametrize("model", [ancova.ancova, mixed.mixed, mixed.random_intercept])
def test_two_arms_are_as_they_were(model):
    frame = three_arms(lost=True)
    pair = frame[frame["arm"] != "other"]
    assert model(pair, TWO) == model(frame, TWO)
    assert model(pair, ALL) == model(pair, TWO)


def test_contrasts_of_one_model_add_up():
    frame = three_arms(lost=True)
    for model in (ancova.ancova, mixed.mixed, ancova.limb_ancova, mixed.random_intercept):
        pairs = (("treat", "control"), ("other", "treat"), ("other", "control"))
        one, two, both = (
            model(frame, Question("y", 12, *pair, all_arms=True)).estimate for pair in pairs
        )
        assert one + two == pytest.approx(both, rel=1e-6), model


def test_complete_trials_of_all_arms_give_the_ancova_exactly():
    frame = three_arms()
    plain, found = ancova.ancova(frame, ALL), mixed.mixed(frame, ALL)
    assert found.estimate == pytest.approx(plain.estimate, rel=1e-6)
    assert found.se == pytest.approx(plain.se, rel=1e-6)
    assert found.df == pytest.approx(plain.df, rel=1e-6) == 36 - 4


def test_an_arm_in_which_nobody_has_an_end_is_in_no_model():
    frame = three_arms()
    gone = frame[~((frame["arm"] == "other") & (frame["week"] == 12))]
    for model in (ancova.ancova, mixed.mixed):
        assert model(gone, ALL) == model(frame[frame["arm"] != "other"], TWO)
    assert from_frame(gone, ALL).others is None


def plan(**given):
    fields = {
        "primary": "tightness_nrs", "week": 12, "treatment": "strength_plus_stretch",
        "control": "stretch_only", "margin": 0.5,
    }  # fmt: skip
    return AnalysisPlan(**fields | given)


def test_old_plans_keep_their_text():
    assert not {"model_arms", "contrasts"} & set(plan().toml().split())
    assert 'model_arms = "all"' in plan(model_arms="all").toml()
    assert "Arms in the models" not in set(estimand(plan())["attribute"])
    rows = estimand(plan(model_arms="all", contrasts=[("a", "b")]))
    rows = rows.set_index("attribute")["here"]
    assert rows["Arms in the models"] == "All of the file, in one model"
    assert rows["Further contrasts"] == "a minus b (Holm)"


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([["a", "a"]], "a contrast is of two arms"),
        ([["stretch_only", "strength_plus_stretch"]], "are the primary contrast"),
        ([["a", "b"], ["b", "a"]], "each contrast stands there once"),
    ],
)
def test_contrasts_that_cannot_be_are_refused(pairs, said):
    with pytest.raises(ValueError, match=said):
        plan(contrasts=pairs)


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """The example with a third arm, half of the runners of the first."""
    folder = tmp_path_factory.mktemp("arms")
    frame = pd.read_csv(place("data", "example_cohort.csv"), dtype=str)
    whose = sorted(frame.loc[frame["arm"] == "strength_plus_stretch", "runner_id"].unique())[::2]
    frame.loc[frame["runner_id"].isin(whose), "arm"] = "strength_only"
    frame.to_csv(folder / "three.csv", index=False)
    pairs = [["strength_only", "stretch_only"], ["strength_only", "strength_plus_stretch"]]
    asked = plan(model_arms="all", contrasts=pairs)
    (folder / "plan.toml").write_text(asked.toml(), encoding="utf-8")
    return cohort_study.run(
        cohort=str(folder / "three.csv"), analysis_plan=str(folder / "plan.toml")
    )


def test_every_contrast_of_the_plan_is_answered_from_one_model(study):
    from hipstudy.pages.cohort_report import effect

    shown = effect(study)
    table = shown.frame[shown.frame["Part"] == "secondary"]
    assert len(table) == 2
    assert table["p of the planned analysis"].str.startswith("p ").all()
    ancovas = [one for one in study.estimates if one.model == "ancova"]
    of_primary = [one for one in ancovas if one.outcome == "tightness_nrs"]
    assert len(of_primary) == 3
    assert len({(one.df, one.n_runners) for one in of_primary}) == 1
    assert "All arms stand in one model" in shown.caption


def test_runners_of_arms_that_are_not_in_the_model_are_not_missing(study):
    from hipstudy.pages import cohort_report

    frame = study.observations
    of_two = frame.loc[frame["arm"] != "strength_only", "runner"].nunique()
    for asked, n in ((study.plan, frame["runner"].nunique()), (plan(), of_two)):
        basis = cohort_report.answer(replace(study, plan=asked)).basis
        assert f"{study.primary.n_runners} of {n} runners" in basis
    said = [
        cohort_report.plan(replace(study, plan=asked)).frame.set_index("Attribute")["Here"]
        for asked in (study.plan, plan())
    ]
    ends = ("in one of the arms", "in one of the two arms")
    assert all(one["Population"].endswith(end) for one, end in zip(said, ends, strict=True))


def test_the_plain_model_of_the_notebook_is_that_of_all_arms(study):
    import statsmodels.formula.api as smf

    limbs = study.limbs_at_both()
    means = limbs.drop(columns=["arm", "side"]).groupby("runner", as_index=False).mean()
    fit = smf.ols(study.formula, means).fit()
    assert study.formula == "end ~ treated + baseline + arm_1"
    assert study.primary.estimate == pytest.approx(fit.params["treated"], rel=1e-9)
    assert study.primary.df == fit.df_resid


def test_arms_of_contrasts_that_the_file_has_not_are_told(study):
    asked = plan(contrasts=[["strength_onli", "stretch_only"], ["x", "y"]])
    said = [str(one) for one in check_against(asked, study.observations)]
    assert said[0].startswith("analysis plan, contrasts: found 'strength_onli'")
    assert "strength_only" in said[0]
    assert len(said) == 3


def covered(seed, n_trials, lost):
    """How often intervals of both models, fitted to three arms, hold the truth."""
    rng = np.random.default_rng(seed)
    design = dt.Design(12, 0.5)
    one, two = (dt.draw(design, n_trials, rng) for _ in range(2))
    half = slice(0, design.n_per_arm)
    join = {
        name: np.concatenate([getattr(one, name), getattr(two, name)[:, half]], axis=1)
        for name in ("base", "later", "treated")
    }
    other = np.zeros_like(join["treated"])
    other[:, 2 * design.n_per_arm :] = 1
    trials = dt.replace(one, **join)
    if lost:
        trials = dt.lose(design, trials, "chance", rng)
    trials = dt.replace(trials, treated=join["treated"] * (1 - other), others=other[..., None])
    plain, df = ancova.on_means(trials)
    found = mixed.fit_with_fallbacks(trials)
    from scipy import stats

    answers = ((plain.beta[:, 1], plain.se(1), df), (found.value, found.se, found.df))
    for value, se, degrees in answers:
        yield np.mean(np.abs(value - design.effect) <= stats.t.ppf(0.975, degrees) * se)


def test_intervals_cover():
    for share in covered(5, 300, lost=True):
        assert share == pytest.approx(0.95, abs=FAR * np.sqrt(0.95 * 0.05 / 300))


@pytest.mark.validate
@pytest.mark.parametrize("lost", [False, True])
def test_intervals_of_all_arms_cover(lost):
    parts = np.array([list(covered([6, k], 200, lost=lost)) for k in range(10)]).mean(axis=0)
    assert parts == pytest.approx(0.95, abs=FAR * np.sqrt(0.95 * 0.05 / 2000))
