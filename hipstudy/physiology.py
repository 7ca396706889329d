"""The equations: torque and angle, load, dose and adaptation, range of motion, guarding.

Pure functions of arrays that broadcast together: no chance, no tables, no numbers of their own.
Angles are degrees of hip extension (neutral 0, extension positive), torque is Nm/kg, doses are
per trailing week and limb. Where a form was chosen rather than measured, the docstring says so.
"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def torque_at(
    angle_deg: ArrayLike,
    *,
    neutral_nm_kg: ArrayLike,
    neutral_to_max: ArrayLike,
    max_flexion_deg: ArrayLike,
    reference_flexion_deg: ArrayLike,
    beyond_slope_ratio: ArrayLike,
) -> Array:
    """Isometric hip flexion torque at a hip angle, Nm/kg.

    From neutral to the strongest tested angle it rises as a quarter of a sine; past neutral it
    falls on along a straight line of slope ``beyond_slope_ratio`` times the mean slope between
    neutral and ``reference_flexion_deg``, never below 0.

    Notes
    -----
    Only the order was read: weakest at neutral, strongest at 105 deg of flexion (Ito 2024,
    doi:10.3233/ies-240003). The sine and the line past neutral are assumptions.
    """
    neutral = np.asarray(neutral_nm_kg, float)
    rise = neutral / neutral_to_max - neutral
    flexion = np.clip(-np.asarray(angle_deg, float), 0, max_flexion_deg)
    quarter = np.pi / 2 / np.asarray(max_flexion_deg, float)
    slope = rise * np.sin(quarter * reference_flexion_deg) / reference_flexion_deg
    beyond = np.maximum(np.asarray(angle_deg, float), 0)
    torque = neutral + rise * np.sin(quarter * flexion) - beyond_slope_ratio * slope * beyond
    return np.maximum(torque, 0)


def lever_intensity(
    angle_deg: ArrayLike, *, horizontal_nm_kg: ArrayLike, capacity_nm_kg: ArrayLike
) -> Array:
    """Gravity torque of the lever at its angle over the capacity there; 1 is all one has.

    The lever is horizontal at neutral, so its torque falls with the cosine of the angle.
    """
    gravity = np.asarray(horizontal_nm_kg) * np.cos(np.radians(angle_deg))
    with np.errstate(divide="ignore"):  # no capacity at all: the load is beyond any
        return gravity / np.asarray(capacity_nm_kg, float)


def effort(
    intensity: ArrayLike,
    *,
    low_intensity: ArrayLike,
    full_intensity: ArrayLike,
    effort_at_low: ArrayLike,
) -> Array:
    """How hard a set is, 0 to 1: sets the ceiling of what it can build.

    Two straight lines: from nothing at no load to ``effort_at_low`` at ``low_intensity``, on to 1
    at ``full_intensity``. Within 3 repetitions of failure it is 1 by definition, whatever the
    load. An assumption.
    """
    intensity = np.asarray(intensity, float)
    below = effort_at_low * np.minimum(intensity / low_intensity, 1)
    part = (intensity - low_intensity) / (np.asarray(full_intensity) - low_intensity)
    return below + (1 - np.asarray(effort_at_low)) * np.clip(part, 0, 1)


def angle_kernel(
    angle_deg: ArrayLike, *, low_deg: ArrayLike, high_deg: ArrayLike, sd_deg: ArrayLike
) -> Array:
    """Share of a gain that shows at an angle: 1 over the trained range, Gaussian outside it.

    Trials disagree on the spread, from 5 deg (doi:10.1007/BF00637386) to none found within
    20 deg (doi:10.2519/jospt.1983.5.2.58).
    """
    angle = np.asarray(angle_deg, float)
    outside = np.maximum(np.maximum(low_deg - angle, angle - high_deg), 0)
    return np.exp(-((outside / np.asarray(sd_deg)) ** 2) / 2)


def saturating(dose: ArrayLike, constant: ArrayLike) -> Array:
    """Share reached of what a dose can reach: ``1 - exp(-dose / constant)``."""
    return -np.expm1(-np.asarray(dose, float) / constant)


def stretch_fill(
    min_wk: ArrayLike, *, low_min_wk: ArrayLike, full_min_wk: ArrayLike, fill_at_low: ArrayLike
) -> Array:
    """How full weekly stretching keeps the reservoir, 0 to 1: two straight lines.

    Little below ``low_min_wk`` (Thomas 2018), full from ``full_min_wk``; straight lines are an
    assumption.
    """
    minutes = np.asarray(min_wk, float)
    below = fill_at_low * np.minimum(minutes / low_min_wk, 1)
    part = (minutes - low_min_wk) / (np.asarray(full_min_wk) - low_min_wk)
    return below + (1 - np.asarray(fill_at_low)) * np.clip(part, 0, 1)


def relax(state: Array, target: Array, *, rise: ArrayLike, fall: ArrayLike) -> Array:
    """Carry a state one step towards its target, exactly.

    Solves ``dx/dt = (target - x) / tau`` over the step, with one ``tau`` on the way up and another
    on the way down; ``rise`` and ``fall`` are the shares of the gap closed in the step,
    ``step_share(tau)``.
    """
    gap = target - state
    return state + gap * np.where(gap > 0, rise, fall)


def step_share(tau_d: ArrayLike) -> Array:
    """Share of the gap closed in one day at time constant ``tau_d`` (days)."""
    return -np.expm1(-1 / np.asarray(tau_d, float))


def trailing(per_day: Array, window_d: int) -> Array:
    """Sum over the trailing ``window_d`` days, the day itself included; last axis is days."""
    total = np.cumsum(per_day, axis=-1)
    total[..., window_d:] -= total[..., :-window_d].copy()
    return total
