"""How a trial's setting and people differ from the ones that the model's parameters are of.

Three things: untrained people gain what untrained people gain; trials of the same dose differ in
truth, by a spread that is a parameter; and where the standard deviation of a trial's own people
was not read, it is drawn between the least and the most that it may be.
"""

import numpy as np

from hipstudy import random_streams
from hipstudy.arrays import Array
from hipstudy.evidence.trials import Case
from hipstudy.parameters import Values, pert_quantile, shipped

# Where a setting lies among trials: drawn anew for each trial, and never calibrated.
BETWEEN_TRIALS = "_trial_z"
SPREAD = "_trial_sd"  # between trials, on the log scale
REVIEW_COMMON = "review_common_share"
POPULATION_SD = "population_sd"  # of the trial's own people, (draws, 1), in the raw unit


def population_parameters(case: Case) -> dict[str, float]:
    """Parameters that the population holds: untrained people gain what untrained people gain."""
    return {} if case.is_trained else {"runner_gain_factor": 1.0}


def in_setting(case: Case, values: Values) -> Values:
    """The values as they are in the trial of a case.

    Parameters
    ----------
    case
        The cases of one trial share its setting, and its people's standard deviation.
    values
        Parameters; their seed is that of what is drawn anew here.

    Returns
    -------
    Values
        With ``population_parameters``; a fresh draw of where the trial lies among trials, which
        for a review is the mean of as many as it pooled; and ``POPULATION_SD`` where the case is
        counted in standard deviations.

    Notes
    -----
    Of the variance between trials a share ``review_common_share`` is common to the trials of one
    review, which measure the same joints in like ways; the rest of it falls with their number. So
    the mean of k has the variance share + (1 - share) / k. Gains differ on the log scale and are
    pooled on their own, so half of the variance that falls away is added: the mean of many trials
    is expected where the mean of one is. A standard deviation that was not read
    has a PERT law, as parameters have.
    """
    index = np.arange(values.n_draws)

    def luck(what: str) -> Array:
        stream = f"{what} in {case.trial}"
        return random_streams.uniform(seed=values.seed, stream=stream, by=[index])[:, np.newaxis]

    common = values[REVIEW_COMMON]
    averaged = (1 - common) * (1 - 1 / case.pooled)  # the part of the variance that falls away
    own = {}
    for name, row in shipped().items():
        if name.endswith(BETWEEN_TRIALS):
            spread = values[name.replace(BETWEEN_TRIALS, SPREAD)]
            own[name] = row.quantile(luck(name)) * np.sqrt(1 - averaged) + spread * averaged / 2
    if case.sd is not None:
        own[POPULATION_SD] = np.full((values.n_draws, 1), case.sd)
        if case.sd_low is not None and case.sd_high is not None:
            own[POPULATION_SD] = pert_quantile(
                luck(f"SD of {case.outcome}"), case.sd_low, case.sd, case.sd_high
            )
    return Values({**values.holding(**population_parameters(case)), **own}, values.seed)
