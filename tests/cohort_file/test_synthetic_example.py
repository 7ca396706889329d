"""The example: a clinic's file with a planted truth, made again and compared."""

import io
import re
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hipstudy import parameters
from hipstudy.cohort_file import schema, synthetic_example
from hipstudy.model import observe
from hipstudy.model.causes import WORLDS
from hipstudy.model.cohort import SIDES
from hipstudy.model.observe import instruments
from hipstudy.resources import place

TRUTH = tomllib.loads(place("data", "example_cohort_truth.toml").read_text(encoding="utf-8"))
CAUSE = {code: cause for cause, codes in TRUTH["runners_of_each_cause"].items() for code in codes}


@pytest.fixture(scope="module")
def frame():
    """As anybody reads it."""
    return pd.read_csv(place("data", "example_cohort.csv"), encoding="utf-8")


def test_the_shipped_files_are_what_is_made(tmp_path):
    """To the digits written; after a change of the model: synthetic_example.write(Path("data"))."""
    for made in synthetic_example.write(tmp_path):
        shipped = place("data", made.name).read_bytes()
        assert made.read_bytes() == shipped, made.name


def test_another_seed_is_another_clinic(tmp_path):
    table, truth = synthetic_example.write(tmp_path, seed=3)
    assert table.read_bytes() != place("data", table.name).read_bytes()
    assert tomllib.loads(truth.read_text(encoding="utf-8"))["seed"] == 3


def test_every_column_is_of_the_format_and_every_value_possible_and_likely(frame):
    assert tuple(frame.columns) == observe.COLUMNS
    for name, values in frame.items():
        column = schema.find(name)
        assert column is not None, name
        if column.kind == "number":
            for low, high in (column.possible, column.plausible):
                assert values.dropna().between(low, high).all(), name
    assert set(frame["sex"]) == {"F", "M"}
    assert set(frame["pelvis_controlled"]) | set(frame["stopped_exercise"]) == {"yes", "no"}


def test_its_text_is_utf_8_with_commas_and_the_digits_of_a_clinic():
    text = place("data", "example_cohort.csv").read_bytes().decode("ascii")
    head, *lines = text.splitlines()
    assert head == ",".join(observe.COLUMNS)
    shape = r"SYN-\d{3},(left|right),\w+,\d+,-?\d+,(\d\.\d\d,10|,),\d+,\d+,\d*,[FM],\d+,\d+\.\d,"
    for line in lines:
        assert re.match(shape, line), line
        assert ",-0," not in line


def test_nobody_takes_it_for_real(frame):
    assert frame["runner_id"].str.fullmatch(r"SYN-\d{3}").all()
    assert TRUTH["about"].startswith("Synthetic: ")
    assert "No measured person" in TRUTH["about"]


def test_both_arms_both_sides_and_three_visits(frame):
    first = frame[frame["week"] == 0]
    assert first.groupby("arm")["runner_id"].nunique().to_dict() == dict.fromkeys(
        synthetic_example.ARMS, 24
    )
    assert (frame.groupby("runner_id")["arm"].nunique() == 1).all()
    sides = frame.groupby(["runner_id", "week"])["side"].agg(list)
    assert all(both == list(SIDES) for both in sides)
    assert sorted(set(frame["week"])) == [0, 6, 12] == TRUTH["weeks"]
    assert not frame.duplicated(["runner_id", "side", "week"]).any()
    weeks = frame.drop_duplicates(["runner_id", "week"]).groupby("runner_id")["week"].agg(tuple)
    kinds = {(0, 6, 12), (0, 6), (0, 12), (0,)}
    assert set(weeks) <= kinds
    assert (0, 12) in set(weeks), "somebody missed a visit and came back"
    assert (0, 6) in set(weeks), "somebody was lost"
    assert frame["end_range_torque_nm_kg"].isna().any()
    assert frame.loc[frame["week"] == 0, "adherence_pct"].isna().all()
    assert frame.loc[frame["week"] > 0, "adherence_pct"].notna().all()


def test_the_arms_start_alike(frame):
    """By less than half a standard deviation between runners."""
    first = frame[frame["week"] == 0]
    runners = first.groupby(["arm", "runner_id"])[list(synthetic_example.OUTCOMES)].mean()
    control, treatment = (runners.loc[arm].mean() for arm in synthetic_example.ARMS)
    assert ((treatment - control).abs() < 0.5 * runners.std()).all()


def test_a_runner_is_the_same_person_at_every_visit(frame):
    assert (frame.groupby("runner_id")[["sex", "age_y", "mass_kg"]].nunique() == 1).all(axis=None)


def test_the_shares_planted_are_the_shares_told(frame):
    """Dealt, not drawn: within half a runner of each arm's share."""
    assert TRUTH["shares"] == synthetic_example.SHARES
    assert sum(TRUTH["shares"].values()) == pytest.approx(1)
    arm = frame.drop_duplicates("runner_id").set_index("runner_id")["arm"]
    assert set(CAUSE) == set(arm.index)
    for name in synthetic_example.ARMS:
        causes = pd.Series({code: CAUSE[code] for code in arm.index[arm == name]}).value_counts()
        for cause, share in TRUTH["shares"].items():
            assert abs(causes[cause] - 24 * share) < 1


def test_the_parameters_told_are_not_the_shipped_ones():
    assert TRUTH["parameters"] == synthetic_example.GIVEN
    shipped = parameters.shipped()
    for name, value in TRUTH["parameters"].items():
        assert value != shipped[name].value
        assert shipped[name].low <= value <= shipped[name].high, "still believable"


def test_a_new_calibration_leaves_the_example_alone(monkeypatch):
    shipped = synthetic_example._text(synthetic_example.example_frame())

    def none():
        raise AssertionError("the stored draws are not read")

    monkeypatch.setattr(parameters, "calibrated", none)
    assert synthetic_example._text(synthetic_example.example_frame()) == shipped


def test_the_truth_told_is_the_truth_simulated():
    """Recomputed limb by limb, each runner in his own cause and in both arms."""
    runs = synthetic_example._runs(synthetic_example.RUNNERS, TRUTH["seed"])
    for outcome, told in TRUTH["difference_in_these_runners"].items():
        apart = []
        for number in range(synthetic_example.RUNNERS):
            cause = CAUSE[f"SYN-{number + 1:03d}"]
            control, treatment = (
                runs[arm, cause].truth(outcome, 12) for arm in synthetic_example.ARMS
            )
            apart += [treatment[limb] - control[limb] for limb in (2 * number, 2 * number + 1)]
        assert len(apart) == 96
        assert told == pytest.approx(np.mean(apart), abs=5e-5)


def test_the_population_is_its_causes_in_their_shares():
    for outcome in synthetic_example.OUTCOMES:
        by_cause = TRUTH["difference_in_each_cause"][outcome]
        mixed = sum(TRUTH["shares"][cause] * by_cause[cause] for cause in WORLDS)
        assert TRUTH["difference_in_population"][outcome] == pytest.approx(mixed, abs=1e-4)
    tight = TRUTH["difference_in_each_cause"]["tightness_nrs"]
    assert tight["nonspecific"] == 0
    assert tight["weak"] < 5 * min(tight["short"], tight["guarded"]) < 0
    assert all(
        d > 0.1 for d in TRUTH["difference_in_each_cause"]["end_range_torque_nm_kg"].values()
    )


def test_the_file_shows_what_the_planted_runners_would(frame):
    """Torque, of which 24 a side tell much: within 5 standard errors of its planted truth.

    Change from baseline, the mean of both sides as one number a runner.
    """
    name = "end_range_torque_nm_kg"
    mean = frame.groupby(["arm", "runner_id", "week"])[name].mean().unstack("week")
    change = (mean[12] - mean[0]).dropna()
    control, treatment = (change[arm] for arm in synthetic_example.ARMS)
    apart = treatment.mean() - control.mean()
    error = np.hypot(treatment.std() / len(treatment) ** 0.5, control.std() / len(control) ** 0.5)
    assert abs(apart - TRUTH["difference_in_these_runners"][name]) < 5 * error
    assert apart > 0


def test_each_runner_is_looked_at_in_his_own_cause_and_arm(frame):
    """Each reading is that of the run of his arm and of the cause told, and of no other cause."""
    tools = instruments(parameters.central(**TRUTH["parameters"]))
    seen = {
        of: observe.observe(run, synthetic_example.VISITS, tools, seed=TRUTH["seed"]).set_index(
            ["runner_id", "side", "week"]
        )["end_range_torque_nm_kg"]
        for of, run in synthetic_example._runs(synthetic_example.RUNNERS, TRUTH["seed"]).items()
    }
    same = dict.fromkeys(WORLDS, 0)
    rows = frame.dropna(subset=["end_range_torque_nm_kg"])
    for row in rows.itertuples():
        at = int(row.runner_id.removeprefix("SYN-")), row.side, row.week
        own = WORLDS.index(CAUSE[row.runner_id])
        for steps in range(len(WORLDS)):
            read = seen[row.arm, WORLDS[(own + steps) % len(WORLDS)]].loc[at]
            same[WORLDS[steps]] += abs(read - row.end_range_torque_nm_kg) <= 0.005 + 1e-9
    own, *others = same.values()
    assert own == len(rows)
    assert max(others) < 0.9 * len(rows)


def test_the_frame_made_is_the_table_written():
    text = io.StringIO(synthetic_example._text(synthetic_example.example_frame()))
    pd.testing.assert_frame_equal(
        pd.read_csv(text), pd.read_csv(Path(place("data", "example_cohort.csv")))
    )
