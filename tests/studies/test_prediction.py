"""The arms' means laid on what each cause would make of these runners; tipping; what was done."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest

from hipstudy import parameters
from hipstudy.model import cohort
from hipstudy.model.causes import WORLDS
from hipstudy.pages import cohort_report
from hipstudy.resources import place
from hipstudy.studies import cohort_study, prediction

EXAMPLE = place("data", "example_cohort.csv")


@pytest.fixture(scope="module")
def study():
    return cohort_study.run(cohort=str(EXAMPLE))


def example(folder, change):
    file = folder / "clinic.csv"
    change(pd.read_csv(EXAMPLE, dtype={"runner_id": str})).to_csv(file, index=False)
    return cohort_study.run(cohort=str(file))


def test_bands_start_where_the_runners_were_measured(study):
    bands, seen = prediction.predictive(study), prediction.observed_means(study)
    assert set(bands["world"]) == set(WORLDS)
    assert set(bands["arm"]) == {"stretch_only", "strength_plus_stretch"}
    first = bands[bands["week"] == 0].groupby("arm")[["low", "high"]].first()
    measured = seen[seen["week"] == 0].set_index("arm")["mean"]
    for arm, row in first.iterrows():
        assert row["low"] == pytest.approx(row["high"])
        assert row["low"] == pytest.approx(measured[arm])
    later = bands[bands["week"] > 0]
    assert (later["high"] > later["low"]).all()


def test_a_smaller_arm_has_a_wider_band(study, tmp_path):
    """Errors of reading average over fewer runners."""
    half = example(tmp_path, lambda f: f[f["runner_id"] <= "SYN-024"])
    width = {}
    for name, one in (("whole", study), ("half", half)):
        last = prediction.predictive(one)
        last = last[(last["week"] == 12) & (last["world"] == "nonspecific")]
        width[name] = (last["high"] - last["low"]).mean()
    assert width["half"] > width["whole"]


def test_observed_means_are_of_runners_with_ts_interval(study):
    frame = pd.read_csv(EXAMPLE, dtype={"runner_id": str})
    own = frame[(frame["arm"] == "stretch_only") & (frame["week"] == 12)]
    means = own.groupby("runner_id")["tightness_nrs"].mean().dropna()
    row = prediction.observed_means(study).set_index(["arm", "week"]).loc[("stretch_only", 12)]
    assert row["mean"] == pytest.approx(means.mean())
    # t at 17 degrees of freedom: 2.1098 (Student's table).
    half = 2.1098 * means.std() / np.sqrt(len(means))
    assert row["ci_high"] - row["mean"] == pytest.approx(half, rel=1e-4)
    assert len(means) == 18


def test_arms_without_a_prescription_are_not_modelled(tmp_path):
    def renamed(frame):
        return frame.assign(arm=frame["arm"].replace("strength_plus_stretch", "our own way"))

    with pytest.raises(Exception, match="the cohort file has no such arm"):
        example(tmp_path, renamed)
    plan = tmp_path / "plan.toml"
    plan.write_text('primary = "tightness_nrs"\nweek = 12\ntreatment = "our own way"\n'
                    'control = "their way"\nmargin = 0.5\n')  # fmt: skip
    frame = renamed(pd.read_csv(EXAMPLE, dtype={"runner_id": str}))
    frame["arm"] = frame["arm"].replace("stretch_only", "their way")
    file = tmp_path / "own.csv"
    frame.to_csv(file, index=False)
    own = cohort_study.run(cohort=str(file), analysis_plan=str(plan))
    assert prediction.modelled_arms(own) == {}
    assert "No arm of the file" in cohort_report.on_model(own).markdown


def test_the_tipping_table_moves_with_the_shift(study):
    shown = cohort_report.missing_values(study)
    columns = {
        name: [float(cell.split(" (")[0].replace("−", "-")) for cell in shown.frame[name]]
        for name in shown.frame.columns[1:]
    }
    assert list(columns) == ["Of Strength + stretch", "Of Stretch only", "Of both"]
    treatment, control, _ = columns.values()
    assert treatment == sorted(treatment)
    assert control == sorted(control, reverse=True)
    assert {values[3] for values in columns.values()} == {-0.89}, "nothing is moved"
    assert "9 of 48 runners imputed" in shown.caption
    complete = cohort_report.missing_values(study)
    assert complete.frame.equals(shown.frame), "the same throws each time"


def test_nothing_missing_has_no_tipping_point(tmp_path):
    def whole(frame):
        there = frame[frame["week"] == 12].groupby("runner_id")["tightness_nrs"].count() == 2
        return frame[frame["runner_id"].map(there).fillna(False).astype(bool)]

    said = cohort_report.missing_values(example(tmp_path, whole)).markdown
    assert said == "No tipping point is looked for: nobody's end value is missing."


def test_what_was_done_is_description_and_its_instrument_says_what_it_assumes(study, tmp_path):
    shown = cohort_report.work_done(study)
    assert "Description only" in shown.caption
    assert "Assumed: arms given by chance" in shown.caption
    frame = pd.read_csv(EXAMPLE)
    end = frame[(frame["week"] == 12) & (frame["arm"] == "strength_plus_stretch")]
    share = end.groupby("runner_id")["adherence_pct"].first().mean() / 100
    one = study.primary
    assert f"{abs(one.estimate / share):.2f}" in shown.caption
    none = example(tmp_path, lambda f: f.drop(columns="adherence_pct"))
    assert cohort_report.work_done(none).markdown == "Adherence at the end visit is not recorded."


def drawn(study, n_runners):
    """Modelled means of so many drawn runners in the stretching arm, at few draws."""
    protocol = prediction.modelled_arms(study)["stretch_only"]
    runners, values = cohort.draw(n_runners, seed=1), parameters.draw(4, seed=1)
    return prediction._means(study, runners, protocol, values, 1)


def test_the_size_of_a_block_changes_no_more_than_the_order_of_adding(study, monkeypatch):
    whole = drawn(study, 30)
    monkeypatch.setattr(prediction, "BLOCK", 7)
    np.testing.assert_allclose(drawn(study, 30), whole, rtol=1e-13)


def test_memory_does_not_grow_with_the_arm(study):
    """What is only averaged is not held."""
    peaks = {}
    for n_runners in (100, 600):
        tracemalloc.start()
        drawn(study, n_runners)
        peaks[n_runners] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peaks[600] < 1.1 * peaks[100]
