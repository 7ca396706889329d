"""Superiority, equivalence and non-inferiority: known answers, and how often each errs."""

import math
from functools import cache

import drawn_designs as dd
import drawn_trials as dt
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from long_results import stored
from scipy import stats

from hipstudy.analysis import ancova
from hipstudy.analysis.designs import clusters, crossover, within_person
from hipstudy.analysis.estimate import Question, by_t, none
from hipstudy.analysis.margin_tests import MARGIN_KINDS, margin_chance, margin_verdict
from hipstudy.analysis.plan import AnalysisPlan

ASKED = Question("y", 12, "treat", "control")
FAR = 4
SHOWN = ("equivalent", "not_worse")


def verdict(value, se, df, kind, size=0.5, sign=-1, alpha=0.05):
    question = Question("y", 12, "treat", "control", alpha=alpha)
    one = by_t(question, "ancova", (value, se, df), (20, 40))
    return one, margin_verdict(one, kind=kind, size=size, better_sign=sign, alpha=alpha)


def test_two_one_sided_tests_agree_with_statsmodels():
    from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

    rng = np.random.default_rng(4)
    a, b = rng.normal(0.1, 1, 40), rng.normal(0, 1, 44)
    both = CompareMeans(DescrStatsW(a), DescrStatsW(b))
    p, *_ = both.ttost_ind(-0.6, 0.6, usevar="pooled")
    low, high = both.tconfint_diff(alpha=0.1, usevar="pooled")
    se = (a.mean() - b.mean()) / both.ttest_ind(usevar="pooled")[0]
    _, found = verdict(a.mean() - b.mean(), se, 82, "equivalence", size=0.6)
    assert found.p == pytest.approx(p, rel=1e-9)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-9)
    assert found.level_pct == 90
    assert (found.case == "equivalent") == (p < 0.05)


@pytest.mark.parametrize(
    ("value", "kind", "sign", "case"),
    [
        (0.0, "equivalence", 1, "equivalent"),
        (0.4, "equivalence", 1, "unclear"),
        (1.0, "equivalence", 1, "unlike"),
        (-1.0, "equivalence", 1, "unlike"),
        (-1.0, "non-inferiority", -1, "not_worse"),
        (0.2, "non-inferiority", -1, "not_worse"),
        (0.2, "non-inferiority", 1, "not_worse"),
        (-0.4, "non-inferiority", 1, "not_shown"),
        (0.4, "non-inferiority", -1, "not_shown"),
        (1.0, "non-inferiority", -1, "too_much_worse"),
        (1.0, "non-inferiority", 1, "not_worse"),
        (0.1, "superiority", 1, "small"),
        (1.0, "superiority", 1, "better"),
        (1.0, "superiority", -1, "worse"),
    ],
)
def test_where_the_interval_lies(value, kind, sign, case):
    one, found = verdict(value, 0.1, 60, kind, sign=sign)
    assert found.case == case
    chance = margin_chance(one, kind=kind, size=0.5, better_sign=sign)
    shown = case in ("equivalent", "not_worse", "better")
    assert (chance > 0.95) == shown
    assert (found.p < (0.025 if kind == "non-inferiority" else 0.05)) == (
        shown if kind != "superiority" else abs(value) > 0.5
    )


@given(
    st.floats(-2, 2), st.floats(0.05, 1), st.sampled_from(MARGIN_KINDS),
    st.sampled_from((-1, 1)), st.sampled_from((0.01, 0.05, 0.2)),
)  # fmt: skip
def test_the_test_rejects_where_the_interval_says_so(value, se, kind, sign, alpha):
    """Non-inferiority is one-sided: its p is held against half of alpha, as its interval is."""
    one, found = verdict(value, se, 30, kind, sign=sign, alpha=alpha)
    excludes_zero = one.ci_low > 0 or one.ci_high < 0
    by_interval = excludes_zero if kind == "superiority" else found.case in SHOWN
    assert found.is_shown == by_interval or abs(found.p - found.rate) < 1e-9


def test_the_other_direction_is_the_mirror_image():
    for value in (-1, -0.4, 0.1, 0.6):
        for kind in ("superiority", "equivalence", "non-inferiority"):
            _, low = verdict(value, 0.2, 30, kind, sign=-1)
            _, high = verdict(-value, 0.2, 30, kind, sign=1)
            assert (low.case, low.p) == (high.case, pytest.approx(high.p))


def test_the_level_of_equivalence_is_less_twice_alpha():
    for alpha, level in ((0.05, 90), (0.025, 95), (0.2, 60), (0.001, 99.8)):
        one, found = verdict(0.0, 1.0, 30, "equivalence", alpha=alpha)
        assert found.level_pct == level
        assert found.high == pytest.approx(stats.t.ppf(1 - alpha, 30))
        assert one.ci_high == pytest.approx(stats.t.ppf(1 - alpha / 2, 30))


def test_no_estimate_is_no_verdict():
    one = none(ASKED, "ancova", "why")
    found = margin_verdict(one, kind="equivalence", size=1, better_sign=1, alpha=0.05)
    assert found.case == "none"
    assert math.isnan(found.p)


def test_the_chance_of_a_margin_is_that_of_the_law_of_the_estimate():
    one, _ = verdict(0.2, 0.3, 25, "equivalence")
    law = stats.t(25, loc=-0.2, scale=0.3)
    asked = {"size": 0.5, "better_sign": -1}
    assert margin_chance(one, kind="superiority", **asked) == pytest.approx(law.sf(0.5))
    assert margin_chance(one, kind="non-inferiority", **asked) == pytest.approx(law.sf(-0.5))
    within = law.cdf(0.5) - law.cdf(-0.5)
    assert margin_chance(one, kind="equivalence", **asked) == pytest.approx(within)


def drawn(effect, n_trials, seed, n=40):
    rng = np.random.default_rng([seed, int(100 * abs(effect))])
    trials = dt.draw(dt.Design(n, 0.5, effect=effect), n_trials, rng)
    fits, df = ancova.on_means(trials)
    return fits.beta[:, ancova.TREATED], fits.se(ancova.TREATED), df


def shares(effect, kind, alpha, n_trials, size=0.5):
    """How often what the margin asks is called shown."""
    shown = [
        verdict(value, se, df, kind, size=size, sign=1, alpha=alpha)[1].case
        in ("equivalent", "not_worse")
        for value, se, df in zip(*drawn(effect, n_trials, 7), strict=True)
    ]
    return np.mean(shown)


def errs(kind, alpha):
    return alpha if kind == "equivalence" else alpha / 2


@pytest.mark.parametrize("kind", ["equivalence", "non-inferiority"])
def test_at_the_margin_it_is_rarely_called_shown(kind):
    found, rate = shares(-0.5, kind, 0.1, 400), errs(kind, 0.1)
    assert found == pytest.approx(rate, abs=FAR * np.sqrt(rate * (1 - rate) / 400))


@pytest.mark.validate
@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.1])
@pytest.mark.parametrize("kind", ["equivalence", "non-inferiority"])
def test_type_one_error_at_the_margin(kind, alpha):
    found, rate = shares(-0.5, kind, alpha, 2000), errs(kind, alpha)
    # Equivalence errs less than alpha where both ends are near; never more.
    assert found == pytest.approx(rate, abs=FAR * np.sqrt(rate * (1 - rate) / 2000))


@pytest.mark.validate
@pytest.mark.parametrize("alpha", [0.001, 0.01, 0.1, 0.2])
def test_intervals_of_every_level_cover(alpha):
    value, se, df = drawn(0.5, 2000, 8, n=15)
    question = Question("y", 12, "treat", "control", alpha=alpha)
    ends = [by_t(question, "ancova", one, (30, 60)) for one in zip(value, se, df, strict=True)]
    covered = np.mean([one.ci_low <= 0.5 <= one.ci_high for one in ends])
    assert covered == pytest.approx(1 - alpha, abs=FAR * np.sqrt(alpha * (1 - alpha) / 2000))


# What each design's interval is counted by, and a margin so large that its other end is far away.
LARGE = 2.0
FEW_RUNNERS = {
    "within-person": lambda n, rng: within_person.of_pairs(
        *dd.legs_at_once(n, n_runners=12, r=0.5, effect=-LARGE, rng=rng)
    ),
    "crossover": lambda n, rng: by_periods(
        *dd.periods_at_once(n, sizes=(6, 9), period=0.5, effect=-LARGE, rng=rng)
    ),
    "clusters": lambda n, rng: clusters.of_means(
        *dd.clusters_at_once(n, per_arm=6, sizes=(2, 5, 9), icc=0.1, effect=-LARGE, rng=rng)
    ),
    "clusters, mixed": lambda n, rng: by_mixed_clusters(
        *dd.clusters_at_once(n, per_arm=12, sizes=(2, 5, 9), icc=0.1, effect=-LARGE, rng=rng)
    ),
}  # fmt: skip
DESIGN_CELLS = [
    (design, kind, alpha)
    for design in FEW_RUNNERS
    for kind in ("equivalence", "non-inferiority")
    for alpha in (0.01, 0.05, 0.1)
]


def by_periods(*drawn):
    value, se, _, df = crossover.of_orders(*drawn)
    return value, se, df


def by_mixed_clusters(*drawn):
    fits = clusters.of_mixed(*drawn)
    return fits.value, fits.se, fits.df


@cache
def answers_of(design, n_trials):
    """Difference, standard error and degrees of freedom of every trial, the same for all cells."""
    rng = np.random.default_rng([9, list(FEW_RUNNERS).index(design)])
    value, se, df = FEW_RUNNERS[design](n_trials, rng)
    return list(zip(value, se, np.broadcast_to(df, value.shape), strict=True))


def shown_at_the_margin(design, kind, alpha, n_trials):
    """How often a design calls shown what is exactly at the margin."""
    every = answers_of(design, n_trials)
    return np.mean([
        verdict(*one, kind, size=LARGE, sign=1, alpha=alpha)[1].case in SHOWN for one in every
    ])  # fmt: skip


def errs_as_planned(design, kind, alpha, share, n_trials):
    """A mixed model of few clusters promises no more than it keeps."""
    rate = errs(kind, alpha)
    far = FAR * np.sqrt(rate * (1 - rate) / n_trials)
    return share <= rate + far and (design == "clusters, mixed" or share >= rate - far)


@pytest.mark.parametrize("kind", ["equivalence", "non-inferiority"])
@pytest.mark.parametrize("design", FEW_RUNNERS)
def test_every_design_rarely_calls_shown_what_is_at_the_margin(design, kind):
    found = shown_at_the_margin(design, kind, 0.1, 400)
    assert errs_as_planned(design, kind, 0.1, found, 400), found


@pytest.mark.validate
@pytest.mark.parametrize(("design", "kind", "alpha"), DESIGN_CELLS)
def test_every_design_errs_as_planned_in_every_cell(design, kind, alpha, long_rows):
    share = shown_at_the_margin(design, kind, alpha, 2000)
    row = {"design": design, "kind": kind, "alpha": alpha, "n_trials": 2000, "shown": share}
    long_rows.append(row)
    assert errs_as_planned(design, kind, alpha, share, 2000), row


def test_the_stored_results_of_every_design_hold():
    rows = stored("margin_tests").to_dict("records")
    assert [(row["design"], row["kind"], row["alpha"]) for row in rows] == DESIGN_CELLS
    assert {row["n_trials"] for row in rows} == {2000}
    cells = [[row[name] for name in ("design", "kind", "alpha", "shown")] for row in rows]
    assert [cell for cell in cells if not errs_as_planned(*cell, 2000)] == []


def plan(**given):
    fields = {"primary": "tightness_nrs", "week": 12, "treatment": "a", "control": "b", "margin": 1}
    return AnalysisPlan(**fields | given)


def test_a_plan_of_today_asks_for_superiority_and_keeps_its_fingerprint():
    assert plan().margin_is == "superiority"
    assert "margin_is" not in plan().toml()
    assert 'margin_is = "equivalence"' in plan(margin_is="equivalence").toml()
    assert plan(margin_is="equivalence").fingerprint != plan().fingerprint
