"""Sweeps of dose: every point is the library called alone, and the surfaces' own laws."""

import itertools

import lone
import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.errors import UsageProblems
from hipstudy.model import adherence, baseline, cohort, dose_sweep, lane_blocks
from hipstudy.model.adaptation import SHAPES
from hipstudy.model.causes import WORLDS
from hipstudy.model.dose_sweep import SweepGrid
from hipstudy.model.simulate import OUTCOMES, simulate
from hipstudy.prescription import protocol
from hipstudy.studies.settings import CompareSettings

GRID = SweepGrid((0, 2, 3), (0, 1, 3), ("unloaded", "near-failure", "5 kg"), (0.0, 28.0))
# Outcomes that a dose can only help, and which way; soreness, and with it discomfort, rises.
BETTER = {"tightness_nrs": -1, "thomas_ext_deg": 1, "end_range_torque_nm_kg": 1, "reserve_4_5": 1,
          "economy_pct": 1}  # fmt: skip


def alone(runners, arm, values, *, weeks, seed, shape, after=0):
    arm = arm.model_copy(update={"weeks": weeks})
    starts = {w: baseline.draw(runners, w, values, seed=seed) for w in WORLDS}
    done = adherence.attend(runners, arm, values, weeks=weeks + after, seed=seed)
    return simulate(runners, starts, arm, done, values, shape=shape)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", ["strength_plus_stretch", "trunk"])
def test_every_point_is_the_library_called_alone(name, shape):
    """Two blocks of runners, three draws, six weeks and two after; to 1e-12 of each value."""
    base = protocol.preset("strength_plus_stretch")
    if name == "trunk":
        part = {"lever": "trunk-lever", "sides": "left", "trained_to_ext_deg": -5.0}
        base = protocol.from_dict(
            base.model_dump() | {"strength": base.strength.model_dump() | part}, "x"
        )
    runners, values = cohort.draw(lane_blocks.BLOCK + 5, seed=1), parameters.draw(3, seed=1)
    found = dose_sweep.sweep(runners, base, GRID, values, weeks=4, seed=1, outcomes=OUTCOMES,
                        shape=shape, after=2)  # fmt: skip
    axes = (GRID.loads, GRID.stretch_min_wk, GRID.sets, GRID.sessions)
    points = list(itertools.product(*(enumerate(axis) for axis in axes)))
    for point in points[:: 1 if name == "trunk" and shape == SHAPES[0] else 5]:
        place = tuple(i for i, _ in point)
        load, minutes, sets, sessions = (value for _, value in point)
        arm = dose_sweep.at(base, sets, sessions, load, minutes)
        truth = alone(runners, arm, values, weeks=4, seed=1, shape=shape, after=2)
        for outcome in OUTCOMES:
            here = found[outcome][(slice(None), *place)]
            expected = truth.outcomes[outcome].mean(axis=2)
            assert here == pytest.approx(expected, rel=1e-12, abs=1e-12), (outcome, point)


def without_fatigue(**held):
    runners = cohort.draw(10, seed=2)
    still = {"fatigue_per_set": 0, "soreness_cost_per_nrs": 0, "burden_per_min_wk": 0,
             "causal_share": 1, "programme_effect_nrs": 0}  # fmt: skip
    values = parameters.draw(3, seed=2, **(still | held))
    grid = SweepGrid((0, 1, 2, 4), (0, 1, 2, 3, 5), ("near-failure",), (0.0, 10.0, 28.0, 60.0))
    base = lone.changed(protocol.preset("strength_plus_stretch"), unloaded_weeks=0)
    plan = {"weeks": 6, "seed": 2, "outcomes": OUTCOMES}
    return {s: dose_sweep.sweep(runners, base, grid, values, shape=s, **plan) for s in SHAPES}


@pytest.fixture(scope="module")
def rested():
    """Nobody tires; sessions are missed as modelled."""
    return without_fatigue()


@pytest.fixture(scope="module")
def rested_and_done():
    """Nobody tires, and every session is done: prescribed is completed."""
    return without_fatigue(**CompareSettings(adherence=1.0).parameter_values)


@pytest.mark.parametrize("shape", SHAPES)
def test_with_fatigue_off_nothing_falls_along_dose(rested, rested_and_done, shape):
    """Along completed dose at fixed effort: stretching and sets also where sessions are missed.

    More sessions a week move the days of those before them, so that with some missed the same
    number done may lie earlier; and light weeks before loaded ones make effort a matter of days.
    Along sessions the law is that of sessions done, loaded from the first.
    """
    for runs, axes in ((rested, (2, 3)), (rested_and_done, (2, 3, 4))):
        for outcome, way in BETTER.items():
            for axis in axes:  # stretching, sets, sessions
                rise = np.diff(way * runs[shape][outcome], axis=axis)
                assert rise.min() >= -1e-12, (outcome, axis)
        torque = runs[shape]["end_range_torque_nm_kg"][0, 0, 0, ..., -1]
        assert np.ptp(torque, axis=0).max() > 0.01


@pytest.mark.parametrize("shape", SHAPES)
def test_nonspecific_tightness_is_flat(rested, shape):
    tight = rested[shape]["tightness_nrs"][WORLDS.index("nonspecific")]
    flat = tight[:1, :1, :1, :1]
    assert (np.abs(tight - flat) < 1e-12).all()
    weak = rested[shape]["tightness_nrs"][WORLDS.index("weak")]
    assert np.abs(weak - weak[:1, :1, :1, :1]).max() > 0.1, "elsewhere it is not"


def test_any_dose_has_the_whole_effect_of_a_programme_and_none_has_none():
    runners, values = cohort.draw(8, seed=2), parameters.draw(3, seed=2, causal_share=0)
    base, grid = (
        protocol.preset("strength_plus_stretch"),
        SweepGrid((0, 1, 3), (1, 3), ("5 kg",), (0.0, 28.0)),
    )
    plan = {"weeks": 6, "seed": 2, "outcomes": ("tightness_nrs",)}
    tight = dose_sweep.sweep(runners, base, grid, values, **plan)["tightness_nrs"][0, 0]
    assert (tight[0, 0, 0] > tight[0, 1, 0] + 1e-3)[..., 2:].all()
    for dose in (tight[0, 2, 1], tight[1, 0, 0], tight[1, 2, 1]):
        assert dose == pytest.approx(tight[0, 1, 0], abs=1e-12)


def test_a_shorter_programme_is_the_same_one_looked_at_earlier():
    runners, values = cohort.draw(6, seed=4), parameters.central()
    base, grid = protocol.preset("strength_plus_stretch"), SweepGrid((3,), (3,), ("5 kg",), (28.0,))
    long, short = (
        dose_sweep.sweep(runners, base, grid, values, weeks=n, seed=4, outcomes=OUTCOMES)
        for n in (6, 3)
    )
    for outcome in OUTCOMES:
        assert (long[outcome][..., :4] == short[outcome]).all()


def test_a_dose_that_breaks_a_rule_is_said():
    base = protocol.preset("strength_only")
    with pytest.raises(UsageProblems, match="added kg up to 60"):
        dose_sweep.at(base, 3, 3, "100 kg", 0)
    none = dose_sweep.at(base, 0, 3, "near-failure", 0)
    assert (none.strength, none.stretch) == (None, None)
    assert dose_sweep.at(base, 3, 2, "5 kg", 28).stretch_min_wk == pytest.approx(28)
