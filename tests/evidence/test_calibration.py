"""Calibration: known answers, what it must not depend on, and what makes stored draws stale."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hipstudy import calibrated_draws, parameters
from hipstudy.errors import DataProblems
from hipstudy.evidence import calibration, calibration_basis, likelihood, trial_setting
from hipstudy.evidence import trials as trial_file
from hipstudy.resources import place
from hipstudy.wording import Wording

CASES = trial_file.shipped()
NAMED = {case.name: case for case in CASES}
ONE = NAMED["kerrigan_2003"]
MEAN, SD = 11.2, 1.5  # the normal prior law of the mean Thomas angle
ENOUGH = 2000  # prior draws of which a hundredth is left, which is half of 16 rows and more
FILES = (calibrated_draws.DRAWS, calibrated_draws.TABLE, calibrated_draws.FACTS)


@pytest.fixture
def measured_angle(monkeypatch):
    """The model is one number with a normal law, and a trial measures it."""

    def predict(_, values):
        return values["thomas_mean_deg"][:, 0]

    for module in (likelihood, calibration_basis):
        monkeypatch.setattr(module, "predict", predict)


def measuring(estimate, se, name="one_2001"):
    ends = {"low": estimate - 1.96 * se, "high": estimate + 1.96 * se}
    return ONE.model_copy(update={"name": name, "estimate": estimate, "se": se, **ends})


def mean_and_sd(found, name="thomas_mean_deg"):
    draws = found.draws[:, found.basis.names.index(name)]
    mean = found.weight @ draws
    return mean, np.sqrt(found.weight @ (draws - mean) ** 2)


# Known answers.


@pytest.mark.usefixtures("measured_angle")
@pytest.mark.parametrize(("estimate", "se"), [(13.0, 1.0), (9.0, 3.0), (11.2, 0.5)])
def test_one_normal_number_has_the_conjugate_posterior(estimate, se):
    """Gelman et al., Bayesian data analysis, section 2.5: precisions add up."""
    found = calibration.calibrate([measuring(estimate, se)], n_prior=8000, n_rows=500)
    precision = 1 / SD**2 + 1 / se**2
    mean, sd = mean_and_sd(found)
    assert found.basis.names == ("thomas_mean_deg",)
    assert mean == pytest.approx((MEAN / SD**2 + estimate / se**2) / precision, abs=0.02)
    assert sd == pytest.approx(precision**-0.5, abs=0.02)
    row = found.frame().iloc[0]
    assert row["shrinkage"] == pytest.approx(1 - precision**-0.5 / SD, abs=0.02)
    assert (row["prior_mean"], row["median"]) == pytest.approx((MEAN, mean), abs=0.02)
    half = 1.96 * precision**-0.5
    assert (row["low"], row["high"]) == pytest.approx((mean - half, mean + half), abs=0.1)
    assert found.rows.mean() == pytest.approx(mean, abs=4 * sd / 500**0.5)
    assert found.rows.std() == pytest.approx(sd, abs=4 * sd / 1000**0.5)


@pytest.mark.usefixtures("measured_angle")
def test_two_trials_say_as_much_as_both_and_two_cases_as_much_as_their_mean():
    apart = [measuring(13.0, 1.0, name) for name in ("one_2001", "two_2002")]
    twice = [measuring(13.0, 1.0, name) for name in ("one_2001_left", "one_2001_right")]
    of_two, of_one = (calibration.calibrate(c, n_prior=5000, n_rows=100) for c in (apart, twice))
    once = calibration.calibrate(twice[:1], n_prior=5000, n_rows=100)
    assert mean_and_sd(of_two)[0] == pytest.approx((MEAN / SD**2 + 26) / (1 / SD**2 + 2), abs=0.03)
    assert of_one.weight == pytest.approx(once.weight, abs=1e-12)


def test_a_one_sided_rule_counts_by_its_bound_and_its_stated_error():
    above = ONE.model_copy(update={"estimate": 2.0, "low": 2.0, "high": None, "se": 2.0})
    found = np.exp(likelihood.log_likelihood(above, np.array([2.0, 4.0, 100.0, np.nan])))
    assert found == pytest.approx([0.398942 / 2, 0.241971 / 2, 0, 0], abs=1e-6)


def test_an_interval_without_an_estimate_counts_by_its_middle():
    middle = ONE.model_copy(update={"estimate": None, "low": 1.0, "high": 4.92, "se": None})
    found = np.exp(likelihood.log_likelihood(middle, np.array([2.96, 3.96])))
    assert found == pytest.approx([0.398942, 0.241971], abs=1e-6)  # the standard normal density


def test_weights_sizes_rows_and_quantiles_by_hand():
    weight = calibration.weights(np.log([1.0, 2.0, 1.0]) - 5000)
    assert weight == pytest.approx([0.25, 0.5, 0.25])
    assert calibration.effective_size(weight) == pytest.approx(1 / 0.375)
    assert calibration.resample(weight, 4, seed=3).tolist() == [0, 1, 1, 2]
    draws = np.array([3.0, 1.0, 2.0])
    assert calibration.quantiles(draws, np.ones(3) / 3, [0.5, 0.01]) == pytest.approx([2, 1])
    # Middles of the weights of 1, 2 and 3 stand at 0.25, 0.625 and 0.875.
    assert calibration.quantiles(draws, weight, [0.4375]) == pytest.approx([1.5])


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.integers(1, 60), st.integers(0, 9))
def test_a_draw_comes_as_often_as_its_weight_says(likelihoods, n, seed):
    weight = calibration.weights(np.log(np.array(likelihoods) + 0.01))
    often = np.bincount(calibration.resample(weight, n, seed=seed), minlength=weight.size)
    assert often.sum() == n
    assert (np.abs(often - n * weight) < 1 + 1e-9).all()


# What must hold.


def small(cases, n_prior=4000, n_rows=16):
    return calibration.calibrate(cases, n_prior=n_prior, n_rows=n_rows)


def test_a_small_calibration_agrees_with_the_stored_one():
    """Means within four Monte Carlo errors of both; the effective share within a half."""
    found, stored = small(CASES), parameters.calibrated()
    assert found.basis.names == tuple(stored.columns)
    table = pd.read_csv(place("data", calibrated_draws.TABLE)).set_index("name")
    sizes = (found.effective_size, stored.facts["effective_size"])
    for name in found.basis.names:
        mean, sd = mean_and_sd(found, name)
        error = sd * np.sqrt(sum(1 / size for size in sizes))
        assert abs(mean - table["mean"][name]) < 4 * error, name
        rows = stored.columns[name]
        assert abs(rows.mean() - table["mean"][name]) < 4 * sd / np.sqrt(rows.size), name
    assert found.facts()["effective_share"] == pytest.approx(
        stored.facts["effective_share"], rel=0.5
    )


def test_the_order_of_cases_is_no_matter():
    one, other = small(CASES, ENOUGH), small(CASES[::-1], ENOUGH)
    assert (one.rows == other.rows).all()
    assert one.facts() == other.facts()


def test_a_case_that_says_nothing_changes_nothing():
    others = [case for case in CASES if case.trial != "kerrigan_2003"]
    vague = ONE.model_copy(update={"low": -1e9, "high": 1e9, "se": 1e9})
    without, beside = small(others, ENOUGH), small([*others, vague], ENOUGH)
    assert beside.basis.names == without.basis.names
    assert beside.weight == pytest.approx(without.weight, rel=1e-9)
    assert (beside.rows == without.rows).all()


def test_a_validation_trial_weighs_nothing():
    alone = [case for case in CASES if case.role == "calibration"]
    assert small(alone, ENOUGH).facts() == small(CASES, ENOUGH).facts()


def test_trials_that_contradict_each_other_are_refused():
    said = {"low": 0.99, "high": 1.0, "estimate": 0.995, "se": 0.001}
    with pytest.raises(DataProblems, match="found '1'; the rule: at least 32, half of the 64 rows"):
        small([NAMED["konrad_2025"].model_copy(update=said)], 200, 64)


def with_a_spread_between_trials(monkeypatch, size):
    """A number that differs between trials, in the table and in the mechanics."""
    row = parameters.Parameter(
        "range_trial_z", 0.0, "SD", "1", "normal", "assumption", "range between trials", "", -1, 1
    )
    table = {**parameters.shipped(), row.name: row}
    predict = likelihood.predict

    def spread_out(case, values):
        return predict(case, values) + size * values["range_trial_z"][:, 0]

    for module in (likelihood, calibration_basis):
        monkeypatch.setattr(module, "predict", spread_out)
    for module in (trial_setting, calibration_basis, calibration, parameters):
        monkeypatch.setattr(module, "shipped", lambda: table)


def test_what_differs_between_trials_widens_the_error_and_is_not_calibrated(monkeypatch):
    """Normal between trials on top of normal sampling error: variances add up."""
    monkeypatch.setattr(likelihood, "predict", lambda _, values: values["thomas_mean_deg"][:, 0])
    with_a_spread_between_trials(monkeypatch, size=2.0)
    found = calibration.calibrate([measuring(14.0, 1.0)], n_prior=10_000, n_rows=100)
    assert found.basis.names == ("thomas_mean_deg",)
    precision = 1 / SD**2 + 1 / (1 + 2.0**2)
    mean, sd = mean_and_sd(found)
    assert mean == pytest.approx((MEAN / SD**2 + 14 / 5) / precision, abs=0.05)
    assert sd == pytest.approx(precision**-0.5, abs=0.03)


def test_trials_differ_from_each_other_and_a_trials_cases_do_not(monkeypatch):
    asked = {}
    with_a_spread_between_trials(monkeypatch, size=0.0)
    seen = likelihood.predict

    def watched(case, values):
        asked[case.name] = values["range_trial_z"][:, 0]
        return seen(case, values)

    monkeypatch.setattr(likelihood, "predict", watched)
    drawn = parameters.draw(50, seed=1, from_priors=True)
    likelihood.joint_log_likelihood(CASES, drawn)
    one, same, other = (
        asked[n] for n in ("alizadeh_2023_trained", "alizadeh_2023_body_mass", "diong_2022")
    )
    assert (one == same).all()
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.5
    assert not (one == drawn["range_trial_z"][:, 0]).any()
    scale = np.sqrt(1 / 55 + 54 / 55 * drawn["review_common_share"][:, 0])
    assert (one / scale).std() == pytest.approx(1, abs=0.4)


# What is stored, and what makes it stale.


def test_the_stored_draws_are_those_of_this_model():
    calibration.check(CASES)
    facts = parameters.calibrated().facts
    assert facts["effective_size"] > facts["rows"] / 2
    assert set(facts["trials"]) == {case.trial for case in CASES if case.role == "calibration"}


@pytest.mark.parametrize("name", [case.name for case in CASES if case.role == "validation"])
def test_a_validation_trial_that_leaks_into_calibration_is_refused(name):
    leak = {"role": "calibration"}
    if None in (NAMED[name].low, NAMED[name].high):  # it needs a standard error as well
        leak |= {"estimate": 1.0, "low": 0.0, "high": 2.0}
    leaked = [case.model_copy(update=leak) if case.name == name else case for case in CASES]
    with pytest.raises(DataProblems, match=r"trials, predictions.*Run `make calibrate`"):
        calibration.check(leaked)


@pytest.mark.parametrize(
    "change", [{"estimate": 1.7}, {"low": 0.1}, {"high": 3.1}, {"women_share": 0.4}]
)
def test_a_changed_calibration_case_is_refused(change):
    changed = [case.model_copy(update=change) if case is ONE else case for case in CASES]
    with pytest.raises(DataProblems, match=r"data/calibration.toml, trials.*make calibrate"):
        calibration.check(changed)


def test_how_a_case_is_scored_is_in_the_fingerprint(monkeypatch):
    """Whether a value was read decides its likelihood, and so does the likelihood's own form."""
    cases = [one for one in CASES if one.trial == "alizadeh_2023"]
    rule = next(one for one in cases if one.by_rule)
    sampling = {"rows": 1}
    before = calibration_basis.basis(cases, sampling=sampling)
    read = rule.model_copy(update={"interval": "read"})
    others = [one for one in cases if one is not rule]
    assert (
        calibration_basis.basis([*others, read], sampling=sampling).digests["trials"]
        != (before.digests["trials"])
    )
    right = likelihood.log_likelihood
    monkeypatch.setattr(likelihood, "log_likelihood", lambda *both: right(*both) / 2)
    after = calibration_basis.basis(cases, sampling=sampling)
    assert after.digests["likelihood"] != before.digests["likelihood"]
    assert after.digests["predictions"] == before.digests["predictions"]


def test_words_about_a_case_make_nothing_stale():
    said = {"title": "Other", "note": "Other.", "how": "otherwise", "verdict": None}
    calibration.check([case.model_copy(update=said) for case in CASES])


def test_changed_mechanics_are_refused_also_where_the_centre_stays(monkeypatch):
    predict = calibration_basis.predict

    def steeper(case, values):
        centre = predict(case, values)
        return centre + 1e-6 * (values["rom_reservoir_deg"][:, 0] > 5)

    monkeypatch.setattr(calibration_basis, "predict", steeper)
    with pytest.raises(DataProblems, match=r"data/calibration.toml, predictions: "):
        calibration.check(CASES)


def test_a_changed_setting_is_refused(monkeypatch):
    monkeypatch.setattr(calibration, "BLOCK", 4999)
    with pytest.raises(DataProblems, match=r"data/calibration.toml, sampling: "):
        calibration.check(CASES)


def test_the_same_calibration_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        calibration.write(small(CASES, ENOUGH), tmp_path / name)
    for file in FILES:
        one, two = ((tmp_path / name / file).read_bytes() for name in ("one", "two"))
        assert one == two
        assert b"\r" not in one
    laws = {name: row.law_digest for name, row in parameters.shipped().items()}
    back = calibrated_draws.read(tmp_path / "one", laws)
    found = small(CASES, ENOUGH)
    assert np.column_stack(list(back.columns.values())) == pytest.approx(found.rows, rel=1e-5)
    assert list(back.medians.values()) == pytest.approx(found.frame()["median"], rel=1e-5)
    assert dict(back.facts) == found.facts()


def test_the_command_stores_and_says_what_it_found(tmp_path, monkeypatch, capsys):
    found = small(CASES, ENOUGH)
    monkeypatch.setattr(calibration, "calibrate", lambda _: found)
    monkeypatch.setattr(calibration, "place", lambda _: tmp_path)
    calibration.main()
    said = capsys.readouterr().out
    assert all((tmp_path / file).exists() for file in FILES)
    assert f"9 calibration trials weigh {ENOUGH:,} draws" in said
    assert f"like {found.effective_size:.0f} equal ones" in said
    assert "rom_reservoir_deg" in said
    assert said.startswith(Wording("hipstudy.evidence", "calibration")("summary", found.facts()))


def test_a_changed_spread_between_trials_makes_the_stored_draws_stale():
    """It moves no case at the middle trial, but off it: the trials say something of it."""
    stored = parameters.calibrated().facts["priors"]
    for kind in ("strength", "range", "soreness"):
        assert f"{kind}_trial_z" in stored
    for kind in ("strength", "range"):
        assert f"{kind}_trial_sd" in parameters.calibrated().columns
    assert "review_common_share" in stored
