"""Pooling gives what independent programs give, keeps its symmetries, and answers at its edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats
from statsmodels.stats.meta_analysis import combine_effects

from hipstudy.errors import UsageProblems
from hipstudy.evidence import pooling

# dat.bcg of metafor (Colditz 1994): tuberculosis yes and no, vaccinated and not, 13 trials.
BCG = np.array(
    [
        [4, 119, 11, 128], [6, 300, 29, 274], [3, 228, 11, 209], [62, 13536, 248, 12619],
        [33, 5036, 47, 5761], [180, 1361, 372, 1079], [8, 2537, 10, 619],
        [505, 87886, 499, 87892], [29, 7470, 45, 7232], [17, 1699, 65, 1600],
        [186, 50448, 141, 27197], [5, 2493, 3, 2338], [27, 16886, 29, 17825],
    ],
    float,
)  # fmt: skip


def log_risk_ratios(counts):
    """``escalc(measure="RR", ai=tpos, bi=tneg, ci=cpos, di=cneg, data=dat.bcg)``."""
    ill, well, ill_c, well_c = counts.T
    effects = np.log(ill / (ill + well)) - np.log(ill_c / (ill_c + well_c))
    return effects, 1 / ill - 1 / (ill + well) + 1 / ill_c - 1 / (ill_c + well_c)


def test_the_published_example_of_metafor():
    """``rma(yi, vi, data=dat)`` prints tau^2 0.3132, estimate -0.7145, se 0.1798, interval -1.0669
    to -0.3622 (its manual; https://cttir.github.io/courses/course3_design_causal/labs/), and
    ``confint()`` gives tau^2 0.1197 to 1.1115 (its own test_misc_confint.r)."""
    effects, variances = log_risk_ratios(BCG)
    found = pooling.pool(effects, variances)
    assert found.k == 13
    assert found.estimate == pytest.approx(-0.7145, abs=5e-5)
    assert found.tau**2 == pytest.approx(0.3132, abs=5e-5)
    assert found.tau_low**2 == pytest.approx(0.1197, abs=5e-5)
    assert found.tau_high**2 == pytest.approx(1.1115, abs=5e-5)
    usual = found.se / np.sqrt(found.scale)  # before Hartung and Knapp scale it
    assert usual == pytest.approx(0.1798, abs=5e-5)
    assert found.estimate - 1.959964 * usual == pytest.approx(-1.0669, abs=5e-5)
    assert found.estimate + 1.959964 * usual == pytest.approx(-0.3622, abs=5e-5)


# Kacker 2004: nine laboratories, as statsmodels stores metafor's results of them.
LABS = [61.0, 61.4, 62.21, 62.3, 62.34, 62.6, 62.7, 62.84, 65.9]
LAB_VARIANCES = [0.2025, 1.21, 0.09, 0.2025, 0.3844, 0.5625, 0.0676, 0.0225, 1.8225]


def test_the_interval_of_hartung_and_knapp_is_metafors():
    """``rma(y, v, method="DL", test="knha")``: statsmodels, results_meta.py, exk1_dl_hksj."""
    found = pooling.pool(LABS, LAB_VARIANCES, tau2=0.288049246973751, has_floor=False)
    assert found.estimate == pytest.approx(62.3901386044504, abs=1e-9)
    assert found.se == pytest.approx(0.29477605699879, abs=1e-9)
    assert found.ci_low == pytest.approx(61.710383798052, abs=1e-9)
    assert found.ci_high == pytest.approx(63.0698934108488, abs=1e-9)


def test_statsmodels_agrees_where_it_can():
    effects, variances = log_risk_ratios(BCG)
    theirs = combine_effects(effects, variances, method_re="chi2", use_t=True)
    ours = pooling.pool(effects, variances, tau2=theirs.tau2, has_floor=False)
    assert ours.estimate == pytest.approx(theirs.mean_effect_re, abs=1e-12)
    assert ours.se == pytest.approx(theirs.sd_eff_w_re_hksj, abs=1e-12)


def test_of_two_trials_the_variance_is_known_in_closed_form():
    """tau^2 = ((y1 - y2)^2 - v1 - v2) / 2, or 0."""
    assert pooling.restricted_tau2([0, 3], [1, 2]) == pytest.approx((9 - 3) / 2, rel=1e-9)
    assert pooling.restricted_tau2([0, 1], [1, 2]) == 0


def test_the_prediction_interval_is_metafors():
    """``predict(rma(yi, vi, data=dat, test="adhoc"))``: t with k - 1, as R/predict.rma.r has it."""
    effects, variances = log_risk_ratios(BCG)
    found = pooling.pool(effects, variances)
    half = stats.t.ppf(0.975, 12) * np.hypot(found.se, found.tau)
    assert found.pi_low == pytest.approx(found.estimate - half)
    assert found.pi_high == pytest.approx(found.estimate + half)


TRIALS = st.integers(2, 12).flatmap(
    lambda k: st.tuples(
        st.lists(st.floats(-5, 5), min_size=k, max_size=k),
        st.lists(st.floats(0.01, 4), min_size=k, max_size=k),
    )
)
NUMBERS = ("estimate", "ci_low", "ci_high", "tau", "pi_low", "pi_high")


def numbers(found):
    return np.array([getattr(found, name) for name in NUMBERS])


@given(TRIALS, st.floats(-3, 3))
def test_a_shift_shifts_and_leaves_the_spread(trials, shift):
    one = numbers(pooling.pool(*trials))
    other = numbers(pooling.pool(np.add(trials[0], shift), trials[1]))
    assert other == pytest.approx(one + shift * np.array([1, 1, 1, 0, 1, 1]), abs=2e-4)


@given(TRIALS, st.floats(0.1, 10))
def test_another_unit_gives_the_same_in_another_unit(trials, unit):
    one = pooling.pool(*trials).times(unit)
    other = pooling.pool(np.multiply(trials[0], unit), np.multiply(trials[1], unit**2))
    assert numbers(other) == pytest.approx(numbers(one), abs=2e-3)


@given(TRIALS, st.randoms(use_true_random=False))
def test_the_order_of_trials_does_not_matter(trials, shuffle):
    order = list(range(len(trials[0])))
    shuffle.shuffle(order)
    again = [np.array(one)[order] for one in trials]
    assert numbers(pooling.pool(*again)) == pytest.approx(numbers(pooling.pool(*trials)), abs=2e-4)


@given(TRIALS)
def test_swapped_arms_swap_signs(trials):
    one = pooling.pool(*trials)
    other = pooling.pool(np.negative(trials[0]), trials[1])
    assert numbers(other) == pytest.approx(numbers(one.times(-1)), abs=2e-4)


@given(TRIALS)
def test_the_floor_never_narrows_and_a_new_trial_is_less_certain(trials):
    floor, bare = pooling.pool(*trials), pooling.pool(*trials, has_floor=False)
    assert floor.se >= bare.se
    assert floor.se**2 >= 1 / np.sum(1 / (np.array(trials[1]) + floor.tau**2)) * (1 - 1e-9)
    assert floor.is_at_floor or floor.se == bare.se
    assert floor.pi_low <= floor.ci_low <= floor.estimate <= floor.ci_high <= floor.pi_high
    assert floor.tau_low <= floor.tau_high
    slope = pooling._slope(floor.tau**2, *map(np.array, trials))
    assert floor.tau == 0 or abs(slope) < 1e-3 * np.sum(1 / np.array(trials[1]))


def test_one_trial_has_its_own_interval_and_no_more():
    found = pooling.pool([-1.0], [0.25])
    assert (found.k, found.estimate) == (1, -1.0)
    assert found.ci_low == pytest.approx(-1 - 1.959964 * 0.5)
    assert np.isnan([found.tau, found.pi_low, found.pi_high]).all()
    assert pooling.leave_one_out([-1.0], [0.25]) == ()


def test_trials_that_agree_have_no_spread_between_them():
    found = pooling.pool([1.0, 1.0, 1.0], [0.2, 0.3, 0.4])
    assert found.tau == found.tau_low == found.tau_high == 0
    assert found.is_at_floor
    assert found.se == pytest.approx((1 / (1 / 0.2 + 1 / 0.3 + 1 / 0.4)) ** 0.5)
    assert (found.pi_low, found.pi_high) == (found.ci_low, found.ci_high)


def test_a_trial_without_error_is_refused_by_its_name():
    with pytest.raises(UsageProblems) as caught:
        pooling.pool([1, 2, np.nan], [0.1, 0, np.inf], names=["SYM1", "SYM2", "SYM3"])
    said = str(caught.value).splitlines()
    assert said[0].startswith("pooling, SYM2: found '0'; a standard error above 0: no trial is wit")
    assert said[1].startswith("pooling, SYM3: found 'inf'; a standard error above 0")
    assert said[2].startswith("pooling, SYM3: found 'nan'; a finite effect")
    with pytest.raises(UsageProblems, match="of one trial at least"):
        pooling.pool([], [])


def test_leaving_one_out_is_pooling_the_others():
    effects, variances = log_risk_ratios(BCG)
    found = pooling.leave_one_out(effects, variances)
    assert len(found) == 13
    assert found[3] == pooling.pool(np.delete(effects, 3), np.delete(variances, 3))


@pytest.mark.parametrize("k", range(2, 14))
def test_its_quantiles_are_scipy_s_to_the_last_digit(k):
    effects, variances = (each[:k] for each in log_risk_ratios(BCG))
    found, normal = pooling.pool(effects, variances), stats.norm.ppf(0.5 + pooling.LEVEL / 2)
    assert found.ci_high == found.estimate + stats.t.ppf(0.975, k - 1) * found.se
    one = pooling.pool(effects[:1], variances[:1])
    assert one.ci_high == one.estimate + normal * one.se
    for p in (0.025, 0.975):
        assert 2 * special.gammaincinv((k - 1) / 2, p) == stats.chi2.ppf(p, k - 1)


def test_zero_is_left_out_only_where_the_printed_ends_do():
    found = pooling.pool([-1.0], [0.25])
    assert found.excludes_zero
    assert not pooling.pool([-1.0], [(1.004 / 1.959964) ** 2]).excludes_zero
