"""The stored record of the model against trials is the one that its trials and draws give."""

from dataclasses import asdict, replace

import pytest

from hipstudy import calibrated_draws
from hipstudy.evidence import trial_record, trials
from hipstudy.evidence.trial_record import TrialRecord
from hipstudy.resources import place


def test_the_stored_record_is_the_computed_one():
    """After a change of a trial that tests the model: python -m hipstudy.evidence.trial_record."""
    computed, stored = trial_record.computed(), trial_record.stored()
    assert asdict(replace(computed, coverage=0)) == asdict(replace(stored, coverage=0))
    assert computed.coverage == pytest.approx(stored.coverage, abs=1e-3)
    tests = {case.trial for case in trials.shipped() if case.role == "validation"}
    assert stored.trials == len(tests)


def test_a_record_takes_the_place_of_the_one_that_is_stored(tmp_path):
    file = tmp_path / calibrated_draws.FACTS
    shipped = place("data", calibrated_draws.FACTS).read_text(encoding="utf-8")
    file.write_text(shipped, encoding="utf-8")
    trial_record.write(trial_record.stored(), tmp_path)
    assert file.read_text(encoding="utf-8") == shipped, "the same record, the same bytes"
    trial_record.write(TrialRecord(3, 1, 2, 0.5), tmp_path)
    text = file.read_text(encoding="utf-8")
    assert text.count(f"[{trial_record.SECTION}]") == 1
    assert "ahead = 2" in text
    assert (
        text.partition(f"[{trial_record.SECTION}]")[0]
        == (shipped.partition(f"[{trial_record.SECTION}]")[0])
    )
