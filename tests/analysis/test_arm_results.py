"""Results by arm: recomputed by pandas from the file, and what few runners have is hidden."""

import numpy as np
import pandas as pd
import pytest

from hipstudy.analysis import arm_results, participants
from hipstudy.analysis.plan import shipped_plan
from hipstudy.cohort_file import clinic
from hipstudy.labels import ARM_LABELS
from hipstudy.pages import cohort_report
from hipstudy.resources import place
from hipstudy.studies import cohort_study

EXAMPLE = place("data", "example_cohort.csv")
COLUMNS = "outcome week arm n_runners n_limbs mean sd median q1 q3".split()
OUTCOMES = ("tightness_nrs", "thomas_ext_deg", "end_range_torque_nm_kg", "discomfort_nrs")


def example():
    return pd.read_csv(EXAMPLE)


def study_of(frame, tmp_path, **given):
    frame.to_csv(tmp_path / "clinic.csv", index=False)
    return cohort_study.run(cohort=str(tmp_path / "clinic.csv"), **given)


@pytest.fixture(scope="module")
def study(example_study):
    return example_study


def by_hand(frame):
    """The same table from the file: one mean a runner, then pandas' own statistics."""
    long = frame.melt(["runner_id", "arm", "week"], list(OUTCOMES), "outcome").dropna()
    runners = long.groupby(["outcome", "week", "arm", "runner_id"])["value"].agg(["mean", "size"])
    groups = runners.groupby(["outcome", "week", "arm"])
    values = groups["mean"]
    return pd.DataFrame(
        {
            "n_runners": groups.size(),
            "n_limbs": groups["size"].sum(),
            "mean": values.mean(),
            "sd": values.std(),
            "median": values.median(),
            "q1": values.quantile(0.25),
            "q3": values.quantile(0.75),
        }
    )


def test_every_number_of_the_file_is_that_of_pandas(study):
    file = cohort_report.results(study)
    assert list(file.frame) == COLUMNS
    found = file.frame.set_index(COLUMNS[:3])
    assert len(found) == 4 * 3 * 2
    expected = by_hand(example()).reindex(found.index)
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-12)
    assert file.name == "results"
    assert list(file.columns) == COLUMNS
    assert not {"runner", "runner_id", "side"} & set(file.frame)


def test_the_plans_outcomes_and_arms_come_first(study):
    frame = study.results()
    assert list(dict.fromkeys(frame["outcome"])) == ["tightness_nrs", *study.plan.secondary]
    assert list(dict.fromkeys(frame["arm"])) == [study.plan.treatment, study.plan.control]


def few_at_the_end(frame):
    """Three of a third arm have the angle at the end, and everybody has it before."""
    third = frame["runner_id"].isin(frame["runner_id"].unique()[::3])
    frame["arm"] = frame["arm"].where(~third, "usual_running")
    end = (frame["arm"] == "usual_running") & (frame["week"] == 12)
    few = frame.loc[end, "runner_id"].unique()[:3]
    frame.loc[end & ~frame["runner_id"].isin(few), "thomas_ext_deg"] = np.nan
    return frame


def test_what_few_runners_have_is_hidden_unless_the_owner_says(tmp_path):
    frame = few_at_the_end(example())
    at = ("thomas_ext_deg", 12.0, "usual_running")
    hidden, told = (
        cohort_report.results(study_of(frame, tmp_path, small_cells=small)).frame
        for small in (False, True)
    )
    assert hidden.set_index(COLUMNS[:3]).loc[at].isna().all()
    assert hidden.set_index(COLUMNS[:3]).drop(index=at).notna().all(axis=None)
    assert told.set_index(COLUMNS[:3]).loc[at, "n_runners"] == 3
    assert told.set_index(COLUMNS[:3]).loc[at, "mean"] == pytest.approx(
        by_hand(frame).loc[at, "mean"]
    )


def test_page_1_says_that_it_hides_and_never_a_number_of_few(tmp_path):
    study = study_of(few_at_the_end(example()), tmp_path)
    table = cohort_report.results_by_arm(study)
    row = table.frame.set_index(["Outcome", "Arm"]).loc[("Thomas angle, deg", "Usual running")]
    assert row["Week 12"] == "<5"
    assert row["Difference"] == "no answer"
    assert "Hidden: what tells about fewer than 5 runners." in table.caption
    assert (
        "Hidden" not in cohort_report.results_by_arm(cohort_study.run(cohort=str(EXAMPLE))).caption
    )


def test_each_other_arm_is_held_against_the_control(tmp_path):
    study = study_of(few_at_the_end(example()), tmp_path)
    shown = cohort_report.results_by_arm(study).frame.set_index(["Outcome", "Arm"])["Difference"]
    assert shown["Tightness", ARM_LABELS[study.plan.control]] == ""
    for arm in (study.plan.treatment, "usual_running"):
        one = study.planned_estimate("tightness_nrs", arm)
        assert shown["Tightness", ARM_LABELS[arm]].startswith(
            f"{one.estimate:.2f}".replace("-", "−")
        )


def test_points_are_the_runners_of_the_table_and_in_no_order_of_theirs(study):
    points = arm_results.runner_means(study.observations, study.plan, "tightness_nrs")
    assert list(points) == ["arm", "week", "value"]
    for (arm, week), values in points.groupby(["arm", "week"])["value"]:
        assert values.is_monotonic_increasing
        row = study.results().set_index(COLUMNS[:3]).loc[("tightness_nrs", week, arm)]
        assert (len(values), values.mean()) == (row["n_runners"], pytest.approx(row["mean"]))


def test_losses_are_those_of_the_flow(study):
    lost = arm_results.losses(study.observations, study.plan).set_index("arm")
    flow = participants.flow(study.observations, study.plan).set_index(["arm", "stage"])["n"]
    for arm, row in lost.iterrows():
        assert row["of"] == flow[arm, "baseline"]
        assert row["of"] - row["n"] == flow[arm, "outcome_one"]
    assert lost["n"].tolist() == [3, 6]
    assert lost["never"].tolist() == [3, 3]


def test_who_stopped_and_was_lost_is_counted_as_a_reason(tmp_path):
    frame = example()
    gone = set(frame["runner_id"]) - set(frame.loc[frame["week"] == 12, "runner_id"])
    came = frame["runner_id"].isin(gone) & (frame["week"] == 6)
    frame.loc[came, "stopped_exercise"] = "yes"
    n = frame.loc[came, "runner_id"].nunique()
    assert n > 1
    said = cohort_report.cost(study_of(frame, tmp_path)).markdown
    assert f"{n} of these had stopped the exercise; the file has no other reasons." in said
    frame = frame.drop(columns="stopped_exercise")
    lost = arm_results.losses(
        clinic.read(_written(frame, tmp_path), seed=0).observations, shipped_plan()
    )
    assert lost["stopped"].isna().all()


def _written(frame, tmp_path):
    frame.to_csv(tmp_path / "other.csv", index=False)
    return tmp_path / "other.csv"
