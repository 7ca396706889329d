"""Programmes in phases: one phase is the prescription, a gap is a gap, the past stays as it was."""

import numpy as np
import pytest

from hipstudy import parameters
from hipstudy.model import adherence, cohort, dose_phases, dose_sweep
from hipstudy.model.dose_sweep import SweepGrid
from hipstudy.model.simulate import OUTCOMES
from hipstudy.prescription import protocol

BASE = protocol.preset("strength_plus_stretch")
RUNNERS, VALUES = cohort.draw(8, seed=5), parameters.draw(2, seed=5)


def means(*phases, outcomes=OUTCOMES):
    return dose_phases.means(RUNNERS, BASE, phases, VALUES, seed=5, outcomes=outcomes, block=5)


def test_one_phase_is_the_prescription_itself():
    grid = SweepGrid((3,), (3,), ("near-failure",), (28.0,))
    by_sweep = dose_sweep.sweep(RUNNERS, BASE, grid, VALUES, weeks=5, seed=5, outcomes=OUTCOMES)
    for outcome, found in means((BASE, 5)).items():
        assert found == pytest.approx(by_sweep[outcome][:, 0, 0, 0, 0], rel=1e-12, abs=1e-12)


def test_a_gap_is_a_gap():
    own = adherence.habits(RUNNERS, VALUES, weeks=6, seed=5)
    done, whole = (
        dose_phases.phase_attendance(RUNNERS, phases, VALUES, seed=5, own=own)
        for phases in (((BASE, 2), (None, 2), (BASE, 2)), ((BASE, 6),))
    )
    for part in ("strength", "stretch"):
        found, all_ = getattr(done, part), getattr(whole, part)
        assert (found[..., 14:28] == 0).all()
        for days in (slice(0, 14), slice(28, 42)):
            assert (found[..., days] == all_[..., days]).all()
        assert all_[..., 14:28].sum() > 0
    assert set(np.unique(done.strength)) <= {0, 3}, "sets a day"


def test_what_comes_later_changes_nothing_before():
    few = dose_phases.with_sessions(BASE, 1)
    less, more = means((BASE, 3), (few, 3)), means((BASE, 6))
    for outcome in OUTCOMES:
        assert (less[outcome][..., :4] == more[outcome][..., :4]).all()
    torque = "end_range_torque_nm_kg"
    assert (less[torque][..., -1] < more[torque][..., -1]).all()


def test_no_sessions_are_no_strength_work():
    assert dose_phases.with_sessions(BASE, 0).strength is None
    assert dose_phases.with_sessions(BASE, 0).stretch == BASE.stretch
