"""Blocks of runners and draws: everybody once, little at a time, and the same digits."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipstudy.model import cohort, lane_blocks
from hipstudy.studies import compare_study

RUNNERS = cohort.draw(23, seed=0)


@settings(max_examples=40)
@given(st.integers(1, 23), st.integers(1, 300), st.integers(1, 104))
def test_everybody_is_there_once_under_each_draw(size, n_draws, weeks):
    blocks = list(lane_blocks.lane_blocks(RUNNERS, n_draws, weeks=weeks, size=size))
    assert np.array_equal(np.concatenate([block.key for block, _ in blocks]), RUNNERS.key)
    most = lane_blocks.most_lanes(weeks)
    for block, parts in blocks:
        draws = [draw for part in parts for draw in range(part.start, part.stop)]
        assert draws == list(range(n_draws))
        assert all(
            (part.stop - part.start) * block.n_runners <= max(most, block.n_runners)
            for part in parts
        )


def test_a_comparison_is_the_same_to_the_last_digit_however_draws_are_cut(monkeypatch):
    asked = {"n_draws": 7, "n_runners": 9, "weeks": 5, "seed": 3}
    whole = compare_study.run(**asked)
    for lanes in (1, 20, 33):  # one draw at a time, two, three
        monkeypatch.setattr(lane_blocks, "LANES", lanes)
        parts = compare_study.run(**asked)
        for name in ("means", "improved", "reporting"):
            for key, expected in getattr(whole, name).items():
                assert np.array_equal(getattr(parts, name)[key], expected), (lanes, name, key)
        for arm, outcomes in whole.central.items():
            for outcome, expected in outcomes.items():
                assert np.array_equal(parts.central[arm][outcome], expected)
        assert parts.effects().to_csv() == whole.effects().to_csv()
        assert parts.trajectories().to_csv() == whole.trajectories().to_csv()


@pytest.mark.parametrize(("weeks", "lanes"), [(12, 10_000), (104, 2747)])
def test_long_runs_carry_fewer_lanes(weeks, lanes):
    assert lane_blocks.most_lanes(weeks) == lanes
