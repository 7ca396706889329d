"""Sample, evaluate, analyse: known answers first, then what must hold of any function."""

import numpy as np
import pytest

from hipstudy.studies import global_sensitivity

THREE = ("x1", "x2", "x3")


def ishigami(u, a=7.0, b=0.1):
    x = -np.pi + 2 * np.pi * u
    return np.sin(x[:, 0]) + a * np.sin(x[:, 1]) ** 2 + b * x[:, 2] ** 4 * np.sin(x[:, 0])


def known(a=7.0, b=0.1):
    """Ishigami and Homma 1990 (doi:10.1109/ISUMA.1990.151285): indices in closed form.

    First order 0.314, 0.442, 0 and total order 0.558, 0.442, 0.244, as in Saltelli et al. 2008,
    Global Sensitivity Analysis: The Primer (doi:10.1002/9780470725184).
    """
    one = (1 + b * np.pi**4 / 5) ** 2 / 2
    two = a**2 / 8
    both = 8 * b**2 * np.pi**8 / 225
    variance = one + two + both
    first = np.array([one, two, 0]) / variance
    total = np.array([one + both, two, both]) / variance
    assert first == pytest.approx([0.3139, 0.4424, 0], abs=5e-5)
    assert total == pytest.approx([0.5576, 0.4424, 0.2437], abs=5e-5)
    return first, total


def indices(names, function, n, seed):
    u = global_sensitivity.sobol_sample(names, n, seed=seed)
    return global_sensitivity.sobol(names, {"y": function(u)}, seed=seed).set_index("factor")


@pytest.mark.parametrize("seed", [0, 1])
def test_ishigamis_indices_are_known(seed):
    first, total = known()
    found = indices(THREE, ishigami, 4096, seed)
    assert found["first"].to_numpy() == pytest.approx(first, abs=0.02)
    assert found["total"].to_numpy() == pytest.approx(total, abs=0.02)
    for order, right in (("first", first), ("total", total)):
        inside = (found[f"{order}_low"] <= right) & (right <= found[f"{order}_high"])
        assert inside.all(), order


def test_intervals_shrink_as_the_sample_grows():
    few, many = (indices(THREE, ishigami, n, 0) for n in (64, 4096))
    assert (
        (many["total_high"] - many["total_low"]) * 3 < few["total_high"] - few["total_low"]
    ).all()


def test_seeds_zero_and_one_are_both_honoured():
    """SALib takes a seed of 0 for none; here each gives itself again, and not the other."""
    one, again, other = (indices(THREE, ishigami, 64, seed) for seed in (0, 0, 1))
    assert (one == again).all(axis=None)
    assert not np.isclose(one["total"], other["total"]).any()
    u = global_sensitivity.sobol_sample(THREE, 64, seed=0)
    y = {"y": ishigami(u)}
    boot = [global_sensitivity.sobol(THREE, y, seed=s)["total_high"].to_numpy() for s in (0, 0, 1)]
    assert (boot[0] == boot[1]).all(), "the bootstrap's seed of 0 is a seed"
    assert (boot[0] != boot[2]).any()
    levels = [global_sensitivity.morris_sample(THREE, 5, seed=s) for s in (0, 0, 1)]
    assert (levels[0] == levels[1]).all()
    assert (levels[0] != levels[2]).any()


def test_a_seed_that_is_a_numpy_whole_number_is_one_too():
    one, two = (global_sensitivity.sobol_sample(THREE, 8, seed=s) for s in (3, np.int64(3)))
    assert (one == two).all()


def test_a_dummy_carries_nothing():
    names = (*THREE, "dummy")
    found = indices(names, ishigami, 256, 0).loc["dummy"]
    assert found["first_low"] <= 0 <= found["first_high"]
    assert found["total_low"] <= 0 <= found["total_high"]
    assert (indices(names, ishigami, 256, 0).loc["x1", "total_low"]) > 0


def test_the_sample_is_saltellis_and_open():
    u = global_sensitivity.sobol_sample(THREE, 16, seed=0)
    assert u.shape == (16 * 5, 3)
    assert ((u > 0) & (u < 1)).all()
    rows = u.reshape(16, 5, 3)
    assert (rows[:, 1, 1:] == rows[:, 0, 1:]).all(), "only the first factor is exchanged"
    assert (rows[:, 1, 0] == rows[:, 4, 0]).all()


def test_what_does_not_vary_carries_nothing_and_says_nothing():
    found = indices(THREE, lambda u: np.full(len(u), 3.0), 16, 0)
    assert (found[["first", "total", "total_low", "total_high"]] == 0).all(axis=None)
    tiny = indices(THREE, lambda u: 3 + 1e-15 * u[:, 0], 16, 0)
    assert (tiny["total"] == 0).all(), "rounding is no variance"


def test_morris_finds_slopes():
    """A plane: the mean absolute effect over the whole law is the slope, and does not spread."""
    levels = global_sensitivity.morris_sample(THREE, 10, seed=0)
    y = {"y": 3 * levels[:, 0] - levels[:, 1], "flat": np.zeros(len(levels))}
    found = global_sensitivity.morris(THREE, levels, y, seed=0)
    plane = found[found["answer"] == "y"]
    assert plane["effect"].to_numpy() == pytest.approx([3, 1, 0], abs=1e-12)
    assert plane["spread"].to_numpy() == pytest.approx([0, 0, 0], abs=1e-12)
    assert plane["of_largest"].to_numpy() == pytest.approx([1, 1 / 3, 0], abs=1e-12)
    assert (found[found["answer"] == "flat"]["of_largest"] == 0).all()
    assert global_sensitivity.main_factors(found, least=0.5) == ("x1",)
    assert global_sensitivity.main_factors(found, least=0.3) == ("x1", "x2")
    ends = global_sensitivity.spanned(np.array([0.0, 1.0]))
    assert ends == pytest.approx([0.01, 0.99])
