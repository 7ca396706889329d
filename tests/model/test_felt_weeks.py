"""How a week feels without any cause: usual level, entry, fluctuation, course, programme.

Expected numbers are worked out from normal laws by other means (quadrature, scipy.stats, the
textbook's autoregression); tolerances are 5 Monte Carlo standard errors.
"""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hipstudy import parameters
from hipstudy.model import (
    adherence,
    baseline,
    cohort,
    felt_weeks,
    paired_limbs,
    simulate,
    usual_level,
)
from hipstudy.model.causes import LINKS, WORLDS
from hipstudy.model.observe import Visits, instruments, observe
from hipstudy.model.weekly_dose import doses
from hipstudy.prescription import design, protocol

USUAL, BOTH = protocol.preset("usual_running"), protocol.preset("strength_plus_stretch")
ARMS = design.CONTRACT_ARMS
EXERCISING = [name for name in ARMS if name != "usual_running"]
SIDE_R = 0.89


def felt(arm, runners, values, *, weeks=12, seed=0, worlds=("nonspecific",)):
    """Tightness of every limb, (worlds, draws, limbs, weeks from 0)."""
    run = simulate.run(runners, arm, values, worlds, weeks=weeks, seed=seed, outcomes=tuple(LINKS))
    return run.trajectories.outcomes["tightness_nrs"]


def of_runner(limbs):
    """Mean of both hips, the last axis being limbs."""
    return limbs.reshape(*limbs.shape[:-1], -1, 2).mean(axis=-1)


@pytest.mark.parametrize("entry", [0.5, 3, 6])
def test_week_0_is_the_normal_law_cut_at_the_threshold(entry):
    """Kolmogorov-Smirnov against scipy's truncated normal; nobody is thrown away."""
    n = 4000
    values = parameters.central(entry_nrs=entry)
    levels = usual_level.draw_levels(cohort.draw(n, seed=3), values, seed=3)
    first = of_runner((levels.usual["tightness_nrs"] + levels.away["tightness_nrs"])[0])
    assert len(first) == n
    assert first.min() >= entry - 1e-9
    assert first.max() <= 10 + 1e-9
    sd = np.sqrt((3**2 + 1.12**2) * (1 + SIDE_R) / 2)
    law = stats.truncnorm((entry - 1) / sd, (10 - 1) / sd, 1, sd)
    assert stats.kstest(first, law.cdf).pvalue > 1e-4
    shown = levels.first["tightness_nrs"]
    assert shown == pytest.approx(
        (levels.usual["tightness_nrs"] + levels.away["tightness_nrs"]).clip(0, 10)
    )


def test_a_threshold_of_nothing_keeps_nobody_out():
    values = parameters.central(entry_nrs=0)
    n = 4000
    levels = usual_level.draw_levels(cohort.draw(n, seed=4), values, seed=4)
    usual = levels.usual["tightness_nrs"][0]
    assert usual.mean() == pytest.approx(1, abs=5 * 3 / np.sqrt(n))
    assert usual.std() == pytest.approx(3, abs=5 * 3 / np.sqrt(2 * n))


@pytest.mark.parametrize("entry", [3.0, 5.0])
def test_those_who_come_in_fall_back_to_their_usual_level_and_no_further(entry):
    """Change of untreated weeks against the regression worked out by quadrature."""
    n = 6000
    values = parameters.central(entry_nrs=entry, natural_course_nrs_wk=0, fluctuation_week_r=0.5)
    levels = usual_level.draw_levels(cohort.draw(n, seed=5), values, seed=5)
    weeks = of_runner(levels.weekly(("tightness_nrs",), 41, values)["tightness_nrs"][:, 0])
    mean = np.sqrt((3**2 + 1.12**2) * (1 + SIDE_R) / 2)
    grid = np.linspace(entry, 10, 20_001)
    weight = np.exp(-(((grid - 1) / mean) ** 2) / 2)
    first = (grid * weight).sum() / weight.sum()
    lasting = 3**2 / (3**2 + 1.12**2)
    for week in (1, 2, 12, 40):
        kept = lasting + (1 - lasting) * 0.5**week
        expected = 1 + kept * (first - 1)
        se = weeks[week].std() / np.sqrt(n)
        assert weeks[week].mean() == pytest.approx(expected, abs=5 * se)
    assert weeks[0].mean() - weeks[40].mean() > 0.3
    assert abs(weeks[40].mean() - weeks[12].mean()) < 5 * 1.12 * np.sqrt(2 / n)


def test_weeks_are_an_autoregression_around_the_usual_level():
    n, step_r, sd = 3000, 0.6, 1.3
    values = parameters.central(fluctuation_sd_nrs=sd, fluctuation_week_r=step_r, entry_nrs=0)
    levels = usual_level.draw_levels(cohort.draw(n, seed=6), values, seed=6)
    away = (
        levels.weekly(("tightness_nrs",), 9, values)["tightness_nrs"][:, 0]
        - levels.usual["tightness_nrs"][0]
    )
    se = 5 / np.sqrt(n)
    for week in (0, 1, 4, 8):
        assert away[week].mean() == pytest.approx(0, abs=se * sd)
        assert away[week].std() == pytest.approx(sd, abs=se * sd)
        r = np.corrcoef(away[week, 0::2], away[week, 1::2])[0, 1]
        assert r == pytest.approx(SIDE_R, abs=se * (1 - SIDE_R**2)), "one person rates both hips"
    for lag in (1, 2, 3):
        r = np.corrcoef(away[2], away[2 + lag])[0, 1]
        assert r == pytest.approx(step_r**lag, abs=se)
    other = (
        levels.weekly(("discomfort_nrs",), 9, values)["discomfort_nrs"][:, 0]
        - levels.usual["discomfort_nrs"][0]
    )
    assert np.corrcoef(away[4], other[4])[0, 1] == pytest.approx(0.5, abs=se)


def test_luck_is_the_runners_own_in_every_arm_world_and_horizon():
    runners, values = cohort.draw(5, seed=1), parameters.draw(3, seed=1, causal_share=0)
    whole = felt(BOTH, runners, values, weeks=12, worlds=WORLDS)
    longer = felt(BOTH, runners, values, weeks=20, worlds=WORLDS)
    few = felt(BOTH, runners.take(np.arange(2)), values, weeks=12, worlds=WORLDS)
    assert (whole == longer[..., :13]).all()
    assert few == pytest.approx(whole[:, :, :4], abs=1e-12)
    for world in range(1, len(WORLDS)):
        assert (whole[world] == whole[0]).all()
    again = [usual_level.draw_levels(runners, values, seed=s) for s in (1, 1, 2)]
    weeks = [one.weekly(("tightness_nrs",), 8, values)["tightness_nrs"] for one in again]
    assert (weeks[0] == weeks[1]).all()
    assert (weeks[0] != weeks[2]).all()


def test_a_prediction_has_luck_of_its_own_in_every_draw():
    """The spread between draws then holds the fluctuation; the law is the same."""
    runners = cohort.draw(40, seed=2)
    values = parameters.draw(200, seed=2, fluctuation_sd_nrs=1.2, natural_course_nrs_wk=0)
    spread = {}
    for by_draw in (False, True):
        levels = usual_level.draw_levels(runners, values, seed=2, by_draw=by_draw)
        mean = levels.weekly(("tightness_nrs",), 13, values)["tightness_nrs"][12].mean(axis=-1)
        spread[by_draw] = mean.std(), mean.mean()
    assert spread[True][0] > 3 * spread[False][0]
    whole = np.sqrt(3**2 + 1.2**2)
    assert spread[True][0] < whole / np.sqrt(40) * 1.2
    assert abs(spread[True][1] - spread[False][1]) < 5 * whole / np.sqrt(40)


def test_what_was_rated_is_week_0_and_the_usual_level_is_nearer_to_the_mean():
    """Usual level and next weeks given a rating: shrinkage by hand, 4,000 runners."""
    n, rating = 4000, 7.0
    values = parameters.central(natural_course_nrs_wk=0)
    rated = replace(cohort.draw(n, seed=8), tightness_nrs=np.full(2 * n, rating))
    start = baseline.draw(rated, "nonspecific", values, seed=8)
    assert (start.tightness_nrs == rating).all(), "what a table prints stays what was rated"
    tight = felt(USUAL, rated, values)[0, 0]
    assert (tight[:, 0] == rating).all()
    lasting = 3**2 / (3**2 + 1.12**2 + 0.9**2)
    usual = start.levels.usual["tightness_nrs"][0]
    se = 5 * 3 / np.sqrt(n)
    assert usual.mean() == pytest.approx(1 + lasting * 6, abs=se * np.sqrt(1 - lasting))
    assert usual.std() == pytest.approx(3 * np.sqrt(1 - lasting), abs=se)
    # Of what is not lasting, the fluctuation is a part that fades week by week.
    passing = 1.12**2 / (3**2 + 1.12**2 + 0.9**2) * 6
    weeks = start.levels.weekly(("tightness_nrs",), 3, values)["tightness_nrs"][:, 0]
    for week in (0, 1, 2):
        expected = 1 + lasting * 6 + passing * 0.5**week
        assert weeks[week].mean() == pytest.approx(expected, abs=5 * 1.3 / np.sqrt(n))
    discomfort = start.levels.usual["discomfort_nrs"][0]
    other = 2.5**2 / (2.5**2 + 1.12**2 + 0.9**2)
    z = 6 / np.sqrt(3**2 + 1.12**2 + 0.9**2)
    expected = 1.5 + 2.5 * np.sqrt(other) * 0.5 * z
    assert discomfort.mean() == pytest.approx(expected, abs=5 * 2.5 / np.sqrt(n))


def test_error_and_fluctuation_are_not_counted_twice():
    """Two ratings of one runner, months apart, differ by WP015's error: 1.44 in unchanged people.

    Within days they differ by the instrument's error alone, 0.9 (WP014).
    """
    v = {name: parameters.number(name) for name in ("fluctuation_sd_nrs", "nrs_sem")}
    assert np.hypot(*v.values()) == pytest.approx(1.44, abs=0.01)
    n = 4000
    values = parameters.central(
        natural_course_nrs_wk=0, entry_nrs=0, tightness_mean_nrs=5, tightness_sd_nrs=0.01
    )
    run = simulate.run(cohort.draw(n, seed=9), USUAL, values, ["nonspecific"], weeks=40, seed=9)
    tools = replace(instruments(values), lost_per_wk=0)
    seen = observe(run, Visits((20, 40), nrs_step=0), tools, seed=9)
    first, again = (seen[seen["week"] == week]["tightness_nrs"].to_numpy() for week in (20, 40))
    error = (again - first).std() / np.sqrt(2)
    assert error == pytest.approx(1.44, abs=5 * 1.44 / np.sqrt(2 * n) + 0.01)


def test_the_law_before_and_after_is_that_of_the_weeks():
    """The closed form against 20,000 drawn runners: SDs, correlation, change."""
    n = 20_000
    for more in ({}, {"entry_nrs": 5}, {"entry_nrs": 0}, {"fluctuation_week_r": 0.9}):
        values = parameters.central(natural_course_nrs_wk=0, nrs_sem=0, **more)
        levels = usual_level.draw_levels(cohort.draw(n, seed=10), values, seed=10)
        weeks = levels.weekly(("tightness_nrs",), 13, values)["tightness_nrs"][:, 0, 0::2]
        if not more.get("entry_nrs", 3):
            weeks = weeks[:, weeks[0] <= 10]  # nobody past the scale comes in at any threshold
        found = usual_level.before_after(values, 12)
        assert found.sd_before[0, 0] == pytest.approx(weeks[0].std(), rel=0.03)
        assert found.sd_after[0, 0] == pytest.approx(weeks[12].std(), rel=0.03)
        r = np.corrcoef(weeks[0], weeks[12])[0, 1]
        assert found.r[0, 0] == pytest.approx(r, abs=0.03)
        assert found.change[0, 0] == pytest.approx((weeks[12] - weeks[0]).mean(), abs=0.06)


@pytest.mark.parametrize(("low", "high"), [(-1, 2), (0.5, 9), (-np.inf, 1), (3, 4)])
def test_moments_of_a_cut_normal_are_scipys(low, high):
    mean, variance = usual_level.truncated_moments(np.array(low), np.array(high))
    law = stats.truncnorm(low, high)
    assert (mean, variance) == pytest.approx((law.mean(), law.var()), rel=1e-9)


def test_untreated_weeks_change_as_untreated_arms_did():
    """-0.2 (0 to -1.3) elsewhere (rows WP030 to WP035); with the fall after entry in it."""
    values = parameters.draw(300, seed=0)
    runners = cohort.draw(300, seed=0)
    levels = usual_level.draw_levels(runners, values, seed=0, by_draw=True)
    course = felt_weeks.natural_course(values, 13)[-1, :, 0]
    weeks = levels.weekly(("tightness_nrs",), 13, values)["tightness_nrs"].clip(0, 10)
    change = (weeks[12] - weeks[0]).mean(axis=-1) - course
    assert -0.8 < change.mean() < -0.2
    assert np.quantile(change, 0.975) < 0
    assert np.quantile(change, 0.025) > -1.3
    law = usual_level.before_after(values, 12).change[:, 0] - course
    assert law.mean() == pytest.approx(change.mean(), abs=0.1)


def test_two_years_of_nothing_fall_no_further_than_entry_and_the_bound():
    """104 weeks: no trend; what is left is the course's bound and the fall after entry."""
    values = parameters.draw(40, seed=1)
    runners = cohort.draw(400, seed=1)
    tight = felt(USUAL, runners, values, weeks=104)[0]
    bound = values["natural_course_most_nrs"][:, 0]
    fall = tight[..., 0].mean(axis=1) - tight[..., -30:].mean(axis=(1, 2))
    entry = -usual_level.before_after(values, 104).change[:, 0]
    luck = 5 * 1.4 / np.sqrt(400) + 0.1  # and the ends of the scale
    assert (fall <= entry + bound + luck).all()
    assert (fall >= -luck).all()
    late, later = tight[..., 40:60].mean(axis=(1, 2)), tight[..., 84:104].mean(axis=(1, 2))
    assert np.abs(late - later).max() < 0.35
    assert np.abs((late - later).mean()) < 0.15
    assert ((tight >= 0) & (tight <= 10)).all()


@pytest.mark.parametrize("held", [{"causal_share": 0}, {"link_sd_per_sd": 0}])
def test_without_a_causal_link_no_exercising_arm_differs_from_another(small, held):
    """Kappa 0, and lambda 0: exactly, in every cause, limb by limb."""
    held |= {"discomfort_link_sd_per_sd": 0} if "link_sd_per_sd" in held else {}
    runs = small(*ARMS, values=parameters.draw(8, seed=2, **held))
    first = runs.arms[EXERCISING[0]].outcomes["tightness_nrs"]
    for name in EXERCISING:
        assert (runs.arms[name].outcomes["tightness_nrs"] == first).all(), name
    assert (runs.arms["usual_running"].outcomes["tightness_nrs"] != first)[..., 1:].any()


def test_in_nonspecific_usual_running_differs_by_the_programme_alone(small):
    """Where nothing is cut by the scale; tau 2 weeks, in closed form."""
    values = parameters.draw(8, seed=3, causal_share=1, tightness_mean_nrs=6, tightness_sd_nrs=0.5)
    runs = small(*ARMS, values=values)
    place = WORLDS.index("nonspecific")
    usual = runs.arms["usual_running"].outcomes["tightness_nrs"][place]
    week = np.arange(usual.shape[-1])
    tau = values["programme_time_constant_wk"]
    expected = values["programme_effect_nrs"] * (1 - np.exp(-week / tau))
    for name in EXERCISING:
        tight = runs.arms[name].outcomes["tightness_nrs"][place]
        uncut = (tight > 0) & (usual < 10)
        assert uncut.mean() > 0.95
        apart = np.where(uncut, usual - tight - expected[:, np.newaxis], 0)
        assert np.abs(apart).max() <= 1e-9, name


def test_the_effect_of_a_programme_fades_by_half_in_its_half_life():
    values = parameters.central(programme_half_life_wk=10, programme_time_constant_wk=1)
    short = BOTH.model_copy(update={"weeks": 20})
    done = adherence.attend(cohort.draw(2, seed=0), short, values, weeks=40, seed=0)
    effect = felt_weeks.programme_effect(doses(short, done, values), values)[:, 0, 0]
    assert effect[20] == pytest.approx(0.8, abs=1e-6)
    assert effect[30] == pytest.approx(effect[20] / 2)
    assert effect[40] == pytest.approx(effect[20] / 4)
    assert (felt_weeks.programme_effect(doses(USUAL, done, values), values) == 0).all()


@settings(max_examples=20)
@given(st.integers(0, 10_000), st.sampled_from([0, 3, 9]))
def test_everything_felt_stays_on_its_scale(seed, entry):
    values = parameters.draw(4, seed=seed, entry_nrs=entry)
    runners = cohort.draw(4, seed=seed)
    run = simulate.run(runners, BOTH, values, WORLDS, weeks=8, seed=seed)
    for name in ("tightness_nrs", "discomfort_nrs", "soreness_nrs"):
        runs = run.trajectories.outcomes[name]
        assert np.isfinite(runs).all()
        assert ((runs >= 0) & (runs <= 10)).all(), name


def test_soreness_is_a_cost_on_top_of_discomfort(small):
    """What the arm's soreness is, discomfort is more by, whatever it is without; up to the end."""
    both = "strength_only", "usual_running"
    values = parameters.draw(8, seed=4, soreness_cost_per_nrs=0)
    sore, calm = (
        small(*both, values=one) for one in (values, values.holding(soreness_per_set_nrs=0))
    )
    one, two = (r.arms["strength_only"].outcomes for r in (sore, calm))
    whole = np.minimum(two["discomfort_nrs"] + one["soreness_nrs"], 10)
    assert one["discomfort_nrs"] == pytest.approx(whole, abs=1e-12)
    assert one["soreness_nrs"].max() > 0.5
    assert (one["tightness_nrs"] == two["tightness_nrs"]).all()
    nothing_felt = two["discomfort_nrs"] == 0
    assert (one["discomfort_nrs"][nothing_felt] == one["soreness_nrs"][nothing_felt]).all()


def test_a_hip_that_is_felt_more_than_usual_is_tested_weaker_and_shorter():
    """2 % of torque and half a degree a point, on an instrument without any other error."""
    values = parameters.central(fatigue_per_set=0)
    run = simulate.run(cohort.draw(200, seed=5), USUAL, values, ["weak"], weeks=6, seed=5)
    tools = replace(
        instruments(values), thomas_sem_deg=0, thomas_bias_sd_deg=0, torque_sem_share=0,
        lost_per_wk=0, torque_lost_per_nrs=0.02, angle_lost_deg_per_nrs=0.5,
    )  # fmt: skip
    seen = observe(run, Visits((6,), hours_since_session=24 * 18), tools, seed=5)
    usual = run.start.levels.usual["tightness_nrs"][0].clip(0, 10)
    more = run.truth("tightness_nrs", 6) - usual
    assert np.abs(more).max() > 1
    angle = seen["thomas_ext_deg"].to_numpy() - run.truth("thomas_ext_deg", 6)
    assert angle == pytest.approx(-0.5 * more)
    torque = seen["end_range_torque_nm_kg"] / run.truth("end_range_torque_nm_kg", 6)
    assert np.log(torque).to_numpy() == pytest.approx(-0.02 * more)


def test_parts_of_a_pair_and_limbs_are_the_same_levels():
    runners, values = cohort.draw(6, seed=7), parameters.draw(3, seed=7)
    levels = usual_level.draw_levels(runners, values, seed=7)
    for name, (mean, sd) in {"tightness_nrs": (1, 3), "discomfort_nrs": (1.5, 2.5)}.items():
        score = paired_limbs.pair(levels.scores[name], SIDE_R)
        assert levels.usual[name] == pytest.approx(mean + sd * score)
