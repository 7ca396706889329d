"""Every visit of the mixed model, by the covariance that the plan chose."""

from dataclasses import replace

import drawn_trials as dt
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hipstudy.analysis import mixed, reml
from hipstudy.analysis.covariances import COVARIANCES, LADDER
from hipstudy.analysis.estimand_attributes import estimand
from hipstudy.analysis.estimate import Question
from hipstudy.analysis.plan import AnalysisPlan
from hipstudy.analysis.visit_estimates import visit_estimates

ASKED = Question("y", 12, "treat", "control")
EACH = pytest.mark.parametrize("covariance", list(COVARIANCES))
CHOSEN = [one for one in COVARIANCES if one != LADDER]
DESIGN = dt.Design(20, 0.5)
FAR = 4


@pytest.fixture(scope="module")
def lost():
    """A trial with runners lost and single limbs missed."""
    rng = np.random.default_rng(11)
    trials = dt.lose(DESIGN, dt.draw(DESIGN, 1, rng), "last value", rng)
    return dt.frame(dt.miss_limbs(trials, 0.15, rng))


@EACH
def test_the_plans_visit_is_that_of_the_mixed_model(lost, covariance):
    asked = replace(ASKED, covariance=covariance)
    found, end = visit_estimates(lost, asked), mixed.mixed(lost, asked)
    last = found.estimates[-1]
    assert [one.week for one in found.estimates] == [6, 12]
    assert replace(last, note="") == replace(end, note="")
    assert found.note in end.note
    assert (f"covariance planned: {covariance}" in end.note) == (covariance != LADDER)


@EACH
def test_differences_are_those_of_the_means(lost, covariance):
    found = visit_estimates(lost, replace(ASKED, covariance=covariance))
    means = found.means.set_index(["week", "arm"])["mean"]
    for one in found.estimates:
        assert means[one.week, "treat"] - means[one.week, "control"] == pytest.approx(one.estimate)


@EACH
def test_another_zero_and_unit_move_what_they_must(lost, covariance):
    asked = replace(ASKED, covariance=covariance)
    first = visit_estimates(lost, asked)
    moved = visit_estimates(lost.assign(y=100 + 10 * lost["y"]), asked)
    for name in ("mean", "low", "high"):
        assert moved.means[name].to_numpy() == pytest.approx(
            100 + 10 * first.means[name].to_numpy(), rel=1e-7
        )
    assert moved.covariance.to_numpy() == pytest.approx(100 * first.covariance.to_numpy(), rel=1e-5)


def test_given_its_covariance_it_is_generalised_least_squares(lost):
    """Of runners' means, some missing: statsmodels' GLS with the covariance that was fitted."""
    import statsmodels.api as sm
    from scipy.linalg import block_diag

    found = visit_estimates(lost, replace(ASKED, covariance="unstructured"))
    limbs = lost.pivot(index=["runner", "arm", "side"], columns="week", values="y")
    limbs = limbs[limbs[0].notna() & limbs[[6, 12]].notna().any(axis=1)]
    rows = limbs.groupby(["runner", "arm"]).mean().reset_index()
    blocks, design, values = [], [], []
    for row in rows.itertuples():
        seen = [k for k, value in enumerate((row[4], row[5])) if not np.isnan(value)]
        blocks.append(found.covariance.to_numpy()[np.ix_(seen, seen)])
        for k in seen:
            one = np.zeros(6)
            one[3 * k : 3 * k + 3] = 1, row.arm == "treat", row[3] - rows[0].mean()
            design.append(one)
            values.append((row[4], row[5])[k])
    fit = sm.GLS(np.array(values), np.array(design), sigma=block_diag(*blocks)).fit()
    assert [one.estimate for one in found.estimates] == pytest.approx(fit.params[[1, 4]], rel=1e-6)
    control = found.means.query("arm == 'control'")["mean"].to_numpy()
    assert control == pytest.approx(fit.params[[0, 3]], rel=1e-6, abs=1e-6)


def test_a_chosen_covariance_that_cannot_be_fitted_gives_no_number(lost):
    one_side = lost[lost["side"] == "left"]
    asked = replace(ASKED, covariance="limb-in-runner")
    found, end = visit_estimates(one_side, asked), mixed.mixed(one_side, asked)
    assert np.isnan(end.estimate)
    assert end.n_runners == 0
    assert (found.estimates, len(found.means), found.rung) == ((), 0, "none")
    assert mixed.NO_PAIRS in end.note
    assert end.note.endswith("rung reached: none")
    assert np.isfinite(mixed.mixed(one_side, ASKED).estimate), "the ladder goes on"


def test_values_in_weeks_that_are_no_visits_are_in_no_model(lost):
    asked = replace(ASKED, visits=(6.0, 12.0))
    strays = lost[lost["week"] == 6].assign(week=5.0, y=99.0)
    found = visit_estimates(pd.concat([lost, strays]), asked)
    usual = visit_estimates(lost, ASKED)
    assert found.estimates == usual.estimates
    assert found.means.equals(usual.means)


def test_it_is_said_whether_the_covariance_is_of_what_baseline_leaves(lost):
    assert not visit_estimates(lost, ASKED).is_joint
    who = (lost["week"] == 0) & (lost["runner"] == lost["runner"].min())
    assert visit_estimates(lost.assign(y=lost["y"].mask(who)), ASKED).is_joint


def test_visits_to_which_few_came_are_told_nowhere(lost):
    few = lost[(lost["week"] != 6) | (lost["runner"] % 5 == 0)]
    assert {one.week for one in visit_estimates(few, ASKED).estimates} == {6, 12}
    found = visit_estimates(few, ASKED, fewest=5)
    assert {one.week for one in found.estimates} == {12}
    assert set(found.means["week"]) == {12}


def test_of_all_arms_each_has_its_mean():
    from test_more_arms import means_of, three_arms

    frame = three_arms()
    asked = replace(ASKED, all_arms=True, covariance="unstructured")
    found = visit_estimates(frame, asked)
    import statsmodels.formula.api as smf

    rows = means_of(frame)
    fit = smf.ols("end ~ 0 + arm + I(start - start.mean())", rows).fit()
    ends = found.means[found.means["week"] == 12].set_index("arm")
    for arm in ("control", "treat", "other"):
        assert ends.loc[arm, "mean"] == pytest.approx(fit.params[f"arm[{arm}]"], rel=1e-6)
        low, high = fit.conf_int().loc[f"arm[{arm}]"]
        assert (ends.loc[arm, "low"], ends.loc[arm, "high"]) == pytest.approx((low, high), rel=1e-6)


def plan(**given):
    fields = {"primary": "tightness_nrs", "week": 12, "treatment": "a", "control": "b", "margin": 1}
    return AnalysisPlan(**fields | given)


def test_the_plan_says_which_and_old_plans_keep_their_text():
    assert plan().question("tightness_nrs", "a").covariance == LADDER
    assert "covariance =" not in plan().toml()
    for one in CHOSEN:
        asked = plan(covariance=one)
        assert asked.question("tightness_nrs", "a").covariance == one
        table = estimand(asked).set_index("attribute")["here"]
        assert "over visits" in table["Covariance of the mixed model"]
    with pytest.raises(ValueError, match="'unstructured', 'compound-symmetry' or 'limb-in-runner'"):
        plan(covariance="toeplitz")


def with_alike_visits(trials, design, rng):
    """The same runners with visits that vary alike around half of the baseline."""
    b, n, _ = trials.base.shape
    v = len(trials.weeks)
    runner, own = rng.standard_normal((b, n, 1, 1)) / 2, rng.standard_normal((b, n, 1, v)) / 2
    limb = rng.standard_normal((b, n, 2, v)) / 2
    gain = trials.treated[..., np.newaxis, np.newaxis] * design.gain(trials.weeks)
    later = trials.base[..., np.newaxis] / 2 + runner + own + limb + gain
    return dt.replace(trials, later=later)


def coverage(covariance, way, n_trials, seed):
    """How often intervals at both visits hold the truth, and trials without an answer."""
    rng = np.random.default_rng(seed)
    design = dt.Design(15, 0.5)
    trials = dt.draw(design, n_trials, rng)
    if covariance == "compound-symmetry":  # what it takes for granted must be true
        trials = with_alike_visits(trials, design, rng)
    trials = trials if way == "nobody" else dt.lose(design, trials, way, rng)
    (name,) = COVARIANCES[covariance]
    rung = mixed.RUNGS[name](trials)
    fits = reml.fit(rung.model, mixed.spread(rung.model)[:, np.newaxis] * rung.start)
    most = rung.model.there.any(axis=-1).sum(axis=-1) - mixed.between(trials)
    shares = []
    for k, truth in ((rung.end - rung.step, design.gain(6)), (rung.end, design.gain(12))):
        value, df = fits.beta[:, k] * rung.size, np.minimum(fits.df[:, k], most)
        half = stats.t.ppf(0.975, df) * np.sqrt(fits.adjusted[:, k, k]) * rung.size
        shares.append((np.abs(value - truth) <= half)[fits.converged].mean())
    return np.array(shares), (~fits.converged).mean()


@pytest.mark.parametrize("covariance", CHOSEN)
def test_intervals_cover_at_both_visits(covariance):
    shares, without = coverage(covariance, "last value", 300, 3)
    assert shares == pytest.approx(0.95, abs=FAR * np.sqrt(0.95 * 0.05 / 300))
    assert without <= 0.01


@pytest.mark.validate
@pytest.mark.parametrize("way", ["nobody", "chance", "last value"])
@pytest.mark.parametrize("covariance", CHOSEN)
def test_intervals_of_every_covariance_cover(covariance, way):
    parts = [coverage(covariance, way, 200, [4, k]) for k in range(10)]
    shares = np.mean([one for one, _ in parts], axis=0)
    assert shares == pytest.approx(0.95, abs=FAR * np.sqrt(0.95 * 0.05 / 2000))
    assert np.mean([without for _, without in parts]) <= 0.01
