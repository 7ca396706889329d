"""Every runner who was asked is in the planned analysis or left out for one reason."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from hipstudy.analysis import participants
from hipstudy.analysis.loss_reasons import OTHER_WEEK, loss_reasons
from hipstudy.analysis.runners_left_out import (
    REASONS,
    lacking_baseline,
    left_out_counts,
    reasons_left_out,
    rows_asked,
    runners_analysed,
)
from hipstudy.pages import cohort_report
from hipstudy.studies import cohort_study

CASES = Path(__file__).parents[1] / "cohort_cases"
NAMES = ("c04_crossover", "c04b_within_person", "c04c_clusters", "c04d_single_arm",
         "c09_unequal_limbs", "c11_missing_baseline_mixed", "c14_visit_windows",
         "c15_stray_visit_mixed", "c31_person_level")  # fmt: skip


def of_case(name, folder=None, change=None):
    """A case analysed, its file changed where a change is given."""
    plan, file = CASES / f"{name}.toml", CASES / f"{name.removesuffix('_mixed')}.csv"
    if change:
        frame = pd.read_csv(file)
        file = folder / "cohort.csv"
        change(frame).to_csv(file, index=False)
    return cohort_study.run(cohort=str(file), analysis_plan=str(plan))


@pytest.mark.parametrize("name", NAMES)
def test_the_reasons_and_the_analysis_are_all_who_were_asked(name):
    study = of_case(name)
    analysed = runners_analysed(study.observations, study.plan)
    reasons = reasons_left_out(study.observations, study.plan, analysed)
    asked = set(rows_asked(study.observations, study.plan)["runner"])
    assert len(analysed) == study.primary.n_runners
    assert not analysed & set(reasons.index)
    assert analysed | set(reasons.index) == asked
    assert set(reasons) <= set(REASONS) - {"other"}


def test_who_missed_a_period_is_said_on_page_1(tmp_path):
    def change(frame):
        runners = sorted(frame["runner_id"].unique())
        weeks = sorted(frame["week"].unique())
        first = weeks[-2]
        gone = frame["runner_id"].isin(runners[:2]) & (frame["week"] == first)
        gone |= (frame["runner_id"] == runners[2]) & (frame["week"] == weeks[-1])
        return frame.assign(**{name: frame[name].mask(gone) for name in frame if "nrs" in name})

    study = of_case("c04_crossover", tmp_path, change)
    whole = study.observations["runner"].nunique()
    assert study.primary.n_runners == whole - 3
    basis = cohort_report.answer(study).basis
    assert "Not in the analysis: 3 runners." in basis
    assert "Not measured at the end of the first period: 2." in basis
    assert "Not measured at the end of the second period: 1." in basis


def test_a_leg_without_a_baseline_is_seen_though_the_other_has_one(tmp_path):
    def change(frame):
        runners = sorted(frame["runner_id"].unique())[:3]
        left = frame["runner_id"].isin(runners) & (frame["side"] == "left") & (frame["week"] == 0)
        return frame.assign(**{name: frame[name].mask(left) for name in frame
                               if "nrs" in name or "deg" in name or "torque" in name})  # fmt: skip

    study = of_case("c04b_within_person", tmp_path, change)
    assert study.n_no_baseline == 3
    lacking = lacking_baseline(study.observations, study.plan, study.plan.primary)
    assert lacking["side"].nunique() == 1
    assert not hasattr(cohort_report.missing_baseline(study), "markdown")
    assert "of a leg at baseline: 3 runners" in cohort_report.cost(study).markdown
    assert left_out_counts(study.left_out_runners) == [{"why": "a_leg", "n": 3}]
    untouched = cohort_report.missing_baseline(of_case("c04b_within_person")).markdown
    assert untouched.startswith("Every leg of both arms")


def test_a_pattern_of_a_leg_takes_no_value_of_the_other(tmp_path):
    """A leg that is lost at the end stays lost, though the other leg has a value then."""

    def change(frame):
        end = frame["week"] == frame["week"].max()
        gone = end & frame["runner_id"].isin(sorted(frame["runner_id"].unique())[:2])
        gone &= frame["side"] == "left"
        return frame.assign(**{name: frame[name].mask(gone) for name in frame if "nrs" in name})

    study = of_case("c04b_within_person", tmp_path, change)
    found = participants.patterns(study.observations, study.plan)
    found = found[found["outcome"] == study.plan.primary].groupby("pattern")["n"].sum()
    assert found["lost"] == 2
    assert found["intermittent"] == 0


def test_who_came_in_another_week_is_not_of_those_without_a_reason():
    study = of_case("c14_visit_windows")
    n = study.off_week[1]
    said = cohort_report.cost(study).markdown
    assert n
    assert f"{n} of these came in another week." in said
    codes = {"column": "why", "m": "moved"}
    plan = study.plan.model_copy(update={"losses": codes})
    table = loss_reasons(study.observations.assign(why=None), plan).set_index("reason")
    assert table.loc[OTHER_WEEK].sum() == n


def test_degrees_of_freedom_have_one_decimal_at_most(tmp_path):
    plan = tmp_path / "plan.toml"
    text = (CASES / "c04c_clusters.toml").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("analysis")]
    plan.write_text('analysis = "mixed"\n' + "\n".join(lines), encoding="utf-8")
    cohort = str(CASES / "c04c_clusters.csv")
    study = cohort_study.run(cohort=cohort, analysis_plan=str(plan))
    one = replace(study, primary=replace(study.primary, df=9.123456))
    assert "degrees of freedom: 9.1, counted" in cohort_report.answer(one).basis
    table = dict(cohort_report.agreement(one).frame.to_numpy())
    assert table["Degrees of freedom"] == "9.1"


def test_one_arm_alone_is_no_pair_of_arms():
    study = of_case("c04d_single_arm")
    said = cohort_report.on_reading_of_plan(study).markdown
    assert "the change of the one arm" in said
    assert "pair of arms" not in said
    assert "change" in cohort_report.on_difference(study).markdown


def test_further_contrasts_stand_on_page_1(tmp_path):
    rows = [
        {"runner_id": f"Q{k:02d}", "side": side, "arm": ("alpha", "beta", "gamma")[k % 3],
         "week": week, "tightness_nrs": round(5 + k % 4 + (week > 0) * (k % 3 + k % 5) / 4, 2)}
        for k in range(30) for week in (0, 12) for side in ("left", "right")
    ]  # fmt: skip
    pd.DataFrame(rows).to_csv(tmp_path / "cohort.csv", index=False)
    (tmp_path / "plan.toml").write_text(
        'primary = "tightness_nrs"\nweek = 12\ntreatment = "gamma"\ncontrol = "alpha"\n'
        'margin = 0.5\nmodel_arms = "all"\ncontrasts = [["beta", "alpha"]]\n',
        encoding="utf-8",
    )
    files = {"cohort": "cohort.csv", "analysis_plan": "plan.toml"}
    study = cohort_study.run(**{name: str(tmp_path / file) for name, file in files.items()})
    one = study.planned_estimate("tightness_nrs", "beta", "alpha")
    basis = cohort_report.answer(study).basis
    assert f"Also asked, “beta” against “alpha”: {abs(one.estimate):.2f} points" in basis
