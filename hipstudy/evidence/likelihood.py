"""How likely the numbers of the model make what the calibration trials published."""

from collections.abc import Iterable
from itertools import groupby

import numpy as np

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.evidence.trials import Case
from hipstudy.evidence.validation import population_parameters, predict
from hipstudy.parameters import Values, shipped

# What differs between trials beyond sampling: drawn anew for each trial, and never calibrated.
BETWEEN_TRIALS = "_trial_z"


def log_likelihood(case: Case, predicted: Array) -> Array:
    """How likely predictions make what was published, as a log density.

    Parameters
    ----------
    case
        Its published value is normal around the prediction, by its standard error.
    predicted
        A number a draw, (draws,). NaN, a change over no change, has no likelihood.
    """
    z = (predicted - case.point) / case.standard_error
    density = -(z**2) / 2 - np.log(case.standard_error * np.sqrt(2 * np.pi))
    return np.where(np.isnan(z), -np.inf, density)


def calibration_trials(cases: Iterable[Case]) -> list[tuple[str, list[Case]]]:
    """The calibration cases of every trial, sorted by name: their order is no matter."""
    ours = sorted((c for c in cases if c.role == "calibration"), key=lambda c: (c.trial, c.name))
    return [(trial, list(of)) for trial, of in groupby(ours, key=lambda case: case.trial)]


def _in_trial(trial: str, values: Values) -> Values:
    """The values with a fresh draw of whatever differs between trials."""
    index = np.arange(values.n_draws)
    fresh = {
        name: row.quantile(
            random_streams.uniform(seed=values.seed, stream=f"{name} in {trial}", by=[index])
        )[:, np.newaxis]
        for name, row in shipped().items()
        if name.endswith(BETWEEN_TRIALS)
    }
    return Values({**values, **fresh}, values.seed)


def joint_log_likelihood(cases: Iterable[Case], values: Values) -> Array:
    """The log likelihood of all calibration trials, (draws,); a trial's cases are averaged.

    Parameters
    ----------
    cases
        In any order; those of another role are not looked at.
    values
        Prior draws; their seed is that of what differs between trials.
    """
    total = np.zeros(values.n_draws)
    for trial, of_trial in calibration_trials(cases):
        there = _in_trial(trial, values)
        each = [
            log_likelihood(case, predict(case, there.holding(**population_parameters(case))))
            for case in of_trial
        ]
        total += np.mean(each, axis=0)
    return total
