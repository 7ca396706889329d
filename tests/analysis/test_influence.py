"""One runner left out at a time: the closed form against refitting, and what stands out."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from hypothesis import given
from hypothesis import strategies as st

from hipstudy.analysis.influence import influence
from hipstudy.analysis.limb_correlation import limb_correlation
from hipstudy.analysis.margin_tests import answer_of_ends

FORMULA = "end ~ treated + baseline"


def trial(n, seed, effect=-1.0):
    rng = np.random.default_rng(seed)
    baseline, treated = rng.normal(5, 1.5, n), np.arange(n) % 2.0
    end = 1 + 0.6 * baseline + effect * treated + rng.normal(0, 1, n)
    return pd.DataFrame({"end": end, "treated": treated, "baseline": baseline})


@given(st.integers(0, 1000), st.integers(8, 30), st.sampled_from([0.05, 0.2]))
def test_leaving_out_is_refitting(seed, n, alpha):
    frame = trial(n, seed)
    ols = smf.ols(FORMULA, frame).fit()
    one = influence(ols, "treated", alpha=alpha)
    refits = [smf.ols(FORMULA, frame.drop(index=i)).fit() for i in frame.index]
    values = [fit.params["treated"] for fit in refits]
    ends = [fit.conf_int(alpha).loc["treated"] for fit in refits]
    low, high = ols.conf_int(alpha).loc["treated"]
    holds = [bool(a <= 0 <= b) for a, b in ends]
    assert (one.lowest, one.highest) == pytest.approx((min(values), max(values)), abs=1e-9)
    assert one.n_turning == sum(each != (low <= 0 <= high) for each in holds)
    assert one.n_runners == n


def test_of_a_margin_single_runners_are_held_against_it():
    """Equivalence by the 90 % interval: who turns its answer, counted by refitting."""
    asked = {"kind": "equivalence", "size": 0.55, "better_sign": -1}
    frame = trial(40, 7, effect=0.0)
    ols = smf.ols(FORMULA, frame).fit()

    def case(fit):
        return answer_of_ends(*fit.conf_int(0.1).loc["treated"], **asked)

    refits = [case(smf.ols(FORMULA, frame.drop(index=i)).fit()) for i in frame.index]
    turning = sum(one != case(ols) for one in refits)
    assert turning
    assert influence(ols, "treated", alpha=0.05, margin_question=asked).n_turning == turning


def test_one_wild_reading_is_an_outlier_and_the_clean_file_has_none():
    frame = trial(40, 1)
    assert not influence(smf.ols(FORMULA, frame).fit(), "treated", alpha=0.05).has_outlier
    frame.loc[3, "end"] += 12
    one = influence(smf.ols(FORMULA, frame).fit(), "treated", alpha=0.05)
    assert one.has_outlier
    assert one.largest_residual > 5
    assert one.skewness > 1


def test_the_largest_residual_stands_out_by_chance_as_seldom_as_said():
    """Bonferroni over 20 runners: at most 5 % of 1,000 clean trials; 0.05 + 3 SE is 0.071."""
    outliers = [
        influence(smf.ols(FORMULA, trial(20, seed)).fit(), "treated", alpha=0.05).has_outlier
        for seed in range(1000)
    ]
    assert 0.02 < np.mean(outliers) < 0.071


def test_where_one_runner_is_an_arm_nobody_can_be_left_out():
    frame = trial(8, 0).assign(treated=[1.0, *[0.0] * 7])
    assert influence(smf.ols(FORMULA, frame).fit(), "treated", alpha=0.05) is None


def limbs(pairs, arms=None):
    rows = [
        (runner, side, (arms or {}).get(runner, "a"), 12, value)
        for runner, both in enumerate(pairs)
        for side, value in zip(("left", "right"), both, strict=True)
    ]
    return pd.DataFrame(rows, columns=["runner", "side", "arm", "week", "tightness_nrs"])


def test_hips_that_read_the_same_correlate_fully_and_opposite_ones_not():
    one = limb_correlation(limbs([(1, 1), (3, 3), (5, 5)]), "tightness_nrs", 12)
    assert (one.r, one.n_runners) == (1.0, 3)
    other = limb_correlation(limbs([(1, 5), (5, 1), (1, 5)]), "tightness_nrs", 12)
    assert other.r == pytest.approx(-1)


def test_a_difference_of_arms_is_no_likeness():
    """Hips are unlike within each arm; the arms lie ten points apart."""
    frame = limbs([(0, 1), (1, 0), (10, 11), (11, 10)], {0: "a", 1: "a", 2: "b", 3: "b"})
    assert limb_correlation(frame, "tightness_nrs", 12).r == pytest.approx(-1)


def test_a_runner_with_one_hip_is_in_no_pair():
    frame = limbs([(1, 2), (3, 3), (5, 4)]).drop(index=0)
    assert limb_correlation(frame, "tightness_nrs", 12).n_runners == 2
    assert limb_correlation(frame, "tightness_nrs", 6).n_runners == 0
