"""How likely the numbers of the model make what the calibration trials published."""

from collections.abc import Iterable
from itertools import groupby

import numpy as np
import scipy

from hipstudy.arrays import Array
from hipstudy.evidence.trial_setting import in_setting
from hipstudy.evidence.trials import Case
from hipstudy.evidence.validation import predict
from hipstudy.parameters import Values


def log_likelihood(case: Case, predicted: Array) -> Array:
    """How likely predictions make what was published, as a log density.

    Parameters
    ----------
    case
        What the trial found is normal around the prediction, by its standard error; where no value
        was read, what is likely is that the rule holds.
    predicted
        A number a draw, (draws,). NaN, a change over no change, has no likelihood.
    """
    if case.by_rule:
        low, high = ((end - predicted) / case.standard_error for end in case.limits)
        with np.errstate(divide="ignore"):
            chance = np.log(scipy.special.ndtr(high) - scipy.special.ndtr(low))
        return np.where(np.isnan(chance), -np.inf, chance)
    z = (predicted - case.point) / case.standard_error
    density = -(z**2) / 2 - np.log(case.standard_error * np.sqrt(2 * np.pi))
    return np.where(np.isnan(z), -np.inf, density)


def calibration_trials(cases: Iterable[Case]) -> list[tuple[str, list[Case]]]:
    """The calibration cases of every trial, sorted by name: their order is no matter."""
    ours = sorted((c for c in cases if c.role == "calibration"), key=lambda c: (c.trial, c.name))
    return [(trial, list(of)) for trial, of in groupby(ours, key=lambda case: case.trial)]


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
    for _, of_trial in calibration_trials(cases):
        each = [log_likelihood(case, predict(case, in_setting(case, values))) for case in of_trial]
        total += np.mean(each, axis=0)
    return total
