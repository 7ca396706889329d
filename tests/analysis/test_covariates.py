"""Covariates and strata: which columns of a design they are, and models against statsmodels."""

from dataclasses import replace
from importlib.resources import files

import drawn_trials as dt
import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from long_results import stored
from scipy import stats
from test_plan import made, observed, refused

from hipstudy.analysis import covariates
from hipstudy.analysis.ancova import ancova, limb_ancova, on_means
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.long_to_arrays import from_frame
from hipstudy.analysis.mixed import fit_with_fallbacks, mixed, random_intercept
from hipstudy.analysis.participants import flow
from hipstudy.cohort_file import clinic
from hipstudy.resources import place
from hipstudy.studies import cohort_study

ASKED = {"outcome": "tightness_nrs", "week": 12, "treatment": "a", "control": "b"}
EXACT = {"rtol": 0, "atol": 1e-6}


def asked(*names, strata=()):
    return Question(**ASKED, covariates=names, strata=strata)


@pytest.fixture(scope="module")
def epilepsy():
    """59 people of Leppik's trial of progabide, as published by Thall and Vail (1990)."""
    file = files("statsmodels.genmod.tests.results") / "epil.csv"
    with file.open() as text:
        return pd.read_csv(text)


def as_visits(data):
    """The trial as a cohort file: baseline, four fortnights, one limb each."""
    people = data.drop_duplicates("subject")
    rows = [people.assign(week=0, value=people["base"])]
    rows += [data[data["period"] == k].assign(week=2 * k, value=data["y"]) for k in range(1, 5)]
    frame = pd.concat(rows, ignore_index=True)
    return pd.DataFrame(
        {
            "runner": frame["subject"], "side": "left", "arm": frame["trt"],
            "week": frame["week"].astype(float), "seizures": frame["value"].astype(float),
            "age": frame["age"].astype(float),
            "decade": (frame["age"] // 10 * 10).astype(str),
        }
    )  # fmt: skip


def test_a_real_trial_with_covariates_agrees_with_statsmodels(epilepsy):
    frame = as_visits(epilepsy)
    question = Question(
        "seizures", 8, "progabide", "placebo", covariates=("age",), strata=("decade",)
    )
    last = epilepsy[epilepsy["period"] == 4]
    last = last.assign(decade=last["age"] // 10 * 10)
    formula = "y ~ C(trt, Treatment('placebo')) + base + age + C(decade)"
    plain = smf.ols(formula, last).fit()
    term = "C(trt, Treatment('placebo'))[T.progabide]"
    found = ancova(frame, question)
    low, high = plain.conf_int().loc[term]
    np.testing.assert_allclose(
        [found.estimate, found.se, found.ci_low, found.ci_high, found.p],
        [plain.params[term], plain.bse[term], low, high, plain.pvalues[term]],
        **EXACT,
    )
    assert (found.n_runners, found.df) == (59, plain.df_resid)
    # Complete, one limb each: at the end the mixed model of all visits is the same least squares.
    every = mixed(frame, question)
    np.testing.assert_allclose(every.estimate, found.estimate, rtol=0, atol=1e-5)
    assert every.n_runners == 59


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The example cohort by a plan with two numbers and a stratum."""
    plan = tmp_path_factory.mktemp("plan") / "plan.toml"
    text = place("data", "analysis_plan.toml").read_text(encoding="utf-8")
    more = 'covariates = ["age_y", "mass_kg"]\nstrata = ["sex"]\n'
    plan.write_text(text + more, encoding="utf-8")
    return cohort_study.run(
        cohort=str(place("data", "example_cohort.csv")), analysis_plan=str(plan)
    )


def test_the_example_cohort_agrees_with_statsmodels(example):
    limbs = example.limbs_at_both()
    means = limbs.drop(columns=["arm", "side"]).groupby("runner").mean()
    assert example.formula == "end ~ treated + baseline + covariate_1 + covariate_2 + covariate_3"
    # Age, mass and sex from the file itself, at baseline, without the design made here.
    rows = example.observations
    first = rows[rows["week"] == 0].groupby("runner")[["age_y", "mass_kg", "sex"]].first()
    own = means[["end", "treated", "baseline"]].join(first)
    plain = smf.ols("end ~ treated + baseline + age_y + mass_kg + C(sex)", own).fit()
    found = example.by_model("ancova")
    np.testing.assert_allclose(
        [found.estimate, found.se], [plain.params["treated"], plain.bse["treated"]], **EXACT
    )
    assert (found.n_runners, found.df) == (plain.nobs, plain.df_resid)
    data = limbs.merge(first, left_on="runner", right_index=True)
    formula = "end ~ treated + baseline + age_y + mass_kg + C(sex)"
    nested = smf.mixedlm(formula, data, groups="runner").fit(reml=True)
    found = example.by_model("random_intercept")
    np.testing.assert_allclose(found.estimate, nested.params["treated"], rtol=0, atol=1e-5)
    by_limb = smf.ols(formula, data).fit()
    found = example.by_model("limb_ancova")
    np.testing.assert_allclose(
        [found.estimate, found.se], [by_limb.params["treated"], by_limb.bse["treated"]], **EXACT
    )


def test_the_kinds_and_numbers_are_told(example):
    assert example.adjustments == (
        covariates.Adjustment("age_y", True, 0),
        covariates.Adjustment("mass_kg", True, 0),
        covariates.Adjustment("sex", False, 2),
    )
    assert example.n_without_covariate == 0


def drawn(n=40, *, seed=1):
    """Two arms, two limbs, three visits; age moves the outcome, and is not equal in the arms."""
    rng = np.random.default_rng(seed)
    rows = []
    for runner in range(n):
        age, arm, own = rng.normal(30 + 3 * (runner % 2), 5), "ab"[runner % 2], rng.normal()
        for side in ("left", "right"):
            for week in (0.0, 6.0, 12.0):
                value = 5 + own + 0.1 * age - (week > 0) * (runner % 2 == 0) + rng.normal()
                rows.append((runner, side, arm, week, value, age, "xyz"[runner % 3]))
    names = ["runner", "side", "arm", "week", "tightness_nrs", "age", "site"]
    return pd.DataFrame(rows, columns=names)


MODELS = pytest.mark.parametrize("model", [ancova, mixed, random_intercept, limb_ancova])


@MODELS
def test_who_has_no_covariate_is_in_no_model_and_in_no_n(model):
    frame = drawn()
    without = frame.assign(age=frame["age"].mask(frame["runner"].isin([3, 8])))
    found = model(without, asked("age", strata=("site",)))
    gone = model(frame[~frame["runner"].isin([3, 8])], asked("age", strata=("site",)))
    assert found == gone
    assert found.n_runners == 38
    assert model(frame, asked("age")).n_runners == 40


@MODELS
def test_scale_and_order_do_not_matter(model):
    frame = drawn()
    one = model(frame, asked("age", "site"))
    moved = frame.assign(age=frame["age"] * 12 + 7, site=frame["site"].map(str.upper))
    other = model(moved.sample(frac=1, random_state=2), asked("site", "age"))
    np.testing.assert_allclose([one.estimate, one.se], [other.estimate, other.se], rtol=1e-6)
    assert one.estimate != model(frame, asked()).estimate


def test_a_covariate_is_the_one_at_baseline():
    frame = drawn()
    later = frame.assign(age=frame["age"] + (frame["week"] > 0) * 50)
    assert ancova(later, asked("age")) == ancova(frame, asked("age"))


def test_numbers_that_are_strata_are_kinds():
    frame = drawn().assign(site=lambda f: f["runner"] % 3)
    assert from_frame(frame, asked("site")).adjusting.shape[-1] == 1
    assert from_frame(frame, asked(strata=("site",))).adjusting.shape[-1] == 2


def test_a_kind_that_nobody_of_the_fitted_has_takes_no_column():
    frame = drawn()
    frame.loc[frame["runner"] == 4, "site"] = "only me"
    lost = frame[(frame["runner"] != 4) | (frame["week"] == 0)]
    assert from_frame(lost, asked("site")).adjusting.shape[-1] == 2
    assert ancova(lost, asked("site")).n_runners == 39


def test_a_visit_that_cannot_tell_covariates_apart_is_left_out():
    frame = drawn()
    few = frame[(frame["week"] != 6) | (frame["site"] != "z")]
    assert "left out, too few runners: week 6" in mixed(few, asked("site")).note
    assert "left out" not in mixed(few, asked("age")).note


def test_the_plan_refuses_what_stands_twice(tmp_path):
    plan = """
primary = "tightness_nrs"
week = 12
treatment = "a"
control = "b"
margin = 1
covariates = ["age_y", "sex", "age_y", "tightness_nrs"]
strata = ["sex"]
"""
    said = refused(tmp_path, plan)
    assert len(said) == 2
    assert "covariates" in said[0]
    assert "each column stands once in covariates or strata: age_y; the primary outcome" in said[0]
    assert "strata" in said[1]
    assert said[1].endswith("each column stands once in covariates or strata: sex")
    (said,) = refused(tmp_path, plan.replace('"age_y", "tight', '"tight').replace('["sex"]', "[]"))
    assert "the primary outcome is no covariate" in said
    (said,) = refused(
        tmp_path, plan.replace('["sex"]', "3").replace('"age_y", "tightness_nrs"', '"x"')
    )
    assert 'a list of columns such as ["sex"]' in said


def told(frame, *names, strata=()):
    plan = made(covariates=names, strata=strata)
    return [str(one) for one in covariates.check_covariates(plan, frame, tuple(frame))]


def test_every_covariate_that_cannot_be_used_is_told_at_once():
    frame = observed(
        age_y=lambda f: 20.0 + f["runner"], mass_kg=70.0, sex=None,
        double=lambda f: 2 * f["runner"] + 1.0, code=lambda f: f["runner"].map(str),
        site=lambda f: f["side"], given=lambda f: f["arm"],
    )  # fmt: skip
    names = ("age", "mass_kg", "sex", "week", "age_y", "double")
    said = told(frame, *names, strata=("site", "given", "ag_y"))
    rules = [
        ("covariates: found 'age'; the cohort file has no such column", "Did you mean age_y?"),
        ("covariates: found 'mass_kg'; all who have a value at baseline have the same", ""),
        ("covariates: found 'sex'; nobody of the two arms has a value at baseline", ""),
        ("covariates: found 'week'; this column is in the model already", ""),
        ("strata: found 'site'; a runner has two different values at baseline", ""),
        ("strata: found 'ag_y'; the cohort file has no such column", "Did you mean age_y?"),
        ("covariates: found 'double'; it says nothing that the arm and what stands before", ""),
        ("strata: found 'given'; it says nothing that the arm and what stands before it do", ""),
    ]
    assert len(said) == len(rules)
    for one, (rule, mend) in zip(said, rules, strict=True):
        assert f"analysis plan, {rule}" in one
        assert one.endswith(mend)
    assert told(frame, "age_y") == []


def test_too_many_kinds_are_refused():
    frame = drawn().assign(name=lambda f: f["runner"].map(str))
    (said,) = told(frame, "name")
    assert "12 different kinds at most" in said


def write(folder, **columns):
    frame = drawn(24).assign(**columns)
    frame["arm"] = frame["arm"].map({"a": "strength_plus_stretch", "b": "stretch_only"})
    frame["runner_id"] = [f"R{runner:03d}" for runner in frame.pop("runner")]
    frame["tightness_nrs"] = frame["tightness_nrs"].clip(0, 10).round(1)
    file = folder / "cohort.csv"
    frame.to_csv(file, index=False)
    return file


def test_columns_of_ones_own_are_read_when_the_plan_names_them(tmp_path):
    text = (
        'margin = 0.5\nprimary = "tightness_nrs"\nweek = 12\ntreatment = "strength_plus_stretch"\n'
    )
    text += 'control = "stretch_only"\ncovariates = ["age"]\nstrata = ["site", "ward"]\n'
    plan = tmp_path / "plan.toml"
    plan.write_text(text, encoding="utf-8")
    file = write(tmp_path, ward=lambda f: f["runner"] // 12, other=1)
    study = cohort_study.run(cohort=str(file), analysis_plan=str(plan))
    assert [(one.name, one.is_number, one.kinds) for one in study.adjustments] == [
        ("age", True, 0), ("site", False, 3), ("ward", False, 2)
    ]  # fmt: skip
    assert study.primary.df == 24 - 3 - 4
    columns = {one.column for one in study.clinic.cohort.warnings if "not read" in one.rule}
    assert columns == {"other"}
    assert "age" not in clinic.read(file, seed=0).observations


def test_runners_without_a_covariate_are_counted_everywhere_alike(tmp_path):
    from hipstudy.pages import cohort_report

    text = (
        'margin = 0.5\nprimary = "tightness_nrs"\nweek = 12\ntreatment = "strength_plus_stretch"\n'
    )
    text += 'control = "stretch_only"\ncovariates = ["age"]\nstrata = ["site"]\nanalysis = "{}"\n'
    plan = tmp_path / "plan.toml"
    file = write(tmp_path, age=lambda f: f["age"].round(1).mask(f["runner"] < 3))
    for analysis in ("ancova", "mixed"):
        plan.write_text(text.format(analysis), encoding="utf-8")
        study = cohort_study.run(cohort=str(file), analysis_plan=str(plan))
        assert study.n_without_covariate == 3
        assert {one.n_runners for one in (*study.strip, study.other)} == {21}
        stages = flow(study.observations, study.plan)
        assert stages.loc[stages["stage"] == "analysed", "n"].sum() == 21
        assert study.limbs_at_both()["runner"].nunique() == 21
        said = cohort_report.answer(study)
        assert "adjusted for baseline and 2 covariates" in said.sentence
        assert "21 of 24 runners" in said.basis
        assert "Not in the analysis, with an unknown covariate: 3 runners." in said.basis
        assert "“age” (a number), “site” (3 kinds)" in cohort_report.on_plan(study).markdown
        assert "in neither" in cohort_report.effect(study).caption


def test_a_cell_that_is_no_number_among_numbers_is_told_with_its_row(tmp_path):
    from hipstudy.errors import DataProblems

    ages = lambda f: f["age"].round(1).astype(str).mask(f.index == 5, "abt thirty")  # noqa: E731
    file = write(tmp_path, age=ages)
    with pytest.raises(DataProblems) as caught:
        clinic.read(file, seed=0, more=clinic.NamedColumns(("age",)))
    (said,) = str(caught.value).splitlines()
    assert "row 7, column age: a number is needed" in said
    assert "thirty" not in said  # words of such a column may tell about somebody
    words = clinic.read(
        file, seed=0, more=clinic.NamedColumns(("age",), words=("age",))
    ).observations
    assert words["age"].dtype == object


CELLS = [
    (n, way, effect) for n in (15, 40) for way in ("", "chance", "last value")
    for effect in (0.0, 0.5)
]  # fmt: skip
N_TRIALS, CHUNK, FAR = 2000, 50, 4


def measured_with_covariates(n, way, effect, n_trials=N_TRIALS):
    """Coverage, bias in its Monte Carlo errors, of both models with a number and a stratum."""
    rng = np.random.default_rng([30, n, dt.WAYS.index(way) + 1 if way else 0, int(10 * effect)])
    plan = dt.Design(n, 0.5, effect=effect)
    parts = {"ancova": [], "mixed": []}
    for _ in range(n_trials // CHUNK):
        trials = dt.draw(plan, CHUNK, rng)
        number = rng.standard_normal(trials.treated.shape)
        kind = (rng.random(trials.treated.shape) < 0.4).astype(float)
        gain = (0.6 * number + 0.4 * kind)[..., np.newaxis, np.newaxis]
        trials = replace(trials, later=trials.later + gain)
        trials = dt.lose(plan, trials, way, rng) if way else trials
        trials = replace(trials, covariates=np.stack([number, kind], axis=-1))
        plain, df = on_means(trials)
        fits = fit_with_fallbacks(trials)
        parts["ancova"].append(np.stack([plain.beta[:, 1], plain.se(1), df]))
        parts["mixed"].append(np.stack([fits.value, fits.se, fits.df]))
    for model, some in parts.items():
        value, se, df = np.concatenate(some, axis=-1)
        off = value - effect
        yield {
            "n_per_arm": n, "lost_by": way or "nobody", "effect": effect, "model": model,
            "n_trials": n_trials,
            "coverage": (np.abs(off) <= stats.t.ppf(0.975, df) * se).mean(),
            "far": off.mean() / off.std(ddof=1) * np.sqrt(n_trials), "mean_se": se.mean(),
            "sd": off.std(ddof=1), "without_answer": int(np.isnan(value).sum()),
        }  # fmt: skip


def holds(row):
    """Whether a model keeps its promise in a cell; ANCOVA promises nothing by the last value."""
    if row["without_answer"]:
        return False
    if (row["lost_by"], row["model"]) == ("last value", "ancova"):
        return True
    return 0.932 <= row["coverage"] <= 0.967 and abs(row["far"]) < FAR


@pytest.mark.validate
@pytest.mark.parametrize(("n", "way", "effect"), CELLS)
def test_intervals_with_covariates_cover_in_every_cell(n, way, effect, long_rows):
    rows = list(measured_with_covariates(n, way, effect))
    long_rows += rows
    assert [row for row in rows if not holds(row)] == []


def test_the_stored_results_of_every_cell_hold():
    rows = stored("covariates").to_dict("records")
    keys = ("n_per_arm", "lost_by", "effect", "model")
    cells = [(n, way or "nobody", effect, model) for n, way, effect in CELLS
             for model in ("ancova", "mixed")]  # fmt: skip
    assert [tuple(row[key] for key in keys) for row in rows] == cells
    assert {row["n_trials"] for row in rows} == {N_TRIALS}
    assert [row for row in rows if not holds(row)] == []
