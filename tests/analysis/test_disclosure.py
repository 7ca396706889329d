"""Few runners, lost arms, odd weeks and rounding: what a cohort report may and may not say."""

import importlib
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy.analysis import participants
from hipstudy.analysis.estimate import Estimate
from hipstudy.analysis.proportions import holm
from hipstudy.analysis.response_variance import selection_shift
from hipstudy.errors import DataProblems
from hipstudy.pages import cohort_report
from hipstudy.pages.cohort_report.primary_question import estimate_text, p_text
from hipstudy.resources import place
from hipstudy.studies import cohort_study, prediction

effect_page = importlib.import_module("hipstudy.pages.cohort_report.effect")  # not the function
TREATED, CONTROL = "strength_plus_stretch", "stretch_only"


@pytest.fixture
def example():
    return pd.read_csv(place("data", "example_cohort.csv"), dtype={"runner_id": str})


@pytest.fixture
def analysed(tmp_path):
    def run(frame, plan="", **given):
        file = tmp_path / "clinic.csv"
        frame.to_csv(file, index=False)
        if plan:
            (tmp_path / "plan.toml").write_text(plan, encoding="utf-8")
            given["analysis_plan"] = str(tmp_path / "plan.toml")
        return cohort_study.run(cohort=str(file), **given)

    return run


def complete(frame, arm):
    """Runners of an arm with tightness at both visits, in order."""
    known = frame[(frame["arm"] == arm) & frame["tightness_nrs"].notna()]
    weeks = known.groupby("runner_id")["week"].agg(set)
    return [runner for runner, seen in weeks.items() if {0, 12} <= seen]


def an_estimate(low, high, p, model="ancova", limbs=40):
    return Estimate("tightness_nrs", 12, "a - b", model, (low + high) / 2, 0.1, low, high, p, 17,
                    20, limbs)  # fmt: skip


@given(st.floats(1e-6, 1, exclude_min=True))
def test_p_as_printed_is_on_its_side_of_the_limit(p):
    """A p below 0.05 is printed below it, one above above: the interval says the same."""
    said = p_text(p)
    if said != "p < 0.001" and abs(p - 0.05) > 1e-6:
        assert (float(said.removeprefix("p = ")) < 0.05) == (p < 0.05), said
        assert float(said.removeprefix("p = ")) != 0.05
    assert len(said) <= len("p = 0.123") or 0.04 < p < 0.06


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (-1.2, -0.004, "−0.602 (−1.200 to −0.004)"),
        (-1.2, 0.0004, "−0.5998 (−1.2000 to 0.0004)"),
        (-1.2, -0.3, "−0.75 (−1.20 to −0.30)"),
        (-1.2, 0.0, "−0.60 (−1.20 to 0.00)"),
    ],
)
def test_an_end_that_is_not_zero_is_not_printed_as_zero(low, high, said):
    assert estimate_text(an_estimate(low, high, 0.049)) == said


@pytest.mark.parametrize(
    ("limbs", "change", "n_limbs", "said"),
    [
        ((-0.8, 0.0), (-0.9, 0.1), 40, "; their intervals are too narrow"),
        ((-1.3, 0.5), (-1.4, 0.6), 40,
         "; here their intervals are no narrower than that of ANCOVA on runner means"),
        ((-0.8, 0.0), (-1.4, 0.6), 40, "; the interval of ANCOVA on limbs is too narrow"),
        ((-1.0, 0.2), (-0.9, 0.1), 20, ""),
    ],
)  # fmt: skip
def test_intervals_are_called_too_narrow_where_they_are(limbs, change, n_limbs, said):
    """Against ANCOVA on runner means, -1.0 to 0.2; with one limb each no two are one person."""
    shown = [
        an_estimate(-1.0, 0.2, 0.2),
        an_estimate(*limbs, 0.2, "limb_ancova", n_limbs),
        an_estimate(*change, 0.2, "change_score", n_limbs),
    ]
    narrow = effect_page._narrow(shown)
    facts = {"has_answer": True, "margin": 0.5, "any_ignores": True, "level": 95.0}
    caption = effect_page.words("strip", facts | {"narrow": narrow})
    assert f"often done{said}. Grey:" in caption
    words = [effect_page._ignores(one) for one in shown]
    if n_limbs == 20:
        assert words == ["", "", "baseline"]
    else:
        assert words == ["", "that two hips are one person", "that, and baseline"]


def test_at_the_floor_no_interval_is_called_too_narrow(example, analysed):
    """Limbs of a runner that go apart, most of them at 0: limbs as people are no more exact."""
    assert "; their intervals are too narrow." in cohort_report.strip(analysed(example)).caption
    left = example["side"] == "left"
    rated = example["tightness_nrs"].notna()
    late = example["week"] > 0
    odd = example["runner_id"].astype("category").cat.codes % 2 == 0
    # one limb of each runner gets well and the other worse: means of runners hardly differ
    example.loc[rated & late, "tightness_nrs"] = np.where(left == odd, 0, 6)[rated & late]
    study = analysed(example)
    caption = cohort_report.strip(study).caption
    means, limbs = (next(one for one in study.strip if one.model == name)
                    for name in ("ancova", "limb_ancova"))  # fmt: skip
    assert limbs.ci_high - limbs.ci_low > means.ci_high - means.ci_low
    assert "too narrow" not in caption
    assert "no narrower than that of ANCOVA on runner means" in caption


def test_a_planned_test_without_a_p_is_in_the_family_and_found_nothing():
    """Holm over three: 0.01 by 3, 0.04 by 2; the one without an answer has none."""
    found = holm([0.01, math.nan, 0.04])
    assert found[0] == pytest.approx(0.03)
    assert math.isnan(found[1])
    assert found[2] == pytest.approx(0.08)


def test_a_secondary_outcome_without_an_answer_has_no_p(example, analysed):
    lost = (example["week"] == 12) & (example["arm"] == TREATED)
    example.loc[lost, ["end_range_torque_nm_kg", "torque_angle_ext_deg"]] = np.nan
    table = cohort_report.effect(analysed(example)).frame.set_index("Outcome")
    row = table.loc["End-range torque (Nm/kg)"]
    assert row["ANCOVA, runner means"] == row["Mixed model, all visits"] == "no answer"
    assert row["p of the planned analysis"] == "none"
    assert not table.astype(str).apply(lambda column: column.str.contains("nan")).to_numpy().any()


def test_no_estimate_tells_about_fewer_than_five_runners_of_an_arm(example, analysed):
    one = complete(example, TREATED)[0]
    example.loc[example["runner_id"] == one, "arm"] = "no_programme"
    frame = cohort_study.effects(analysed(example)).set_index("contrast")
    assert frame.loc[f"no_programme - {CONTROL}", "estimate"].isna().all()
    assert frame.loc[f"{TREATED} - {CONTROL}", "estimate"].notna().all()


def test_a_band_starts_at_no_single_runners_value(example, analysed):
    one = complete(example, TREATED)[0]
    example.loc[example["runner_id"] == one, "arm"] = "usual_running"
    bands = prediction.predictive(analysed(example))
    assert set(bands["arm"]) == {TREATED, CONTROL}


@pytest.mark.parametrize("kept", [0, 3])
def test_runners_at_both_visits_are_needed(kept, example, analysed):
    """Enough at each visit, but hardly one of them at both."""
    whole = complete(example, TREATED)
    runner, week = example["runner_id"], example["week"]
    others = example["arm"].eq(TREATED) & ~runner.isin(whole)
    ratings = ["tightness_nrs", "discomfort_nrs"]
    example.loc[others & (week != 0), ratings] = np.nan
    example.loc[runner.isin(whole[:8]) & (week == 0), ratings] = np.nan
    example.loc[runner.isin(whole[8 + kept :]) & (week != 0), ratings] = np.nan
    with pytest.raises(DataProblems) as error:
        analysed(example)
    said = str(error.value)
    assert f"arm {TREATED}, baseline and week 12" in said
    assert "5 or more with tightness_nrs of the same side at both are needed" in said


def test_an_arm_left_blank_after_baseline_loses_nobody(example, analysed):
    whole = analysed(example)
    example.loc[example["week"] != 0, "arm"] = np.nan
    blank = analysed(example)
    assert blank.primary == whole.primary
    assert blank.estimates == whole.estimates
    pd.testing.assert_frame_equal(
        participants.flow(blank.observations, blank.plan),
        participants.flow(whole.observations, whole.plan),
    )


def test_a_visit_between_two_weeks_is_a_visit(example, analysed):
    """The covariance over visits is free: which week a visit has does not matter."""
    whole = analysed(example).strip[1]
    example["week"] = example["week"].replace({6: 6.5})
    half = analysed(example).strip[1]
    assert half.model == whole.model == "mixed"
    assert half.estimate == pytest.approx(whole.estimate, rel=1e-9)
    assert half.n_limbs == whole.n_limbs


def test_a_fall_of_exactly_the_limit_counts_whatever_its_decimals(example, analysed):
    """4.1 less 2.1 is 1.9999999999999996 to a computer, and 2 to everybody else."""
    example["tightness_nrs"] = example["tightness_nrs"].astype(float)
    example.loc[example["week"] == 0, "tightness_nrs"] = 4.1
    example.loc[example["week"] == 12, "tightness_nrs"] = 2.1
    study = analysed(example)
    found = study.improved()
    assert found.treatment[0] == found.treatment[1]
    assert found.control[0] == found.control[1]
    shown = cohort_report.responders(study)
    assert "baselines are alike" in shown.caption
    assert "100 %" not in set(shown.frame.iloc[:4, 1:].to_numpy().ravel())


def test_alike_baselines_give_no_selection():
    assert math.isnan(selection_shift(np.full(39, 4.1) + 1e-15 * np.arange(39), 1.0))


def test_without_an_answer_every_page_says_so(example, analysed):
    example.loc[example["tightness_nrs"].notna(), "tightness_nrs"] = 4.0
    study = analysed(example)
    pages = [
        str(page._repr_mimebundle_())
        for page in (cohort_report.answer(study), cohort_report.margin(study),
                     cohort_report.agreement(study), cohort_report.effect(study))
    ]  # fmt: skip
    assert not [page for page in pages if "nan" in page]


def test_a_small_part_cannot_be_had_by_subtraction(example, analysed):
    one = complete(example, TREATED)[0]
    example.loc[(example["week"] == 12) & (example["arm"] == TREATED), "adherence_pct"] = 80.0
    example.loc[(example["week"] == 12) & (example["runner_id"] == one), "adherence_pct"] = 20.0
    row = cohort_report.work_done(analysed(example)).frame.iloc[0]
    assert row["Change, half or more"] == row["Change, less"] == "not shown"


def test_nothing_done_is_not_divided_by(example, analysed):
    example.loc[example["adherence_pct"].notna(), "adherence_pct"] = 0.0
    assert "inf" not in cohort_report.work_done(analysed(example)).caption


@pytest.mark.parametrize(
    ("treatment", "control", "way"), [(TREATED, CONTROL, "better"), (CONTROL, TREATED, "worse")]
)
def test_a_clear_difference_says_which_way(treatment, control, way, example, analysed):
    plan = (
        f'primary = "end_range_torque_nm_kg"\nweek = 12\ntreatment = "{treatment}"\n'
        f'control = "{control}"\nmargin = 0.05\n'
    )
    said = str(cohort_report.answer(analysed(example, plan))._repr_mimebundle_())
    assert f"did {way} than" in said
    assert "All of the interval reaches 0.05 Nm/kg" in said


def test_a_limit_of_ones_own_is_said(example, analysed):
    said = cohort_report.improved(analysed(example, mcid_nrs=0.5)).caption
    assert "The limit was set; it ships as 2." in said


def test_a_visit_between_two_weeks_is_laid_on_the_model(example, analysed):
    example["week"] = example["week"].replace({6: 6.5})
    assert "means after baseline inside" in cohort_report.on_model(analysed(example)).caption
