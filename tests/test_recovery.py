"""What is drawn has the law that was asked for; the long versions of it, by `make validate`.

Tolerances are 5 Monte Carlo standard errors, written beside each: under 1 in a million is past
them by chance. The default run has smaller ones in the tests of each module.
"""

import numpy as np
import pytest
from scipy import special, stats

from hipstudy import adherence, baseline, cohort, luck, parameters, protocol
from hipstudy.worlds import WORLDS, latent_correlations

TABLE = parameters.shipped()


def test_draws_recover_the_mean_of_every_law():
    """PERT (low + 4 mode + high) / 6, normal its mean.

    Stratified draws: one in each of n slices, so the mean's error is at most the width of all
    slices over n, (high - low) / n; for a normal law, of the range drawn.
    """
    n = 2000
    drawn = parameters.drawn(n, seed=7)
    for name, row in TABLE.items():
        mean = row.value
        if row.law == "pert":
            mean = (row.low + 4 * row.value + row.high) / 6
        width = np.ptp(drawn[name])
        assert drawn[name].mean() == pytest.approx(mean, abs=width / n + 1e-12), name


def test_draws_of_two_parameters_are_independent():
    n = 2000
    drawn = parameters.drawn(n, seed=8)
    free = [name for name, row in TABLE.items() if row.low < row.high]
    ranks = stats.rankdata(np.column_stack([drawn[name][:, 0] for name in free]), axis=0)
    r = np.corrcoef(ranks, rowvar=False)
    np.fill_diagonal(r, 0)
    assert np.abs(r).max() < 5 / np.sqrt(n)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("n", [1500, pytest.param(60_000, marks=pytest.mark.validate)])
def test_links_at_baseline_are_the_worlds_own(world, n):
    """Correlations of latent scores; SE of r is (1 - r^2) / sqrt(n), runners counted, not limbs.

    Tightness is cut to 0-10 by its distribution function, which is undone here.
    """
    v = parameters.central(rom_tolerance_share=0.6, link_sd_per_sd=0.6, torque_tissue_r=0.5)
    start = baseline.draw(cohort.draw(n, seed=11), world, v, seed=11)
    low, high = (special.ndtr((end - 4.5) / 2) for end in (0, 10))
    u = (special.ndtr((start.tightness_nrs - 4.5) / 2) - low) / (high - low)
    tight = special.ndtri(u)
    thomas, torque = start.thomas_ext_deg[0], np.log(start.torque_to_norm[0])
    corr = {pair: float(c[0, 0]) for pair, c in latent_correlations(world, v).items()}
    # By hand: tissue 0.4 of the angle's variance, tolerance 0.6; link 0.6, torque-tissue 0.5.
    by_hand = {
        "weak": (-0.6, -0.6 * 0.5 * np.sqrt(0.4)),
        "short": (-0.6 * 0.5, -0.6 * np.sqrt(0.4)),
        "guarded": (0.0, -0.6 * np.sqrt(0.6)),
        "nonspecific": (0.0, 0.0),
    }[world]
    assert (corr["tight_torque"], corr["tight_thomas"]) == pytest.approx(by_hand)
    for (a, b), r in {
        ("tight", "torque"): by_hand[0],
        ("tight", "thomas"): by_hand[1],
        ("thomas", "torque"): 0.5 * np.sqrt(0.4),
    }.items():
        score = {"tight": tight, "thomas": thomas, "torque": torque}
        found = np.corrcoef(score[a], score[b])[0, 1]
        assert found == pytest.approx(r, abs=5 * (1 - r**2) / np.sqrt(n)), (a, b)
    for score in (tight, thomas, torque):
        r = np.corrcoef(score[0::2], score[1::2])[0, 1]
        assert r == pytest.approx(0.89, abs=5 * (1 - 0.89**2) / np.sqrt(n))


@pytest.mark.parametrize("n", [3000, pytest.param(100_000, marks=pytest.mark.validate)])
def test_sessions_done_are_the_share_expected(n):
    """Mean over runners and 12 weeks: beta law, fall, clipping and stopping, by quadrature."""
    v = parameters.central()
    runners = cohort.draw(n, seed=12)
    one = protocol.preset("stretch_only")
    done = adherence.attend(runners, one, v, weeks=12, seed=12).stretch[0].sum(axis=1) / 84
    size = 0.6 * 0.4 / 0.25**2 - 1
    base = special.betaincinv(0.6 * size, 0.4 * size, (np.arange(20_000) + 0.5) / 20_000)
    weeks = np.arange(12)
    week = np.clip(base[:, None] + 0.01 * (6 - weeks), 0, 1).mean(axis=0)
    expected = (week * 0.99 ** (weeks + 1)).mean()
    assert done.mean() == pytest.approx(expected, abs=5 * done.std() / np.sqrt(n))


@pytest.mark.validate
@pytest.mark.parametrize("stream", ["tightness", "session stretch", "adherence", "stopping"])
def test_streams_are_uniform_along_every_key(stream):
    """Kolmogorov-Smirnov and pairs, 0.2 million numbers; p above 1e-6."""
    by = [luck.keys(range(2000))[:, None, None], np.arange(20)[:, None], np.arange(5)]
    u = luck.uniform(seed=0, stream=stream, by=by)
    assert stats.kstest(u.ravel(), "uniform").pvalue > 1e-6
    for axis in range(3):
        one, two = np.delete(u, 0, axis).ravel(), np.delete(u, -1, axis).ravel()
        cells = np.histogram2d(one, two, bins=20, range=[[0, 1], [0, 1]])[0]
        assert stats.chisquare(cells.ravel()).pvalue > 1e-6
