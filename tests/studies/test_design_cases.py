"""Trials of other designs, from file to report: the right value, or a refusal that says why."""

import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from scipy import stats

from hipstudy import show
from hipstudy.analysis import participants
from hipstudy.analysis.designs.models_by_design import analysed_by_arm
from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.named_columns import NamedColumns
from hipstudy.errors import ProblemsFound
from hipstudy.pages import cohort_report
from hipstudy.studies import cohort_study

CASES = Path(__file__).parents[1] / "cohort_cases"
NAMES = ["c04_crossover", "c04b_within_person", "c04c_clusters", "c04d_single_arm"]
FITS = {"plain_models": 2, "single_runners": 1}  # pages that take fits of the notebook
TREATED = "strength_plus_stretch"


def analysed(name, plan="", **given):
    files = {"cohort": f"{name}.csv", "analysis_plan": f"{plan or name}.toml"}
    return cohort_study.run(**{key: str(CASES / file) for key, file in files.items()}, **given)


@pytest.fixture(scope="module")
def studies():
    return {name: analysed(name) for name in NAMES}


def rows_of(name):
    return pd.read_csv(CASES / f"{name}.csv")


def refused(tmp_path, name, *changes, rows=None):
    """What is said of a case whose plan, or rows, are changed."""
    text = (CASES / f"{name}.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    plan, file = tmp_path / "plan.toml", tmp_path / "cohort.csv"
    plan.write_text(text, encoding="utf-8")
    (rows_of(name) if rows is None else rows).to_csv(file, index=False)
    with pytest.raises(ProblemsFound) as caught:
        cohort_study.run(cohort=str(file), analysis_plan=str(plan))
    with pytest.raises(ProblemsFound) as before:
        cohort_study.preflight({"cohort": str(file), "analysis_plan": str(plan)})
    assert str(before.value) == str(caught.value), "the preflight says the same"
    return str(caught.value)


# ---- The right value


def assert_fitted(one, fit):
    """The estimate is that of least squares, of 20 runners with both hips."""
    of_fit = (fit.params["treated"], fit.bse["treated"])
    assert (one.estimate, one.se) == pytest.approx(of_fit, abs=1e-6)
    assert (one.df, one.n_runners, one.n_limbs) == (fit.df_resid, 20, 40)


def test_a_crossover_as_least_squares_of_the_file(studies):
    rows = rows_of("c04_crossover")
    means = rows[rows["week"] > 0].groupby(["runner_id", "week", "arm"], as_index=False)
    table = means["tightness_nrs"].mean()
    table["treated"] = (table["arm"] == TREATED).astype(float)
    fit = smf.ols("tightness_nrs ~ treated + C(week) + C(runner_id)", table).fit()
    one = studies["c04_crossover"].primary
    assert_fitted(one, fit)
    assert one.p == pytest.approx(fit.pvalues["treated"], abs=1e-6)
    # That is the ANCOVA of the plan: a baseline that both periods share is in no difference.
    start = rows[rows["week"] == 0].groupby("runner_id")["tightness_nrs"].mean()
    table["baseline"] = table["runner_id"].map(start)
    model = smf.ols("tightness_nrs ~ treated + C(week) + C(runner_id) + baseline", table)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # baseline says nothing that the runner does not say
        assert model.fit().params["treated"] == pytest.approx(one.estimate, abs=1e-6)


def test_one_leg_against_the_other_as_least_squares_of_the_file(studies):
    keys = ["runner_id", "side", "arm"]
    both = rows_of("c04b_within_person").pivot(index=keys, columns="week", values="tightness_nrs")
    table = both.rename(columns={0: "baseline", 12: "end"}).reset_index()
    table["treated"] = (table["arm"] == TREATED).astype(float)
    fit = smf.ols("end ~ treated + baseline + C(runner_id)", table).fit()
    one = studies["c04b_within_person"].primary
    assert_fitted(one, fit)


def test_clusters_as_the_t_test_of_adjusted_means(studies):
    rows = rows_of("c04c_clusters")
    ends = rows[rows["week"].isin([0, 12])].groupby(["runner_id", "week"])["tightness_nrs"].mean()
    table = ends.unstack().rename(columns={0: "baseline", 12: "end"}).dropna()
    table = table.join(rows.groupby("runner_id")[["arm", "physio", "age_y"]].first())
    table["treated"] = (table["arm"] == TREATED).astype(float)
    slopes = smf.ols("end ~ treated + baseline + age_y", table).fit().params
    table["rest"] = table["end"] - sum(slopes[k] * table[k] for k in ("baseline", "age_y"))
    means = table.groupby(["arm", "physio"])["rest"].mean()
    t = stats.ttest_ind(means[TREATED], means["stretch_only"])
    one = studies["c04c_clusters"].primary
    difference = means[TREATED].mean() - means["stretch_only"].mean()
    assert one.estimate == pytest.approx(difference, abs=1e-6)
    assert (one.estimate / one.se, one.p) == pytest.approx((t.statistic, t.pvalue), abs=1e-6)
    assert (one.df, one.n_runners) == (10, 54)


def test_clusters_by_the_mixed_model_where_the_plan_says_so(tmp_path, studies):
    name, path = "c04c_clusters", tmp_path / "plan.toml"
    text = (CASES / f"{name}.toml").read_text(encoding="utf-8")
    path.write_text('analysis = "mixed"\n' + text, encoding="utf-8")
    study = cohort_study.run(cohort=str(CASES / f"{name}.csv"), analysis_plan=str(path))
    rows = rows_of(name)
    ends = rows[rows["week"].isin([0, 12])].groupby(["runner_id", "week"])["tightness_nrs"].mean()
    table = ends.unstack().rename(columns={0: "baseline", 12: "end"}).dropna()
    table = table.join(rows.groupby("runner_id")[["arm", "physio", "age_y"]].first())
    table["treated"] = (table["arm"] == TREATED).astype(float)
    model = smf.mixedlm("end ~ treated + baseline + age_y", table, groups="physio")
    fit = model.fit(method=["bfgs", "lbfgs", "cg"], gtol=1e-10)
    one, usual = study.primary, studies[name].primary
    assert (one.model, study.other.model) == ("cluster_mixed", "cluster_ancova")
    assert one.estimate == pytest.approx(fit.params["treated"], abs=1e-6)
    assert one.n_runners == usual.n_runners == 54
    assert study.other.estimate == usual.estimate
    assert "Mixed model with clusters" in cohort_report.answer(study).basis
    assert "Larger clusters count for more" in cohort_report.answer(study).basis
    assert "- Analysis: mixed model with clusters" in cohort_report.on_plan(study).markdown
    said = cohort_report.plan(study).frame.set_index("Attribute")["Here"]
    assert said["Primary analysis"].startswith("Mixed model of runners' means")
    assert said["Summary"].startswith("Difference of means of runners")
    caption = cohort_report.effect(study).caption
    assert "restricted maximum likelihood" in caption
    assert "The t test of clusters' means counts each cluster the same" in caption
    for page in cohort_report.__all__:
        getattr(cohort_report, page)(study, *[None] * FITS.get(page, 0))


def test_one_arm_as_the_t_interval_of_changes(studies):
    rows = rows_of("c04d_single_arm")
    ends = rows[rows["week"].isin([0, 12])].groupby(["runner_id", "week"])["tightness_nrs"].mean()
    changes = ends.unstack().dropna()
    interval = stats.ttest_1samp(changes[12] - changes[0], 0).confidence_interval()
    one = studies["c04d_single_arm"].primary
    assert (one.ci_low, one.ci_high) == pytest.approx((interval.low, interval.high), abs=1e-6)
    assert np.isnan(one.p)
    assert one.n_runners == 22


@pytest.mark.parametrize("name", NAMES)
def test_results_by_arm_are_those_of_pandas(studies, name):
    rows = rows_of(name)
    rows = rows.assign(arm=rows.get("arm", TREATED))
    means = rows.groupby(["week", "arm", "runner_id"])["tightness_nrs"].mean().dropna()
    table = studies[name].results().set_index(["week", "arm"])
    for key, values in means.groupby(["week", "arm"]):
        row = table.loc[key]
        assert row["n_runners"] == len(values)
        assert (row["mean"], row["sd"]) == pytest.approx((values.mean(), values.std()))


@pytest.mark.parametrize("name", NAMES)
def test_every_page_is_made_and_the_flow_ends_at_the_n_of_the_model(studies, name):
    study = studies[name]
    for page in cohort_report.__all__:
        make = getattr(cohort_report, page)
        made = make(study, *[None] * FITS.get(page, 0))
        assert isinstance(made, show.Text | show.Table | show.Figure | show.Answer | show.Download)
    in_model = analysed_by_arm(study.observations, study.plan)
    flow = participants.flow(study.enrolment_rows, study.plan, in_model)
    n = flow.loc[flow["stage"] == "analysed", "n"]
    within = study.plan.design == "within-person"
    assert (n.iloc[0] if within else n.sum()) == study.primary.n_runners


@pytest.mark.parametrize("language", ["en", "de", "es"])
def test_of_one_arm_nothing_is_compared(language):
    study = analysed("c04d_single_arm", language=language)
    title = cohort_report.title(study).markdown
    assert not any(f" {word} " in title for word in ("or", "oder", "o"))
    answer = cohort_report.answer(study)
    claim = {"en": "No effect is claimed", "de": "Eine Wirkung wird nicht behauptet",
             "es": "No se afirma ningún efecto"}[language]  # fmt: skip
    assert claim in answer.sentence
    assert study.effects()["p"].isna().all()
    assert set(study.effects()["contrast"]) == {TREATED}
    for page in ("improved", "margin", "strip", "changes", "on_model"):
        assert "Not made here" in getattr(cohort_report, page)(study).markdown


def test_several_arms_are_warned_of_where_no_plan_says_so(studies):
    for name in ("c04_crossover", "c04b_within_person"):
        study = studies[name]
        unplanned = check_file(Path(study.settings.cohort)).findings
        said = "20 of 20 runners in more than one arm"
        assert any(said in one.rule for one in unplanned)
        assert not any(said in one.rule for one in study.clinic.cohort.warnings)


def test_persons_have_no_other_side_to_add(tmp_path):
    """A plan whose outcomes are of persons has no limbs; one of limbs is told of the other side."""
    rows = rows_of("c04d_single_arm").drop_duplicates(["runner_id", "week"])
    rows = rows.drop(columns=["thomas_ext_deg", "end_range_torque_nm_kg"], errors="ignore")
    rows = rows.rename(columns={"tightness_nrs": "ache"}).drop(
        columns="discomfort_nrs", errors="ignore"
    )
    rows.to_csv(tmp_path / "cohort.csv", index=False)
    rows.drop(columns="side").to_csv(tmp_path / "persons.csv", index=False)
    for file, of, is_told in (("cohort", "limb", True), ("cohort", "person", False),
                              ("persons", "person", False)):  # fmt: skip
        more = NamedColumns(
            names=("ache",), ends={"ache": (0, 10)}, of_persons=("ache",) * (of == "person")
        )
        rules = [one.rule for one in check_file(tmp_path / f"{file}.csv", more=more).findings]
        assert any("one side only" in rule for rule in rules) == is_told


def with_margin(tmp_path, name, kind, size, alpha=0.05):
    text = (CASES / f"{name}.toml").read_text(encoding="utf-8")
    head, margin, rest = text.partition("margin = ")
    rest = rest.partition("\n")[2]
    more = f'margin_is = "{kind}"\nalpha = {alpha}\n'
    path = tmp_path / "plan.toml"
    path.write_text(f"{head}{margin}{size}\n{more}{rest}", encoding="utf-8")
    return cohort_study.run(cohort=str(CASES / f"{name}.csv"), analysis_plan=str(path))


@pytest.mark.parametrize("alpha", [0.05, 0.01])
@pytest.mark.parametrize("name", NAMES[:3])
def test_a_margin_is_held_against_the_interval_of_the_design(tmp_path, studies, name, alpha):
    """By its own standard error and degrees of freedom: two one-sided tests, and one."""
    one = studies[name].primary
    law = stats.t(one.df, loc=one.estimate, scale=one.se)
    for size in (0.3, 1.5, 5.0):
        study = with_margin(tmp_path, name, "equivalence", size, alpha)
        p = max(law.cdf(-size), law.sf(size))
        found = study.verdict(study.primary)
        assert (found.p, found.rate) == (pytest.approx(p, abs=1e-12), alpha)
        low, high = law.interval(1 - 2 * alpha)
        assert (found.low, found.high) == pytest.approx((low, high), abs=1e-9)
        assert (found.case == "equivalent") == (p < alpha)
        study = with_margin(tmp_path, name, "non-inferiority", size, alpha)
        found = study.verdict(study.primary)
        p = law.sf(size)  # a rating: higher is worse
        assert (found.p, found.rate) == (pytest.approx(p, abs=1e-12), alpha / 2)
        assert (found.case == "not_worse") == (p < alpha / 2)
        assert study.primary.n_runners == one.n_runners


@pytest.mark.parametrize("language", ["en", "de", "es"])
@pytest.mark.parametrize("name", NAMES[:3])
def test_what_the_margin_of_a_design_asks_is_answered_on_both_pages(tmp_path, name, language):
    said = {"en": ("equivalent by the plan", "Equivalence"), "de": ("gleichwertig", "Gleichwertig"),
            "es": ("equivalentes según el plan", "Equivalencia")}[language]  # fmt: skip
    study = with_margin(tmp_path, name, "equivalence", 5.0)
    settings = study.settings.model_copy(update={"language": language})
    study = replace(study, settings=settings)
    assert said[0] in cohort_report.answer(study).sentence.split(".")[0]
    assert said[1] in cohort_report.on_plan(study).markdown
    table = cohort_report.effect(study)
    assert "The primary p is of equivalence" in table.caption
    assert table.frame.loc[table.frame["Part"] == "primary", "p"].item() == "p < 0.001"
    for page in cohort_report.__all__:
        getattr(cohort_report, page)(study, *[None] * FITS.get(page, 0))


def test_a_single_arm_without_a_margin_is_reported_whole(tmp_path, studies):
    name, path = "c04d_single_arm", tmp_path / "plan.toml"
    text = (CASES / f"{name}.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("margin")]
    assert len(lines) < len(text.splitlines())
    path.write_text("\n".join(lines), encoding="utf-8")
    study = cohort_study.run(cohort=str(CASES / f"{name}.csv"), analysis_plan=str(path))
    assert study.primary == studies[name].primary
    for page in cohort_report.__all__:
        getattr(cohort_report, page)(study, *[None] * FITS.get(page, 0))
    plans = [cohort_report.on_plan(one).markdown for one in (study, studies[name])]
    assert "worthwhile" not in plans[0]
    assert "nothing is held against it" in plans[1]


# ---- Refusals


@pytest.mark.parametrize("name", NAMES[:2])
def test_several_arms_are_no_parallel_trial(tmp_path, name):
    design = {"c04_crossover": "crossover", "c04b_within_person": "within-person"}[name]
    said = refused(tmp_path, name, (f'design = "{design}"', ""))
    assert "found '20 of 20 runners in more than one arm'; parallel: a runner stays" in said
    assert 'design = "within-person"' in said


def test_each_of_two_designs_refuses_the_file_of_the_other(tmp_path):
    said = refused(tmp_path, "c04_crossover", ('"crossover"', '"within-person"'))
    assert "a limb of 20 of 20 runners in two arms" in said
    said = refused(tmp_path, "c04b_within_person", ('"within-person"', '"crossover"'))
    assert "20 of 20 runners in two arms at one visit" in said


def test_a_crossover_in_which_some_never_change_over(tmp_path):
    rows = rows_of("c04_crossover")
    stays = rows["runner_id"].isin(["R0001", "R0002"]) & rows["week"].eq(12)
    rows.loc[stays, "arm"] = TREATED
    said = refused(tmp_path, "c04_crossover", rows=rows)
    assert "found '2 of 20 runners with one arm in weeks 6 and 12'" in said
    one_order = rows_of("c04_crossover")
    first = one_order[one_order["week"] == 6].groupby("runner_id")["arm"].first()
    one_order = one_order[one_order["runner_id"].isin(first.index[first == TREATED])]
    said = refused(tmp_path, "c04_crossover", rows=one_order)
    assert "analysis plan, design, stretch_only first: found 'no runner'" in said


def test_clusters_that_are_not_there_or_too_few_or_mixed(tmp_path):
    name, rows = "c04c_clusters", rows_of("c04c_clusters")
    said = refused(tmp_path, name, ('cluster = "physio"', 'cluster = "phisio"'))
    assert "analysis plan, cluster: found 'phisio'; the cohort file has no such column" in said
    assert "Did you mean physio?" in said
    few = rows[rows["physio"].isin([f"physio {k}" for k in (1, 2, 3, 4, 5, 6, 8, 10)])]
    said = refused(tmp_path, name, rows=few)
    assert f"arm {TREATED}: found '3 clusters with tightness_nrs at baseline and week 12'" in said
    mixed = rows.assign(physio=rows["physio"].mask(rows["physio"] == "physio 2", "physio 1"))
    said = refused(tmp_path, name, rows=mixed)
    assert "1 of 11 clusters with runners of both arms" in said
    assert 'strata = ["physio"]' in said
    gone = rows["runner_id"] == "R0001"
    other = (rows["runner_id"] == "R0002") & (rows["week"] == 6)
    torn = rows.assign(physio=rows["physio"].mask(gone).mask(other, "physio 3"))
    said = refused(tmp_path, name, rows=torn)
    assert "1 of 58 runners without a physio" in said
    assert "1 of 58 runners with more than one physio" in said


def test_one_arm_beside_another_is_no_single_arm(tmp_path):
    rows = rows_of("c04c_clusters").drop(columns=["physio", "age_y"])
    said = refused(tmp_path, "c04d_single_arm", rows=rows)
    assert "analysis plan, design: found 'stretch_only'; single-arm: the file has one arm" in said


def test_a_leg_in_no_arm_or_few_pairs(tmp_path):
    rows = rows_of("c04b_within_person")
    few = rows[rows["side"].eq("left") | rows["week"].eq(0) | rows["runner_id"].lt("R0004")]
    said = refused(tmp_path, "c04b_within_person", rows=few)
    assert "fewer than 5 runners" in said
    alike = rows.assign(arm=rows.groupby("runner_id")["arm"].transform("first"))
    said = refused(tmp_path, "c04b_within_person", rows=alike)
    assert "found 'no runner with a limb in each arm'" in said
