"""How well the model does against the trials that test it, in the few numbers of a line of text.

Predicting every trial takes seconds, so the numbers are stored with the calibrated draws
(``data/calibration.toml``) by ``make calibrate``, and a report only reads them. That they are those
of the trials and draws as they are is a test. After a change of a trial that tests the model alone,
``python -m hipstudy.evidence.trial_record`` stores them again without a calibration.
"""

import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

from hipstudy import calibrated_draws, parameters
from hipstudy.evidence import interval_coverage, predictive_score, trials, validation
from hipstudy.evidence.trials import Case
from hipstudy.model.causes import LINKS
from hipstudy.resources import place

SECTION, LEVEL, SEED = "against_trials", 80, 0


@dataclass(frozen=True)
class TrialRecord:
    """The model against the trials and reviews that test it.

    Parameters
    ----------
    trials
        How many there are, reviews among them.
    of_felt
        How many of them measured tightness or discomfort.
    ahead
        On how many the model's log score is higher than that of "nothing trains anything".
    coverage
        Share of them inside the model's central predictive interval, a trial of several cases in
        part.
    level
        Of that interval, per cent.
    """

    trials: int
    of_felt: int
    ahead: int
    coverage: float
    level: int = LEVEL


def computed(cases: Iterable[Case] | None = None) -> TrialRecord:
    """The record by predicting every case, which takes seconds; of the shipped ones when None."""
    cases = trials.shipped() if cases is None else tuple(cases)
    table = predictive_score.frame(predictive_score.scores(validation.find_all(cases, seed=SEED)))
    skill = predictive_score.skill(table, "validation", "nothing")
    (inside,) = interval_coverage.coverage(table, "validation", [LEVEL])
    tests = {case.trial for case in cases if case.role == "validation" and case.outcome in LINKS}
    return TrialRecord(skill.trials, len(tests), skill.ahead, round(inside.share, 4))


def stored() -> TrialRecord:
    """The record as it was stored."""
    return TrialRecord(**parameters.calibrated().facts[SECTION])


def write(record: TrialRecord, folder: Path) -> None:
    """Put the record at the end of ``calibration.toml``, in place of one that stands there."""
    file = folder / calibrated_draws.FACTS
    rest = file.read_text(encoding="utf-8").partition(f"\n[{SECTION}]\n")[0]
    lines = [f"{name} = {json.dumps(value)}" for name, value in asdict(record).items()]
    text = "\n".join([rest.rstrip("\n"), "", f"[{SECTION}]", *lines]) + "\n"
    file.write_text(text, encoding="utf-8", newline="\n")


def main() -> None:
    """Predict the trials, store the record, and say it."""
    record = computed()
    write(record, place("data"))
    sys.stdout.write(f"{record}\n")


if __name__ == "__main__":
    main()
