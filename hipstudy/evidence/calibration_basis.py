"""What a calibration follows from, and its fingerprint.

Which numbers are calibrated is found by moving each to the ends of its law. The fingerprint is of
the trials, of the prior laws of those numbers, of how many draws there are, of what the mechanics
predict at the centre and at those ends, and of the likelihood at a few draws: whatever changes
there makes stored draws stale.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from hipstudy.arrays import Array
from hipstudy.calibrated_draws import digest
from hipstudy.evidence.likelihood import calibration_trials, joint_log_likelihood
from hipstudy.evidence.trial_setting import (
    BETWEEN_TRIALS,
    REVIEW_COMMON,
    SPREAD,
    population_parameters,
)
from hipstudy.evidence.trials import Case
from hipstudy.evidence.validation import predict
from hipstudy.parameters import Values, draw, shipped

# A number is calibrated when an end of its law moves a case by this part of the standard error.
LEAST_MOVE = 0.01
TRIED = 8  # prior draws at which the likelihood itself is part of the fingerprint
DIGITS = 9  # of predictions in the fingerprint: a last bit that falls otherwise is no change
# Words about a case, on which no likelihood depends.
_WORDS = {
    "title", "numbers_in_view", "evidence", "source", "population", "n",
    "published", "how", "se_how", "sd_how", "verdict", "discussion", "note",
}  # fmt: skip


def _ends(cases: Iterable[Case]) -> tuple[list[str], dict[str, Array]]:
    """Unknown numbers, and each case predicted at the centre, and at every number's two ends.

    Predictions of a case: at the table's values, then at the low ends, then at the high ends,
    (1 + 2 * numbers,). One number is moved at a time.
    """
    rows = [row for row in shipped().values() if row.low < row.high]
    moved = {name: np.full((1 + 2 * len(rows), 1), row.value) for name, row in shipped().items()}
    for place, row in enumerate(rows, start=1):
        ends = [place, place + len(rows)]
        moved[row.name][ends, 0] = row.low, row.high
        if row.name.endswith(SPREAD):  # it moves nothing at the middle of trials
            moved[row.name.replace(SPREAD, BETWEEN_TRIALS)][ends, 0] = 1.0
    values = Values(moved, seed=0)
    ours = [case for _, of_trial in calibration_trials(cases) for case in of_trial]
    predicted = {c.name: predict(c, values.holding(**population_parameters(c))) for c in ours}
    return [row.name for row in rows], predicted


def _is_moved(case: Case, predicted: Array, unknown: list[str]) -> Array:
    """Whether each number moves the case, (numbers,).

    From the centre; a spread between trials, which is tried off the centre, from end to end.
    """
    low, high = predicted[1:].reshape(2, -1)
    spread = [name.endswith(SPREAD) for name in unknown]
    apart = np.abs([low - np.where(spread, high, predicted[0]),
                    high - np.where(spread, low, predicted[0])])  # fmt: skip
    return (~(apart <= LEAST_MOVE * case.standard_error)).any(axis=0)  # NaN moves it too


@dataclass(frozen=True)
class CalibrationBasis:
    """What a calibration follows from.

    Parameters
    ----------
    names
        Calibrated parameters: those that move a calibration case, in the table's order.
    trials
        That calibrate.
    digests
        Fingerprints of the ``trials``, the ``predictions`` of the mechanics for them, the
        ``likelihood`` at a few draws, and the ``sampling``.
    """

    names: tuple[str, ...]
    trials: tuple[str, ...]
    digests: Mapping[str, str]

    @property
    def priors(self) -> dict[str, str]:
        """Calibrated parameter, and what differs between trials -> fingerprint of its prior law."""
        between = [name for name in shipped() if name.endswith((BETWEEN_TRIALS, REVIEW_COMMON))]
        return {name: shipped()[name].law_digest for name in (*self.names, *between)}

    @property
    def fingerprint(self) -> str:
        """One fingerprint of everything."""
        return digest({**self.digests, "priors": self.priors})


def basis(cases: Iterable[Case], *, sampling: Mapping[str, int]) -> CalibrationBasis:
    """What a calibration by these cases follows from; takes a moment and draws nothing.

    Parameters
    ----------
    cases
        In any order; those of another role are not looked at.
    sampling
        How many draws, how many rows, which seed.
    """
    cases = tuple(cases)
    by_trial = calibration_trials(cases)
    ours = {case.name: case for _, of_trial in by_trial for case in of_trial}
    unknown, predicted = _ends(cases)
    tried = draw(TRIED, seed=0, from_priors=True)
    moves = np.array([_is_moved(case, predicted[name], unknown) for name, case in ours.items()])
    free = [name for name, any_moved in zip(unknown, moves.any(axis=0), strict=True) if any_moved]
    # Numbers that move no case are left out: a new one somewhere else makes nothing stale.
    at = [place for place, name in enumerate(unknown, start=1) if name in free]
    shown = [0, *at, *(place + len(unknown) for place in at)]
    return CalibrationBasis(
        tuple(name for name in free if not name.endswith(BETWEEN_TRIALS)),
        tuple(trial for trial, _ in by_trial),
        {
            "trials": digest([case.model_dump(exclude=_WORDS) for case in ours.values()]),
            "predictions": digest(
                [free, {n: (p[shown].round(DIGITS) + 0.0).tolist() for n, p in predicted.items()}]
            ),
            "likelihood": digest(joint_log_likelihood(cases, tried).round(DIGITS).tolist()),
            "sampling": digest(dict(sampling)),
        },
    )
