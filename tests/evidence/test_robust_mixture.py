"""The two views as one figure: a robust mixture that lets the trials go where they disagree."""

from math import nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hipstudy.evidence import outside_view, robust_mixture
from hipstudy.evidence.pooling import PooledEffect
from hipstudy.evidence.robust_mixture import combine, one_runner_sd
from hipstudy.evidence.symptom_trials import SymptomTrial

MODEL_MEAN, MODEL_SD, VAGUE = -0.2, 0.3, 2.5
Z = stats.norm.ppf(0.975)


def effect(estimate, scale, k=10):
    """Trials with a prediction of this scale; with many trials it is nearly normal."""
    half = scale * stats.t.ppf(0.975, k - 1)
    ends = (estimate - half, estimate + half)
    return PooledEffect(k, estimate, *ends, scale, 0.1, 0, 1, *ends, 1.0)


def evenly(n=20_000):
    """Draws of the model's normal law at its quantiles, so that chance has no part."""
    return stats.norm.ppf((np.arange(n) + 0.5) / n, MODEL_MEAN, MODEL_SD)


def closed_form(mean, sd, weight):
    """Conjugate normal mixture: the mean and the trials' share after the model's law."""
    parts = [(weight, mean, sd), (1 - weight, 0.0, VAGUE)]
    shares = [w * stats.norm.pdf(MODEL_MEAN, m, np.hypot(s, MODEL_SD)) for w, m, s in parts]
    means = [(MODEL_MEAN / MODEL_SD**2 + m / s**2) / (1 / MODEL_SD**2 + 1 / s**2)
             for _, m, s in parts]  # fmt: skip
    share = shares[0] / sum(shares)
    return share * means[0] + (1 - share) * means[1], share


@pytest.mark.parametrize("weight", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize(("mean", "sd"), [(-0.4, 0.4), (0.5, 0.2)])
def test_it_is_the_conjugate_mixture(weight, mean, sd):
    far = {"weight": weight, "vague_sd": VAGUE, "level": 0.95}
    both = combine(evenly(), effect(mean, sd, k=100_000), **far)
    expected, share = closed_form(mean, sd, weight)
    assert both.estimate == pytest.approx(expected, abs=1e-3)
    assert both.trials_share == pytest.approx(share, abs=1e-3)


def test_trials_beyond_every_draw_leave_few_draws_and_it_is_known():
    both = combine(evenly(), effect(-3, 0.2, k=100_000), weight=1, vague_sd=VAGUE, level=0.95)
    assert both.n_effective < robust_mixture.FEWEST_DRAWS
    assert not both.is_exact_enough


def test_one_normal_prior_gives_its_interval():
    both = combine(evenly(), effect(-0.4, 0.4, k=100_000), weight=1, vague_sd=VAGUE, level=0.95)
    precision = 1 / MODEL_SD**2 + 1 / 0.4**2
    mean = (MODEL_MEAN / MODEL_SD**2 - 0.4 / 0.4**2) / precision
    assert both.low == pytest.approx(mean - Z / precision**0.5, abs=5e-3)
    assert both.high == pytest.approx(mean + Z / precision**0.5, abs=5e-3)
    assert 1 < both.n_effective < both.n_draws == 20_000


def test_trials_far_away_are_let_go():
    near, far = (
        combine(evenly(), effect(mean, 0.2), weight=0.5, vague_sd=VAGUE, level=0.95)
        for mean in (-0.2, -6.0)
    )
    assert near.trials_share > 0.8
    assert far.trials_share < 0.05
    assert far.estimate == pytest.approx(MODEL_MEAN, abs=0.02)


@given(st.floats(0, 1), st.floats(-2, 2), st.floats(0.05, 2), st.integers(2, 40))
def test_it_lies_among_the_draws(weight, mean, scale, k):
    draws = evenly(500)
    both = combine(draws, effect(mean, scale, k), weight=weight, vague_sd=VAGUE, level=0.9)
    assert draws.min() <= both.low <= both.estimate <= both.high <= draws.max()
    assert 0 <= both.trials_share <= 1
    assert 1 - 1e-9 <= both.n_effective <= 500 + 1e-6


@given(st.floats(-2, 2), st.floats(0.05, 2), st.integers(1, 40))
def test_its_densities_are_scipy_s_to_the_last_digit(mean, scale, df):
    z = (evenly(300) - mean) / scale
    own = robust_mixture._t_density(z, df) / scale
    assert (own == stats.t.pdf(evenly(300), df, mean, scale)).all()
    own = robust_mixture._normal_density(z) / scale
    assert (own == stats.norm.pdf(evenly(300), mean, scale)).all()


def test_one_trial_alone_or_no_numbers_of_people_give_none():
    alone = PooledEffect(1, -0.4, -0.8, 0.0, 0.2, nan, nan, nan, nan, nan, nan)
    assert combine(evenly(), alone, weight=0.5, vague_sd=VAGUE, level=0.95) is None
    assert combine(evenly(), effect(0, 1), weight=0.5, vague_sd=nan, level=0.95) is None
    unknown = SymptomTrial.model_validate(
        {"id": "A", "study": "A 2000", "class": "strength_vs_stretch", "first": "a", "second": "b",
         "difference_nrs": -1.0, "se_nrs": 0.5, "link": "https://doi.org/10.1/x"}
    )  # fmt: skip
    assert np.isnan(one_runner_sd([unknown]))


def test_one_runner_in_each_arm_tells_as_much_as_the_trials_say():
    """SE = sigma sqrt(1/n1 + 1/n2): with 8 and 8 people and 0.5 points, sigma is 1."""
    trial = SymptomTrial.model_validate(
        {"id": "A", "study": "A 2000", "class": "strength_vs_stretch", "first": "a", "second": "b",
         "n_first": 8, "n_second": 8, "difference_nrs": -1.0, "se_nrs": 0.5,
         "link": "https://doi.org/10.1/x"}
    )  # fmt: skip
    assert one_runner_sd([trial]) == pytest.approx(2**0.5)
    view = outside_view.read()
    rows = view.rows("strength_vs_stretch", view.main("strength_vs_stretch"))
    assert 1 < robust_mixture.one_runner_sd(rows) < 6
