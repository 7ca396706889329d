"""Scores of predictive distributions, against numbers worked out by hand and truths that are known.

What the model of this release predicts stands in tests/stored/validation.csv. After a change of the
model, `python tests/evidence/test_predictive_score.py` writes it anew; the README and the changelog
then say what it became.
"""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from hipstudy.evidence import predictive_score, trials, validation
from hipstudy.evidence.predictive_score import LEVELS, Mixture, coverage, nothing, others, skill
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
    case = like("longo_2021", parts_se=(2.0, 1.0))
    assert nothing(case).log_density(1.0) == pytest.approx(np.log(0.127324), abs=1e-5)
    assert nothing(case).cdf(1.0) == pytest.approx(0.647584, abs=1e-6)
    alike = like("longo_2021", parts_se=None)
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
    one = others(own, rest[2:3])
    assert (one.centres[0], one.sd) == pytest.approx((0.9, np.sqrt(0.02)))


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
    assert predictive_score.wilson(k / n, n) == pytest.approx(known, abs=1e-12)


def test_another_sd_of_range_counts_the_same_degrees():
    """What is 0.5 SD of 3.1 deg is 0.31 SD of 5 deg; ratios and torque stay."""
    names = ("kay_2023", "gribble_1999", "arntz_2023")
    results = [CaseResult(CASES[name], 0.5, np.array([0.4, 0.6])) for name in names]
    range_sd, *rest = predictive_score.over_range_sd(results, 5.0)
    assert range_sd.case.sd == 5.0
    assert range_sd.predicted == pytest.approx(0.31)
    assert range_sd.draws == pytest.approx([0.248, 0.372])
    assert rest == results[1:]
    (run,) = validation.find_all([range_sd.case], seed=0, n_draws=8)
    (counted,) = predictive_score.over_range_sd(
        validation.find_all([CASES["kay_2023"]], seed=0, n_draws=8), 5.0
    )
    assert counted.draws == pytest.approx(run.draws)


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
