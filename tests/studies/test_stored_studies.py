"""Studies of what is kept are those of what is worked out, and only what nobody's file moves is."""

import time
from dataclasses import replace

import pandas as pd
import pytest

from hipstudy import parameters, result_store
from hipstudy.evidence import (
    calibration,
    outside_view,
    score_variants,
    symptom_trials,
    trials,
    validation,
)
from hipstudy.model import cohort
from hipstudy.model.observe import instruments
from hipstudy.studies import (
    compare_decisions,
    compare_study,
    dose_runs,
    dose_study,
    dose_tables,
    operating_characteristics,
    torque_curves,
)
from hipstudy.studies import sensitivity as drives

SMALL = {"n_runners": 4, "weeks": 3, "sets": "1, 3", "sessions_per_week": "1, 3",
         "stretch_min_wk": "0, 28"}  # fmt: skip
ARMS = {"stretch_only": 6, "strength_plus_stretch": 5}


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv(result_store.SWITCH, str(tmp_path / "store"))
    monkeypatch.setattr(result_store, "_LOADED", time.time() + 1000)
    result_store._basis.cache_clear()
    yield tmp_path / "store"
    result_store._basis.cache_clear()


def twice(store, find, monkeypatch, owner, work):
    """A result found and the one that is kept, which nothing works out."""
    with result_store.fresh_results():
        fresh = find()
    first = find()
    assert len(list(store.rglob("*.result"))) == 1

    def refused(*_args, **_named):
        raise AssertionError("it is kept already")

    monkeypatch.setattr(owner, work, refused)
    return fresh, first, find()


def test_reference_indices(store, monkeypatch):
    ask = {"seed": 3, "base": 16, "trajectories": 4, "n_runners": 2}
    found = twice(store, lambda: drives.reference(**ask), monkeypatch, drives, "_screened_indices")
    for one in found[1:]:
        for name in ("screen", "indices"):
            pd.testing.assert_frame_equal(
                getattr(one, name), getattr(found[0], name), check_exact=True
            )
        for name in ("screened", "main", "base", "never_even_share", "constant_answers"):
            assert getattr(one, name) == getattr(found[0], name)
    with pytest.raises(AssertionError, match="kept already"):
        drives.reference(**(ask | {"seed": 4}))


def test_indices_of_a_study_of_drawn_runners(store, monkeypatch):
    arms = "usual_running, strength_only"
    with result_store.fresh_results():
        study, other = (
            compare_study.run(n_runners=4, weeks=3, n_draws=8, protocols=arms, seed=seed)
            for seed in (0, 1)
        )
        real = compare_study.run(cohort="rbds", weeks=2, n_draws=8, protocols=arms)
    fresh, first, kept = twice(
        store, lambda: drives.of_study(study), monkeypatch, drives, "_indices"
    )
    for one in (first, kept):
        assert one.screen is None
        pd.testing.assert_frame_equal(one.indices, fresh.indices, check_exact=True)
        assert one.question.cohort.n_runners == 4
        for name in ("screened", "main", "base", "never_even_share", "constant_answers"):
            assert getattr(one, name) == getattr(fresh, name)
    for asked in (other, real):
        with pytest.raises(AssertionError, match="kept already"):
            drives.of_study(asked)
    assert len(list(store.rglob("*.result"))) == 1


def test_predictions_of_the_shipped_cases(store, monkeypatch):
    cases = trials.shipped()
    own = cases[0].model_copy(update={"name": "own_2020"})
    plain = validation.find
    found = twice(
        store,
        lambda: validation.find_all(cases, seed=2, n_draws=5),
        monkeypatch,
        validation,
        "find",
    )
    for results in found[1:]:
        for one, other in zip(results, found[0], strict=True):
            assert (one.case, one.predicted, one.band) == (other.case, other.predicted, other.band)
            assert (one.draws == other.draws).all()
            assert (one.population_sd is None) == (other.population_sd is None)
    with pytest.raises(AssertionError, match="kept already"):
        validation.find_all((*cases, own), seed=2, n_draws=5)
    monkeypatch.setattr(validation, "find", plain)
    assert validation.find_all((*cases, own), seed=2, n_draws=5)[-1].case == own
    assert len(list(store.rglob("*.result"))) == 1, "a case of one's own is not kept"


def test_pooled_reviews_of_shipped_cases_and_none_of_ones_own(store, monkeypatch):
    with result_store.fresh_results():
        results = validation.find_all(trials.shipped(), seed=2, n_draws=5)
    plain = score_variants.predict
    found = twice(
        store,
        lambda: score_variants._reviews(results, 0.5, seed=2),
        monkeypatch,
        score_variants,
        "predict",
    )
    for one, other in zip(found[0], found[-1], strict=True):
        assert (one.draws == other.draws).all()
    pooled = [one for one in results if one.case.pooled > 1]
    altered = pooled[0].case.model_copy(update={"pooled": pooled[0].case.pooled + 1})
    own = (replace(pooled[0], case=altered), *pooled[1:])
    for asked in (own, own[:1]):
        with pytest.raises(AssertionError, match="kept already"):
            score_variants._reviews(asked, 0.5, seed=2)
    monkeypatch.setattr(score_variants, "predict", plain)
    again, alone = (score_variants._reviews(asked, 0.5, seed=2)[0] for asked in (own, own[:1]))
    assert (again.draws == alone.draws).all()


def test_simulated_cohorts(store, monkeypatch):
    tools = instruments(parameters.central())
    ask = {"seed": 1, "draws": 2, "deals": 2}

    def find(**more):
        return operating_characteristics.false_positives_and_power(ARMS, 12, tools, **(ask | more))

    simulated = operating_characteristics.simulate_cohorts
    fresh, first, kept = twice(
        store, find, monkeypatch, operating_characteristics, "simulate_cohorts"
    )
    assert fresh == first == kept
    strict = find(alpha=0.001)
    with result_store.fresh_results(), monkeypatch.context() as plain:
        plain.setattr(operating_characteristics, "simulate_cohorts", simulated)
        assert find(alpha=0.001) == strict != fresh, "one simulation is judged by any alpha"
    assert find(alpha=0.9)[0].ordinary.share > fresh[0].ordinary.share
    with pytest.raises(AssertionError, match="kept already"):
        find(dosed=False)


def test_comparisons_of_drawn_runners(store, monkeypatch):
    ask = {"n_runners": 4, "weeks": 3, "n_draws": 3, "protocols": "usual_running, strength_only"}
    found = twice(store, lambda: compare_study.run(**ask), monkeypatch, compare_study, "_results")
    for one in found[1:]:
        for name in ("means", "improved", "reporting"):
            own, other = getattr(one, name), getattr(found[0], name)
            assert list(own) == list(other)
            for key, array in own.items():
                assert (array == other[key]).all()
                assert array.strides == other[key].strides, "sums come in the same order"
        assert list(one.central) == list(found[0].central)
        for arm, of_arm in one.central.items():
            assert all((of_arm[n] == a).all() for n, a in found[0].central[arm].items())
    compare_study.run(**ask, language="de")
    (kept,) = store.rglob("*.result")
    assert b"strength_only" not in kept.read_bytes(), "a name of an arm may be a person's"
    compare_study.run(**ask, cause_prior="1, 0, 0, 0", combine_views=0.5)
    for other in (
        {"n_runners": 5}, {"mcid_nrs": 1.0}, {"causal_share": 0.5}, {"sets": 2}, {"weeks": 4},
        {"seed": 1}, {"adherence": 0.5}, {"entry_nrs": 5.0}, {"start_rom_deg": 5.0}, {"reps": 5},
        {"programme_effect_nrs": 1.0}, {"n_draws": 4}, {"protocols": "usual_running, stretch_only"},
    ):  # fmt: skip
        with pytest.raises(AssertionError, match="kept already"):
            compare_study.run(**(ask | other))


def of_drawn(**more):
    arms = "usual_running, stretch_only, strength_only"
    return compare_study.run(n_runners=6, weeks=3, n_draws=8, protocols=arms, **more)


CURVES = {
    "drivers": ("_driver_rows", lambda s: torque_curves.drivers(s, s.primary)),
    "torque_angle": ("_angle_rows", lambda s: torque_curves.torque_angle(s, s.primary)),
    "surface": ("_surface_rows", lambda s: torque_curves.surface(s, s.primary)),
}


@pytest.mark.parametrize("name", CURVES)
def test_torque_of_drawn_runners(store, monkeypatch, name):
    work, table = CURVES[name]
    with result_store.fresh_results():
        study, other = of_drawn(), of_drawn(seed=1)
        real = compare_study.run(cohort="rbds", weeks=2, n_draws=8)
        given = of_drawn(runners=cohort.draw(6, seed=0))
        reverse = replace(study, design=replace(study.design, contrasts=[study.primary[::-1]]))
    fresh, first, kept = twice(store, lambda: table(study), monkeypatch, torque_curves, work)
    for one in (first, kept):
        pd.testing.assert_frame_equal(one, fresh, check_exact=True)
    (file,) = store.rglob("*.result")
    assert b"strength_only" not in file.read_bytes(), "a name of an arm may be a person's"
    for asked in (other, real, given, reverse):
        with pytest.raises(AssertionError, match="kept already"):
            table(asked)


def test_sizes_of_trials_on_drawn_runners(store, monkeypatch):
    with result_store.fresh_results():
        study, other = of_drawn(), of_drawn(seed=1)
        real = compare_study.run(cohort="rbds", weeks=2, n_draws=8)
    fresh, first, kept = twice(
        store, study.trial_sizes, monkeypatch, compare_decisions, "runners_per_arm"
    )
    for one in (first, kept):
        pd.testing.assert_frame_equal(one, fresh, check_exact=True)
    for asked in (other, real, replace(study, values=other.values)):
        with pytest.raises(AssertionError, match="kept already"):
            asked.trial_sizes()


def test_pooled_trials_that_are_shipped(store, monkeypatch):
    plain = outside_view.pool
    fresh, first, kept = twice(
        store, lambda: outside_view.read().frame(4.0), monkeypatch, outside_view, "pool"
    )
    for one in (first, kept):
        pd.testing.assert_frame_equal(one, fresh, check_exact=True)
    view = outside_view.read()
    own = outside_view.OutsideView(view.trials[1:])
    for contrast in symptom_trials.CLASSES:
        for variant in view.variants(contrast):
            with result_store.fresh_results(), monkeypatch.context() as again:
                again.setattr(outside_view, "pool", plain)
                one = outside_view.read().pooled(contrast, variant)
            assert repr(view.pooled(contrast, variant)) == repr(one)  # NaN is not NaN
            assert len(view.leave_one_out(contrast, variant)) != 1
    with pytest.raises(AssertionError, match="kept already"):
        own.frame()


def test_the_basis_of_a_calibration(store, monkeypatch):
    cases = trials.shipped()
    now = calibration.basis(cases, sampling=calibration._sampling())
    fresh, first, kept = twice(
        store, lambda: calibration._basis_now(cases), monkeypatch, calibration, "basis"
    )
    assert now == fresh == first == kept
    assert (fresh.fingerprint, fresh.priors) == (kept.fingerprint, kept.priors)
    with pytest.raises(AssertionError, match="kept already"):
        calibration._basis_now(cases[1:])


def doses_alone(name, settings, find, plain=result_store.result):
    """What compares the ends of the article is kept as well; here it is in the way."""
    return plain(name, settings, find) if name == "doses" else find()


def test_doses_on_drawn_runners(store, monkeypatch):
    monkeypatch.setattr(compare_study.result_store, "result", doses_alone)
    found = twice(store, lambda: dose_study.run(**SMALL), monkeypatch, dose_runs, "_runs")
    for table in ("surfaces", "curve", "enough", "enough_stretching", "ends", "effect_left",
                  "keeping", "missed_sessions"):  # fmt: skip
        frames = [getattr(dose_tables, table)(study) for study in found]
        for one in frames[1:]:
            pd.testing.assert_frame_equal(one, frames[0], check_exact=True)
    again = dose_study.run(**SMALL, report_date="2026-01-31")
    assert all((again.surface[name] == runs).all() for name, runs in found[0].surface.items())
    with pytest.raises(AssertionError, match="kept already"):
        dose_study.run(**(SMALL | {"seed": 1}))


def test_runners_of_a_file_leave_nothing(store):
    dose_study.run(**SMALL, runners=cohort.draw(3, seed=9))
    whole = {name: one for name, one in SMALL.items() if name != "n_runners"}
    dose_study.run(**whole, cohort="rbds")
    arms = "usual_running, strength_only"
    study = compare_study.run(cohort="rbds", weeks=2, n_draws=2, protocols=arms)
    study.trial_sizes()
    torque_curves.surface(study, study.primary)
    assert not store.exists() or list(store.iterdir()) == []
