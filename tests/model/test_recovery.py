"""What is drawn has the law that was asked for; the long versions of it, by `make validate`.

Tolerances are 5 Monte Carlo standard errors, written beside each: under 1 in a million is past
them by chance. The default run has smaller ones in the tests of each module.
"""

from dataclasses import replace

import numpy as np
import pytest
from scipy import special, stats

from hipstudy import parameters, random_streams
from hipstudy.model import adherence, baseline, cohort, observe, simulate
from hipstudy.model import observe as instruments
from hipstudy.model.causes import WORLDS, latent_correlations
from hipstudy.prescription import protocol

TABLE = parameters.shipped()


def test_draws_recover_the_mean_of_every_law():
    """PERT (low + 4 mode + high) / 6, normal and spike their mean, a choice its weighted numbers.

    Stratified draws: one in each of n slices, so the mean's error is at most the width of all
    slices over n, (high - low) / n; for a normal law, of the range drawn.
    """
    n = 2000
    drawn = parameters.draw(n, seed=7, from_priors=True)
    for name, row in TABLE.items():
        mean = row.value
        if row.law == "pert":
            mean = (row.low + 4 * row.value + row.high) / 6
        if row.law == "spike":
            assert (drawn[name] == row.low).mean() == pytest.approx(row.mass_at_low, abs=2 / n)
        if row.law == "choice":
            weights = [float(part) for part in row.spread.split(",")]
            mean = sum(number * weight for number, weight in enumerate(weights))
        width = np.ptp(drawn[name])
        assert drawn[name].mean() == pytest.approx(mean, abs=width / n + 1e-12), name


def test_draws_of_two_parameters_are_independent():
    n = 2000
    drawn = parameters.draw(n, seed=8, from_priors=True)
    free = [name for name, row in TABLE.items() if row.low < row.high]
    ranks = stats.rankdata(np.column_stack([drawn[name][:, 0] for name in free]), axis=0)
    r = np.corrcoef(ranks, rowvar=False)
    np.fill_diagonal(r, 0)
    assert np.abs(r).max() < 5 / np.sqrt(n)


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("n", [1500, pytest.param(60_000, marks=pytest.mark.validate)])
def test_links_at_baseline_are_the_worlds_own(world, n):
    """Correlations of latent scores; SE of r is (1 - r^2) / sqrt(n), runners counted, not limbs."""
    v = parameters.central(
        rom_tolerance_share=0.6, link_sd_per_sd=0.6, torque_tissue_r=0.5, entry_nrs=0
    )
    runners = cohort.draw(n, seed=11)
    runners = replace(runners, ran=np.zeros_like(runners.ran))  # no torque was cut by running
    start = baseline.draw(runners, world, v, seed=11)
    tight = start.levels.usual["tightness_nrs"][0]
    thomas, torque = start.thomas_ext_deg[0], start.end_range[0]
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
    by = [random_streams.keys(range(2000))[:, None, None], np.arange(20)[:, None], np.arange(5)]
    u = random_streams.uniform(seed=0, stream=stream, by=by)
    assert stats.kstest(u.ravel(), "uniform").pvalue > 1e-6
    for axis in range(3):
        one, two = np.delete(u, 0, axis).ravel(), np.delete(u, -1, axis).ravel()
        cells = np.histogram2d(one, two, bins=20, range=[[0, 1], [0, 1]])[0]
        assert stats.chisquare(cells.ravel()).pvalue > 1e-6


@pytest.mark.parametrize("n", [2000, pytest.param(40_000, marks=pytest.mark.validate)])
@pytest.mark.parametrize("held", [True, False])
def test_instruments_have_the_error_they_are_given(n, held):
    """Baseline readings of drawn runners: ICC, correlation with truth, SEMs; 5 standard errors.

    Pelvis held: ICC 0.92, r 0.98; free: 0.75 and 0.50. Torque error 5 %, ratings 0.9 (unrounded).
    """
    v = parameters.central(
        thomas_reading_r=0.98, thomas_reading_icc=0.92, torque_lost_per_nrs=0,
        angle_lost_deg_per_nrs=0, entry_nrs=0,
    )  # fmt: skip
    runners = cohort.draw(n, seed=21)
    one = protocol.preset("usual_running")
    run = simulate.run(runners, one, v, ["nonspecific"], weeks=1, seed=21)
    tools = instruments.instruments(v, pelvis_controlled=held)
    tools = replace(tools, lost_per_wk=0)
    at = instruments.Visits((0, 1), 0, 0, nrs_step=0)
    seen = observe.observe(run, at, tools, seed=21)
    assert (seen["pelvis_controlled"] == held).all()
    first, again = (seen[seen["week"] == week].reset_index(drop=True) for week in (0, 1))
    icc, r = (0.92, 0.98) if held else (0.75, 0.50)
    true = run.truth("thomas_ext_deg", 0)
    # Two readings of one limb correlate at the ICC; limbs come in pairs, so runners are counted.
    between = np.corrcoef(first["thomas_ext_deg"], again["thomas_ext_deg"])[0, 1]
    assert between == pytest.approx(icc, abs=5 * (1 - icc**2) / np.sqrt(n))
    whole = r * np.sqrt(icc)
    seen_true = np.corrcoef(first["thomas_ext_deg"], true)[0, 1]
    assert seen_true == pytest.approx(whole, abs=5 * (1 - whole**2) / np.sqrt(n))
    if held:
        read = first["thomas_ext_deg"].std()
        assert read == pytest.approx(8.0, abs=5 * 8 / np.sqrt(2 * n)), "as the open data were read"
    error = np.log(first["end_range_torque_nm_kg"] / run.truth("end_range_torque_nm_kg", 0))
    assert error.std() == pytest.approx(0.05, abs=5 * 0.05 / np.sqrt(4 * n))
    inside = first["tightness_nrs"].between(3, 7) & (abs(run.truth("tightness_nrs", 0) - 5) < 0.5)
    rated = (first["tightness_nrs"] - run.truth("tightness_nrs", 0))[inside]
    cut = stats.truncnorm(-2 / 0.9, 2 / 0.9)
    expected = 0.9 * cut.std()
    assert rated.std() == pytest.approx(expected, abs=5 * expected / np.sqrt(inside.sum()))


@pytest.mark.parametrize("n", [4000, pytest.param(100_000, marks=pytest.mark.validate)])
def test_as_many_are_lost_as_said(n):
    """17 % by week 12, at a steady hazard; binomial, 5 standard errors."""
    tools = instruments.instruments(parameters.central())
    runners = cohort.draw(n, seed=22)
    for week, share in ((0, 0.0), (6, 1 - 0.83**0.5), (12, 0.17)):
        lost = observe._lost(runners, tools, week, 22).mean()
        assert lost == pytest.approx(share, abs=5 * np.sqrt(share * (1 - share) / n) + 1e-12)


@pytest.mark.parametrize("n", [4000, pytest.param(100_000, marks=pytest.mark.validate)])
def test_technique_has_its_law(n):
    done = adherence.attend(cohort.draw(n, seed=23), protocol.preset("strength_only"),
                            parameters.central(), weeks=1, seed=23)  # fmt: skip
    assert done.technique.mean() == pytest.approx(0.8, abs=5 * 0.15 / np.sqrt(n))
    assert done.technique.std() == pytest.approx(0.15, abs=5 * 0.15 / np.sqrt(n))
