"""What every analysis of a trial must do, whatever the numbers."""

import math

import drawn_trials as dt
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hipstudy.analysis import ancova, mixed
from hipstudy.analysis.estimate import COLUMNS, Question, by_t
from hipstudy.analysis.long_to_arrays import from_frame

ASKED = Question("y", 12, "treat", "control")
EVERY = [
    ancova.ancova,
    ancova.limb_ancova,
    ancova.change_score,
    mixed.random_intercept,
    mixed.mixed,
]


@pytest.fixture(scope="module")
def trial():
    rng = np.random.default_rng(11)
    design = dt.Design(12, 0.5)
    lost = dt.lose(design, dt.draw(design, 1, rng), "last value", rng)
    return dt.frame(dt.miss_limbs(lost, 0.1, rng))


def same(one, other):
    numbers = "estimate se ci_low ci_high p df n_runners n_limbs".split()
    for name in numbers:
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-6), name


@pytest.mark.parametrize("answer", EVERY)
def test_order_names_and_sides_of_rows_change_nothing(trial, answer):
    found = answer(trial, ASKED)
    assert math.isfinite(found.p)
    changed = trial.sample(frac=1, random_state=2)
    names = np.random.default_rng(1).permutation(trial["runner"].max() + 1)
    changed = changed.assign(
        runner=[f"r{names[i]}" for i in changed["runner"]],
        side=changed["side"].map({"left": "right", "right": "left"}),
    )
    same(answer(changed, ASKED), found)


@pytest.mark.parametrize("answer", EVERY)
def test_swapping_arms_flips_the_sign_only(trial, answer):
    found, other = answer(trial, ASKED), answer(trial, Question("y", 12, "control", "treat"))
    assert other.estimate == pytest.approx(-found.estimate, rel=1e-6)
    assert (other.ci_low, other.ci_high) == pytest.approx((-found.ci_high, -found.ci_low), rel=1e-6)
    assert (other.se, other.p, other.df) == pytest.approx((found.se, found.p, found.df), rel=1e-6)
    assert other.contrast == "control - treat"


@pytest.mark.parametrize("answer", EVERY)
def test_adding_three_to_an_arms_last_visit_adds_three(trial, answer):
    found = answer(trial, ASKED)
    last = (trial["week"] == 12) & (trial["arm"] == "treat")
    moved = answer(trial.assign(y=trial["y"] + 3 * last), ASKED)
    exact = 1e-12 if answer in EVERY[:3] else 1e-6
    assert moved.estimate - found.estimate == pytest.approx(3, abs=exact)
    assert moved.se == pytest.approx(found.se, rel=1e-6)


@pytest.mark.parametrize("answer", EVERY)
def test_another_unit_changes_the_unit_only(trial, answer):
    found = answer(trial, ASKED)
    moved = answer(trial.assign(y=1000 + 60 * trial["y"]), ASKED)
    assert moved.estimate == pytest.approx(60 * found.estimate, rel=1e-6)
    assert (moved.p, moved.df) == pytest.approx((found.p, found.df), rel=1e-5)


@pytest.mark.parametrize("answer", [ancova.ancova, mixed.mixed])
@pytest.mark.parametrize("weeks", [(6, 12), (12,)])
def test_two_hips_are_never_two_people(answer, weeks):
    """A second hip that says what the first one says adds nothing."""
    rng = np.random.default_rng(4)
    both = dt.frame(dt.draw(dt.Design(8, 1.0), 1, rng))
    both = both[both["week"].isin([0, *weeks])]
    one = both[both["side"] == "left"]
    two, single = answer(both, ASKED), answer(one, ASKED)
    assert (two.estimate, two.se) == pytest.approx((single.estimate, single.se))
    assert (two.df, single.df) == pytest.approx((13, 13))
    assert (two.n_runners, two.n_limbs, single.n_limbs) == (16, 32, 16)
    assert answer is ancova.ancova or "limbs of a runner never differ" in two.note
    naive = ancova.limb_ancova(both, ASKED)
    assert naive.se == pytest.approx(single.se * math.sqrt(13 / 29))


def test_only_the_two_arms_and_limbs_with_both_values_count(trial):
    other = trial.assign(arm="third", runner=trial["runner"] + 100)
    lone = trial.iloc[:1].assign(runner=999)
    same(ancova.ancova(pd.concat([trial, other, lone]), ASKED), ancova.ancova(trial, ASKED))
    wide = trial.pivot(index=["arm", "runner", "side"], columns="week", values="y").dropna(
        subset=[0, 12]
    )
    means = wide.groupby(["arm", "runner"]).mean().reset_index()
    X = np.column_stack([np.ones(len(means)), means["arm"] == "treat", means[0]]).astype(float)
    beta = np.linalg.lstsq(X, means[12].to_numpy(), rcond=None)[0]
    assert ancova.ancova(trial, ASKED).estimate == pytest.approx(beta[1], abs=1e-12)


def test_an_estimate_fills_the_columns_of_effects():
    found = by_t(ASKED, "ancova", (2.0, 1.0, 10), (13, 26), "told")
    row = found.as_row()
    assert tuple(row) == COLUMNS
    assert row["world"] == "measured"
    assert row["contrast"] == "treat - control"
    assert found.ci_high == pytest.approx(2 + 2.228138852)
    assert found.p == pytest.approx(2 * stats.t.sf(2, 10))


@pytest.mark.parametrize("answer", EVERY)
def test_too_few_runners_give_no_number_and_say_why(trial, answer):
    few = trial[trial["runner"].isin([1, 20])]
    found = answer(few, ASKED)
    assert math.isnan(found.estimate)
    assert math.isnan(found.p)
    assert found.note
    none_at_end = answer(trial[trial["week"] < 12], ASKED)
    assert math.isnan(none_at_end.estimate)
    nobody = answer(trial[trial["arm"] == "treat"], ASKED)
    assert math.isnan(nobody.estimate)


@pytest.mark.parametrize("answer", EVERY)
def test_values_that_never_differ_give_no_number(trial, answer):
    found = answer(trial.assign(y=5.0), ASKED)
    assert math.isnan(found.p)


def test_two_rows_of_one_limb_or_a_runner_in_two_arms_are_refused(trial):
    with pytest.raises(ValueError, match="two of one limb"):
        from_frame(pd.concat([trial, trial.iloc[:1]]), ASKED)
    with pytest.raises(ValueError, match="two arms"):
        from_frame(trial.assign(arm=np.where(trial["week"] == 0, "treat", trial["arm"])), ASKED)
    with pytest.raises(ValueError, match="another arm"):
        Question("y", 12, "treat", "treat")
    with pytest.raises(ValueError, match="after week 0"):
        Question("y", 0, "treat", "control")
