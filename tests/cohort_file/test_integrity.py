"""Could these data be? Planted corruptions are found, files that are right are left alone."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from clean_cohorts import clean, only_rated
from hypothesis import given
from hypothesis import strategies as st
from long_results import stored
from planted_corruptions import PLANTS
from scipy import stats

from hipstudy.cohort_file.check import check_file
from hipstudy.cohort_file.integrity.arm_spread import brown_forsythe
from hipstudy.cohort_file.integrity.baseline_correlation import rank_correlation
from hipstudy.cohort_file.integrity.checks import look_at_data
from hipstudy.cohort_file.integrity.result import CHECKS, TOTAL, level
from hipstudy.cohort_file.integrity.row_keys import keys_of, n_pairs
from hipstudy.cohort_file.integrity.side_swaps import swap_gain
from hipstudy.cohort_file.integrity.value_runs import longest_run
from hipstudy.cohort_file.word_tables import say
from hipstudy.resources import place

CASES = Path(__file__).parents[1] / "cohort_cases"
EACH = [(check, plant) for check, plants in PLANTS.items() for plant in plants]


def looked(frame):
    """Every look at a file's frame, as the check has it in types."""
    runner = pd.factorize(frame["runner_id"])[0] + 1
    return look_at_data(frame.assign(runner=runner, week=frame["week"].astype(float)))


def beyond(frame):
    return {one.check for one in looked(frame) if one.is_beyond}


def of_trial(k):
    """A clean cohort of two or three arms of 30 to 40 runners."""
    return clean(1000 + k, arms=(2, 3), least=30)


def any_clean(k):
    """A clean cohort of any kind: every fourth with ratings alone."""
    frame = clean(k)
    return only_rated(frame, np.random.default_rng(k)) if k % 4 == 1 else frame


@pytest.mark.parametrize(("check", "plant"), EACH, ids=lambda one: getattr(one, "__name__", one))
def test_what_is_planted_is_found(check, plant):
    hits = [check in beyond(plant(of_trial(k), np.random.default_rng(k))) for k in (0, 1)]
    assert any(hits)


def test_a_file_that_is_right_is_left_alone():
    for k in range(8):
        assert beyond(any_clean(k)) == set(), k


MANY = 200
CLEAN = "clean"


def holds(row):
    """Whether what is planted is found often enough, and what is clean left alone."""
    if row["plant"] == CLEAN:
        return row["n_asked_about"] <= MANY * 0.01
    return row["n_asked_about"] >= MANY * 0.95


@pytest.mark.validate
@pytest.mark.parametrize(("check", "plant"), EACH, ids=lambda one: getattr(one, "__name__", one))
def test_what_is_planted_is_found_in_200_cohorts(check, plant, long_rows):
    hits = [check in beyond(plant(of_trial(k), np.random.default_rng(k))) for k in range(MANY)]
    row = {"check": check, "plant": plant.__name__, "n": MANY, "n_asked_about": sum(hits)}
    long_rows.append(row)
    assert holds(row), [k for k, hit in enumerate(hits) if not hit]


@pytest.mark.validate
def test_one_in_a_hundred_clean_cohorts_or_fewer_is_asked_about(long_rows):
    asked = {k: checks for k in range(MANY) if (checks := beyond(any_clean(k)))}
    row = {"check": "any", "plant": CLEAN, "n": MANY, "n_asked_about": len(asked)}
    long_rows.append(row)
    assert holds(row), asked


def test_the_stored_results_hold_for_every_check():
    rows = stored("integrity").to_dict("records")
    planted = [(check, plant.__name__) for check, plant in EACH]
    assert [(row["check"], row["plant"]) for row in rows] == [*planted, ("any", CLEAN)]
    assert {row["n"] for row in rows} == {MANY}
    assert [row for row in rows if not holds(row)] == []


OF_PERSONS = CASES / "c31_person_level.csv"  # only its plan says what was measured


@pytest.mark.parametrize(
    "file",
    [place("data", "example_cohort.csv"), *sorted({*CASES.glob("*.csv")} - {OF_PERSONS})],
    ids=lambda file: file.stem,
)
def test_the_shipped_files_are_left_alone(file):
    result = check_file(file)
    assert result.integrity
    assert not [one for one in result.integrity if one.is_beyond]


def test_all_checks_together_keep_their_chance():
    assert TOTAL <= 0.01
    assert level(1) * len(CHECKS) == pytest.approx(TOTAL)
    assert level(7) * 7 == pytest.approx(level(1))
    assert list(PLANTS) == list(CHECKS)


@pytest.mark.parametrize(("check", "plant"), EACH, ids=lambda one: getattr(one, "__name__", one))
def test_a_warning_names_rows_and_columns_and_no_person_or_value(check, plant, tmp_path):
    frame = plant(of_trial(0), np.random.default_rng(0))
    path = tmp_path / "clinic.csv"
    frame.to_csv(path, index=False)
    result = check_file(path)
    rule = say(f"integrity_{check}", columns="")["rule"].partition(":")[0]
    said = [one for one in result.warnings if one.rule.startswith(rule)]
    if plant.__name__ == "visits_exchanged":  # that rows go back in weeks is said row by row
        assert any("an earlier visit stands after week" in one.rule for one in result.warnings)
        said = [one for one in said if one.row]
    else:
        assert len(said) == 1
        assert said[0].row
    for one in said:
        assert one.value is None
        text = f"{one.rule} {one.mend} {one.column}"
        assert not [code for code in frame["runner_id"].unique() if code in text]
        assert not re.search(r"\d\.\d", text)


def test_rows_are_those_that_were_planted():
    frame = of_trial(1)
    check, plant = "long_runs", PLANTS["long_runs"][0]
    changed = plant(frame, np.random.default_rng(1))
    name = "end_range_torque_nm_kg"
    differs = np.flatnonzero(
        (changed[name] != frame[name]) & frame[name].notna() & changed[name].notna()
    )
    (one,) = [one for one in looked(changed) if one.check == check and one.is_beyond]
    assert one.columns == (name,)
    assert set(differs) <= set(one.places)
    assert len(one.places) <= len(differs) + 2


def test_a_file_with_errors_is_not_judged(tmp_path):
    frame = of_trial(0).astype({"side": str})
    frame.loc[3, "side"] = "up"
    path = tmp_path / "clinic.csv"
    frame.to_csv(path, index=False)
    result = check_file(path)
    assert result.errors
    assert result.integrity == ()


def test_bare_files_are_looked_at_as_far_as_they_go():
    frame = of_trial(0)
    keep = ["runner_id", "side", "week", "tightness_nrs"]
    assert beyond(frame[keep]) == set()
    one_visit = frame[frame["week"] == 0][[*keep, "thomas_ext_deg"]]
    assert beyond(one_visit) == set()
    assert beyond(one_visit.iloc[:3]) == set()
    assert beyond(frame.iloc[:0]) == set()
    assert beyond(frame.assign(thomas_ext_deg=np.nan, end_range_torque_nm_kg=np.nan)) == set()


def test_a_column_that_the_file_is_sorted_by_has_no_runs():
    frame = of_trial(0).sort_values("thomas_ext_deg", kind="stable").reset_index(drop=True)
    assert "long_runs" not in beyond(frame)


def test_a_torque_at_another_angle_is_not_held_against_baseline():
    frame = PLANTS["no_correlation"][0](of_trial(0), np.random.default_rng(0))
    frame["thomas_ext_deg"] = np.nan
    assert "no_correlation" in beyond(frame)
    last = frame["week"] == frame["week"].max()
    frame.loc[last, "torque_angle_ext_deg"] += 10
    assert "no_correlation" not in beyond(frame)


def test_people_treated_by_their_worse_side_have_no_swapped_sides():
    rng = np.random.default_rng(3)
    n = 60
    start = rng.normal(10, 5, (n, 2))
    worse = start.argmin(axis=1)
    end = start + rng.normal(0, 2, (n, 2))
    end[np.arange(n), worse] += 8
    rows = [
        {"runner_id": f"R{i}", "side": side, "week": week, "thomas_ext_deg": round(values[i, k]),
         "arm": "strength_only" if k == worse[i] else "stretch_only"}
        for i in range(n) for week, values in ((0, start), (12, end))
        for k, side in enumerate(("left", "right"))
    ]  # fmt: skip
    assert "swapped_sides" not in beyond(pd.DataFrame(rows))


def test_the_test_of_brown_and_forsythe_is_that_of_scipy():
    rng = np.random.default_rng(5)
    samples = [rng.normal(0, sd, n) for sd, n in ((1, 12), (2, 20), (1, 9))]
    ours = brown_forsythe(np.concatenate(samples)[np.newaxis], np.array([12, 20, 9]))
    assert ours[0] == pytest.approx(stats.levene(*samples, center="median").statistic)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=30))
def test_the_rank_correlation_is_that_of_scipy(pairs):
    one, other = (np.array(each, dtype=float) for each in zip(*pairs, strict=True))
    if one.std() and other.std():
        theirs = stats.spearmanr(one, other).statistic
        assert rank_correlation(one, other) == pytest.approx(theirs)
    else:
        assert np.isnan(rank_correlation(one, other))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_rows_have_the_same_number_where_they_are_equal(rows):
    columns = [np.array(each, dtype=float) for each in zip(*rows, strict=True)]
    keys = keys_of(columns, len(rows))
    assert len(set(keys)) == len(set(rows))
    pairs = sum(a == b for k, a in enumerate(rows) for b in rows[:k])
    assert n_pairs(keys) == pairs


@given(st.lists(st.integers(0, 2), min_size=1, max_size=40))
def test_the_longest_run_is_the_longest(values):
    start, length = longest_run(np.array(values, dtype=float))
    assert len(set(values[start : start + length])) == 1
    text = "".join(map(str, values))
    assert length == max(len(run[0]) for run in re.finditer(r"(.)\1*", text))


@pytest.mark.parametrize("law", ["normal", "heavy"])
def test_the_gain_by_swapped_sides_keeps_its_chance(law):
    """Nobody is swapped: twice the gain is beyond chi-squared's 5 % in fewer than 5 of 100."""
    rng = np.random.default_rng(9)
    count, n = 150, 40
    hits = 0
    for _ in range(count):
        ref = rng.standard_normal(n)
        error = rng.standard_normal(n) if law == "normal" else rng.standard_t(3, n)
        hits += swap_gain([(0.6 * ref + 0.8 * error, ref)])[0] > -2 * np.log(0.05)
    assert hits <= stats.binom.ppf(0.999, count, 0.05)


def test_who_is_swapped_is_told():
    rng = np.random.default_rng(2)
    ref = rng.normal(0, 3, 60)
    d = ref + rng.normal(0, 0.5, 60)
    d[:20] *= -1
    gain, turned = swap_gain([(d, ref)])
    assert gain > 50
    assert turned[:20].mean() > 0.8
    assert not turned[20:].any()
