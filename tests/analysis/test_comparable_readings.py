"""Readings taken another way than at baseline: no change is computed from them, and it is said."""

import numpy as np
import pandas as pd
import pytest

from hipstudy.analysis.comparable_readings import LeftOut, comparable
from hipstudy.pages import cohort_report
from hipstudy.resources import place
from hipstudy.studies import cohort_study

EXAMPLE = place("data", "example_cohort.csv")
TREATED, CONTROL = "strength_plus_stretch", "stretch_only"
TORQUE, ANGLE = "end_range_torque_nm_kg", "torque_angle_ext_deg"


def frame_with(angles):
    """Two runners, both limbs at weeks 0 and 12; the angles of runner 1's left limb are given."""
    rows = [
        (runner, side, arm, week, 1.0 + week / 12, 10.0)
        for runner, arm in ((1, "a"), (2, "b"))
        for side in ("left", "right")
        for week in (0.0, 12.0)
    ]
    frame = pd.DataFrame(rows, columns=["runner", "side", "arm", "week", TORQUE, ANGLE])
    frame.loc[[0, 1], ANGLE] = angles
    return frame


@pytest.mark.parametrize(
    ("angles", "left"),
    [((10.0, 10.0), 0), ((10.0, -5.0), 1), ((np.nan, -5.0), 0), ((10.0, np.nan), 0)],
)
def test_a_torque_at_another_angle_is_left_out_and_nothing_else(angles, left):
    before = frame_with(angles)
    found, said = comparable(before)
    blank = found[TORQUE].isna()
    assert list(np.flatnonzero(blank)) == [1][:left]
    assert said == ((LeftOut(TORQUE, 1, (("a", 1),)),) if left else ())
    pd.testing.assert_frame_equal(found.drop(columns=TORQUE), before.drop(columns=TORQUE))
    assert before[TORQUE].notna().all(), "the file's own are not changed"


def test_a_thomas_angle_with_the_pelvis_free_is_no_change_from_one_with_it_held():
    frame = frame_with((10.0, 10.0)).rename(columns={TORQUE: "thomas_ext_deg"})
    frame["pelvis_controlled"] = [True, False, True, True, None, False, False, False]
    found, (left,) = comparable(frame.astype({"pelvis_controlled": object}))
    assert list(np.flatnonzero(found["thomas_ext_deg"].isna())) == [1]
    assert (left.outcome, left.n_runners) == ("thomas_ext_deg", 1)


@pytest.fixture
def analysed(tmp_path):
    def run(change):
        frame = pd.read_csv(EXAMPLE, dtype={"runner_id": str})
        change(frame)
        frame.to_csv(tmp_path / "clinic.csv", index=False)
        (tmp_path / "plan.toml").write_text(
            f'primary = "{TORQUE}"\nweek = 12\ntreatment = "{TREATED}"\n'
            f'control = "{CONTROL}"\nmargin = 0.1\n', encoding="utf-8",
        )  # fmt: skip
        return cohort_study.run(
            cohort=str(tmp_path / "clinic.csv"), analysis_plan=str(tmp_path / "plan.toml")
        )

    return run


def test_an_arm_retested_at_another_angle_gives_no_difference_and_it_is_said(analysed):
    """Every torque of one arm at -5 in place of 10 deg: higher by itself, and no benefit."""

    def moved(frame):
        late = (frame["arm"] == TREATED) & (frame["week"] == 12)
        frame.loc[late, ANGLE] -= 15
        frame.loc[late, TORQUE] += 0.3

    study = analysed(moved)
    assert np.isnan([one.estimate for one in study.strip]).all()
    answer = cohort_report.answer(study)
    n = study.left_out[0].n_runners
    assert n > 15
    said = f"f {n} runners (Strength + stretch {n}) a reading is left out"
    assert f"O{said}: another hip angle than at baseline" in answer.basis
    for words in (cohort_report.effect(study).caption,
                  cohort_report.missing(study).caption):  # fmt: skip
        assert f"o{said}" in words
        assert "at another hip angle than at baseline; no change is computed" in words
    assert "nan" not in str(answer._repr_mimebundle_())


def test_one_runner_retested_at_another_angle_is_not_in_the_fit(analysed):
    whole = analysed(lambda _: None)
    assert whole.left_out == ()
    seen = []

    def moved(frame):
        weeks = frame.dropna(subset=[TORQUE]).groupby("runner_id")["week"].agg(set)
        seen.append(next(runner for runner, own in weeks.items() if {0, 12} <= own))
        own = (frame["runner_id"] == seen[0]) & (frame["week"] == 12)
        frame.loc[own, ANGLE] -= 15

    study = analysed(moved)
    assert study.primary.n_runners == whole.primary.n_runners - 1
    assert "Of 1 runner (" in cohort_report.answer(study).basis
