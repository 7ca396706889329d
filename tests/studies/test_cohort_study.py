"""A cohort analysed by a plan: known answers, what is asked for, what is said and what is not."""

import csv
import math
import subprocess
import sys
import tomllib
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pdf_reading import of_both
from pypdf import PdfReader
from scipy import stats

from hipstudy.analysis.proportions import holm
from hipstudy.errors import DataProblems, UsageProblems
from hipstudy.pages import cohort_report
from hipstudy.resources import place
from hipstudy.studies import cohort_study

EXAMPLE = place("data", "example_cohort.csv")
PLAN = """
primary = "end_range_torque_nm_kg"
week = 12
treatment = "strength_plus_stretch"
control = "stretch_only"
analysis = "mixed"
margin = 0.1
secondary = ["tightness_nrs"]
"""


@pytest.fixture(scope="module")
def study():
    return cohort_study.run(cohort=str(EXAMPLE))


@pytest.fixture(scope="module")
def planned(tmp_path_factory):
    file = tmp_path_factory.mktemp("plan") / "plan.toml"
    file.write_text(PLAN, encoding="utf-8")
    return cohort_study.run(cohort=str(EXAMPLE), analysis_plan=str(file))


def example():
    return pd.read_csv(EXAMPLE, dtype={"runner_id": str})


def written(folder, frame):
    file = folder / "clinic.csv"
    frame.to_csv(file, index=False)
    return str(file)


def test_a_secondary_outcome_that_nobody_measured_is_said_to_be_that(tmp_path):
    """A plan is not changed for what was not done: the report says it."""
    plan = tmp_path / "plan.toml"
    plan.write_text(PLAN.replace('["tight', '["discomfort_nrs", "tight'), encoding="utf-8")
    rows = example().drop(columns="discomfort_nrs")
    one = cohort_study.run(cohort=written(tmp_path, rows), analysis_plan=str(plan))
    row = cohort_report.plan(one).frame.set_index("Attribute").loc["Secondary outcomes", "Here"]
    assert row.count("(not measured)") == 1
    assert "discomfort" in row.lower().split("(not measured)")[0]
    listed = cohort_report.on_plan(one).markdown
    assert listed.count("(not measured)") == 1
    assert "discomfort" in listed.split("(not measured)")[0]


def test_the_primary_answer_is_an_ancova_on_runner_means_done_by_hand(study):
    """Means of a runner's limbs that have both values, least squares, t with n - 3."""
    wide = example().pivot_table(index=["runner_id", "side", "arm"], columns="week",
                                 values="tightness_nrs").dropna(subset=[0, 12])  # fmt: skip
    means = wide.groupby(["runner_id", "arm"])[[0, 12]].mean().reset_index()
    treated = (means["arm"] == "strength_plus_stretch").to_numpy(float)
    X = np.column_stack([np.ones(len(means)), treated, means[0]])
    beta, *_ = np.linalg.lstsq(X, means[12].to_numpy(), rcond=None)
    df = len(means) - 3
    s2 = ((means[12] - X @ beta) ** 2).sum() / df
    se = np.sqrt(s2 * np.linalg.inv(X.T @ X)[1, 1])
    one = study.primary
    assert (one.estimate, one.se, one.df) == (pytest.approx(beta[1]), pytest.approx(se), df)
    half = stats.t.ppf(0.975, df) * se
    assert (one.ci_low, one.ci_high) == pytest.approx((beta[1] - half, beta[1] + half))
    assert one.n_runners == len(means)


def test_the_example_recovers_its_planted_truth(study):
    """Every true mean difference of these runners is inside its 95 % interval here; torque's
    interval leaves out zero."""
    truth = tomllib.loads(place("data", "example_cohort_truth.toml").read_text(encoding="utf-8"))
    true = truth["difference_in_population"]
    for one in study.estimates:
        if one.outcome in true:
            assert one.ci_low < true[one.outcome] < one.ci_high, (one.outcome, one.model)
    torque = next(one for one in study.estimates if one.outcome == "end_range_torque_nm_kg")
    assert torque.ci_low > 0


def test_a_planted_null_finds_nothing(tmp_path):
    """Arms dealt anew by a coin within the example: 20 deals, few intervals leave out zero.

    At 5 % each, 20 deals have more than 4 with a chance under 0.3 %.
    """
    frame, rng, left_out = example(), np.random.default_rng(5), 0
    ids = frame["runner_id"].unique()
    for _ in range(20):
        dealt = dict(zip(ids, rng.permutation(np.arange(len(ids)) % 2), strict=True))
        arms = np.array(["stretch_only", "strength_plus_stretch"])
        again = frame.assign(arm=arms[frame["runner_id"].map(dealt)])
        one = cohort_study.run(cohort=written(tmp_path, again)).primary
        left_out += one.ci_low > 0 or one.ci_high < 0
    assert left_out <= 4


def test_both_models_answer_every_outcome_and_contrast(study):
    frame = cohort_study.effects(study)
    assert list(frame.columns) == (
        "world outcome week contrast model estimate se ci_low ci_high p n_runners n_limbs".split()
    )
    assert set(frame["world"]) == {"measured"}
    pairs = frame.groupby(["outcome", "contrast"])["model"].apply(set)
    assert (pairs == {"ancova", "mixed"}).all()
    assert len(pairs) == 4
    assert frame["outcome"].iloc[0] == "tightness_nrs", "the primary first"


def test_a_plan_decides_what_is_primary_and_is_fingerprinted(study, planned):
    assert (planned.primary.outcome, planned.primary.model) == ("end_range_torque_nm_kg", "mixed")
    assert planned.other.model == "ancova"
    assert planned.plan.fingerprint != study.plan.fingerprint
    assert "A plan file was named." in cohort_report.plan(planned).caption
    assert "Not prespecified" in cohort_report.plan(study).caption
    basis = cohort_report.answer(study).basis
    assert "The default plan was used: nothing was prespecified." in basis
    table = cohort_report.effect(planned).frame.set_index("Outcome")["Part"]
    assert table["End-range torque (Nm/kg)"] == "primary"
    assert table["Tightness (NRS points)"] == "secondary"
    assert set(table) == {"primary", "secondary", "exploratory"}
    improved = cohort_report.improved(planned)
    assert "Tightness (NRS points), mean of their limbs" in improved.caption
    assert "It is not the primary outcome." in improved.caption


def test_z_is_never_printed_and_no_p_stands_alone(study):
    shown = cohort_report.effect(study).frame
    assert not any(str(cell).lower() == "z" for cell in shown.to_numpy().ravel())
    assert "95 % interval" in cohort_report.answer(study).sentence
    assert (shown[shown["Part"] == "exploratory"]["p of the planned analysis"] == "").all()


@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
@settings(max_examples=25)  # statsmodels collects garbage at each call, a third of a second here
def test_holm_is_the_textbook_one(p):
    found = holm(p)
    order = np.argsort(p)
    expected = np.minimum(
        np.maximum.accumulate((len(p) - np.arange(len(p))) * np.array(p)[order]), 1
    )
    assert np.array(found)[order] == pytest.approx(expected)


def test_chance_of_a_margin_is_the_tail_of_the_interval(study):
    one = study.primary
    assert study.benefit_chance(-one.estimate) == pytest.approx(0.5)
    assert study.benefit_chance(-one.ci_low) == pytest.approx(0.025)
    assert study.benefit_chance(0) > study.benefit_chance(0.5) > study.benefit_chance(1)


def test_few_improved_are_not_counted_out(study):
    much = cohort_study.run(cohort=str(EXAMPLE), mcid_nrs=3.0)
    cells = cohort_report.improved(much).frame.set_index("Arm")["Improved"]
    assert cells["Strength + stretch"] == "fewer than 5 of 21"
    found = study.improved()
    assert found.ci_low < found.difference < found.ci_high


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({}, UsageProblems, "cohort: found 'nothing'; a cohort file is needed"),
        ({"cohrot": "x"}, UsageProblems, "found 'cohrot'; .* Did you mean cohort?"),
        ({"cohort": "none.csv"}, UsageProblems, "there is no such file"),
    ],
)
def test_what_is_missing_is_said_before_anything_runs(change, error, said):
    with pytest.raises(error, match=said):
        cohort_study.preflight(change)


def test_a_plan_and_a_file_that_do_not_meet_are_said(tmp_path):
    plan = tmp_path / "plan.toml"
    plan.write_text(PLAN.replace("week = 12", "week = 10").replace('"stretch_only"', '"strech"'))
    with pytest.raises(DataProblems) as caught:
        cohort_study.preflight({"cohort": str(EXAMPLE), "analysis_plan": str(plan)})
    text = str(caught.value)
    assert "control: found 'strech'; the cohort file has no such arm. Did you mean" in text
    assert "week: found '10'; the cohort file has no visit in this week" in text
    plan.write_text("primry = 'x'")
    with pytest.raises(UsageProblems, match=r"there is no field primry\. Did you mean primary\?"):
        cohort_study.preflight({"cohort": str(EXAMPLE), "analysis_plan": str(plan)})


def test_rbds_has_nothing_to_compare(rbds_file):
    with pytest.raises(DataProblems, match="one visit and no arms: there is nothing to compare"):
        cohort_study.run(cohort=str(rbds_file))


def test_three_arms_and_unmeasured_outcomes(tmp_path):
    frame = example().drop(columns="discomfort_nrs")
    third = frame["runner_id"].isin(frame["runner_id"].unique()[::3])
    frame["arm"] = frame["arm"].where(~third, "usual_running")
    found = cohort_study.effects(cohort_study.run(cohort=written(tmp_path, frame)))
    assert set(found["contrast"]) == {
        "strength_plus_stretch - stretch_only", "usual_running - stretch_only"}  # fmt: skip
    assert "discomfort_nrs" not in set(found["outcome"])
    assert not found["estimate"].isna().any()


def test_an_arm_with_a_long_name_has_a_letter_and_is_named_once(tmp_path):
    long = "Strengthening of the hip flexors at long length with a couch stretch, taught"
    frame = example()
    frame["arm"] = frame["arm"].replace("strength_plus_stretch", long)
    third = frame["runner_id"].isin(frame["runner_id"].unique()[::3])
    frame["arm"] = frame["arm"].where(~third, "Arm A")
    plan = tmp_path / "plan.toml"
    plan.write_text(
        f'primary = "tightness_nrs"\nweek = 12\nmargin = 0.5\ntreatment = "{long}"\n'
        'control = "stretch_only"\n'
    )
    study = cohort_study.run(cohort=written(tmp_path, frame), analysis_plan=str(plan))
    assert "Arm B: “Strengthening of the hip flexors" in cohort_report.whom(study).markdown
    assert cohort_report.title(study).markdown == "# Two ways with tight hips: a cohort"
    assert "“Arm B”" in cohort_report.answer(study).sentence
    arms = list(dict.fromkeys(cohort_report.results_by_arm(study).frame["Arm"]))
    assert arms == ["Arm B", "Stretch only", "Arm A"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cohort")
    done = subprocess.run(
        [sys.executable, "-m", "hipstudy", "report", "cohort", "--cohort", str(EXAMPLE)],
        cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "reports" / "cohort"


def test_the_report_says_it_all_and_names_no_one(made, study):
    words = of_both(made / "cohort.pdf")
    for said in ("48 runners, 96 limbs", "nothing was prespecified",
                 "Two hips of one runner are never",
                 "Where people stay away because of how they are", "rung reached",
                 "Absence here is not safety", "analyses that ignore something"):  # fmt: skip
        assert said in words, said
    assert "import " not in words
    for file in made.rglob("*.*"):
        assert b"SYN-" not in file.read_bytes(), file.name
        if file.suffix in (".docx", ".xlsx"):
            with zipfile.ZipFile(file) as archive:
                assert not any(b"SYN-" in archive.read(name) for name in archive.namelist())
    with (made / "tables" / "effects.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 12
    assert [row["week"] for row in rows] == ["12"] * 8 + ["6"] * 4
    assert float(rows[0]["estimate"]) == study.primary.estimate
    assert not {"runner", "runner_id", "side"} & set(rows[0])


def test_the_short_report_has_two_pages_and_700_words_at_most(made):
    pages = PdfReader(made / "cohort.pdf").pages
    assert len(pages) == 2
    assert sum(len(page.extract_text().split()) for page in pages) <= 700


def test_no_row_of_the_report_is_a_runner(made):
    text = (made / "cohort.html").read_text(encoding="utf-8")
    tables = text.split("<table")[1:]
    assert len(tables) > 6
    assert all(table.count("<tr") - 1 not in (24, 48, 96, 242) for table in tables)


def test_a_command_without_a_file_is_wrong_use(tmp_path):
    done = subprocess.run([sys.executable, "-m", "hipstudy", "report", "cohort"],
                          cwd=tmp_path, capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 2
    assert "a cohort file is needed" in done.stderr
    assert not (tmp_path / "reports").exists()


def test_a_hopeless_file_gives_no_number(tmp_path):
    """Everybody the same at baseline: no slope can be fitted, and that is said."""
    frame = example()
    frame.loc[frame["week"] == 0, "tightness_nrs"] = 5
    found = cohort_study.run(cohort=written(tmp_path, frame))
    if math.isnan(found.primary.estimate):
        assert "gives no answer" in cohort_report.answer(found).sentence
    else:
        assert np.isfinite(found.primary.se)


def test_how_the_outcome_is_missing_is_counted_as_it_is(study):
    """Most have every visit, a handful was lost: all of an arm's 24 runners are in the counts."""
    table = cohort_report.patterns(study)
    assert "At every visit" in set(table.frame["Pattern"])
    for arm in table.frame.columns[1:]:
        assert sum(int(cell) for cell in table.frame[arm]) == 24


def test_stretching_nobody_prescribed_is_shown_where_recorded_and_said_where_not(tmp_path):
    frame = example()
    column = "own_stretching_min_wk"
    without = frame.drop(columns=column, errors="ignore")
    said = cohort_report.stretching(cohort_study.run(cohort=written(tmp_path, without)))
    assert said.markdown == "Stretching that nobody prescribed is not recorded in this file."
    frame[column] = np.where(frame["arm"] == "stretch_only", 10.0, 30.0)
    table = cohort_report.stretching(cohort_study.run(cohort=written(tmp_path, frame)))
    shown = table.frame.set_index("Own stretching").loc["Week 12"]
    assert shown.to_dict() == {"Strength + stretch": "30 (0)", "Stretch only": "10 (0)"}
