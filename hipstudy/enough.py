"""Torque at end range: as measured, or drawn, and enough for the speeds that a runner ran.

Whoever ran at a speed had the torque for it: a runner's level is drawn from its law cut below what
running asked of the weaker of his limbs. Where even ``running_cut_sd`` above the norm would not
do, he is taken to have run with as much moment as he had.

Guarded by (tests/test_running.py): test_measured_runners_had_the_torque_for_every_speed,
test_drawn_runners_are_seldom_short_of_torque, test_whoever_ran_at_a_speed_had_the_torque_for_it,
test_torque_cut_below_keeps_the_normal_law_above; (tests/test_measured.py):
test_what_was_measured_is_where_the_limb_starts.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy import special

from hipstudy import limbs, running
from hipstudy.cohort import Cohort
from hipstudy.parameters import Values
from hipstudy.start import Baseline, weights

Array = NDArray[np.float64]
_NO_LIMIT = -8  # so far below the mean that nothing is cut off, to the last digit held


def able(
    start: Baseline, mean: Array, own: Array, left: Array, cohort: Cohort, values: Values
) -> Baseline:
    """Give limbs their torque at end range: drawn, and no less than the speeds they ran asked for.

    The difference between a runner's limbs is drawn freely; what they share is cut below. Where
    torque was measured it is kept, and so is what follows from it for the other limb.
    """
    r = float(values["side_r"].flat[0])
    asked_for = least(start, cohort, values)
    parts = mean + own
    apart = np.stack([np.zeros_like(parts[..., 1]), parts[..., 1]], axis=-1)
    needed = (asked_for - limbs.pair(apart, r)).reshape(*parts.shape[:-1], -1).max(axis=-1)
    needed = needed / np.sqrt((1 + r) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        sd = np.sqrt(left[..., 0])
        low, z = (needed - mean[..., 0]) / sd, own[..., 0] / sd
        # The normal law above ``low``: the upper tail at z, times the law's part above it.
        cut = -special.ndtri(special.ndtr(-z) * special.ndtr(-low))
    shared = np.where(low > _NO_LIMIT, mean[..., 0] + sd * cut, parts[..., 0])
    end = limbs.pair(np.stack([np.maximum(shared, needed), parts[..., 1]], axis=-1), r)
    if cohort.torque_nm_kg is not None:
        scores = limbs.by_runner(tested(start, cohort, values))
        free = limbs.by_runner(limbs.pair(parts, r))
        kept = with_tested(free, scores, r, values)
        has = ~np.isnan(scores).any(axis=0).all(axis=-1, keepdims=True)
        end = np.where(has, kept, limbs.by_runner(end)).reshape(end.shape)
    start = replace(start, end_range=end)
    had = start.torque(start.demands.angle_ext_deg, values)
    had = had + running.passive(start.demands.angle_ext_deg, values)
    ran = cohort.ran[cohort.runner].T[:, np.newaxis, np.newaxis]
    asked = start.demands.moment_nm_kg
    asked = np.where(ran, np.minimum(asked, had), asked)
    return replace(start, demands=replace(start.demands, moment_nm_kg=asked))


def with_tested(free: Array, scores: Array, r: float, values: Values) -> Array:
    """Scores of both limbs, (draws, runners, 2), given those that were tested.

    A tested limb has its own score. A score past ``running_cut_sd`` counts as that for the other
    limb: a test so far out says more of the test than of the runner.
    """
    cut = values["running_cut_sd"][..., np.newaxis]
    found = limbs.conditioned(free, np.clip(scores, -cut, cut), limbs.between_sides(r))
    return np.where(np.isnan(scores), found, scores)


def least(start: Baseline, cohort: Cohort, values: Values) -> Array:
    """Score at end range that the speeds run asked for, (draws, limbs); minus infinity for none."""
    angle, cv = start.demands.angle_ext_deg, values["torque_runner_cv"]
    muscle = start.demands.moment_nm_kg - running.passive(angle, values)
    with np.errstate(divide="ignore", invalid="ignore"):
        asked = np.log(muscle / start.norm(angle, values)) / cv + cv / 2
    at_end, rest = weights(angle, values)
    score = np.where(muscle > 0, (asked - rest * start.elsewhere) / at_end, -np.inf)
    ran = cohort.ran[cohort.runner].T[:, np.newaxis, np.newaxis]
    found = np.where(ran, score, -np.inf).max(axis=(0, 1))
    return np.minimum(found, values["running_cut_sd"])


def tested(start: Baseline, cohort: Cohort, values: Values) -> Array:
    """Score at end range that a measured torque stands for, (draws, limbs); NaN where none was.

    A torque without its angle is taken to be at the angle of the end-range test.
    """
    angle = cohort.measured("torque_angle_ext_deg")
    angle = np.where(np.isnan(angle), values["end_range_test_angle_deg"], angle)
    angle = angle + values["test_angle_offset_deg"]
    cv = values["torque_runner_cv"]
    tiny = np.finfo(float).tiny  # a norm of nothing past where the line meets zero
    to_norm = cohort.measured("torque_nm_kg") / np.maximum(start.norm(angle, values), tiny)
    at_end, rest = weights(angle, values)
    return (np.log(to_norm) / cv + cv / 2 - rest * start.elsewhere) / at_end
