"""Statistical models against published results, and against statsmodels."""

import warnings

import numpy as np
import pandas as pd
import pytest
from random_slope import random_slope
from scipy import stats

from hipstudy.analysis import ancova, mixed
from hipstudy.analysis.estimate import Question

# Each sleeper's own least-squares line (ms, ms a day) over ten days, and the residual sum of
# squares of all of them: Belenky 2003, doi:10.1046/j.1365-2869.2003.00337.x, the set that lme4
# calls sleepstudy. Of complete rows at the same days, REML looks at nothing else.
SLEEPERS = [
    (244.1927, 21.7647), (205.0549, 2.2618), (203.4842, 6.1149), (289.6851, 3.0081),
    (285.7390, 5.2660), (264.2516, 9.5668), (275.0191, 9.1420), (240.1629, 12.2531),
    (263.0347, -2.8810), (290.1041, 19.0260), (215.1118, 13.4939), (225.8346, 19.5040),
    (261.1470, 6.4335), (276.3721, 13.5665), (254.9681, 11.3481), (210.4491, 18.0562),
    (253.6360, 9.1884), (267.0448, 11.2981),
]  # fmt: skip
SLEEPERS_RESIDUAL = 94311.508
# Treatment minus control on hip flexion of the trial in ``faraway``, degrees: estimate, and
# standard error or interval; the first three as published for it, the last two computed in R 4.2.2.
HIPS_PUBLISHED = {
    "all limbs": (7.025529, {"se": 1.770852}),
    "limbs from 90 deg": (4.722385, {"low": 1.795757, "high": 7.649014}),
    "means of 37": (4.29101, {"se": 1.80156}),
    "means of 39": (6.88617, {"low": 2.1958, "high": 11.5765}),
    "compound symmetry of 37": (5.15177, {"se": 1.80354}),
}
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


def sleepers():
    """Ten days of each sleeper, around the line that is known of them."""
    days = np.arange(10.0)
    around = np.where(days % 2, -1.0, 1.0)
    line = np.column_stack([np.ones(10), days])
    around -= line @ np.linalg.lstsq(line, around)[0]
    around *= np.sqrt(SLEEPERS_RESIDUAL / len(SLEEPERS) / (around**2).sum())
    parts = [
        pd.DataFrame({"Subject": i, "Days": days, "Reaction": start + slope_ * days + around})
        for i, (start, slope_) in enumerate(SLEEPERS)
    ]
    return pd.concat(parts, ignore_index=True)


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
    for name, found, df in (
        ("all limbs", ancova.limb_ancova(hips(), HIPS), 75),
        ("limbs from 90 deg", ancova.limb_ancova(hips(least=90), HIPS), 72),
        ("means of 37", ancova.ancova(hips((25, 35)), HIPS), 34),
        ("means of 39", ancova.ancova(hips(), HIPS), 36),
        ("compound symmetry of 37", mixed.random_intercept(hips((25, 35)), HIPS), 34),
    ):
        estimate, row = HIPS_PUBLISHED[name]
        # Published intervals of limbs have limbs' degrees of freedom; ours never do.
        se = row.get("se") or (row["high"] - row["low"]) / 2 / stats.t.ppf(0.975, df)
        assert found.estimate == pytest.approx(estimate, abs=1e-5), name
        assert found.se == pytest.approx(se, abs=1e-4), name


def test_sleepstudy_equals_lme4():
    frame = sleepers()
    found = random_slope(frame, "Reaction", "Days", "Subject")
    assert (found.intercept, found.intercept_se) == pytest.approx((251.405, 6.825), rel=1e-3)
    assert (found.slope, found.slope_se) == pytest.approx((10.467, 1.546), rel=1e-3)
    assert (found.sd_intercept, found.sd_slope) == pytest.approx((24.74, 5.92), rel=1e-3)
    assert found.residual == pytest.approx(25.59, rel=1e-3)
    assert found.note == ""


def test_time_in_another_unit_changes_the_unit_only():
    frame = sleepers()
    days = random_slope(frame, "Reaction", "Days", "Subject")
    shuffled = frame.assign(hours=24 * frame["Days"]).sample(frac=1, random_state=1)
    hours = random_slope(shuffled, "Reaction", "hours", "Subject")
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
    """Drawn jaws of 27 children at four ages, three of them missing."""
    rng = np.random.default_rng(5)
    child, age = np.repeat(np.arange(27), 4), np.tile([8.0, 10.0, 12.0, 14.0], 27)
    start, rise = rng.normal(24, 2, 27), rng.normal(0.66, 0.25, 27)
    distance = start[child] + rise[child] * (age - 8) + rng.normal(0, 1.3, len(age))
    frame = pd.DataFrame({"Subject": child, "age": age, "distance": distance})
    frame = frame.assign(age1=(frame["age"] - 8) / 6).drop(index=[3, 17, 40])
    theirs = fitted_by_statsmodels(frame, "distance ~ age1", groups="Subject", re_formula="~age1")
    ours = random_slope(frame, "distance", "age", "Subject")
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
