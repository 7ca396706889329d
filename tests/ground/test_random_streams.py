"""Luck: the same for the same key, independent otherwise, uniform."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy import random_streams

SEEDS = st.integers(0, 2**63)


def test_mixing_step_is_splitmix64():
    # First outputs of SplitMix64 from state 0 (Vigna's reference program, splitmix64.c):
    # the finaliser applied to multiples of the golden gamma.
    known = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    state = np.arange(1, 4, dtype=np.uint64) * random_streams._GAMMA
    assert [int(h) for h in random_streams._mix(state)] == known


@given(SEEDS, st.lists(st.integers(0, 2**40), min_size=2, max_size=20, unique=True))
def test_order_and_company_change_nothing(seed, numbers):
    keys = np.array(numbers, dtype=np.uint64)
    all_ = random_streams.uniform(seed=seed, stream="a", by=[keys])
    assert (random_streams.uniform(seed=seed, stream="a", by=[keys[::-1]]) == all_[::-1]).all()
    assert random_streams.uniform(seed=seed, stream="a", by=[keys[:1]])[0] == all_[0]


def test_seed_zero_and_one_are_seeds():
    zero, one = (random_streams.uniform(seed=s, stream="a", by=[np.arange(5)]) for s in (0, 1))
    assert not (zero == one).any()
    with pytest.raises(ValueError, match="seed: found -1; the rule is a whole number of 0 or more"):
        random_streams.uniform(seed=-1, stream="a")


def test_uniform_and_independent():
    """Mean, variance and correlations of 40,000 numbers within 5 Monte Carlo standard errors."""
    n = 200
    by = [np.arange(n)[:, None], np.arange(n)]
    a, b = (random_streams.uniform(seed=3, stream=s, by=by).ravel() for s in ("a", "b"))
    se = 1 / np.sqrt(a.size)
    assert abs(a.mean() - 0.5) < 5 * np.sqrt(1 / 12) * se
    assert abs(a.var() - 1 / 12) < 5 * np.sqrt(1 / 180) * se
    pairs = [(a, b), (a[1:], a[:-1]), (a.reshape(n, n)[1:], a.reshape(n, n)[:-1])]
    for x, y in pairs:
        assert abs(np.corrcoef(x.ravel(), y.ravel())[0, 1]) < 5 * se
    assert a.min() > 0
    assert a.max() < 1


def test_ids_of_ten_thousand_runners_are_distinct():
    assert len(set(random_streams.keys(range(10_000)).tolist())) == 10_000
