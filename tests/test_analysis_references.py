"""Statistical models against published results, and against statsmodels."""

import json
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hipstudy.analysis import ancova, mixed, slope
from hipstudy.analysis.estimate import Question

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "data" / "reference"
HIPS = Question("y", 12, "treat", "control")


@pytest.fixture(scope="module")
def hips():
    """39 people, both hips, as a long frame; a function of the persons left out."""
    data = pytest.importorskip("faraway.datasets.hips").load()

    def long(without=(), least=-np.inf):
        kept = data[~data["person"].isin(without) & (data["fbef"] >= least)]
        visits = [
            kept.assign(week=w, y=kept[c].astype(float)) for w, c in ((0, "fbef"), (12, "faft"))
        ]
        frame = pd.concat(visits).rename(columns={"person": "runner", "grp": "arm"})
        return frame[["runner", "side", "arm", "week", "y"]]

    return long


def reference(name):
    file = REFERENCE / name
    if not file.exists():
        pytest.skip(f"the reference data are not here: ../shared/data/reference/{name}")
    return file


@pytest.mark.parametrize(
    ("answer", "value", "se", "without"),
    [
        (ancova.limb_ancova, 7.0255, 1.7709, ()),
        (ancova.change_score, 3.6898, 2.2285, ()),
        (ancova.ancova, 6.8862, 2.3127, ()),
        (ancova.ancova, 4.2910, 1.8016, (25, 35)),
    ],
)
def test_hips_person_means(hips, answer, value, se, without):
    found = answer(hips(without), HIPS)
    assert found.estimate == pytest.approx(value, abs=5e-5)
    assert found.se == pytest.approx(se, abs=5e-5)
    assert ("ignores the nesting" in found.note) == (answer is not ancova.ancova)


@pytest.mark.parametrize("answer", [mixed.random_intercept, mixed.mixed])
@pytest.mark.parametrize(
    ("value", "se", "without"), [(7.3206, 2.2762, ()), (5.1518, 1.8035, (25, 35))]
)
def test_hips_random_intercept(hips, answer, value, se, without):
    found = answer(hips(without), HIPS)
    assert found.estimate == pytest.approx(value, abs=5e-5)
    assert found.se == pytest.approx(se, rel=1e-2)
    if answer is mixed.random_intercept:
        assert found.se == pytest.approx(se, abs=5e-5)
    assert found.df == found.n_runners - 3
    assert found.n_limbs == 2 * found.n_runners


def test_hips_as_published(hips):
    known = json.loads(reference("hips_reference.json").read_text())
    for name, found, df in (
        ("lm_all78_treat", ancova.limb_ancova(hips(), HIPS), 75),
        ("lm_n75_treat", ancova.limb_ancova(hips(least=90), HIPS), 72),
        ("person_mean_n37_treat", ancova.ancova(hips((25, 35)), HIPS), 34),
        ("person_mean_n39_treat", ancova.ancova(hips(), HIPS), 36),
        ("gls_cs_n74_treat", mixed.random_intercept(hips((25, 35)), HIPS), 34),
    ):
        row = known[name]
        # Published intervals of limbs have limbs' degrees of freedom; ours never do.
        se = row.get("se") or (row["hi"] - row["lo"]) / 2 / stats.t.ppf(0.975, df)
        assert found.estimate == pytest.approx(row["est"], abs=1e-5), name
        assert found.se == pytest.approx(se, abs=1e-4), name


def test_sleepstudy_equals_lme4():
    frame = pd.read_csv(reference("sleepstudy.csv"))
    found = slope.random_slope(frame, "Reaction", "Days", "Subject")
    assert (found.intercept, found.intercept_se) == pytest.approx((251.405, 6.825), rel=1e-3)
    assert (found.slope, found.slope_se) == pytest.approx((10.467, 1.546), rel=1e-3)
    assert (found.sd_intercept, found.sd_slope) == pytest.approx((24.74, 5.92), rel=1e-3)
    assert found.residual == pytest.approx(25.59, rel=1e-3)
    assert found.note == ""


def test_time_in_another_unit_changes_the_unit_only():
    frame = pd.read_csv(reference("sleepstudy.csv"))
    days = slope.random_slope(frame, "Reaction", "Days", "Subject")
    shuffled = frame.assign(hours=24 * frame["Days"]).sample(frac=1, random_state=1)
    hours = slope.random_slope(shuffled, "Reaction", "hours", "Subject")
    assert 24 * hours.slope == pytest.approx(days.slope)
    assert 24 * hours.slope_se == pytest.approx(days.slope_se)
    assert 24 * hours.sd_slope == pytest.approx(days.sd_slope)
    assert hours.intercept == pytest.approx(days.intercept)


def fitted_by_statsmodels(frame, formula, **given):
    from statsmodels.regression.mixed_linear_model import MixedLM

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return MixedLM.from_formula(formula, frame, **given).fit(reml=True, method="lbfgs")


def test_reml_equals_statsmodels():
    """Orthodont, girls and boys, with a line each: another set of known size."""
    frame = pd.read_csv(reference("Orthodont.csv")).assign(age1=lambda d: (d["age"] - 8) / 6)
    frame = frame.drop(index=[3, 17, 40])
    theirs = fitted_by_statsmodels(frame, "distance ~ age1", groups="Subject", re_formula="~age1")
    ours = slope.random_slope(frame, "distance", "age", "Subject")
    assert ours.slope * 6 == pytest.approx(theirs.fe_params["age1"], rel=1e-4)
    assert ours.slope_se * 6 == pytest.approx(theirs.bse_fe["age1"], rel=1e-3)
    assert ours.residual == pytest.approx(np.sqrt(theirs.scale), rel=1e-3)
    at_birth = theirs.fe_params["Intercept"] - 8 / 6 * theirs.fe_params["age1"]
    assert ours.intercept == pytest.approx(at_birth, rel=1e-4)


def test_random_intercept_equals_statsmodels():
    rng = np.random.default_rng(3)
    runner = np.repeat(np.arange(24), 2)
    x = rng.normal(size=48)
    treated = (runner < 12).astype(float)
    y = x / 2 + treated + rng.normal(size=24)[runner] + rng.normal(size=48) / 2
    wide = pd.DataFrame({"runner": runner, "side": np.tile(["left", "right"], 24), "x": x, "y": y})
    wide = wide.assign(arm=np.where(treated == 1, "treat", "control"), t=treated).drop(
        index=[5, 31]
    )
    theirs = fitted_by_statsmodels(wide, "y ~ t + x", groups="runner")
    long = pd.concat([wide.assign(week=0, y=wide["x"]), wide.assign(week=12)])
    ours = mixed.random_intercept(long, HIPS)
    assert ours.estimate == pytest.approx(theirs.fe_params["t"], rel=1e-4)
    assert ours.se == pytest.approx(theirs.bse_fe["t"], rel=1e-3)
