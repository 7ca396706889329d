"""Days that are walked and rows that are used again: the digits of days that are all held."""

from concurrent.futures import ThreadPoolExecutor

import lone
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hipstudy import parameters
from hipstudy.model import (
    adaptation,
    adherence,
    baseline,
    cohort,
    dose_sweep,
    lane_blocks,
    range_gain,
    simulate,
)
from hipstudy.model.adaptation import SHAPES, TargetCourse, TorqueCourse
from hipstudy.model.adherence import DAYS, Completed
from hipstudy.model.causes import WORLDS
from hipstudy.model.paired_limbs import runner_means
from hipstudy.model.simulate import OUTCOMES
from hipstudy.model.weekly_dose import DoseWalk, doses
from hipstudy.prescription import protocol

BASE = protocol.preset("strength_plus_stretch")
ARMS = st.fixed_dictionaries(
    {
        "load": st.sampled_from(["near-failure", "unloaded", "5 kg"]),
        "sides": st.sampled_from(["both", "left"]),
        "trained_to_ext_deg": st.sampled_from([10.0, -5.0]),
        "unloaded_weeks": st.sampled_from([0, 2]),
        "sets": st.integers(1, 10),
    }
)
SUMS = ("loaded_sets", "unloaded_sets", "stretch_min", "paused_min")
WEEKS = 5


def sessions(rng, n_draws, n_runners, most):
    """So many a day, with whole days and weeks off."""
    done = rng.integers(0, most + 1, (n_draws, n_runners, WEEKS * DAYS)).astype(float)
    done[..., rng.random(WEEKS * DAYS) < 0.4] = 0
    done[..., 14:24] = 0
    return done


@settings(max_examples=30)
@given(ARMS, st.integers(1, 3), st.integers(1, 4), st.sampled_from([0, 1, 3]), st.integers(0, 999))
def test_a_walk_gives_what_is_held_to_the_last_digit(strength, n_draws, n_runners, most, seed):
    arm = lone.changed(BASE, **strength)
    rng, values = np.random.default_rng(seed), parameters.draw(n_draws, seed=seed)
    runners = cohort.draw(n_runners, seed=seed)
    done = Completed(sessions(rng, n_draws, n_runners, most), sessions(rng, n_draws, n_runners, 2))
    start = baseline.draw(runners, "weak", values, seed=seed)
    held, walk = doses(arm, done, values), DoseWalk([arm], [done], values)
    shape = SHAPES[seed % len(SHAPES)]
    aims = TargetCourse(walk.width, walk.n_days, values, every_d=1, shape=shape)
    torque = TorqueCourse(arm, runners, start, values, walk.n_days, every_d=1)
    for day, today in enumerate(walk.days()):
        for name in SUMS:
            assert np.array_equal(getattr(today, name), getattr(held, name)[day]), (name, day)
        assert np.array_equal(today.soreness, held.soreness[day])
        for name in ("strain", "stretched"):
            one = getattr(today, name)
            assert np.array_equal(0 * held.strain[day] if one is None else one,
                                  getattr(held, name)[day])  # fmt: skip
        aims.step(today)
        torque.step(aims.by_load, aims.by_light, aims.learned_now)
    all_aims = adaptation.targets(held, values, every_d=1, shape=shape)
    gain = adaptation.torque_gain(arm, runners, start, all_aims, values, every_d=1)
    assert np.array_equal(torque.gain(aims.stretched).state, gain.state)
    assert np.array_equal(aims.learned, all_aims.learned)


@settings(max_examples=10)
@given(ARMS, st.integers(0, 999))
def test_the_sum_of_a_week_is_the_very_row_only_where_nothing_changed(strength, seed):
    arm = lone.changed(BASE, **strength)
    rng = np.random.default_rng(seed)
    done = Completed(sessions(rng, 1, 3, 1), sessions(rng, 1, 3, 1))
    before = values_before = None
    held = doses(arm, done, parameters.central())
    for day, today in enumerate(DoseWalk([arm], [done], parameters.central()).days()):
        rows = [getattr(today, name) for name in SUMS]
        for at, row in enumerate(rows):
            if before is None:
                continue
            kept = getattr(held, SUMS[at])
            assert (kept[day] is kept[day - 1]) == (row is before[at])
            if row is before[at]:
                assert np.array_equal(row, values_before[at])
        before, values_before = rows, [row.copy() for row in rows]


@pytest.mark.parametrize("load", [0.0, 1e6, np.inf, np.nan])
def test_loads_without_sense_stay_with_those_who_did_them(load):
    """Nothing that one runner did reaches another, not even what is no number."""
    values, runners = parameters.draw(2, seed=1), cohort.draw(4, seed=1)
    done = adherence.attend(runners, BASE, values, weeks=WEEKS, seed=1)
    odd = done.strength.copy()
    odd[:, 1] = np.where(odd[:, 1] > 0, load, 0)
    starts = baseline.draw_worlds(runners, values, seed=1)
    others = np.delete(np.arange(8), [2, 3])
    with np.errstate(invalid="ignore"):
        found, plain = (
            simulate.simulate(runners, starts, BASE, Completed(one, done.stretch), values)
            for one in (odd, done.strength)
        )
    for name in OUTCOMES:
        assert np.array_equal(
            found.outcomes[name][:, :, others], plain.outcomes[name][:, :, others]
        )


def test_two_threads_give_what_one_gives():
    values = parameters.draw(3, seed=5)
    jobs = [(cohort.draw(n, seed=n), seed) for seed in range(6) for n in (40, 41)]

    def outcomes(job):
        runners, seed = job
        truth = simulate.run(runners, BASE, values, weeks=WEEKS, seed=seed).trajectories
        return np.stack(list(truth.outcomes.values()))

    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(outcomes, jobs))
    assert all(np.array_equal(outcomes(job), one) for job, one in zip(jobs, together, strict=True))


def test_states_go_where_they_are_told():
    values, runners = parameters.draw(2, seed=0), cohort.draw(3, seed=0)
    done = adherence.attend(runners, BASE, values, weeks=WEEKS, seed=0)
    start = baseline.draw(runners, "weak", values, seed=0)
    walk, place = DoseWalk([BASE], [done], values), np.full((WEEKS + 1, 2, 6), np.nan)
    aims = TargetCourse(walk.width, walk.n_days, values)
    torque = TorqueCourse(BASE, runners, start, values, walk.n_days, out=place)
    for today in walk.days():
        aims.step(today)
        torque.step(aims.by_load, aims.by_light, aims.learned_now)
    held = doses(BASE, done, values)
    told = adaptation.torque_gain(BASE, runners, start, adaptation.targets(held, values), values)
    assert np.shares_memory(torque.gain(aims.stretched).state, place)
    assert np.array_equal(place, told.state)


def test_range_of_days_that_are_held_is_that_of_a_walk():
    values, runners = parameters.draw(2, seed=4), cohort.draw(3, seed=4)
    done = adherence.attend(runners, BASE, values, weeks=WEEKS, seed=4)
    walk = DoseWalk([BASE], [done], values)
    course = range_gain.RangeCourse(BASE, walk.width, walk.n_days, values)
    for today in walk.days():
        course.step(today)
    held = range_gain.range_states(BASE, doses(BASE, done, values), values)
    for name in ("tolerance", "tissue"):
        assert np.array_equal(getattr(course.states(), name), getattr(held, name))


@given(st.integers(1, 14), st.integers(1, 14), st.integers(0, 999))
def test_luck_of_sessions_that_was_drawn_for_others_is_the_same(first, second, seed):
    runners, values = cohort.draw(4, seed=seed), parameters.draw(2, seed=seed)
    chance = adherence.propensity(runners, values, 3, seed=seed)
    drawn = {}
    for n in (first, second):
        kept = adherence._per_day("strength", n, chance, runners.key, seed, drawn)
        assert np.array_equal(kept, adherence._per_day("strength", n, chance, runners.key, seed))
    assert len(drawn) == 1


def test_luck_of_sessions_is_each_cohort_s_own():
    """Habits that one cohort drew its luck with give another of equal size none of that luck."""
    values = parameters.draw(2, seed=3)
    mine = cohort.draw(4, seed=3)
    others = cohort.draw(8, seed=3).take(np.arange(4, 8))
    used, new = (adherence.habits(mine, values, weeks=WEEKS, seed=3) for _ in range(2))
    asked = {"weeks": WEEKS, "seed": 3}
    adherence.attend(mine, BASE, values, own=used, **asked)
    found = adherence.attend(others, BASE, values, own=used, **asked)
    plain = adherence.attend(others, BASE, values, own=new, **asked)
    assert np.array_equal(found.strength, plain.strength)
    assert np.array_equal(found.stretch, plain.stretch)


def test_a_sweep_is_the_same_however_many_doses_go_abreast(monkeypatch):
    grid = dose_sweep.SweepGrid((0, 2, 3), (1, 3), ("near-failure",), (28.0,))
    asked = {"weeks": 3, "seed": 2, "outcomes": OUTCOMES}
    values, runners = parameters.draw(2, seed=2), cohort.draw(5, seed=2)
    whole = dose_sweep.sweep(runners, BASE, grid, values, **asked)
    for lanes in (1, 25):
        monkeypatch.setattr(lane_blocks, "LANES", lanes)
        parts = dose_sweep.sweep(runners, BASE, grid, values, **asked)
        assert all(np.array_equal(parts[name], whole[name]) for name in OUTCOMES)


def test_weeks_without_training_are_found_again_for_the_same_question_alone():
    values, runners = parameters.draw(2, seed=6), cohort.draw(5, seed=6)
    levels = baseline.draw_worlds(runners, values, seed=6)["weak"].levels
    both = ("tightness_nrs", "discomfort_nrs")
    first = levels.weekly(both, 9, values)
    assert levels.weekly(both, 9, values) is first
    calm = levels.weekly(both, 9, values.holding(fluctuation_sd_nrs=0))
    assert not np.array_equal(calm[both[0]], first[both[0]])
    assert np.array_equal(levels.weekly(both, 12, values)[both[0]][:9], first[both[0]])
    assert np.array_equal(levels.weekly(both, 9, values)[both[0]], first[both[0]])
    with pytest.raises(ValueError, match="read-only"):
        first[both[0]][0] = 0


def test_arms_of_one_start_do_not_change_what_another_finds():
    values, runners = parameters.draw(2, seed=7), cohort.draw(5, seed=7)
    starts = baseline.draw_worlds(runners, values, seed=7)
    idle = BASE.model_copy(update={"strength": None, "stretch": None})
    asked = {"weeks": WEEKS, "seed": 7, "worlds": WORLDS}
    first = simulate.run(runners, BASE, values, starts=starts, **asked).trajectories
    simulate.run(runners, idle, values, starts=starts, **asked)
    again = simulate.run(runners, BASE, values, starts=starts, **asked).trajectories
    for name in OUTCOMES:
        assert np.array_equal(first.outcomes[name], again.outcomes[name]), name


def test_the_mean_of_two_limbs_is_the_mean():
    limbs = np.random.default_rng(0).normal(size=(3, 4, 10)) * 10.0 ** np.arange(-5, 5)
    assert np.array_equal(runner_means(limbs), limbs.reshape(3, 4, 5, 2).mean(axis=-1))
