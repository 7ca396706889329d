"""One arm simulated in one call is the same as its steps by hand."""

import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.model import adherence, baseline, cohort, simulate
from hipstudy.prescription import protocol

ARM = protocol.preset("strength_plus_stretch")


@pytest.fixture(scope="module")
def runners():
    return cohort.draw(5, seed=2)


def test_a_run_is_its_steps_by_hand(runners):
    values = parameters.draw(3, seed=2)
    run = simulate.run(runners, ARM, values, ["short", "weak"], weeks=4, seed=2)
    starts = {w: baseline.draw(runners, w, values, seed=2) for w in ("short", "weak")}
    completed = adherence.attend(runners, ARM, values, weeks=4, seed=2)
    truth = simulate.simulate(runners, starts, ARM, completed, values)
    assert run.weeks == 4
    for name, by_hand in truth.outcomes.items():
        assert (run.trajectories.outcomes[name] == by_hand).all(), name
    own = adherence.habits(runners, values, weeks=4, seed=2)
    again = simulate.run(runners, ARM, values, weeks=4, seed=2, starts=starts, own=own)
    assert again.starts is starts
    assert (again.completed.strength == completed.strength).all()


def test_a_world_of_a_run_is_that_world_alone(runners):
    values = parameters.central()
    both = simulate.run(runners, ARM, values, ["short", "weak"], weeks=3, seed=1)
    alone = simulate.run(runners, ARM, values, ["weak"], weeks=3, seed=1)
    one = both.in_world("weak")
    assert one.trajectories.worlds == ("weak",)
    assert (one.start.end_range == alone.start.end_range).all()
    assert one.frame().equals(alone.frame())


def test_frame_and_means_are_the_outcomes_in_rows(runners):
    values = parameters.draw(2, seed=0)
    run = simulate.run(runners, ARM, values, weeks=2, seed=0, outcomes=("tightness_nrs",))
    frame, runs = run.frame(), run.trajectories.outcomes["tightness_nrs"]
    assert len(frame) == runs.size
    row = frame[
        (frame["world"] == "guarded") & (frame["draw"] == 2) & (frame["runner"] == 4)
        & (frame["side"] == "left") & (frame["week"] == 1)
    ]  # fmt: skip
    assert row["tightness_nrs"].item() == runs[2, 1, 6, 1]
    means = run.means()
    assert list(means.columns) == ["arm", "world", "week", "tightness_nrs"]
    assert np.allclose(means["tightness_nrs"], runs.mean(axis=(1, 2)).ravel())
