"""The interval of an intraclass correlation: published, the textbook's, as often right as said."""

import numpy as np
import pandas as pd
import pytest
from drawn_designs import clusters_drawn
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hipstudy.analysis.designs import clusters
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.icc_interval import icc_interval
from hipstudy.analysis.limb_correlation import limb_correlation

ASKED = Question("y", 12, "a", "b", cluster="physio")


def test_the_published_interval():
    """Shrout and Fleiss 1979, six targets by four judges: ICC(1,1) 0.17; R's psych: to 0.723."""
    read = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9],
                     [6, 2, 4, 7]], dtype=float)  # fmt: skip
    low, high = icc_interval(read.ravel(), np.ones((24, 1)), np.repeat(np.arange(6), 4), 0.05)
    assert (low, high) == (pytest.approx(-0.133, abs=5e-4), pytest.approx(0.723, abs=5e-4))


@given(st.integers(0, 10**6), st.integers(3, 9), st.integers(2, 6), st.sampled_from([0.01, 0.1]))
def test_with_equal_groups_it_is_that_of_mean_squares(seed, k, m, alpha):
    rng = np.random.default_rng(seed)
    y = rng.normal(0, rng.uniform(0, 2), (k, 1)) + rng.normal(0, 1, (k, m))
    between = m * y.mean(axis=1).var(ddof=1)
    within = ((y - y.mean(axis=1, keepdims=True)) ** 2).sum() / (k * (m - 1))
    limits = stats.f.ppf([1 - alpha / 2, alpha / 2], k - 1, k * (m - 1))
    over = between / within / limits - 1
    found = icc_interval(y.ravel(), np.ones((k * m, 1)), np.repeat(np.arange(k), m), alpha)
    assert found == pytest.approx(tuple(over / (over + m)), abs=1e-8)


@given(st.integers(0, 10**6), st.floats(-50, 50), st.floats(0.1, 20))
def test_neither_fixed_effects_nor_the_unit_move_it(seed, shift, scale):
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(6), [2, 3, 5, 4, 2, 7])
    design = np.column_stack([np.ones(23), group % 2, rng.normal(0, 1, 23)])
    y = rng.normal(0, 1, 6)[group] + rng.normal(0, 1, 23)
    moved = scale * (y + design @ np.array([shift, shift / 2, -shift]))
    assert icc_interval(moved, design, group) == pytest.approx(
        icc_interval(y, design, group), abs=1e-6
    )


@pytest.mark.parametrize("icc", [0.0, 0.1, 0.5])
def test_it_holds_as_often_as_it_promises(icc):
    """Clusters of unequal sizes, arms and a baseline: exact, so within chance of 90 % of 600."""
    rng = np.random.default_rng([18, int(100 * icc)])
    group = np.repeat(np.arange(10), [2, 3, 9, 4, 2, 7, 5, 3, 6, 4])
    n, held = len(group), 0
    for _ in range(600):
        design = np.column_stack([np.ones(n), group % 2, rng.normal(0, 1, n)])
        y = design @ np.array([1.0, 2.0, 0.5]) + rng.normal(0, 1, n) * np.sqrt(1 - icc)
        y += (rng.normal(0, 1, 10) * np.sqrt(icc))[group]
        low, high = icc_interval(y, design, group, 0.1)
        held += low <= icc <= high
    assert held / 600 == pytest.approx(0.9, abs=4 * np.sqrt(0.09 / 600))


@pytest.mark.parametrize("seed", range(12))
def test_the_estimate_lies_in_it(seed):
    sizes = clusters.cluster_sizes(clusters_drawn(seed, per_arm=6, icc=0.3), ASKED)
    assert max(sizes.icc_low, 0) <= sizes.icc <= max(sizes.icc_high, 0)


def test_nothing_within_groups_is_no_interval():
    group = np.repeat(np.arange(4), 2)
    found = icc_interval(group.astype(float), np.ones((8, 1)), group)
    assert np.isnan(found).all()


def test_two_limbs_as_mean_squares_by_pandas():
    """Runners are groups of two, arms taken out: n - 2 and n degrees of freedom."""
    rng = np.random.default_rng(5)
    n = 24
    own = rng.normal(0, 1, (n, 1)) + rng.normal(0, 1, (n, 2)) + np.arange(n)[:, np.newaxis] % 2
    frame = limbs_of(own)
    one = limb_correlation(frame, "y", 12, 0.05)
    off = frame.assign(d=frame["y"] - frame.groupby("arm")["y"].transform("mean"))
    means = off.groupby("runner")["d"].mean()
    between = 2 * (means**2).sum() / (n - 2)
    within = ((off["d"] - off["runner"].map(means)) ** 2).sum() / n
    ratio = between / within / stats.f.ppf([0.975, 0.025], n - 2, n) - 1
    assert (one.low, one.high) == pytest.approx(tuple(ratio / (ratio + 2)), abs=1e-8)
    assert one.low < one.r < one.high
    assert one.n_runners == n


def limbs_of(own):
    rows = [(runner, side, "ab"[runner % 2], 12, value)
            for runner, pair in enumerate(own)
            for side, value in zip(("left", "right"), pair, strict=True)]  # fmt: skip
    return pd.DataFrame(rows, columns=["runner", "side", "arm", "week", "y"])
