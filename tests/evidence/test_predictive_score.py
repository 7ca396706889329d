"""Scores of predictive distributions, against numbers worked out by hand and truths that are known.

What the model of this release predicts stands in tests/stored/validation.csv. After a change of the
model, `python tests/evidence/test_predictive_score.py` writes it anew; docs/evidence.md, the
README and the changelog then say what it became.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from hipstudy.evidence import predictive_score, score_variants, trials, validation
from hipstudy.evidence.interval_coverage import LEVELS, coverage, coverage_if_right, wilson
from hipstudy.evidence.predictive_distribution import Mixture
from hipstudy.evidence.predictive_score import nothing, others, skill
from hipstudy.evidence.validation import CaseResult

STORED = Path(__file__).resolve().parents[1] / "stored" / "validation.csv"
COLUMNS = [
    "case", "trial", "role", "outcome", "published", "se", "mean", "sd", "log_score",
    "log_score_nothing", "log_score_others", "inside_50", "inside_80", "inside_95",
]  # fmt: skip
CASES = {case.name: case for case in trials.shipped()}


def of_release():
    return predictive_score.scores(validation.find_all(CASES.values(), seed=0))


@pytest.fixture(scope="module")
def release():
    return of_release()


def like(shipped, **changes):
    """A shipped case with other published numbers."""
    return CASES[shipped].model_copy(update=changes)


# Known answers, by hand.


def test_one_bell_by_hand():
    """Two widths off: -ln(0.5 root(2 pi)) - 2."""
    bell = Mixture(np.array([1.0]), 0.5)
    assert bell.log_density(2.0) == pytest.approx(-0.225791 - 2, abs=1e-6)
    assert bell.cdf(2.0) == pytest.approx(0.977250, abs=1e-6)
    assert bell.moments == (1.0, 0.5)
    assert bell.quantile(0.975) == pytest.approx(1.979982, abs=1e-6)


def test_two_bells_by_hand():
    """In the middle of two bells of width 1, two apart, both have the density of one width off."""
    mixture = Mixture(np.array([0.0, 2.0]), 1.0)
    assert mixture.log_density(1.0) == pytest.approx(np.log(0.241971), abs=1e-5)
    assert mixture.cdf(1.0) == pytest.approx(0.5)
    assert mixture.cdf(2.0) == pytest.approx((0.977250 + 0.5) / 2, abs=1e-6)
    assert mixture.moments == pytest.approx((1.0, np.sqrt(2)))


def test_a_value_out_of_reach_has_a_score():
    """The density underflows and its log does not."""
    far = Mixture(np.array([0.0, 1.0]), 1.0).log_density(1e4)
    assert far == pytest.approx(-0.5 * 9999.0**2 - 0.918939 - np.log(2), rel=1e-12)


def test_a_ratio_of_two_noises_is_cauchys():
    """Width 2: density at 1 is (2 / pi) / (4 + 1)."""
    case = like("ralston_2017", parts_se=(2.0, 1.0))
    assert nothing(case).log_density(1.0) == pytest.approx(np.log(0.127324), abs=1e-5)
    assert nothing(case).cdf(1.0) == pytest.approx(0.647584, abs=1e-6)
    alike = like("ralston_2017", parts_se=None)
    assert nothing(alike).log_density(0.0) == pytest.approx(-np.log(np.pi))
    assert nothing(alike).quantile(0.75) == pytest.approx(1.0, abs=1e-6)
    assert np.isnan(nothing(alike).moments[0]), "it has no mean"
    rng = np.random.default_rng(1)
    ratio = 2 * rng.standard_normal(100_000) / rng.standard_normal(100_000)
    assert np.mean(ratio < 1) == pytest.approx(nothing(case).cdf(1.0), abs=0.005)


def test_a_draw_without_any_change_predicts_two_noises():
    """A model in which nothing changes says of a ratio what the rival says."""
    case = CASES["longo_2021"]
    mute = predictive_score.ours(CaseResult(case, np.nan, np.full(3, np.nan)))
    assert mute.log_density(0.35) == pytest.approx(nothing(case).log_density(0.35))
    half = predictive_score.ours(CaseResult(case, 0.35, np.array([np.nan, 0.35])))
    both = [nothing(case).log_density(0.35), Mixture(np.array([0.35]), 0.19).log_density(0.35)]
    assert half.log_density(0.35) == pytest.approx(np.log(np.mean(np.exp(both))))


def test_nothing_is_no_change_within_the_trials_error():
    case = like("ingram_2025", estimate=0.2, se=0.1)
    assert nothing(case).log_density(0.2) == pytest.approx(stats.norm(0, 0.1).logpdf(0.2))


def test_the_mean_of_others_by_hand():
    """Means 0.1 and 0.9 of two trials: variance 0.32 between them, 0.025 of it noise.

    Between them 0.295; of their mean (0.295 + 0.025) / 2; and 0.1 squared of the case's own.
    """
    own = like("ingram_2025", name="own_2001", estimate=0.5, se=0.1)
    rest = [
        like("ingram_2025", name="one_2002_a", estimate=0.0, se=0.2),
        like("ingram_2025", name="one_2002_b", estimate=0.2, se=0.2),
        like("ingram_2025", name="two_2003", estimate=0.9, se=0.1),
        like("ingram_2025", name="own_2001_again", estimate=9.0),
        CASES["afonso_2021"],
    ]
    found = others(own, [own, *rest])
    assert found.centres == pytest.approx([0.5])
    assert found.sd == pytest.approx(np.sqrt(0.01 + 0.295 + 0.16))
    alone = others(own, [own, *rest[2:]])
    assert alone.log_density(0.5) == nothing(own).log_density(0.5), "one trial has no spread"
    by_rule = no_change(name="three_2004")
    assert others(own, [own, *rest, by_rule]).sd == found.sd, "a rule has no value to average"


def test_others_say_nothing_where_there_is_none_of_its_kind():
    for name in ("moreside_2013", "halonen_2024"):
        case = CASES[name]
        alone = others(case, CASES.values()).log_density(case.point)
        assert alone == nothing(case).log_density(case.point)


def table(*rows):
    frame = pd.DataFrame(rows, columns=["trial", "log_score", "log_score_nothing", "inside_80"])
    return frame.assign(role="validation", log_score_others=0.0)


def test_skill_by_hand():
    """Gains of 1 and 3 in one trial, 0 and -1 in two others: 2, 0 and -1."""
    rows = table(("a", 1, 0, 1), ("a", 4, 1, 0), ("b", 0.5, 0.5, 1), ("c", -3, -2, 0))
    found = skill(rows, "validation", "nothing")
    assert (found.trials, found.ahead, found.two_decisive) == (3, 1, ("a", "c"))
    assert found.difference == pytest.approx(1 / 3)
    assert found.se == pytest.approx(0.881917, abs=1e-6)
    assert (found.without_two, found.median) == (0, 0)
    frame = predictive_score.skill_frame(rows)
    assert list(frame) == ["role", "against", "trials", "difference", "se"]
    assert frame["against"].tolist() == ["nothing", "others"]
    (held,) = coverage(rows, "validation", [80])
    assert held.share == pytest.approx(0.5), "a trial counts once: a half, 1 and 0"
    assert held.trials == 3


@pytest.mark.parametrize(("k", "n"), [(0, 11), (8, 11), (11, 11), (1, 3)])
def test_binomial_ends_are_those_of_another_program(k, n):
    known = proportion_confint(k, n, method="wilson")
    assert wilson(k / n, n) == pytest.approx(known, abs=1e-12)


def test_another_sd_of_range_counts_the_same_degrees():
    """What is 0.5 SD of 3.1 deg is 0.31 SD of 5 deg; ratios and torque stay."""
    names = ("kay_2023", "gribble_1999", "arntz_2023")
    spreads = (np.array([[3.1], [3.1]]), None, np.array([[0.37], [0.37]]))
    draws = np.array([0.4, 0.6])
    results = [
        CaseResult(CASES[name], 0.5, draws, spread)
        for name, spread in zip(names, spreads, strict=True)
    ]
    range_sd, *rest = score_variants.over_range_sd(results, 5.0)
    assert range_sd.case.sd == 5.0
    assert range_sd.predicted == pytest.approx(0.31)
    assert range_sd.draws == pytest.approx([0.248, 0.372])
    assert rest == results[1:]
    (run,) = validation.find_all([range_sd.case], seed=0, n_draws=8)
    (counted,) = score_variants.over_range_sd(
        validation.find_all([CASES["kay_2023"]], seed=0, n_draws=8), 5.0
    )
    assert counted.draws == pytest.approx(run.draws)


def no_change(**changes):
    """A range case by which no value was read, only that less than 0.2 SD was gained."""
    rule = {"interval": "rule", "estimate": None, "low": -0.2, "high": 0.2, "se": 0.2}
    return like("ingram_2025", **rule | changes)


def test_a_rule_without_a_value_is_scored_by_its_chance():
    """Standard normal tables: within one standard error 0.6827, above 1.96 of them 0.0250."""
    case = no_change()
    assert nothing(case).log_score(case) == pytest.approx(np.log(0.682689), abs=1e-6)
    above = no_change(low=0.2 * 1.959964, high=None)
    assert nothing(above).log_score(above) == pytest.approx(np.log(0.025), abs=1e-5)
    read = no_change(estimate=0.0)
    assert nothing(read).log_score(read) == nothing(read).log_density(0.0)


def test_a_rule_that_nothing_could_break_counts_as_promised():
    """Of a rule that holds everything, 80 % lie in the 80 % interval, whatever is predicted."""
    wide = no_change(low=-99.0, high=99.0)
    (one,) = predictive_score.scores([CaseResult(wide, 0.5, np.array([0.2, 0.9]))])
    assert [one.inside(level) for level in LEVELS] == pytest.approx([0.5, 0.8, 0.95])
    assert one.log_score == pytest.approx(0)
    below = no_change(low=None, high=-9.0)
    (far,) = predictive_score.scores([CaseResult(below, 0.5, np.array([0.2, 0.9]))])
    assert [far.inside(level) for level in LEVELS] == [0, 0, 0]


def test_half_of_a_rule_is_inside_by_hand():
    """No change, predicted with the rule's end at its middle: of its half, 0.4 lie in 80 %."""
    case = no_change(low=None, high=0.5)
    (one,) = predictive_score.scores([CaseResult(case, 0.5, np.array([0.5]))])
    assert one.places == pytest.approx((0, 0.5))
    assert one.inside(80) == pytest.approx(0.4 / 0.5)


def test_choices_of_scoring_change_what_they_name():
    names = ("ingram_2025", "nakamura_2021", "indiana_2006", "afonso_2021")
    results = validation.find_all([CASES[name] for name in names], seed=3, n_draws=120)
    by_name = {name: dict(zip(names, made, strict=True)) for name, made in
               score_variants.variants(results, seed=3)}  # fmt: skip
    assert by_name["as_scored"] == dict(zip(names, results, strict=True))
    value = by_name["rules_as_values"]
    assert not value["indiana_2006"].case.by_rule
    assert value["ingram_2025"].case == CASES["ingram_2025"]
    one, mean = (by_name[f"review_is_{n}"] for n in ("one_setting", "mean_of_trials"))
    for review in ("ingram_2025", "afonso_2021"):
        assert one[review].draws.std() > mean[review].draws.std()
    assert (one["indiana_2006"].draws == mean["indiana_2006"].draws).all(), "it is no review"
    sizes = [by_name[f"curve_{k}"]["indiana_2006"].draws.size for k in range(3)]
    assert sum(sizes) == 120
    at_curve = {k: by_name[f"curve_{k}"]["indiana_2006"].draws.mean() for k in (0, 1)}
    assert at_curve[0] > at_curve[1], "past neutral a passing shift brings less torque"


# What must hold of any predictive distribution.

CENTRES = st.lists(st.floats(-3, 3), min_size=1, max_size=6).map(np.array)


@given(CENTRES, st.floats(0.2, 2))
def test_a_density_adds_up_to_its_cdf(centres, sd):
    mixture = Mixture(centres, sd)
    grid = np.arange(-13, 0.3, sd / 4)
    density = np.exp([mixture.log_density(x) for x in grid])
    area = (density.sum() - density[-1] / 2) * sd / 4
    assert area == pytest.approx(mixture.cdf(grid[-1]), abs=3e-3)
    assert mixture.cdf(mixture.quantile(0.1)) == pytest.approx(0.1, abs=1e-9)
    same = np.mean(stats.norm(centres, sd).pdf(0.3))
    assert mixture.log_density(0.3) == pytest.approx(np.log(same), abs=1e-9)


def test_parts_since_one_start_go_together():
    """Marsaglia: the ratio of two equal noises with r 0.5 is Cauchy around 0.5, 0.866 wide."""
    case = CASES["halonen_2024"].model_copy(update={"estimate": 1.0})
    likely = nothing(case)
    assert likely.cdf(0.5) == pytest.approx(0.5)
    assert likely.cdf(0.5 + np.sqrt(0.75)) == pytest.approx(0.75)
    rng = np.random.default_rng(8)
    start, first, last = rng.standard_normal((3, 40_000))
    ratio = (last - start) / (first - start)
    assert np.mean(ratio < 1.2) == pytest.approx(likely.cdf(1.2), abs=4 * 0.5 / 200)


def mixed(n, *, width=1.0, seed=5):
    """Cases of which half are known by a rule only, with truths from what is held likely."""
    rng = np.random.default_rng(seed)
    results = []
    for k in range(n):
        middle, se = rng.normal(0, 0.5), rng.uniform(0.1, 0.4)
        published = middle + rng.normal(0, 0.3) + rng.normal(0, se)
        rule = {"interval": "rule", "estimate": None, "low": -0.2, "high": 0.2}
        if abs(published) > 0.2:
            rule["low"], rule["high"] = (0.2, None) if published > 0 else (None, -0.2)
        known = rule if k % 2 else {"estimate": published}
        case = like("kay_2023", name=f"drawn_{1000 + k}", se=se, **known)
        draws = middle + width * 0.3 * rng.standard_normal(300)
        results.append(CaseResult(case, middle, draws))
    return results


def share_of(results):
    (held,) = coverage(predictive_score.frame(predictive_score.scores(results)), "validation", [80])
    return held.share


def test_where_coverage_should_lie_is_where_it_lies():
    """Twelve cases at a time, half of them rules: 95 % of coverages between the ends."""
    low, high = coverage_if_right(mixed(12), "validation", 80, seed=1)
    assert low < 0.8 < high
    shares = [share_of(mixed(12, seed=seed)) for seed in range(100, 160)]
    inside = np.mean([low <= share <= high for share in shares])
    assert inside > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 60) - 0.02, "and 12 other cases each time"
    assert np.std(shares) < wilson_width(12) / 3.92, "a rule varies less than a value"


def wilson_width(n):
    low, high = wilson(0.8, n)
    return high - low


def simulated(*, width=1.0, n=200):
    """Coverage where the truth is drawn from what is held likely, and where that is too narrow."""
    rng = np.random.default_rng(4)
    results = []
    for k in range(n):
        middle, se = rng.normal(0, 2), rng.uniform(0.3, 1)
        published = middle + rng.normal(0, 0.7) + rng.normal(0, se)
        name = f"drawn_{1000 + k}"
        case = like("kay_2023", name=name, estimate=published, se=se * width)
        results.append(CaseResult(case, middle, middle + width * 0.7 * rng.standard_normal(200)))
    return coverage(predictive_score.frame(predictive_score.scores(results)), "validation")


def test_what_is_as_sure_as_it_should_be_covers_as_promised():
    assert [one.agrees for one in simulated()] == [True] * len(LEVELS)


def test_what_is_too_sure_does_not():
    found = simulated(width=0.4)
    assert [one.agrees for one in found] == [False] * len(LEVELS)
    assert all(one.share < one.level / 100 for one in found)


# The cases as they are.


def test_every_case_is_scored_and_the_table_has_its_columns(release):
    found = predictive_score.frame(release)
    assert list(found) == COLUMNS
    assert found["case"].tolist() == list(CASES)
    assert np.isfinite(found.filter(like="log_score").to_numpy()).all()
    assert (found["inside_50"] <= found["inside_80"]).all()
    assert (found["inside_80"] <= found["inside_95"]).all()
    for one in release:
        if not one.case.by_rule:
            inside = one.low <= one.case.point <= one.high
            assert inside == one.inside(95), "the interval drawn is the one that is counted"


def test_the_stored_scores_are_those_of_this_release(release):
    stored = pd.read_csv(STORED)
    pd.testing.assert_frame_equal(predictive_score.frame(release), stored, rtol=1e-6, atol=1e-9)


def test_skill_is_of_trials_and_not_of_cases(release):
    rows = predictive_score.skill_frame(predictive_score.frame(release))
    for role in ("calibration", "validation"):
        n = len({case.trial for case in CASES.values() if case.role == role})
        assert rows.loc[rows["role"] == role, "trials"].tolist() == [n, n]


if __name__ == "__main__":
    predictive_score.frame(of_release()).to_csv(STORED, index=False)
