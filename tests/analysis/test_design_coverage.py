"""Intervals of every design cover, and a difference of none is found as often as alpha says."""

import drawn_designs as dd
import numpy as np
import pytest
from scipy import stats

from hipstudy.analysis.designs import clusters, crossover, single_arm, within_person

N_TRIALS, EFFECT = 2000, 0.4
ALPHA = 0.05
# Three and a half standard errors of a share over the trials: one cell in 2,000 by chance.
FAR = 3.5
EFFECTS = pytest.mark.parametrize("effect", [0.0, EFFECT])


def missed(value, se, df, effect):
    """Share of intervals that miss the effect, of all trials; each has an answer."""
    off = np.abs(np.asarray(value) - effect) > stats.t.ppf(1 - ALPHA / 2, df) * np.asarray(se)
    assert not np.isnan(value).any()
    return off.mean()


def allowed(n_trials):
    return FAR * np.sqrt(ALPHA * (1 - ALPHA) / n_trials)


def legs(n_trials, n, r, effect):
    rng = np.random.default_rng([1, n, int(10 * r), effect > 0])
    ends, starts = dd.legs_at_once(n_trials, n_runners=n, r=r, effect=effect, rng=rng)
    return missed(*within_person.of_pairs(ends, starts), effect)


def periods(n_trials, sizes, period, effect):
    rng = np.random.default_rng([2, *sizes, int(10 * period), effect > 0])
    drawn = dd.periods_at_once(n_trials, sizes=sizes, period=period, effect=effect, rng=rng)
    value, se, _, df = crossover.of_orders(*drawn)
    return missed(value, se, df, effect)


def in_clusters(n_trials, per_arm, sizes, icc, effect):
    rng = np.random.default_rng([3, per_arm, *sizes, int(100 * icc), effect > 0])
    drawn = dd.clusters_at_once(
        n_trials, per_arm=per_arm, sizes=sizes, icc=icc, effect=effect, rng=rng
    )
    return missed(*clusters.of_means(*drawn), effect)


def one_arm(n_trials, n, effect):
    rng = np.random.default_rng([4, n, effect > 0])
    return missed(*single_arm.of_changes(effect + rng.standard_normal((n_trials, n))), effect)


@EFFECTS
def test_every_design_covers_in_one_cell(effect):
    shares = [
        legs(2000, 12, 0.5, effect),
        periods(2000, (6, 9), 0.5, effect),
        in_clusters(400, 6, (3, 5, 8), 0.1, effect),
        one_arm(2000, 12, effect),
    ]
    far = [allowed(n) for n in (2000, 2000, 400, 2000)]
    assert all(abs(share - ALPHA) < most for share, most in zip(shares, far, strict=True)), shares


@pytest.mark.validate
@EFFECTS
@pytest.mark.parametrize("n", [6, 12, 40])
@pytest.mark.parametrize("r", [0.0, 0.5, 0.9])
def test_legs_cover(n, r, effect):
    assert legs(N_TRIALS, n, r, effect) == pytest.approx(ALPHA, abs=allowed(N_TRIALS))


@pytest.mark.validate
@EFFECTS
@pytest.mark.parametrize("sizes", [(5, 5), (6, 12), (20, 20)])
@pytest.mark.parametrize("period", [0.0, 1.0])
def test_crossovers_cover(sizes, period, effect):
    assert periods(N_TRIALS, sizes, period, effect) == pytest.approx(ALPHA, abs=allowed(N_TRIALS))


@pytest.mark.validate
@EFFECTS
@pytest.mark.parametrize("per_arm", [4, 6, 12])
@pytest.mark.parametrize("sizes", [(8,), (2, 5, 9)])
@pytest.mark.parametrize("icc", [0.0, 0.05, 0.2])
def test_clusters_cover(per_arm, sizes, icc, effect):
    share = in_clusters(N_TRIALS, per_arm, sizes, icc, effect)
    assert share == pytest.approx(ALPHA, abs=allowed(N_TRIALS))


@pytest.mark.validate
@pytest.mark.parametrize("per_arm", [4, 12])
@pytest.mark.parametrize("icc", [0.0, 0.2])
def test_the_mixed_model_beside_it_promises_no_more_than_it_keeps(per_arm, icc):
    """With few clusters of unequal sizes it is too wide: so it is not the planned one."""
    rng = np.random.default_rng([6, per_arm, int(100 * icc)])
    drawn = dd.clusters_at_once(
        N_TRIALS, per_arm=per_arm, sizes=(2, 5, 9), icc=icc, effect=0.0, rng=rng
    )
    fits = clusters.of_mixed(*drawn)
    share = missed(fits.value, fits.se, fits.df, 0.0)
    assert share < ALPHA + allowed(N_TRIALS), share
    if per_arm == 4:
        assert share < ALPHA - allowed(N_TRIALS), share


@pytest.mark.validate
@EFFECTS
@pytest.mark.parametrize("n", [8, 24])
def test_one_arm_covers(n, effect):
    assert one_arm(N_TRIALS, n, effect) == pytest.approx(ALPHA, abs=allowed(N_TRIALS))


def test_runners_taken_for_clusters_would_not_cover():
    """The test itself can tell: without clusters, intervals are too short."""
    rng = np.random.default_rng(5)
    y, X, there = dd.clusters_at_once(400, per_arm=6, sizes=(8,), icc=0.2, effect=0.0, rng=rng)
    alone = [one.reshape(400, -1, 1, *one.shape[3:]) for one in (y, X, there)]
    assert missed(*clusters.of_means(*alone), 0.0) > 0.15
