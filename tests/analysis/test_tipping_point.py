"""Tipping points: what must be true of them whatever was missing."""

import math

import drawn_trials as dt
import numpy as np
import pytest

from hipstudy.analysis import ancova
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.tipping_point import tipping

ASKED = Question("y", 12, "treat", "control")
DELTAS = np.linspace(-6, 6, 13)


@pytest.fixture(scope="module")
def whole():
    return dt.draw(dt.Design(30, 0.5, effect=0.8), 1, np.random.default_rng(8))


@pytest.fixture(scope="module")
def lost(whole):
    design = dt.Design(30, 0.5, effect=0.8)
    return dt.frame(dt.lose(design, whole, "chance", np.random.default_rng(9)))


def found(frame, deltas=DELTAS, seed=1, **given):
    return tipping(frame, ASKED, deltas, seed=seed, **given)


def test_nothing_missing_never_tips(whole):
    answer, plain = found(dt.frame(whole)), ancova.ancova(dt.frame(whole), ASKED)
    assert math.isinf(answer.delta)
    assert answer.n_imputed == 0
    for name in ("estimate", "ci_low", "ci_high"):
        assert answer.table[name].to_numpy() == pytest.approx(getattr(plain, name))


def test_same_seed_same_answer(lost):
    assert found(lost).table.equals(found(lost).table)
    assert not found(lost).table.equals(found(lost, seed=2).table)


def test_without_shift_it_is_the_ancova_but_for_chance(lost):
    answer, plain = found(lost, step=0.001), ancova.ancova(lost, ASKED)
    row = answer.table.set_index("delta").loc[0]
    assert row["estimate"] == pytest.approx(plain.estimate, abs=0.05 * plain.se)
    width = plain.ci_high - plain.ci_low
    assert row["ci_high"] - row["ci_low"] == pytest.approx(width, rel=0.1)


def test_the_estimate_moves_by_the_share_that_is_missing(lost):
    table = found(lost).table
    steps = np.diff(table["estimate"]) / np.diff(table["delta"])
    runners = lost[lost["week"] == 0].groupby("runner")["arm"].first()
    treated = runners.index[runners == "treat"]
    there = lost[lost["week"] == 12]["runner"].unique()
    share = 1 - np.isin(treated, there).mean()
    assert steps == pytest.approx(steps[0])
    assert steps[0] == pytest.approx(share, rel=0.15)


def test_the_answer_changes_at_the_tipping_delta(lost):
    answer = found(lost)
    assert answer.table.set_index("delta").loc[0, "ci_low"] > 0
    assert -6 < answer.delta < 0
    near = found(lost, deltas=[answer.delta + 1e-6, answer.delta - 1e-6]).table.set_index("delta")
    assert near["ci_low"].iloc[1] > 0
    assert near["ci_low"].iloc[0] < 0
    assert math.isinf(found(lost, deltas=[answer.delta + 0.01]).delta)


def test_too_few_runners_give_no_table_and_say_why(lost):
    answer = found(lost[lost["runner"] < 3])
    assert answer.table.empty
    assert math.isinf(answer.delta)
    assert answer.note


def test_a_plans_margin_is_what_the_shift_is_held_against(lost):
    """Non-inferiority: the shift at which the interval's worse end passes the margin, not zero."""
    asked = {"kind": "non-inferiority", "size": 0.5, "better_sign": 1}
    one = found(lost, margin_question=asked)
    table = one.table.set_index("delta")
    assert table.loc[0.0, "ci_low"] > -0.5
    assert one.delta < 0
    assert one.delta != found(lost).delta
    there = found(lost, deltas=(one.delta - 1e-6, one.delta + 1e-6)).table.set_index("delta")
    low = there["ci_low"]
    assert low.iloc[0] <= -0.5 < low.iloc[-1]
