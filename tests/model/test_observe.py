"""What a clinic would see of the truth."""

from dataclasses import replace
from itertools import pairwise

import lone
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipstudy import parameters
from hipstudy.model import cohort, observe, simulate
from hipstudy.model.observe import Visits, instruments, perfect
from hipstudy.prescription import protocol

REST = Visits(hours_since_stretch=48, hours_since_session=24 * 18, nrs_step=0)
FELT = ("tightness_nrs", "discomfort_nrs", "thomas_ext_deg", "end_range_torque_nm_kg")


def looked_at(arm="strength_plus_stretch", *, n=6, seed=0, weeks=12, world="weak", **given):
    values = parameters.central(**given)
    runners = cohort.draw(n, seed=seed)
    one = protocol.preset(arm)
    return simulate.run(runners, one, values, [world], weeks=weeks, seed=seed)


@settings(max_examples=15)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 12), min_size=1, unique=True))
def test_without_noise_and_with_full_follow_up_the_truth_is_seen_at_the_visits(seed, weeks):
    """At rest: 48 h after stretching, past the curve's passing shift, no fatigue."""
    run = looked_at(seed=seed, fatigue_per_set=0)
    at = Visits(tuple(sorted(weeks)), 48, 24 * 18, nrs_step=0)
    seen = observe.observe(run, at, perfect(), seed=seed)
    assert len(seen) == len(weeks) * run.cohort.n_limbs
    for week, rows in seen.groupby("week"):
        for outcome in FELT:
            assert rows[outcome].to_numpy() == pytest.approx(run.truth(outcome, week), abs=1e-12)


def test_the_frame_has_the_columns_of_a_clinics_file():
    seen = observe.observe(looked_at(), Visits(), instruments(parameters.central()), seed=1)
    assert tuple(seen.columns) == observe.COLUMNS
    assert set(seen["side"]) == {"left", "right"}
    assert set(seen["arm"]) == {"strength_plus_stretch"}
    assert seen["runner_id"].max() <= 6
    for name in ("tightness_nrs", "discomfort_nrs"):
        assert (seen[name] == seen[name].round()).all(), "a rating is a whole number"
        assert seen[name].between(0, 10).all()


@settings(max_examples=15)
@given(st.integers(0, 1000))
def test_no_ones_reading_depends_on_company_arms_or_other_visits(seed):
    tools = instruments(parameters.central())
    whole = looked_at(seed=seed)
    seen = observe.observe(whole, Visits((0, 3, 6, 12)), tools, seed=seed)
    fewer = observe.observe(whole, Visits((0, 12)), tools, seed=seed)
    kept = seen[seen["week"].isin([0, 12])].reset_index(drop=True)
    pd.testing.assert_frame_equal(kept, fewer)
    part = looked_at(n=3, seed=seed)
    few = observe.observe(part, Visits((0, 12)), tools, seed=seed)
    same = fewer[fewer["runner_id"] <= 3].reset_index(drop=True)
    pd.testing.assert_frame_equal(few, same, rtol=1e-12)
    other = observe.observe(looked_at("stretch_only", seed=seed), Visits((0,)), tools, seed=seed)
    first = seen[seen["week"] == 0].reset_index(drop=True)
    for outcome in FELT:
        assert other[outcome].to_numpy() == pytest.approx(first[outcome].to_numpy()), "baseline"


def test_lost_stays_lost():
    tools = instruments(parameters.central(lost_share=0.6))
    seen = observe.observe(looked_at(n=200), Visits((0, 3, 6, 9, 12)), tools, seed=2)
    there = [set(seen[seen["week"] == week]["runner_id"]) for week in (0, 3, 6, 9, 12)]
    assert len(there[0]) == 200
    for before, after in pairwise(there):
        assert after < before
    assert (seen.groupby(["runner_id", "week"])["side"].nunique() == 2).all(), "both limbs come"


def test_stopping_and_being_lost_are_two_events():
    """Some stop and still come, some go on and do not; neither is told from the other's luck."""
    run = looked_at(n=400, stop_hazard_per_wk=0.05, lost_share=0.4)
    seen = observe.observe(run, Visits((0, 12)), instruments(run.values), seed=0)
    end = seen[(seen["week"] == 12) & (seen["side"] == "left")]
    stopped = run.completed.stopped[0, :, 11]
    came = np.isin(np.arange(400) + 1, end["runner_id"])
    table = pd.crosstab(stopped, came)
    assert table.to_numpy().min() > 30
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / 400
    # Independence: each cell within 5 standard errors of a hypergeometric count.
    sd = np.sqrt(expected[0, 0] * (1 - stopped.mean()) * came.mean())
    assert abs(table.to_numpy()[1, 1] - expected[1, 1]) < 5 * sd
    assert (end.set_index("runner_id")["stopped_exercise"] == stopped[came]).all()


def test_a_visit_too_soon_shows_what_stretching_left():
    """4.9 deg at once, half of it at 24 h, none at 48 h (rows ROM030, ROM031)."""
    run = looked_at("stretch_only", adherence_mean=0.74, stop_hazard_per_wk=0)
    shown = {}
    for hours in (0, 24, 48):
        at = Visits((0, 12), hours, nrs_step=0)
        seen = observe.observe(run, at, perfect(), seed=0)
        end = seen[seen["week"] == 12]
        shown[hours] = end["thomas_ext_deg"].to_numpy() - run.truth("thomas_ext_deg", 12)
        since = end["hours_since_stretch"].to_numpy()
        left = 4.9 * np.clip(1 - since / 48, 0, 1)
        assert shown[hours] == pytest.approx(left, abs=1e-9)
        assert (since >= hours).all()
        first = seen[seen["week"] == 0]
        assert first["hours_since_stretch"].isna().all(), "never yet"
        assert first["thomas_ext_deg"].to_numpy() == pytest.approx(run.truth("thomas_ext_deg", 0))
    assert shown[0].max() == pytest.approx(4.9)
    assert shown[48].max() == pytest.approx(0, abs=1e-12)


def test_a_visit_too_soon_shows_fatigue_and_a_passing_shift():
    """Fatigue lowers torque, the curve's shift towards length raises it; both are gone at rest."""
    tired = looked_at(angle_shift_deg=0, stop_hazard_per_wk=0, n=40)
    shifted = looked_at(fatigue_per_set=0, stop_hazard_per_wk=0, n=40)
    for run, sign in ((tired, -1), (shifted, 1)):
        soon, late = (
            observe.observe(run, Visits((12,), 48, hours), perfect(), seed=0)[
                "end_range_torque_nm_kg"
            ]
            for hours in (0, 24 * 18)
        )
        truth = run.truth("end_range_torque_nm_kg", 12)
        apart = sign * (soon - truth)
        assert (apart >= -1e-12).all()
        assert apart.max() > 0.01
        assert late.to_numpy() == pytest.approx(truth, rel=1e-3)


def test_bracing_changes_the_reading_of_those_who_learn_it():
    tools = instruments(parameters.central(brace_bias_deg=3))
    for arm, braced in (("stretch_only", 0), ("strength_only", 3)):
        run = looked_at(arm)
        seen = [
            observe.observe(run, REST, t, seed=4).set_index(["runner_id", "side", "week"])
            for t in (instruments(parameters.central()), tools)
        ]
        both = seen[0].index.intersection(seen[1].index)
        gap = seen[0]["thomas_ext_deg"].loc[both] - seen[1]["thomas_ext_deg"].loc[both]
        week = both.get_level_values("week")
        assert gap[week == 0].abs().max() < 1e-12
        assert gap[week > 0].to_numpy() == pytest.approx(braced)


def test_adherence_is_reported_higher_than_it_was():
    run = looked_at(n=50)
    done = run.completed.strength[0].sum(axis=-1) + run.completed.stretch[0].sum(axis=-1)
    true = 100 * done / (12 * 10)
    said = observe.observe(run, Visits((0, 12)), instruments(run.values), seed=0)
    end = said[(said["week"] == 12) & (said["side"] == "left")].set_index("runner_id")
    expected = np.minimum(1.25 * true, 100)[end.index - 1]
    assert end["adherence_pct"].to_numpy() == pytest.approx(expected)
    assert said[said["week"] == 0]["adherence_pct"].isna().all()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"weeks": ()}, r"weeks: found \(\); the rule is whole weeks, rising, from 0"),
        ({"weeks": (6, 0)}, r"weeks: found \(6, 0\)"),
        ({"hours_since_stretch": -1}, "hours_since_stretch: found -1; the rule is 0 or more"),
        ({"nrs_step": -0.5}, "nrs_step: found -0.5"),
        ({"weeks": (0, 6.5)}, r"weeks: found \(0, 6.5\); the rule is whole weeks"),
        ({"hours_since_stretch": np.nan}, "hours_since_stretch: found nan; the rule is 0 or more"),
    ],
)
def test_visits_that_cannot_be_are_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        Visits(**wrong)


def test_a_clinic_sees_one_world_and_only_weeks_that_were():
    run = looked_at()
    with pytest.raises(ValueError, match="weeks: found 13; the rule is up to 12, as simulated"):
        observe.observe(run, Visits((0, 13)), perfect(), seed=0)
    draws = replace(run, values=parameters.draw(2, seed=0))
    worlds = simulate.run(run.cohort, run.protocol, run.values, weeks=1, seed=0)
    for many, numbers in ((draws, "2 draws and 1 worlds"), (worlds, "1 draws and 4 worlds")):
        with pytest.raises(ValueError, match=f"found {numbers}; the rule is one of each"):
            observe.observe(many, Visits((0, 1)), perfect(), seed=0)


def test_real_runners_are_not_looked_at_one_by_one(rbds_file):
    """A row would give a single one strength and tightness that nobody measured in him."""
    drawn = looked_at()
    run = replace(drawn, cohort=replace(drawn.cohort, source="RBDS"))
    with pytest.raises(
        ValueError, match=r"found real runners \(RBDS\); .* give means of real ones"
    ):
        observe.observe(run, REST, perfect(), seed=0)
    assert rbds_file.exists()


def test_ratings_of_one_runner_go_wrong_together():
    """One person rates both hips: their errors correlate at ``rating_r``; 5 standard errors."""
    n = 4000
    runners = cohort.draw(n, seed=6)
    tools = instruments(parameters.central())
    assert tools.rating_r == 0.89
    truth = np.full(2 * n, 5.0)
    error = observe.rated(truth, "tightness_nrs", runners, tools, week=3, step=0, seed=6) - truth
    r = np.corrcoef(error[0::2], error[1::2])[0, 1]
    assert r == pytest.approx(0.89, abs=5 * (1 - 0.89**2) / np.sqrt(n))
    assert error.std() == pytest.approx(0.9, abs=5 * 0.9 / np.sqrt(2 * n))


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_untrained_side_is_neither_tired_nor_sore(side):
    run = looked_at("strength_only", stop_hazard_per_wk=0, n=20)
    arm = lone.changed(run.protocol, sides=side)
    found = simulate.simulate(run.cohort, {"weak": run.start}, arm, run.completed, run.values)
    run = replace(run, protocol=arm, trajectories=found)
    seen = observe.observe(run, Visits((0, 12), 48, 0), perfect(), seed=0)
    other = seen[seen["side"] != side]
    assert other["hours_since_session"].isna().all()
    limbs = np.arange(40).reshape(-1, 2)[:, 1 if side == "left" else 0]
    assert (found.outcomes["soreness_nrs"][0, 0, limbs] == 0).all()
    assert found.outcomes["soreness_nrs"][0, 0, 1 - limbs % 2 + 2 * (limbs // 2)].max() > 0
    truth = found.outcomes["end_range_torque_nm_kg"][0, 0, limbs, 12]
    week = other[other["week"] == 12]["end_range_torque_nm_kg"]
    assert week.to_numpy() == pytest.approx(truth)
